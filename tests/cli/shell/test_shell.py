"""The shell on a database: transactions and how they end, commands, files, and Ctrl-C."""
# ruff: noqa: S608  # tables of these tests

import contextlib
import itertools
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from aurora_serverless_data_api import Result
from cli.shell.shell import COMMAND_NAMES, Shell
from operations.errors import OperationsError
from operations.sql.database import Database
from operations.sql.session import Session, State
from tests.deployed.deployment import Deployment
from tests.deployed.fixtures import CommandLine
from tests.local_aws.data_api.database import ask

_numbers = itertools.count(1)


class Typed:
    """What somebody types, line by line; `states` are what the prompts showed before them."""

    def __init__(self, lines: Iterable[str | type[BaseException]]) -> None:
        self._lines = iter(lines)
        self.states: list[State] = []

    def read(self, state: State) -> str:
        self.states.append(state)
        line = next(self._lines, EOFError)
        if isinstance(line, str):
            return line
        raise line


class Said:
    """What the shell printed, and the states that its prompts showed."""

    def __init__(self, output: str, errors: str, states: list[State], shell: Shell) -> None:
        self.output = output
        self.errors = errors
        self.states = "".join({State.NONE: "=", State.OPEN: "*", State.FAILED: "!"}[state] for state in states)
        self.shell = shell


Run = Callable[..., Said]


