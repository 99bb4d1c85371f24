"""What thousands of environments take: measured with as many as two cores carry, and what that extrapolates to."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.measure import measured
from benchmarks.programs import ROOT, Program
from benchmarks.review import project_of, synthesis_of

COUNTS: Final = (500, 1000)
"""With as many, each of two processes has made as much as it may, and another takes its place."""
FLEET: Final = 2000
_SAMPLES_A_SECOND: Final = 2
"""Of programs that run for seconds: looking more often would take time from them."""
SYNTHESIS, FIRST, AGAIN, REVIEW = "make synth", "changed, the first time", "changed, base kept", "review, base kept"


@dataclass(frozen=True)
class FleetFigures:
    """Seconds and MiB at their peak, by program and number of environments; one environment changes."""

    seconds: Mapping[str, Mapping[int, float]]
    mebibytes: Mapping[str, Mapping[int, float]]

    def extrapolated(self, by_count: Mapping[int, float]) -> float:
        """Return what a figure is for a fleet, if it goes on as between the two numbers of environments."""
        fewer, more = COUNTS
        each = max(0, by_count[more] - by_count[fewer]) / (more - fewer)
        return by_count[more] + (FLEET - more) * each


def measure_fleet(folder: Path, progress: Callable[[str], None]) -> FleetFigures:
    """Measure each once: what is of interest is the growth, and not tenths of a second."""
    seconds: dict[str, dict[int, float]] = {name: {} for name in (SYNTHESIS, FIRST, AGAIN, REVIEW)}
    mebibytes: dict[str, dict[int, float]] = {name: {} for name in seconds}
    for count in COUNTS:
        project = project_of(folder / str(count), count, changed=1, is_linked=False)
        changed = _command(project, "changed", "--json")
        programs = {
            SYNTHESIS: synthesis_of(project, folder / f"out-{count}"),
            FIRST: changed,
            AGAIN: changed,
            REVIEW: _command(project, "review", "--markdown"),
        }
        for name, program in programs.items():
            seconds[name][count], mebibytes[name][count] = measured(program, _SAMPLES_A_SECOND)
            progress(f"{count} environments, {name}: {seconds[name][count]:.1f} s, {mebibytes[name][count]:.0f} MiB")
    return FleetFigures(seconds, mebibytes)


def _command(project: Path, name: str, *options: str) -> Program:
    command = [sys.executable, "-P", "-m", "cli", name, "--project", str(project), *options]
    return Program(name, command, os.environ | {"PYTHONPATH": str(ROOT)})
