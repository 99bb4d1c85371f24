"""Draws metrics: as a line of bars for a terminal, or into a PNG, with one panel a metric and one time axis for all."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from operations.aws.cloudwatch import CAPACITY, Series
from operations.errors import wrong_input
from operations.files import check_writable, write_file

BARS: Final = "▁▂▃▄▅▆▇█"
COUNT: Final = 40
_INCHES_A_PANEL: Final = 1.7
_WIDTH_INCHES: Final = 10.0
_DOTS_AN_INCH: Final = 120
_SMALLEST_MARKER: Final = 3.0
_LARGEST_MARKER: Final = 8.0


def bars(series: Series, start: float, end: float, *, maximum_acu: float | None = None, count: int = COUNT) -> str:
    """Return the course between two moments, in seconds since 1970; a space is a time without points.

    The highest bar is 100 %, the maximum capacity, or else the highest value.
    """
    width = (end - start) / count
    parts: list[list[float]] = [[] for _ in range(count)]
    for point in series.points:
        index = int((point.moment.timestamp() - start) / width)
        parts[min(max(index, 0), count - 1)].append(point.value)
    top = max([_top(series, maximum_acu), *series.values]) or 1.0
    return "".join(BARS[round(sum(part) / len(part) / top * (len(BARS) - 1))] if part else " " for part in parts)


def _top(series: Series, maximum_acu: float | None) -> float:
    if series.metric.unit.startswith("%"):
        return 100.0
    return maximum_acu or 0.0 if series.metric.name == CAPACITY.name else 0.0


def draw(
    found: Sequence[Series], path: Path, *, title: str, hours: float, now: datetime, maximum_acu: float | None = None
) -> None:
    """Write the picture. Times are UTC; a time without points is a gap. Raises OperationsError (2)."""
    import matplotlib as mpl  # noqa: PLC0415 (slow)

    mpl.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415

    height = _INCHES_A_PANEL * len(found) + 0.8
    figure, panels = pyplot.subplots(
        len(found), 1, sharex=True, figsize=(_WIDTH_INCHES, height), layout="constrained", squeeze=False
    )
    start = now - timedelta(hours=hours)
    for panel, series in zip(panels[:, 0], found, strict=True):
        _draw_series(panel, series, maximum_acu)
        panel.set_xlim(start, now)
    _label_time(panels[-1, 0], start, now)
    period = found[0].period_seconds // 60 if found else 1
    figure.suptitle(f"{title}: {start:%Y-%m-%d %H:%M} to {now:%Y-%m-%d %H:%M} UTC, one point every {period} min")
    figure.align_ylabels(panels[:, 0])
    save(figure, path)


def save(figure: Any, path: Path) -> None:
    """Write a figure as PNG and close it. Raises OperationsError (2)."""
    from matplotlib import pyplot  # noqa: PLC0415 (slow)

    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=_DOTS_AN_INCH)
    pyplot.close(figure)
    write_file(path, picture.getvalue())


def check_name(path: Path) -> None:
    """Refuse early a path that no PNG can be written to. Raises OperationsError (2)."""
    if path.suffix.lower() != ".png":
        raise wrong_input(f"--plot {path}: the picture is a PNG; give a name that ends in .png")
    check_writable(path)


def _draw_series(panel: Any, series: Series, maximum_acu: float | None) -> None:
    metric = series.metric
    panel.set_title(f"{metric.label} ({metric.statistic.lower()})", loc="left", fontsize=10)
    panel.set_ylabel(metric.unit.replace(" of the ", " of the\n"), fontsize=9)
    panel.grid(visible=True, color="0.9")
    panel.spines[["top", "right"]].set_visible(False)
    if not series.points:
        panel.text(
            0.5, 0.5, "no points in CloudWatch", transform=panel.transAxes, ha="center", va="center", color="0.4"
        )
        panel.set_ylim(0, 1)
        panel.set_yticks([])
        return
    moments, values = _with_gaps(series)
    is_capacity = metric.name == CAPACITY.name
    size = min(_LARGEST_MARKER, max(_SMALLEST_MARKER, 60 / len(series.points)))  # a few points must be seen too
    panel.plot(
        moments, values, marker=".", markersize=size, linewidth=1.2, drawstyle="steps-post" if is_capacity else None
    )
    highest = max(series.values)
    if is_capacity and maximum_acu is not None:
        panel.axhline(maximum_acu, color="0.5", linestyle="--", linewidth=1)
        panel.annotate(
            "maximum", (0.995, maximum_acu), xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=8
        )
        highest = max(highest, maximum_acu)
    panel.set_ylim(0, highest * 1.25 or 1)


def _with_gaps(series: Series) -> tuple[list[datetime], list[float]]:
    """Return the points, with a hole where one is missing, so that no line is drawn over what nobody knows."""
    moments: list[datetime] = []
    values: list[float] = []
    step = timedelta(seconds=series.period_seconds)
    for point in series.points:
        moment = point.moment.astimezone(UTC)
        if moments and moment - moments[-1] > step * 1.5:
            moments.append(moments[-1] + step)
            values.append(float("nan"))
        moments.append(moment)
        values.append(point.value)
    return moments, values


def _label_time(panel: Any, start: datetime, end: datetime) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter  # noqa: PLC0415

    panel.xaxis.set_major_locator(AutoDateLocator(tz=UTC))  # type: ignore[no-untyped-call]
    form = (
        "%H:%M"
        if end - start <= timedelta(hours=24)
        else "%m-%d %H:%M"
        if end - start <= timedelta(days=4)
        else "%m-%d"
    )
    panel.xaxis.set_major_formatter(DateFormatter(form, tz=UTC))  # type: ignore[no-untyped-call]
    panel.set_xlabel("time (UTC)", fontsize=9)
    for label in panel.get_xticklabels():
        label.set_rotation(0)
