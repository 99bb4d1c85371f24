"""What the environments of one global database must have in common, where the files of both are there."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from aurora_serverless.options.name_kinds import Scope
from aurora_serverless.rules.global_database import (
    check_same_encryption,
    check_same_engine_version,
    check_same_name,
    check_source_is_primary,
    check_total_readers,
)
from aurora_serverless.rules.violation import RuleViolation, shown
from stacks.environment import Environment
from stacks.places import FirstAtPlace, places
from stacks.problem import Problem

_Found = tuple[Path, Environment]


def misfits(environments: Sequence[_Found]) -> list[Problem]:
    """Return what keeps secondaries from following their primaries: those whose files are there, in one account."""
    primaries: FirstAtPlace[_Found] = FirstAtPlace()
    for path, environment in environments:
        if environment.global_database is not None and not environment.is_secondary:
            for place in places(environment, Scope.ACCOUNT):
                primaries.put(environment.global_cluster_identifier, place, (path, environment))
    problems: list[Problem] = []
    secondaries = Counter[Path]()
    for path, environment in environments:
        found = _primary_of(environment, primaries) if environment.is_secondary else None
        if found is not None:
            primary_path, primary = found
            secondaries[primary_path] += 1
            for check in _checks(environment, primary):
                problems.extend(_problems(path, check, of=primary_path))
    for path, environment in environments:
        if path in secondaries:
            readers = partial(check_total_readers, environment.instances.readers, secondaries[path])
            problems.extend(_problems(path, partial(readers, argument="instances.readers")))
    return problems


def _primary_of(secondary: Environment, primaries: FirstAtPlace[_Found]) -> _Found | None:
    found = (primaries.find(secondary.global_cluster_identifier, place) for place in places(secondary, Scope.ACCOUNT))
    return next((item for item in found if item is not None), None)


def _checks(secondary: Environment, primary: Environment) -> Iterator[Callable[[], None]]:
    database = secondary.global_database
    assert database is not None  # noqa: S101 (only secondaries come here)
    versions = secondary.engine_version, primary.engine_version
    names = secondary.database_name, primary.database_name
    users = secondary.master_username, primary.master_username
    yield lambda: check_source_is_primary(
        database.source_region, primary.region, argument="global_database.source_region"
    )
    yield lambda: check_same_engine_version(*versions, argument="engine.version")
    yield lambda: check_same_encryption(
        secondary.encryption.written_key,
        has_kms_key=secondary.encryption.has_kms_key,
        primary_has_kms_key=primary.encryption.has_kms_key,
        argument="encryption.key",
    )
    yield lambda: check_same_name(*names, argument="database.name")
    yield lambda: check_same_name(*users, argument="database.master_username")


def _problems(path: Path, check: Callable[[], None], *, of: Path | None = None) -> Iterator[Problem]:
    """Yield what a check finds; `of` is the file of the primary that it compares with."""
    try:
        check()
    except RuleViolation as violation:
        rule = violation.rule if of is None else f"in {of.name} {violation.rule}"
        yield Problem(path, f"{violation.argument} = {shown(violation.value)}", rule, violation.remedy)
