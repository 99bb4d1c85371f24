"""An environment file that is not written yet: its text, what is wrong with it, and how it comes to be."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self

import tomli_w

from cli.new_environment.purposes import PURPOSES
from cli.new_environment.questions import Answers, document_of
from operations.errors import wrong_input
from operations.files import write_file
from stacks.environment import Environment
from stacks.environment_conflicts import Environments, conflicts
from stacks.environment_files import NAME_RULE, EnvironmentFileError, environment_of, is_name, read_environment
from stacks.problem import Problem

_SCHEMA_LINE: Final = "#:schema ./environment.schema.json"
_HINT: Final = "# ./aurora-serverless explain lists what else can be written here."


class Folder:
    """The folder of environment files of a project."""

    def __init__(self, project: Path) -> None:
        self.path = project / "environments"
        if not self.path.is_dir():
            raise wrong_input(f"{project} has no folder environments: name the folder of the project with --project")

    def new_file(self, name: str) -> Path:
        """Return the path of a new file. Raises OperationsError (2) where it cannot be, or is there already."""
        path = self.path / f"{name}.toml"
        if not is_name(name):
            raise wrong_input(f'"{name}" is not a name of an environment: {NAME_RULE}; write, for example, staging')
        for other in self.path.iterdir():
            if other.name.lower() == path.name:  # one file, where a file system ignores capitals
                raise wrong_input(f"environments/{other.name} exists already; give another name")
        return path

    @cached_property
    def others(self) -> Environments:
        """The environments that are there; a file that is wrong itself is left out, and in `unread`."""
        return [(Path(path.name), environment) for path, environment in self._read() if environment is not None]

    @cached_property
    def unread(self) -> Sequence[str]:
        """Names of the files that are wrong themselves."""
        return [path.name for path, environment in self._read() if environment is None]

    def _read(self) -> Iterator[tuple[Path, Environment | None]]:
        for path in sorted(self.path.glob("*.toml")):
            try:
                yield path, read_environment(path)
            except EnvironmentFileError:
                yield path, None


@dataclass(frozen=True)
class Draft:
    """The file that a document makes, with a comment of what it is for; `path` is where it will lie."""

    path: Path
    document: Mapping[str, Any]
    comment: str

    @classmethod
    def of_answers(cls, path: Path, answers: Answers) -> Self:
        """Return the file that answers make."""
        return cls(path, document_of(answers), PURPOSES[answers["purpose"]].comment)

    @cached_property
    def text(self) -> str:
        """The file: the line that names its schema, a comment, and what differs from the defaults."""
        return f"{_SCHEMA_LINE}\n# {self.comment}\n{_HINT}\n{tomli_w.dumps(self._shortest(self.document))}"

    def problems(self, others: Environments) -> list[Problem]:
        """Return what `make synth` would find wrong with the file, alone and beside the other environments."""
        shown = Path(self.path.name)
        try:
            environment = environment_of(shown, tomli_w.dumps(self.document).encode())
        except EnvironmentFileError as error:
            return list(error.problems)
        return [problem for problem in conflicts([*others, (shown, environment)]) if problem.file == shown]

    def write(self) -> None:
        """Write the file in one step, over nothing. Raises OperationsError (2)."""
        write_file(self.path, self.text, only_new=True, shown=f"environments/{self.path.name}")

    def _shortest(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document without the keys that change nothing: those that say what holds anyway."""
        meant = self._environment(document)
        shortest = dict(document)
        for path in list(_paths(document)):
            shorter = _without(shortest, path)
            with contextlib.suppress(EnvironmentFileError):
                if self._environment(shorter) == meant:
                    shortest = shorter
        return shortest

    def _environment(self, document: Mapping[str, Any]) -> Environment:
        return environment_of(Path(self.path.name), tomli_w.dumps(document).encode())


def _paths(document: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in document.items():
        if isinstance(value, Mapping):
            yield from _paths(value, (*before, key))
        else:
            yield (*before, key)


def _without(document: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    key, *more = path
    if not more:
        return {name: value for name, value in document.items() if name != key}
    inner = _without(document[key], tuple(more))
    return {name: inner if name == key else value for name, value in document.items() if name != key or inner}
