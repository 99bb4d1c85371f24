"""The figures as Markdown tables that are readable in a terminal too, with the targets they are held against."""

import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped]

from benchmarks import fleet
from benchmarks.data_api import SINGLE, DataApiFigures
from benchmarks.programs import JAVASCRIPT, LAZY, STOCK
from benchmarks.review import ReviewFigures

DOCUMENT: Final = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
SYNTHESIS, DATA_API, REVIEW = "make bench", "make bench, Data API", "make bench, review"
FLEET: Final = "make bench, fleet"
"""The places in the document, by what their comments say."""


@dataclass(frozen=True)
class Figures:
    """What was measured: seconds and MiB by program for one environment, seconds by number of environments.

    `peak_of_most` is the MiB of the lazy program for the greatest number.
    """

    wall: Mapping[str, float]
    fastest: Mapping[str, float]
    peak: Mapping[str, float]
    growth: Mapping[str, Mapping[int, float]]
    peak_of_most: float

    @property
    def against_stock(self) -> float:
        """How many times faster lazy is than stock."""
        return self.wall[STOCK] / self.wall[LAZY]

    @property
    def against_javascript(self) -> float:
        """How many times the JavaScript program's time lazy takes."""
        return self.wall[LAZY] / self.wall[JAVASCRIPT]

    def times_javascript(self, count: int) -> float:
        """How many times the JavaScript program's time lazy takes for so many environments."""
        return self.growth[LAZY][count] / self.growth[JAVASCRIPT][count]

    def milliseconds_each(self, program: str, fewer: int, more: int) -> float:
        """How many milliseconds each environment between `fewer` and `more` adds."""
        growth = self.growth[program]
        return (growth[more] - growth[fewer]) * 1000 / (more - fewer)


def report(figures: Figures, *, node_version: str, how: str) -> str:
    """Return all tables, under a line about the machine."""
    return "\n\n".join(
        [
            f"{_machine()}; Python {platform.python_version()}, Node {node_version}; {date.today()}. {how}",
            "One environment, the reference:",
            _one_environment(figures),
            "Growth, in seconds, and in milliseconds for each environment more than in the line above:",
            _growth(figures),
            "Targets:",
            _targets(figures),
        ]
    )


def report_data_api(figures: DataApiFigures, *, how: str) -> str:
    """Return the tables about the client of the Data API, under a line about the machine."""
    single = figures.rows_a_second[SINGLE]
    return "\n\n".join(
        [
            f"{_machine()}; Python {platform.python_version()}; {date.today()}. {how}",
            _table(
                ["call", "times boto3", "rows a second, execute = 1"],
                [
                    [kind, f"{times:.2f}", f"{figures.rows_a_second[kind] / single:.1f}"]
                    for kind, times in figures.times_boto3.items()
                ],
            ),
            _table(
                ["target", "measured", ""],
                [
                    _at_most(1.15, "times boto3 for the same calls", max(figures.times_boto3.values()), digits=2),
                    _at_least(3, "times the rows in a batch", figures.batch_against_single),
                ],
            ),
        ]
    )


def report_review(figures: ReviewFigures, *, how: str) -> str:
    """Return the tables about reviews, under a line about the machine."""
    first, *_, last = sorted(figures.review)
    return "\n\n".join(
        [
            f"{_machine()}; Python {platform.python_version()}; {date.today()}. {how}",
            _table(
                ["environments", "one synthesis, seconds", "review, seconds", "times one synthesis"],
                [
                    [str(count), f"{one:.2f}", f"{figures.review[count]:.2f}", f"{figures.review[count] / one:.1f}"]
                    for count, one in figures.synthesis.items()
                ],
            ),
            _table(
                ["target", "measured", ""],
                [
                    _at_most(1.2, f"times two syntheses, for {last}", figures.times_two_syntheses(last), digits=2),
                    _at_most(4, "s more than two syntheses, for one", figures.beyond_two_syntheses(first)),
                ],
            ),
        ]
    )


def report_fleet(figures: fleet.FleetFigures, *, how: str) -> str:
    """Return the tables about thousands of environments, under a line about the machine."""
    fewer, more = fleet.COUNTS
    rows = []
    for name, seconds in figures.seconds.items():
        memory = figures.mebibytes[name]
        rows.append(
            [
                name,
                *(f"{figure:.1f}" for figure in (seconds[fewer], seconds[more], figures.extrapolated(seconds))),
                *(f"{figure:.0f}" for figure in (memory[fewer], memory[more], figures.extrapolated(memory))),
            ]
        )
    synthesis, again = figures.seconds[fleet.SYNTHESIS], figures.seconds[fleet.AGAIN]
    return "\n\n".join(
        [
            f"{_machine()}; Python {platform.python_version()}; {date.today()}. {how}",
            _table(
                [
                    "one environment changes",
                    *(f"{count:,}, seconds" for count in (fewer, more, fleet.FLEET)),
                    *(f"{count:,}, MiB" for count in (fewer, more, fleet.FLEET)),
                ],
                rows,
            ),
            _table(
                ["target", "measured", ""],
                [
                    _at_most(
                        1.2,
                        f"times the time an environment for {more} that it is for {fewer}",
                        synthesis[more] / more / (synthesis[fewer] / fewer),
                        digits=2,
                    ),
                    _at_most(
                        1.2, f"syntheses for changed of {more}, base kept", again[more] / synthesis[more], digits=2
                    ),
                    _at_most(
                        2048,
                        f"MiB for a synthesis of {fleet.FLEET:,}, extrapolated",
                        figures.extrapolated(figures.mebibytes[fleet.SYNTHESIS]),
                        digits=0,
                    ),
                ],
            ),
        ]
    )


