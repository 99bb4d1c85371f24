import json
from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformVariable
from constructs import Construct

from aurora_serverless.dashboard import DatabaseDashboard
from aurora_serverless.rules import alarms
from aurora_serverless.rules.engine import EngineVersion
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import only, synthesize_alone

ALARMS = [f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-{name}" for name in ("cpu", "connections")]


def dashboard(scope: Construct, **arguments: Any) -> DatabaseDashboard:
    return DatabaseDashboard(
        scope,
        "dashboard",
        **{"cluster_identifier": "shop", "region": "eu-west-1", "fixed_addresses": True, **arguments},
    )


def synthesized(**arguments: Any) -> dict[str, Any]:
    return only(synthesize_alone(lambda stack: dashboard(stack, **arguments)), "aws_cloudwatch_dashboard")


def widgets(**arguments: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(synthesized(**arguments)["dashboard_body"])["widgets"]
    return found


def graph(metric: str, **arguments: Any) -> dict[str, Any]:
    """Return the one graph that shows a metric."""
    (found,) = (
        widget["properties"]
        for widget in widgets(**arguments)
        if widget["type"] == "metric" and any(line[1] == metric for line in widget["properties"]["metrics"])
    )
    properties: dict[str, Any] = found
    return properties


def shown(**arguments: Any) -> set[str]:
    return {
        line[1]
        for widget in widgets(**arguments)
        if widget["type"] == "metric"
        for line in widget["properties"]["metrics"]
    }


def test_the_dashboard_has_its_address_and_the_cluster_s_name() -> None:
    document = synthesize_alone(dashboard)
    assert list(document["resource"]["aws_cloudwatch_dashboard"]) == ["aurora"]
    assert synthesized()["dashboard_name"] == "shop"
    assert synthesized(dashboard_name="shop-database")["dashboard_name"] == "shop-database"


def test_capacity_load_latency_io_and_storage_are_shown() -> None:
    assert shown() == {
        "ServerlessDatabaseCapacity",
        "ACUUtilization",
        "CPUUtilization",
        "DatabaseConnections",
        "FreeableMemory",
        "ReadLatency",
        "WriteLatency",
        "CommitLatency",
        "VolumeReadIOPs",
        "VolumeWriteIOPs",
        "VolumeBytesUsed",
        "Deadlocks",
        "MaximumUsedTransactionIDs",
    }


def test_replica_lag_is_shown_with_readers() -> None:
    assert shown(has_readers=True) - shown() == {"AuroraReplicaLagMaximum"}


def test_every_alarm_finds_its_metric_here() -> None:
    rules = [rule for rule in vars(alarms).values() if isinstance(rule, alarms.AlarmRule)]
    assert len(rules) == 7
    assert {rule.metric for rule in rules} <= shown(has_readers=True)


def test_every_graph_is_of_the_cluster_in_its_region_and_a_namespace_that_exists() -> None:
    for widget in widgets(has_readers=True):
        assert widget["properties"]["region"] == "eu-west-1"
        for line in widget["properties"]["metrics"]:
            assert line[0] == "AWS/RDS"
            assert line[2:4] == ["DBClusterIdentifier", "shop"]


def test_writer_and_readers_have_lines_of_their_own() -> None:
    assert [line[4:6] for line in graph("CPUUtilization", has_readers=True)["metrics"]] == [
        ["Role", "WRITER"],
        ["Role", "READER"],
    ]
    assert [line[-1]["label"] for line in graph("CPUUtilization", has_readers=True)["metrics"]] == ["writer", "reader"]
    assert [line[4] for line in graph("CPUUtilization")["metrics"]] == [{"label": "CPUUtilization", "stat": "Maximum"}]


def test_the_volume_is_the_cluster_s_with_or_without_readers() -> None:
    for metric in ("VolumeReadIOPs", "VolumeWriteIOPs", "VolumeBytesUsed"):
        found = graph(metric, has_readers=True)
        assert found["period"] == 300
        assert all("Role" not in line for line in found["metrics"])


def test_only_the_writer_writes() -> None:
    lines = graph("CommitLatency", has_readers=True)["metrics"]
    assert [(line[1], line[5]) for line in lines] == [
        ("ReadLatency", "WRITER"),
        ("ReadLatency", "READER"),
        ("WriteLatency", "WRITER"),
        ("CommitLatency", "WRITER"),
    ]


def test_latencies_in_another_unit_have_another_axis() -> None:
    found = graph("CommitLatency")
    axes = {line[1]: line[-1].get("yAxis", "left") for line in found["metrics"]}
    assert axes == {"ReadLatency": "left", "WriteLatency": "left", "CommitLatency": "right"}
    assert found["yAxis"]["left"]["label"] == "read, write (seconds)"
    assert found["yAxis"]["right"]["label"] == "commit (milliseconds)"


def test_known_capacities_are_lines() -> None:
    assert "annotations" not in graph("ServerlessDatabaseCapacity")
    assert graph("ServerlessDatabaseCapacity", minimum_acu=0, maximum_acu=4)["annotations"] == {
        "horizontal": [{"label": "minimum", "value": 0}, {"label": "maximum", "value": 4}]
    }
    assert graph("ServerlessDatabaseCapacity", maximum_acu=4)["annotations"] == {
        "horizontal": [{"label": "maximum", "value": 4}]
    }


def test_region_capacity_and_alarms_may_be_tokens() -> None:
    def build(stack: Construct) -> None:
        dashboard(
            stack,
            cluster_identifier="${aws_rds_cluster.aurora.cluster_identifier}",
            region=TerraformVariable(stack, "aws_region", type="string").string_value,
            minimum_acu=TerraformVariable(stack, "min_capacity", type="number").number_value,
            maximum_acu=TerraformVariable(stack, "max_capacity", type="number").number_value,
            alarm_arns=["${aws_cloudwatch_metric_alarm.cpu.arn}"],
        )

    found = only(synthesize_alone(build), "aws_cloudwatch_dashboard")
    assert found["dashboard_name"] == "${aws_rds_cluster.aurora.cluster_identifier}"
    body = found["dashboard_body"]
    assert '"value": ${var.min_capacity}}' in body
    assert '"value": ${var.max_capacity}}' in body
    assert '"alarms": ["${aws_cloudwatch_metric_alarm.cpu.arn}"]' in body
    assert '"DBClusterIdentifier", "${aws_rds_cluster.aurora.cluster_identifier}"' in body
    # With the numbers that Terraform would put in, it is JSON.
    filled = body.replace("${var.min_capacity}", "0.5").replace("${var.max_capacity}", "4")
    regions = {widget["properties"]["region"] for widget in json.loads(filled)["widgets"] if widget["type"] == "metric"}
    assert regions == {"${var.aws_region}"}


def test_alarms_are_on_top_where_there_are_any() -> None:
    assert all(widget["type"] == "metric" for widget in widgets())
    first, *others = widgets(alarm_arns=ALARMS)
    assert first["type"] == "alarm"
    assert first["properties"] == {"title": "Alarms", "alarms": ALARMS}
    assert (first["x"], first["y"], first["width"]) == (0, 0, 24)
    assert all(widget["type"] == "metric" for widget in others)


@pytest.mark.parametrize("arguments", [{}, {"has_readers": True}, {"has_readers": True, "alarm_arns": ALARMS}])
def test_no_widget_lies_on_another_or_beside_the_grid(arguments: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in widgets(**arguments):
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        assert all(0 <= x < 24 for x, _ in cells)
        taken |= cells


def test_the_arn_is_the_dashboard_s() -> None:
    document = synthesize_alone(lambda stack: TerraformOutput(stack, "dashboard_arn", value=dashboard(stack).arn))
    assert document["output"]["dashboard_arn"]["value"] == "${aws_cloudwatch_dashboard.aurora.dashboard_arn}"


@pytest.mark.parametrize("name", ["", "shop database", "shop.database", "s" * 256])
def test_a_name_that_cloudwatch_refuses_is_refused(name: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        synthesized(dashboard_name=name)
    assert refusal.value.argument == "dashboard_name"


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("17.7", "**Aurora PostgreSQL 17.7**: standard support until 2030-02-28"),
        ("17", "**Aurora PostgreSQL 17**: standard support until 2030-02-28"),
        ("15.4", "**Aurora PostgreSQL 15.4**: standard support until 2025-09-30"),
        ("17.99", "**Aurora PostgreSQL 17.99**: the end of its standard support is not known"),
    ],
)
def test_the_end_of_support_of_the_version_stands_below_everything_else(version: str, text: str) -> None:
    *others, last = widgets(engine_version=EngineVersion.parse(version), alarm_arns=ALARMS)
    assert (last["type"], last["properties"]) == ("text", {"markdown": text})
    assert last["y"] == max(widget["y"] + widget["height"] for widget in others)
    assert others == widgets(alarm_arns=ALARMS)
