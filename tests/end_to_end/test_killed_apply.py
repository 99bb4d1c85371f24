"""An apply that ends in the middle, with a cluster that AWS goes on creating."""

import dataclasses
import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local_aws import process
from local_aws.process import LocalAws
from tests.conftest import ROOT
from tests.deployed.deployment import run
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.kept_providers import kept_providers
from tests.end_to_end.terraform import Terraform
from tests.terraform_providers.finding import TerraformProviders
from tests.transitions.stopping import Stopping

CREATION_SECONDS = 30
QUIET_SECONDS = 3
DEADLINE_SECONDS = 120
CLUSTER = "aws_rds_cluster.aurora"


@contextmanager
def apply_ended_by(
    how: signal.Signals, providers: TerraformProviders, folder: Path, environment: str = "dev", *, at: int | None = None
) -> Iterator[tuple[Terraform, LocalAws]]:
    """End a first apply, all processes at once, as a closed terminal does: while the cluster is being created.

    With `at` it ends before that: when AWS has done the request of this number, of those that change something, and
    Terraform does not have the answer.
    """
    with process.start(creation_seconds=CREATION_SECONDS if at is None else 0) as aws:
        terraform = terraform_for(environment, aws, providers, folder)
        terraform.init()
        stopping = Stopping(aws.endpoint_url, at=at)
        apply = subprocess.Popen(
            terraform.command("apply", "-auto-approve"),
            cwd=terraform.folder,
            env=terraform.environment | dataclasses.replace(aws, endpoint_url=stopping.url).environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        stopping.stop = lambda: os.killpg(apply.pid, how)
        if at is None:
            wait_until_only_the_cluster_is_waited_for(stopping)
            assert cluster_of(aws)["Status"] == "creating"
            os.killpg(apply.pid, how)
        apply.wait(DEADLINE_SECONDS)
        stopping.close()
        yield terraform, aws


def wait_until_only_the_cluster_is_waited_for(stopping: Stopping) -> None:
    """Return when the cluster is being created and nothing else is: what is in flight would be lost, too."""
    deadline, seen, since = time.monotonic() + DEADLINE_SECONDS, 0, time.monotonic()
    while "CreateDBCluster" not in stopping.changes or time.monotonic() < since + QUIET_SECONDS:
        assert time.monotonic() < deadline, "the apply never began to create the cluster, or never rested"
        time.sleep(0.1)
        if len(stopping.changes) != seen:
            seen, since = len(stopping.changes), time.monotonic()


def cluster_of(aws: LocalAws) -> dict[str, Any]:
    (cluster,) = aws.client("rds").describe_db_clusters()["DBClusters"]
    found: dict[str, Any] = cluster
    return found


def everything_in(aws: LocalAws) -> set[str]:
    """Return what only one thing ever has, of all that a killed apply may have made."""
    rds, ec2 = aws.client("rds"), aws.client("ec2")
    roles = aws.client("iam").list_roles()["Roles"]
    return {
        *(cluster["DbClusterResourceId"] for cluster in rds.describe_db_clusters()["DBClusters"]),
        *(group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]),
        *(role["RoleId"] for role in roles),
        *(secret["ARN"] for secret in aws.client("secretsmanager").list_secrets()["SecretList"]),
    }


def resources_of(terraform: Terraform) -> list[str]:
    """Return the addresses of all that the stack makes."""
    document = json.loads((terraform.folder / "cdk.tf.json").read_text())
    return sorted(f"{type_}.{name}" for type_, of_type in document["resource"].items() for name in of_type)


