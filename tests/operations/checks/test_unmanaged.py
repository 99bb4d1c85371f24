"""What `check` says of resources that a stopped deploy made and Terraform does not know: one block of commands."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError  # type: ignore[import-untyped]

from operations.checks.unmanaged import FINDERS
from tests.conftest import ROOT
from tests.deployed.deployment import Done
from tests.deployed.empty_aws import TAG_LIST, TAGS, Answer, EmptyAws
from tests.operations.checks.test_interrupted_deploys import (
    CLUSTER,
    DEPLOY,
    TAINTED,
    UNTAINT,
    remedies,
    resource,
    state,
)

Check = Callable[..., Done]
IMPORT = "terraform -chdir=cdktf.out/stacks/dev import"
PRODUCTION_IMPORT = "terraform -chdir=cdktf.out/stacks/production import"
SUFFIX = resource("random_id.suffix", hex="0a1b2c3d")
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:alex-dev-db-credentials-0a1b2c3d-AbCdEf"
EVERYTHING_OUT = {
    "SecurityGroupRuleId": "sgr-out",
    "GroupId": "sg-1",
    "IsEgress": True,
    "IpProtocol": "-1",
    "FromPort": -1,
    "ToPort": -1,
    "CidrIpv4": "0.0.0.0/0",
}
FROM_THE_VPC = {
    "SecurityGroupRuleId": "sgr-in",
    "GroupId": "sg-1",
    "IsEgress": False,
    "IpProtocol": "tcp",
    "FromPort": 5432,
    "ToPort": 5432,
    "CidrIpv4": "172.31.0.0/16",
}
GROUP: Answer = {"SecurityGroups": [{"GroupId": "sg-1", "Tags": TAG_LIST}]}


def role(name: str, tags: list[dict[str, str]] | None = None) -> Answer:
    return {
        "Role": {
            "Path": "/",
            "RoleName": name,
            "RoleId": "AROA0123456789ABCDEF",
            "Arn": f"arn:aws:iam::123456789012:role/{name}",
            "CreateDate": "2026-11-29T21:00:04Z",
            "Tags": TAG_LIST if tags is None else tags,
        }
    }


def only(name: str, answer: Answer, missing: str) -> Callable[..., Answer]:
    """Let AWS have this one name."""
    return lambda **parameters: answer if name in parameters.values() else missing


def deny(empty_aws: EmptyAws, *operations: tuple[str, str]) -> None:
    for service, operation in operations:
        empty_aws.has(service, operation, "AccessDenied")


def unknowns(done: Done) -> list[str]:
    return [check["detail"] for check in done.json["checks"] if check["outcome"] == "unknown"]


@pytest.fixture
def everything(empty_aws: EmptyAws) -> EmptyAws:
    """Return an AWS that has all of dev."""
    cluster = {"DBClusterIdentifier": "alex-dev-aurora", "Status": "available", "TagList": TAG_LIST}
    instance = {"DBInstanceIdentifier": "alex-dev-aurora-0", "DBInstanceStatus": "creating", "TagList": TAG_LIST}
    group = {"DBSubnetGroupName": "x", "DBSubnetGroupArn": "arn:aws:rds:us-east-1:123456789012:subgrp:x"}
    empty_aws.has("rds", "describe_db_clusters", {"DBClusters": [cluster]})
    empty_aws.has("rds", "describe_db_instances", {"DBInstances": [instance]})
    empty_aws.has("rds", "describe_db_subnet_groups", {"DBSubnetGroups": [group]})
    empty_aws.has("ec2", "describe_security_groups", GROUP)
    empty_aws.has("ec2", "describe_security_group_rules", {"SecurityGroupRules": [FROM_THE_VPC, EVERYTHING_OUT]})
    empty_aws.has("iam", "get_role", role("alex-dev-lambda-aurora-role"))
    empty_aws.has("secretsmanager", "describe_secret", {"ARN": SECRET_ARN})
    return empty_aws


DEV = [
    "aws rds wait db-instance-available --db-instance-identifier alex-dev-aurora-0 --region us-east-1",
    *(
        f"{IMPORT} {told}"
        for told in (
            "aws_security_group.aurora sg-1",
            "aws_vpc_security_group_ingress_rule.postgresql_from_vpc sgr-in",
            "aws_vpc_security_group_egress_rule.everything sgr-out",
            "aws_db_subnet_group.aurora alex-dev-aurora-subnet-group",
            "aws_iam_role.lambda_aurora_role alex-dev-lambda-aurora-role",
            f"aws_secretsmanager_secret.db_credentials {SECRET_ARN}",
            "aws_rds_cluster.aurora alex-dev-aurora",
            "aws_rds_cluster_instance.aurora alex-dev-aurora-0",
        )
    ),
    'make cdktf ARGS="deploy dev"',
]


@pytest.mark.usefixtures("everything")
def test_all_that_a_killed_deploy_left_is_one_block_that_ends_in_the_deploy(check: Check) -> None:
    [remedy] = remedies(check(state(SUFFIX), "--json", environment="dev"))
    assert remedy == "if they are this one's: " + " && ".join(DEV)


@pytest.mark.usefixtures("everything")
def test_the_block_is_shown_one_command_a_line_as_a_shell_takes_it(check: Check) -> None:
    shown = check(state(SUFFIX), environment="dev").output
    [detail, lead, *block, _] = shown.splitlines()
    assert "the security group alex-dev-aurora-sg; the rule PostgreSQL from the VPC of sg-1; " in detail
    assert "the IAM role alex-dev-lambda-aurora-role; " in detail
    assert lead.strip() == "→ if they are this one's:"
    assert "".join(line.strip().removesuffix("\\") for line in block) == " && ".join(DEV)


def test_what_the_state_has_is_not_asked_for(empty_aws: EmptyAws, project: Path, check: Check) -> None:
    document = json.loads((project / "cdktf.out/stacks/production/cdk.tf.json").read_text())["resource"]
    resources = [resource(f"{type_}.{name}") for type_, named in document.items() for name in named]
    check(state(*resources))
    assert empty_aws.asked == []


def test_only_what_the_state_lacks_is_asked_for_in_the_given_region(
    everything: EmptyAws, project: Path, check: Check
) -> None:
    document = json.loads((project / "cdktf.out/stacks/dev/cdk.tf.json").read_text())["resource"]
    resources = [resource(f"{type_}.{name}") for type_, named in document.items() for name in named]
    known = [one for one in resources if one["type"] != "aws_iam_role"]
    path = project / "environments/dev.toml"
    text = path.read_text().replace('region = "us-east-1"\n', "")
    path.unlink()
    path.write_text(text)
    [remedy] = remedies(check(state(*known), "--region", "us-east-1", "--json", environment="dev"))
    assert [operation for operation, _ in everything.asked] == ["get_role"]
    assert remedy.startswith(f"if it is this one's: {IMPORT} -var aws_region=us-east-1 aws_iam_role.")


KEY = {"KeyMetadata": {"KeyId": "0123-key"}}
LOG_GROUP = "/aws/rds/cluster/alex-production-aurora/postgresql"


@pytest.mark.parametrize(
    ("service", "operation", "answer", "told"),
    [
        (
            "iam",
            "get_role",
            only("alex-production-rds-monitoring-role", role("alex-production-rds-monitoring-role"), "NoSuchEntity"),
            ["aws_iam_role.rds_monitoring alex-production-rds-monitoring-role"],
        ),
        (
            "kms",
            "describe_key",
            only("alias/alex-production-aurora", KEY, "NotFoundException"),
            ["aws_kms_key.aurora 0123-key", "aws_kms_alias.aurora alias/alex-production-aurora"],
        ),
        (
            "logs",
            "describe_log_groups",
            {"logGroups": [{"logGroupName": f"{LOG_GROUP}-2"}, {"logGroupName": LOG_GROUP}]},
            [f"aws_cloudwatch_log_group.postgresql {LOG_GROUP}"],
        ),
        (
            "ec2",
            "describe_security_groups",
            GROUP,
            ["aws_security_group.aurora sg-1"],
        ),
    ],
    ids=["role", "key", "log-group", "security-group"],
)
def test_each_kind_is_imported_by_what_terraform_takes(
    empty_aws: EmptyAws, check: Check, service: str, operation: str, answer: Any, told: list[str]
) -> None:
    empty_aws.has(service, operation, answer)
    [remedy] = remedies(check(None, "--json"))
    assert remedy.partition(": ")[2] == " && ".join([*(f"{PRODUCTION_IMPORT} {one}" for one in told), DEPLOY])


@pytest.mark.parametrize("name", [f"{LOG_GROUP}-2", "/aws/rds/cluster/alex-production-aurora/postgresq"])
def test_a_name_that_only_begins_alike_is_left_alone(empty_aws: EmptyAws, check: Check, name: str) -> None:
    empty_aws.has("logs", "describe_log_groups", {"logGroups": [{"logGroupName": name}]})
    assert "production is not deployed yet" in check(None).error


NAMED = {
    "aws_backup_plan": {"aurora": {"name": "b", "tags": TAGS}},
    "aws_backup_vault": {"aurora": {"name": "b", "tags": TAGS}},
    "aws_db_event_subscription": {"cluster": {"name": "e", "tags": TAGS}},
    "aws_db_proxy": {"aurora": {"name": "p", "tags": TAGS}},
    "aws_db_proxy_target": {"aurora": {"db_proxy_name": "${aws_db_proxy.aurora.id}"}},
    "aws_iam_instance_profile": {"bastion": {"name": "i", "tags": TAGS}},
    "aws_rds_cluster": {"aurora": {"cluster_identifier": "c", "tags": TAGS}},
    "aws_rds_cluster_role_association": {
        "s3_import": {"db_cluster_identifier": "${aws_rds_cluster.aurora.id}", "feature_name": "s3Import"}
    },
    "aws_rds_global_cluster": {"aurora": {"global_cluster_identifier": "g", "tags": TAGS}},
    "aws_vpc_endpoint": {
        "rds_data": {
            "service_name": "${data.aws_vpc_endpoint_service.rds_data.service_name}",
            "vpc_id": "${data.aws_vpc.selected.id}",
            "tags": TAGS,
        }
    },
    "aws_security_group": {"closed": {"name": "closed-sg", "vpc_id": "${data.aws_vpc.selected.id}", "tags": TAGS}},
}
LOOKED_UP = {
    "aws_vpc": {"selected": {"tags": {"Name": "orders"}}},
    "aws_vpc_endpoint_service": {"rds_data": {"service_name": "com.amazonaws.${var.aws_region}.rds-data"}},
}


@pytest.fixture
def of_types(project: Path, check: Check) -> Callable[..., Done]:
    """Return a function that checks a production which is made of some types alone."""

    def run_it(*types: str) -> Done:
        path = project / "cdktf.out/stacks/production/cdk.tf.json"
        path.unlink()
        path.write_text(json.dumps({"resource": {type_: NAMED[type_] for type_ in types}, "data": LOOKED_UP}))
        return check(None, "--json")

    return run_it


def test_an_instance_profile_is_imported(empty_aws: EmptyAws, of_types: Callable[..., Done]) -> None:
    profile = {"Path": "/", "InstanceProfileName": "i", "InstanceProfileId": "AIPA0123456789ABCDEF", "Roles": []}
    about = {"Arn": "arn:aws:iam::123456789012:instance-profile/i", "CreateDate": datetime(2026, 11, 1, tzinfo=UTC)}
    found = profile | about | {"Tags": TAG_LIST}
    empty_aws.has("iam", "get_instance_profile", {"InstanceProfile": found})
    [remedy] = remedies(of_types("aws_iam_instance_profile"))
    assert f"{PRODUCTION_IMPORT} aws_iam_instance_profile.bastion i && " in remedy


def test_a_proxy_and_its_registration_are_imported(empty_aws: EmptyAws, of_types: Callable[..., Done]) -> None:
    arn = "arn:aws:rds:us-east-1:123456789012:db-proxy:prx-1"
    empty_aws.has("rds", "describe_db_proxies", {"DBProxies": [{"DBProxyName": "p", "DBProxyArn": arn}]})
    targets = [{"Type": "TRACKED_CLUSTER", "RdsResourceId": "c"}, {"Type": "RDS_INSTANCE", "RdsResourceId": "c-0"}]
    empty_aws.has("rds", "describe_db_proxy_targets", {"Targets": targets})
    [remedy] = remedies(of_types("aws_db_proxy", "aws_db_proxy_target"))
    assert f"{PRODUCTION_IMPORT} aws_db_proxy.aurora p && " in remedy
    assert f"{PRODUCTION_IMPORT} aws_db_proxy_target.aurora p/default/TRACKED_CLUSTER/c && " in remedy


@pytest.mark.parametrize(("tags", "is_ours"), [(TAGS, True), ({}, False)])
def test_a_backup_vault_and_a_plan_are_imported(
    empty_aws: EmptyAws, of_types: Callable[..., Done], tags: dict[str, str], is_ours: bool
) -> None:
    arn = "arn:aws:backup:us-east-1:123456789012:backup-vault:b"
    vaults = [{"BackupVaultName": name, "BackupVaultArn": arn} for name in ("b", "other")]
    empty_aws.has("backup", "list_backup_vaults", {"BackupVaultList": vaults})
    plans = [{"BackupPlanName": name, "BackupPlanArn": arn, "BackupPlanId": f"id-{name}"} for name in ("b", "other")]
    empty_aws.has("backup", "list_backup_plans", {"BackupPlansList": plans})
    empty_aws.has("backup", "list_tags", {"Tags": tags})
    told = " ".join(remedies(of_types("aws_backup_vault", "aws_backup_plan")))
    assert told.startswith("check it first") is not is_ours
    assert f"{PRODUCTION_IMPORT} aws_backup_vault.aurora b" in told
    assert f"{PRODUCTION_IMPORT} aws_backup_plan.aurora id-b" in told


def test_an_event_subscription_is_imported(empty_aws: EmptyAws, of_types: Callable[..., Done]) -> None:
    arn = "arn:aws:rds:us-east-1:123456789012:es:e"
    found = {"EventSubscriptionsList": [{"CustSubscriptionId": "e", "EventSubscriptionArn": arn}]}
    empty_aws.has("rds", "describe_event_subscriptions", found)
    [remedy] = remedies(of_types("aws_db_event_subscription"))
    assert f"{PRODUCTION_IMPORT} aws_db_event_subscription.cluster e && " in remedy


def test_a_role_of_the_cluster_is_imported(empty_aws: EmptyAws, of_types: Callable[..., Done]) -> None:
    roles = [
        {"FeatureName": name, "RoleArn": f"arn:aws:iam::123456789012:role/{name}"} for name in ("s3Export", "s3Import")
    ]
    cluster = {"DBClusterIdentifier": "c", "Status": "available", "TagList": TAG_LIST, "AssociatedRoles": roles}
    empty_aws.has("rds", "describe_db_clusters", {"DBClusters": [cluster]})
    [remedy] = remedies(of_types("aws_rds_cluster", "aws_rds_cluster_role_association"))
    identifier = "c,arn:aws:iam::123456789012:role/s3Import"
    assert f"{PRODUCTION_IMPORT} aws_rds_cluster_role_association.s3_import {identifier} && " in remedy
    assert "s3Export" not in remedy


def test_a_global_cluster_is_imported(empty_aws: EmptyAws, of_types: Callable[..., Done]) -> None:
    arn = "arn:aws:rds::123456789012:global-cluster:g"
    found = {"GlobalClusters": [{"GlobalClusterIdentifier": "g", "GlobalClusterArn": arn}]}
    empty_aws.has("rds", "describe_global_clusters", found)
    [remedy] = remedies(of_types("aws_rds_global_cluster"))
    assert f"{PRODUCTION_IMPORT} aws_rds_global_cluster.aurora g && " in remedy


@pytest.mark.parametrize(("tags", "is_ours"), [(TAG_LIST, True), ([], False)])
def test_an_endpoint_is_known_by_its_tags_alone(
    empty_aws: EmptyAws, of_types: Callable[..., Done], tags: list[dict[str, str]], is_ours: bool
) -> None:
    found = {"VpcEndpointId": "vpce-1", "PrivateDnsEnabled": True, "Tags": tags}
    empty_aws.has("ec2", "describe_vpc_endpoints", {"VpcEndpoints": [found]})
    [remedy] = remedies(of_types("aws_vpc_endpoint"))
    assert f"{PRODUCTION_IMPORT} aws_vpc_endpoint.rds_data vpce-1" in remedy
    assert remedy.startswith("check it first") is not is_ours
    assert [asked for asked in empty_aws.asked if asked[0].startswith("describe_vpc")] == [
        ("describe_vpcs", {"Filters": [{"Name": "tag:Name", "Values": ["orders"]}]}),
        (
            "describe_vpc_endpoints",
            {
                "Filters": [
                    {"Name": "service-name", "Values": ["com.amazonaws.us-east-1.rds-data"]},
                    {"Name": "vpc-id", "Values": ["vpc-1"]},
                ]
            },
        ),
    ]


def test_a_group_that_shall_let_nothing_out_loses_the_rule_with_which_ec2_made_it(
    empty_aws: EmptyAws, of_types: Callable[..., Done]
) -> None:
    empty_aws.has("ec2", "describe_security_groups", GROUP)
    empty_aws.has("ec2", "describe_security_group_rules", {"SecurityGroupRules": [EVERYTHING_OUT]})
    [remedy] = remedies(of_types("aws_security_group"))
    revoke = "aws ec2 revoke-security-group-egress --group-id sg-1 --security-group-rule-ids sgr-out --region us-east-1"
    assert remedy.startswith(f"if it is this one's: {revoke} && {PRODUCTION_IMPORT} aws_security_group.closed sg-1")


@pytest.mark.parametrize("found", [[], [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}] * 2])
def test_without_its_vpc_a_group_is_nobodys(
    empty_aws: EmptyAws, of_types: Callable[..., Done], found: list[dict[str, str]]
) -> None:
    empty_aws.has("ec2", "describe_vpcs", {"Vpcs": found})
    empty_aws.has("ec2", "describe_security_groups", GROUP)
    assert "production is not deployed yet" in of_types("aws_security_group").error


@pytest.mark.parametrize(
    "other",
    [
        {"CidrIpv4": "10.0.0.0/8"},
        {"FromPort": 5433, "ToPort": 5433},
        {"IpProtocol": "udp"},
        {"IsEgress": True},
    ],
)
def test_a_rule_that_ec2_would_not_refuse_is_left_alone(
    everything: EmptyAws, check: Check, other: dict[str, Any]
) -> None:
    everything.has("ec2", "describe_security_group_rules", {"SecurityGroupRules": [FROM_THE_VPC | other]})
    [remedy] = remedies(check(state(SUFFIX), "--json", environment="dev"))
    assert "aws_vpc_security_group_ingress_rule" not in remedy


def test_rules_of_a_group_that_the_state_has_are_imported(everything: EmptyAws, check: Check) -> None:
    group = resource("aws_security_group.aurora", id="sg-1")
    [remedy] = remedies(check(state(group), "--json", environment="dev"))
    assert "aws_security_group.aurora" not in remedy
    assert "aws_vpc_security_group_egress_rule.everything sgr-out" in remedy
    assert ("describe_security_group_rules", {"Filters": [{"Name": "group-id", "Values": ["sg-1"]}]}) in (
        everything.asked
    )


@pytest.mark.parametrize(
    ("tags", "differs"),
    [
        ([], "it does not have the tag Environment"),
        ([*TAG_LIST[:2], {"Key": "Environment", "Value": "shop"}], "its tag Environment is shop, not production"),
    ],
)
def test_what_has_other_tags_is_to_be_looked_at_and_stays_out_of_the_block(
    empty_aws: EmptyAws, check: Check, tags: list[dict[str, str]], differs: str
) -> None:
    empty_aws.has("ec2", "describe_security_groups", GROUP)
    name = "alex-production-lambda-aurora-role"
    empty_aws.has("iam", "get_role", only(name, role(name, tags), "NoSuchEntity"))
    done = check(None, "--json")
    look, block = sorted(remedies(done))
    assert name not in block
    assert look.startswith("check it first: if it is this deployment's, ")
    assert f"the IAM role {name} is in AWS, terraform.production.tfstate does not have it, and {differs}" in done.output


def test_rules_of_a_group_with_other_tags_are_not_asked_for(empty_aws: EmptyAws, check: Check) -> None:
    empty_aws.has("ec2", "describe_security_groups", {"SecurityGroups": [{"GroupId": "sg-9", "Tags": []}]})
    [remedy] = remedies(check(None, "--json"))
    assert remedy.startswith("check it first")
    assert "describe_security_group_rules" not in [operation for operation, _ in empty_aws.asked]


def test_without_permission_the_rest_is_told_and_the_action_is_named(everything: EmptyAws, check: Check) -> None:
    deny(everything, ("iam", "get_role"), ("ec2", "describe_vpcs"))
    done = check(state(SUFFIX), "--json", environment="dev")
    [remedy] = remedies(done)
    assert "aws_iam_role" not in remedy
    assert "aws_security_group" not in remedy
    assert "aws_rds_cluster.aurora alex-dev-aurora && " in remedy
    assert sorted(re.findall(r"access denied to (\w+)", " ".join(unknowns(done)))) == ["DescribeVpcs", "GetRole"]


def test_tags_that_cannot_be_read_are_a_reason_to_look(everything: EmptyAws, check: Check) -> None:
    deny(everything, ("rds", "list_tags_for_resource"))
    done = check(state(SUFFIX), "--json", environment="dev")
    assert remedies(done)[0].startswith("check it first: if it is this deployment's, ")
    assert "does not have it, and its tags cannot be read" in done.output
    assert "access denied to ListTagsForResource" in done.output


def test_a_cluster_that_is_being_deleted_is_not_imported(empty_aws: EmptyAws, check: Check) -> None:
    cluster = {"DBClusterIdentifier": "alex-production-aurora", "Status": "deleting", "TagList": TAG_LIST}
    empty_aws.has("rds", "describe_db_clusters", {"DBClusters": [cluster]})
    assert remedies(check(None, "--json")) == ["deploy again when it is gone"]


def test_only_the_last_of_several_commands_deploys(empty_aws: EmptyAws, check: Check) -> None:
    """Each deploy before it would be refused, or would destroy what is still tainted."""
    cluster = {"DBClusterIdentifier": "alex-production-aurora", "Status": "available", "TagList": TAG_LIST}
    empty_aws.has("rds", "describe_db_clusters", {"DBClusters": [cluster]})
    empty_aws.has("ec2", "describe_security_groups", GROUP)
    topic = resource("aws_sns_topic.alarms", tainted=True)
    assert remedies(check(state(TAINTED, topic), "--json")) == [
        f"{UNTAINT} {CLUSTER}",
        f"to keep it: {UNTAINT} aws_sns_topic.alarms",
        f"if it is this one's: {PRODUCTION_IMPORT} aws_security_group.aurora sg-1 && {DEPLOY}",
    ]


def test_a_tainted_cluster_that_is_gone_waits_for_the_deploy_after_the_imports(
    empty_aws: EmptyAws, check: Check
) -> None:
    empty_aws.has("ec2", "describe_security_groups", GROUP)
    gone, others = remedies(check(state(TAINTED), "--json"))
    assert gone == "the deploy below creates it again"
    assert others.endswith(f" sg-1 && {DEPLOY}")


def test_a_service_that_cannot_be_reached_is_asked_once(everything: EmptyAws, check: Check) -> None:
    def unreachable(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://rds.us-east-1.amazonaws.com")

    for operation in ("describe_db_subnet_groups", "describe_db_clusters", "describe_db_instances"):
        everything.has("rds", operation, unreachable)
    done = check(state(SUFFIX), "--json", environment="dev")
    assert sum(operation.startswith("describe_db") for operation, _ in everything.asked) == 1
    assert len(unknowns(done)) == 1
    assert "aws_iam_role.lambda_aurora_role" in remedies(done)[0]


def test_in_a_fresh_checkout_terraform_is_initialized_first(empty_aws: EmptyAws, project: Path, check: Check) -> None:
    empty_aws.has("ec2", "describe_security_groups", GROUP)
    (project / "cdktf.out/stacks/production/.terraform").rmdir()
    [remedy] = remedies(check(None, "--json"))
    assert remedy.startswith("if it is this one's: terraform -chdir=cdktf.out/stacks/production init && ")


def test_what_cannot_be_synthesized_is_unknown(empty_aws: EmptyAws, project: Path, check: Check) -> None:
    (project / "cdktf.out/stacks/production/cdk.tf.json").unlink()
    done = check(state(resource(CLUSTER, tainted=True)), "--json")
    [reason] = unknowns(done)
    assert "AWS was not searched for resources that terraform.production.tfstate does not have: " in reason
    assert {operation for operation, _ in empty_aws.asked} == {"describe_db_clusters"}


TAKEN_TWICE = {
    "aws_appautoscaling_policy": "written over",
    "aws_appautoscaling_target": "written over",
    "aws_backup_selection": "a plan takes a cluster twice",
    "aws_backup_vault_lock_configuration": "written over",
    "aws_cloudwatch_dashboard": "written over",
    "aws_cloudwatch_metric_alarm": "written over",
    "aws_db_parameter_group": "a random name",
    "aws_db_proxy_default_target_group": "comes with its proxy",
    "aws_iam_role_policy": "written over",
    "aws_iam_role_policy_attachment": "attached once",
    "aws_instance": "one more instance",
    "aws_kms_key": "has no name; found by its alias",
    "aws_rds_cluster_parameter_group": "a random name",
    "aws_secretsmanager_secret_rotation": "written over",
    "aws_secretsmanager_secret_version": "one more version",
    "aws_sns_topic": "the one that is there is the answer",
    "aws_sns_topic_policy": "written over",
    "aws_sns_topic_subscription": "the one that is there is the answer",
}
"""The other types that are made here, and why AWS does not refuse a second creation."""


def test_every_type_that_is_made_here_is_asked_for_or_can_be_made_twice() -> None:
    assert {f"aws_{type_}" for type_ in made_types()} == FINDERS.keys() | TAKEN_TWICE.keys()
    assert not FINDERS.keys() & TAKEN_TWICE.keys()


def made_types() -> Iterator[str]:
    """Yield the types whose classes the constructs import."""
    for path in (*(ROOT / "constructs").rglob("*.py"), *(ROOT / "stacks").rglob("*.py")):
        imported = re.findall(r"^from cdktf_cdktf_provider_aws\.(\w+) import", path.read_text(), re.MULTILINE)
        yield from (type_ for type_ in imported if not type_.startswith("data_aws_") and type_ != "provider")
