"""`aurora-serverless wait`: on local AWS, and with states that only a real AWS takes."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.stub import Stubber  # type: ignore[import-untyped]

from cli.exit_status import ExitStatus
from local_aws import process
from local_aws.data_api.settings import DataApiSettings
from operations.availability.readiness import Waiter
from operations.aws.session import AwsSession
from operations.errors import ErrorKind, OperationsError
from tests.deployed.deployment import deploy
from tests.deployed.fixtures import CommandLine
from tests.deployed.stubs import TARGET, add_cluster, one_number, stubbed

Answering = Callable[[str, Any], None]


class Clock:
    """A time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def rds(answering: Answering) -> Stubber:
    """Return what answers for RDS."""
    client, stubber = stubbed("rds")
    answering("rds", client)
    return stubber


@pytest.fixture
def rds_data(answering: Answering, monkeypatch: pytest.MonkeyPatch) -> Stubber:
    """Return what answers for the Data API."""
    monkeypatch.setattr(AwsSession, "check_credentials", lambda _: None)
    client, stubber = stubbed("rds-data")
    answering("rds-data", client)
    return stubber


def waiter(deadline_seconds: float = 900) -> tuple[Waiter, Clock, list[str]]:
    clock, seen = Clock(), list[str]()
    made = Waiter(TARGET, deadline_seconds, on_change=seen.append, clock=clock, sleep=clock.sleep)
    return made, clock, seen


def failure(made: Waiter) -> OperationsError:
    with pytest.raises(OperationsError) as raised:
        made.wait()
    return raised.value


def test_a_deployed_database_is_ready(command_line: CommandLine) -> None:
    done = command_line("wait")
    assert (done.status, done.errors) == (0, "")
    assert [line.split()[1] for line in done.output.splitlines()[:4]] == ["cluster", "instances", "Data", "SQL"]
    assert done.output.endswith("dev is ready\n")


def test_as_json_it_lists_the_stages(command_line: CommandLine) -> None:
    found = command_line("wait", "--json").json
    assert (found["target"], found["ready"]) == ("dev", True)
    assert [stage["stage"] for stage in found["stages"]] == ["cluster", "instances", "Data API", "SQL"]
    assert all(set(stage) == {"stage", "detail", "seconds"} for stage in found["stages"])


def test_a_paused_cluster_is_resumed(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings = DataApiSettings(pause_seconds=2, resume_seconds=0.5)
    with process.start(data_api=settings) as aws:
        deployment = deploy(aws, tmp_path)
        assert deployment.run(capsys, "wait").status == 0
        _await_pause(deployment.cluster, aws)
        done = deployment.run(capsys, "wait", "--json")
    assert done.status == 0
    assert done.json["stages"][-1]["seconds"] > 0.5


def _await_pause(cluster: str, aws: process.LocalAws) -> None:
    import time  # noqa: PLC0415

    from tests.local_aws.data_api.database import ask  # noqa: PLC0415

    for _ in range(100):
        [found] = [one for one in ask(aws, "/_local_aws/clusters")["clusters"] if one["arn"].endswith(f":{cluster}")]
        if found["state"] == "paused":
            return
        time.sleep(0.05)
    pytest.fail("the cluster did not pause")


def test_a_cluster_that_is_being_created_is_waited_for(rds: Stubber, rds_data: Stubber) -> None:
    add_cluster(rds, "creating", None)
    add_cluster(rds, "creating", "creating")
    add_cluster(rds, "available", "creating")
    add_cluster(rds, "available", "creating")
    add_cluster(rds, "available", "available")
    rds_data.add_response("execute_statement", one_number())
    made, clock, seen = waiter()
    made.wait()
    assert [stage.name for stage in made.stages] == ["cluster", "instances", "Data API", "SQL"]
    assert clock.slept == [5.0, 5.0, 5.0]
    assert "the cluster is creating" in seen
    assert "alex-0 is creating" in seen


def test_a_cluster_without_an_instance_is_waited_for_until_the_deadline(rds: Stubber) -> None:
    for _ in range(5):
        add_cluster(rds, "available", None, DBClusterMembers=[])
    made, _, _ = waiter(12)
    error = failure(made)
    assert error.kind is ErrorKind.TOO_LATE
    assert str(error).startswith("not ready after 12 s: the cluster has no instance yet; ")


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("failed", "./aurora-serverless status"),
        ("incompatible-network", "./aurora-serverless status"),
        ("inaccessible-encryption-credentials", "KMS key"),
        ("inaccessible-encryption-credentials-recoverable", "KMS key"),
        ("stopped", "start-db-cluster --db-cluster-identifier alex"),
        ("deleting", "deploy again"),
    ],
)
def test_a_cluster_that_does_not_come_back_ends_the_waiting_at_once(rds: Stubber, status: str, remedy: str) -> None:
    add_cluster(rds, status)
    made, clock, _ = waiter()
    error = failure(made)
    assert (error.kind, clock.slept) == (ErrorKind.FAILED, [])
    assert str(error).startswith(f"the cluster is {status}: ")
    assert remedy in str(error)


