"""One local AWS and one deployment on it that these tests share; what changes a deployment makes its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import botocore.session  # type: ignore[import-untyped]
import pytest

from local_aws import one_loader, process
from local_aws.process import LocalAws
from operations.aws.session import AwsSession
from tests.conftest import ROOT
from tests.deployed.deployment import Deployment, Done, deploy, run
from tests.deployed.empty_aws import EmptyAws

CommandLine = Callable[..., Done]


@pytest.fixture
def no_aws_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests away from any AWS that this machine may know."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the credentials that another test gave
    monkeypatch.setattr(botocore.session, "create_loader", one_loader.create_loader)


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAws]:
    """Return a running local AWS."""
    with process.start() as running:
        yield running


@pytest.fixture(scope="session")
def deployed(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Return a deployment of the environment dev."""
    return deploy(aws, tmp_path_factory.mktemp("project"))


@pytest.fixture
def command_line(deployed: Deployment, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Return a function that runs a command on that deployment."""

    def run_it(command: str, *arguments: str, where: str = "dev") -> Done:
        return deployed.run(capsys, command, *arguments, where=where)

    return run_it


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Any], None]:
    """Return a function that puts a client of one's own in the place of a service's."""
    clients: dict[str, Any] = {}
    stock = AwsSession.client

    def client(self: AwsSession, service: str, **options: Any) -> Any:
        return clients[service] if service in clients else stock(self, service, **options)

    monkeypatch.setattr(AwsSession, "client", client)
    return clients.__setitem__


@pytest.fixture
def empty_aws(answering: Callable[[str, Any], None]) -> EmptyAws:
    """Return an AWS that has nothing."""
    return EmptyAws(answering)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project whose environments, dev and production, are synthesized and not deployed."""
    (tmp_path / "environments").mkdir()
    for name in ("dev", "production"):
        (tmp_path / "environments" / f"{name}.toml").symlink_to(ROOT / "environments" / f"{name}.toml")
        stack = tmp_path / "cdktf.out/stacks" / name
        (stack / ".terraform").mkdir(parents=True)
        (stack / "cdk.tf.json").symlink_to(ROOT / "tests/snapshots" / f"{name}.json")
    return tmp_path


@pytest.fixture
def check(project: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Return a function that checks an environment with a state; None is not a state at all."""

    def run_it(text: str | None, *arguments: str, environment: str = "production") -> Done:
        if text is not None:
            (project / f"terraform.{environment}.tfstate").write_text(text)
        return run(capsys, "check", environment, *arguments, "--project", str(project))

    return run_it
