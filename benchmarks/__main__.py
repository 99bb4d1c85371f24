"""Measures stock against lazy against JavaScript, the Data API, reviews and fleets; writes docs/performance.md."""

import argparse
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.data_api import measure_data_api
from benchmarks.fleet import measure_fleet
from benchmarks.measure import in_turn, medians, peak_mebibytes, seconds
from benchmarks.programs import (
    LAZY,
    Program,
    differences,
    install_javascript,
    javascript,
    lazy_python,
    node_version,
    stock_python,
    write_environments,
)
from benchmarks.report import (
    DATA_API,
    DOCUMENT,
    FLEET,
    REVIEW,
    SYNTHESIS,
    Figures,
    report,
    report_data_api,
    report_fleet,
    report_review,
    worse_than_in_document,
    write_into_document,
)
from benchmarks.review import measure_review

GROWTH: Final = (1, 10, 100, 300)


def main() -> None:
    """Measure what the command line says."""
    options = _parse_arguments()
    worse: list[str] = []
    for part, measure in _PARTS.items():
        if options.only in {None, part}:
            place, text = measure(options.quick)
            print(text)
            if options.check:
                worse += worse_than_in_document(text, place)
            elif not options.no_write:
                write_into_document(text, place)
                _progress(f"written into {DOCUMENT}")
    if worse:
        sys.exit("\n  ".join([f"error: worse by a tenth than in {DOCUMENT.name}:", *worse]))


def _measure_data_api(is_quick: bool) -> tuple[str, str]:
    load = _load()
    rounds = 1 if is_quick else 10
    _progress("the client of the Data API")
    figures = measure_data_api(rounds, _progress)
    how = f"Medians of calls in turn; load average before {load:.1f}, after {_load():.1f}."
    return DATA_API, report_data_api(figures, how=how)


def _measure_review(is_quick: bool) -> tuple[str, str]:
    rounds = 1 if is_quick else 5
    load = _load()
    with TemporaryDirectory() as folder:
        figures = measure_review(Path(folder), rounds, _progress)
    how = f"Medians of {rounds} runs in turn, whole processes; load average before {load:.1f}, after {_load():.1f}."
    return REVIEW, report_review(figures, how=how)


def _measure_fleet(_is_quick: bool) -> tuple[str, str]:
    load = _load()
    with TemporaryDirectory() as folder:
        figures = measure_fleet(Path(folder), _progress)
    how = (
        "One run of each, whole processes; the third number of environments is extrapolated from the two that were "
        f"measured. Load average before {load:.1f}, after {_load():.1f}."
    )
    return FLEET, report_fleet(figures, how=how)


def _measure_synthesis(is_quick: bool) -> tuple[str, str]:
    rounds, repetitions, growth_rounds = (1, 3, 1) if is_quick else (3, 5, 3)
    install_javascript()
    load = _load()
    with TemporaryDirectory() as folder:
        one, growth = _programs(Path(folder))
        stock, lazy, plain = one
        _progress("one run of each beforehand, which is not counted")
        for program in one:
            seconds(program)
        _check_same_json(Path(folder))
        _progress("one environment, seconds")
        wall = in_turn([[stock, *[lazy, plain] * repetitions]] * rounds, seconds, _progress)
        _progress("one environment, MiB")
        peak = in_turn([one] + [[lazy, plain]] * (repetitions - 1), peak_mebibytes, _progress)
        by_count: dict[int, dict[str, float]] = {}
        for count, programs in growth.items():
            _progress(f"{count} environments, seconds")
            by_count[count] = medians(in_turn([programs] * growth_rounds, seconds, _progress))
        _progress(f"{GROWTH[-1]} environments, MiB")
        of_most = in_turn([[growth[GROWTH[-1]][0]]] * growth_rounds, peak_mebibytes, _progress)
    figures = Figures(
        wall=medians(wall),
        fastest={name: min(values) for name, values in wall.items()},
        peak=medians(peak),
        growth={name: {count: by_count[count][name] for count in GROWTH} for name in by_count[GROWTH[0]]},
        peak_of_most=medians(of_most)[LAZY],
    )
    how = (
        f"Medians of {rounds * repetitions} runs (stock: {rounds}; growth: {growth_rounds}) in turn, whole processes, "
        f"after one that is not counted; load average before {load:.1f}, after {_load():.1f}."
    )
    return SYNTHESIS, report(figures, node_version=node_version(), how=how)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: less than a minute, and more noise")
    parser.add_argument("--only", choices=tuple(_PARTS), help="measure one of the parts")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing, and fail where a ratio is worse by a tenth than the last one",
    )
    parser.add_argument("--no-write", action="store_true", help="only print, leave docs/performance.md as it is")
    return parser.parse_args()


def _programs(folder: Path) -> tuple[list[Program], dict[int, list[Program]]]:
    """Return the three programs for one environment, and the lazy one and JavaScript for each number of them."""
    environments = {count: write_environments(count, folder / f"environments-{count}") for count in GROWTH}
    growth = {
        count: [lazy_python(files, folder / "lazy"), javascript(files, folder / "javascript")]
        for count, files in environments.items()
    }
    return [stock_python(environments[1], folder / "stock"), *growth[1]], growth


def _check_same_json(folder: Path) -> None:
    found = list(differences(folder / "lazy", folder / "javascript"))
    if found:
        sys.exit("\n  ".join(["error: benchmarks/javascript no longer makes the stack that Python makes:", *found]))


def _load() -> float:
    """Return how many processes the machine has been running: none, when it does nothing else."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _progress(line: str) -> None:
    print(line, file=sys.stderr)


_PARTS: Final = {
    "synthesis": _measure_synthesis,
    "data-api": _measure_data_api,
    "review": _measure_review,
    "fleet": _measure_fleet,
}


if __name__ == "__main__":
    main()
