"""The command `metrics` and `scaling`: figures and a picture of what CloudWatch knows, and what it does not."""

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.plots.metrics import bars
from operations.aws.cloudwatch import CAPACITY, METRICS, Metric, Point, Series, period_for, read_series
from operations.scaling.history import changes, summary, unknowns
from tests.deployed.deployment import Deployment
from tests.deployed.fixtures import CommandLine
from tests.deployed.stubs import stubbed

Answering = Callable[[str, Any], None]
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def load(deployed: Deployment) -> None:
    """Let CloudWatch know an hour: half of it paused, then a rising load."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    dimensions = [{"Name": "DBClusterIdentifier", "Value": deployed.cluster}]
    data = []
    for minute in range(60, 5, -1):
        capacity = 0.0 if minute > 30 else 0.5
        values = {"ServerlessDatabaseCapacity": capacity, "CPUUtilization": 0.0 if minute > 30 else 60.0 - minute}
        if minute <= 30:
            values |= {"DatabaseConnections": 4.0, "CommitLatency": 3.0, "ReadLatency": 0.002}
        data += [
            {
                "MetricName": name,
                "Dimensions": dimensions,
                "Timestamp": now - timedelta(minutes=minute),
                "Value": value,
            }
            for name, value in values.items()
        ]
    deployed.aws.client("cloudwatch").put_metric_data(Namespace="AWS/RDS", MetricData=data)


def series(*values: float | None, metric: Metric = CAPACITY) -> Series:
    """Return a series of a point a minute until now; None is a minute without one."""
    points = [
        Point(NOW - timedelta(minutes=len(values) - index), value)
        for index, value in enumerate(values)
        if value is not None
    ]
    return Series(metric, 60, points)


@pytest.mark.usefixtures("load")
def test_metrics_are_a_table_with_units(command_line: CommandLine) -> None:
    done = command_line("metrics", "--hours", "1")
    rows = {line.split("  ")[0]: line for line in done.output.splitlines()}
    assert done.status == 0
    assert rows["Connections"].split()[1:6] == ["connections", "4", "4", "4", "4"]
    assert rows["Storage read latency"].split()[3:8] == ["ms", "2", "2", "2", "2"]
    assert "unknown" in rows["Storage write latency"]
    assert "a paused cluster sends CPU, ACU and capacity only" in done.errors


@pytest.mark.usefixtures("load")
def test_metrics_as_json_have_every_point(command_line: CommandLine) -> None:
    found = command_line("metrics", "--hours", "1", "--json").json
    assert set(found) == {"target", "hours", "metrics"}
    assert [metric["name"] for metric in found["metrics"]] == [metric.name for metric in METRICS]
    assert all(set(metric) == {"name", "unit", "statistic", "period_seconds", "points"} for metric in found["metrics"])
    connections = found["metrics"][3]
    assert len(connections["points"]) == 25
    assert connections["points"][0].keys() == {"at", "value"}


@pytest.mark.usefixtures("load")
def test_the_picture_is_a_png_of_a_readable_size(command_line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "load.png"
    done = command_line("metrics", "--hours", "1", "--plot", str(file))
    assert (done.status, f"drawn into {file}" in done.output) == (0, True)
    content = file.read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    assert (width, height) == (1200, 1524)


def test_a_picture_without_points_is_drawn_too(tmp_path: Path) -> None:
    from cli.plots.metrics import draw  # noqa: PLC0415

    empty = [Series(metric, 60, []) for metric in METRICS]
    draw(empty, tmp_path / "empty.png", title="alex", hours=3, now=NOW, maximum_acu=None)
    assert (tmp_path / "empty.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--plot", "load.jpg"], "give a name that ends in .png"),
        (["--plot", "no-folder/load.png"], "there is no folder no-folder"),
        (["--hours", "0"], "'--hours'"),
        (["--hours", "100000"], "'--hours'"),
        (["--hours", "soon"], "'--hours'"),
        (["--hours", "nan"], "'--hours'"),
    ],
)
def test_wrong_input_is_one_line(command_line: CommandLine, arguments: list[str], words: str) -> None:
    done = command_line("metrics", *arguments)
    assert (done.status, done.output) == (2, "")
    assert words in done.error


@pytest.mark.parametrize(
    ("hours", "seconds"),
    [
        (1, 60),
        (24, 60),
        (48, 300),
        (15 * 24, 900),
        (16 * 24, 3600),
        (60 * 24, 3600),
        (63 * 24, 21600),
        (64 * 24, 21600),
        (455 * 24, 86400),
    ],
)
def test_the_period_is_one_that_cloudwatch_still_has(hours: float, seconds: int) -> None:
    assert period_for(hours) == seconds


def test_latencies_in_seconds_become_milliseconds() -> None:
    client, stubber = stubbed("cloudwatch")
    results = [{"Id": f"m{index}", "Timestamps": [NOW], "Values": [0.5]} for index in range(len(METRICS))]
    stubber.add_response("get_metric_data", {"MetricDataResults": results})
    found = read_series(client, "alex", METRICS, hours=1, now=NOW)
    assert {one.metric.name: one.values for one in found if one.metric.unit == "ms"} == {
        "CommitLatency": [0.5],
        "ReadLatency": [500],
        "WriteLatency": [500],
    }


def test_bars_have_a_hole_where_nothing_is_known() -> None:
    end = NOW.timestamp()
    assert bars(series(0, None, 0.5, 1), end - 240, end, maximum_acu=1, count=4) == "▁ ▅█"
    assert bars(series(0.5, 0.5, 0.5, 0.5), end - 240, end, maximum_acu=4, count=4) == "▂▂▂▂"
    cpu = Metric("CPUUtilization", "CPU", "% of the maximum")
    assert bars(series(50, 50, metric=cpu), end - 120, end, count=2) == "▅▅"


def test_changes_are_between_points() -> None:
    assert [(change.before_acu, change.after_acu) for change in changes(series(0, 0, 0.5, 0.5, 0))] == [
        (0, 0.5),
        (0.5, 0),
    ]


def test_the_summary_counts_what_is_known() -> None:
    found = summary(series(0, 0, 1, 1, None, None), hours=0.1)
    assert (found.lowest_acu, found.average_acu, found.highest_acu) == (0, 0.5, 1)
    assert found.acu_hours == pytest.approx(2 / 60)
    assert found.paused_percent == 50
    assert found.known_percent == pytest.approx(66.67, abs=0.01)


def test_what_is_not_known_is_said() -> None:
    said = "\n".join(unknowns(series(0, 0), [], hours=20 * 24, created=NOW, metrics="x"))
    assert "why the capacity changed" in said
    assert "before the last 14 days" in said
    assert "the capacity in 100 % of the time" in said
    assert "the cluster is there since 2026-11-01 12:00 UTC" in said


@pytest.mark.usefixtures("load")
def test_scaling_shows_changes_and_the_unknown(command_line: CommandLine) -> None:
    done = command_line("scaling", "--hours", "1")
    assert (done.status, done.errors) == (0, "")
    assert "0 → 0.5 ACU" in done.output
    assert "? unknown why the capacity changed" in done.output
    assert "compare the load: ./aurora-serverless metrics dev --local\n" in done.output


@pytest.mark.usefixtures("load")
def test_scaling_as_json(command_line: CommandLine) -> None:
    found = command_line("scaling", "--json").json
    assert set(found) == {"target", "hours", "period_seconds", "summary", "pauses", "changes", "unknown"}
    assert found["changes"][0].keys() == {"at", "before_acu", "after_acu"}
    assert found["summary"]["known_percent"] < 10
    assert any("CloudWatch has no points" in sentence for sentence in found["unknown"])


def test_pauses_and_resumes_are_those_of_the_instances(
    answering: Answering, command_line: CommandLine, deployed: Deployment
) -> None:
    from tests.deployed.stubs import add_cluster  # noqa: PLC0415

    client, stubber = stubbed("rds")
    add_cluster(stubber, arn=deployed.outputs["aurora_cluster_arn"])
    messages = (
        "Initiated pause for the DB instance.",
        "Successfully paused the DB instance.",
        "Initiated resume for the DB instance.",
        "Successfully resumed the DB instance.",
        "Finished DB instance backup",
    )
    events = [{"Date": NOW + timedelta(minutes=index), "Message": text} for index, text in enumerate(messages)]
    stubber.add_response("describe_events", {"Events": []})
    stubber.add_response("describe_events", {"Events": events})
    answering("rds", client)
    pauses = command_line("scaling", "--json").json["pauses"]
    assert [(pause["what"], pause["instance"]) for pause in pauses] == [
        ("pausing", "alex-0"),
        ("paused", "alex-0"),
        ("resuming", "alex-0"),
        ("resumed", "alex-0"),
    ]
    assert pauses[0]["at"] == "2026-11-01T12:00:00Z"
