"""Switches and numbers that guard the database: what one way opens, and the other does not."""

from typing import Any

import pytest

from tests.analysis.review.stacks import opened, told

CLUSTER, INSTANCE = "aws_rds_cluster.a", "aws_rds_cluster_instance.a"
SECRET, KEY, LOGS = "aws_secretsmanager_secret.a", "aws_kms_key.a", "aws_cloudwatch_log_group.a"
GROUP, ALARM, PROXY = "aws_rds_cluster_parameter_group.a", "aws_cloudwatch_metric_alarm.a", "aws_db_proxy.a"
EVENTS = "aws_db_event_subscription.a"
ROLE = "aws_rds_cluster_role_association.a"


def parameters(**values: str) -> dict[str, Any]:
    return {"parameter": [{"name": name.replace("__", "."), "value": value} for name, value in values.items()]}


def alarm(**more: Any) -> dict[str, Any]:
    base = {"alarm_name": "cpu", "comparison_operator": "GreaterThanThreshold", "threshold": 80, "period": 60}
    return base | {"evaluation_periods": 5, "alarm_actions": ["arn:t"]} | more


@pytest.mark.parametrize(
    ("address", "before", "after", "expected"),
    [
        (INSTANCE, {}, {"publicly_accessible": True}, "critical publicly_accessible is on"),
        (
            "aws_instance.a",
            {},
            {"associate_public_ip_address": True},
            "high associate_public_ip_address is on",
        ),
        (CLUSTER, {}, {"enable_http_endpoint": True}, "medium enable_http_endpoint is on"),
        (CLUSTER, {}, {"iam_database_authentication_enabled": True}, "low iam_database_authentication_enabled is on"),
        (CLUSTER, {}, {"iam_roles": ["arn:r"]}, "medium the database may use the role arn:r"),
        (
            ROLE,
            {"role_arn": "${aws_iam_role.b.arn}", "feature_name": "s3Import"},
            {"role_arn": "arn:r", "feature_name": "s3Import"},
            "medium the database may use the role arn:r for s3Import",
        ),
        (
            ROLE,
            {"role_arn": "arn:r", "feature_name": "s3Import"},
            {"role_arn": "arn:r", "feature_name": "s3Export"},
            "medium the database may use the role arn:r for s3Export",
        ),
        (PROXY, {"require_tls": True}, {"require_tls": False}, "high require_tls is off"),
        (
            PROXY,
            {"auth": [{"iam_auth": "REQUIRED"}]},
            {"auth": [{"iam_auth": "DISABLED"}]},
            "medium IAM is no longer required",
        ),
        (CLUSTER, {"deletion_protection": True}, {}, "high deletion_protection is off"),
        (CLUSTER, {"lifecycle": {"prevent_destroy": True}}, {}, "high prevent_destroy is off"),
        (CLUSTER, {"skip_final_snapshot": False}, {"skip_final_snapshot": True}, "high skip_final_snapshot is on"),
        (CLUSTER, {"delete_automated_backups": False}, {}, "medium delete_automated_backups is on"),
        (SECRET, {}, {"recovery_window_in_days": 7}, "medium a deleted secret is kept for 7 days, not 30"),
        (
            SECRET,
            {"recovery_window_in_days": 7},
            {"recovery_window_in_days": 0},
            "high a deleted secret is kept for 0 days, not 7",
        ),
        (KEY, {}, {"deletion_window_in_days": 7}, "medium a deleted key is kept for 7 days, not 30"),
        (KEY, {}, {"is_enabled": False}, "critical is_enabled is off"),
        (
            CLUSTER,
            {"vpc_security_group_ids": ["sg-1"]},
            {"vpc_security_group_ids": ["sg-1", "sg-2"]},
            "medium the security group sg-2 is attached to it",
        ),
        (KEY, {"enable_key_rotation": True}, {}, "medium enable_key_rotation is off"),
        (CLUSTER, {"storage_encrypted": True}, {"storage_encrypted": False}, "medium storage_encrypted is off"),
        (CLUSTER, {"storage_encrypted": True}, {}, "low storage_encrypted is no longer set"),
        (CLUSTER, {"kms_key_id": "arn:k"}, {}, "low kms_key_id is no longer set"),
        (SECRET, {"kms_key_id": "arn:k"}, {}, "medium kms_key_id is gone"),
        ("aws_sns_topic.a", {"kms_master_key_id": "arn:k"}, {}, "high kms_master_key_id is gone"),
        (GROUP, parameters(rds__force_ssl="1"), parameters(rds__force_ssl="0"), "high rds.force_ssl is off"),
        (GROUP, parameters(rds__force_ssl="1"), parameters(), "high rds.force_ssl is no longer set"),
        (GROUP, parameters(), parameters(rds__force_ssl="0"), "high rds.force_ssl is off"),
        (CLUSTER, {"manage_master_user_password": True}, {}, "medium RDS no longer makes the password"),
        (CLUSTER, {}, {"master_password": "${random_password.a.result}"}, "high master_password is in the state"),
        (
            "aws_secretsmanager_secret_version.a",
            {"secret_string_wo": "x"},
            {"secret_string": "x"},
            "high secret_string is in the state",
        ),
        (
            CLUSTER,
            {"backup_retention_period": 35},
            {"backup_retention_period": 7},
            "medium backups are kept for 7 days, not 35",
        ),
        (
            CLUSTER,
            {"backup_retention_period": 7},
            {"backup_retention_period": 1},
            "high backups are kept for 1 days, not 7",
        ),
        (CLUSTER, {"backup_retention_period": 7}, {}, "low backup_retention_period is no longer set"),
        (LOGS, {"retention_in_days": 365}, {"retention_in_days": 30}, "medium logs are kept for 30 days, not 365 days"),
        (LOGS, {}, {"retention_in_days": 30}, "medium logs are kept for 30 days, not for ever"),
        (LOGS, {"retention_in_days": 0}, {"retention_in_days": 30}, "medium logs are kept for 30 days, not for ever"),
        (
            CLUSTER,
            {"performance_insights_retention_period": 465},
            {"performance_insights_retention_period": 7},
            "low insights are kept for 7 days, not 465",
        ),
        (CLUSTER, {"performance_insights_enabled": True}, {}, "low performance_insights_enabled is off"),
        (
            CLUSTER,
            {"enabled_cloudwatch_logs_exports": ["postgresql"]},
            {},
            "medium the postgresql log no longer goes to CloudWatch",
        ),
        (GROUP, parameters(shared_preload_libraries="a,pgaudit"), parameters(), "high pgAudit is no longer loaded"),
        (GROUP, parameters(pgaudit__log="ddl,role"), parameters(pgaudit__log="none"), "medium pgaudit.log is off"),
        (GROUP, parameters(log_statement="mod"), parameters(log_statement="ddl"), "low log_statement is ddl, not mod"),
        (ALARM, alarm(), alarm(threshold=95), "low it fires at 95, not at 80"),
        (
            ALARM,
            alarm(comparison_operator="LessThanThreshold"),
            alarm(comparison_operator="LessThanThreshold", threshold=10),
            "low it fires at 10, not at 80",
        ),
        (ALARM, alarm(), alarm(evaluation_periods=15), "low it fires after 900 s of trouble, not 300"),
        (ALARM, alarm(), alarm(period=300), "low it fires after 1500 s of trouble, not 300"),
        (ALARM, alarm(), alarm(actions_enabled=False), "medium actions_enabled is off"),
        (ALARM, alarm(), alarm(alarm_actions=None), "medium alarm_actions are gone"),
        (
            EVENTS,
            {"event_categories": ["failure", "failover"]},
            {"event_categories": ["failure"]},
            "low events are no longer sent: failover",
        ),
        (EVENTS, {}, {"enabled": False}, "low enabled is off"),
    ],
)
def test_one_way_opens_and_the_other_way_does_not(address: str, before: Any, after: Any, expected: str) -> None:
    assert [line.replace(f"{address}: ", "") for line in told({address: before}, {address: after})] == [expected]
    back = [line.replace(f"{address}: ", "") for line in told({address: after}, {address: before})]
    assert expected not in back


