"""`aurora-serverless migrate`: what is applied, and each way in which files and database do not fit."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from operations.migrations.connection import lock, undone
from tests.local_aws.data_api.database import ask
from tests.operations.migrations.conftest import Migrated

ONE = "CREATE TABLE one (a int PRIMARY KEY)"
TWO = "CREATE TABLE two (a int REFERENCES one)"
INDEX = "-- migrate: no-transaction\nCREATE INDEX CONCURRENTLY one_a ON one (a)"


@pytest.fixture
def two(empty: Migrated) -> Migrated:
    """Return a database with two migrations to come."""
    empty.write(_0001_one=ONE, _0002_two=TWO)
    return empty


@pytest.fixture
def faults(empty: Migrated) -> Iterator[Any]:
    """Return a function that lets calls of the Data API run into a fault."""
    aws = empty.deployment.aws
    yield lambda **fault: ask(aws, "/_local_aws/faults", [fault])
    ask(aws, "/_local_aws/faults", method="DELETE")


def test_what_is_not_applied_is_applied(two: Migrated) -> None:
    done = two.migrate()
    assert (done.status, done.errors) == (0, "")
    assert [line.split(",")[0] for line in done.output.splitlines()] == [
        "✓ 0001_one  1 statement",
        "✓ 0002_two  1 statement",
        "dev: 2 migrations applied",
    ]
    assert two.tables() == {"one", "two"}
    assert two.migrate().output == "dev: nothing to apply\n"


def test_a_new_file_is_applied_alone(two: Migrated) -> None:
    two.migrate()
    two.write(_0003_more="INSERT INTO one VALUES (1)")
    assert [one["version"] for one in two.migrate("--json").json["applied"]] == [3]
    assert two.query("SELECT a FROM one") == [{"a": 1}]


def test_it_stops_after_a_number(two: Migrated) -> None:
    assert two.migrate("--to", "1").status == 0
    assert two.tables() == {"one"}
    assert two.migrate("--to", "1").output == "dev: nothing to apply\n"
    assert two.migrate("--to", "2").status == 0


def test_the_name_of_the_command_can_be_written_out(two: Migrated) -> None:
    assert two.command("migrate", "apply", "dev", "--to", "1").status == 0


def test_options_may_come_before_the_environment(two: Migrated) -> None:
    assert two.command("migrate", "--dry-run", "dev").output.endswith("nothing was changed\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--to", "3"], "--to 3: the newest migration is 0002"),
        (["--to", "0"], "greater than or equal to 1"),
        (["--to", "one"], "valid integer"),
        (["--lock-seconds", "-1"], "greater than or equal to 0"),
        (["--lock-seconds", "inf"], "finite"),
        (["--folder", "/nowhere"], "there is no folder /nowhere: give --folder"),
    ],
)
def test_a_wrong_option_is_one_line(two: Migrated, arguments: list[str], line: str) -> None:
    done = two.command("migrate", "dev", *two.where, *(["--folder", str(two.folder)]), *arguments, folder=False)
    assert (done.status, done.output) == (2, "")
    assert line in done.error
    assert two.tables() == set()


def test_there_is_no_way_back(two: Migrated) -> None:
    two.migrate()
    done = two.migrate("--to", "1")
    assert done.status == 2
    assert "--to 1: the database is at 0002, and a migration cannot be undone" in done.error


def test_an_environment_that_is_none(two: Migrated) -> None:
    assert two.command("migrate", "stauts", "dev").status == 2
    assert two.command("migrate", "nowhere").status == 3


def test_a_dry_run_runs_it_all_and_changes_nothing(two: Migrated) -> None:
    done = two.migrate("--dry-run", "--json")
    assert [(one["version"], one["was_run"]) for one in done.json["applied"]] == [(1, True), (2, True)]
    assert two.query("SELECT to_regclass('one') IS NULL AND to_regclass('schema_migrations') IS NULL AS none") == [
        {"none": True}
    ]


def test_a_dry_run_finds_what_postgresql_refuses(two: Migrated) -> None:
    two.write(_0002_two="CREATE TABLE two (a int REFERENCES three)")
    done = two.migrate("--dry-run")
    assert done.status == 1
    assert done.error.startswith('error: migrations/0002_two.sql:1: relation "three" does not exist [SQLSTATE 42P01]')


def test_a_dry_run_lists_a_file_without_a_transaction(two: Migrated) -> None:
    two.write(_0003_index=INDEX)
    done = two.migrate("--dry-run")
    assert done.status == 0
    assert "- 0003_index  1 statement, not tried: it has no transaction\n" in done.output


def test_a_failing_statement_undoes_its_file_and_is_told_by_its_line(two: Migrated) -> None:
    two.write(_0002_two="CREATE TABLE two (a int);\n\nINSERT INTO two\nVALUES (1),\n  (b);\nCREATE TABLE three (a int)")
    done = two.migrate()
    assert done.status == 1
    assert done.error == (
        'error: migrations/0002_two.sql:5: column "b" does not exist [SQLSTATE 42703]; '
        "in: INSERT INTO two VALUES (1), (b)"
    )
    assert two.tables() == {"one"}
    assert two.ledger() == [(1, "one", "applied")]


def test_postgresql_s_hint_is_shown(empty: Migrated) -> None:
    empty.write(_0001_one="SELECT abz(1)", _0002_two=TWO)
    assert "hint: " in empty.migrate().error


def test_a_statement_that_wants_no_transaction_says_how(two: Migrated) -> None:
    two.write(_0003_index="CREATE INDEX CONCURRENTLY one_a ON one (a)")
    assert "hint: write -- migrate: no-transaction at the head of a file of its own" in two.migrate().error


def test_what_was_applied_before_an_error_is_in_the_json(two: Migrated) -> None:
    two.write(_0002_two="SELECT nothing")
    done = two.migrate("--json")
    assert (done.status, [one["version"] for one in done.json["applied"]]) == (1, [1])


EDITED = "CREATE TABLE one (a int PRIMARY KEY) -- edited"


def test_an_edited_file_is_found(two: Migrated) -> None:
    two.migrate()
    two.write(_0001_one=EDITED, _0003_three="CREATE TABLE three (a int)")
    for done in (two.migrate(), two.migrate("--dry-run"), two.command("migrate", "repair", "dev")):
        assert done.status == 8
        assert "migrations/0001_one.sql was edited after it was applied: restore it" in done.error
    assert two.tables() == {"one", "two"}


def test_an_edited_file_can_be_accepted(two: Migrated) -> None:
    two.migrate()
    two.write(_0001_one=EDITED)
    done = two.command("migrate", "repair", "dev", "--accept", "1")
    assert (done.status, done.output) == (0, "0001_one is accepted as it is now; the database was not changed\n")
    assert two.migrate().output == "dev: nothing to apply\n"
    assert two.command("migrate", "repair", "dev", "--accept", "1").output == "0001_one is as it was applied\n"
    assert two.command("migrate", "repair", "dev", "--accept", "3").status == 2


def test_another_file_under_an_applied_number_is_found(two: Migrated) -> None:
    two.migrate()
    (two.folder / "0002_two.sql").unlink()
    two.write(_0002_other="CREATE TABLE other (a int)")
    done = two.migrate()
    assert done.status == 8
    assert "migrations/0002_other.sql was edited after it was applied as 0002_two: " in done.error


def test_a_file_that_is_gone_is_found(two: Migrated) -> None:
    two.migrate()
    (two.folder / "0002_two.sql").unlink()
    done = two.migrate()
    assert done.status == 8
    assert "0002_two is in the database, and there is no such file" in done.error


def test_a_file_older_than_the_newest_applied_is_found(two: Migrated) -> None:
    two.migrate()
    two.client.execute("DELETE FROM schema_migrations WHERE version = 1")
    done = two.migrate()
    assert done.status == 8
    assert "migrations/0001_one.sql is older than the newest applied migration, 0002: give it the next" in done.error


def test_a_ledger_of_another_tool_is_left_alone(two: Migrated) -> None:
    two.client.execute("CREATE TABLE schema_migrations (version text)")
    done = two.migrate()
    assert done.status == 1
    assert "the table schema_migrations is not that of aurora-serverless" in done.error


def test_a_second_run_is_told_that_it_is_locked(two: Migrated) -> None:
    with undone(two.client) as transaction:
        lock(transaction)
        for done in (
            two.migrate("--lock-seconds", "0"),
            two.migrate("--lock-seconds", "0", "--dry-run"),
            two.command("migrate", "repair", "dev", "--lock-seconds", "0"),
            two.command("reset", "dev", "--yes-destroy", "dev", "--lock-seconds", "0"),
        ):
            assert done.status == 7
            assert done.error.startswith("error: locked: another run is migrating this database: wait for it")
        assert two.command("migrate", "status", "dev").status == 0
    assert two.migrate("--lock-seconds", "0").status == 0


def test_a_second_run_waits_for_the_first(two: Migrated) -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with undone(two.connect(two.database)) as transaction:
            lock(transaction)
            held.set()
            release.wait(10)

    holding = threading.Thread(target=hold)
    holding.start()
    held.wait(10)
    threading.Timer(1, release.set).start()
    assert two.migrate("--lock-seconds", "20").status == 0
    holding.join()


@pytest.mark.parametrize(
    "kind", ["resuming", "throttling", "serialization_failure", "lost_answer", "service_unavailable"]
)
@pytest.mark.parametrize("operation", ["BeginTransaction", "ExecuteStatement", "CommitTransaction"])
def test_what_passes_is_tried_again_and_nothing_is_done_twice(
    two: Migrated, faults: Any, kind: str, operation: str
) -> None:
    two.write(_0001_one="CREATE TABLE one (a int PRIMARY KEY);\nINSERT INTO one VALUES (1)")
    faults(kind=kind, operation=operation)
    done = two.migrate("--lock-seconds", "0", "--json")
    assert (done.status, done.errors) == (0, "")
    assert [one["version"] for one in done.json["applied"]] == [1, 2]
    assert two.ledger() == [(1, "one", "applied"), (2, "two", "applied")]


def test_status_shows_what_is_applied_and_pending(two: Migrated) -> None:
    fresh = two.command("migrate", "status", "dev", "--json")
    assert (fresh.status, [one["state"] for one in fresh.json["migrations"]]) == (0, ["pending", "pending"])
    two.migrate("--to", "1")
    done = two.command("migrate", "status", "dev")
    assert done.status == 0
    assert [line.split()[:2] for line in done.output.splitlines()[2:]] == [
        ["0001_one", "applied"],
        ["0002_two", "pending"],
    ]


def test_status_shows_what_is_wrong(two: Migrated) -> None:
    two.migrate()
    two.write(_0001_one=EDITED)
    (two.folder / "0002_two.sql").unlink()
    done = two.command("migrate", "status", "dev")
    assert done.status == 8
    assert "✗ migrations/0001_one.sql was edited" in done.output
    assert "✗ 0002_two is in the database, and there is no such file" in done.output
