"""Other engine versions for a running cluster: what the plan refuses, and a major upgrade that it allows."""

from collections.abc import Iterator

import pytest

from local_aws import process
from tests.end_to_end.deployments import Deployments
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("version-changes")

CLUSTER = "aws_rds_cluster.aurora"
PARAMETERS = '[engine.cluster_parameters]\n"rds.force_ssl" = "1"\n[engine.instance_parameters]\nwork_mem = "65536"\n'


@pytest.fixture(scope="module")
def deployments(providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployments]:
    with process.start() as aws:
        yield Deployments(aws, providers, tmp_path_factory.mktemp("versions"))


def shop(version: str, engine: str = "", more: str = PARAMETERS) -> str:
    return f'name_prefix = "shop"\nregion = "us-east-1"\n[engine]\nversion = "{version}"\n{engine}\n{more}'


def test_a_running_cluster_is_upgraded_only_where_that_is_allowed_and_never_downgraded(
    deployments: Deployments,
) -> None:
    deployments.terraform("shop", shop("16.8")).apply()
    identity = deployments.cluster("shop-aurora")["DbClusterResourceId"]

    refused(deployments, shop("16.6"), "runs Aurora PostgreSQL 16.8, and engine version 16.6 is lower")
    refused(deployments, shop("15.12"), "runs Aurora PostgreSQL 16.8, and engine version 15.12 is lower")
    refused(deployments, shop("17.7"), 'allow it with allow_major_version_upgrade = "17.7", or ask for 16.8')
    assert deployments.plan("shop", shop("16")).changed_arguments(CLUSTER) == {"engine_version"}

    upgrading = deployments.terraform("shop", shop("17.7", 'allow_major_version_upgrade = "17.7"'))
    upgrading.apply()
    assert upgrading.plan().exit_status == 0
    upgraded = deployments.cluster("shop-aurora")
    assert upgraded["DbClusterResourceId"] == identity
    assert upgraded["EngineVersion"] == "17.7"

    after = deployments.terraform("shop", shop("17.7"))
    after.apply()
    assert after.plan().exit_status == 0


def refused(deployments: Deployments, text: str, said: str) -> None:
    plan = deployments.plan("shop", text)
    assert plan.exit_status == 1, plan.text
    assert said in " ".join(plan.text.split())
