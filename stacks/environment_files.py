"""Reads environment files, and says in a line each what is wrong with them."""

import codecs
import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aurora_serverless.options.refusals import violation_of
from aurora_serverless.options.section import NO_TOKENS
from aurora_serverless.rules.violation import shown
from stacks.environment import Environment
from stacks.environment_conflicts import conflicts
from stacks.presets import is_from_preset
from stacks.problem import Problem

SUFFIX: Final = ".toml"

LONGEST_NAME: Final = 100
"""Leaves room in a file's name, which has 255 bytes, for what Terraform adds: `.terraform.<name>.tfstate.lock.info`."""

NAME_RULE: Final = (
    "lower-case letters, digits, single hyphens and underscores, starting with a letter, at most "
    f"{LONGEST_NAME} characters, and not constructor"
)
_NAME: Final = re.compile(rf"(?=.{{1,{LONGEST_NAME}}}\Z)(?!constructor\Z)[a-z][a-z0-9]*([-_][a-z0-9]+)*")
"""CDKTF looks names up among the properties of a JavaScript object, and each of those has a `constructor`."""

MOST_BYTES: Final = 1_048_576
"""Limits of this project: what is larger, or has more tables in each other, was not written as an environment file."""
DEEPEST: Final = 16

_ANY_NAME: Final = "environment"
"""Stands for the name of a file that has a wrong one, while its content is checked."""

_REMEDIES: Final = {
    "bool_type": "write true or false, without quotes",
    "date_type": "write, for example, 2026-11-01, without a time and without quotes",
    "datetime_type": "write, for example, 2026-10-31T12:00:00Z, without quotes",
    "dict_type": "write [{key}] on a line, and its keys below",
    "float_type": "write a number, without quotes",
    "int_type": "write a whole number, without quotes",
    "model_type": "write [{key}] on a line, and its keys below",
    "string_too_short": "write one, or leave the key out",
    "string_type": 'put it in quotes: "..."',
    "tuple_type": "put it in brackets: [...]",
}
"""What to do about a wrong type, in the words of TOML."""


class EnvironmentFileError(Exception):
    """One or more environment files are wrong; `problems` says what, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def read_environments(directory: Path) -> tuple[Environment, ...]:
    """Read every `*.toml` of `directory`, sorted by name.

    Raises `EnvironmentFileError` with the problems of all files together: nobody fixes one to be told of the next.
    """
    paths = _environment_paths(directory)
    environments: list[tuple[Path, Environment]] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            environments.append((path, read_environment(path)))
        except EnvironmentFileError as error:
            problems.extend(error.problems)
    problems.extend(_name_clashes(paths))
    problems.extend(conflicts(environments))
    if problems:
        raise EnvironmentFileError(problems)
    return tuple(environment for _, environment in environments)


def read_environment(path: Path) -> Environment:
    """Read one environment file. Raises `EnvironmentFileError`."""
    problems = _problems_of_name(path)
    environment = None
    try:
        environment = environment_of(path, _content(path))
    except EnvironmentFileError as error:
        problems.extend(error.problems)
    if problems or environment is None:
        raise EnvironmentFileError(problems)
    return environment


def _content(path: Path) -> bytes:
    """Return what a file holds, and only a file: a pipe would never end, and a device may not."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise EnvironmentFileError([Problem(path, "", "is not a regular file", "put a file in its place")])
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise EnvironmentFileError(
            [Problem(path, "", f"cannot be read: {error.strerror}", "check that it is a file you may read")]
        ) from None
    if len(content) > MOST_BYTES:
        raise EnvironmentFileError(
            [Problem(path, "", f"is larger than {MOST_BYTES:,} bytes", "write what differs from the defaults only")]
        )
    return content


def is_name(name: str) -> bool:
    """Whether an environment may be called so: `NAME_RULE`."""
    return _NAME.fullmatch(name) is not None


def _problems_of_name(path: Path) -> list[Problem]:
    if path.suffix != SUFFIX:
        rule = f"an environment file's name ends in {SUFFIX}"
        return [Problem(path, "", rule, f"rename it to {path.stem}{SUFFIX}")]
    if not is_name(path.stem):
        rule = f"the file's name is the stack's name: {NAME_RULE}"
        return [Problem(path, "", rule, "rename the file, for example to dev.toml")]
    return []


def environment_of(path: Path, content: bytes) -> Environment:
    """Return what the content of an environment file describes; `path` only names it. Raises `EnvironmentFileError`."""
    document = _parse(path, content)
    if not document:
        raise EnvironmentFileError(
            [Problem(path, "", "the file is empty", 'write at least name_prefix = "..." and engine.version = "..."')]
        )
    problems = []
    if "name" in document:
        rule = "unknown key: the environment is called as its file is"
        where = f"name = {shown(document.pop('name'))}"
        problems.append(Problem(path, where, rule, "leave it out; did you mean name_prefix?"))
    environment = None
    try:
        name = path.stem if is_name(path.stem) else _ANY_NAME
        environment = Environment.model_validate({"name": name, **document}, context=NO_TOKENS)
    except ValidationError as error:
        problems.extend(_problem(path, document, details) for details in error.errors(include_url=False))
    if problems or environment is None:
        raise EnvironmentFileError(problems)
    return environment


