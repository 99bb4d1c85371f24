"""What is to be done: the files beside the ledger, or the line that says why they do not fit."""

from collections.abc import Sequence
from dataclasses import dataclass

from operations.errors import ErrorKind, OperationsError, wrong_input
from operations.migrations.files import Migration
from operations.migrations.ledger import Entry, State


@dataclass(frozen=True)
class Plan:
    """The migrations to come, in their order, and the entry of the one that was started and has no end."""

    pending: Sequence[Migration]
    started: Entry | None = None


def problem(migration: Migration | None, entry: Entry | None, newest_applied: int) -> str | None:
    """Return what is wrong with a file and its entry; None where they fit."""
    if migration is None:
        return None if entry is None else _without_file(entry)
    if entry is None:
        if migration.version > newest_applied:
            return None
        return (
            f"{migration.shown} is older than the newest applied migration, {newest_applied:04d}: "
            f"give it the next number after the last file"
        )
    if entry.checksum == migration.checksum:
        return None
    if entry.state is State.STARTED:
        return (
            f"{migration.shown} was edited after it was started: restore it, or start it over with "
            "./aurora-serverless migrate repair ENVIRONMENT --forget"
        )
    was = "" if entry.name == migration.name else f" as {entry.label}"
    return (
        f"{migration.shown} was edited after it was applied{was}: restore it and write the change as a new migration; "
        "if it changes nothing, such as a comment: ./aurora-serverless migrate repair ENVIRONMENT --accept "
        + str(entry.version)
    )


def plan(migrations: Sequence[Migration], entries: Sequence[Entry], to: int | None = None) -> Plan:
    """Return what is to be done up to number `to`. Raises OperationsError (WRONG_INPUT or MIGRATIONS_DIFFER)."""
    check_to(migrations, to)
    files = {migration.version: migration for migration in migrations}
    rows = {entry.version: entry for entry in entries}
    newest = newest_applied(entries)
    for version in sorted({*files, *rows}):
        if (wrong := problem(files.get(version), rows.get(version), newest)) is not None:
            raise differing(wrong)
    if to is not None and to < newest:
        raise wrong_input(
            f"--to {to}: the database is at {newest:04d}, and a migration cannot be undone; write one that reverts it"
        )
    started = next((entry for entry in entries if entry.state is State.STARTED), None)
    pending = [
        migration
        for migration in migrations
        if not (entry := rows.get(migration.version)) or entry.state is State.STARTED
        if to is None or migration.version <= to
    ]
    return Plan(pending, started)


def check_to(migrations: Sequence[Migration], to: int | None) -> None:
    """Raise OperationsError (WRONG_INPUT) where `to` is the number of no file."""
    if to is not None and to > migrations[-1].version:
        raise wrong_input(f"--to {to}: the newest migration is {migrations[-1].version:04d}")


def newest_applied(entries: Sequence[Entry]) -> int:
    """Return the greatest number that is applied; 0 where none is."""
    return max((entry.version for entry in entries if entry.state is State.APPLIED), default=0)


def differing(what: str) -> OperationsError:
    """Return the error for files and a database that do not fit."""
    return OperationsError(what, ErrorKind.MIGRATIONS_DIFFER)


def _without_file(entry: Entry) -> str:
    return f"{entry.label} is in the database, and there is no such file: this checkout is older; update it"
