"""The checks and the work after an upgrade."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from operations.aws.cloudwatch import CONNECTIONS, MINUTE, read_series
from operations.aws.events import read_events
from operations.checks.check import Check, failed, guarded, passed, unknown
from operations.checks.cluster import instances
from operations.errors import OperationsError
from operations.times import clock, duration
from operations.upgrade import extensions, statistics
from operations.upgrade.outage import Outage, last_outage, upgrade_messages
from operations.upgrade.subject import NOT_ASKED, UpgradeSubject

_HOURS = 24.0
_BEFORE = timedelta(minutes=15)

_CONNECTED = """
SELECT count(*) AS connected FROM pg_catalog.pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND usename IS DISTINCT FROM 'rdsadmin'
"""


@dataclass(frozen=True)
class Work:
    """Whether to update extensions and gather statistics or only check them, and how to report progress."""

    updates_extensions: bool
    gathers_statistics: bool
    deadline_seconds: float
    on_progress: Callable[[str], None] = lambda _: None


def checks_after(subject: UpgradeSubject, work: Work) -> Iterator[Check]:
    """Yield every check, in the order of the work; a check that cannot run is unknown."""
    yield from guarded("version", version, subject)
    yield from guarded("instances", instances, subject)
    yield from guarded("parameter groups", parameter_groups, subject)
    outage: list[Outage] = []
    yield from guarded("time away", lambda each: _time_away(each, outage), subject)
    if not subject.can_be_asked:
        yield unknown(
            "SQL",
            NOT_ASKED,
            "with psql: ALTER EXTENSION … UPDATE for each of pg_extension, and ANALYZE, in each database",
        )
        return
    yield from guarded("extensions", lambda each: _extensions(each, work), subject)
    yield from guarded("statistics", lambda each: _statistics(each, work), subject)
    yield from guarded("connections", lambda each: _connections(each, outage), subject)


def version(subject: UpgradeSubject) -> Iterator[Check]:
    """Check that cluster and instances run the version."""
    rds = subject.client("rds")
    pages = rds.get_paginator("describe_db_instances").paginate(
        Filters=[{"Name": "db-cluster-id", "Values": [subject.target.cluster_identifier]}]
    )
    running = str(subject.running)
    behind = [
        f"{instance['DBInstanceIdentifier']} {instance['EngineVersion']}"
        for page in pages
        for instance in page["DBInstances"]
        if instance["EngineVersion"] != running
    ]
    if behind:
        yield failed("version", f"the cluster runs {running}, and {', '.join(behind)}", subject.again)
    else:
        yield passed("version", f"cluster and instances run Aurora PostgreSQL {running}")


def parameter_groups(subject: UpgradeSubject) -> Iterator[Check]:
    """Check that no instance needs a reboot to apply its parameters."""
    pages = (
        subject.client("rds")
        .get_paginator("describe_db_instances")
        .paginate(Filters=[{"Name": "db-cluster-id", "Values": [subject.target.cluster_identifier]}])
    )
    groups = [
        (instance["DBInstanceIdentifier"], group["DBParameterGroupName"], group["ParameterApplyStatus"])
        for page in pages
        for instance in page["DBInstances"]
        for group in instance.get("DBParameterGroups", [])
    ]
    name = str(subject.described.get("DBClusterParameterGroup"))
    groups += [
        (member["DBInstanceIdentifier"], name, member.get("DBClusterParameterGroupStatus", "in-sync"))
        for member in subject.described.get("DBClusterMembers", [])
    ]
    waiting = [f"{group} of {member} is {status}" for member, group, status in groups if status != "in-sync"]
    if waiting:
        yield failed("parameter groups", ", ".join(waiting), subject.target.command("restart"))
    else:
        yield passed("parameter groups", ", ".join(sorted({group for _, group, _ in groups})) + ": in sync")


def _time_away(subject: UpgradeSubject, outage: list[Outage]) -> Iterator[Check]:
    """Report how long the writer was unavailable, from RDS's events."""
    events = read_events(subject.cluster, subject.client("rds"), hours=_HOURS)
    writer = subject.cluster.writer
    found = None if writer is None else last_outage(events, writer.identifier)
    if found is None:
        said = upgrade_messages(events)
        yield unknown("time away", said[-1] if said else "RDS has no event of a restart in the last 24 hours")
        return
    outage.append(found)
    yield passed("time away", f"{duration(found.seconds)}, from {clock(found.begin)} to {clock(found.end)}")


