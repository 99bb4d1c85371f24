"""Measuring a program from outside: how long it takes, and how much memory all of its processes hold together."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import psutil  # type: ignore[import-untyped]

from benchmarks.programs import Program

SAMPLES_A_SECOND: Final = 200


def seconds(program: Program) -> float:
    """Run `program` and return how long it took."""
    start = time.perf_counter()
    finished = subprocess.run(
        program.command, env=program.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    taken = time.perf_counter() - start
    if finished.returncode != 0:
        sys.exit(f"error: {program.name} failed:\n{finished.stderr.decode(errors='replace')}")
    return taken


def peak_mebibytes(program: Program) -> float:
    """Run `program` and return the most memory that its processes held at one time."""
    return measured(program)[1]


def measured(program: Program, samples_a_second: int = SAMPLES_A_SECOND) -> tuple[float, float]:
    """Run `program` and return how long it took, and the most memory that its processes held at one time, in MiB.

    Memory is the proportional set size, so that what two processes share (the pages of one Node executable) counts
    once; where the system has none (macOS) the unique set size, which leaves shared pages out.
    """
    start = time.perf_counter()
    process = psutil.Popen(
        program.command, env=program.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _held(process))
        time.sleep(1 / samples_a_second)
    return time.perf_counter() - start, peak / 2**20


def _held(process: psutil.Process) -> float:
    total = 0.0
    try:
        processes = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return total
    for each in processes:
        try:
            memory = each.memory_full_info()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # it ended in between
        total += getattr(memory, "pss", memory.uss)
    return total


def in_turn(
    turns: Iterable[Sequence[Program]], measure: Callable[[Program], float], progress: Callable[[str], None]
) -> dict[str, list[float]]:
    """Measure the programs of each turn one after another and return all that was measured, by program.

    In turn, so that whatever else the machine does in the meantime meets all of them.
    """
    measured: dict[str, list[float]] = {}
    for turn in turns:
        for program in turn:
            value = measure(program)
            measured.setdefault(program.name, []).append(value)
            progress(f"{program.name}: {value:.2f}")
    return measured


def medians(measured: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the median of what was measured, by program."""
    return {name: statistics.median(values) for name, values in measured.items()}
