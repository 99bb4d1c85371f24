"""Files without a transaction: how far they came is known, what is in doubt is found out, or asked for."""

import pytest

from aurora_serverless_data_api.splitting import Statement, split
from operations.migrations.unknown_outcome import concurrent_index, is_repeatable
from tests.operations.migrations.conftest import Migrated

TABLE = "CREATE TABLE one (a int);\nINSERT INTO one VALUES (1), (1)"
HEAD = "-- migrate: no-transaction\n"
INDEXES = f"{HEAD}CREATE INDEX CONCURRENTLY one_a ON one (a);\nCREATE INDEX CONCURRENTLY one_b ON one (a);"
UNIQUE = f"{HEAD}CREATE UNIQUE INDEX CONCURRENTLY one_a ON one (a);"
INSERTS = "\n".join([HEAD.rstrip(), "INSERT INTO one VALUES (2);", "INSERT INTO one VALUES (3);"])


@pytest.fixture
def one(empty: Migrated) -> Migrated:
    """Return a database with one table."""
    empty.write(_0001_one=TABLE)
    empty.migrate()
    return empty


def stop(database: Migrated, *, begun: int, done: int) -> None:
    """Leave the second file as a run leaves it that is killed."""
    database.migrate()
    database.client.execute(
        "UPDATE schema_migrations SET state = 'started', applied_at = NULL, statements_begun = :begun, "
        "statements_done = :done, made = '[]' WHERE version = 2",
        {"begun": begun, "done": done},
    )


def indexes(database: Migrated) -> set[tuple[str, bool]]:
    rows = database.query("""
        SELECT indexrelid::regclass::text AS name, indisvalid FROM pg_index WHERE indrelid = 'one'::regclass""")
    return {(row["name"], row["indisvalid"]) for row in rows}


def repair(database: Migrated, *arguments: str) -> tuple[int, str]:
    done = database.command("migrate", "repair", "dev", *arguments)
    return done.status, done.output + done.errors


def test_it_is_applied_statement_by_statement(one: Migrated) -> None:
    one.write(_0002_indexes=INDEXES)
    done = one.migrate()
    assert (done.status, done.errors) == (0, "")
    assert indexes(one) == {("one_a", True), ("one_b", True)}
    assert one.ledger()[1] == (2, "indexes", "applied")


def test_an_index_that_fails_leaves_nothing_invalid_and_the_file_goes_on_when_it_can(one: Migrated) -> None:
    one.write(_0002_unique=UNIQUE)
    done = one.migrate()
    assert done.status == 1
    assert done.error.startswith('error: migrations/0002_unique.sql:2: could not create unique index "one_a"')
    assert indexes(one) == set()
    assert one.ledger()[1] == (2, "unique", "started")
    one.client.execute("TRUNCATE one")
    assert one.migrate().status == 0
    assert indexes(one) == {("one_a", True)}


def test_the_place_of_an_error_is_that_of_the_file(one: Migrated) -> None:
    one.write(_0002_wrong=f"{HEAD}SELECT 1;\nSELECT\n  nothing;")
    assert one.migrate().error.startswith('error: migrations/0002_wrong.sql:4: column "nothing" does not exist')


def test_a_failed_file_can_be_fixed_and_begun_anew(one: Migrated) -> None:
    one.write(_0002_wrong=f"{HEAD}SELECT nothing;")
    one.migrate()
    one.write(_0002_wrong=f"{HEAD}SELECT 1;")
    done = one.migrate()
    assert done.status == 8
    assert "migrations/0002_wrong.sql was edited after it was started: restore it, or start it over with" in done.error
    assert repair(one, "--forget") == (0, "0002_wrong is started over by the next run\n")
    assert one.migrate().status == 0


def test_the_next_file_waits_for_one_that_is_started(one: Migrated) -> None:
    one.write(_0002_inserts=INSERTS)
    stop(one, begun=1, done=0)
    one.write(_0003_three="CREATE TABLE three (a int)")
    assert one.migrate().status == 8
    assert one.tables() == {"one"}


