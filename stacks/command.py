"""The command that `main.py` is: read, synthesize, and say in a line each what was written."""

import argparse
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from aurora_serverless.facts.table import FactError
from stacks.environment import Environment
from stacks.environment_files import EnvironmentFileError, read_environments

if TYPE_CHECKING:
    from stacks.synthesis import SynthesizedStack

Summary = Callable[["Sequence[SynthesizedStack]"], Iterable[str]]

NODE_FAILED = 1
WRONG_INPUT = 2


class CommandError(Exception):
    """Why nothing is written, as one line, with the exit status that says so."""

    def __init__(self, message: str, exit_status: int) -> None:
        super().__init__(message)
        self.exit_status = exit_status


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


def run(options: argparse.Namespace, *, summary: Summary, say: Callable[[str], None]) -> int:
    """Read the environments, synthesize them, print what was written; return the exit status.

    `summary` makes the lines that a person is shown of the stacks; `say` prints a line to standard error.
    """
    start = time.perf_counter()
    try:
        environments = read_environments(_short(options.environments))
    except EnvironmentFileError as error:
        for problem in error.problems:
            say(f"error: {problem}")
        return WRONG_INPUT
    try:
        stacks = _synthesized(environments, options.output)
    except CommandError as error:
        say(f"error: {error}")
        return error.exit_status
    for line in _lines(stacks) if options.cdktf_cli_runs else summary(stacks):
        print(line)
    # The cdktf CLI reads the warnings from the manifest, and prints them itself.
    for stack in () if options.cdktf_cli_runs else stacks:
        for warning in stack.warnings:
            say(f"warning: {stack.name}: {warning}")
    count = f"{len(stacks)} environment{'s' if len(stacks) > 1 else ''}"
    where = "" if options.cdktf_cli_runs else f": {_short(options.output)}/stacks/NAME/cdk.tf.json"
    print(f"{count} in {time.perf_counter() - start:.1f} s{where}")
    return 0


def _synthesized(environments: Sequence[Environment], output: Path) -> "Sequence[SynthesizedStack]":
    """Write the stacks. Raises `CommandError` where that fails; what was written before is then as it was."""
    try:
        # Imported only now: a wrong file is reported before Node starts.
        from stacks.synthesis import synthesize  # noqa: PLC0415

        return synthesize(environments, output.absolute(), today=date.today())
    except FactError as error:
        raise CommandError(str(error), WRONG_INPUT) from None
    except OSError as error:
        raise CommandError(_not_written(output, error.strerror or str(error)), WRONG_INPUT) from None
    except Exception as error:
        from cdktf_fast_start.failures import failure_in_node, is_of_the_system  # noqa: PLC0415 (jsii is slow to import)

        failure = failure_in_node(error)
        if failure is None:
            raise
        if is_of_the_system(failure):
            raise CommandError(_not_written(output, failure), WRONG_INPUT) from None
        raise CommandError(f"Node failed, and nothing is written: {failure}", NODE_FAILED) from None


def _not_written(output: Path, why: str) -> str:
    return f"{output}: cannot be written: {why}; make room, or name another folder"


def _lines(stacks: Sequence["SynthesizedStack"]) -> Iterator[str]:
    """Yield what the cdktf CLI shows of its run: a line for each stack."""
    width = max(len(stack.name) for stack in stacks)
    for stack in stacks:
        yield f"{stack.name:<{width}}  {stack.resource_count:>3} resources  {_short(stack.path)}"


def _short(path: Path) -> Path:
    """Return `path` as seen from the working directory, where it lies below it."""
    try:
        return path.absolute().relative_to(Path.cwd())
    except ValueError:
        return path
