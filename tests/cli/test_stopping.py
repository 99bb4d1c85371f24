"""Ctrl-C and the like while SQL runs: before the command ends, the transaction is rolled back and locks are free."""
# ruff: noqa: S608  # tables of these tests

import itertools
import signal
import subprocess
import sys
import time

import pytest

from aurora_serverless_data_api import Result, Transaction
from operations.sql.database import Database
from operations.target.where import PROJECT
from tests.cli.test_command_line import started
from tests.deployed.deployment import Deployment
from tests.deployed.fixtures import CommandLine

_numbers = itertools.count(1)


@pytest.fixture
def table(command_line: CommandLine) -> str:
    """Return the name of a table with one number, 1."""
    name = f"stopped_{next(_numbers)}"
    assert (
        command_line("sql", "--write", f"CREATE TABLE {name} (number int); INSERT INTO {name} VALUES (1)").status == 0
    )
    return name


def running(command_line: CommandLine, mark: str) -> int:
    """Return how many sessions run a statement with the mark in it."""
    sql = f"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%{mark}' || '-mark%'"
    [[count]] = command_line("sql", "--json", sql).json["results"][0]["rows"]
    return int(count)


def stopped(
    deployed: Deployment, command_line: CommandLine, mark: str, number: signal.Signals, *arguments: str
) -> tuple[int, bytes, float]:
    """Start `sql`, send it a signal once its marked statement runs; return how it ended, and after how long."""
    process = started(deployed, "sql", "dev", *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while not running(command_line, mark):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.1)
    process.send_signal(number)
    before = time.monotonic()
    output, errors = process.communicate(timeout=40)
    assert output == b""
    return process.returncode, errors, time.monotonic() - before


@pytest.mark.parametrize(
    ("number", "status", "by"),
    [(signal.SIGINT, 130, "Ctrl-C"), (signal.SIGTERM, 143, "SIGTERM"), (signal.SIGHUP, 129, "SIGHUP")],
)
def test_a_transaction_is_rolled_back_and_its_locks_are_free(
    deployed: Deployment, command_line: CommandLine, table: str, number: signal.Signals, status: int, by: str
) -> None:
    sql = f'UPDATE {table} SET number = 2; SELECT pg_sleep(40) AS "{table}-mark"; UPDATE {table} SET number = 3'
    ended, errors, seconds = stopped(deployed, command_line, table, number, "--write", sql)
    assert (ended, errors) == (status, f"error: stopped by {by}\n".encode())
    assert seconds < 20, "the statement was not waited for"
    assert command_line("sql", "--write", f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE NOWAIT").status == 0
    assert command_line("sql", "--json", f"SELECT number FROM {table}").json["results"][0]["rows"] == [[1]]
    assert running(command_line, table) == 0


def test_a_statement_that_only_reads_is_cancelled_too(
    deployed: Deployment, command_line: CommandLine, table: str
) -> None:
    sql = f'SELECT number, pg_sleep(40) AS "{table}-mark" FROM {table}'
    ended, errors, _ = stopped(deployed, command_line, table, signal.SIGINT, sql)
    assert (ended, errors, running(command_line, table)) == (130, b"error: stopped by Ctrl-C\n", 0)


def test_without_a_transaction_the_statement_is_cancelled_and_what_was_before_it_counts(
    deployed: Deployment, command_line: CommandLine, table: str
) -> None:
    sql = f'UPDATE {table} SET number = 2; SELECT pg_sleep(40) AS "{table}-mark"; UPDATE {table} SET number = 3'
    ended, errors, seconds = stopped(deployed, command_line, table, signal.SIGINT, "--write", "--no-transaction", sql)
    assert (ended, errors) == (
        130,
        b"error: stopped by Ctrl-C; the statement was cancelled, and what it had committed itself stays\n",
    )
    assert seconds < 20, "the statement was not waited for"
    assert running(command_line, table) == 0
    assert command_line("sql", "--json", f"SELECT number FROM {table}").json["results"][0]["rows"] == [[2]]


def test_a_statement_that_cannot_be_cancelled_is_told_with_how_to_see_and_end_it(
    monkeypatch: pytest.MonkeyPatch, deployed: Deployment
) -> None:
    def interrupted(_: Database, sql: str) -> Result:
        del sql
        raise _Stop

    monkeypatch.setattr(Database, "query", interrupted)  # and so nothing ever runs that could be found
    with pytest.raises(_Stop) as caught:
        Database(deployed.target()).query_alone("VACUUM")
    assert caught.value.__notes__ == [
        "the statement may go on to its end, and counts then: ./aurora-serverless activity dev --local "
        "--longer-than-seconds 0 shows its pid, and ./aurora-serverless sql dev --local "
        '"SELECT pg_cancel_backend(PID)" ends it'
    ]


@pytest.mark.parametrize("length", [65_530, 65_536])
def test_a_statement_of_any_length_that_the_data_api_takes_runs_alone(deployed: Deployment, length: int) -> None:
    text = "x" * (length - len("SELECT ''"))
    assert Database(deployed.target()).query_alone(f"SELECT '{text}'").rows == [[text]]


def test_a_first_statement_may_still_choose_the_isolation_level(command_line: CommandLine) -> None:
    sql = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SHOW transaction_isolation"
    done = command_line("sql", "--write", "--json", sql)
    assert (done.status, done.json["results"][1]["rows"]) == (0, [["serializable"]])


class _Stop(BaseException):
    pass


def test_a_commit_that_was_on_its_way_is_told(monkeypatch: pytest.MonkeyPatch, deployed: Deployment) -> None:
    def interrupted(_: object) -> None:
        raise _Stop

    monkeypatch.setattr(Transaction, "commit", interrupted)
    database = Database(deployed.target())
    with pytest.raises(_Stop) as caught, database.transaction(read_only=False) as transaction:
        transaction.query("SELECT 1")
    assert caught.value.__notes__ == [
        "the commit was on its way, and the changes may have been made or not: check before you try again"
    ]


def test_a_transaction_that_cannot_be_rolled_back_is_told(
    monkeypatch: pytest.MonkeyPatch, deployed: Deployment
) -> None:
    monkeypatch.setattr(Transaction, "roll_back", lambda _: None)
    database = Database(deployed.target())
    with pytest.raises(_Stop) as caught, database.transaction(read_only=True):
        raise _Stop
    assert caught.value.__notes__ == ["its transaction could not be rolled back, and ends by itself within 3 minutes"]


def test_ctrl_c_while_it_is_imported_shows_no_traceback() -> None:
    code = "import os, runpy, signal, sys\n"
    code += "class Stop:\n    def find_spec(self, name, *_):\n"
    code += "        if name == 'cli.main': os.kill(os.getpid(), signal.SIGINT)\n"
    code += "sys.meta_path.insert(0, Stop()); runpy.run_module('cli', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGINT
    assert done.stderr == b""
