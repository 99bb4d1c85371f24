"""`python -m local_aws serve`, and the processes that are started from it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws import process
from local_aws.errors import LocalAwsError
from local_aws.process import PROJECT, LocalAws

DEADLINE_SECONDS = 30.0


def serve(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "local_aws", "serve", *arguments],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "local_aws", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def can_connect(address: str, port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex((address, port)) == 0


def port_of(aws: LocalAws) -> int:
    return int(aws.endpoint_url.rpartition(":")[2])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_server_cleanly(number: signal.Signals) -> None:
    with serve("--json") as server:
        assert server.stdout is not None
        described = json.loads(server.stdout.readline())
        server.send_signal(number)
        rest, errors = server.communicate(timeout=DEADLINE_SECONDS)

    assert server.returncode == 0
    assert (rest, errors) == ("", "")
    assert described["environment"]["AWS_ENDPOINT_URL"] == described["endpoint_url"]


def test_what_to_export_is_printed() -> None:
    with serve("--region", "eu-west-1") as server:
        assert server.stdout is not None
        lines = [server.stdout.readline()]
        while "cdktf deploy" not in lines[-1]:
            lines.append(server.stdout.readline())
            assert lines[-1], "the server ended early"
        server.terminate()
        server.communicate(timeout=DEADLINE_SECONDS)

    text = "".join(lines)
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:" in text
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert f"export {name}=" in text
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        assert f"export {name}=eu-west-1" in text
    assert "--output .local-aws/cdktf.out" in text


def test_a_taken_port_is_refused_in_one_line(taken_port: int) -> None:
    done = run("serve", "--port", str(taken_port))

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"error: cannot listen on 127.0.0.1:{taken_port}: address already in use; "
        "name another port, or leave --port out for a free one\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["serve", "--port", "99999"], "'99999' is not a port"),
        (["serve", "--port", "many"], "'many' is not a port"),
        (["serve", "--creation-seconds", "-1"], "'-1' is not a time"),
        (["serve", "--creation-seconds", "nan"], "'nan' is not a time"),
        (["serve", "--change-seconds", "-1"], "'-1' is not a time"),
        (["serve", "--deletion-seconds", "soon"], "'soon' is not a time"),
        (["serve", "--account-id", "12"], "'12' is not an account id"),
        (["serve", "--allow-origin", "*"], "'*' is not an origin"),
        (["serve", "--allow-origin", "null"], "'null' is not an origin"),
        (["serve", "--allow-origin", "http://localhost:3000/app"], "is not an origin"),
        (["serve", "--allow-host", "http://aws.example"], "'http://aws.example' is not a host name"),
        (["serve", "--allow-host", "aws.example:5000"], "without scheme and port"),
        (["fly"], "invalid choice: 'fly'"),
        ([], "COMMAND"),
        (["deploy"], "ENVIRONMENT"),
    ],
)
def test_wrong_arguments_are_refused(arguments: list[str], message: str) -> None:
    done = run(*arguments)

    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [[], ["serve"], ["deploy"], ["destroy"], ["stop"]])
def test_help_says_what_a_command_does(command: list[str]) -> None:
    done = run(*command, "--help")

    assert done.returncode == 0
    assert "local AWS" in done.stdout or "AWS on this machine" in done.stdout


def test_only_this_machine_can_reach_the_server(aws: LocalAws) -> None:
    assert can_connect("127.0.0.1", port_of(aws))
    # Another address of this same machine: a server bound to all addresses would answer there.
    assert not can_connect("127.0.0.2", port_of(aws))


def test_a_given_port_is_used() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with process.start(port=port) as aws:
        assert aws.endpoint_url == f"http://127.0.0.1:{port}"


def test_a_failed_start_is_explained(taken_port: int) -> None:
    with pytest.raises(LocalAwsError, match="local AWS did not start: cannot listen on"):
        process.start(port=taken_port)


def test_two_servers_share_nothing(aws: LocalAws) -> None:
    with process.start(account_id="210987654321") as other:
        other.client("s3").create_bucket(Bucket="only-here")

        assert other.client("sts").get_caller_identity()["Account"] == "210987654321"
        assert aws.client("sts").get_caller_identity()["Account"] == "123456789012"
        assert "only-here" not in {bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]}


def test_a_stopped_server_answers_no_more() -> None:
    with process.start() as aws:
        port = port_of(aws)
        assert can_connect("127.0.0.1", port)

    assert not can_connect("127.0.0.1", port)
    aws.stop()  # a second time is harmless


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for the process in /proc")
@pytest.mark.parametrize("options", ["", "own_session=True"])
def test_the_server_ends_with_the_process_that_started_it(options: str) -> None:
    script = (
        f"import os; from local_aws import process; print(process.start({options}).pid, flush=True); "
        "os.kill(os.getpid(), 9)"
    )
    starter = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False)
    server = int(starter.stdout)

    deadline = time.monotonic() + DEADLINE_SECONDS
    while Path(f"/proc/{server}").exists() and not is_zombie(server):
        assert time.monotonic() < deadline, "the server outlived its starter"
        time.sleep(0.05)
    assert starter.returncode == -signal.SIGKILL


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_new_cluster_takes_the_time_that_was_asked_for() -> None:
    with process.start(creation_seconds=1.5) as aws:
        rds = aws.client("rds")
        start = time.monotonic()
        rds.create_db_cluster(
            DBClusterIdentifier="slow",
            Engine="aurora-postgresql",
            MasterUsername="alexadmin",
            MasterUserPassword="not-a-real-password",
        )
        statuses = set()
        while "available" not in statuses:
            statuses.add(rds.describe_db_clusters(DBClusterIdentifier="slow")["DBClusters"][0]["Status"])
            assert time.monotonic() < start + DEADLINE_SECONDS
            time.sleep(0.1)

    assert statuses == {"creating", "available"}
    assert time.monotonic() - start >= 1.5


def test_requests_are_logged_by_operation_and_without_content(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with process.start(log=log) as aws:
        aws.client("sts").get_caller_identity()
        aws.client("secretsmanager", region="eu-west-1").create_secret(Name="s", SecretString="very-secret")
        aws.client("s3").list_buckets()
        with pytest.raises(ClientError):
            aws.client("rds").describe_db_clusters(DBClusterIdentifier="nowhere")

    lines = [line.split(" ", 1)[1].rpartition(" ")[0].rpartition(" ")[0] for line in log.read_text().splitlines()]
    assert lines == [
        "200 us-east-1 sts GetCallerIdentity",
        "200 eu-west-1 secretsmanager CreateSecret",
        "200 us-east-1 s3 GET /",
        "404 us-east-1 rds DescribeDBClusters",
    ]
    assert "very-secret" not in log.read_text()


def test_the_environment_of_a_server_leads_nowhere_else(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "real")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")

    environment = aws.environment

    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint_url
    assert "real" not in environment.values()
    assert environment["PATH"] == os.environ["PATH"]
