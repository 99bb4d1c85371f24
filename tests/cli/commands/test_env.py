"""`aurora-serverless env`: the lines, and the file that they are written into."""

import io
import json
import os
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dotenv import dotenv_values
from hypothesis import given, settings, strategies

from operations.errors import ErrorKind, OperationsError
from operations.target.env_file import assignment, merged, write_env_file
from operations.target.outputs import REQUIRED_OUTPUTS
from tests.conftest import ROOT
from tests.deployed.deployment import Deployment, run
from tests.deployed.fixtures import CommandLine


def read_by_shell(file: Path) -> dict[str, str]:
    """Return what a program gets that is started after the file was sourced."""
    script = f'set -a; . "{file}"; env -0'
    done = subprocess.run(["sh", "-c", script], cwd=file.parent, env={}, capture_output=True, check=True)
    lines = done.stdout.decode().strip("\0").split("\0")
    found = dict(line.split("=", 1) for line in lines)
    return {name: value for name, value in found.items() if name not in {"PWD", "OLDPWD", "_", "SHLVL"}}


def read_by_python(file: Path) -> dict[str, str | None]:
    """Return what python-dotenv reads."""
    return dict(dotenv_values(file))


NAMES = [
    "AURORA_CLUSTER_ARN",
    "AURORA_SECRET_ARN",
    "AURORA_ENDPOINT",
    "AURORA_READER_ENDPOINT",
    "AURORA_PORT",
    "LAMBDA_ROLE_ARN",
    "DATABASE_NAME",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
]


def test_the_lines_are_printed(command_line: CommandLine, deployed: Deployment) -> None:
    done = command_line("env")
    lines = dict(line.split("=", 1) for line in done.output.splitlines())
    assert (done.status, list(lines)) == (0, NAMES)
    assert lines["AURORA_CLUSTER_ARN"] == deployed.outputs["aurora_cluster_arn"]
    assert lines["AURORA_SECRET_ARN"] == deployed.outputs["aurora_secret_arn"]
    assert lines["LAMBDA_ROLE_ARN"] == deployed.outputs["lambda_role_arn"]
    assert lines["DATABASE_NAME"] == "alex"
    assert lines["AURORA_READER_ENDPOINT"] == deployed.outputs["aurora_reader_endpoint"]
    assert lines["AURORA_PORT"] == "5432"
    assert lines["AWS_ENDPOINT_URL"] == deployed.aws.endpoint_url
    assert done.error.startswith("AWS_ENDPOINT_URL points to local AWS")


def test_a_hyphen_is_standard_output(command_line: CommandLine) -> None:
    assert command_line("env", "--output", "-").output == command_line("env").output


def test_as_json_it_is_an_object(command_line: CommandLine) -> None:
    assert list(command_line("env", "--json").json) == NAMES


