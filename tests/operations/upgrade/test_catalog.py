"""What pg_upgrade refuses: each check finds the database that has it, and nothing in one that has not."""

from collections.abc import Sequence
from typing import Any

import pytest

from operations.checks.check import Outcome
from operations.upgrade import catalog
from operations.upgrade.catalog import CATALOG_CHECKS, CatalogCheck, catalog_checks, look
from tests.operations.upgrade.conftest import Server

MOVED_INTO_CATALOG = (
    "SET allow_system_table_mods = on",
    "CREATE DOMAIN public.{type} AS int",
    "CREATE TABLE t (at public.{type})",
    "UPDATE pg_type SET typnamespace = 'pg_catalog'::regnamespace WHERE typname = '{type}'",
)


def _removed(name: str) -> tuple[str, ...]:
    return tuple(statement.format(type=name) for statement in MOVED_INTO_CATALOG)


REG = "columns of reg* types"
COMPOSITE = "columns of PostgreSQL's own composite types"
ACLITEM = "columns of type aclitem"
ARRAYS = "functions on arrays whose types have changed"
NOT_NULL = "columns that miss their parent's NOT NULL"
VIEWS = "views on columns of the system that go"
CLOSED = "databases that refuse connections"

# The check's name, what makes it fail, and what it then names. Rows of one check are ways to come to the same.
TRIPPING: Sequence[tuple[str, tuple[str, ...], str]] = [
    (REG, ("CREATE TABLE t (f regproc)",), "shop: public.t.f"),
    (REG, ("CREATE TABLE t (f regnamespace[])",), "shop: public.t.f"),
    (REG, ("CREATE DOMAIN d AS regconfig", "CREATE TABLE t (f d)"), "shop: public.t.f"),
    (REG, ("CREATE TYPE c AS (a int, b regoper)", "CREATE TABLE t (f c[])"), "shop: public.t.f"),
    (REG, ("CREATE TABLE one (f regcollation)", "CREATE TABLE t (r one)"), "shop: public.one.f, shop: public.t.r"),
    (REG, ("CREATE MATERIALIZED VIEW m AS SELECT 'sum(int)'::regprocedure AS f",), "shop: public.m.f"),
    (REG, ("CREATE TABLE t (i oid)", "CREATE INDEX x ON t ((i::regdictionary))"), "shop: public.x.i"),
    (REG, ('CREATE SCHEMA "A b"', 'CREATE TABLE "A b"."T" ("F" regoperator)'), 'shop: "A b"."T"."F"'),
    (COMPOSITE, ("CREATE TABLE t (f information_schema.tables)",), "shop: public.t.f"),
    (COMPOSITE, ("CREATE TABLE t (f pg_catalog.pg_class)",), "shop: public.t.f"),
    (
        "columns of type unknown",
        (
            "CREATE TABLE t (f text)",
            "UPDATE pg_attribute SET atttypid = 'unknown'::regtype WHERE attrelid = 't'::regclass AND attname = 'f'",
        ),
        "shop: public.t.f",
    ),
    ("columns of removed types", _removed("abstime"), "shop: public.t.at"),
    ("columns of removed types", _removed("tinterval"), "shop: public.t.at"),
    ("columns of type sql_identifier", ("CREATE TABLE t (f information_schema.sql_identifier)",), "shop: public.t.f"),
    (ACLITEM, ("CREATE TABLE t (f aclitem)",), "shop: public.t.f"),
    (ACLITEM, ("CREATE TABLE t (f aclitem[])",), "shop: public.t.f"),
    (
        "subscriptions that are being set up",
        (
            "CREATE TABLE t (i int)",
            "CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE)",
            "INSERT INTO pg_subscription_rel SELECT oid, 't'::regclass, 'd', NULL FROM pg_subscription",
        ),
        "shop: t",
    ),
    (
        "postfix operators",
        (
            "CREATE OPERATOR !! (rightarg = int, function = int4abs)",
            "UPDATE pg_operator SET oprleft = oprright, oprright = 0 WHERE oprname = '!!' AND oid >= 16384",
        ),
        "shop: !!(integer,NONE)",
    ),
    (
        ARRAYS,
        ("CREATE AGGREGATE collect (anycompatible) (sfunc = array_append, stype = anycompatiblearray)",),
        "shop: aggregate collect(anycompatible)",
    ),
    (
        ARRAYS,
        ("CREATE OPERATOR @+ (leftarg = anycompatiblearray, rightarg = anycompatible, function = array_append)",),
        "shop: operator @+(anycompatiblearray,anycompatible)",
    ),
    (
        "conversions between encodings",
        ("CREATE CONVERSION mine FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",),
        "shop: public.mine",
    ),
    (
        NOT_NULL,
        ("CREATE TABLE parent (a int CONSTRAINT given NOT NULL NO INHERIT)", "CREATE TABLE child () INHERITS (parent)"),
        "shop: child.a",
    ),
]