OTHER_WAY = {
    "publicly_accessible",
    "deletion_protection",
    "storage_encrypted",
    "enable_key_rotation",
    "performance_insights_enabled",
}


@pytest.mark.parametrize("argument", sorted(OTHER_WAY))
@pytest.mark.parametrize("value", [True, False, None, "true"])
def test_a_switch_that_stays_opens_nothing(argument: str, value: Any) -> None:
    for address in (CLUSTER, INSTANCE, KEY):
        assert told({address: {argument: value}}, {address: {argument: value, "tags": {}}}) == []


@pytest.mark.parametrize(
    ("address", "body", "expected"),
    [
        (INSTANCE, {"publicly_accessible": True}, ["critical publicly_accessible is on"]),
        (INSTANCE, {}, []),
        (
            ROLE,
            {"role_arn": "${aws_iam_role.b.arn}", "feature_name": "Lambda"},
            ["low the database may use the role ${aws_iam_role.b.arn} for Lambda"],
        ),
        (PROXY, {}, ["high require_tls is off"]),
        (PROXY, {"require_tls": True}, []),
        (CLUSTER, {"skip_final_snapshot": True, "deletion_protection": False}, []),
        (SECRET, {"recovery_window_in_days": 0}, []),
        (ALARM, alarm(), []),
        (LOGS, {"retention_in_days": 1}, []),
    ],
)
def test_of_a_new_resource_only_what_lets_somebody_in_is_told(address: str, body: Any, expected: list[str]) -> None:
    assert [line.replace(f"{address}: ", "") for line in told({}, {address: body})] == expected


