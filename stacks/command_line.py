"""The command line of `main.py`, read before anything that is slow to import."""

import argparse
import math
import os
import sys
from collections.abc import Sequence
from pathlib import Path

LEAST_ENVIRONMENTS_A_PROCESS = 15
"""With fewer, a further Node takes longer to start than it saves."""

MOST_PROCESSES = 8
"""Each takes 150 MB."""

QUOTA_FILE = Path("/sys/fs/cgroup/cpu.max")
"""Where Linux says which part of each period, in microseconds, a container may use."""


def parse_arguments(arguments: Sequence[str], *, root: Path, output_directory: str | None) -> argparse.Namespace:
    """Read the command line; `output_directory` is the cdktf CLI's choice, if it runs the program."""
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Synthesize every environment file to Terraform JSON.",
        epilog="Exit status: 0 when all is written, 2 when a file is wrong or the output folder cannot be written, 1 "
        "when Node fails, 130 when stopped by Ctrl-C; unless it is 0, nothing is written. Where standard output is "
        "full (2) or closed (141), the stacks are written. "
        "CDKTF_FAST_START=off loads the provider bindings the stock way.",
    )
    parser.add_argument(
        "--environments",
        type=Path,
        default=root / "environments",
        metavar="FOLDER",
        help="folder of the environment files (default: environments)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(output_directory) if output_directory else root / "cdktf.out",
        metavar="FOLDER",
        help="folder to write to (default: cdktf.out)",
    )
    options = parser.parse_args(arguments)
    options.cdktf_cli_runs = output_directory is not None
    return options


def processes_for(environments: Path) -> int:
    """Return in how many processes, each with a Node of its own, the files of a folder are synthesized fastest."""
    if sys.platform != "linux":
        return 1  # a process that has used a library of macOS cannot be forked
    files = sum(1 for _ in environments.glob("*.toml"))
    return max(1, min(_processors(), files // LEAST_ENVIRONMENTS_A_PROCESS, MOST_PROCESSES))


def _processors() -> int:
    """Return how many processors this process may use: a container may have less than its machine."""
    try:
        quota, period = QUOTA_FILE.read_text(encoding="utf-8").split()
        allowed = math.ceil(int(quota) / int(period))
    except (OSError, ValueError):  # none, or `max`
        allowed = MOST_PROCESSES
    return min(allowed, len(os.sched_getaffinity(0)))