def test_an_index_in_doubt_that_is_there_counts_as_done(one: Migrated) -> None:
    one.write(_0002_indexes=INDEXES)
    stop(one, begun=1, done=0)
    one.client.execute("DROP INDEX one_b")
    assert one.migrate().status == 0
    assert indexes(one) == {("one_a", True), ("one_b", True)}


def test_an_invalid_index_in_doubt_is_made_anew(one: Migrated) -> None:
    one.write(_0002_unique=UNIQUE)
    one.migrate()
    with pytest.raises(Exception, match="could not create unique index"):
        one.client.execute("CREATE UNIQUE INDEX CONCURRENTLY one_a ON one (a)")
    assert indexes(one) == {("one_a", False)}
    one.client.execute("UPDATE schema_migrations SET statements_begun = 1 WHERE version = 2")
    one.client.execute("TRUNCATE one")
    assert repair(one) == (
        0,
        "migrations/0002_unique.sql:2 counts as not done: "
        "./aurora-serverless migrate dev --local continues from there\n",
    )
    assert indexes(one) == set()
    assert one.migrate().status == 0
    assert indexes(one) == {("one_a", True)}


@pytest.mark.parametrize(("decision", "rows"), [("--done", [1, 1, 2, 3, 3]), ("--again", [1, 1, 2, 2, 3, 3])])
def test_what_nobody_can_know_is_asked_for(one: Migrated, decision: str, rows: list[int]) -> None:
    one.write(_0002_inserts=INSERTS)
    stop(one, begun=1, done=0)
    for status, text in ((one.migrate().status, one.migrate().error), repair(one)):
        assert status == 8
        assert "migrations/0002_inserts.sql:2: a run ended in the middle of this statement" in text
        assert "--done, or --again; in: INSERT INTO one VALUES (2)" in text
    shown = one.command("migrate", "status", "dev")
    assert (shown.status, "0 of its statements are done, the next one is in doubt" in shown.output) == (8, True)
    word = "done" if decision == "--done" else "not done"
    assert repair(one, decision) == (
        0,
        f"migrations/0002_inserts.sql:2 counts as {word}: "
        "./aurora-serverless migrate dev --local continues from there\n",
    )
    assert one.migrate().status == 0
    assert [row["a"] for row in one.query("SELECT a FROM one ORDER BY a")] == rows


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        ([], 0, "nothing to repair"),
        (["--done"], 2, "no migration is half applied: there is nothing to decide; leave the option out"),
        (["--forget"], 2, "no migration is half applied"),
        (["--done", "--again"], 2, "give one of --done, --again, --forget and --accept"),
        (["--accept", "9"], 2, "--accept 9: this migration is not applied"),
    ],
)
def test_where_nothing_is_wrong_there_is_nothing_to_repair(
    one: Migrated, arguments: list[str], status: int, line: str
) -> None:
    found, text = repair(one, *arguments)
    assert found == status
    assert line in text


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("CREATE INDEX CONCURRENTLY a ON t (b)", "a"),
        ("create unique index concurrently if not exists a on only t (b)", "a"),
        ('CREATE INDEX CONCURRENTLY "A b" ON "S"."T" USING gin (b)', '"S"."A b"'),
        ("CREATE INDEX CONCURRENTLY a ON s.t (b)", "s.a"),
        ("CREATE INDEX CONCURRENTLY ON t (b)", None),
        ("CREATE INDEX a ON t (b)", None),
        ("DROP INDEX CONCURRENTLY a", None),
    ],
)
def test_the_index_of_a_statement_is_known_by_its_words(sql: str, index: str | None) -> None:
    [statement] = split(sql)
    assert concurrent_index(statement) == index


@pytest.mark.parametrize(
    ("sql", "repeatable"),
    [
        ("VACUUM one", True),
        ("REINDEX INDEX CONCURRENTLY a", True),
        ("DROP INDEX CONCURRENTLY IF EXISTS a", True),
        ("ALTER TYPE t ADD VALUE IF NOT EXISTS 'a'", True),
        ("ALTER TYPE t ADD VALUE 'a'", False),
        ("INSERT INTO one VALUES (1)", False),
    ],
)
def test_what_can_be_done_twice_is_known_by_its_words(sql: str, repeatable: bool) -> None:
    assert is_repeatable(Statement(sql, 1)) is repeatable
