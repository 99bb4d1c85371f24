"""States and files of outputs that anybody may have written: read, or refused in one line."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from analysis.errors import FileError
from operations.errors import ErrorKind, OperationsError
from operations.target.outputs import outputs_of_file, outputs_of_state
from tests.deployed.any_json import ANY, places, with_value
from tests.deployed.deployment import run, state_with

OUTPUTS = {
    "aurora_cluster_arn": "arn:aws:rds:us-east-1:123456789012:cluster:alex",
    "aurora_secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:alex-AbCdEf",
    "aurora_cluster_endpoint": "alex.example",
    "database_name": "alex",
    "lambda_role_arn": "arn:aws:iam::123456789012:role/alex",
    "data_api_enabled": "Enabled",
    "proxy_endpoint": "proxy.example",
    "aurora_reader_endpoint": "alex-ro.example",
}
PORT = {"aurora_port": 5432}
STATE = json.loads(state_with(OUTPUTS | PORT))
PLACES = list(places(STATE))


def is_refused(document: Any) -> bool:
    try:
        outputs_of_state(json.dumps(document), "state", "make cdktf")
    except FileError:
        return True
    except OperationsError as error:
        return error.kind in {ErrorKind.WRONG_INPUT, ErrorKind.NOT_DEPLOYED}
    return False


@settings(max_examples=300, deadline=None)
@given(document=ANY)
def test_a_state_of_any_form_is_refused(document: Any) -> None:
    assert is_refused(document)
    assert is_refused({"version": 4, "outputs": document})
    assert is_refused({"version": 4, "outputs": {}, "resources": document})


@pytest.mark.parametrize("path", PLACES)
@settings(max_examples=12, deadline=None)
@given(value=ANY)
def test_a_value_of_any_form_in_a_state_is_read_or_refused(path: tuple[Any, ...], value: Any) -> None:
    is_refused(with_value(STATE, path, value))


@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.parametrize("value", [7, True, [], ["a"], {}, {"a": 1}])
def test_an_output_that_is_not_a_text_is_told_by_its_name(name: str, value: Any) -> None:
    with pytest.raises(OperationsError, match=f"its output {name} is not a text") as caught:
        outputs_of_state(json.dumps(with_value(STATE, ("outputs", name, "value"), value)), "state", "make cdktf")
    assert caught.value.kind is ErrorKind.WRONG_INPUT


@pytest.mark.parametrize("value", ["5432", 5432.5, True, [5432]])
def test_a_port_that_is_not_a_whole_number_is_told(value: Any) -> None:
    with pytest.raises(OperationsError, match="its output aurora_port is not a whole number") as caught:
        outputs_of_state(
            json.dumps(with_value(STATE, ("outputs", "aurora_port", "value"), value)), "state", "make cdktf"
        )
    assert caught.value.kind is ErrorKind.WRONG_INPUT


@pytest.mark.parametrize("outputs", [[], [1], "a", 7, True])
def test_outputs_that_are_not_an_object_are_no_deployment(outputs: Any) -> None:
    assert is_refused(STATE | {"outputs": outputs})


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "7", "null", "{", "[" * 100_000, '{"a":' * 100_000, '{"a": 1, "a": 2}', '{"a": "\\ud800"}', "\0"],
)
@pytest.mark.parametrize("command", ["env", "wait", "status"])
def test_a_file_of_outputs_of_any_form_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, command: str
) -> None:
    (tmp_path / "outputs.json").write_text(text)
    done = run(capsys, command, "--outputs", str(tmp_path / "outputs.json"))
    assert (done.status in {2, 3}, done.output) == (True, "")
    assert done.error.startswith("error: ")


@pytest.mark.parametrize("place", ["/dev/zero", "/dev/null", "/", "fifo"])
def test_what_is_not_a_file_of_outputs_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, place: str
) -> None:
    os.mkfifo(tmp_path / "fifo")
    done = run(capsys, "env", "--outputs", str(tmp_path / place))
    assert (done.status, "cannot be read: " in done.error) == (2, True)


def test_outputs_come_out_of_a_pipe(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    text = json.dumps({name: {"value": value} for name, value in OUTPUTS.items()})
    thread = threading.Thread(target=lambda: fifo.write_text(text))
    thread.start()
    assert outputs_of_file(fifo).database == "alex"
    thread.join()
