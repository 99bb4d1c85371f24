"""`aurora-serverless reset` and `aurora-serverless seed`: what they spare, and where they are refused."""

import io
from pathlib import Path

import pytest

from tests.deployed.deployment import deploy, run
from tests.operations.migrations.conftest import Migrated

YES = ("--yes-destroy", "dev")
ONE = """
CREATE SCHEMA shop;
CREATE TYPE mood AS ENUM ('good');
CREATE TABLE shop.one (a serial PRIMARY KEY, m mood, other int);
CREATE TABLE two (a int REFERENCES shop.one, "odd;name" text);
ALTER TABLE shop.one ADD FOREIGN KEY (other) REFERENCES shop.one;
CREATE SEQUENCE numbers;
CREATE VIEW seen AS SELECT a FROM two;
CREATE MATERIALIZED VIEW kept AS SELECT a FROM seen;
CREATE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
CREATE DOMAIN small AS int CHECK (VALUE < 10);
"""


def reset(database: Migrated, *arguments: str, folder: bool = False) -> tuple[int, str, str]:
    done = database.command("reset", "dev", *arguments, folder=folder)
    return done.status, done.output, done.errors


def things(database: Migrated) -> set[str]:
    rows = database.query("""
        SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
        UNION ALL SELECT nspname FROM pg_namespace WHERE nspname = 'shop'""")
    return {row["name"] for row in rows}


def test_all_that_the_migrations_made_goes(empty: Migrated) -> None:
    empty.write(_0001_one=ONE, _0002_rename="ALTER TABLE two RENAME TO three")
    assert empty.migrate().status == 0
    status, output, errors = reset(empty, *YES)
    assert (status, errors) == (0, "")
    assert "- table public.three\n" in output
    assert "- schema shop\n" in output
    assert things(empty) == set()
    assert reset(empty, *YES)[1] == "dev: nothing to drop\n"


def test_what_others_made_stays(empty: Migrated) -> None:
    empty.client.execute("CREATE TABLE before (a int)")
    empty.write(_0001_one="CREATE TABLE one (a int)")
    empty.migrate()
    empty.client.execute("CREATE TABLE after (a int)")
    assert reset(empty, *YES)[0] == 0
    assert empty.tables() == {"before", "after"}


def test_it_is_refused_where_something_else_would_go_with_it(empty: Migrated) -> None:
    empty.write(_0001_one="CREATE TABLE one (a int)")
    empty.migrate()
    empty.client.execute("CREATE VIEW by_hand AS SELECT a FROM one")
    status, output, errors = reset(empty, *YES)
    assert (status, output) == (1, "")
    assert "nothing was dropped: the migrations did not make view public.by_hand, which depends on what they" in errors
    assert empty.tables() == {"one"}
    assert empty.ledger() == [(1, "one", "applied")]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "this drops all data of dev: say so with --yes-destroy dev"),
        (["--yes-destroy", "production"], "production is not dev: nothing was dropped"),
        (["--yes-destroy", ""], " is not dev: nothing was dropped"),
        (["--migrate", *YES, "--folder", "/nowhere"], "there is no folder /nowhere"),
    ],
)
def test_it_drops_nothing_unless_told_by_name(
    empty: Migrated, monkeypatch: pytest.MonkeyPatch, arguments: list[str], line: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("dev\n"))
    empty.write(_0001_one="CREATE TABLE one (a int)")
    empty.migrate()
    status, _, errors = reset(empty, *arguments)
    assert status == 2
    assert line in errors
    assert empty.tables() == {"one"}


@pytest.mark.parametrize(("answer", "status"), [("dev\n", 0), ("yes\n", 2), ("\n", 130)])
def test_on_a_terminal_it_asks_for_the_name(
    empty: Migrated, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
) -> None:
    stdin = io.StringIO(answer)
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", stdin)
    empty.write(_0001_one="CREATE TABLE one (a int)")
    empty.migrate()
    assert reset(empty)[0] == status
    assert empty.tables() == ({"one"} if status else set())


@pytest.mark.parametrize("command", [["reset", *YES], ["seed", "--file", "{seed}"]])
@pytest.mark.parametrize("key", ["deletion_protection", "prevent_destroy"])
def test_an_environment_with_protection_is_spared(
    empty: Migrated, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], key: str
) -> None:
    project = tmp_path / "project"
    (project / "environments").mkdir(parents=True)
    (project / ".local-aws").symlink_to(empty.deployment.project / ".local-aws")
    text = (empty.deployment.project / "environments" / "dev.toml").read_text()
    (project / "environments" / "dev.toml").write_text(f"{text}\n[protection]\n{key} = true\n")
    (tmp_path / "seed.sql").write_text("CREATE TABLE seeded (a int)")
    line = [part.format(seed=tmp_path / "seed.sql") for part in command]
    done = run(capsys, line[0], "dev", *line[1:], "--local", "--project", str(project), "--database", empty.database)
    assert (done.status, done.output) == (1, "")
    assert f"it has protection.{key} of the environment dev" in done.error
    assert empty.tables() == set()


def test_a_living_cluster_with_deletion_protection_is_spared(
    empty: Migrated, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    protected = deploy(empty.deployment.aws, tmp_path / "protected", DeletionProtection=True)
    done = protected.run(capsys, "reset", *YES)
    assert (done.status, done.output) == (1, "")
    assert f"dev is not reset: it has DeletionProtection of the cluster {protected.cluster}" in done.error


def test_sample_data_are_all_or_nothing(empty: Migrated, tmp_path: Path) -> None:
    seed = tmp_path / "seed.sql"
    seed.write_text("CREATE TABLE seeded (a int);\nINSERT INTO seeded VALUES (1);\nINSERT INTO seeded VALUES ('x')")
    done = empty.command("seed", "dev", "--file", str(seed), folder=False)
    assert done.status == 1
    assert "seed.sql:3: invalid input syntax for type integer" in done.error
    assert empty.tables() == set()


def test_a_file_of_sample_data_that_is_none(empty: Migrated, tmp_path: Path) -> None:
    done = empty.command("seed", "dev", "--file", str(tmp_path / "none.sql"), folder=False)
    assert (done.status, "cannot be read" in done.error) == (2, True)
