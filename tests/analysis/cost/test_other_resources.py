"""What stands around a cluster: secrets, keys, alarms, dashboards, logs, endpoints."""

from typing import Any

import pytest

from analysis.cost.estimate import estimate
from analysis.cost.line import Line
from aurora_serverless.facts.prices import PriceList, load_prices
from tests.analysis.cost.documents import TODAY, dollars, estimate_of, has_line, line_of, stack_of


def amounts(line: Line) -> tuple[str, str, str]:
    return dollars(line.floor), dollars(line.typical), dollars(line.ceiling)


@pytest.mark.parametrize(
    ("secrets", "cluster", "cost"),
    [
        ({"one": {}}, {}, "0.40"),
        ({"one": {}, "two": {"count": 2}}, {}, "1.20"),
        ({"one": {"replica": [{"region": "eu-west-1"}, {"region": "eu-west-2"}]}}, {}, "1.20"),
        ({"one": {"replica": {"region": "eu-west-1"}}}, {}, "0.80"),
        ({}, {"manage_master_user_password": True}, "0.40"),
        ({"one": {}}, {"manage_master_user_password": True}, "0.80"),
    ],
)
def test_secrets_and_their_replicas_and_those_of_rds_are_billed(
    secrets: dict[str, Any], cluster: dict[str, Any], cost: str
) -> None:
    found = estimate_of(stack_of(cluster=cluster, aws_secretsmanager_secret=secrets))
    assert amounts(line_of(found, "secret")) == (cost, cost, cost)


def test_calls_for_secrets_are_billed_by_ten_thousand() -> None:
    found = estimate_of(stack_of(aws_secretsmanager_secret={"one": {}}), secret_calls=200_000)
    assert amounts(line_of(found, "secret: calls")) == ("0.00", "1.00", "1.00")


def test_keys_of_the_stack_are_billed_with_their_requests() -> None:
    found = estimate_of(stack_of(aws_kms_key={"own": {}}), key_requests=1_000_000)
    assert amounts(line_of(found, "KMS key")) == ("1.00", "1.00", "1.00")
    assert amounts(line_of(found, "KMS key: requests")) == ("0.00", "3.00", "3.00")


def test_a_key_that_is_given_is_billed_elsewhere() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/1"
    assert not has_line(estimate_of(stack_of(cluster={"kms_key_id": arn})), "KMS key")


def test_alarms_are_billed_by_the_metric() -> None:
    queries = [{"id": "e", "expression": "a / b"}, {"id": "a", "metric": {}}, {"id": "b", "metric": {}}]
    found = estimate_of(stack_of(aws_cloudwatch_metric_alarm={"one": {}, "ratio": {"metric_query": queries}}))
    assert amounts(line_of(found, "alarms")) == ("0.30", "0.30", "0.30")


def test_emails_of_alarms_are_billed_and_other_subscriptions_not() -> None:
    subscription = {"email": {"protocol": "email"}, "function": {"protocol": "lambda"}}
    found = estimate_of(stack_of(aws_sns_topic_subscription=subscription), alarm_emails=50_000)
    assert dollars(line_of(found, "alarms: emails").typical) == "1.00"
    only = estimate_of(stack_of(aws_sns_topic_subscription={"function": {"protocol": "lambda"}}))
    assert not has_line(only, "alarms: emails")


def test_a_dashboard_is_billed_by_the_month() -> None:
    assert amounts(line_of(estimate_of(stack_of(aws_cloudwatch_dashboard={"one": {}})), "dashboard"))[0] == "3.00"


def test_a_log_is_billed_as_it_comes_and_as_long_as_it_is_kept() -> None:
    """10 GB x $0.50, and 10 GB x 73 days of a month of 30.4 days x $0.03."""
    group = {"name": "/aws/rds/cluster/alex/postgresql", "retention_in_days": 73}
    stack = stack_of(
        cluster={"enabled_cloudwatch_logs_exports": ["postgresql"]}, aws_cloudwatch_log_group={"postgresql": group}
    )
    assert amounts(line_of(estimate_of(stack, log_gb=10), "logs")) == ("0.00", "5.72", "5.72")


@pytest.mark.parametrize(
    "group",
    [None, {"name": "/aws/rds/cluster/alex/postgresql"}, {"name": "/aws/rds/other", "retention_in_days": 1}],
)
def test_a_log_that_never_expires_is_counted_for_its_first_year(group: dict[str, Any] | None) -> None:
    stack = stack_of(
        cluster={"enabled_cloudwatch_logs_exports": ["postgresql"]},
        aws_cloudwatch_log_group={"postgresql": group} if group else {},
    )
    assert dollars(line_of(estimate_of(stack, log_gb=10), "logs").typical) == "8.60"


def test_a_log_of_which_one_price_is_not_known_is_not_known() -> None:
    prices = PriceList(tuple(row for row in load_prices().rows if row.item != "log_storage_gb_month"))
    stack = stack_of(cluster={"enabled_cloudwatch_logs_exports": ["postgresql"]})
    found = estimate(stack, prices, today=TODAY)
    assert found.unknown == ("logs",)
    assert line_of(found, "logs").typical is None


def test_a_log_that_is_not_exported_has_no_line() -> None:
    assert not has_line(estimate_of(stack_of()), "logs")


