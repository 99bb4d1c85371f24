"""The command `metrics`: load, capacity, connections and latency over the past hours, as a table and as a picture."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli.arguments.options import Json, finite
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.plots.metrics import COUNT, bars
from operations.aws.cloudwatch import LONGEST_HOURS, METRICS, Series, read_series
from operations.aws.cluster import read_cluster
from operations.target.where import Where
from operations.times import clock, duration

_WIDTH_BEFORE_COURSES: Final = 81
"""Columns that the names, units and figures take."""


def run(
    where: Where,
    *,
    hours: Annotated[
        float, typer.Option(min=0.1, max=LONGEST_HOURS, callback=finite, metavar="HOURS", help="How far back.")
    ] = 3.0,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also draw them into FILE, a PNG.", show_default=False)
    ] = None,
    json_output: Json = False,
) -> ExitStatus:
    """Show CPU, ACU utilization, capacity, connections and latency, from CloudWatch.

    Does not wake the cluster. CloudWatch keeps points of a minute for 15 days, of five minutes for 63 days, of an hour
    for 455 days.
    """
    if plot is not None:
        from cli.plots.metrics import check_name  # noqa: PLC0415 (for --plot only)

        check_name(plot)
    target = where.find()
    now = datetime.now(UTC)
    with terminal.progress(f"asking CloudWatch about {target.name}"):
        cluster = read_cluster(target, target.session.client("rds"))
        series = read_series(target.session.client("cloudwatch"), cluster.identifier, METRICS, hours=hours, now=now)
    if plot is not None:
        from cli.plots.metrics import draw  # noqa: PLC0415 (matplotlib takes a second)

        draw(series, plot, title=cluster.identifier, hours=hours, now=now, maximum_acu=cluster.maximum_acu)
    if json_output:
        terminal.say_json({"target": target.name, "hours": hours, "metrics": [_as_json(one) for one in series]})
        return ExitStatus.DONE
    _say(series, hours, now, cluster.maximum_acu)
    if plot is not None:
        terminal.say(f"drawn into {plot}")
    return ExitStatus.DONE


def _as_json(series: Series) -> dict[str, Any]:
    return {
        "name": series.metric.name,
        "unit": series.metric.unit,
        "statistic": series.metric.statistic,
        "period_seconds": series.period_seconds,
        "points": [{"at": point.moment, "value": point.value} for point in series.points],
    }


def _say(found: Sequence[Series], hours: float, now: datetime, maximum_acu: float | None) -> None:
    end = now.timestamp()
    count = max(10, min(COUNT, terminal.output().width - _WIDTH_BEFORE_COURSES))
    courses = [bars(series, end - hours * 3600, end, maximum_acu=maximum_acu, count=count) for series in found]
    rows = [_row(series, course) for series, course in zip(found, courses, strict=True)]
    past = duration(hours * 3600)
    terminal.say_table(
        ("metric", "unit", "newest", "lowest", "average", "highest", "course"),
        rows,
        title=f"The past {past}, until {clock(now)}",
        right=(2, 3, 4, 5),
    )
    if any(not series.points for series in found):
        terminal.note(
            "CloudWatch has no points where nothing is shown; a paused cluster sends CPU, ACU and capacity only"
        )


def _row(series: Series, course: str) -> list[str | Text]:
    label: list[str | Text] = [series.metric.label, series.metric.unit]
    values = series.values
    if not values:
        return [*label, *([Text("unknown", style="yellow")] * 4), ""]
    numbers = (values[-1], min(values), sum(values) / len(values), max(values))
    return [*label, *(_number(value) for value in numbers), Text(course, style="cyan")]


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
