from typing import Any

import pytest
from constructs import Construct

from aurora_serverless.cluster_lifecycle import IGNORED_CHANGES
from aurora_serverless.global_database import GlobalDatabase
from aurora_serverless.global_replica import GlobalReplica
from aurora_serverless.master_password import MasterPassword
from aurora_serverless.rules.violation import RuleViolation
from tests.aurora_serverless.test_cluster import cluster, synthesized_cluster
from tests.terraform_json import blocks, only, synthesize_alone

PRIMARY_ARN = "arn:aws:rds:us-east-1:123456789012:cluster:shop"
SECONDARY: dict[str, Any] = {
    "replica_of": GlobalReplica("shop-global", "us-east-1"),
    "master_password": MasterPassword.replicated(),
}


def global_database(scope: Construct, id_: str = "global", **arguments: Any) -> GlobalDatabase:
    return GlobalDatabase(scope, id_, **{"identifier": "shop-global", "primary_cluster_arn": PRIMARY_ARN, **arguments})


def test_the_global_cluster_is_made_of_its_primary_and_says_nothing_that_is_the_primarys() -> None:
    document = synthesize_alone(lambda stack: global_database(stack, tags={"Team": "shop"}, fixed_addresses=True))
    assert blocks(document)["aws_rds_global_cluster.aurora"] == {
        "global_cluster_identifier": "shop-global",
        "source_db_cluster_identifier": PRIMARY_ARN,
        "force_destroy": True,
        "tags": {"Team": "shop"},
    }


@pytest.mark.parametrize(
    ("argument", "value", "sent"),
    [
        ("deletion_protection", True, {"deletion_protection": True}),
        ("prevent_destroy", True, {"lifecycle": {"prevent_destroy": True}}),
        (
            "extended_support",
            False,
            {"engine_lifecycle_support": "open-source-rds-extended-support-disabled"},
        ),
    ],
)
def test_what_is_asked_for_is_sent(argument: str, value: Any, sent: dict[str, Any]) -> None:
    found = only(synthesize_alone(lambda stack: global_database(stack, **{argument: value})), "aws_rds_global_cluster")
    assert sent.items() <= found.items()


def test_it_waits_for_the_instances() -> None:
    def build(stack: Construct) -> None:
        primary = cluster(stack, fixed_addresses=True)
        global_database(stack, primary_cluster_arn=primary.arn, depends_on=primary.instances)

    found = only(synthesize_alone(build), "aws_rds_global_cluster")
    assert found["source_db_cluster_identifier"] == "${aws_rds_cluster.aurora.arn}"
    assert found["depends_on"] == ["aws_rds_cluster_instance.aurora"]


@pytest.mark.parametrize("arguments", [{"identifier": "Shop"}, {"identifier": "shop--global"}, {"tags": {"": "x"}}])
def test_what_aws_refuses_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(RuleViolation):
        synthesize_alone(lambda stack: global_database(stack, **arguments))


def test_a_secondary_joins_and_has_no_users_of_its_own() -> None:
    found = synthesized_cluster(**SECONDARY, storage_encrypted=True, kms_key_arn="arn:aws:kms:x")
    assert found["global_cluster_identifier"] == "shop-global"
    assert found["source_region"] == "us-east-1"
    assert (found["storage_encrypted"], found["kms_key_id"]) == (True, "arn:aws:kms:x")
    assert not [key for key in found if key.startswith(("master", "manage_master")) or key == "database_name"]


def test_a_secondarys_names_are_compared_where_rds_reports_them() -> None:
    assert [check["condition"] for check in synthesized_cluster(**SECONDARY)["lifecycle"]["postcondition"]][:2] == [
        '${coalesce(self.database_name, "shop") == "shop"}',
        '${coalesce(self.master_username, "shopadmin") == "shopadmin"}',
    ]


def test_a_secondarys_database_has_its_name_even_if_rds_does_not_say_it() -> None:
    names = []
    synthesize_alone(lambda stack: names.append(cluster(stack, **SECONDARY).database_name))
    assert names == ["shop"]


def test_what_a_failover_changes_is_no_change_to_undo() -> None:
    assert {"global_cluster_identifier", "replication_source_identifier", "source_region"} <= set(IGNORED_CHANGES)


@pytest.mark.parametrize(
    "arguments",
    [
        {"replica_of": SECONDARY["replica_of"]},
        {"master_password": MasterPassword.replicated()},
        {"replica_of": SECONDARY["replica_of"], "master_password": MasterPassword.managed()},
    ],
)
def test_a_secondary_and_only_a_secondary_has_its_primarys_password(arguments: dict[str, Any]) -> None:
    with pytest.raises(RuleViolation, match="master_password = "):
        synthesized_cluster(**arguments)


def test_a_cluster_that_runs_outside_of_it_does_not_become_a_secondary() -> None:
    checks = synthesized_cluster(**SECONDARY)["lifecycle"]["postcondition"]
    assert '${coalesce(self.global_cluster_identifier, "-") == "shop-global"}' in [one["condition"] for one in checks]
