"""The command line of `main.py`, read before anything that is slow to import."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from stacks.forks import processes_for

LEAST_ENVIRONMENTS_A_PROCESS = 15
"""With fewer, a further Node takes longer to start than it saves."""


def parse_arguments(arguments: Sequence[str], *, root: Path, output_directory: str | None) -> argparse.Namespace:
    """Read the command line; `output_directory` is the cdktf CLI's choice, if it runs the program."""
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Synthesize every environment file to Terraform JSON.",
        epilog="Exit status: 0 when all is written, 2 when a file is wrong or the output folder cannot be written, 1 "
        "when Node fails, 130 when stopped by Ctrl-C; unless it is 0, nothing is written. Where standard output is "
        "full (2) or closed (141), the stacks are written. "
        "CDKTF_FAST_START=off loads the provider bindings the stock way, and uses one process.",
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


def processes_for_files(environments: Path) -> int:
    """Return in how many processes, each with a Node of its own, the files of a folder are synthesized fastest."""
    return processes_for(sum(1 for _ in environments.glob("*.toml")), least=LEAST_ENVIRONMENTS_A_PROCESS)