# The same for what is the cluster's: what makes it fail, and what ends it again.
OF_THE_CLUSTER: Sequence[tuple[str, tuple[str, ...], tuple[str, ...], str]] = [
    (
        "prepared transactions",
        ("BEGIN", "CREATE TABLE t (i int)", "PREPARE TRANSACTION 'left over'"),
        ("ROLLBACK PREPARED 'left over'",),
        "'left over' of rdsadmin in shop",
    ),
    (
        "logical replication slots",
        ("SELECT pg_create_logical_replication_slot('dms', 'pgoutput')",),
        ("SELECT pg_drop_replication_slot('dms')",),
        "dms",
    ),
    (
        "invalid databases",
        ("CREATE DATABASE half", "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'half'"),
        ("UPDATE pg_database SET datconnlimit = -1 WHERE datname = 'half'", "DROP DATABASE half"),
        "half",
    ),
    (CLOSED, ("CREATE DATABASE closed ALLOW_CONNECTIONS false",), ("DROP DATABASE closed",), "closed"),
    (
        CLOSED,
        ("ALTER DATABASE template0 ALLOW_CONNECTIONS true",),
        ("ALTER DATABASE template0 ALLOW_CONNECTIONS false",),
        "template0",
    ),
    (
        "roles whose names begin with pg_",
        (
            "SET allow_system_table_mods = on",
            "CREATE ROLE wrong",
            "UPDATE pg_authid SET rolname = 'pg_wrong' WHERE rolname = 'wrong'",
        ),
        (
            "SET allow_system_table_mods = on",
            "UPDATE pg_authid SET rolname = 'wrong' WHERE rolname = 'pg_wrong'",
            "DROP ROLE wrong",
        ),
        "pg_wrong",
    ),
]

NEVER_HERE = {"tables WITH OIDS", "replication slots that cannot be kept"}
"""What PostgreSQL 18 cannot be brought to have; that the questions are answered is tested all the same."""


def _checks() -> dict[str, CatalogCheck]:
    return {check.name: check for check in [*CATALOG_CHECKS, catalog_checks(16, 18)[-1]]}


@pytest.mark.parametrize(
    ("name", "statements", "found"), TRIPPING, ids=[f"{row[0]}-{i}" for i, row in enumerate(TRIPPING)]
)
def test_what_pg_upgrade_refuses_is_found_with_its_database(
    server: Server, name: str, statements: tuple[str, ...], found: str
) -> None:
    server.try_out(*statements)
    check = look(server.subject, _checks()[name])
    assert check.outcome is Outcome.FAILED
    assert check.detail == found
    assert check.remedy


@pytest.mark.parametrize(
    ("name", "statements", "ending", "found"), OF_THE_CLUSTER, ids=[row[0] for row in OF_THE_CLUSTER]
)
def test_what_pg_upgrade_refuses_of_the_cluster_is_found_once(
    server: Server, name: str, statements: tuple[str, ...], ending: tuple[str, ...], found: str
) -> None:
    server.run(*statements)
    try:
        check = look(server.subject, _checks()[name])
    finally:
        server.run(*ending)
    assert (check.outcome, check.detail) == (Outcome.FAILED, found)


