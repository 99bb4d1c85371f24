"""A whole database in somebody else's stack: from options, beside others, with grants, metrics and connections."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from cdktf import TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc

from aurora_serverless import AuroraDatabase, ExistingDatabase, RuleViolation, Source
from aurora_serverless.options import (
    Access,
    Capacity,
    Credentials,
    DatabaseOptions,
    Encryption,
    Engine,
    Monitoring,
    Network,
    OptionsError,
)
from tests.conftest import TODAY
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf"


def options(name: str = "shop", **sections: Any) -> DatabaseOptions:
    defaults: dict[str, Any] = {
        "engine": Engine(version="17.7"),
        "capacity": Capacity(minimum_acu=0, maximum_acu=4),
        "credentials": Credentials(mode="managed"),
        "tags": {"Team": "orders"},
    }
    return DatabaseOptions(name_prefix=name, **(defaults | sections))


def database(stack: TerraformStack, name: str = "shop", **sections: Any) -> AuroraDatabase:
    return AuroraDatabase(stack, name, options(name, **sections), today=TODAY)


def of_type(document: TerraformJson, type_: str) -> dict[str, Any]:
    found: dict[str, Any] = document["resource"].get(type_, {})
    return found


def policies(document: TerraformJson, name: str) -> list[Any]:
    roles = of_type(document, "aws_iam_role_policy").values()
    return [json.loads(one["policy"])["Statement"] for one in roles if one["name"] == name]


@pytest.mark.parametrize("mode", ["random", "write_only", "managed"])
def test_two_databases_fit_into_one_stack(mode: Any) -> None:
    credentials = Credentials(mode=mode)
    document = synthesize_alone(
        lambda stack: [database(stack, name, credentials=credentials) for name in ("orders", "reports")]
    )
    clusters = of_type(document, "aws_rds_cluster")
    assert {one["cluster_identifier"] for one in clusters.values()} == {"orders-aurora", "reports-aurora"}
    assert not {"aurora"} & set(clusters), "only a deployment of an environment file has fixed addresses"


def test_what_the_options_ask_for_has_their_tags() -> None:
    monitoring = Monitoring(alarms=True, enhanced_monitoring_seconds=60, log_retention_days=30)
    document = synthesize_alone(lambda stack: database(stack, monitoring=monitoring, encryption=Encryption(key="own")))
    tagged = [
        address
        for address, block in blocks(document).items()
        if not address.startswith("data.") and block.get("tags") == {"Team": "orders"}
    ]
    types = {address.partition(".")[0] for address in tagged}
    assert types >= {
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
        "aws_security_group",
        "aws_db_subnet_group",
        "aws_iam_role",
        "aws_kms_key",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_metric_alarm",
        "aws_sns_topic",
        "aws_vpc_security_group_ingress_rule",
    }
    assert len([address for address in tagged if address.startswith("aws_iam_role.")]) == 2


def test_the_region_is_the_options_or_the_providers() -> None:
    named = synthesize_alone(lambda stack: database(stack, region="eu-central-1"))
    assert "aws_region" not in named.get("data", {})
    asked = synthesize_alone(database)
    assert list(asked["data"]["aws_region"])


def test_all_that_is_wrong_with_options_is_told_at_once() -> None:
    with pytest.raises(OptionsError) as told:
        options(capacity=Capacity(minimum_acu=8, maximum_acu=300), engine=Engine(version="15.4"))
    assert "maximum_acu = 300" in str(told.value)


def test_what_is_wrong_with_options_is_a_line_each_with_what_to_do() -> None:
    with pytest.raises(OptionsError) as told:
        DatabaseOptions(**json.loads('{"name_prefix": "Shop", "network": {"egres": "closed", "port": "5432"}}'))
    lines = str(told.value).splitlines()
    assert lines == [str(one) for one in told.value.violations]
    assert [one.argument for one in told.value.violations] == ["name_prefix", "engine", "network.port", "network.egres"]
    assert "engine = (not set): is required; write it" in lines
    assert 'network.port = "5432": must be a whole number; write a whole number' in lines
    assert 'network.egres = "closed": unknown key; did you mean egress?' in lines


def test_lists_are_taken_as_people_write_them() -> None:
    network = Network(**json.loads('{"allowed_cidr_blocks": ["10.0.0.0/16"]}'))
    assert network.allowed_cidr_blocks == ("10.0.0.0/16",)


def test_a_vpc_its_subnets_a_key_and_a_topic_of_the_same_program_are_taken() -> None:
    def build(stack: TerraformStack) -> None:
        vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
        subnets = [Subnet(stack, f"subnet-{zone}", vpc_id=vpc.id).id for zone in "ab"]
        database(
            stack,
            region="eu-central-1",
            network=Network(vpc_id=vpc.id, subnet_ids=[*subnets, "subnet-01234567"]),
            encryption=Encryption(key="given", key_arn=KmsKey(stack, "key").arn),
            monitoring=Monitoring(alarms=True, alarm_topic_arn=SnsTopic(stack, "topic").arn),
        )

    document = synthesize_alone(build)
    (group,) = of_type(document, "aws_db_subnet_group").values()
    assert group["subnet_ids"] == ["${aws_subnet.subnet-a.id}", "${aws_subnet.subnet-b.id}", "subnet-01234567"]
    assert len(group["lifecycle"]["precondition"]) == 2
    (vpc,) = document["data"]["aws_vpc"].values()
    assert vpc["id"] == "${aws_vpc.vpc.id}"
    (cluster,) = of_type(document, "aws_rds_cluster").values()
    assert cluster["kms_key_id"] == "${aws_kms_key.key.arn}"
    alarms = of_type(document, "aws_cloudwatch_metric_alarm").values()
    assert {tuple(alarm["alarm_actions"]) for alarm in alarms} == {("${aws_sns_topic.topic.arn}",)}


def test_subnets_of_a_number_that_only_terraform_knows_are_not_checked() -> None:
    ids: Any = ["#{TfToken[TOKEN.7]}"]
    network = Network(vpc_id="${module.vpc.vpc_id}", subnet_ids=ids)
    assert list(network.subnet_ids or ()) == ids
    assert not network.checks_subnets


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"vpc_id": "${aws_vpc.vpc.id}"}, "before they are made; name each: subnet_ids="),
        ({"subnet_ids": ["#{TfToken[TOKEN.7]}"], "interface_endpoints": ["rds-data"]}, "name each of subnet_ids"),
        ({"subnet_ids": ["${aws_subnet.a.id}", "subnet-1"]}, "a subnet's id is subnet-"),
        ({"subnet_ids": ["${aws_subnet.a.id}", "${aws_subnet.a.id}"]}, "subnet_ids"),
        ({"subnet_tags": {"Name": "${var.name}"}}, "Terraform would read it as an expression"),
        # What is right beside a wrong key stays right.
        ({"subnet_ids": ["#{TfToken[TOKEN.7]}"], "egress": "ajar"}, "egress"),
    ],
)
def test_what_cannot_be_told_later_is_refused(keys: dict[str, Any], told: str) -> None:
    with pytest.raises(OptionsError, match=re.escape(told)) as refused:
        Network(**keys)
    assert len(refused.value.violations) == 1


def test_a_database_scales_where_no_range_is_said() -> None:
    document = synthesize_alone(lambda stack: database(stack, capacity=Capacity()))
    scaling = only(document, "aws_rds_cluster")["serverlessv2_scaling_configuration"]
    assert (scaling["min_capacity"], scaling["max_capacity"]) == (0.5, 1)


def test_warnings_are_told_and_kept() -> None:
    found: list[AuroraDatabase] = []
    old: dict[str, Any] = {"engine": Engine(version="15.4"), "capacity": Capacity(), "access": Access(data_api=False)}
    synthesize_alone(lambda stack: found.append(database(stack, **old)))
    assert any("15.4" in warning for warning in found[0].warnings)


# ---------------------------------------------------------------- grants


def job(stack: TerraformStack) -> IamRole:
    return IamRole(stack, "job", name="job", assume_role_policy="{}")


def test_a_role_may_call_the_data_api_with_the_secret_and_its_key() -> None:
    document = synthesize_alone(
        lambda stack: database(stack, encryption=Encryption(key="own")).grant_data_api(job(stack))
    )
    [[call, read, decrypt]] = policies(document, "shop-aurora-data-api")
    assert "rds-data:ExecuteStatement" in call["Action"]
    assert call["Resource"].startswith("${aws_rds_cluster.")
    assert read["Action"] == ["secretsmanager:GetSecretValue"]
    assert decrypt["Action"] == ["kms:Decrypt"]
    assert "secretsmanager" in json.dumps(decrypt["Condition"])
    assert all("*" not in str(statement["Resource"]) for statement in (call, read))


def test_what_is_granted_twice_is_one_policy() -> None:
    def build(stack: TerraformStack) -> None:
        shop, role = database(stack), job(stack)
        assert shop.grant_data_api(role) is shop.grant_data_api(role)
        assert shop.grant_read_secret("other") is shop.grant_read_secret("other")
        assert shop.grant_read_secret("other") is not shop.grant_read_secret(role)

    assert len(policies(synthesize_alone(build), "shop-aurora-read-secret")) == 2


def test_roles_that_only_terraform_names_are_each_granted() -> None:
    def build(stack: TerraformStack) -> None:
        shop = database(stack)
        named = [TerraformVariable(stack, name, type="string").string_value for name in ("one", "two")]
        granted = [shop.grant_data_api(name) for name in (*named, *named)]
        assert all(first is again for first, again in zip(granted[:2], granted[2:], strict=True))

    document = synthesize_alone(build)
    roles = [one["role"] for one in of_type(document, "aws_iam_role_policy").values() if "data-api" in one["name"]]
    assert sorted(roles) == ["${var.one}", "${var.two}"]


def test_a_role_may_log_in_as_one_user_of_one_cluster() -> None:
    document = synthesize_alone(lambda stack: database(stack).grant_connect(job(stack), "app"))
    [[statement]] = policies(document, "shop-aurora-connect-app")
    assert statement["Action"] == ["rds-db:connect"]
    assert statement["Resource"].endswith("cluster_resource_id}/app")


def test_a_role_by_name_and_one_made_here_may_read_the_secret() -> None:
    def build(stack: TerraformStack) -> None:
        made = database(stack)
        made.grant_read_secret("existing")
        made.grant_read_secret(made.lambda_role)

    document = synthesize_alone(build)
    assert len(policies(document, "shop-aurora-read-secret")) == 2
    roles = [one["role"] for one in of_type(document, "aws_iam_role_policy").values()]
    assert "existing" in roles


@pytest.mark.parametrize("role", ["a role", "x" * 65])
def test_a_role_that_cannot_be_is_refused(role: str) -> None:
    with pytest.raises(RuleViolation, match="role = "):
        synthesize_alone(lambda stack: database(stack).grant_read_secret(role))


# ---------------------------------------------------------------- metrics


def test_an_alarm_is_made_of_a_metric() -> None:
    document = synthesize_alone(
        lambda stack: (
            database(stack)
            .metric_acu_utilization()
            .create_alarm("busy", alarm_name="shop-busy", threshold=80, action_arns=["arn:aws:sns:x"])
        )
    )
    [alarm] = of_type(document, "aws_cloudwatch_metric_alarm").values()
    assert alarm["metric_name"] == "ACUUtilization"
    assert alarm["dimensions"] == {"DBClusterIdentifier": "shop-aurora"}
    assert (alarm["namespace"], alarm["threshold"], alarm["statistic"]) == ("AWS/RDS", 80, "Maximum")
    assert alarm["treat_missing_data"] == "notBreaching"
    assert alarm["tags"] == {"Team": "orders"}


def test_each_metric_is_one_of_cloudwatch() -> None:
    names: list[str] = []

    def build(stack: TerraformStack) -> None:
        made = database(stack)
        ways = [getattr(made, name) for name in dir(made) if name.startswith("metric_")]
        names.extend(way().name for way in ways)

    synthesize_alone(build)
    assert sorted(names) == [
        "ACUUtilization",
        "AuroraReplicaLagMaximum",
        "CPUUtilization",
        "DatabaseConnections",
        "Deadlocks",
        "FreeableMemory",
        "MaximumUsedTransactionIDs",
        "ServerlessDatabaseCapacity",
        "VolumeBytesUsed",
    ]


# ---------------------------------------------------------------- connections


def rules(build: Callable[[TerraformStack], object]) -> dict[str, Any]:
    document = synthesize_alone(build)
    return {
        one["description"]: one.get("cidr_ipv4") or one["referenced_security_group_id"]
        for one in of_type(document, "aws_vpc_security_group_ingress_rule").values()
    }


def test_ranges_groups_and_other_constructs_are_let_in() -> None:
    def build(stack: TerraformStack) -> None:
        orders, reports = database(stack, "orders"), database(stack, "reports")
        group = SecurityGroup(stack, "functions", name="functions")
        for source in ("10.9.0.0/16", "sg-01234567", group, group, reports, Source.cidr_block("192.168.0.0/24")):
            orders.connections.allow_from(source)

    found = rules(build)
    assert found["PostgreSQL from 10.9.0.0/16"] == "10.9.0.0/16"
    assert found["PostgreSQL from security group sg-01234567"] == "sg-01234567"
    assert found["PostgreSQL from security group functions"] == "${aws_security_group.functions.id}"
    assert found["PostgreSQL from security group reports"].startswith("${aws_security_group.reports")
    assert found["PostgreSQL from 192.168.0.0/24"] == "192.168.0.0/24"


def test_who_is_let_in_twice_has_one_rule() -> None:
    def build(stack: TerraformStack) -> None:
        made = database(stack)
        assert made.connections.allow_from("10.9.0.0/16") is made.connections.allow_from("10.9.0.0/16")

    assert set(rules(build)) == {"PostgreSQL from the VPC", "PostgreSQL from 10.9.0.0/16"}


def test_who_the_options_let_in_gets_no_second_rule() -> None:
    """EC2 refuses the same rule a second time, in the middle of the deploy."""

    def build(stack: TerraformStack) -> None:
        network = Network(allowed_cidr_blocks=("10.9.0.0/16",), allowed_security_group_ids=("sg-01234567",))
        made = database(stack, network=network)
        for source in ("10.9.0.0/16", "sg-01234567"):
            made.connections.allow_from(source)

    document = synthesize_alone(build)
    assert len(of_type(document, "aws_vpc_security_group_ingress_rule")) == 2


def test_without_a_security_group_of_its_own_the_first_that_exists_lets_in() -> None:
    network = Network(security_group_ids=("sg-00000000", "sg-11111111"), own_security_group=False)
    document = synthesize_alone(lambda stack: database(stack, network=network).connections.allow_from("10.9.0.0/16"))
    [rule] = of_type(document, "aws_vpc_security_group_ingress_rule").values()
    first, _ = document["data"]["aws_security_group"]
    assert document["data"]["aws_security_group"][first]["id"] == "sg-00000000"
    assert rule["security_group_id"] == f"${{data.aws_security_group.{first}.id}}"
    assert "aws_security_group" not in document["resource"]


def test_two_sources_have_two_names() -> None:
    def build(stack: TerraformStack) -> None:
        connections = database(stack).connections
        connections.allow_from("sg-01234567", name="functions")
        connections.allow_from("sg-89abcdef", name="functions")

    with pytest.raises(RuleViolation, match='name = "functions": is the name of the rule for sg-01234567'):
        synthesize_alone(build)


@pytest.mark.parametrize("source", ["0.0.0.0/0", "::/0", "10.0.0.0/99", "everybody"])
def test_who_must_not_be_let_in_is_refused(source: str) -> None:
    with pytest.raises(RuleViolation, match=source):
        synthesize_alone(lambda stack: database(stack).connections.allow_from(source))


def test_inline_rules_would_take_one_beside_them_out() -> None:
    with pytest.raises(RuleViolation, match="would take out one beside them"):
        synthesize_alone(
            lambda stack: database(stack, network=Network(security_group_rules="inline")).connections.allow_from(
                "10.9.0.0/16"
            )
        )


def test_a_data_api_that_is_off_is_granted_to_nobody() -> None:
    with pytest.raises(RuleViolation, match=r"access\.data_api = false: nobody can call the Data API"):
        synthesize_alone(lambda stack: database(stack, access=Access(data_api=False)).grant_data_api(job(stack)))


# ---------------------------------------------------------------- what exists


def test_what_is_said_of_a_database_is_enough_for_grants() -> None:
    def build(stack: TerraformStack) -> None:
        older = AuroraDatabase.from_attributes(
            stack,
            "older",
            cluster_identifier="older",
            region="eu-central-1",
            account_id="123456789012",
            resource_id="cluster-ABC",
            secret_arn=ARN,
            security_group_id="sg-01234567",
        )
        assert isinstance(older, ExistingDatabase)
        older.grant_data_api("job")
        older.grant_connect("job", "app")
        older.connections.allow_from("10.9.0.0/16")
        older.metric_connections().create_alarm("many", alarm_name="many", threshold=100)

    document = synthesize_alone(build)
    assert "data" not in document
    [[call, read]] = policies(document, "older-data-api")
    assert call["Resource"] == "arn:aws:rds:eu-central-1:123456789012:cluster:older"
    assert read["Resource"] == [ARN]
    [[connect]] = policies(document, "older-connect-app")
    assert connect["Resource"] == "arn:aws:rds-db:eu-central-1:123456789012:dbuser:cluster-ABC/app"
    [rule] = of_type(document, "aws_vpc_security_group_ingress_rule").values()
    assert rule["security_group_id"] == "sg-01234567"


@pytest.mark.parametrize(
    ("use", "unknown"),
    [
        (lambda older: older.grant_data_api("job"), "secret_arn"),
        (lambda older: older.grant_read_secret("job"), "secret_arn"),
        (lambda older: older.grant_connect("job", "app"), "resource_id"),
        (lambda older: older.connections.allow_from("10.0.0.0/16"), "security_group_id"),
    ],
)
def test_what_was_not_said_is_asked_for(use: Callable[[ExistingDatabase], object], unknown: str) -> None:
    with pytest.raises(RuleViolation, match=f"say it: {unknown}=…"):
        synthesize_alone(lambda stack: use(AuroraDatabase.from_attributes(stack, "older", cluster_identifier="older")))


def test_a_database_is_looked_up() -> None:
    def build(stack: TerraformStack) -> None:
        found = AuroraDatabase.from_lookup(stack, "older", cluster_identifier="older")
        found.grant_data_api("job")
        found.connections.allow_from("10.9.0.0/16")

    document = synthesize_alone(build)
    assert document["data"]["aws_rds_cluster"]["older-lookup"]["cluster_identifier"] == "older"
    [[call, read]] = policies(document, "older-data-api")
    assert call["Resource"] == "${data.aws_rds_cluster.older-lookup.arn}"
    assert read["Resource"] == ["${data.aws_rds_cluster.older-lookup.master_user_secret[0].secret_arn}"]


def test_the_customer_key_of_a_secret_that_is_looked_up_is_said() -> None:
    key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd"
    document = synthesize_alone(
        lambda stack: AuroraDatabase.from_lookup(
            stack, "older", cluster_identifier="older", secret_arn=ARN, secret_key_arn=key
        ).grant_read_secret("job")
    )
    [[read, decrypt]] = policies(document, "older-read-secret")
    assert (read["Resource"], decrypt["Resource"]) == ([ARN], [key])


def test_the_rules_need_no_cdktf_though_the_package_has_constructs() -> None:
    import aurora_serverless  # noqa: PLC0415

    assert set(aurora_serverless.__all__) == set(aurora_serverless._MODULES)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = aurora_serverless.Nothing
