"""The local AWS that stays up between commands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws import process
from local_aws.background import BackgroundAws
from local_aws.errors import LocalAwsError
from local_aws.process import LocalAws
from tests.local_aws.conftest import take_any_port


@pytest.fixture
def background(tmp_path: Path) -> Iterator[BackgroundAws]:
    """Return a background AWS that is stopped after the test, if the test started it."""
    created = BackgroundAws(tmp_path / "state")
    take_any_port(created.folder)
    yield created
    created.stop()


def test_a_second_command_finds_the_server_of_the_first(background: BackgroundAws) -> None:
    first = background.ensure_running("us-east-1")

    second = BackgroundAws(background.folder)

    assert second.ensure_running("eu-west-1").pid == first.pid
    assert second.ensure_running("eu-west-1").region == "eu-west-1"
    running = second.running()
    assert running is not None
    assert running.endpoint_url == first.endpoint_url


def test_a_second_command_can_stop_the_server(background: BackgroundAws) -> None:
    background.ensure_running("us-east-1")

    BackgroundAws(background.folder).stop()

    assert background.running() is None


def test_nothing_runs_before_the_first_command(background: BackgroundAws) -> None:
    assert background.running() is None
    assert background.deployed() == set()
    background.stop()  # harmless


@pytest.mark.parametrize(
    "record",
    ["", "not JSON", "{}", "[]", json.dumps({"endpoint_url": "http://127.0.0.1:9", "region": "us-east-1", "pid": 1})],
)
def test_a_record_of_a_server_that_is_gone_is_passed_over(background: BackgroundAws, record: str) -> None:
    (background.folder / "server.json").write_text(record)

    assert background.running() is None


def test_another_program_on_the_remembered_port_is_not_taken_for_local_aws(background: BackgroundAws) -> None:
    server = background.ensure_running("us-east-1")
    record = {"endpoint_url": server.endpoint_url, "region": "us-east-1", "pid": server.pid + 1}
    (background.folder / "server.json").write_text(json.dumps(record))

    assert background.running() is None


def test_a_new_server_begins_without_the_state_of_an_old_one(background: BackgroundAws) -> None:
    state = background.folder / "terraform.dev.tfstate"
    state.write_text("{}")
    background.note_deployed("dev")

    background.ensure_running("us-east-1")

    assert not state.exists()
    assert background.deployed() == set()


def test_what_was_deployed_is_remembered_until_it_is_destroyed(background: BackgroundAws) -> None:
    background.note_deployed("dev")
    background.note_deployed("reference")
    background.note_destroyed("dev")

    assert BackgroundAws(background.folder).deployed() == {"reference"}


def test_an_environment_of_another_account_is_refused(background: BackgroundAws) -> None:
    background.ensure_running("us-east-1")
    background.note_deployed("dev")

    with pytest.raises(LocalAwsError, match=r"runs as account 123456789012, but .* only 210987654321: .*\(dev\)"):
        background.ensure_running("us-east-1", "210987654321")


def test_a_port_is_that_of_every_start_from_then_on(background: BackgroundAws, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def start(*, port: int, **arguments: Any) -> LocalAws:
        asked.append(port)
        return process.start(port=0, **arguments)  # whatever else may have that port here

    monkeypatch.setattr("local_aws.background.start", start)
    monkeypatch.setattr("local_aws.background.check_free", lambda *_: None)
    background.ensure_running("us-east-1", port=7)
    background.stop()
    background.ensure_running("us-east-1")

    assert asked == [7, 7]


def test_an_interrupt_while_it_starts_leaves_no_server(
    background: BackgroundAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []

    def interrupted(starting: Any) -> Any:
        started.append(starting)
        raise KeyboardInterrupt

    monkeypatch.setattr(process, "_announcement", interrupted)
    with pytest.raises(KeyboardInterrupt):
        background.ensure_running("us-east-1")

    assert started[0].returncode is not None