@pytest.mark.parametrize("query", ["SELECT wal_fpi FROM pg_stat_wal", "SELECT * FROM pg_stat_wal"])
@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW"])
def test_a_view_on_a_column_that_goes_is_found(
    server: Server, monkeypatch: pytest.MonkeyPatch, kind: str, query: str
) -> None:
    monkeypatch.setattr(catalog, "_REMOVED_COLUMNS", {17: {"pg_stat_wal": "wal_fpi", "pg_stat_io": "op_bytes"}})
    server.try_out(f"CREATE {kind} v AS {query}", "CREATE VIEW fine AS SELECT wal_bytes FROM pg_stat_wal")
    check = look(server.subject, catalog_checks(16, 17)[-1])
    assert (check.outcome, check.detail) == (Outcome.FAILED, "shop: v (pg_stat_wal.wal_fpi)")


def test_each_check_has_a_database_that_trips_it() -> None:
    assert {VIEWS} | {row[0] for row in TRIPPING} | {row[0] for row in OF_THE_CLUSTER} | NEVER_HERE == set(_checks())


def test_a_database_without_any_of_it_passes(server: Server) -> None:
    server.try_out(
        "CREATE TABLE t (i int NOT NULL, c regclass, t regtype, r regrole, names text[], span int4range)",
        "CREATE VIEW v AS SELECT 'sum(int)'::regprocedure AS f, numbackends FROM pg_stat_database",
        "CREATE TABLE child () INHERITS (t)",
        "CREATE AGGREGATE total (int) (sfunc = int4pl, stype = int)",
        "CREATE EXTENSION pg_stat_statements",
    )
    wrong = [
        (check.name, found.detail)
        for check in _checks().values()
        if (found := look(server.subject, check)).outcome is not Outcome.PASSED
    ]
    assert wrong == []


def test_a_temporary_table_of_another_session_is_none_of_the_cluster(server: Server) -> None:
    with server.connect() as other:
        other.execute("CREATE TEMPORARY TABLE t (f regproc)")
        assert look(server.subject, _checks()[REG]).outcome is Outcome.PASSED


def test_ten_are_named_and_the_rest_are_counted(server: Server) -> None:
    server.try_out("CREATE TABLE t (" + ", ".join(f"f{number:02} regproc" for number in range(12)) + ")")
    detail = look(server.subject, _checks()[REG]).detail
    assert detail.startswith("shop: public.t.f00, ")
    assert detail.endswith("shop: public.t.f09 and 2 more")


@pytest.mark.parametrize(
    ("running", "to", "with_it", "without"),
    [
        (15, 17, [ACLITEM], ["postfix operators", NOT_NULL]),
        (16, 17, ["logical replication slots"], [ACLITEM, NOT_NULL]),
        (13, 17, ["postfix operators", ARRAYS, "conversions between encodings"], ["tables WITH OIDS"]),
        (17, 18, [NOT_NULL, "subscriptions that are being set up"], ["logical replication slots"]),
    ],
)
def test_a_check_is_made_only_between_the_versions_that_it_is_about(
    running: int, to: int, with_it: list[str], without: list[str]
) -> None:
    names = [check.name for check in catalog_checks(running, to)]
    assert set(with_it) <= set(names)
    assert not set(without) & set(names)


@pytest.mark.parametrize(
    ("running", "to", "expected"),
    [(16, 17, "pg_stat_bgwriter"), (17, 18, "pg_stat_wal"), (14, 15, "datlastsysoid"), (16, 18, "op_bytes")],
)
def test_views_are_looked_through_for_the_columns_that_go_between_two_versions(
    running: int, to: int, expected: str
) -> None:
    assert expected in catalog_checks(running, to)[-1].sql


def test_no_column_goes_within_a_version_or_back() -> None:
    names: list[Any] = [check.name for pair in [(15, 16), (17, 17)] for check in catalog_checks(*pair)]
    assert VIEWS not in names
