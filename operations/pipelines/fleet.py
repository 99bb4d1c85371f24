"""The environments of a project as its pipelines deploy them: in waves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operations.errors import wrong_input

USUALLY_AT_ONCE: Final = 10
"""Environments that are deployed at once, unless somebody says otherwise."""


@dataclass(frozen=True)
class Fleet:
    """The environments by wave, in order, and how many of them may be deployed at once; None for what is usual."""

    waves: Mapping[int, Sequence[str]]
    at_once: int | None = None

    @property
    def names(self) -> Sequence[str]:
        """All environments, in the order of their waves."""
        return [name for names in self.waves.values() for name in names]


def fleet_of(waves: Mapping[str, int], at_once: int | None = None) -> Fleet:
    """Return the environments, of which each has a wave, by wave."""
    numbers = sorted(set(waves.values()))
    return Fleet({number: sorted(name for name in waves if waves[name] == number) for number in numbers}, at_once)


def read_environment_waves(project: Path) -> tuple[Mapping[str, int], Sequence[str]]:
    """Return the wave of each environment of a project, and those whose state does not lie in S3.

    Raises OperationsError (WRONG_INPUT) where a file is wrong.
    """
    from stacks.environment_files import EnvironmentFileError, read_environments  # noqa: PLC0415 (slow to import)

    try:
        environments = read_environments(project / "environments")
    except EnvironmentFileError as error:
        more = f" (and {len(error.problems) - 1} more: make synth lists them)" if len(error.problems) > 1 else ""
        raise wrong_input(f"{error.problems[0]}{more}") from None
    waves = {environment.name: environment.wave for environment in environments}
    return waves, [environment.name for environment in environments if environment.backend.type != "s3"]
