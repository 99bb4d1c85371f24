"""The command that `main.py` is: read, synthesize, and say in a line each what was written."""

import argparse
import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from aurora_serverless.facts.table import FactError
from stacks.environment import Environment
from stacks.environment_files import EnvironmentFileError, read_environments

if TYPE_CHECKING:
    from stacks.synthesis import SynthesizedStack


class Summary(Protocol):
    """What a person is shown of the stacks."""

    def prepare(self) -> None:
        """Import what the rest needs, which takes as long as Node takes to write."""

    def examine(self, name: str, document: Mapping[str, Any]) -> Any:
        """Return what `lines` needs of a stack's JSON; it can be pickled."""

    def lines(self, stacks: "Sequence[SynthesizedStack]") -> Iterable[str]:
        """Return the lines, of stacks that are examined."""


NODE_FAILED = 1
WRONG_INPUT = 2


class CommandError(Exception):
    """Why nothing is written, as one line, with the exit status that says so."""

    def __init__(self, message: str, exit_status: int) -> None:
        super().__init__(message)
        self.exit_status = exit_status


def run(options: argparse.Namespace, *, summary: Summary, say: Callable[[str], None]) -> int:
    """Read the environments, synthesize them, print what was written; return the exit status.

    `summary` is for a person, and not for the cdktf CLI; `say` prints a line to standard error.
    """
    start = time.perf_counter()
    try:
        environments = read_environments(_short(options.environments))
    except EnvironmentFileError as error:
        for problem in error.problems:
            say(f"error: {problem}")
        return WRONG_INPUT
    try:
        stacks = _synthesized(environments, options.output, None if options.cdktf_cli_runs else summary)
    except CommandError as error:
        say(f"error: {error}")
        return error.exit_status
    for line in _lines(stacks) if options.cdktf_cli_runs else summary.lines(stacks):
        print(line)
    # The cdktf CLI reads the warnings from the manifest, and prints them itself.
    for stack in () if options.cdktf_cli_runs else stacks:
        for warning in stack.warnings:
            say(f"warning: {stack.name}: {warning}")
    count = f"{len(stacks)} environment{'s' if len(stacks) > 1 else ''}"
    where = "" if options.cdktf_cli_runs else f": {_short(options.output)}/stacks/NAME/cdk.tf.json"
    print(f"{count} in {time.perf_counter() - start:.1f} s{where}")
    return 0


def _synthesized(
    environments: Sequence[Environment], output: Path, summary: Summary | None
) -> "Sequence[SynthesizedStack]":
    """Write the stacks. Raises `CommandError` where that fails; what was written before is then as it was."""
    from cdktf_fast_start.kernel import end_node  # noqa: PLC0415

    try:
        # Imported only now: a wrong file is reported before Node starts.
        from stacks.synthesis import Examination, synthesize  # noqa: PLC0415

        gc.freeze()  # all that is imported, which a fork then shares
        gc.enable()
        examination = Examination(summary.prepare, summary.examine) if summary else None
        stacks = synthesize(environments, output.absolute(), today=date.today(), examination=examination)
        end_node()
        return stacks
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
