"""The command line as a whole: help, exit statuses, one-line errors, colours, Ctrl-C, and no secret anywhere."""

import json
import os
import pty
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cli import debug
from cli import main as cli
from cli.exit_status import ExitStatus
from operations.errors import ErrorKind
from operations.target.where import Where
from tests.conftest import ROOT
from tests.deployed.deployment import PASSWORD, Deployment, run
from tests.deployed.fixtures import CommandLine

COMMANDS = ["wait", "env", "check", "status", "restart", "sql", "activity", "metrics", "scaling", "upgrade"]
REQUIRED = {"sql": ["SELECT 1 AS one"], "upgrade": ["--to", "17.7"]}
"""What a command needs to be told besides the environment."""
CHANGING = ["migrate", "seed", "reset", "users"]
NOT_LOCAL = ["tunnel"]
INTERACTIVE = ["shell"]
OF_SYNTHESIZED = ["cost", "diagram"]
WITH_A_COMMAND = ["run"]
HERE = ["local"]
BEFORE_A_DEPLOY = ["new", "adopt", "explain", *OF_SYNTHESIZED, "review", "changed", "ci", "policy", "facts"]
HELP = Path(__file__).with_name("help.txt")


def started(deployed: Deployment, *arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
    """Start the command as a process of its own."""
    line = [sys.executable, "-P", "-m", "cli", *arguments, "--local", "--project", str(deployed.project)]
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    variables = {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "120", **options.pop("variables", {})}
    return subprocess.Popen(line, env=environment | variables, cwd=deployed.project, **options)


def on_a_terminal(deployed: Deployment, *arguments: str, **variables: str) -> str:
    """Return what a person's terminal gets, with its control codes."""
    controller, terminal = pty.openpty()
    process = started(deployed, *arguments, variables=variables, stdin=terminal, stdout=terminal, stderr=terminal)
    os.close(terminal)
    parts = []
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        parts.append(part)
    os.close(controller)
    process.wait(30)
    return b"".join(parts).decode()


def test_the_help_is_the_one_that_was_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Accept another one, once read: `./aurora-serverless --help | sed 's/ *$//' > tests/cli/help.txt`."""
    monkeypatch.setenv("COLUMNS", "80")
    done = run(capsys, "--help")
    assert done.status == 0
    assert "\n".join(line.rstrip() for line in done.output.splitlines()).strip() == HELP.read_text().strip()


def test_the_help_lists_commands_in_their_order_and_every_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    output = run(capsys, "--help").output
    after = [*COMMANDS[:2], *WITH_A_COMMAND, *COMMANDS[2:6], *INTERACTIVE, *COMMANDS[6:], *NOT_LOCAL, *CHANGING]
    assert re.findall(r"^│ ([a-z]+)  ", output, re.MULTILINE) == [*HERE, *BEFORE_A_DEPLOY, *after]
    assert re.findall(r"^╭─ (\w[\w ]*) ─", output, re.MULTILINE) == [
        "Options",
        "On this machine",
        "Before a deploy",
        "After a deploy",
        "Schema and users",
        "Exit status",
    ]
    for ending in ExitStatus:
        assert re.search(rf"│ {ending.value} +{re.escape(ending.meaning)}", output)


@pytest.mark.parametrize("command", ["up", "down", "status", "logs"])
def test_each_command_for_this_machine_has_a_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    done = run(capsys, "local", command, "--help")
    assert done.status == 0
    assert "--project" in done.output
    assert ("--json" in done.output) == (command != "logs")


def test_a_command_that_runs_another_has_a_help(capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, "run", "--help")
    assert done.status == 0
    assert "[environment] -- COMMAND..." in " ".join(done.output.split())
    assert "--local" in done.output


@pytest.mark.parametrize("command", [*COMMANDS, *INTERACTIVE, *NOT_LOCAL, *CHANGING])
def test_each_command_has_a_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    done = run(capsys, command, "--help")
    assert done.status == 0
    assert ("--json" in done.output) == (command not in INTERACTIVE)
    for option in ("--local", "--cluster-arn", "--secret-arn", "--database", "--region"):
        assert option in done.output


@pytest.mark.parametrize("command", BEFORE_A_DEPLOY)
def test_each_command_before_a_deploy_has_a_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    done = run(capsys, command, "--help")
    assert done.status == 0
    assert "--json" in done.output
    assert "--cluster-arn" not in done.output
    assert ("--project" in done.output) == (command not in {"explain", "facts"})


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["wayt"], "No such command 'wayt'. Did you mean 'wait'?"),
        (["wait", "dev", "--unknown"], "No such option: --unknown"),
        (["wait", "dev", "more"], "unexpected extra argument"),
        (["wait", "dev", "--deadline-seconds"], "requires an argument"),
        (["wait", "dev", "--deadline-seconds", "-1"], "'--deadline-seconds'"),
        (["wait", "dev", "--deadline-seconds", "inf"], "'--deadline-seconds'"),
        (["status", "dev", "--events", "few"], "'--events'"),
        (["scaling", "dev", "--hours", "-3"], "'--hours'"),
        (["env", "dev", "--output"], "requires an argument"),
        (["check", "dev", "--json=yes"], "does not take a value"),
        (["sql", "dev", "SELECT 1", "SELECT 2"], "unexpected extra argument"),
        (["migrate", "status", "dev", "--dry-run"], "No such option: --dry-run"),
        (["migrate", "dev", "production"], "unexpected extra argument"),
        (["seed", "dev", "--file"], "requires an argument"),
        (["reset", "dev", "--yes-destroy"], "requires an argument"),
    ],
)
def test_a_wrong_command_line_is_one_line(capsys: pytest.CaptureFixture[str], line: list[str], words: str) -> None:
    done = run(capsys, *line)
    assert (done.status, done.output) == (2, "")
    assert words.lower() in done.error.lower()
    assert done.error.startswith("error: ")


@pytest.mark.parametrize("command", COMMANDS)
def test_where_there_is_no_terminal_there_are_no_control_codes(command_line: CommandLine, command: str) -> None:
    arguments = REQUIRED.get(command, [])
    done = command_line(command, *arguments)
    assert done.status == 0
    assert "\x1b" not in done.output + done.errors


@pytest.mark.parametrize("command", COMMANDS)
def test_json_is_one_document_and_standard_error_is_silent(command_line: CommandLine, command: str) -> None:
    arguments = REQUIRED.get(command, [])
    done = command_line(command, *arguments, "--json")
    assert isinstance(json.loads(done.output), dict)
    assert done.errors == "" or command == "env"


def test_a_terminal_gets_colours_and_progress(deployed: Deployment) -> None:
    shown = on_a_terminal(deployed, "check", "dev")
    assert "\x1b[32m" in shown
    assert "checking dev" in shown


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_color_is_honoured(deployed: Deployment, variables: dict[str, str]) -> None:
    shown = on_a_terminal(deployed, "check", "dev", **variables)
    assert "passed" in shown
    assert re.search(r"\x1b\[[0-9;]*m", shown) is None


@pytest.mark.parametrize("line", [["wait"], ["check"], ["sql", "SELECT nope"], ["sql", "SELECT * FROM pg_authid"]])
def test_no_output_has_the_password(deployed: Deployment, line: Sequence[str]) -> None:
    """On a terminal; `run` looks at everything else."""
    command, *arguments = line
    assert PASSWORD not in on_a_terminal(deployed, command, "dev", *arguments)


def test_a_mistake_of_its_own_is_one_line_without_what_it_was_about(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: Any, **__: Any) -> None:
        raise KeyError(PASSWORD)

    monkeypatch.setattr(cli, "group", lambda: wrong)
    done = run(capsys, "wait", "dev")
    assert done.status == ExitStatus.OWN_MISTAKE
    assert re.fullmatch(
        r"error: a bug in aurora-serverless itself, please report it: KeyError at \S+:\d+; --debug shows .*",
        done.error,
    )


@pytest.mark.parametrize("variable", ["AURORA_SERVERLESS_DEBUG", "ALEXDB_DEBUG"])
@pytest.mark.parametrize("line", [["--debug", "wait", "dev"], ["wait", "dev", "--debug"], ["wait", "dev"]])
def test_debug_shows_where_a_mistake_is_and_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: list[str], variable: str
) -> None:
    def wrong(*_: Any, **__: Any) -> None:
        try:
            raise KeyError(PASSWORD)
        except KeyError:
            raise TypeError(f"cannot connect to postgres://alex:{PASSWORD}@host/db with password={PASSWORD}") from None

    if "--debug" not in line:
        monkeypatch.setenv(variable, "1")
    monkeypatch.setattr(Where, "find", wrong)
    done = run(capsys, *line)  # which looks for the password
    assert (done.status, done.output) == (ExitStatus.OWN_MISTAKE, "")
    assert re.search(r'File ".*test_command_line.py", line \d+, in wrong', done.errors)
    assert "builtins.KeyError: (the message is left out: it may have a secret in it)" in done.errors
    assert "builtins.TypeError: cannot connect to postgres://***@host/db with password=***" in done.errors
    assert re.search(r"please report it: TypeError at \S+:\d+$", done.errors.splitlines()[-1])


def test_debug_shows_the_cause_of_any_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "outputs.json").write_text("{")
    done = run(capsys, "--debug", "env", "--outputs", str(tmp_path / "outputs.json"))
    assert (done.status, "json.decoder.JSONDecodeError: Expecting" in done.errors) == (2, True)
    assert done.errors.splitlines()[-1] == f"error: {tmp_path}/outputs.json is not a JSON object"
    assert "Traceback" not in run(capsys, "env", "--outputs", str(tmp_path / "outputs.json")).errors


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgresql://me:hunter2@db:5432/x", "hunter2"),
        ("https://user:p%40ss@proxy.example", "p%40ss"),
        ('{"username": "a", "password": "with \\"quote and space"}', "quote"),
        ("{'master_password': 'hunter two'}", "two"),
        ("MasterUserPassword=hunter2, Engine=x", "hunter2"),
        ("SecretString: hunter2", "hunter2"),
        ("secret_string = hunter2", "hunter2"),
        ("key AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("is wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("aws_session_token=FwoGZXIvYXdzEXAMPLE", "FwoGZXIvYXdzEXAMPLE"),
        ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc", "eyJhbGciOiJIUzI1NiJ9"),
        ("said of-the-environment", "of-the-environment"),
    ],
)
def test_a_message_has_no_secret_in_it(text: str, secret: str) -> None:
    shown = debug.without_secrets(text, {"DB_PASSWORD": "of-the-environment", "HOME": "said"})
    assert secret not in shown
    assert "***" in shown
    assert debug.without_secrets("'NoneType' object has no attribute 'get'", {}).endswith("no attribute 'get'")


def test_a_package_that_is_not_installed_is_one_line(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = command_line("metrics", "--plot", str(tmp_path / "load.png"))
    assert (done.status, done.error) == (
        2,
        "error: the package matplotlib is not installed: run make install-operations",
    )


def test_without_credentials_each_command_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    target = [
        "--cluster-arn",
        "arn:aws:rds:us-east-1:123456789012:cluster:alex",
        "--secret-arn",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:alex-AbCdEf",
        "--database",
        "alex",
    ]
    for command in [*COMMANDS, *CHANGING]:
        if command in {"check", "users"}:  # the one says it in its own first line, the other needs a file
            continue
        statement = {**REQUIRED, "reset": ["--yes-destroy", "alex"]}.get(command, [])
        done = run(capsys, command, *statement, *target)
        assert (command, done.status) == (command, ExitStatus.NO_ACCESS)
        assert done.error == (
            "error: there are no AWS credentials: run aws configure or aws sso login, or set AWS_PROFILE"
        )


def test_help_needs_neither_boto3_nor_cdktf_nor_the_environments() -> None:
    code = (
        "import sys\nfrom cli.main import main\nmain(['--help'])\n"
        "slow = {'boto3', 'botocore', 'cdktf', 'jsii', 'matplotlib', 'prompt_toolkit', 'pydantic', 'sqlparse'}\n"
        "slow &= set(sys.modules)\n"
        "sys.exit(f'imported: {sorted(slow)}' if slow else 0)"
    )
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}"}
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", OF_SYNTHESIZED)
def test_before_a_deploy_no_aws_and_no_cdktf_is_needed(command: str) -> None:
    code = (
        "import sys\nfrom cli.main import main\nmain(sys.argv[1:])\n"
        "slow = {'boto3', 'botocore', 'cdktf', 'jsii', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(f'imported: {sorted(slow)}' if slow else 0)"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}"}
    line = [sys.executable, "-c", code, command, "dev"]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_command_imports_cdktf(deployed: Deployment) -> None:
    code = (
        "import sys\nfrom cli.main import main\nmain(sys.argv[1:])\n"
        "slow = {'cdktf', 'jsii', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(f'imported: {sorted(slow)}' if slow else 0)"
    )
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}"}
    line = [sys.executable, "-c", code, "check", "dev", "--local", "--project", str(deployed.project)]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_kind_of_error_has_an_exit_status_of_its_own() -> None:
    statuses = [ExitStatus.of(kind) for kind in ErrorKind]
    assert len(set(statuses)) == len(statuses)
    assert ExitStatus.DONE not in statuses


def test_the_version_is_that_of_the_library(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((ROOT / "constructs/aurora_serverless/pyproject.toml").read_text())["project"]
    done = run(capsys, "--version")
    assert (done.status, done.output, done.errors) == (0, f"aurora-serverless {project['version']}\n", "")


@pytest.mark.parametrize("line", [[], ["cost"], ["migrate"], ["migrate", "apply"], ["check"]])
def test_a_flag_is_shown_without_a_type(capsys: pytest.CaptureFixture[str], line: list[str]) -> None:
    output = run(capsys, *line, "--help").output
    assert "--help" in output
    assert "<bool>" not in output
