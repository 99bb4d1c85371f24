"""The history: of one's own, kept between sessions, and without what tells a secret."""

import os
import stat
from pathlib import Path

import pytest

from cli.shell.history import folder, history


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def kept(name: str) -> list[str]:
    return list(history(name)[0].load_history_strings())


def test_statements_are_kept_for_the_next_session_of_the_database() -> None:
    history("dev")[0].append_string("SELECT 1,\n2;")
    assert kept("dev") == ["SELECT 1,\n2;"]
    assert kept("production") == []


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER ROLE alex PASSWORD 'hunter2';",
        "create user x\nwith password 'hunter2';",
        "SELECT crypt('hunter2', gen_salt('bf'));",
        "SELECT dblink_connect('postgres://a:hunter2@b/c');",
    ],
)
def test_what_tells_a_secret_is_not_kept(statement: str, state: Path) -> None:
    remembered, _ = history("dev")
    remembered.append_string(statement)
    assert remembered.get_strings() == kept("dev") == []
    assert all("hunter2" not in path.read_text() for path in state.rglob("*") if path.is_file())


def test_only_its_owner_may_read_it(state: Path) -> None:
    before = os.umask(0)
    try:
        history("dev")
    finally:
        os.umask(before)
    [file] = (path for path in state.rglob("*") if path.is_file())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o644)
    history("dev")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_it_cannot_be_kept_the_session_goes_on(state: Path) -> None:
    state.write_text("a file in the folder's place")
    remembered, why = history("dev")
    remembered.append_string("SELECT 1;")
    remembered.append_string("ALTER ROLE alex PASSWORD 'hunter2';")
    assert remembered.get_strings() == ["SELECT 1;"]
    assert why.startswith(f"{state}/aurora-serverless/shell-history-dev: ")


def test_a_relative_folder_of_states_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    assert folder() == Path.home() / ".local/state/aurora-serverless"