@pytest.fixture
def shell(deployed: Deployment, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that types lines into a new shell, and returns what was said."""

    def run(*lines: str | type[BaseException], write: bool = True) -> Said:
        capsys.readouterr()
        typed = Typed(lines)
        target = deployed.target()
        shell = Shell(Session(Database(target), write=write), contextlib.nullcontext(), target.command)
        shell.run(typed)
        captured = capsys.readouterr()
        return Said(captured.out, captured.err, typed.states, shell)

    return run


@pytest.fixture
def table(shell: Run) -> Iterator[str]:
    """Return the name of a table with the number 1."""
    name = f"shell_{next(_numbers)}"
    assert (
        shell(f"CREATE TABLE {name} (number int PRIMARY KEY, text text); INSERT INTO {name} VALUES (1);").errors == ""
    )
    yield name
    shell(f"DROP TABLE {name};")


def numbers(command_line: CommandLine, table: str) -> list[int]:
    rows = command_line("sql", "--json", f"SELECT number FROM {table} ORDER BY number").json["results"][0]["rows"]
    return [row[0] for row in rows]


def test_a_statement_counts_at_once(shell: Run, command_line: CommandLine, table: str) -> None:
    said = shell(f"INSERT INTO {table}\nVALUES (2);", f"SELECT number FROM {table};")
    assert (said.errors, said.states) == ("", "===")
    assert "done, 1 row changed" in said.output
    assert "(2 rows)" in said.output
    assert numbers(command_line, table) == [1, 2]


def test_without_write_nothing_changes_and_it_says_how(shell: Run, command_line: CommandLine, table: str) -> None:
    insert = f"INSERT INTO {table} VALUES (2);"
    said = shell(insert, "BEGIN READ WRITE;", insert, "ROLLBACK;", f"VACUUM {table};", write=False)
    assert said.errors.count("hint: leave with \\q and start it with --write to let it") == 2
    assert "outside of one, and with --write, it runs alone" in said.errors
    assert said.states == "==*!=="
    assert numbers(command_line, table) == [1]


def test_a_transaction_is_shown_and_counts_at_its_commit(shell: Run, command_line: CommandLine, table: str) -> None:
    said = shell("BEGIN;", f"INSERT INTO {table} VALUES (2);", "COMMIT;")
    assert said.states == "=**="
    assert [word for word in said.output.split() if word.isupper()] == ["BEGIN", "COMMIT"]
    assert "after 3 minutes without a statement" in said.errors
    assert numbers(command_line, table) == [1, 2]


def test_a_transaction_in_which_a_statement_failed_is_only_rolled_back(
    shell: Run, command_line: CommandLine, table: str
) -> None:
    said = shell("BEGIN;", f"INSERT INTO {table} VALUES (2);", "SELECT nope;", "SELECT 1;", "COMMIT;")
    assert said.states == "=**!!="
    assert "takes no more statements, since one has failed: ROLLBACK" in said.errors
    assert said.errors.count("SQLSTATE") == 1
    assert "a statement failed, and nothing was kept" in said.errors
    assert numbers(command_line, table) == [1]


def test_a_savepoint_lets_a_transaction_go_on(shell: Run, command_line: CommandLine, table: str) -> None:
    insert = f"INSERT INTO {table} VALUES"
    said = shell(
        "BEGIN;", f"{insert} (2);", "SAVEPOINT a;", f"{insert} (1);", "ROLLBACK TO a;", f"{insert} (3);", "END;"
    )
    assert said.states == "=***!**="
    assert "the row is there already: change it instead, or write ON CONFLICT" in said.errors
    assert numbers(command_line, table) == [1, 2, 3]


@pytest.mark.parametrize("last", [[], ["\\q"], ["exit"], ["quit;"], ["SELECT 1;\n\\q\nCOMMIT;"]])
def test_a_transaction_that_is_open_at_the_end_is_rolled_back(
    shell: Run, command_line: CommandLine, table: str, last: list[str]
) -> None:
    said = shell("BEGIN;", f"INSERT INTO {table} VALUES (2);", *last)
    assert said.errors.splitlines()[-1] == "the open transaction was rolled back"
    assert numbers(command_line, table) == [1]


def test_what_makes_the_shell_fail_rolls_back_too(shell: Run, command_line: CommandLine, table: str) -> None:
    with pytest.raises(SystemExit):
        shell("BEGIN;", f"INSERT INTO {table} VALUES (2);", SystemExit)
    assert command_line("sql", "--write", f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE NOWAIT").status == 0


def test_a_transaction_may_say_what_it_is(shell: Run) -> None:
    said = shell(
        "START TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY;", "SHOW transaction_isolation;", write=False
    )
    assert "serializable" in said.output


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("COMMIT;", "no transaction is open"),
        ("ROLLBACK;", "no transaction is open"),
        ("BEGIN; BEGIN;", "a transaction is open already: COMMIT or ROLLBACK ends it"),
        ("BEGIN; COMMIT AND CHAIN;", "the Data API chains no transactions: COMMIT, then BEGIN"),
        ("PREPARE TRANSACTION 'a';", "the Data API prepares no transaction"),
        ("SET search_path TO pg_catalog;", "outside of a transaction it ends with the statement: BEGIN first"),
        ("CREATE TEMPORARY TABLE gone ();", "outside of a transaction it ends with the statement: BEGIN first"),
        ("SELECT 1", ""),
    ],
)
def test_what_the_data_api_does_otherwise_is_said(shell: Run, line: str, words: str) -> None:
    assert words in shell(line).errors


def test_what_no_transaction_takes_runs_alone(shell: Run, table: str) -> None:
    said = shell(f"VACUUM {table};", f"BEGIN; VACUUM {table};")
    assert said.output.startswith("done, 0 rows changed")
    assert said.errors.count("SQLSTATE 25001") == 1
    assert "hint: end the transaction first" in said.errors


def test_ctrl_c_at_the_prompt_keeps_the_session(shell: Run) -> None:
    said = shell("BEGIN;", KeyboardInterrupt, "SELECT 7 AS seven;")
    assert (said.states, "seven" in said.output) == ("=***", True)


@pytest.mark.parametrize(
    ("begin", "words"),
    [([], "cancelled, and nothing of it counts"), (["BEGIN;"], "cancelled; the transaction was rolled back")],
)
def test_ctrl_c_cancels_the_statement_and_rolls_back(
    shell: Run, deployed: Deployment, command_line: CommandLine, table: str, begin: list[str], words: str
) -> None:
    database = Database(deployed.target())
    running = f"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%{table}' || '-mark%'"

    def interrupt() -> None:
        until = time.monotonic() + 60
        while database.query(running).rows == [[0]] and time.monotonic() < until:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    slow = f'INSERT INTO {table} SELECT 2 FROM pg_sleep(40) AS "{table}-mark";'
    said = shell(*begin, slow, "SELECT 'goes on';")
    thread.join()
    assert words in said.errors
    assert "goes on" in said.output
    assert set(said.states[-2:]) == {"="}
    assert numbers(command_line, table) == [1]
    assert database.query(running).rows == [[0]]


def test_what_runs_alone_is_cancelled_too(monkeypatch: pytest.MonkeyPatch, deployed: Deployment) -> None:
    database = Database(deployed.target())
    stock = Database.query
    running = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '/* aurora' || '%alone%'"

    def run(sql: str) -> None:
        with contextlib.suppress(OperationsError):  # it is cancelled
            stock(Database(deployed.target()), sql)

    def interrupted(_: Database, sql: str) -> Result:
        thread = threading.Thread(target=run, args=(sql,))
        thread.start()
        until = time.monotonic() + 60
        while not stock(database, running).rows and time.monotonic() < until:
            time.sleep(0.05)
        raise KeyboardInterrupt

    monkeypatch.setattr(Database, "query", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        database.query_alone("SELECT pg_sleep(40) AS alone")
    assert caught.value.__notes__ == ["the statement was cancelled, and what it had committed itself stays"]
    assert not stock(database, running).rows


def test_a_relation_is_described(shell: Run, table: str) -> None:
    said = shell(
        f"CREATE TABLE {table}_more (number int REFERENCES {table}, price numeric(8, 2) NOT NULL CHECK (price > 0), "
        "id int GENERATED ALWAYS AS IDENTITY, twice int GENERATED ALWAYS AS (number * 2) STORED, "
        "text text DEFAULT 'a');",
        f"CREATE VIEW {table}_view AS SELECT number FROM {table};",
        f"\\d {table}",
        f"\\d public.{table}_more",
        f"\\d {table}_view",
        f"DROP TABLE {table}_more; DROP VIEW {table}_view;",
    )
    assert said.errors == ""
    lines = [" ".join(line.split()) for line in said.output.splitlines()]
    for line in (
        f"table public.{table}",
        "number integer not null",
        f"{table}_pkey PRIMARY KEY btree (number)",
        f"{table}_more {table}_more_number_fkey FOREIGN KEY (number) REFERENCES {table}(number)",
        "price numeric(8,2) not null",
        "id integer not null generated always as identity",
        "twice integer generated always as ((number * 2)) stored",
        "text text 'a'::text",
        f"{table}_more_price_check CHECK (price > 0::numeric)",
        f"view public.{table}_view",
        f"FROM {table};",
    ):
        assert line in lines


def test_relations_are_listed(shell: Run, table: str) -> None:
    said = shell(f"CREATE SEQUENCE {table}_sequence;", "\\d", f"DROP SEQUENCE {table}_sequence;")
    assert f"{table}_sequence" in said.output
    said = shell("\\dt", f"\\d {table[:-1]}*", "\\dt no_such*")
    assert f"{table}_sequence" not in said.output
    assert said.output.count(f" {table} ") == 2
    assert said.errors == "there is none of the name no_such*\n"


def test_values_have_a_line_of_their_own_if_asked(shell: Run) -> None:
    assert "one │ 1" in shell("\\x", "SELECT 1 AS one;").output
    assert "one │ 1" not in shell("\\x on", "\\x", "SELECT 1 AS one;").output
    assert "one │ 1" not in shell("\\x auto", "SELECT 1 AS one;").output


def test_timing_shows_how_long_it_took(shell: Run) -> None:
    said = shell("\\timing", "SELECT 1;", "\\timing off", "SELECT 2;")
    assert re.findall(r"^Time: \d+ ms$", said.output, re.MULTILINE) != []
    assert said.output.count("Time") == 1


def test_a_file_runs_up_to_what_fails(shell: Run, command_line: CommandLine, table: str, tmp_path: Path) -> None:
    file = tmp_path / "some.sql"
    file.write_text(f"-- two\nINSERT INTO {table} VALUES (2);\nINSERT INTO {table}\nVALUES (nope);\nSELECT 3;\n")
    said = shell(f"\\i {file}")
    assert f'error: {file}: column "nope" does not exist [SQLSTATE 42703] at line 4, column 9' in said.errors
    assert "  4 | VALUES (nope);" in said.errors
    assert numbers(command_line, table) == [1, 2]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("\\d no_such", "error: there is no no_such: \\d lists what is there"),
        ("\\d 'a", "error: "),
        ("\\foo", "error: there is no command \\foo: \\? lists them"),
        ("\\x maybe", "error: \\x takes on, off, auto, not maybe"),
        ("\\timing maybe", "error: \\timing takes on or off, not maybe"),
        ("\\q now", "error: \\q takes nothing: leave now out"),
        ("\\i", "error: name a file: \\i FILE"),
        ("\\i no-such.sql", "error: no-such.sql cannot be read: No such file or directory"),
        ("SELECT nope FROM pg_class;", "hint: \\d TABLE lists the columns"),
        ("SELECT * FROM no_such;", "if a migration makes it, ./aurora-serverless migrate dev --local first"),
        ("SELECT '" + "x" * 70_000 + "';", "error: a statement is longer than 65,536 bytes"),
    ],
)
def test_what_is_wrong_is_one_line_and_the_shell_goes_on(shell: Run, line: str, words: str) -> None:
    said = shell(line, "SELECT 'goes on';")
    assert words in said.errors
    assert said.errors.count("error: ") == 1
    assert "goes on" in said.output


def test_the_help_lists_every_command(shell: Run) -> None:
    output = shell("\\?").output
    assert [line.split()[0] for line in output.splitlines() if line.startswith("  ")] == list(COMMAND_NAMES)
    assert all(len(line) <= 80 for line in output.splitlines())


def test_names_are_known_once_they_are_there(shell: Run, table: str) -> None:
    names = shell(f'BEGIN; CREATE TABLE {table}_new (number int, "Odd" int); COMMIT;').shell.names()
    assert names.columns[f"{table}_new"] == ["number", '"Odd"']
    assert "SELECT" in names.keywords
    assert f"{table}_new" not in shell(f"DROP TABLE {table}_new;").shell.names().columns


def test_an_answer_that_is_lost_ends_the_transaction(shell: Run, deployed: Deployment, table: str) -> None:
    faults = [{"kind": "lost_answer", "operation": "ExecuteStatement", "sql": f"INSERT INTO {table}"}]
    ask(deployed.aws, "/_local_aws/faults", faults)
    said = shell("BEGIN;", f"INSERT INTO {table} VALUES (2);", "SELECT 'goes on';")
    assert "the transaction was rolled back" in said.errors
    assert said.states == "=*=="