def test_a_failed_instance_ends_the_waiting_at_once(rds: Stubber) -> None:
    add_cluster(rds)
    add_cluster(rds, "available", "incompatible-parameters")
    made, clock, _ = waiter()
    assert str(failure(made)).startswith("the instance alex-0 is incompatible-parameters: ")
    assert clock.slept == []


def test_throttling_is_waited_out(rds: Stubber, rds_data: Stubber) -> None:
    rds.add_client_error("describe_db_clusters", "ThrottlingException", "Rate exceeded")
    rds.add_client_error("describe_db_clusters", "ServiceUnavailable", "")
    add_cluster(rds)
    add_cluster(rds)
    rds_data.add_response("execute_statement", one_number())
    made, clock, seen = waiter()
    made.wait()
    assert clock.slept == [5.0, 5.0]
    assert any("throttles DescribeDBClusters" in what for what in seen)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDenied", ExitStatus.NO_ACCESS),
        ("ExpiredToken", ExitStatus.NO_ACCESS),
        ("InvalidClientTokenId", ExitStatus.NO_ACCESS),
        ("DBClusterNotFoundFault", ExitStatus.NOT_DEPLOYED),
    ],
)
def test_what_waiting_does_not_fix_ends_it_at_once(
    rds: Stubber, command_line: CommandLine, code: str, status: ExitStatus
) -> None:
    rds.add_client_error("describe_db_clusters", code, "no")
    done = command_line("wait")
    assert done.status == status
    assert done.error.startswith("error: ")


def test_a_data_api_that_is_off_ends_the_waiting_at_once(rds: Stubber) -> None:
    for _ in range(2):
        add_cluster(rds, HttpEndpointEnabled=False)
    made, _, _ = waiter()
    error = failure(made)
    assert error.kind is ErrorKind.FAILED
    assert "access.data_api = true" in str(error)


def test_a_cluster_that_resumes_is_waited_for(rds: Stubber, rds_data: Stubber) -> None:
    add_cluster(rds)
    add_cluster(rds)
    for _ in range(3):
        rds_data.add_client_error("execute_statement", "DatabaseResumingException", "resuming")
    rds_data.add_response("execute_statement", one_number())
    made, clock, seen = waiter()
    made.wait()
    assert clock.now > 5
    assert "the cluster is resuming" in seen


def test_a_cluster_that_does_not_resume_is_too_late(rds: Stubber, rds_data: Stubber) -> None:
    add_cluster(rds)
    add_cluster(rds)
    for _ in range(40):
        rds_data.add_client_error("execute_statement", "DatabaseResumingException", "resuming")
    made, clock, _ = waiter(60)
    error = failure(made)
    assert error.kind is ErrorKind.TOO_LATE
    assert "the cluster is resuming" in str(error)
    assert clock.now == pytest.approx(60, abs=15)


def test_an_instance_that_the_data_api_does_not_know_yet_is_waited_for(rds: Stubber, rds_data: Stubber) -> None:
    add_cluster(rds)
    add_cluster(rds)
    rds_data.add_client_error("execute_statement", "DatabaseNotFoundException", "no writer")
    rds_data.add_response("execute_statement", one_number())
    made, clock, _ = waiter()
    made.wait()
    assert clock.slept == [5.0]


def test_a_secret_that_is_refused_ends_the_waiting_at_once(rds: Stubber, rds_data: Stubber) -> None:
    add_cluster(rds)
    add_cluster(rds)
    rds_data.add_client_error("execute_statement", "SecretsErrorException", "cannot be found")
    made, clock, _ = waiter()
    assert failure(made).kind is ErrorKind.FAILED
    assert clock.slept == []


def test_a_deadline_of_0_looks_once(rds: Stubber) -> None:
    add_cluster(rds, "creating")
    made, clock, _ = waiter(0)
    assert failure(made).kind is ErrorKind.TOO_LATE
    assert clock.slept == []
