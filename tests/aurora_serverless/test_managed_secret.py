"""The managed secret is looked up after the cluster has changed, and the cluster's own word is preferred."""

from typing import Any

from cdktf import TerraformOutput
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from constructs import Construct

from aurora_serverless.managed_secret import ManagedSecret
from tests.terraform_json import blocks, synthesize_alone


def document(*, fixed_addresses: bool) -> dict[str, Any]:
    def build(stack: Construct) -> None:
        cluster = RdsCluster(stack, "cluster", engine="aurora-postgresql", manage_master_user_password=True)
        secret = ManagedSecret(stack, "secret", cluster=cluster, fixed_addresses=fixed_addresses)
        TerraformOutput(stack, "arn", value=secret.arn)

    return synthesize_alone(build)


def test_the_look_up_waits_for_the_cluster() -> None:
    found = blocks(document(fixed_addresses=True))["data.aws_rds_cluster.aurora"]
    assert found["cluster_identifier"] == "${aws_rds_cluster.cluster.cluster_identifier}"
    assert found["depends_on"] == ["aws_rds_cluster.cluster"]


def test_the_arn_is_the_clusters_own_where_it_has_one() -> None:
    synthesized = document(fixed_addresses=True)
    assert synthesized["output"]["arn"]["value"] == "${local.managed_secret_arn}"
    assert synthesized["locals"]["managed_secret_arn"] == (
        "${length(aws_rds_cluster.cluster.master_user_secret) > 0 ? aws_rds_cluster.cluster.master_user_secret[0]."
        "secret_arn : data.aws_rds_cluster.aurora.master_user_secret[0].secret_arn}"
    )


def test_its_address_comes_from_its_path_elsewhere() -> None:
    (address,) = (name for name in blocks(document(fixed_addresses=False)) if name.startswith("data."))
    assert address.startswith("data.aws_rds_cluster.secret_cluster_")
