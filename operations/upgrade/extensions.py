"""Extensions: whether the new version has them, which must be updated before, and which are updated after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from operations.checks.check import Check, failed, passed, unknown
from operations.upgrade.subject import UpgradeSubject

# Source: Amazon Aurora User Guide, "Performing a major version upgrade": extensions to update before it.
UPDATED_BEFORE: Final = frozenset(
    "address_standardizer address_standardizer_data_us pgrouting postgis postgis_raster postgis_tiger_geocoder "
    "postgis_topology".split()
)

_EXTENSIONS: Final = """
SELECT extension.extname AS name, extension.extversion AS version, available.default_version AS newest
FROM pg_catalog.pg_extension AS extension
LEFT JOIN pg_catalog.pg_available_extensions AS available ON available.name = extension.extname
ORDER BY 1
"""
# An extension from a newer server, such as a restored one, has no way to the default version.
_OUTDATED: Final = """
SELECT extension.extname AS name, extension.extversion AS version, available.default_version AS newest
FROM pg_catalog.pg_extension AS extension
JOIN pg_catalog.pg_available_extensions AS available ON available.name = extension.extname
WHERE extension.extversion <> available.default_version AND EXISTS (
    SELECT FROM pg_catalog.pg_extension_update_paths(extension.extname) AS step
    WHERE step.source = extension.extversion AND step.target = available.default_version AND step.path IS NOT NULL
)
ORDER BY 1
"""
_PARAMETER: Final = "rds.extensions"


@dataclass(frozen=True)
class Extension:
    """An extension in one database; `newest` is the version that the running server has, None where it has none."""

    database: str
    name: str
    version: str
    newest: str | None

    def __str__(self) -> str:
        return f"{self.database}: {self.name} {self.version}"

    @property
    def update(self) -> str:
        """The statement that updates it."""
        quoted = self.name.replace('"', '""')
        return f'ALTER EXTENSION "{quoted}" UPDATE'


def extensions(subject: UpgradeSubject) -> Iterator[Check]:
    """Check that the new version has every extension, and that those that must be are up to date."""
    found = _found(subject, _EXTENSIONS)
    yield _available(subject, found)
    behind = [one for one in found if one.newest not in {None, one.version}]
    first = [one for one in behind if one.name in UPDATED_BEFORE]
    if subject.is_major and first:
        yield failed(
            "extensions to update before",
            ", ".join(f"{one}, newest {one.newest}" for one in first),
            "; ".join(dict.fromkeys(one.update for one in first)) + ", in each of these databases",
        )
    else:
        later = f"; updated after the upgrade: {', '.join(map(str, behind))}" if behind else ""
        yield passed("extensions to update before", f"none{later}")


def outdated(subject: UpgradeSubject) -> list[Extension]:
    """Return the extensions, of all databases, that the running server has in a newer version."""
    return _found(subject, _OUTDATED)


def _found(subject: UpgradeSubject, sql: str) -> list[Extension]:
    return [Extension(database, **row) for database in subject.databases for row in subject.ask(database, sql)]


def _available(subject: UpgradeSubject, found: Sequence[Extension]) -> Check:
    if not subject.is_major:
        return passed("extensions", "a minor upgrade keeps them")
    offered = _offered(subject.client("rds"), subject.to.major)
    if offered is None:
        return unknown(
            "extensions",
            f"AWS does not list those of Aurora PostgreSQL {subject.to.major}; installed: "
            + ", ".join(map(str, found)),
            "compare with AWS's page: Extension versions for Amazon Aurora PostgreSQL",
        )
    missing = [one for one in found if one.name not in offered and one.name != "plpgsql"]
    if missing:
        return failed(
            "extensions",
            f"Aurora PostgreSQL {subject.to.major} does not have {', '.join(map(str, missing))}",
            "DROP EXTENSION in these databases, with what uses it",
        )
    names = ", ".join(sorted({one.name for one in found}))
    return passed("extensions", f"Aurora PostgreSQL {subject.to.major} has {names}")


def _offered(rds: Any, major: int) -> frozenset[str] | None:
    """Return the extensions of a major version, from a parameter of its default group; None where AWS says none."""
    pages = rds.get_paginator("describe_engine_default_cluster_parameters").paginate(
        DBParameterGroupFamily=f"aurora-postgresql{major}"
    )
    for page in pages:
        for parameter in page["EngineDefaults"].get("Parameters", []):
            if parameter.get("ParameterName") == _PARAMETER:
                value = parameter.get("ParameterValue") or parameter.get("AllowedValues") or ""
                return frozenset(name.strip() for name in value.split(",") if name.strip()) or None
    return None