@pytest.mark.parametrize(
    ("address", "argument", "expected"),
    [
        (CLUSTER, "iam_roles", ["medium the database may use the role ${var.x}"]),
        (CLUSTER, "enabled_cloudwatch_logs_exports", []),
        (GROUP, "parameter", []),
        ("aws_security_group.a", "ingress", []),
        ("aws_iam_role.a", "inline_policy", []),
    ],
)
def test_an_expression_in_the_place_of_a_list_is_no_mistake(address: str, argument: str, expected: list[str]) -> None:
    lines = told({address: {"tags": {}}}, {address: {argument: "${var.x}"}})
    assert [line.replace(f"{address}: ", "") for line in lines] == expected


def test_alarms_and_subscriptions_that_go_are_told() -> None:
    assert told({ALARM: alarm(), "aws_sns_topic_subscription.a": {"endpoint": "x"}, EVENTS: {"name": "e"}}, {}) == [
        f"medium {ALARM}: the alarm cpu is gone",
        f"low {EVENTS}: a subscription to events is gone",
        "low aws_sns_topic_subscription.a: a subscription is gone",
    ]


def test_a_rotation_that_goes_is_told() -> None:
    address = "aws_secretsmanager_secret_rotation.a"
    assert told({address: {"secret_id": "a"}}, {}) == [f"medium {address}: the rotation is gone"]
    assert told({}, {address: {"secret_id": "a"}}) == []


def test_a_security_group_of_the_same_stack_is_judged_by_its_rules() -> None:
    cluster = {"vpc_security_group_ids": ["${aws_security_group.a.id}"]}
    assert told({CLUSTER: {}}, {CLUSTER: cluster, "aws_security_group.a": {"name": "a"}}) == []


def test_an_alarm_under_another_address_is_not_gone() -> None:
    other = {"aws_cloudwatch_metric_alarm.b": alarm()}
    assert told({ALARM: alarm()}, other) == []


def test_a_key_that_goes_while_the_cluster_stays_is_critical() -> None:
    cluster = {"kms_key_id": "${aws_kms_key.a.arn}", "storage_encrypted": True}
    lines = told({KEY: {}, CLUSTER: cluster}, {CLUSTER: {"storage_encrypted": True}})
    assert f"critical {KEY}: the key goes, but not what it encrypts: {CLUSTER}" in lines


def test_a_key_that_goes_with_what_it_encrypts_is_not() -> None:
    cluster = {"kms_key_id": "${aws_kms_key.a.arn}", "storage_encrypted": True}
    assert told({KEY: {}, CLUSTER: cluster}, {}) == []
    replaced = told(
        {KEY: {}, CLUSTER: cluster | {"engine": "a"}}, {CLUSTER: {"storage_encrypted": True, "engine": "b"}}
    )
    assert not any(line.startswith("critical") for line in replaced)