def test_a_new_file_is_only_for_its_owner(command_line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    done = command_line("env", "--output", str(file))
    assert (done.status, done.output) == (0, f"{file}: 12 lines set\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == command_line("env").output


def test_other_lines_and_comments_stay(command_line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\nSTRIPE_KEY=secret\nexport DATABASE_NAME=old\n\n# DATABASE_NAME=other\nLAST=1")
    file.chmod(0o644)
    done = command_line("env", "--output", str(file), "--json")
    lines = file.read_text().splitlines()
    assert lines[:6] == [
        "# mine",
        "STRIPE_KEY=secret",
        "export DATABASE_NAME=alex",
        "",
        "# DATABASE_NAME=other",
        "LAST=1",
    ]
    assert [line.split("=")[0] for line in lines[6:]] == [name for name in NAMES if name != "DATABASE_NAME"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert done.json == {"file": str(file), "changed": True, "values": command_line("env", "--json").json}
    assert "STRIPE_KEY" not in done.output


def test_a_second_time_changes_nothing(command_line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    command_line("env", "--output", str(file))
    before = file.stat()
    assert command_line("env", "--output", str(file)).output == f"{file}: nothing to change\n"
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_line_ends_and_bytes_of_others_stay(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"NAME=\xff\xfe\r\nA=0\r\n")
    write_env_file(file, {"A": "1", "B": "2"})
    assert file.read_bytes() == b"NAME=\xff\xfe\r\nA=1\r\nB=2\r\n"


def test_a_name_that_stands_twice_is_set_twice() -> None:
    assert merged("A=0\nB=1\nA=2\n", {"A": "9"}) == "A=9\nB=1\nA=9\n"


READERS = {"a shell": read_by_shell, "python-dotenv": read_by_python}
TAKEN = [
    "",
    "two words",
    " spaces around ",
    "it's",
    "x'; touch pwned; '",
    "''",
    'say "x"',
    "#no comment",
    "a #b",
    "$HOME",
    "$(touch pwned)",
    "`touch pwned`",
    "a;touch pwned",
    "a&b|c>pwned",
    "a\\b",
    "~",
    "~root:~",
    "=ls",
    "a=b=c",
    "*",
    "{a,b}",
    "!!",
    "-n",
    "%s",
    "\N{LATIN SMALL LETTER U WITH DIAERESIS}\N{EURO SIGN}",
    "(a)",
    "arn:aws:secretsmanager:us-east-1:1:secret:rds!cluster-a",
]
REFUSED = [
    "a\nb",
    "a\rb",
    "\0",
    "\x1b[31m",
    "${HOME}",
    "it's $(touch pwned)",
    "it's `x`",
    "'\"",
    "'\\",
    "a\\",
    "a\\\\b",
    "\ud800",
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("value", TAKEN)
def test_every_reader_of_the_file_reads_the_value_and_runs_nothing(tmp_path: Path, value: str, reader: str) -> None:
    file = tmp_path / ".env"
    write_env_file(file, {"DATABASE_NAME": value, "LAST": "1"})
    assert READERS[reader](file) == {"DATABASE_NAME": value, "LAST": "1"}
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("value", REFUSED)
def test_a_value_that_readers_would_read_differently_is_refused(tmp_path: Path, value: str) -> None:
    file = tmp_path / ".env"
    with pytest.raises(
        OperationsError, match=r"DATABASE_NAME is .*: however it is quoted, .* env ENVIRONMENT --json"
    ) as caught:
        write_env_file(file, {"AWS_REGION": "us-east-1", "DATABASE_NAME": value})
    assert (caught.value.kind, list(tmp_path.iterdir())) == (ErrorKind.WRONG_INPUT, [])


@given(value=strategies.text(alphabet="a '\"$`\\{}#;=~!\n\u00fc", max_size=12))
@settings(max_examples=300, deadline=None)
def test_whatever_the_value_is_both_readers_agree_or_it_is_refused(value: str) -> None:
    try:
        line = assignment("A", value)
    except OperationsError:
        return
    assert dotenv_values(stream=io.StringIO(line + "\nB=1\n")) == {"A": value, "B": "1"}
    assert shlex.split(line) == [f"A={value}"]
    assert "$(" not in line or "'" in line


def test_a_name_from_other_peoples_outputs_runs_nothing(
    command_line: CommandLine, deployed: Deployment, tmp_path: Path
) -> None:
    outputs = tmp_path / "outputs.json"
    names = deployed.outputs | {"database_name": "x'$(touch pwned)'"}
    outputs.write_text(json.dumps({name: {"value": value} for name, value in names.items()}))
    done = command_line("env", "--outputs", str(outputs), where="")
    assert (done.status, done.output) == (2, "")
    assert "DATABASE_NAME is" in done.error
    assert (
        command_line("env", "--outputs", str(outputs), "--json", where="").json["DATABASE_NAME"] == "x'$(touch pwned)'"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("K='a\nNAME=inside\nb'\nNAME=old\n", "K='a\nNAME=inside\nb'\nNAME=new\n"),
        ('K="a\nNAME=in \\"side\nNAME=b" # c\nNAME=old', 'K="a\nNAME=in \\"side\nNAME=b" # c\nNAME=new'),
        ("export K = `a\nNAME=inside`\nNAME=old\n", "export K = `a\nNAME=inside`\nNAME=new\n"),
        ("K='it\\'s\nNAME=inside'\nNAME=old\n", "K='it\\'s\nNAME=inside'\nNAME=new\n"),
        ("K='it'\\''s'\nNAME=old\n", "K='it'\\''s'\nNAME=new\n"),
        ("K='C:\\'\nNAME=old\nL='x'\n", "K='C:\\'\nNAME=new\nL='x'\n"),
        ("K=it's\nNAME=old\nL=that's\n", "K=it's\nNAME=new\nL=that's\n"),
        ("# it's\nNAME=old\n# that's\n", "# it's\nNAME=new\n# that's\n"),
        ("K='open\nNAME=old\n", "K='open\nNAME=new\n"),
        ("NAME='a\nb\nc' # keep\nL=1\n", "NAME=new # keep\nL=1\n"),
        ("NAME=old # keep\n", "NAME=new # keep\n"),
        ("NAME='old'\t# keep\r\nL=1\r\n", "NAME=new\t# keep\r\nL=1\r\n"),
        ('NAME="o#ld"# keep\n', "NAME=new # keep\n"),
        ("NAME=# keep\n", "NAME=new # keep\n"),
        ("NAME= # keep\n", "NAME=new # keep\n"),
        ("NAME=o#ld\n", "NAME=new\n"),
        ("NAME=two words # keep\n", "NAME=new # keep\n"),
        ("NAME='it'\\''s' # keep\n", "NAME=new # keep\n"),
        ("NAME=old; L=1\n", "NAME=new; L=1\n"),
        ("  export  NAME = 'old'\n", "  export  NAME=new\n"),
        ("\ufeffNAME=old\n", "\ufeffNAME=new\n"),
        ("NAME=\n\nL=1\n", "NAME=new\n\nL=1\n"),
        ("L=1", "L=1\nNAME=new\n"),
        ("L=1\r\nM=2", "L=1\r\nM=2\r\nNAME=new\r\n"),
        ("XNAME=1\nNAMEX=2\nset NAME=3\n", "XNAME=1\nNAMEX=2\nset NAME=3\nNAME=new\n"),
    ],
)
def test_only_the_value_is_replaced(before: str, after: str) -> None:
    assert merged(before, {"NAME": "new"}) == after
    assert merged(after, {"NAME": "new"}) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "NOTE='it'\\''s\nAWS_REGION=of the text'\n",
            "NOTE='it'\\''s\nAWS_REGION=of the text'\nAWS_REGION=eu-west-1\n",
        ),
        ('NOTE="a""b\nAWS_REGION=c"\n', 'NOTE="a""b\nAWS_REGION=c"\nAWS_REGION=eu-west-1\n'),
        ('AWS_REGION="old"\\\nB=1\n', "AWS_REGION=eu-west-1\nB=1\n"),
        ("B=1\\\n", "B=1\\\n\nAWS_REGION=eu-west-1\n"),
        ("B=1\\", "B=1\\\n\nAWS_REGION=eu-west-1\n"),
    ],
)
def test_what_a_shell_joins_stays_joined_and_nothing_else_is(before: str, after: str) -> None:
    assert merged(before, {"AWS_REGION": "eu-west-1"}) == after


def test_a_file_in_utf_16_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\n", encoding="utf-16")
    before = file.read_bytes()
    with pytest.raises(OperationsError, match="UTF-16"):
        write_env_file(file, {"B": "1"})
    assert file.read_bytes() == before


@pytest.mark.parametrize("place", ["/dev/null", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_what_is_not_a_file_is_written_through(deployed: Deployment, place: str) -> None:
    line = [sys.executable, "-P", "-m", "cli", "env", "dev", "--output", place, "--local"]
    done = subprocess.run(
        [*line, "--project", str(deployed.project)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "AWS_ENDPOINT_URL points to local AWS" in done.stderr) == (0, True)
    assert [line.split("=")[0] for line in done.stdout.splitlines()] == ([] if place == "/dev/null" else NAMES)
    assert Path("/dev/null").is_char_device()


def test_a_value_that_a_shell_would_take_apart_is_quoted() -> None:
    assert merged("", {"A": "two words", "B": "arn:aws:secretsmanager:us-east-1:1:secret:rds!cluster-a"}) == (
        "A='two words'\nB=arn:aws:secretsmanager:us-east-1:1:secret:rds!cluster-a\n"
    )


def test_for_real_aws_the_lines_of_local_aws_go_and_ones_own_stay(
    tmp_path: Path, deployed: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "AWS_ENDPOINT_URL=http://127.0.0.1:5000\nA=1\nAWS_ACCESS_KEY_ID=LOCALAWS000000000000\n"
        "AWS_SECRET_ACCESS_KEY='local-aws-takes-any-secret'\n"
        "DATABASE_URL=postgresql://alexadmin:local-aws@127.0.0.1:25432/alex\n"
        "export AWS_ACCESS_KEY_ID=mine\nDATABASE_URL=postgresql://me:local-aws@db.example/alex\n"
    )
    state = deployed.project / ".local-aws/terraform.dev.tfstate"
    (tmp_path / "environments").symlink_to(deployed.project / "environments")
    (tmp_path / "terraform.dev.tfstate").write_bytes(state.read_bytes())
    done = run(capsys, "env", "dev", "--project", str(tmp_path), "--output", str(file))
    assert (done.status, done.errors) == (0, "")
    lines = file.read_text().splitlines()
    assert lines[:3] == [
        "A=1",
        "export AWS_ACCESS_KEY_ID=mine",
        "DATABASE_URL=postgresql://me:local-aws@db.example/alex",
    ]
    assert [line.split("=")[0] for line in lines[3:]] == NAMES[:9], "what real AWS wants, with the user's credentials"


def test_an_endpoint_of_ones_own_stays() -> None:
    text = "AWS_ENDPOINT_URL=https://vpce.example\n"
    assert merged(text, {}, without=re.compile("AWS_ENDPOINT_URL=http://127.0.0.1:")) == text


def test_from_arns_alone_it_says_what_is_left_out(command_line: CommandLine, deployed: Deployment) -> None:
    done = command_line("env", "--cluster-arn", deployed.outputs["aurora_cluster_arn"], where="")
    assert [line.split("=")[0] for line in done.output.splitlines()] == [NAMES[0], *NAMES[2:5], *NAMES[7:]]
    assert "AURORA_SECRET_ARN, LAMBDA_ROLE_ARN, DATABASE_NAME" in done.errors


@pytest.mark.parametrize("name", ["no-folder/.env", "."])
def test_a_file_that_cannot_be_written_is_one_line(command_line: CommandLine, tmp_path: Path, name: str) -> None:
    done = command_line("env", "--output", str(tmp_path / name))
    assert (done.status, done.output) == (2, "")
    assert "cannot be written" in done.error


def test_outputs_of_an_earlier_version_lack_lines_and_need_no_aws(
    command_line: CommandLine, deployed: Deployment, answering: Callable[[str, Any], None], tmp_path: Path
) -> None:
    answering("rds", None)
    earlier = {name: {"value": value} for name, value in deployed.outputs.items() if name in REQUIRED_OUTPUTS}
    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps(earlier))
    done = command_line("env", "--outputs", str(outputs), where="")
    assert [line.split("=")[0] for line in done.output.splitlines()] == [*NAMES[:3], *NAMES[5:]]