def _extensions(subject: UpgradeSubject, work: Work) -> Iterator[Check]:
    """Update the extensions of every database, or report which need it."""
    behind = extensions.outdated(subject)
    if not behind:
        yield passed("extensions", "all are the newest that this version offers")
        return
    if not work.updates_extensions:
        yield failed(
            "extensions", f"to update: {_listed(behind)}", f"{subject.again} --yes-upgrade {subject.target.name}"
        )
        return
    problems = []
    for one in behind:
        work.on_progress(f"extensions: {one}")
        try:
            subject.database(one.database).run_to_its_end(one.update)
        except OperationsError as error:
            problems.append(f"{one}: {error}")
    left = extensions.outdated(subject)
    if left:
        why = "; ".join(problems) or _listed(left)
        yield failed("extensions", f"not updated: {why}", "update them as their owner: ALTER EXTENSION name UPDATE")
    else:
        yield passed("extensions", f"updated: {_listed(behind)}")


def _listed(found: Sequence[extensions.Extension]) -> str:
    return ", ".join(f"{one} to {one.newest}" for one in found)


def _statistics(subject: UpgradeSubject, work: Work) -> Iterator[Check]:
    """Analyze every table that was not analyzed since the upgrade."""
    tables = statistics.not_analyzed(subject)
    if not tables:
        yield passed("statistics", "every table was analyzed")
        return
    if not work.gathers_statistics:
        yield failed("statistics", f"not analyzed since the upgrade: {_counted(tables)}", subject.again)
        return
    left = list(
        statistics.gather(subject, tables, deadline_seconds=work.deadline_seconds, on_progress=work.on_progress)
    )
    if left:
        yield failed(
            "statistics",
            f"still not analyzed: {', '.join(map(str, left))}",
            "ANALYZE these as their owner, or run this command again if one only takes long",
        )
    else:
        yield passed("statistics", f"analyzed {_counted(tables)}")


def _counted(tables: Sequence[statistics.Table]) -> str:
    counts = Counter(table.database for table in tables)
    return ", ".join(f"{count} table{'' if count == 1 else 's'} of {database}" for database, count in counts.items())


def _connections(subject: UpgradeSubject, outage: Sequence[Outage]) -> Iterator[Check]:
    """Check that clients have reconnected: as many as CloudWatch counted before, or some."""
    [row] = subject.ask(subject.target.required_database(), _CONNECTED)
    now = f"{row['connected']} connected"
    before = _connected_before(subject, outage[0]) if outage else None
    if before is None:
        yield passed("connections", f"{now}; CloudWatch has no number from before the upgrade")
    elif before and not row["connected"]:
        yield failed(
            "connections", f"none; before the upgrade {before:.0f}", "look at the applications: some do not retry"
        )
    else:
        yield passed("connections", f"{now}; before the upgrade {before:.0f}")


def _connected_before(subject: UpgradeSubject, outage: Outage) -> float | None:
    hours = (datetime.now(UTC) - outage.begin + _BEFORE).total_seconds() / 3600
    [series] = read_series(
        subject.client("cloudwatch"),
        subject.target.cluster_identifier,
        (CONNECTIONS,),
        hours=hours,
        now=datetime.now(UTC),
        period_seconds=MINUTE,
    )
    return max((point.value for point in series.points if point.moment < outage.begin), default=None)
