"""What the state keeps of a protected cluster, and what is compared with it; tests/transitions has Terraform's word."""

from typing import Any

import pytest
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from constructs import Construct

from aurora_serverless.replacement_guard import ReplacementGuard
from tests.terraform_json import TerraformJson, blocks, synthesize_alone

REPLACING = {"cluster": "shop-aurora", "database": "shop"}


def guard(scope: Construct, *, deletion_protection: bool, prevent_destroy: bool) -> None:
    ReplacementGuard(
        scope,
        "guard",
        cluster=RdsCluster(scope, "aurora", engine="aurora-postgresql"),
        replacing=REPLACING,
        deletion_protection=deletion_protection,
        prevent_destroy=prevent_destroy,
        fixed_addresses=True,
    )


def kept(**protection: bool) -> dict[str, Any]:
    document: TerraformJson = synthesize_alone(lambda stack: guard(stack, **protection))
    return blocks(document)["terraform_data.protected_cluster"]


@pytest.mark.parametrize("prevent_destroy", [True, False])
def test_what_a_protected_cluster_is_is_kept_once_it_is_protected(prevent_destroy: bool) -> None:
    assert kept(deletion_protection=True, prevent_destroy=prevent_destroy) == {
        "input": REPLACING,
        "depends_on": ["aws_rds_cluster.aurora"],
    }


def test_only_a_deploy_that_replaces_nothing_lets_go_of_it() -> None:
    assert kept(deletion_protection=False, prevent_destroy=True) == {"depends_on": ["aws_rds_cluster.aurora"]}


def test_what_is_kept_stays_and_is_compared_where_the_cluster_may_be_replaced() -> None:
    found = kept(deletion_protection=False, prevent_destroy=False)
    assert "input" not in found
    assert found["lifecycle"]["ignore_changes"] == ["input"]
    (check,) = found["lifecycle"]["postcondition"]
    assert 'try({"cluster": "shop-aurora", "database": "shop"}[what], "") != value' in check["condition"]
    assert "deletion_protection = false and prevent_destroy = true" in check["error_message"]
