"""Runs the transition matrix: the fixed list, random pairs, or interruptions; writes docs/transitions.md."""

import argparse
import json
import math
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import cdktf_fast_start

# Before anything imports cdktf. The programs of Terraform collect garbage only when they are near the limit.
cdktf_fast_start.enable()
os.environ.setdefault("GOGC", "off")
os.environ.setdefault("GOMEMLIMIT", "3GiB")

from local_aws import process  # noqa: E402
from tests.terraform_providers.finding import TerraformProviders, find_terraform_providers  # noqa: E402
from tests.transitions.fixed_list import Transition, chains  # noqa: E402
from tests.transitions.interruptions import (  # noqa: E402
    CREATION_SECONDS,
    ENVIRONMENTS,
    SIGNALS,
    Ended,
    Interruption,
    Interruptions,
)
from tests.transitions.matrix import Matrix  # noqa: E402
from tests.transitions.outcome import Result  # noqa: E402
from tests.transitions.random_pairs import random_chains  # noqa: E402
from tests.transitions.report import Figures, write_part  # noqa: E402
from tests.transitions.shrinking import shrink  # noqa: E402

RESULTS: Final = Path(".transitions")
WIDTH: Final = 24
MOST_SHRUNK: Final = 12


def main() -> int:
    """Run what the command line says; the exit status is 1 if there was a fault."""
    options = _parse_arguments()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        providers = find_terraform_providers(Path(temporary) / "providers")
        if providers.missing is not None:
            sys.exit(f"error: {providers.missing}")
        if options.interruptions is not None:
            part, how = "interruptions", f'`make transitions ARGS="--interruptions {options.interruptions}"`'
            results: Sequence[Result | Ended] = _interrupt(Path(temporary), providers, options.interruptions)
        else:
            part, how, wanted = _wanted(options)
            until = begin + 60 * options.minutes
            results = _run(Path(temporary), providers, part, wanted, options.width, until)
            if (left := sum(map(len, wanted)) - len(results)) > 0:
                how += f", which was ended after {options.minutes:.0f} minutes with {left} left"
    figures = Figures(_processor_seconds(), time.monotonic() - begin, options.width)
    if not options.no_write:
        write_part(part, how, results, figures)
    faults = sum(result.is_fault for result in results)
    print(f"{part}: {len(results)}, {faults} faults, {figures.processor_seconds:.0f} s of processor time")
    return int(faults > 0)


def _interrupt(folder: Path, providers: TerraformProviders, every: int) -> list[Ended]:
    """Interrupt the first deploy of each environment at every n-th request that changes something."""
    found: list[Ended] = []
    RESULTS.mkdir(exist_ok=True)
    lines = (RESULTS / "interruptions.jsonl").open("w")
    with lines, process.start(creation_seconds=CREATION_SECONDS) as aws:
        interruptions = Interruptions(folder / "interruptions", aws, providers)
        wanted = [
            Interruption(environment, how, at)
            for environment in ENVIRONMENTS
            for at in range(1, len(interruptions.changes(environment)) + 1, every)
            for how in SIGNALS
        ]

        def report(ended: Ended) -> None:
            found.append(ended)
            print(ended.as_line(), flush=True)
            lines.write(ended.as_line() + "\n")

        interruptions.run(wanted, report)
    return found


def _wanted(options: argparse.Namespace) -> tuple[str, str, list[list[Transition]]]:
    if options.count is None:
        found = [chain for chain in chains() if options.only in chain[0].name]
        return "fixed list", f"`make transitions{_only(options.only)}`", found
    return (
        "random pairs",
        f"`make transitions N={options.count} SEED={options.seed}`",
        random_chains(options.count, options.seed),
    )


def _only(word: str) -> str:
    return f' ARGS="--only {word}"' if word else ""


def _run(
    folder: Path,
    providers: TerraformProviders,
    part: str,
    wanted: Sequence[list[Transition]],
    width: int,
    until: float,
) -> list[Result]:
    results: list[Result] = []
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{part.replace(' ', '-')}.jsonl"
    with path.open("w") as lines, process.start() as aws:

        def report(result: Result) -> None:
            results.append(result)
            lines.write(result.as_line() + "\n")
            lines.flush()
            _tell(result)

        matrix = Matrix(folder / "matrix", aws, providers, report, width=width)
        matrix.run(wanted, until=until)
        if time.monotonic() < until:
            _shrink(matrix, wanted, results)
    path.write_text("".join(result.as_line() + "\n" for result in results))
    return results


def _shrink(matrix: Matrix, wanted: Iterable[list[Transition]], results: Sequence[Result]) -> None:
    """Find the keys that matter to the first faults of each kind in which several keys differ."""
    pairs = {(one.name, json.dumps(one.differing, default=str)): one for chain in wanted for one in chain}
    seen = set[tuple[str, str]]()
    for result in results:
        transition = pairs.get((result.name, json.dumps(result.keys, default=str)))
        kind = (result.outcome, " ".join(result.says).partition(":")[0])
        if result.is_fault and result.says and transition and len(result.keys) > 1 and kind not in seen:
            seen.add(kind)
            if len(seen) > MOST_SHRUNK:
                return
            result.shrunk_to = shrink(transition, result.outcome, matrix.outcomes)
            print(f"shrunk: {result.name}: {', '.join(result.shrunk_to)}", flush=True)


def _processor_seconds() -> float:
    """Return those of this process and of all that it has waited for: Terraform, its provider, local AWS."""
    used = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _tell(result: Result) -> None:
    mark = "FAULT " if result.is_fault else ""
    said = "; ".join([*result.says, *result.review_differs])
    keys = ", ".join(f"{key} = {value}" for key, value in result.keys.items())
    print(f"{mark}{result.outcome}: {result.name}: {keys}{f': {said}' if said else ''}", flush=True)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make transitions", description=__doc__)
    parser.add_argument("--count", type=int, metavar="N", help="that many random pairs instead of the fixed list")
    parser.add_argument("--seed", type=int, default=1, help="of the random pairs (default: 1)")
    parser.add_argument(
        "--interruptions",
        type=int,
        nargs="?",
        const=3,
        metavar="N",
        help="interrupt and kill the first deploys at every Nth request that changes something (default: 3)",
    )
    parser.add_argument("--width", type=int, default=WIDTH, help=f"deployments side by side (default: {WIDTH})")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin nothing after so many (default: all)")
    parser.add_argument("--only", default="", metavar="WORD", help="of the fixed list, those whose name has the word")
    parser.add_argument("--no-write", action="store_true", help="leave docs/transitions.md as it is")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
