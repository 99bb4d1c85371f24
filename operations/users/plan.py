"""Plans the changes that give a database the users of an environment file. Pure: it sends nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from operations.errors import failed
from operations.migrations.ledger import TABLE
from operations.users.found import LEDGER, SCHEMA, SEQUENCES, TABLES, Found

if TYPE_CHECKING:
    from stacks.environment import Environment

Privileges = Mapping[str, frozenset[str]]

READ_ONLY: Final[Privileges] = {
    SCHEMA: frozenset({"USAGE"}),
    TABLES: frozenset({"SELECT"}),
    SEQUENCES: frozenset({"SELECT"}),
    LEDGER: frozenset({"SELECT"}),
}
READ_WRITE: Final[Privileges] = {
    SCHEMA: frozenset({"USAGE"}),
    TABLES: frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}),
    SEQUENCES: frozenset({"SELECT", "UPDATE", "USAGE"}),
    LEDGER: frozenset({"SELECT"}),
}
_NOTHING: Final[Privileges] = dict.fromkeys((SCHEMA, TABLES, SEQUENCES, LEDGER), frozenset())


@dataclass(frozen=True)
class Declared:
    """A user of an environment file."""

    name: str
    privileges: Privileges
    is_iam: bool
    schemas: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One change: its user, its printed text and its statements, one of which may contain a verifier."""

    user: str
    does: str
    statements: tuple[str, ...]


def declared_in(environment: "Environment") -> list[Declared]:
    """Return the users of an environment file."""
    users = environment.users
    return [
        Declared(
            name,
            READ_WRITE if name in users.read_write else READ_ONLY,
            environment.logs_in_with_iam(name),
            tuple(users.schemas),
        )
        for name in users.names
    ]


def steps_for(declared: Declared, found: Found, *, needs_password: bool, verifier: Callable[[], str]) -> Iterator[Step]:
    """Yield the changes that a user needs. `verifier` is called if the password is set.

    Raises OperationsError if the role cannot have this name, or a schema does not exist.
    """
    role, quoted = found.roles.get(declared.name), f'"{declared.name}"'
    if role is not None and role.owned:
        # Grants alone would not make it what the file says.
        raise failed(
            f"{declared.name} owns {_objects(role.owned)}, on which an owner has every right: reassign to the master "
            f"user (REASSIGN OWNED BY {quoted} TO CURRENT_USER), or declare another name"
        )
    yield from _login_steps(declared, found, verifier if needs_password else None)
    for schema in declared.schemas:
        if schema not in found.schemas:
            raise failed(f"there is no schema {schema}: create it in a migration, or remove it from users.schemas")
        yield from _grants(declared.name, schema, declared.privileges, found)
    for schema in sorted({schema for user, schema, _ in (*found.grants, *found.defaults) if user == declared.name}):
        if schema not in declared.schemas:
            yield from _grants(declared.name, schema, _NOTHING, found)


def _login_steps(declared: Declared, found: Found, verifier: Callable[[], str] | None) -> Iterator[Step]:
    """Yield what a user needs to log in; `verifier` is None where the password is right already."""
    role, quoted = found.roles.get(declared.name), f'"{declared.name}"'
    if role is None:
        yield Step(declared.name, "made", (f"CREATE ROLE {quoted} LOGIN",))
    elif not role.can_login:
        yield Step(declared.name, "allowed to log in", (f"ALTER ROLE {quoted} LOGIN",))
    is_iam = role is not None and role.is_iam
    if declared.is_iam and not is_iam:
        statements = (f"ALTER ROLE {quoted} PASSWORD NULL", f"GRANT rds_iam TO {quoted}")
        yield Step(declared.name, "logs in with IAM tokens", statements)
    if not declared.is_iam and is_iam:
        yield Step(declared.name, "no longer logs in with IAM tokens", (f"REVOKE rds_iam FROM {quoted}",))
    if verifier is not None:
        yield Step(declared.name, "password of its secret", (f"ALTER ROLE {quoted} PASSWORD '{verifier()}'",))


