import json
from typing import Any

import pytest
from cdktf import TerraformVariable
from constructs import Construct

from aurora_serverless.aws_backup import AwsBackupPlan
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone

CLUSTER = "arn:aws:rds:eu-west-1:123456789012:cluster:shop"
COPY = "arn:aws:backup:us-east-1:123456789012:backup-vault:far"
ROLE = "arn:aws:iam::123456789012:role/backup"
PLAN = "a1b2c3d4-5678-90ab-cdef-0123456789ab"


def plan(scope: Construct, id_: str = "backup", **arguments: Any) -> AwsBackupPlan:
    return AwsBackupPlan(
        scope, id_, **{"name": "shop-backups", "cluster_arn": CLUSTER, "fixed_addresses": True, **arguments}
    )


def made(**arguments: Any) -> dict[str, TerraformJson]:
    return blocks(synthesize_alone(lambda stack: plan(stack, **arguments)))


def rule_of(**arguments: Any) -> dict[str, Any]:
    (rule,) = made(**arguments)["aws_backup_plan.aurora"]["rule"]
    found: dict[str, Any] = rule
    return found


def test_a_vault_a_plan_and_a_role_are_made_and_the_cluster_is_in_the_plan() -> None:
    found = made()
    assert set(found) == {
        "aws_backup_vault.aurora",
        "aws_backup_plan.aurora",
        "aws_backup_selection.aurora",
        "aws_iam_role.aws_backup",
        "aws_iam_role_policy_attachment.aws_backup",
    }
    assert "force_destroy" not in found["aws_backup_vault.aurora"]
    assert found["aws_backup_plan.aurora"]["rule"] == [
        {
            "rule_name": "shop-backups",
            "target_vault_name": "${aws_backup_vault.aurora.name}",
            "schedule": "cron(0 5 ? * * *)",
            "lifecycle": {"delete_after": 35},
        }
    ]
    selection = found["aws_backup_selection.aurora"]
    assert selection["resources"] == [CLUSTER]
    assert selection["plan_id"] == "${aws_backup_plan.aurora.id}"
    assert selection["depends_on"] == ["aws_iam_role_policy_attachment.aws_backup"]


def test_the_role_is_for_aws_backup_with_aws_s_policy() -> None:
    found = made(partition="aws-us-gov")
    (statement,) = json.loads(found["aws_iam_role.aws_backup"]["assume_role_policy"])["Statement"]
    assert statement["Principal"] == {"Service": "backup.amazonaws.com"}
    attachment = found["aws_iam_role_policy_attachment.aws_backup"]
    assert attachment["policy_arn"].startswith("arn:aws-us-gov:iam::aws:policy/service-role/AWSBackup")


def test_schedule_retention_copies_and_tags_are_those_that_are_asked_for() -> None:
    rule = rule_of(
        schedule="cron(0 3 * * ? *)",
        delete_after_days=30,
        continuous=True,
        copy_vault_arns=[COPY],
        copy_delete_after_days=90,
        tags={"Project": "shop"},
    )
    assert rule["schedule"] == "cron(0 3 * * ? *)"
    assert rule["lifecycle"] == {"delete_after": 30}
    assert rule["enable_continuous_backup"] is True
    assert rule["copy_action"] == [{"destination_vault_arn": COPY, "lifecycle": {"delete_after": 90}}]
    assert rule["recovery_point_tags"] == {"Project": "shop"}


def test_a_copy_is_kept_as_long_as_its_backup() -> None:
    assert rule_of(delete_after_days=30, copy_vault_arns=[COPY])["copy_action"][0]["lifecycle"] == {"delete_after": 30}


def test_a_vault_is_locked_where_days_are_named() -> None:
    found = made(lock_minimum_days=7, lock_changeable_days=14, force_destroy=True)
    assert found["aws_backup_vault_lock_configuration.aurora"] == {
        "backup_vault_name": "${aws_backup_vault.aurora.name}",
        "min_retention_days": 7,
        "changeable_for_days": 14,
    }
    assert found["aws_backup_vault.aurora"]["force_destroy"] is True


def test_what_is_given_is_not_made() -> None:
    assert "aws_backup_vault.aurora" not in made(vault_name="databases")
    assert rule_of(vault_name="databases")["target_vault_name"] == "databases"
    assert set(made(plan_id=PLAN, role_arn=ROLE)) == {"aws_backup_selection.aurora"}


def test_plan_vault_and_role_may_be_tokens() -> None:
    def build(stack: Construct) -> None:
        cluster, role, vault = (
            TerraformVariable(stack, name, type="string").string_value for name in ("cluster", "role", "vault")
        )
        plan(stack, cluster_arn=cluster, role_arn=role, vault_name=vault)

    document = synthesize_alone(build)
    selection = only(document, "aws_backup_selection")
    assert (selection["resources"], selection["iam_role_arn"]) == (["${var.cluster}"], "${var.role}")
    assert only(document, "aws_backup_plan")["rule"][0]["target_vault_name"] == "${var.vault}"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"name": "shop backups"}, "name"),
        ({"name": "b" * 51}, "name"),
        ({"schedule": "rate(1 day)"}, "schedule"),
        ({"delete_after_days": 0}, "delete_after_days"),
        ({"delete_after_days": 36, "continuous": True}, "delete_after_days"),
        ({"copy_vault_arns": ["databases"]}, "copy_vault_arns"),
        ({"lock_minimum_days": 40}, "delete_after_days"),
        ({"lock_maximum_days": 30}, "delete_after_days"),
        ({"lock_minimum_days": 40, "lock_maximum_days": 30}, "lock_maximum_days"),
        ({"role_name": "a role"}, "role_name"),
    ],
)
def test_what_aws_would_refuse_is_refused(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleViolation) as error:
        made(**arguments)
    assert error.value.argument == named


@pytest.mark.parametrize("continuous", [True, False])
def test_days_at_the_edge_are_taken(continuous: bool) -> None:
    assert rule_of(delete_after_days=35, continuous=continuous)["lifecycle"] == {"delete_after": 35}
    made(delete_after_days=7, lock_minimum_days=7, lock_maximum_days=7)
