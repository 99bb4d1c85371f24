"""`alexdb env`: the lines, and the file that they are written into."""

import os
import stat
from pathlib import Path

import pytest

from operations.env_file import merged, write_env_file
from operations.errors import OperationsError
from tests.operations.conftest import Alexdb
from tests.operations.deployment import Deployment, run

NAMES = [
    "AURORA_CLUSTER_ARN",
    "AURORA_SECRET_ARN",
    "AURORA_ENDPOINT",
    "LAMBDA_ROLE_ARN",
    "DATABASE_NAME",
    "AWS_REGION",
    "AWS_ENDPOINT_URL",
]


def test_the_lines_are_printed(alexdb: Alexdb, deployed: Deployment) -> None:
    done = alexdb("env")
    lines = dict(line.split("=", 1) for line in done.output.splitlines())
    assert (done.status, list(lines)) == (0, NAMES)
    assert lines["AURORA_CLUSTER_ARN"] == deployed.outputs["aurora_cluster_arn"]
    assert lines["AURORA_SECRET_ARN"] == deployed.outputs["aurora_secret_arn"]
    assert lines["LAMBDA_ROLE_ARN"] == deployed.outputs["lambda_role_arn"]
    assert lines["DATABASE_NAME"] == "alex"
    assert lines["AWS_ENDPOINT_URL"] == deployed.aws.endpoint_url
    assert done.error.startswith("AWS_ENDPOINT_URL leads to local AWS")


def test_a_hyphen_is_standard_output(alexdb: Alexdb) -> None:
    assert alexdb("env", "--output", "-").output == alexdb("env").output


def test_as_json_it_is_an_object(alexdb: Alexdb) -> None:
    assert list(alexdb("env", "--json").json) == NAMES


def test_a_new_file_is_only_for_its_owner(alexdb: Alexdb, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    done = alexdb("env", "--output", str(file))
    assert (done.status, done.output) == (0, f"{file}: 7 lines set\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text() == alexdb("env").output


def test_other_lines_and_comments_stay(alexdb: Alexdb, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# mine\nSTRIPE_KEY=secret\nexport DATABASE_NAME=old\n\n# DATABASE_NAME=other\nLAST=1")
    file.chmod(0o644)
    done = alexdb("env", "--output", str(file), "--json")
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
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert done.json == {"file": str(file), "changed": True, "values": alexdb("env", "--json").json}
    assert "STRIPE_KEY" not in done.output


def test_a_second_time_changes_nothing(alexdb: Alexdb, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    alexdb("env", "--output", str(file))
    before = file.stat()
    assert alexdb("env", "--output", str(file)).output == f"{file}: nothing to change\n"
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("KEEP=1\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OperationsError, match="No space left on device; name another file"):
        write_env_file(file, {"A": "1"})
    assert file.read_text() == "KEEP=1\n"
    assert list(tmp_path.iterdir()) == [file]


def test_what_a_link_leads_to_is_replaced_and_not_the_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("A=0\n")
    (tmp_path / ".env").symlink_to(tmp_path / "real")
    assert write_env_file(tmp_path / ".env", {"A": "1"})
    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text() == "A=1\n"


def test_line_ends_and_bytes_of_others_stay(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"NAME=\xff\xfe\r\nA=0\r\n")
    write_env_file(file, {"A": "1", "B": "2"})
    assert file.read_bytes() == b"NAME=\xff\xfe\r\nA=1\r\nB=2\r\n"


def test_a_name_that_stands_twice_is_set_twice() -> None:
    assert merged("A=0\nB=1\nA=2\n", {"A": "9"}) == "A=9\nB=1\nA=9\n"


def test_a_value_that_a_shell_would_take_apart_is_quoted() -> None:
    assert merged("", {"A": "two words", "B": "arn:aws:secretsmanager:us-east-1:1:secret:rds!cluster-a"}) == (
        "A='two words'\nB=arn:aws:secretsmanager:us-east-1:1:secret:rds!cluster-a\n"
    )


def test_for_real_aws_the_line_that_leads_to_local_aws_goes(
    tmp_path: Path, deployed: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / ".env"
    file.write_text("AWS_ENDPOINT_URL=http://127.0.0.1:5000\nA=1\n")
    state = deployed.project / ".local-aws/terraform.dev.tfstate"
    (tmp_path / "environments").symlink_to(deployed.project / "environments")
    (tmp_path / "terraform.dev.tfstate").write_bytes(state.read_bytes())
    done = run(capsys, "env", "dev", "--project", str(tmp_path), "--output", str(file))
    assert (done.status, done.errors) == (0, "")
    assert "AWS_ENDPOINT_URL" not in file.read_text()


def test_an_endpoint_of_ones_own_stays() -> None:
    text = "AWS_ENDPOINT_URL=https://vpce.example\n"
    assert merged(text, {}, without="AWS_ENDPOINT_URL=http://127.0.0.1:") == text


def test_from_arns_alone_it_says_what_is_left_out(alexdb: Alexdb, deployed: Deployment) -> None:
    done = alexdb("env", "--cluster-arn", deployed.outputs["aurora_cluster_arn"], where="")
    assert [line.split("=")[0] for line in done.output.splitlines()] == [NAMES[0], NAMES[2], *NAMES[5:]]
    assert "AURORA_SECRET_ARN, LAMBDA_ROLE_ARN, DATABASE_NAME" in done.errors


@pytest.mark.parametrize("name", ["no-folder/.env", "."])
def test_a_file_that_cannot_be_written_is_one_line(alexdb: Alexdb, tmp_path: Path, name: str) -> None:
    done = alexdb("env", "--output", str(tmp_path / name))
    assert (done.status, done.output) == (2, "")
    assert "cannot be written" in done.error
