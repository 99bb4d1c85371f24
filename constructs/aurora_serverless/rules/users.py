"""What a database user, and a schema that it is granted, may be called."""

import re
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.names import check_database_user
from aurora_serverless.rules.violation import check_pattern, refuse

_LONGEST: Final = limit("rds_database_name_longest")
_NAME: Final = re.compile(rf"[a-z][a-z0-9_]{{0,{_LONGEST - 1}}}", re.ASCII)
_SCHEMA: Final = re.compile(rf"[a-z_][a-z0-9_]{{0,{_LONGEST - 1}}}", re.ASCII)


def check_declared_user(value: str, *, argument: str = "username") -> None:
    """Raise `RuleViolation` unless a user of this name can be made.

    The name is also part of a secret's name and of addresses, and nobody must have to write it with quotes.
    """
    check_pattern(
        argument,
        value,
        _NAME,
        f"a declared user is 1 to {_LONGEST} lower-case letters, digits and underscores, and starts with a letter",
        'write, for example, "orders_app"',
    )
    check_database_user(value, argument=argument)
    # Those of RDS are not listed anywhere as a whole: rdsadmin, rdsproxyadmin, rdstopmgr and others begin so.
    if value.startswith("rds"):
        refuse(argument, value, "begins with rds, as RDS's own users do", "write another name")


def check_schema(value: str, *, argument: str = "schemas") -> None:
    """Raise `RuleViolation` unless `value` may be the name of a schema of one's own."""
    check_pattern(
        argument,
        value,
        _SCHEMA,
        f"a schema is 1 to {_LONGEST} lower-case letters, digits and underscores",
        'write, for example, "public"',
    )
    if value.startswith("pg_") or value == "information_schema":
        refuse(argument, value, "is a schema of PostgreSQL itself", "leave it out: everybody reads what is open in it")