@pytest.mark.parametrize(("seconds", "cost"), [(60, "0.11"), (1, "6.57")])
def test_enhanced_monitoring_is_billed_as_a_log_of_every_instance(seconds: int, cost: str) -> None:
    """730 h / 60 s = 43,800 messages of 5 KB at $0.50 a GB."""
    found = estimate_of(stack_of(instances={"aurora": {"monitoring_interval": seconds}}))
    assert amounts(line_of(found, "enhanced monitoring")) == (cost, cost, cost)


def test_enhanced_monitoring_of_the_cluster_is_that_of_its_instances() -> None:
    found = estimate_of(stack_of(cluster={"monitoring_interval": 1}, instances={"aurora": {}, "reader": {"count": 2}}))
    assert dollars(line_of(found, "enhanced monitoring").typical) == "19.71"


def test_a_paused_instance_sends_no_monitoring() -> None:
    found = estimate_of(stack_of(minimum=0, instances={"aurora": {"monitoring_interval": 1}}))
    assert line_of(found, "enhanced monitoring").floor == 0


@pytest.mark.parametrize(
    "more", [{"count": "${var.n}", "monitoring_interval": 60}, {"monitoring_interval": "${var.s}"}]
)
def test_monitoring_of_a_number_that_is_not_in_the_json_is_not_known(more: dict[str, Any]) -> None:
    assert "enhanced monitoring" in estimate_of(stack_of(instances={"aurora": more})).unknown


def test_without_an_interval_there_is_no_monitoring() -> None:
    assert not has_line(estimate_of(stack_of(instances={"aurora": {"monitoring_interval": 0}})), "enhanced monitoring")


ENDPOINTS = {
    "rds_data": {"vpc_endpoint_type": "Interface"},
    "secretsmanager": {"vpc_endpoint_type": "Interface"},
    "s3": {"vpc_endpoint_type": "Gateway"},
}


def test_interface_endpoints_are_billed_by_zone_and_gateways_not() -> None:
    """2 endpoints x 3 zones x 730 h x $0.01; a Region has two zones at least and six at most."""
    line = line_of(estimate_of(stack_of(aws_vpc_endpoint=ENDPOINTS)), "interface endpoints")
    assert amounts(line) == ("29.20", "43.80", "87.60")


def test_the_number_of_zones_can_be_given() -> None:
    found = estimate_of(stack_of(aws_vpc_endpoint=ENDPOINTS), endpoint_zones=2, endpoint_gb=100)
    assert amounts(line_of(found, "interface endpoints")) == ("29.20", "29.20", "29.20")
    assert amounts(line_of(found, "interface endpoints: data")) == ("0.00", "1.00", "1.00")


def test_a_gateway_endpoint_costs_nothing() -> None:
    assert not has_line(estimate_of(stack_of(aws_vpc_endpoint={"s3": {}})), "interface endpoints")


@pytest.mark.parametrize(
    ("type_", "arguments", "item"),
    [
        ("aws_secretsmanager_secret", {}, "secret"),
        ("aws_kms_key", {}, "KMS key"),
        ("aws_cloudwatch_metric_alarm", {}, "alarms"),
        ("aws_cloudwatch_dashboard", {}, "dashboard"),
        ("aws_vpc_endpoint", {"vpc_endpoint_type": "Interface"}, "interface endpoints"),
    ],
)
def test_a_number_that_is_not_in_the_json_is_not_known(type_: str, arguments: dict[str, Any], item: str) -> None:
    resources: dict[str, Any] = {type_: {"one": {}, "many": {"for_each": "${var.names}"}}}
    resources[type_] = {name: block | arguments for name, block in resources[type_].items()}
    found = estimate_of(stack_of(**resources))
    assert found.unknown == (item,)
    assert "how many there are is not in the JSON" in line_of(found, item).why


@pytest.mark.parametrize(("for_each", "cost"), [(["a", "b"], "2.00"), ({"a": 1, "b": 2, "c": 3}, "3.00")])
def test_a_for_each_that_is_written_out_is_counted(for_each: Any, cost: str) -> None:
    found = estimate_of(stack_of(aws_kms_key={"many": {"for_each": for_each}}))
    assert dollars(line_of(found, "KMS key").floor) == cost


def test_a_proxy_of_a_cluster_elsewhere_is_not_known() -> None:
    assert estimate_of(stack_of(aws_db_proxy={"one": {}})).unknown == ("aws_db_proxy.one",)


@pytest.mark.parametrize(
    ("name", "is_known"), [("/aws/rds/cluster/alex/postgresql", True), ("/aws/lambda/x", False), (None, False)]
)
def test_a_log_of_something_else_is_not_known(name: str | None, *, is_known: bool) -> None:
    found = estimate_of(stack_of(aws_cloudwatch_log_group={"one": {"name": name}}))
    assert found.unknown == (() if is_known else ("aws_cloudwatch_log_group.one",))


def test_a_log_group_that_takes_its_name_from_the_cluster_is_the_clusters() -> None:
    name = "/aws/rds/cluster/${aws_rds_cluster.aurora.cluster_identifier}/postgresql"
    stack = stack_of(
        cluster={"enabled_cloudwatch_logs_exports": ["postgresql"]},
        aws_cloudwatch_log_group={"postgresql": {"name": name, "retention_in_days": 73}},
    )
    assert dollars(line_of(estimate_of(stack, log_gb=10), "logs").typical) == "5.72"