def _environment_paths(directory: Path) -> list[Path]:
    try:
        paths = sorted(path for path in directory.iterdir() if path.suffix.lower() == SUFFIX)
    except OSError as error:
        raise EnvironmentFileError(
            [Problem(directory, "", f"cannot be read: {error.strerror}", "name a folder of environment files")]
        ) from None
    if not paths:
        raise EnvironmentFileError(
            [Problem(directory, "", "holds no environment file", "add one, for example dev.toml")]
        )
    return paths


def _parse(path: Path, content: bytes) -> dict[str, Any]:
    try:
        if content.startswith(codecs.BOM_UTF8):
            raise EnvironmentFileError(
                [Problem(path, "line 1", "starts with a byte order mark", "save the file as UTF-8 without one")]
            )
        document = tomllib.loads(content.decode("utf-8"))
        if not _is_deeper_than(DEEPEST, document):
            return document
        problem = _nested_too_deeply(path)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = Problem(
            path,
            f"line {line}",
            f"is not UTF-8 (byte 0x{error.object[error.start]:02x})",
            "save the file as UTF-8",
        )
    except tomllib.TOMLDecodeError as error:
        problem = _toml_problem(path, str(error))
    except ValueError as error:
        problem = Problem(path, "", f"is not TOML: {error}", "write a shorter number")
    except RecursionError:
        problem = _nested_too_deeply(path)
    raise EnvironmentFileError([problem])


def _nested_too_deeply(path: Path) -> Problem:
    return Problem(path, "", "is nested too deeply", "an environment file has keys, and tables of keys")


def _toml_problem(path: Path, message: str) -> Problem:
    match = re.fullmatch(
        r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|(?P<end>end of document))\)", message
    )
    if match is None:
        return Problem(path, "", f"is not TOML: {message}", "see toml.io for the rules")
    where = f"line {match['line']}, column {match['column']}" if match["line"] else "end of file"
    return Problem(path, where, f"is not TOML: {match['what']}", "write key = value, with strings in quotes")


def _is_deeper_than(levels: int, value: object) -> bool:
    """Whether tables and lists lie in each other at more levels."""
    inner: list[object] = [value]
    for _ in range(levels):
        tables = [item for item in inner if isinstance(item, (dict, list))]
        inner = [item for table in tables for item in (table.values() if isinstance(table, dict) else table)]
    return any(isinstance(item, (dict, list)) for item in inner)


def _problem(path: Path, document: Mapping[str, Any], details: ErrorDetails) -> Problem:
    problem = _problem_of_key(path, details)
    key = problem.where.partition(" = ")[0]
    if is_from_preset(key, document):
        return replace(problem, rule=f"{problem.rule} (the value is from preset = {shown(document['preset'])})")
    return problem


def _problem_of_key(path: Path, details: ErrorDetails) -> Problem:
    violation = violation_of(details)
    key, remedy = violation.argument, violation.remedy
    where = f"{key} = {shown(violation.value)}"
    if details["type"] == "extra_forbidden":
        from stacks.known_keys import NOT_SERVERLESS  # noqa: PLC0415 (slow to import, and only for wrong files)

        if key.rpartition(".")[2] in NOT_SERVERLESS:
            return Problem(path, where, *NOT_SERVERLESS[key.rpartition(".")[2]])
        remedy = _nearest_key(key)
    elif details["type"] == "missing":
        where, remedy = key, f"write {_example(key)}"
    elif details["type"] in _REMEDIES:
        remedy = _REMEDIES[details["type"]].format(key=key)
    return Problem(path, where, violation.rule, remedy)


def _example(key: str) -> str:
    return {
        "name_prefix": 'name_prefix = "alex" at the top, before the first [section]',
        "engine": '[engine] with version = "17.7"',
        "engine.version": 'version = "17.7" under [engine]',
    }.get(key, key)


def _nearest_key(key: str) -> str:
    from stacks.known_keys import keys_of, nearest_key  # noqa: PLC0415 (slow to import, and only for wrong files)

    nearest = nearest_key(key)
    if nearest is not None:
        return f"did you mean {nearest}?"
    section = key.rpartition(".")[0]
    where = f"[{section}] knows" if section else "the file knows"
    return f"leave it out, {where} {', '.join(sorted(keys_of(section)))}"


def _name_clashes(paths: Sequence[Path]) -> list[Problem]:
    """Two files whose names differ in capitals only are one stack on a file system that ignores capitals."""
    first: dict[str, Path] = {}
    problems = []
    for path in paths:
        other = first.setdefault(path.stem.lower(), path)
        if other is not path:
            problems.append(Problem(path, "", f"has the same name as {other.name}", "rename one of the two"))
    return problems
