"""How a command finds its database: the environment's state in a file or in S3, a file of outputs, or ARNs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cli.exit_status import ExitStatus
from tests.conftest import ROOT
from tests.deployed.deployment import Deployment, Done, run, state_with
from tests.deployed.fixtures import CommandLine

ARN = "arn:aws:rds:us-east-1:123456789012:cluster:alex"

_FILES = ["--folder", str(ROOT / "migrations")]
COMMANDS: dict[str, Sequence[str]] = {
    **dict.fromkeys(("wait", "env", "check", "status", "restart", "activity", "metrics", "scaling"), ()),
    "sql": ["--file", str(ROOT / "migrations/seed.sql")],
    "seed": ["--file", str(ROOT / "migrations/seed.sql")],
    "reset": ["--yes-destroy", "dev"],
    **dict.fromkeys(("migrate apply", "migrate status", "migrate repair"), _FILES),
}
"""Every command, with what it needs besides a target."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project folder with the environment dev, where nothing is deployed."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/dev.toml").write_bytes((ROOT / "environments/dev.toml").read_bytes())
    return tmp_path


def env(capsys: pytest.CaptureFixture[str], project: Path, *arguments: str) -> Done:
    """Run `env`, which needs what is put out and asks nobody."""
    return run(capsys, "env", *arguments, "--project", str(project))


def test_the_state_of_a_real_deployment_lies_beside_the_environments(
    project: Path, deployed: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "terraform.dev.tfstate").write_text(state_with(deployed.outputs))
    done = env(capsys, project, "dev")
    assert (done.status, done.errors) == (0, "")
    assert f"AURORA_CLUSTER_ARN={deployed.outputs['aurora_cluster_arn']}\n" in done.output


def test_the_state_in_s3_is_read_from_there(aws: Any, deployed: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "environments/dev.toml").read_text()
    backend = '[backend]\ntype = "s3"\nbucket = "states-of-tests"\n'
    (deployed.project / "environments/team.toml").write_text(f"{text}\n{backend}")
    missing = deployed.run(capsys, "env", where="team")
    assert (missing.status, "the bucket states-of-tests of the state does not exist" in missing.error) == (3, True)
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="states-of-tests")
    empty = deployed.run(capsys, "env", where="team")
    assert (empty.status, "there is no s3://states-of-tests/team/terraform.tfstate" in empty.error) == (3, True)
    s3.put_object(Bucket="states-of-tests", Key="team/terraform.tfstate", Body=state_with(deployed.outputs))
    assert deployed.run(capsys, "wait", where="team").status == 0


def test_a_state_in_hcp_terraform_is_read_by_terraform_alone(
    deployed: Deployment, project: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = (ROOT / "environments/dev.toml").read_text()
    (project / "environments/team.toml").write_text(f'{text}\n[backend]\ntype = "cloud"\norganization = "shop"\n')
    refused = env(capsys, project, "team")
    assert refused.status == ExitStatus.NO_ACCESS
    assert refused.error == (
        "error: the state of team lies in HCP Terraform, which Terraform alone reads: "
        "terraform -chdir=cdktf.out/stacks/team output -json > outputs.json, then name it with --outputs outputs.json"
    )
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({name: {"value": value} for name, value in deployed.outputs.items()}))
    assert env(capsys, project, "team", "--outputs", str(file)).status == 0


def test_a_file_of_outputs_will_do(deployed: Deployment, tmp_path: Path, command_line: CommandLine) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({name: {"value": value} for name, value in deployed.outputs.items()}))
    assert command_line("wait", "--outputs", str(file), where="").status == 0


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        (
            None,
            3,
            'dev is not deployed yet: there is no terraform.dev.tfstate; deploy it: make cdktf ARGS="deploy dev"',
        ),
        (
            '{"version": 4, "outputs": {}, "resources": []}',
            3,
            "nothing is deployed: terraform.dev.tfstate is an empty state",
        ),
        ('{"version": 4, "outputs": {}, "resources": [{}]}', 3, "the deploy did not end"),
        (state_with({"aurora_cluster_arn": ARN}), 3, "has no output aurora_secret_arn, aurora_cluster_endpoint"),
        ("", 2, "terraform.dev.tfstate is not a JSON object"),
        ("[]", 2, "terraform.dev.tfstate is not a JSON object"),
        ('{"version": 3}', 2, "is not a Terraform state of version 4"),
    ],
)
def test_what_is_not_deployed_is_one_line(
    project: Path, capsys: pytest.CaptureFixture[str], state: str | None, status: int, words: str
) -> None:
    if state is not None:
        (project / "terraform.dev.tfstate").write_text(state)
    done = env(capsys, project, "dev")
    assert (done.status, done.output) == (status, "")
    assert words in done.error


def test_what_is_deployed_locally_only_says_so(deployed: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    assert env(capsys, deployed.project, "dev").error.endswith("it is deployed to local AWS: add --local")


def test_without_local_aws_it_says_how_to_start_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".local-aws").mkdir()
    (project / ".local-aws/terraform.dev.tfstate").write_text(state_with({"aurora_cluster_arn": ARN}))
    done = env(capsys, project, "dev", "--local")
    assert (done.status, done.error) == (
        3,
        "error: no local AWS is running; start it: ./aurora-serverless local up dev, or with Terraform: "
        "make local-deploy ENVIRONMENT=dev",
    )


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ([], 2, "name an environment (dev), or give --cluster-arn or --outputs"),
        (["nope"], 3, "there is no environment nope: there are dev"),
        (["dev", "--cluster-arn", ARN], 2, "give the environment dev or --cluster-arn, not both"),
        (["--cluster-arn", "alex"], 2, "alex is not a cluster's ARN"),
        (["--cluster-arn", ARN, "--secret-arn", "x"], 2, "x is not a secret's ARN"),
        (["--cluster-arn", ARN, "--region", "eu-west-1"], 2, "--region eu-west-1 is not that of the cluster"),
        (["--outputs", "no-such.json"], 2, "no-such.json cannot be read"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_tells_a_wrong_target_in_one_line(
    project: Path, capsys: pytest.CaptureFixture[str], command: str, arguments: list[str], status: int, words: str
) -> None:
    done = run(capsys, *command.split(), *arguments, *COMMANDS[command], "--project", str(project))
    assert (done.status, done.output) == (status, "")
    assert words in done.error


def test_a_wrong_environment_file_is_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "environments/dev.toml").write_text('name_prefix = "alex"\n[engine]\nversion = "17.7.1"\n')
    done = env(capsys, project, "dev")
    assert done.status == 2
    assert "engine.version" in done.error


@pytest.mark.parametrize("command", ["sql", "activity", "seed", "migrate apply", "migrate status", "migrate repair"])
def test_sql_needs_a_secret_and_a_database(command_line: CommandLine, deployed: Deployment, command: str) -> None:
    line = [*command.split(), *COMMANDS[command], "--cluster-arn", deployed.outputs["aurora_cluster_arn"]]
    assert "give --secret-arn too" in command_line(*line, where="").error
    line += ["--secret-arn", deployed.outputs["aurora_secret_arn"]]
    assert "give --database too" in command_line(*line, where="").error