def run_what_check_says(terraform: Terraform, aws: LocalAws, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Run the commands of `check` in their order, and return the last one, which deploys."""
    (folder / "environments").symlink_to(ROOT / "environments")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        done = run(capsys, "check", "dev", "--json", "--project", str(folder))
    [remedy] = [check["remedy"] for check in done.json["checks"] if check["outcome"] == "failed"]
    *commands, deploy = remedy.partition(": ")[2].split(" && ")
    deploy_command: str = deploy
    with kept_providers(terraform.folder, terraform.environment) as environment:
        for command in commands:
            if command.startswith("aws rds wait db-cluster-available "):  # the AWS CLI is not a part of this project
                waiter = aws.client("rds").get_waiter("db_cluster_available")
                waiter.wait(DBClusterIdentifier="alex-dev-aurora", WaiterConfig={"Delay": 1})
                continue
            ended = subprocess.run(
                shlex.split(command), cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            assert ended.returncode == 0, f"{command}\n{ended.stdout}{ended.stderr}"
    return deploy_command


@pytest.mark.xdist_group("killed")
@pytest.mark.parametrize("at", [4, None], ids=["in-the-first-second", "while-the-cluster-is-created"])
def test_a_killed_apply_ends_right_after_the_commands_that_check_names_and_loses_nothing(
    providers: TerraformProviders, tmp_path: Path, capsys: pytest.CaptureFixture[str], at: int | None
) -> None:
    """Terraform cannot know of what it never saw made: it must be told, once."""
    with apply_ended_by(signal.SIGKILL, providers, tmp_path, at=at) as (terraform, aws):
        made = everything_in(aws)
        if at is None:
            assert CLUSTER not in terraform.managed()
            assert "DBClusterAlreadyExists" in terraform.run("apply", "-auto-approve", allowed=(1,)).stdout

        assert run_what_check_says(terraform, aws, tmp_path, capsys) == 'make cdktf ARGS="deploy dev"'
        terraform.apply()

        assert made <= everything_in(aws), "nothing was replaced"
        assert sorted(terraform.managed()) == resources_of(terraform)
        plan = terraform.plan()
        assert plan.exit_status == 0, plan.text


@pytest.mark.xdist_group("interrupted")
def test_an_interrupted_apply_followed_by_an_apply_converges(providers: TerraformProviders, tmp_path: Path) -> None:
    """Ctrl-C: Terraform writes down that it began the cluster, and the next apply replaces it."""
    with apply_ended_by(signal.SIGINT, providers, tmp_path) as (terraform, _):
        terraform.apply()
        assert sorted(terraform.managed()) == resources_of(terraform)
        plan = terraform.plan()
        assert plan.exit_status == 0, plan.text


@pytest.mark.xdist_group("interrupted-production")
def test_an_interrupted_first_deploy_of_production_ends_right_after_the_command_that_check_names(
    providers: TerraformProviders, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cluster is tainted then, and prevent_destroy refuses every plan until it no longer is."""
    local = tmp_path / ".local-aws"  # as make local-deploy lays it out
    with apply_ended_by(signal.SIGINT, providers, local, "production") as (terraform, aws):
        created = cluster_of(aws)
        assert "Instance cannot be destroyed" in terraform.run("apply", "-auto-approve", allowed=(1,)).stdout

        (tmp_path / "environments").symlink_to(ROOT / "environments")
        server = {"endpoint_url": aws.endpoint_url, "region": aws.region, "pid": aws.pid}
        (local / "server.json").write_text(json.dumps(server))
        done = run(capsys, "check", "production", "--local", "--json", "--project", str(tmp_path))
        failures = [check for check in done.json["checks"] if check["outcome"] == "failed"]
        assert len(failures) == 1, failures
        command, deploy = failures[0]["remedy"].split(" && ")
        assert deploy == "make local-deploy ENVIRONMENT=production"
        words = command.split()
        assert words[:2] == ["terraform", "-chdir=.local-aws/cdktf.out/stacks/production"]

        terraform.run(*words[2:])
        terraform.apply()

        assert cluster_of(aws)["DbClusterResourceId"] == created["DbClusterResourceId"], "nothing was replaced"
        assert sorted(terraform.managed()) == resources_of(terraform)
        plan = terraform.plan()
        assert plan.exit_status == 0, plan.text
