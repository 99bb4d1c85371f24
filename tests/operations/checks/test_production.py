"""The production checklist: each line fails where production would, and says the key or the command that mends it."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.exit_status import ExitStatus
from operations.aws.cluster import Cluster, Instance
from operations.aws.encryption import Encryption
from operations.checks.check import Check, Look, Outcome, Subject, guarded
from operations.checks.production import passwords, settings, watching
from operations.checks.production.checklist import before_deploy, looks
from operations.checks.production.line import Line, look_of
from operations.state.resources import StateResource
from stacks.environment import Environment
from tests.conftest import ROOT
from tests.deployed.deployment import Done
from tests.deployed.stubs import SECRET_ARN, TARGET, stubbed

Answering = Callable[[str, Any], None]
NOW = datetime.now(UTC)
WRITER = Instance("alex-0", is_writer=True, status="available", zone="us-east-1a", promotion_tier=1)
READER = replace(WRITER, identifier="alex-1", is_writer=False, zone="us-east-1b")
CLUSTER = Cluster(
    identifier="alex",
    status="available",
    engine_version="17.7",
    endpoint="alex.example",
    data_api_enabled=True,
    instances=(WRITER, READER),
    minimum_acu=2,
    maximum_acu=8,
    auto_pause_seconds=None,
    master_username="alexadmin",
    subnet_group="alex",
    security_group_ids=("sg-1",),
    created=NOW,
    resource_id="cluster-1",
    pending={},
    encryption=Encryption("sse-rds"),
    window="sun:04:00-sun:05:00",
    deletion_protection=True,
    backup_days=35,
    earliest_restorable=NOW - timedelta(days=35),
    latest_restorable=NOW - timedelta(minutes=4),
    log_exports=("postgresql",),
    has_insights=True,
    tags={"Project": "alex"},
)
"""A cluster as production wants it."""
TOPIC = "arn:aws:sns:us-east-1:123456789012:alex-alarms"

WANTED: Mapping[str, Any] = {
    "allowed_account_ids": ["123456789012"],
    "backend": {"type": "s3", "bucket": "example-terraform-state"},
    "monitoring": {"alarm_email_addresses": ["team@example.com"]},
    "network": {"vpc_id": "vpc-0123456789abcdef0", "allowed_security_group_ids": ["sg-0123456789abcdef0"]},
}
"""What the shipped environment leaves to whoever deploys it."""


def environment(**sections: Any) -> Environment:
    """Return the shipped production environment with what it leaves open; sections replace keys of it, None all."""
    document: dict[str, Any] = tomllib.loads((ROOT / "environments/production.toml").read_text())
    for given in (WANTED, sections):
        for key, value in given.items():
            document[key] = {**document.get(key, {}), **value} if isinstance(value, Mapping) else value
    return Environment.model_validate({"name": "production", **document})


def subject(cluster: Cluster = CLUSTER, of: Environment | None = None, **target: Any) -> Subject:
    """Return what is deployed as RDS tells it."""
    made = Subject(replace(TARGET, environment=of, **target))
    made.cluster = cluster
    made.set_parameters = []
    return made


def of_file(line: Line, **sections: Any) -> Check:
    """Return what a line says of a file that is not deployed."""
    return line(environment(**sections), None)


def of_aws(line: Line, **cluster: Any) -> Check:
    """Return what a line says of a cluster that is otherwise than its good file."""
    file = environment()
    return line(file, subject(replace(CLUSTER, **cluster), file))


def one(look: Look, of: Subject) -> Check:
    [found] = guarded("it", look, of)
    return found


LINES: list[tuple[Line, dict[str, Any], str]] = [
    (settings.deletion_protection, {"protection": {"deletion_protection": False}}, "deletion_protection = true"),
    (settings.final_snapshot, {"protection": {"final_snapshot": False}}, "final_snapshot = true"),
    (settings.backups, {"backup": {"retention_days": 6}}, "retention_days = 7 or more"),
    (settings.second_instance, {"instances": {"readers": 0}}, "readers = 1"),
    (settings.second_instance, {"instances": {"promotion_tier": 2}}, "promotion_tier = 1"),
    (settings.minimum_capacity, {"capacity": {"minimum_acu": 0}}, "minimum_acu = 0.5 or more"),
    (settings.maintenance, {"maintenance": {"apply_immediately": True}}, "apply_immediately = false"),
    (settings.maintenance, {"maintenance": {"instances": False}}, "instances = true"),
    (settings.force_ssl, {"engine": {"cluster_parameters": {"rds.force_ssl": "0"}}}, '"rds.force_ssl" = "1"'),
    (
        settings.force_ssl,
        {"preset": None, "engine": {"version": "16.11"}, "monitoring": {"alarms": True}},
        '"rds.force_ssl" = "1"',
    ),
    (settings.insights, {"monitoring": {"insights": "off"}}, 'insights = "standard"'),
    (settings.log, {"monitoring": {"log_retention_days": 0}}, "log_retention_days = 90"),
    (settings.tags, {"tags": None}, "under [tags]"),
    (settings.state, {"backend": {"type": "s3", "use_lockfile": False}}, "use_lockfile"),
    (passwords.in_state, {"credentials": {"mode": "random"}}, 'mode = "managed" or "write_only"'),
    (passwords.in_state, {"users": {"read_only": ["reports"]}}, '"write_only" under [users]'),
    (watching.alarms, {"monitoring": {"alarms": False, "alarm_email_addresses": []}}, "alarms = true"),
    (watching.told, {"monitoring": {"alarm_email_addresses": []}}, "alarm_email_addresses"),
]


@pytest.mark.parametrize(("line", "sections", "remedy"), LINES)
def test_a_file_that_lacks_it_fails_with_the_key(line: Line, sections: dict[str, Any], remedy: str) -> None:
    found = of_file(line, **sections)
    assert found.outcome is Outcome.FAILED
    assert remedy in (found.remedy or "")


def test_a_file_that_has_all_of_it_fails_nowhere() -> None:
    found = list(before_deploy(environment()))
    assert [check.name for check in found if check.outcome is Outcome.FAILED] == []
    assert {check.name for check in found if check.outcome is Outcome.UNKNOWN} == {"who is told"}
    assert {check.name for check in found if check.outcome is Outcome.WARNED} == set()


def test_what_only_a_person_knows_is_asked_and_never_passed() -> None:
    asked = [check for check in before_deploy(environment()) if check.outcome is Outcome.ASKED]
    assert len(asked) == 10
    assert all(check.detail.endswith("?") and check.remedy for check in asked)


@pytest.mark.parametrize(
    ("line", "cluster", "detail"),
    [
        (settings.deletion_protection, {"deletion_protection": False}, "nothing prevents the cluster"),
        (settings.backups, {"backup_days": 1}, "kept for 1 day, fewer than 7"),
        (settings.second_instance, {"instances": (WRITER,)}, "there is only one"),
        (settings.minimum_capacity, {"minimum_acu": 0}, "it pauses when idle"),
        (settings.insights, {"has_insights": False}, "nothing shows"),
        (settings.log, {"log_exports": ()}, "on the instance only"),
        (settings.tags, {"tags": {"aws:cloudformation:stack-name": "x"}}, "there are none"),
    ],
)
def test_a_cluster_without_what_its_file_says_is_deployed_again(
    line: Line, cluster: dict[str, Any], detail: str
) -> None:
    found = of_aws(line, **cluster)
    assert (found.outcome, found.remedy) == (Outcome.FAILED, "the environment's file sets it: deploy again")
    assert detail in found.detail


def test_what_the_next_deploy_takes_away_fails_before_it() -> None:
    file = environment(backup={"retention_days": 3})
    found = settings.backups(file, subject(CLUSTER, file))
    assert (found.outcome, found.detail) == (Outcome.FAILED, "kept for 35 days; the next deploy undoes that")
    file = environment(instances={"readers": 0})
    assert "the next deploy leaves one" in settings.second_instance(file, subject(CLUSTER, file)).detail


@pytest.mark.parametrize(
    ("reader", "detail"),
    [
        (replace(READER, zone="us-east-1a"), "all are in us-east-1a"),
        (replace(READER, promotion_tier=2), "no reader is in promotion tier 0 or 1"),
    ],
)
def test_a_reader_that_cannot_take_over_fails(reader: Instance, detail: str) -> None:
    found = of_aws(settings.second_instance, instances=(WRITER, reader))
    assert (found.outcome, detail in found.detail) == (Outcome.FAILED, True)


def test_a_state_on_one_machine_fails_and_any_account_does() -> None:
    shipped = Environment.model_validate(
        {"name": "production", **tomllib.loads((ROOT / "environments/production.toml").read_text())}
    )
    for line, key in ((settings.state, "[backend]"), (settings.account, "allowed_account_ids")):
        found = line(shipped, None)
        assert (found.outcome, key in (found.remedy or "")) == (Outcome.FAILED, True)
    found = settings.network(shipped, None)
    assert (found.outcome, "default VPC" in found.detail) == (Outcome.WARNED, True)


def test_storage_that_is_not_encrypted_fails_and_what_rds_does_not_tell_is_unknown() -> None:
    assert of_aws(settings.encrypted, encryption=Encryption("none")).outcome is Outcome.FAILED
    assert of_aws(settings.encrypted, encryption=Encryption()).outcome is Outcome.UNKNOWN


def test_backups_that_lag_are_warned_of() -> None:
    late = replace(CLUSTER, latest_restorable=NOW - timedelta(hours=5))
    assert one(settings.restorable, subject(late)).outcome is Outcome.WARNED
    assert one(settings.restorable, subject(replace(CLUSTER, latest_restorable=None))).outcome is Outcome.UNKNOWN
    assert one(settings.restorable, subject()).outcome is Outcome.PASSED


@pytest.mark.parametrize(("value", "outcome"), [("1", Outcome.PASSED), ("0", Outcome.FAILED)])
def test_the_parameter_group_says_whether_tls_is_forced(value: str, outcome: Outcome) -> None:
    of = subject()
    of.set_parameters = [{"ParameterName": "rds.force_ssl", "ParameterValue": value}]
    assert settings.force_ssl(None, of).outcome is outcome


def test_a_password_that_the_state_still_has_fails_whatever_the_file_says() -> None:
    of = subject(of=environment())

    class State:
        resources = (StateResource("random_password.db_password", "random_password", None, is_tainted=False),)

    of.deploy_state = State()  # type: ignore[assignment]
    assert passwords.in_state(environment(), of).outcome is Outcome.FAILED


def test_from_arns_alone_what_only_a_file_says_is_unknown() -> None:
    for line in (settings.final_snapshot, settings.maintenance, settings.network, settings.state, settings.account):
        found = line(None, subject())
        assert (found.outcome, found.remedy) == (Outcome.UNKNOWN, "name an environment")


def secret_with(answering: Answering, **described: Any) -> Check:
    client, stubber = stubbed("secretsmanager")
    stubber.add_response("describe_secret", {"ARN": SECRET_ARN, **described})
    answering("secretsmanager", client)
    return one(passwords.rotation, subject())


def test_a_secret_that_is_rotated_passes_with_its_days(answering: Answering) -> None:
    found = secret_with(answering, RotationEnabled=True, RotationRules={"AutomaticallyAfterDays": 7})
    assert (found.outcome, found.detail) == (Outcome.PASSED, "every 7 days")


@pytest.mark.parametrize(
    ("described", "remedy"),
    [
        ({"OwningService": "rds"}, "rotation_days = 7"),
        ({"LastChangedDate": NOW - timedelta(days=91, hours=1)}, f"rotation_date = {NOW:%Y}"),
        ({}, "rotation_date"),
    ],
)
def test_a_secret_that_nobody_rotates_fails(answering: Answering, described: dict[str, Any], remedy: str) -> None:
    found = secret_with(answering, **described)
    assert (found.outcome, remedy in (found.remedy or "")) == (Outcome.FAILED, True)


def test_a_young_password_passes_and_says_until_when(answering: Answering) -> None:
    found = secret_with(answering, LastChangedDate=NOW - timedelta(days=3, hours=1))
    assert (found.outcome, found.detail) == (Outcome.PASSED, "by hand: it is 3 days old")


EVERYBODY = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue"%s}}'
ONE_ACCOUNT = ', "Condition": {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}'


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [
        (EVERYBODY % "", Outcome.FAILED),
        (EVERYBODY % ONE_ACCOUNT, Outcome.PASSED),
        (None, Outcome.PASSED),
    ],
)
def test_a_secret_whose_policy_lets_in_everybody_fails(
    answering: Answering, policy: str | None, outcome: Outcome
) -> None:
    client, stubber = stubbed("secretsmanager")
    stubber.add_response("get_resource_policy", {} if policy is None else {"ResourcePolicy": policy})
    answering("secretsmanager", client)
    found = one(passwords.policy, subject())
    assert found.outcome is outcome
    assert (f"delete-resource-policy --secret-id {SECRET_ARN}" in (found.remedy or "")) is (outcome is Outcome.FAILED)


def with_alarms(answering: Answering, *metrics: str, times: int = 1, **more: Any) -> None:
    client, stubber = stubbed("cloudwatch")
    for metric in ("ACUUtilization", "DatabaseConnections") * times:
        alarm = {
            "AlarmName": f"alex-{metric}",
            "ActionsEnabled": True,
            "AlarmActions": [TOPIC],
            "Dimensions": [{"Name": "DBClusterIdentifier", "Value": "alex"}],
        }
        stubber.add_response(
            "describe_alarms_for_metric", {"MetricAlarms": [alarm | more] if metric in metrics else []}
        )
    answering("cloudwatch", client)


@pytest.mark.parametrize(
    ("metrics", "more", "detail"),
    [
        (("DatabaseConnections",), {}, "none watches the capacity's ceiling"),
        (("ACUUtilization", "DatabaseConnections"), {"AlarmActions": []}, "nobody is notified by alex-ACUUtilization"),
        (("ACUUtilization", "DatabaseConnections"), {"ActionsEnabled": False}, "nobody is notified by"),
        (
            ("ACUUtilization", "DatabaseConnections"),
            {"Dimensions": [{"Name": "DBClusterIdentifier", "Value": "other"}]},
            "none watches the capacity's ceiling or connections",
        ),
    ],
)
def test_alarms_that_do_not_ring_fail(
    answering: Answering, metrics: tuple[str, ...], more: dict[str, Any], detail: str
) -> None:
    with_alarms(answering, *metrics, **more)
    found = one(look_of(watching.alarms), subject(of=environment()))
    assert (found.outcome, detail in found.detail) == (Outcome.FAILED, True)


def test_alarms_that_ring_pass(answering: Answering) -> None:
    with_alarms(answering, "ACUUtilization", "DatabaseConnections")
    assert one(look_of(watching.alarms), subject(of=environment())).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("arns", "outcome", "detail"),
    [
        ((), Outcome.FAILED, f"nobody is subscribed to {TOPIC}"),
        (("PendingConfirmation", f"{TOPIC}:1"), Outcome.FAILED, "1 of 2 subscriptions wait to be confirmed (email)"),
        ((f"{TOPIC}:1",), Outcome.PASSED, "1 subscribed and confirmed (email)"),
    ],
)
def test_a_subscriber_counts_once_it_is_confirmed(
    answering: Answering, arns: tuple[str, ...], outcome: Outcome, detail: str
) -> None:
    with_alarms(answering, "ACUUtilization", "DatabaseConnections")
    client, stubber = stubbed("sns")
    found = [{"SubscriptionArn": arn, "Protocol": "email", "Endpoint": "team@example.com"} for arn in arns]
    stubber.add_response("list_subscriptions_by_topic", {"Subscriptions": found}, {"TopicArn": TOPIC})
    answering("sns", client)
    check = one(look_of(watching.told), subject(of=environment()))
    assert (check.outcome, check.detail) == (outcome, detail)


@pytest.mark.parametrize(
    ("group", "outcome"),
    [
        ({"retentionInDays": 365}, Outcome.PASSED),
        ({}, Outcome.FAILED),
        (None, Outcome.UNKNOWN),
    ],
)
def test_a_log_without_an_end_fails(answering: Answering, group: dict[str, Any] | None, outcome: Outcome) -> None:
    name = "/aws/rds/cluster/alex/postgresql"
    client, stubber = stubbed("logs")
    groups = [{"logGroupName": f"{name}-of-another"}, *([] if group is None else [{"logGroupName": name} | group])]
    stubber.add_response("describe_log_groups", {"logGroups": groups}, {"logGroupNamePrefix": name})
    answering("logs", client)
    assert one(watching.log_retention, subject()).outcome is outcome


@pytest.mark.parametrize(
    ("values", "outcome"),
    [([40.0, 97.0, 12.0], Outcome.WARNED), ([40.0], Outcome.PASSED), ([], Outcome.UNKNOWN)],
)
def test_a_cluster_near_its_maximum_is_warned_of(answering: Answering, values: list[float], outcome: Outcome) -> None:
    client, stubber = stubbed("cloudwatch")
    points = {"Timestamps": [NOW - timedelta(hours=hour) for hour, _ in enumerate(values)], "Values": values}
    stubber.add_response("get_metric_data", {"MetricDataResults": [{"Id": "m0", **points}]})
    answering("cloudwatch", client)
    assert one(watching.ceiling, subject()).outcome is outcome


def test_every_line_has_a_name_of_its_own_and_is_as_wide_as_the_others() -> None:
    names = [name for name, _ in looks()]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= len("role's permissions")


@pytest.mark.usefixtures("empty_aws")
def test_before_the_first_deploy_the_file_is_looked_at(check: Callable[..., Done]) -> None:
    done = check(None, "--production", "--json")
    assert (done.status, done.json["passed"]) == (ExitStatus.NOT_DEPLOYED, False)
    first, *others = done.json["checks"]
    assert (first["name"], first["outcome"]) == ("deploy", "unknown")
    assert "production is not deployed yet" in first["detail"]
    failed = {one["name"] for one in others if one["outcome"] == "failed"}
    assert failed == {"who is told", "Terraform's state", "account"}


@pytest.mark.usefixtures("empty_aws")
def test_the_page_shows_what_is_printed(check: Callable[..., Done]) -> None:
    page = (ROOT / "docs/operating.md").read_text()
    _, _, shown = page.partition("$ ./aurora-serverless check production --production\n")
    shown, _, _ = shown.partition("```")
    printed = check(None, "--production").output.splitlines()
    assert [line for line in shown.splitlines() if line != "..."] == [line for line in printed if line in shown]
