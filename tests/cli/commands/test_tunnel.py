"""`aurora-serverless tunnel`, with stand-ins of the AWS CLI and its plugin on PATH: neither is needed here."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.deployed.deployment import Done, run

ENDPOINT, READER = "shop.cluster-x.eu-west-1.rds.amazonaws.com", "shop.cluster-ro-x.eu-west-1.rds.amazonaws.com"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"
OUTPUTS: dict[str, Any] = {
    "aurora_cluster_arn": "arn:aws:rds:eu-west-1:123456789012:cluster:shop",
    "aurora_cluster_endpoint": ENDPOINT,
    "aurora_reader_endpoint": READER,
    "aurora_port": 5433,
    "aurora_secret_arn": SECRET,
    "database_name": "shop",
    "lambda_role_arn": "arn:aws:iam::123456789012:role/shop",
    "bastion_instance_id": "i-0123456789abcdef0",
}
STAND_IN = """#!{python}
# A stand-in of {name}: it writes down how it was called, and does nothing else.
import json, os, sys, time
open({calls!r}, "a").write(json.dumps(sys.argv[1:]) + "\\n")
{rest}
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of stand-ins that is all of PATH."""
    folder = tmp_path / "stand-ins"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("aws", "session-manager-plugin"):
        stand_in(folder, name)
    return folder


def stand_in(folder: Path, name: str, rest: str = "") -> None:
    program = folder / name
    program.write_text(
        STAND_IN.format(python=sys.executable, name=name, calls=str(folder.parent / f"{name}.calls"), rest=rest)
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def calls(programs: Path) -> list[list[str]]:
    file = programs.parent / "aws.calls"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def outputs(folder: Path, **others: Any) -> Path:
    file = folder / "outputs.json"
    values = {name: value for name, value in (OUTPUTS | others).items() if value is not None}
    file.write_text(json.dumps({name: {"value": value} for name, value in values.items()}))
    return file


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def tunnel(capsys: pytest.CaptureFixture[str], folder: Path, port: int | None, *arguments: str, **others: Any) -> Done:
    ports = [] if port is None else ["--local-port", str(port)]
    return run(capsys, "tunnel", "--outputs", str(outputs(folder, **others)), *ports, *arguments)


@pytest.mark.parametrize(("options", "host"), [([], ENDPOINT), (["--reader"], READER)])
def test_the_port_is_forwarded_to_the_endpoint_by_a_session_on_the_bastion(
    capsys: pytest.CaptureFixture[str], programs: Path, tmp_path: Path, free_port: int, options: list[str], host: str
) -> None:
    done = tunnel(capsys, tmp_path, free_port, *options)
    assert done.status == 0
    (call,) = calls(programs)
    parameters = json.loads(call.pop())
    assert call == [
        *("ssm", "start-session", "--region", "eu-west-1", "--target", "i-0123456789abcdef0"),
        *("--document-name", "AWS-StartPortForwardingSessionToRemoteHost", "--parameters"),
    ]
    assert parameters == {"host": [host], "portNumber": ["5433"], "localPortNumber": [str(free_port)]}
    assert f'psql "host={host} hostaddr=127.0.0.1 port={free_port} dbname=shop sslmode=require"' in done.output
    assert f"get-secret-value --region eu-west-1 --secret-id {SECRET}" in done.output


def test_a_script_is_told_before_the_tunnel_opens_and_of_nothing_that_the_programs_say(
    capsys: pytest.CaptureFixture[str], programs: Path, tmp_path: Path, free_port: int
) -> None:
    stand_in(programs, "aws", 'print("Starting session")')
    told = json.loads(tunnel(capsys, tmp_path, free_port, "--json").output)
    assert (told["host"], told["port"], told["local_port"]) == (ENDPOINT, 5433, free_port)


@pytest.mark.parametrize("program", ["aws", "session-manager-plugin"])
def test_a_program_that_is_missing_is_named_with_where_to_get_it(
    capsys: pytest.CaptureFixture[str], programs: Path, tmp_path: Path, free_port: int, program: str
) -> None:
    (programs / program).unlink()
    done = tunnel(capsys, tmp_path, free_port)
    assert done.status == 2
    assert done.error.startswith(f"error: {program} is not on PATH: install the ")
    assert "https://docs.aws.amazon.com/" in done.error
    assert calls(programs) == []


def test_a_deployment_without_a_bastion_is_refused_with_the_remedy(
    capsys: pytest.CaptureFixture[str], programs: Path, tmp_path: Path
) -> None:
    done = tunnel(capsys, tmp_path, None, bastion_instance_id=None)
    assert done.status == 3
    assert "shop has no bastion: add [bastion] to its file and deploy it" in done.error
    assert calls(programs) == []


def test_local_aws_and_a_bare_arn_are_refused(capsys: pytest.CaptureFixture[str], programs: Path) -> None:
    local = run(capsys, "tunnel", "dev", "--local")
    assert (local.status, "local AWS needs no tunnel" in local.error) == (2, True)
    bare = run(capsys, "tunnel", "--cluster-arn", OUTPUTS["aurora_cluster_arn"])
    assert (bare.status, "name the environment, or give --outputs" in bare.error) == (2, True)
    assert calls(programs) == []


def test_a_port_that_is_taken_is_refused(
    capsys: pytest.CaptureFixture[str], programs: Path, tmp_path: Path, taken_port: int
) -> None:
    done = tunnel(capsys, tmp_path, taken_port)
    assert (done.status, f"local port {taken_port} cannot be used" in done.error) == (2, True)
    assert calls(programs) == []


@pytest.mark.parametrize(("status", "expected"), [(254, 1), (253, 4)])
def test_a_session_that_fails_is_one_line_below_what_aws_says(
    capsys: pytest.CaptureFixture[str], programs: Path, tmp_path: Path, free_port: int, status: int, expected: int
) -> None:
    stand_in(programs, "aws", f"sys.exit({status})")
    done = tunnel(capsys, tmp_path, free_port)
    assert (done.status, done.error.startswith("error: the ")) == (expected, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_programs_too(programs: Path, tmp_path: Path, free_port: int, number: signal.Signals) -> None:
    # As the real ones do: the AWS CLI leaves Ctrl-C to the plugin, which closes the session.
    stand_in(
        programs,
        "session-manager-plugin",
        'import signal\nsignal.signal(signal.SIGINT, lambda *_: (open("closed", "w"), sys.exit()))\n'
        'open("ready", "w").close()\ntime.sleep(600)',
    )
    stand_in(
        programs,
        "aws",
        "import signal, subprocess\nplugin = subprocess.Popen(['session-manager-plugin'])\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\nsys.exit(plugin.wait())",
    )
    line = [sys.executable, "-m", "cli", "tunnel", "--outputs", str(outputs(tmp_path)), "--local-port", str(free_port)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}"}
    process = subprocess.Popen(
        line, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while not (tmp_path / "ready").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, (tmp_path / "closed").exists()) == (128 + number, True)
    assert errors.decode().startswith("error: stopped by ")
