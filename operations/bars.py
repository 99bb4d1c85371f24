"""The course of a metric as one line of bars, for a terminal."""

from typing import Final

from operations.cloudwatch import CAPACITY, Series

BARS: Final = "▁▂▃▄▅▆▇█"
COUNT: Final = 40


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
