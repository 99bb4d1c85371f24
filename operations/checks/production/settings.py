"""Lines about how the cluster is set: its protection, backups, instances, limits, windows, logs and tags."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from aurora_serverless.rules.instances import LAST_TIER_WITH_THE_WRITERS_CAPACITY
from operations.aws.cluster import Instance
from operations.checks.check import Check, Subject, failed, passed, unknown, warned
from operations.checks.cluster import NEW_CLUSTER
from operations.checks.production.line import DEPLOY_AGAIN, compared
from operations.times import clock, duration

if TYPE_CHECKING:
    from stacks.environment import Environment

# Source: AWS Security Hub User Guide, RDS.11, whose parameter for the days is 7 by default.
FEWEST_BACKUP_DAYS: Final = 7
# Source: Amazon Aurora User Guide, "Restoring a DB cluster to a specified time": the last five minutes are missing.
LONGEST_BACKUP_LAG: Final = timedelta(hours=1)
_FORCE_SSL: Final = "rds.force_ssl"


def deletion_protection(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether AWS refuses to delete the cluster."""
    return compared(
        "deletion",
        in_file=None if environment is None else bool(environment.protection.deletion_protection),
        in_aws=None if subject is None else subject.cluster.deletion_protection,
        good="AWS refuses to delete the cluster",
        bad="nothing prevents the cluster from being deleted",
        words="write deletion_protection = true under [protection], and deploy",
    )


def final_snapshot(environment: "Environment | None", _: Subject | None) -> Check:
    """Whether a cluster that is deleted all the same leaves a snapshot: only Terraform knows."""
    return compared(
        "final snapshot",
        in_file=None if environment is None else environment.protection.final_snapshot,
        in_aws=None,
        good="Terraform takes a final snapshot when it deletes the cluster",
        bad="Terraform takes no final snapshot when it deletes the cluster",
        words="write final_snapshot = true under [protection], and deploy",
    )


