import json
from typing import Any

import pytest
from constructs import Construct

from aurora_serverless.encryption_key import EncryptionKey
from aurora_serverless.rules.violation import RuleViolation
from tests.conftest import ROOT
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone

ACCOUNT = {"AWS": "arn:aws:iam::123456789012:root"}
LOG_GROUPS = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/rds/cluster/shop/*"


def key(scope: Construct, id_: str = "key", **arguments: Any) -> EncryptionKey:
    return EncryptionKey(
        scope,
        id_,
        **{
            "alias_name": "shop-aurora",
            "description": "Encrypts the database shop",
            "region": "us-east-1",
            "account_id": "123456789012",
            **arguments,
        },
    )


def statements(**arguments: Any) -> dict[str, dict[str, Any]]:
    policy = json.loads(only(synthesize_alone(lambda stack: key(stack, **arguments)), "aws_kms_key")["policy"])
    assert policy["Version"] == "2012-10-17"
    return {statement.pop("Sid"): statement for statement in policy["Statement"]}


@pytest.fixture(scope="module")
def document() -> TerraformJson:
    return synthesize_alone(lambda stack: key(stack, tags={"Project": "shop"}, fixed_addresses=True))


def test_the_addresses_are_fixed(document: TerraformJson) -> None:
    assert set(blocks(document)) == {"aws_kms_key.aurora", "aws_kms_alias.aurora"}


def test_the_key_rotates_in_one_region_and_waits_a_month_before_it_goes(document: TerraformJson) -> None:
    found = only(document, "aws_kms_key")
    found.pop("policy")
    assert found == {
        "description": "Encrypts the database shop",
        "enable_key_rotation": True,
        "deletion_window_in_days": 30,
        "multi_region": False,
        "tags": {"Project": "shop"},
    }


def test_the_alias_points_to_the_key(document: TerraformJson) -> None:
    assert only(document, "aws_kms_alias") == {
        "name": "alias/shop-aurora",
        "target_key_id": "${aws_kms_key.aurora.key_id}",
    }


def test_the_deletion_window_can_be_shorter() -> None:
    document = synthesize_alone(lambda stack: key(stack, deletion_window_days=7))
    assert only(document, "aws_kms_key")["deletion_window_in_days"] == 7


def test_the_account_administers_the_key_without_using_it() -> None:
    found = statements()["AccountAdministersKey"]
    assert found["Principal"] == ACCOUNT
    assert {"kms:PutKeyPolicy", "kms:Put*"} & set(found["Action"])
    assert not {"kms:*", "kms:Decrypt", "kms:CreateGrant", "kms:Create*"} & set(found["Action"])


def test_rds_and_secrets_manager_use_the_key_for_the_account() -> None:
    found = statements()["UseThroughServices"]
    assert found["Principal"] == ACCOUNT
    assert {"kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"} <= set(found["Action"])
    assert found["Condition"] == {
        "StringEquals": {"kms:ViaService": ["rds.us-east-1.amazonaws.com", "secretsmanager.us-east-1.amazonaws.com"]}
    }


def test_grants_are_made_for_services_only() -> None:
    found = statements()["GrantToServices"]
    assert found["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}
    assert found["Condition"]["StringEquals"]["kms:ViaService"]


def test_nothing_more_is_allowed_unless_asked_for() -> None:
    assert set(statements()) == {"AccountAdministersKey", "UseThroughServices", "GrantToServices"}


def test_cloudwatch_logs_encrypts_the_given_log_groups_only() -> None:
    found = statements(log_group_arn_pattern=LOG_GROUPS)["EncryptLogs"]
    assert found["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert found["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": LOG_GROUPS}}


def test_alarms_of_the_account_publish_to_an_encrypted_topic() -> None:
    found = statements(alarm_topic=True)
    assert found["PublishAlarms"]["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert found["PublishAlarms"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert found["PublishAlarms"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert "sns.us-east-1.amazonaws.com" in found["UseThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"]


def test_rds_publishes_events_to_an_encrypted_topic_where_it_is_asked_for_only() -> None:
    assert "PublishEvents" not in statements(alarm_topic=True)
    assert statements(database_events=True)["PublishEvents"]["Principal"] == {"Service": "events.rds.amazonaws.com"}


def test_the_documented_statements_for_a_key_that_is_given_are_those_of_a_key_made_here() -> None:
    documented = (ROOT / "docs/deploying.md").read_text(encoding="utf-8").partition("```json\n")[2].partition("```")[0]
    log_group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/rds/cluster/alex-production-aurora/postgresql"
    made = statements(log_group_arn_pattern=log_group, alarm_topic=True, database_events=True)
    documented_sids = ("EncryptLogs", "PublishAlarms", "PublishEvents")
    assert json.loads(documented) == [{"Sid": sid, **made[sid]} for sid in documented_sids]


def test_nobody_outside_the_account_is_named() -> None:
    everything = statements(log_group_arn_pattern=LOG_GROUPS, alarm_topic=True)
    assert all(statement["Principal"] == ACCOUNT or "Condition" in statement for statement in everything.values())
    assert "*" not in {value for statement in everything.values() for value in statement["Principal"].values()}


def test_account_and_region_may_be_tokens() -> None:
    found = statements(region="${var.region}", account_id="${data.aws_caller_identity.current.account_id}")
    assert found["AccountAdministersKey"]["Principal"]["AWS"] == (
        "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"
    )
    via = found["UseThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert via[0] == "rds.${var.region}.amazonaws.com"


def test_two_keys_in_a_stack_have_addresses_of_their_own() -> None:
    document = synthesize_alone(lambda stack: (key(stack, "one"), key(stack, "two", alias_name="other")))
    assert len(document["resource"]["aws_kms_key"]) == 2


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"alias_name": "alias/shop"}, "alias_name"),
        ({"alias_name": "aws/rds"}, "alias_name"),
        ({"alias_name": ""}, "alias_name"),
        ({"alias_name": "shop aurora"}, "alias_name"),
        ({"alias_name": "s" * 251}, "alias_name"),
        ({"description": "x" * 8193}, "description"),
        ({"deletion_window_days": 6}, "deletion_window_days"),
        ({"deletion_window_days": 31}, "deletion_window_days"),
    ],
)
def test_what_kms_refuses_is_refused(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        statements(**arguments)
    assert refusal.value.argument == named


def test_an_alias_with_its_prefix_is_told_without_it() -> None:
    with pytest.raises(RuleViolation, match='write "shop"'):
        statements(alias_name="alias/shop")


def test_in_china_the_account_and_cloudwatch_logs_have_other_names() -> None:
    found = statements(region="cn-north-1", log_group_arn_pattern=LOG_GROUPS.replace("arn:aws:", "arn:aws-cn:"))
    assert found["AccountAdministersKey"]["Principal"] == {"AWS": "arn:aws-cn:iam::123456789012:root"}
    assert found["EncryptLogs"]["Principal"] == {"Service": "logs.cn-north-1.amazonaws.com.cn"}
    assert found["UseThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"][:2] == [
        "rds.cn-north-1.amazonaws.com",
        "rds.cn-north-1.amazonaws.com.cn",
    ]


def test_the_partition_of_a_region_that_only_terraform_knows_is_given() -> None:
    found = statements(region="${var.region}", partition="aws-us-gov")
    assert found["AccountAdministersKey"]["Principal"] == {"AWS": "arn:aws-us-gov:iam::123456789012:root"}
