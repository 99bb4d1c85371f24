"""`aurora-serverless shell` on a terminal: what is seen and typed there, and how it ends."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.commands.shell import protection
from operations.target.where import Where
from tests.cli.test_command_line import started
from tests.deployed.deployment import PASSWORD, Deployment
from tests.deployed.fixtures import CommandLine
from tests.local_aws.data_api.database import ask

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\r\x08]")
_SECONDS = 60


class Terminal:
    """A shell on a terminal of its own; `seen` is all that it printed, without control codes."""

    def __init__(self, deployed: Deployment, state: Path, *arguments: str, **variables: str) -> None:
        self._controller, self.terminal = pty.openpty()
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
        self.settings = termios.tcgetattr(self.terminal)
        self.process = started(
            deployed,
            "shell",
            "dev",
            *arguments,
            variables={"XDG_STATE_HOME": str(state), "PROMPT_TOOLKIT_NO_CPR": "1", **variables},
            stdin=self.terminal,
            stdout=self.terminal,
            stderr=self.terminal,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C is a signal
        )
        self.seen = ""

    def type(self, text: str, *, until: str) -> str:
        """Type something, and return what is printed up to a text; a prompt is one."""
        os.write(self._controller, text.encode())
        return self.read(until)

    def read(self, until: str) -> str:
        found = ""
        end = time.monotonic() + _SECONDS
        while until not in found:
            assert time.monotonic() < end, f"{until!r} did not come: {self.seen!r}"
            if select.select([self._controller], [], [], 0.2)[0]:
                part = _CONTROL.sub("", os.read(self._controller, 65536).decode(errors="replace"))
                found += part
                self.seen += part
        return found

    def end(self) -> int:
        """Wait for the end, and return the exit status."""
        status = self.process.wait(_SECONDS)
        while select.select([self._controller], [], [], 0)[0]:
            self.seen += _CONTROL.sub("", os.read(self._controller, 65536).decode(errors="replace"))
        return status

    def hang_up(self) -> None:
        """Close the window."""
        os.close(self.terminal)
        os.close(self._controller)
        self.terminal = self._controller = -1

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.terminal >= 0:
            self.hang_up()


Open = Callable[..., Terminal]


@pytest.fixture
def shell(deployed: Deployment, tmp_path: Path) -> Iterator[Open]:
    """Return a function that opens a shell on a terminal."""
    opened: list[Terminal] = []

    def run(*arguments: str, **variables: str) -> Terminal:
        opened.append(Terminal(deployed, tmp_path, *arguments, **variables))
        return opened[-1]

    yield run
    for terminal in opened:
        terminal.close()


def test_a_session_from_its_first_line_to_its_last(shell: Open, deployed: Deployment, tmp_path: Path) -> None:
    ask(deployed.aws, "/_local_aws/faults", [{"kind": "resuming", "sql": "server_version"}])
    terminal = shell("--write")
    start = terminal.read("dev=>")
    assert "dev is resuming" in start
    assert "dev on local AWS: PostgreSQL " in start
    assert "alexadmin in alex\nstatements change it; " in start
    terminal.type("SELECT 6 * 7 AS\r", until="dev->")
    assert "42" in terminal.type("answer;\r", until="(1 row)")
    terminal.type("BEGIN;\r", until="dev*>")
    terminal.type("SELECT nope;\r", until="dev!>")
    terminal.type("half a statem\x03", until="dev!>")
    terminal.type(f"ALTER ROLE CURRENT_USER PASSWORD '{PASSWORD}';\r", until="dev!>")
    terminal.type("\x04", until="the open transaction was rolled back")
    assert terminal.end() == 0
    [history] = (path for path in tmp_path.rglob("*") if path.is_file())
    assert (history.stat().st_mode & 0o777, "SELECT nope;" in history.read_text()) == (0o600, True)
    assert "PASSWORD" not in history.read_text()


def test_ctrl_c_cancels_what_runs_and_the_shell_goes_on(shell: Open, command_line: CommandLine) -> None:
    terminal = shell()
    terminal.read("dev=>")
    terminal.type('SELECT pg_sleep(40) AS "of the terminal";\r', until="")
    sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%of the ' || 'terminal%'"
    end = time.monotonic() + _SECONDS
    while command_line("sql", "--csv", sql).output != "count\n1\n":
        assert time.monotonic() < end
    terminal.type("\x03", until="cancelled, and nothing of it counts")
    assert command_line("sql", "--csv", sql).output == "count\n0\n"
    terminal.type("\\q\r", until="")
    assert terminal.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_rolls_back_and_gives_the_terminal_back(
    shell: Open, command_line: CommandLine, number: signal.Signals
) -> None:
    command_line("sql", "--write", "CREATE TABLE IF NOT EXISTS of_the_shell (number int)")
    terminal = shell("--write")
    terminal.read("dev=>")
    terminal.type("BEGIN; LOCK TABLE of_the_shell;\r", until="dev*>")
    terminal.process.send_signal(number)
    assert terminal.end() == 128 + number
    assert f"stopped by {number.name}" in terminal.seen
    assert termios.tcgetattr(terminal.terminal) == terminal.settings
    assert command_line("sql", "--write", "LOCK TABLE of_the_shell IN ACCESS EXCLUSIVE MODE NOWAIT").status == 0


def test_a_terminal_that_is_closed_ends_the_shell(shell: Open, command_line: CommandLine) -> None:
    command_line("sql", "--write", "CREATE TABLE IF NOT EXISTS of_the_shell (number int)")
    terminal = shell("--write")
    terminal.read("dev=>")
    terminal.type("BEGIN; LOCK TABLE of_the_shell;\r", until="dev*>")
    terminal.hang_up()
    assert terminal.process.wait(_SECONDS) in {128 + signal.SIGHUP, 0}  # as the signal or the end of its input is first
    assert command_line("sql", "--write", "LOCK TABLE of_the_shell IN ACCESS EXCLUSIVE MODE NOWAIT").status == 0


def test_a_protected_database_is_told(deployed: Deployment) -> None:
    rds = deployed.aws.client("rds")
    where = Where("dev", local=True, project=deployed.project)
    assert protection(where, deployed.target()) == ""
    rds.modify_db_cluster(DBClusterIdentifier=deployed.cluster, DeletionProtection=True)
    try:
        told = protection(where, deployed.target())
    finally:
        rds.modify_db_cluster(DBClusterIdentifier=deployed.cluster, DeletionProtection=False)
    assert told == f"dev is protected: it has DeletionProtection of the cluster {deployed.cluster}"


def test_without_a_terminal_it_says_what_to_use(deployed: Deployment, command_line: CommandLine) -> None:
    done = command_line("shell", "--write")
    assert (done.status, done.output) == (2, "")
    line = f"./aurora-serverless sql dev --local --project {deployed.project} --write -"
    assert done.error == f"error: the shell is for a terminal; SQL of standard input runs with {line}"


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_color_is_honoured(shell: Open, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "_CONTROL", re.compile(r"\x1b\[\?[0-9]+[hl]|\x1b\[0?m"))
    terminal = shell(**variables)
    terminal.read("dev=>")
    terminal.type("SELECT 'a text' AS text;\r", until="(1 row)")
    assert re.search(r"\x1b\[[0-9;]*[1-9][0-9;]*m", terminal.seen) is None
