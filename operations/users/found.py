"""The users and grants of a database, read in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_serverless_data_api import Transaction
from operations.migrations.ledger import TABLE

SCHEMA, TABLES, SEQUENCES, LEDGER = "SCHEMA", "TABLES", "SEQUENCES", "LEDGER"
"""What a grant is on: a schema, all tables or all sequences in it, and the table of the migrations, which is apart."""

# Of RDS are rdsadmin, rdsproxyadmin and others: none of them is listed by AWS as a whole, and all begin so.
_ROLES: Final = """
SELECT rolname::text AS name, rolcanlogin AS can_login, rolname = current_user AS is_master,
       EXISTS (SELECT FROM pg_auth_members JOIN pg_roles AS granted ON granted.oid = roleid
               WHERE member = role.oid AND granted.rolname = 'rds_iam') AS is_iam,
       (SELECT coalesce(string_agg(granted.rolname, ', ' ORDER BY granted.rolname), '')
        FROM pg_auth_members JOIN pg_roles AS granted ON granted.oid = roleid
        WHERE member = role.oid AND granted.rolname <> 'rds_iam') AS member_of,
       (SELECT count(*) FROM pg_shdepend
        WHERE refclassid = 'pg_authid'::regclass AND refobjid = role.oid AND deptype = 'o') AS owned
FROM pg_roles AS role WHERE rolname NOT LIKE 'rds%' AND rolname NOT LIKE 'pg\\_%' ORDER BY rolname"""
_SCHEMAS: Final = "SELECT nspname::text AS name FROM pg_namespace"
_KIND: Final = f"""
CASE WHEN relkind = 'S' THEN '{SEQUENCES}' WHEN relname = '{TABLE}' THEN '{LEDGER}' ELSE '{TABLES}' END"""
_OF_OWN: Final = (
    "relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
)
_OBJECTS: Final = f"""
SELECT nspname::text AS schema, {_KIND} AS kind, count(*) AS objects
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE {_OF_OWN} GROUP BY 1, 2"""  # noqa: S608 (constants)
_GRANTS: Final = f"""
SELECT rolname::text AS user, nspname::text AS schema, {_KIND} AS kind, privilege_type AS privilege, count(*) AS objects
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace, aclexplode(relacl) AS given
JOIN pg_roles ON pg_roles.oid = grantee WHERE {_OF_OWN} GROUP BY 1, 2, 3, 4
UNION ALL
SELECT rolname::text, nspname::text, '{SCHEMA}', privilege_type, 1
FROM pg_namespace, aclexplode(nspacl) JOIN pg_roles ON pg_roles.oid = grantee
WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"""  # noqa: S608 (constants)
_DEFAULTS: Final = f"""
SELECT pg_roles.rolname::text AS user, nspname::text AS schema,
       CASE defaclobjtype WHEN 'S' THEN '{SEQUENCES}' ELSE '{TABLES}' END AS kind, privilege_type AS privilege
FROM pg_default_acl JOIN pg_namespace ON pg_namespace.oid = defaclnamespace, aclexplode(defaclacl)
JOIN pg_roles ON pg_roles.oid = grantee
WHERE defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
  AND defaclobjtype IN ('r', 'S')"""  # noqa: S608 (constants)


@dataclass(frozen=True)
class Role:
    """A role of the cluster; `member_of` names the roles that it has more rights by.

    `owned` is how many things it owns in all databases.
    """

    name: str
    can_login: bool
    is_master: bool
    is_iam: bool
    member_of: str
    owned: int


@dataclass(frozen=True)
class Found:
    """Roles by name; schemas; how many objects of a kind a schema has; and who has which privileges.

    `grants` and `defaults` are by user, schema and kind; the number is that of the objects that a privilege is on.
    """

    roles: Mapping[str, Role]
    schemas: frozenset[str]
    objects: Mapping[tuple[str, str], int]
    grants: Mapping[tuple[str, str, str], Mapping[str, int]]
    defaults: Mapping[tuple[str, str, str], Mapping[str, int]]

    def others(self, declared: Sequence[str]) -> list[Role]:
        """Return the undeclared users who can log in, without the master user and RDS's own."""
        return [
            role for role in self.roles.values() if role.can_login and not role.is_master and role.name not in declared
        ]


def find(transaction: Transaction) -> Found:
    """Read users and grants. Raises DataApiError."""
    roles = transaction.query(_ROLES, into=Role)
    schemas = frozenset(row["name"] for row in transaction.query(_SCHEMAS))
    objects = {(row["schema"], row["kind"]): row["objects"] for row in transaction.query(_OBJECTS)}
    grants: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in transaction.query(_GRANTS):
        grants.setdefault((row["user"], row["schema"], row["kind"]), {})[row["privilege"]] = row["objects"]
    defaults: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in transaction.query(_DEFAULTS):
        defaults.setdefault((row["user"], row["schema"], row["kind"]), {})[row["privilege"]] = 1
    return Found({role.name: role for role in roles}, schemas, objects, grants, defaults)
