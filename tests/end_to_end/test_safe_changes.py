"""Changes of a running deployment in which something goes that the cluster uses, or an argument is taken out.

What Terraform would do half is refused by the plan, in a sentence; what it does is done in the right order, and the
plan is empty afterwards.
"""

from collections.abc import Iterator

import pytest

from local_aws import process
from tests.end_to_end.deployments import Deployments
from tests.end_to_end.terraform import Plan, Terraform
from tests.terraform_providers.finding import TerraformProviders

CLUSTER = "aws_rds_cluster.aurora"
FULL = """
[encryption]
key = "own"
[storage]
type = "io_optimized"
[monitoring]
insights = "advanced"
enhanced_monitoring_seconds = 60
log_retention_days = 30
"""
PARAMETERS = '[engine.cluster_parameters]\n"rds.force_ssl" = "1"\n[engine.instance_parameters]\nwork_mem = "65536"'
PLAIN = FULL.partition("[storage]")[0]


@pytest.fixture(scope="module")
def deployments(providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployments]:
    with process.start() as aws:
        yield Deployments(aws, providers, tmp_path_factory.mktemp("safe-changes"))


def shop(more: str, *, database: str = "shop", parameters: str = "") -> str:
    head = f'name_prefix = "shop"\nregion = "us-east-1"\n[engine]\nversion = "17.7"\n{parameters}\n'
    return head + f'[database]\nname = "{database}"\n' + more


def refused(plan: Plan, said: str) -> None:
    assert plan.exit_status == 1, plan.text
    assert said in " ".join(plan.text.split())


def settled(terraform: Terraform) -> str:
    printed = terraform.apply()
    again = terraform.plan()
    assert again.exit_status == 0, again.text
    return printed


@pytest.mark.xdist_group("safe-changes")
def test_what_a_cluster_uses_goes_when_the_cluster_has_changed(deployments: Deployments) -> None:
    settled(deployments.terraform("shop", shop(FULL, parameters=PARAMETERS)))
    rds = deployments.aws.client("rds")
    (instance,) = rds.describe_db_instances()["DBInstances"]
    assert instance["PreferredMaintenanceWindow"] == "sun:04:00-sun:05:00"
    assert instance["AutoMinorVersionUpgrade"] is False

    refused(deployments.plan("shop", shop(FULL)), "uses the parameter group shop-aurora-")
    other_key = FULL.replace('"own"', '"aws-owned"')
    refused(deployments.plan("shop", shop(other_key, parameters=PARAMETERS)), "ask for the KMS key that it has")
    other_key = FULL.replace('"own"', '"aws-managed"')
    refused(deployments.plan("shop", shop(other_key, parameters=PARAMETERS)), "encrypted with the customer key")
    described = shop(f'{FULL}[network]\nsecurity_group_description = "Other"\n', parameters=PARAMETERS)
    refused(
        deployments.plan("shop", described), 'keeps its description, "Security group for Aurora cluster shop-aurora"'
    )

    named = shop(f'{PLAIN}[names]\nsecurity_group = "shop-2"\n', parameters=PARAMETERS)
    printed = settled(deployments.terraform("shop", named))
    for used in ("aws_security_group.aurora (deposed object", "aws_cloudwatch_log_group.postgresql"):
        destroyed = printed.index("Destroying...", printed.index(f"{used}"))
        assert printed.index(f"{CLUSTER}: Modifications complete") < destroyed
    assert printed.index("aws_rds_cluster_instance.aurora: Modifications complete") < printed.index(
        "aws_iam_role.rds_monitoring: Destroying..."
    )
    cluster = deployments.cluster("shop-aurora")
    assert cluster["DatabaseInsightsMode"] == "standard"
    assert not cluster["PerformanceInsightsEnabled"]
    assert cluster.get("StorageType") in (None, "", "aurora")


@pytest.mark.xdist_group("final-snapshots")
def test_each_final_snapshot_has_another_name_and_may_be_asked_for_later(deployments: Deployments) -> None:
    deployments.terraform("shop", shop(PLAIN, parameters=PARAMETERS)).apply()
    for database in ("shop", "two"):
        kept = shop(
            f"{PLAIN}[protection]\nfinal_snapshot = true\n",
            database=database,
            parameters=PARAMETERS,
        )
        settled(deployments.terraform("shop", kept))
    terraform = deployments.terraform("shop", kept)
    terraform.run("apply", "-auto-approve", f"-replace={CLUSTER}")
    terraform.destroy()
    rds = deployments.aws.client("rds")
    names = [
        found["DBClusterSnapshotIdentifier"] for found in rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    ]
    assert len(set(names)) == 3
    assert all(name.startswith("shop-aurora-final-") for name in names)