def backups(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether backups are kept for days enough."""
    file_days = None if environment is None else environment.backup.retention_days
    aws_days = None if subject is None else subject.cluster.backup_days
    days = file_days if aws_days is None else aws_days
    return compared(
        "backups",
        in_file=None if file_days is None else file_days >= FEWEST_BACKUP_DAYS,
        in_aws=None if aws_days is None else aws_days >= FEWEST_BACKUP_DAYS,
        good=f"kept for {days} days",
        bad=f"kept for {days} {'day' if days == 1 else 'days'}, fewer than {FEWEST_BACKUP_DAYS}",
        words=f"write retention_days = {FEWEST_BACKUP_DAYS} or more under [backup], and deploy",
    )


def restorable(subject: Subject) -> Iterator[Check]:
    """Check that the cluster can be restored to a moment that is not long ago."""
    cluster, name = subject.cluster, "point in time"
    if cluster.earliest_restorable is None or cluster.latest_restorable is None:
        yield unknown(
            name, "RDS does not report to which times it can be restored", "check again after the next backup"
        )
        return
    detail = f"can be restored to any second from {clock(cluster.earliest_restorable)} to"
    lag = datetime.now(UTC) - cluster.latest_restorable
    detail = f"{detail} {clock(cluster.latest_restorable)}"
    if lag > LONGEST_BACKUP_LAG:
        words = f"look at its events: {subject.target.command('status')}"
        yield warned(name, f"{detail}, which is {duration(lag.total_seconds())} ago", words)
    else:
        yield passed(name, detail)


def encrypted(_: "Environment | None", subject: Subject | None) -> Check:
    """Whether storage is encrypted at all: AWS encrypts each cluster that is made now."""
    found = None if subject is None else subject.cluster.encryption
    if found is not None and found.type is None:
        return unknown("storage", f"{found}", "ask again with botocore 1.44 or newer")
    if found is not None and found.is_missing:
        return failed("storage", f"{found}", f'write key = "own" under [encryption]; {NEW_CLUSTER}')
    return passed("storage", "a new cluster is encrypted" if found is None else f"encrypted {found}")


def second_instance(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether a reader in another zone can take over, with the writer's capacity."""
    problem = None if subject is None else _standby_problem(subject.cluster.instances)
    readers = None if environment is None else environment.instances.readers
    if problem is not None:
        detail, words = problem
        return failed("second instance", detail, DEPLOY_AGAIN if problem == _ALONE and readers else words)
    if environment is None or readers:
        tiers = () if environment is None else environment.reader_promotion_tiers
        if tiers and min(tiers) > LAST_TIER_WITH_THE_WRITERS_CAPACITY:
            return failed("second instance", *_LATE_TIERS)
        there = "a reader takes over" if subject is None else f"{len(subject.cluster.instances)}, in more than one zone"
        return passed("second instance", there)
    kept = "" if subject is None else "; the next deploy leaves one"
    return failed("second instance", f"{_ALONE[0]}{kept}", _ALONE[1])


_ALONE: Final = (
    "there is only one: while AWS replaces it, the database is unavailable for minutes",
    "write readers = 1 under [instances], and deploy",
)
_LATE_TIERS: Final = (
    "no reader is in promotion tier 0 or 1, where a reader has the writer's capacity when it takes over",
    "write promotion_tier = 1 under [instances], and deploy",
)


def _standby_problem(instances: Sequence[Instance]) -> tuple[str, str] | None:
    readers = [instance for instance in instances if not instance.is_writer]
    if not readers:
        return _ALONE
    zones = {instance.zone for instance in instances if instance.zone is not None}
    if len(zones) == 1:
        return f"all are in {zones.pop()}", "name two zones: availability_zones under [instances], and deploy"
    tiers = [instance.promotion_tier for instance in readers if instance.promotion_tier is not None]
    return _LATE_TIERS if tiers and min(tiers) > LAST_TIER_WITH_THE_WRITERS_CAPACITY else None


def minimum_capacity(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether the cluster never pauses, so that nobody waits for it."""
    in_file = None if environment is None else environment.capacity.minimum_acu
    in_aws = None if subject is None else subject.cluster.minimum_acu
    least = in_file if in_aws is None else in_aws
    return compared(
        "minimum capacity",
        in_file=None if in_file is None else in_file > 0,
        in_aws=None if in_aws is None else in_aws > 0,
        good=f"{least or 0:g} ACU: it never pauses",
        bad="0 ACU: it pauses when idle; the next connection waits, and pg_cron runs no jobs",
        words="write minimum_acu = 0.5 or more under [capacity], and deploy",
    )


def maintenance(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether what restarts the database waits for its window, on the instances too."""
    name = "maintenance"
    if environment is None:
        return unknown(name, "only the environment's file says what waits for the window", "name an environment")
    window = environment.maintenance.window if subject is None else subject.cluster.window
    if environment.applies_immediately:
        words = "write apply_immediately = false under [maintenance], and deploy"
        return failed(name, "a deploy applies changes that restart the database at once", words)
    if not environment.instances_follow_maintenance:
        words = "write instances = true under [maintenance], and deploy"
        return failed(name, "each instance has a window that AWS chose at random", words)
    return passed(name, f"changes that restart the database wait for {window} UTC")


def insights(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether somebody can see afterwards which query was slow."""
    return compared(
        "insights",
        in_file=None if environment is None else environment.insights_mode is not None,
        in_aws=None if subject is None else subject.cluster.has_insights,
        good="Database Insights shows which queries take the time",
        bad="nothing shows which queries take the time",
        words='write insights = "standard" under [monitoring], which is free, and deploy',
    )


def force_ssl(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether the database refuses a connection without TLS."""
    from aurora_serverless.facts.engine_parameters import is_on  # noqa: PLC0415

    in_file, in_aws = None, None
    if environment is not None and environment.engine.cluster_parameter_group is None:
        set_ = environment.engine.cluster_parameters or {}
        in_file = is_on(set_.get(_FORCE_SSL, _default_of(environment.engine_version.major)))
    if subject is not None:
        given = {row["ParameterName"]: row.get("ParameterValue", "") for row in subject.set_parameters}
        major = int(subject.cluster.engine_version.partition(".")[0])
        in_aws = is_on(given.get(_FORCE_SSL, _default_of(major)))
    return compared(
        "TLS",
        in_file=in_file,
        in_aws=in_aws,
        good="connections without TLS are refused",
        bad="connections without TLS are accepted, and their data is not encrypted in transit",
        words='write cluster_parameters = { "rds.force_ssl" = "1" } under [engine], and deploy',
    )


def _default_of(major: int) -> str:
    from aurora_serverless.facts.engine_parameters import parameter_in  # noqa: PLC0415

    row = parameter_in(_FORCE_SSL, major)
    return "" if row is None else row.default


def log(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether the PostgreSQL log outlives the instance."""
    from aurora_serverless.rules.log_group import LOG_TYPE  # noqa: PLC0415

    return compared(
        "log",
        in_file=None if environment is None else environment.monitoring.log_retention_days > 0,
        in_aws=None if subject is None else LOG_TYPE in subject.cluster.log_exports,
        good="the PostgreSQL log is in CloudWatch Logs",
        bad="the PostgreSQL log is on the instance only, for three days, and is lost with it",
        words="write log_retention_days = 90 under [monitoring], and deploy",
    )


def network(environment: "Environment | None", _: Subject | None) -> Check:
    """Whether who may connect is named; that nobody outside may is the check of the security group."""
    name = "network access"
    if environment is None:
        return unknown(name, "only the environment's file says it", "name an environment")
    settings = environment.network
    found: dict[str, str] = {}
    if settings.vpc_id is None and settings.vpc_tags is None and settings.subnet_group_name is None:
        found["it is in the default VPC, whose subnets are public"] = "set vpc_id to another VPC"
    named = (settings.allowed_cidr_blocks, settings.allowed_security_group_ids, settings.security_group_ids)
    if not any(named):
        found["everything in the VPC may connect"] = "list who may in allowed_security_group_ids"
    if not found:
        return passed(name, "only listed sources may connect, in a VPC of your own")
    # Another VPC is another cluster: a person decides.
    return warned(name, "; ".join(found), f"{'; '.join(found.values())}, under [network]")


def tags(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether a bill can tell whose database it is."""
    in_file: Mapping[str, str] | None = None if environment is None else environment.tags or {}
    in_aws = None if subject is None else {key for key in subject.cluster.tags if not key.startswith("aws:")}
    names = sorted(in_file or {}) if in_aws is None else sorted(in_aws)
    return compared(
        "tags",
        in_file=None if in_file is None else bool(in_file),
        in_aws=None if in_aws is None else bool(in_aws),
        good=", ".join(names),
        bad="there are none: no cost report can tell whose database this is",
        words='write under [tags] what your reports group by, such as Project = "alex", and deploy',
    )


def state(environment: "Environment | None", _: Subject | None) -> Check:
    """Whether the state lies where others find it, and two deploys are kept apart."""
    name = "Terraform's state"
    if environment is None:
        return unknown(name, "only the environment's file says where it is", "name an environment")
    backend = environment.backend
    if backend.type == "local":
        detail = "in a file on one machine: a deploy from another machine creates a second database"
        words = 'write type = "s3" and bucket under [backend], then terraform init -migrate-state'
        return failed(name, detail, words)
    if backend.use_lockfile is False:
        return failed(
            name,
            "nothing prevents two deploys at the same time",
            "remove use_lockfile = false from [backend], and deploy",
        )
    return passed(name, f"in the bucket {backend.bucket}, with a lock")


def account(environment: "Environment | None", _: Subject | None) -> Check:
    """Whether a deploy with the credentials of another account stops."""
    return compared(
        "account",
        in_file=None if environment is None else bool(environment.allowed_account_ids),
        in_aws=None,
        good="a deploy with the credentials of another account stops",
        bad="a deploy with the credentials of another account creates a second database there",
        words="write allowed_account_ids at the head of the environment's file",
    )
