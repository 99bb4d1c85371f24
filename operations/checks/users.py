"""Checks of the database users: that those which the environment's file declares are there."""

from collections.abc import Iterator

from operations.checks.check import Check, Subject, passed, warned
from operations.sql.database import Database

_NAMES = "SELECT rolname::text FROM pg_roles WHERE rolcanlogin"


def users(subject: Subject) -> Iterator[Check]:
    """Check that each declared user can log in; this wakes a paused cluster. Nothing where none is declared."""
    target = subject.target
    declared = () if target.environment is None else target.environment.users.names
    if not declared or not target.data_api_enabled:
        return
    there = {name for (name,) in Database(target).query(_NAMES).rows}
    if missing := [name for name in declared if name not in there]:
        yield warned("users", f"not in the database yet: {', '.join(missing)}", target.command("users"))
    else:
        yield passed("users", f"{len(declared)} declared, and there")
