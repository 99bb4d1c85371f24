"""An apply that ends in the middle, with a cluster that AWS goes on creating."""

import json
import os
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
from local_aws.terraform_providers import TerraformProviders
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.terraform import Terraform

CREATION_SECONDS = 15
DEADLINE_SECONDS = 120
CLUSTER = "aws_rds_cluster.aurora"


@contextmanager
def apply_ended_by(
    how: signal.Signals, providers: TerraformProviders, folder: Path
) -> Iterator[tuple[Terraform, LocalAws]]:
    """End an apply of `dev` while its cluster is being created: all processes at once, as a closed terminal does."""
    with process.start(creation_seconds=CREATION_SECONDS) as aws:
        terraform = terraform_for("dev", aws, providers, folder)
        terraform.init()
        apply = subprocess.Popen(
            terraform.command("apply", "-auto-approve"),
            cwd=terraform.folder,
            env=terraform.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not aws.client("rds").describe_db_clusters()["DBClusters"]:
            assert time.monotonic() < deadline, "the apply never began to create the cluster"
            time.sleep(0.2)
        assert cluster_of(aws)["Status"] == "creating"
        os.killpg(apply.pid, how)
        apply.wait(DEADLINE_SECONDS)
        yield terraform, aws


def cluster_of(aws: LocalAws) -> dict[str, Any]:
    (cluster,) = aws.client("rds").describe_db_clusters()["DBClusters"]
    found: dict[str, Any] = cluster
    return found


def resources_of(terraform: Terraform) -> list[str]:
    """Return the addresses of all that the stack makes."""
    document = json.loads((terraform.folder / "cdk.tf.json").read_text())
    return sorted(f"{type_}.{name}" for type_, of_type in document["resource"].items() for name in of_type)


@pytest.mark.xdist_group("killed")
def test_a_killed_apply_is_recovered_by_one_import_and_loses_nothing(
    providers: TerraformProviders, tmp_path: Path
) -> None:
    """Terraform cannot know of a cluster whose creation it never saw end: it must be told, once."""
    with apply_ended_by(signal.SIGKILL, providers, tmp_path) as (terraform, aws):
        created = cluster_of(aws)
        assert CLUSTER not in terraform.managed()
        refusal = terraform.run("apply", "-auto-approve", allowed=(1,)).stdout
        assert "DBClusterAlreadyExists" in refusal
        assert cluster_of(aws)["DbClusterResourceId"] == created["DbClusterResourceId"], "nothing was replaced"

        terraform.run("import", CLUSTER, created["DBClusterIdentifier"])
        terraform.apply()

        assert cluster_of(aws)["DbClusterResourceId"] == created["DbClusterResourceId"], "nothing was replaced"
        assert sorted(terraform.managed()) == resources_of(terraform)
        plan = terraform.plan()
        assert plan.exit_status == 0, plan.text


@pytest.mark.xdist_group("interrupted")
def test_an_interrupted_apply_followed_by_an_apply_converges(providers: TerraformProviders, tmp_path: Path) -> None:
    """Ctrl-C: Terraform writes down what it began, and the next apply makes it anew."""
    with apply_ended_by(signal.SIGINT, providers, tmp_path) as (terraform, _):
        terraform.apply()
        assert sorted(terraform.managed()) == resources_of(terraform)
        plan = terraform.plan()
        assert plan.exit_status == 0, plan.text