def write_into_document(text: str, place: str = SYNTHESIS, document: Path = DOCUMENT) -> None:
    """Put `text` where the last report is in `document`."""
    before, _, after = _parts(place, document)
    document.write_text(f"{before}\n{text}\n{after}", encoding="utf-8")


def worse_than_in_document(text: str, place: str = SYNTHESIS, document: Path = DOCUMENT) -> Iterator[str]:
    """Yield each ratio in the targets of `text` that is worse by a tenth than in the last report, in a line."""
    last = dict(_ratios(_parts(place, document)[1]))
    for target, measured in _ratios(text):
        before = last.get(target, measured)
        larger, smaller = (before, measured) if target.startswith("at least") else (measured, before)
        if larger > smaller * (1 + _TOLERANCE):
            yield f"{target}: {measured:g}, was {before:g}"


_TOLERANCE: Final = 0.1
_RATIO: Final = re.compile(r"^\| (at (?:least|most) [\d.]+ (?:times|syntheses) .+?) +\| +([\d.]+) \|", re.MULTILINE)


def _ratios(report: str) -> Iterator[tuple[str, float]]:
    """Yield what the targets of a report hold against something that was measured in the same run."""
    yield from ((target, float(measured)) for target, measured in _RATIO.findall(report))


def _parts(place: str, document: Path) -> tuple[str, str, str]:
    """Return the text of `document` before, in and after the last report."""
    begin, end = f"<!-- written by {place}: begin -->", f"<!-- written by {place}: end -->"
    text = document.read_text(encoding="utf-8")
    if (text.count(begin), text.count(end)) != (1, 1):
        raise SystemExit(f"error: {document} must have one place between {begin} and {end}")
    before, rest = text.split(begin)
    report, after = rest.split(end)
    return before + begin, report, end + after


def _one_environment(figures: Figures) -> str:
    javascript = figures.wall[JAVASCRIPT]
    return _table(
        ["program", "seconds", "fastest", "times JavaScript", "peak MiB"],
        [
            [
                name,
                f"{wall:.2f}",
                f"{figures.fastest[name]:.2f}",
                f"{wall / javascript:.1f}",
                f"{figures.peak[name]:.0f}",
            ]
            for name, wall in figures.wall.items()
        ],
    )


def _growth(figures: Figures) -> str:
    counts = sorted(next(iter(figures.growth.values())))
    rows = []
    for previous, count in zip([None, *counts], counts, strict=False):
        row = [str(count), f"{figures.times_javascript(count):.1f}"]
        for program, growth in figures.growth.items():
            each = "" if previous is None else f"{figures.milliseconds_each(program, previous, count):.1f}"
            row += [f"{growth[count]:.2f}", each]
        rows.append(row)
    headings = [heading for program in figures.growth for heading in (program, "ms each")]
    return _table(["environments", "times JavaScript", *headings], rows)


def _targets(figures: Figures) -> str:
    *_, before_last, last = sorted(figures.growth[LAZY])
    return _table(
        ["target", "measured", ""],
        [
            _at_least(15, "times faster than stock", figures.against_stock),
            _at_most(2, "times JavaScript, for one environment", figures.against_javascript),
            _at_most(2.5, f"times JavaScript, for {before_last}", figures.times_javascript(before_last)),
            _at_most(2.5, f"times JavaScript, for {last}", figures.times_javascript(last)),
            _at_most(200, "MiB at its peak, for one environment", figures.peak[LAZY]),
            _at_most(400, f"MiB at its peak, for {last}", figures.peak_of_most),
        ],
    )


def _at_least(target: float, what: str, measured: float) -> list[str]:
    return [f"at least {target:g} {what}", f"{measured:.1f}", "met" if measured >= target else "missed"]


def _at_most(target: float, what: str, measured: float, digits: int = 1) -> list[str]:
    return [f"at most {target:g} {what}", f"{measured:.{digits}f}", "met" if measured <= target else "missed"]


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table with columns of even width, numbers to the right."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    numeric = [all(re.fullmatch(r"[\d.-]*", row[column]) for row in rows) for column in range(len(headings))]
    lines = [
        "|" + "|".join(f" {cell:>{width}} " if right else f" {cell:<{width}} " for cell, width, right in cells) + "|"
        for cells in (list(zip(row, widths, numeric, strict=True)) for row in [headings, *rows])
    ]
    rule = "|" + "|".join(
        "-" * (width + 1) + (":" if right else "-") for width, right in zip(widths, numeric, strict=True)
    )
    return "\n".join([lines[0], rule + "|", *lines[1:]])


def _machine() -> str:
    gibibytes = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores ({_processor()}), {gibibytes:.0f} GiB, {platform.system()} {platform.machine()}"


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "unknown"