UNDER_KMS = {"storage_encrypted": True, "database_name": "a"}
COPY = {"restore_to_point_in_time": [{"source_cluster_identifier": "other"}]}
AURORA = {"engine": "aurora-postgresql"}


@pytest.mark.parametrize(
    ("address", "after", "severity", "why"),
    [
        (CLUSTER, AURORA, "medium", "a new one is under an AWS-owned key: no policy of yours"),
        (CLUSTER, AURORA | {"storage_encrypted": False}, "medium", "a new one is under an AWS-owned key: "),
        (CLUSTER, AURORA | {"snapshot_identifier": "s"}, "medium", "an AWS-owned key or the key of its snapshot: "),
        (CLUSTER, AURORA | COPY, "high", "not at all, if that is a cluster from before 18 February 2026"),
        (CLUSTER, AURORA | {"global_cluster_identifier": "world"}, "high", "it is encrypted as what it copies"),
        (CLUSTER, {"engine": "postgres"}, "critical", "data and backups will lie unencrypted"),
        ("aws_rds_global_cluster.a", AURORA | {"global_cluster_identifier": "w"}, "medium", "an AWS-owned key: "),
        ("aws_db_instance.a", {"storage_encrypted": False}, "critical", "data and backups will lie unencrypted"),
    ],
    ids=["new", "said to be off", "snapshot", "copy", "secondary", "not Aurora", "global cluster", "DB instance"],
)
def test_what_a_replacement_without_a_kms_key_is_encrypted_with(
    address: str, after: dict[str, Any], severity: str, why: str
) -> None:
    found = opened({address: UNDER_KMS}, {address: after | {"database_name": "b"}})
    [one] = [finding for finding in found if finding.what == "storage_encrypted is off"]
    assert one.severity.word == severity
    assert why in one.why


def test_of_a_new_cluster_without_a_kms_key_nothing_is_told() -> None:
    assert told({}, {CLUSTER: AURORA}) == []


TOPIC = "aws_sns_topic.a"
UNDER_KEY = {CLUSTER: {"kms_key_id": "arn:k", "storage_encrypted": True}}
BESIDE = [
    f"medium {TOPIC}: it is not under the key of the cluster",
    f"low {LOGS}: it is not under the key of the cluster",
]


@pytest.mark.parametrize(
    "before",
    [{}, {CLUSTER: {}, LOGS: {}, TOPIC: {}}, UNDER_KEY],
    ids=["a new stack", "a key for the cluster", "a log group and a topic"],
)
def test_logs_and_messages_that_the_key_of_the_cluster_leaves_out_are_told_of(before: dict[str, Any]) -> None:
    lines = told(before, {**UNDER_KEY, LOGS: {}, TOPIC: {}})
    assert [line for line in lines if line in BESIDE] == BESIDE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {**UNDER_KEY, LOGS: {"kms_key_id": "arn:k"}, TOPIC: {"kms_master_key_id": "arn:k"}}),
        ({}, {CLUSTER: {"storage_encrypted": True}, LOGS: {}, TOPIC: {}}),
        ({**UNDER_KEY, LOGS: {}, TOPIC: {}}, {**UNDER_KEY, LOGS: {}, TOPIC: {}}),
        ({**UNDER_KEY, LOGS: {}, TOPIC: {}}, UNDER_KEY),
    ],
    ids=["under the key", "no key of one's own", "as it was", "gone"],
)
def test_nothing_is_told_of_logs_and_messages_that_the_change_does_not_leave_out(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert not [line for line in told(before, after) if "under the key of the cluster" in line]


def test_a_new_instance_is_a_way_in_and_one_that_changes_is_told_before() -> None:
    bastion = {"aws_instance.a": {"instance_type": "t4g.nano"}}
    assert told({}, bastion) == ["medium aws_instance.a: whoever may start a session on it reaches what it reaches"]
    assert told(bastion, {"aws_instance.a": {"instance_type": "t4g.micro"}}) == []
    assert told(bastion, {}) == []