def _objects(count: int) -> str:
    return f"{count} object{'' if count == 1 else 's'}"


def drop_steps(name: str, found: Found) -> Iterator[Step]:
    """Yield how a user is dropped. Raises OperationsError if it owns objects, which would be dropped too."""
    quoted = f'"{name.replace(chr(34), chr(34) * 2)}"'
    if owned := found.roles[name].owned:
        raise failed(
            f"nothing was dropped: {name} owns {_objects(owned)}, to be dropped with it; reassign to "
            f"another user first: REASSIGN OWNED BY {quoted} TO CURRENT_USER"
        )
    # What it was granted keeps a role from being dropped; taking that back needs to be a member.
    statements = (f"GRANT {quoted} TO CURRENT_USER", f"DROP OWNED BY {quoted}", f"DROP ROLE {quoted}")
    yield Step(name, "dropped", statements)


def _grants(user: str, schema: str, wanted: Privileges, found: Found) -> Iterator[Step]:
    for kind in (SCHEMA, TABLES, SEQUENCES, LEDGER):
        held = found.grants.get((user, schema, kind), {})
        there = 1 if kind == SCHEMA else found.objects.get((schema, kind), 0)
        missing = {one for one in wanted[kind] if held.get(one, 0) < there}
        surplus = held.keys() - wanted[kind]
        on, quoted = _on(kind, schema), f'"{user}"'
        if missing and kind != LEDGER:
            words = _words(wanted[kind])
            statements = [f"GRANT {words} ON {on} TO {quoted}"]
            if kind == TABLES and (schema, LEDGER) in found.objects:
                statements.append(
                    f"REVOKE {_words(READ_WRITE[TABLES] - {'SELECT'})} ON {_on(LEDGER, schema)} FROM {quoted}"
                )
            yield Step(user, f"{words} on {_told(kind, schema)}", tuple(statements))
        if surplus:
            words = _words(surplus)
            yield Step(user, f"no longer {words} on {_told(kind, schema)}", (f"REVOKE {words} ON {on} FROM {quoted}",))
        if kind in {TABLES, SEQUENCES}:
            yield from _defaults(user, schema, kind, wanted[kind], found)


def _defaults(user: str, schema: str, kind: str, wanted: Set[str], found: Found) -> Iterator[Step]:
    held = found.defaults.get((user, schema, kind), {}).keys()
    begins = f'ALTER DEFAULT PRIVILEGES IN SCHEMA "{schema}"'
    if missing := wanted - held:
        words = _words(missing)
        statements = (f'{begins} GRANT {words} ON {kind} TO "{user}"',)
        yield Step(user, f"{words} on later {kind.lower()} of {schema}", statements)
    if surplus := held - wanted:
        words = _words(surplus)
        statements = (f'{begins} REVOKE {words} ON {kind} FROM "{user}"',)
        yield Step(user, f"no longer {words} on later {kind.lower()} of {schema}", statements)


def _words(privileges: Set[str]) -> str:
    order = ("USAGE", "SELECT", "INSERT", "UPDATE", "DELETE")
    return ", ".join(sorted(privileges, key=lambda one: (order.index(one) if one in order else len(order), one)))


def _on(kind: str, schema: str) -> str:
    if kind == SCHEMA:
        return f'SCHEMA "{schema}"'
    return f'TABLE "{schema}"."{TABLE}"' if kind == LEDGER else f'ALL {kind} IN SCHEMA "{schema}"'


def _told(kind: str, schema: str) -> str:
    if kind == SCHEMA:
        return f"schema {schema}"
    return f"{schema}.{TABLE}" if kind == LEDGER else f"all {kind.lower()} of {schema}"


def undeclared(found: Found, declared: Sequence[Declared]) -> list[str]:
    """Return the names of users who are there and not declared."""
    return [role.name for role in found.others([one.name for one in declared])]
