import json
from typing import Any

import pytest
from cdktf import TerraformOutput
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from constructs import Construct

from aurora_serverless.proxy import DatabaseProxy
from aurora_serverless.rules.violation import RuleViolation
from aurora_serverless.sources import Source
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone

SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf"
OTHER_SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app-AbCdEf"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
TAGS = {"Project": "shop"}


def proxy(scope: Construct, **arguments: Any) -> DatabaseProxy:
    return DatabaseProxy(
        scope,
        "proxy",
        **{
            "proxy_name": "shop-proxy",
            "role_name": "shop-proxy-role",
            "policy_name": "shop-proxy-policy",
            "security_group_name": "shop-proxy-group",
            "cluster_identifier": "shop",
            "secret_arns": [SECRET_ARN],
            "region": "us-east-1",
            "vpc_id": "vpc-1",
            "subnet_ids": ["subnet-1", "subnet-2"],
            "sources": [Source.cidr_block("10.0.0.0/16"), Source.security_group("sg-01234567")],
            "database_security_group_id": "sg-database",
            "fixed_addresses": True,
            **arguments,
        },
    )


@pytest.fixture(scope="module")
def document() -> TerraformJson:
    return synthesize_alone(lambda stack: proxy(stack, tags=TAGS))


def made(**arguments: Any) -> TerraformJson:
    return synthesize_alone(lambda stack: proxy(stack, **arguments))


def test_a_proxy_is_its_three_resources_a_role_and_a_security_group(document: TerraformJson) -> None:
    assert set(blocks(document)) == {
        "aws_db_proxy.aurora",
        "aws_db_proxy_default_target_group.aurora",
        "aws_db_proxy_target.aurora",
        "aws_iam_role.database_proxy",
        "aws_iam_role_policy.database_proxy",
        "aws_security_group.database_proxy",
        "aws_vpc_security_group_egress_rule.database_proxy",
        "aws_vpc_security_group_ingress_rule.proxy_from_10_0_0_0_16",
        "aws_vpc_security_group_ingress_rule.proxy_from_sg_01234567",
        "data.aws_availability_zones.database_proxy",
        "data.aws_subnets.database_proxy",
        "terraform_data.proxy_name",
    }


def test_the_proxy_wants_tls_and_passwords_by_default(document: TerraformJson) -> None:
    assert only(document, "aws_db_proxy") == {
        "name": "shop-proxy",
        "engine_family": "POSTGRESQL",
        "role_arn": "${aws_iam_role.database_proxy.arn}",
        "auth": [
            {
                "auth_scheme": "SECRETS",
                "iam_auth": "DISABLED",
                "client_password_auth_type": "POSTGRES_SCRAM_SHA_256",
                "secret_arn": SECRET_ARN,
            }
        ],
        "require_tls": True,
        "idle_client_timeout": 1800,
        "debug_logging": False,
        "vpc_subnet_ids": "${data.aws_subnets.database_proxy.ids}",
        "vpc_security_group_ids": ["${aws_security_group.database_proxy.id}"],
        "tags": TAGS,
        "depends_on": ["aws_iam_role_policy.database_proxy"],
        "lifecycle": {"replace_triggered_by": ["terraform_data.proxy_name"]},
    }


def test_the_pool_has_aws_s_defaults_written_out(document: TerraformJson) -> None:
    assert only(document, "aws_db_proxy_default_target_group")["connection_pool_config"] == {
        "connection_borrow_timeout": 120,
        "max_connections_percent": 100,
        "max_idle_connections_percent": 50,
    }


@pytest.mark.parametrize(("maximum", "idle"), [(1, 0), (30, 15), (31, 15)])
def test_half_of_a_small_maximum_may_be_idle_where_the_provider_would_send_50(maximum: int, idle: int) -> None:
    pool = only(made(maximum_connections_percent=maximum), "aws_db_proxy_default_target_group")
    assert pool["connection_pool_config"]["max_idle_connections_percent"] == idle


def test_0_is_sent_as_it_is() -> None:
    group = only(
        made(connection_borrow_timeout_seconds=0, maximum_idle_connections_percent=0),
        "aws_db_proxy_default_target_group",
    )
    assert group["connection_pool_config"]["connection_borrow_timeout"] == 0
    assert group["connection_pool_config"]["max_idle_connections_percent"] == 0


def test_every_setting_arrives() -> None:
    found = blocks(
        made(
            idle_client_timeout_seconds=60,
            debug_logging=True,
            require_tls=False,
            maximum_connections_percent=80,
            maximum_idle_connections_percent=80,
            init_query="SET statement_timeout = 5000",
        )
    )
    assert found["aws_db_proxy.aurora"]["idle_client_timeout"] == 60
    assert found["aws_db_proxy.aurora"]["debug_logging"] is True
    assert found["aws_db_proxy.aurora"]["require_tls"] is False
    pool = found["aws_db_proxy_default_target_group.aurora"]["connection_pool_config"]
    assert (pool["max_connections_percent"], pool["max_idle_connections_percent"]) == (80, 80)
    assert pool["init_query"] == "SET statement_timeout = 5000"


def test_clients_with_tokens_show_no_password() -> None:
    auth = only(made(iam_authentication="REQUIRED", secret_arns=[SECRET_ARN, OTHER_SECRET_ARN]), "aws_db_proxy")["auth"]
    assert auth == [
        {"auth_scheme": "SECRETS", "iam_auth": "REQUIRED", "secret_arn": arn} for arn in (SECRET_ARN, OTHER_SECRET_ARN)
    ]


def test_rds_assumes_the_role_without_a_condition_that_a_proxy_does_not_know(document: TerraformJson) -> None:
    assert json.loads(only(document, "aws_iam_role")["assume_role_policy"])["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "rds.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]


def test_the_role_reads_the_secrets_and_nothing_else(document: TerraformJson) -> None:
    assert json.loads(only(document, "aws_iam_role_policy")["policy"])["Statement"] == [
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [SECRET_ARN]}
    ]


def test_the_role_uses_a_customer_key_through_secrets_manager_only() -> None:
    policy = json.loads(only(made(secret_key_arns=[KEY_ARN]), "aws_iam_role_policy")["policy"])
    assert policy["Statement"][1] == {
        "Effect": "Allow",
        "Action": ["kms:Decrypt"],
        "Resource": [KEY_ARN],
        "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}},
    }


def test_the_given_sources_come_in_and_the_database_alone_is_reached(document: TerraformJson) -> None:
    found = blocks(document)
    last = {"lifecycle": {"create_before_destroy": True}}
    port = {"ip_protocol": "tcp", "from_port": 5432, "to_port": 5432, "tags": TAGS, **last}
    group = "${aws_security_group.database_proxy.id}"
    assert found["aws_vpc_security_group_ingress_rule.proxy_from_10_0_0_0_16"] == {
        **port,
        "security_group_id": group,
        "cidr_ipv4": "10.0.0.0/16",
        "description": "Proxy from 10.0.0.0/16",
    }
    assert found["aws_vpc_security_group_ingress_rule.proxy_from_sg_01234567"] == {
        **port,
        "security_group_id": group,
        "referenced_security_group_id": "sg-01234567",
        "description": "Proxy from security group sg-01234567",
    }
    assert found["aws_vpc_security_group_egress_rule.database_proxy"] == {
        **port,
        "security_group_id": group,
        "referenced_security_group_id": "sg-database",
        "description": "The database",
    }
    # An inline rule would fight with those, and Terraform leaves none where there is no such argument.
    assert not {"ingress", "egress"} & set(found["aws_security_group.database_proxy"])


def test_the_database_s_group_gets_a_rule_only_where_it_is_asked_for(document: TerraformJson) -> None:
    address = "aws_vpc_security_group_ingress_rule.database_from_proxy"
    assert address not in blocks(document)
    assert blocks(made(opens_database_security_group=True))[address] == {
        "security_group_id": "sg-database",
        "referenced_security_group_id": "${aws_security_group.database_proxy.id}",
        "ip_protocol": "tcp",
        "from_port": 5432,
        "to_port": 5432,
        "description": "The RDS Proxy",
        "lifecycle": {"create_before_destroy": True},
    }


def test_subnets_in_zones_without_proxies_are_left_out(document: TerraformJson) -> None:
    found = blocks(document)
    assert found["data.aws_availability_zones.database_proxy"] == {"exclude_zone_ids": ["use1-az3", "usw1-az2"]}
    assert found["data.aws_subnets.database_proxy"]["filter"] == [
        {"name": "vpc-id", "values": ["vpc-1"]},
        {"name": "subnet-id", "values": ["subnet-1", "subnet-2"]},
        {"name": "availability-zone", "values": "${data.aws_availability_zones.database_proxy.names}"},
    ]


def test_the_target_is_the_cluster_once_it_can_be_connected_to() -> None:
    def build(stack: Construct) -> None:
        proxy(stack, depends_on=[DataAwsVpc(stack, "ready")])

    target = only(synthesize_alone(build), "aws_db_proxy_target")
    assert target == {
        "db_proxy_name": "${aws_db_proxy.aurora.id}",
        "target_group_name": "${aws_db_proxy_default_target_group.aurora.name}",
        "db_cluster_identifier": "shop",
        "depends_on": ["data.aws_vpc.ready"],
    }


def test_the_resource_id_is_the_last_part_of_the_arn() -> None:
    def build(stack: Construct) -> None:
        made = proxy(stack)
        TerraformOutput(stack, "resource_id", value=made.resource_id)
        TerraformOutput(stack, "endpoint", value=made.endpoint)

    document = synthesize_alone(build)
    assert document["output"]["resource_id"]["value"] == "${local.proxy_resource_id}"
    assert document["locals"]["proxy_resource_id"] == '${element(split(":", aws_db_proxy.aurora.arn), 6)}'
    assert document["output"]["endpoint"]["value"] == "${aws_db_proxy.aurora.endpoint}"


def test_two_proxies_fit_into_a_stack_without_fixed_addresses() -> None:
    def build(stack: Construct) -> None:
        for name in ("orders", "reports"):
            proxy(Construct(stack, name), fixed_addresses=False)

    assert len(blocks(synthesize_alone(build))) == 24


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"proxy_name": "Shop"}, 'proxy_name = "Shop"'),
        ({"proxy_name": "a" * 64}, "1 to 63"),
        ({"role_name": "a b"}, 'role_name = "a b"'),
        ({"policy_name": "a b"}, 'policy_name = "a b"'),
        ({"security_group_name": "sg-1"}, "must not start with sg-"),
        ({"secret_arns": ["shop"]}, 'secret_arns = "shop"'),
        ({"secret_arns": [SECRET_ARN] * 201}, "at most 200 secrets"),
        ({"secret_key_arns": ["alias/x"]}, 'secret_key_arns = "alias/x"'),
        ({"require_tls": False, "iam_authentication": "REQUIRED"}, "over TLS only"),
        ({"idle_client_timeout_seconds": 0}, "must be 1 to 28800 seconds"),
        ({"idle_client_timeout_seconds": 28801}, "must be 1 to 28800 seconds"),
        ({"connection_borrow_timeout_seconds": -1}, "must be 0 to 300 seconds"),
        ({"connection_borrow_timeout_seconds": 301}, "must be 0 to 300 seconds"),
        ({"maximum_connections_percent": 0}, "must be 1 to 100 percent"),
        ({"maximum_connections_percent": 101}, "must be 1 to 100 percent"),
        ({"maximum_idle_connections_percent": -1}, "must be 0 to maximum_connections_percent, which is 100; write 0"),
        (
            {"maximum_connections_percent": 40, "maximum_idle_connections_percent": 41},
            "must be 0 to maximum_connections_percent, which is 40; write 40",
        ),
        ({"init_query": " "}, "must not be empty"),
        ({"tags": {"aws:x": "y"}}, "must not start with aws:"),
        ({"tags": {"Team": "a", "team": "a"}}, "in capitals only"),
    ],
)
def test_what_aws_would_refuse_is_refused(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(RuleViolation, match=told):
        made(**arguments)


def test_a_proxy_has_as_many_secrets_as_the_policy_of_its_role_can_name() -> None:
    assert len(only(made(secret_arns=[SECRET_ARN] * 130), "aws_db_proxy")["auth"]) == 130
    with pytest.raises(RuleViolation, match=r'secret_arns = "200 secrets": makes a policy of 1\d,\d{3} characters'):
        made(secret_arns=[SECRET_ARN] * 200)


def test_a_proxy_alone_reads_secrets_of_its_own_region() -> None:
    with pytest.raises(RuleViolation, match="is in us-east-1, and a proxy reads secrets of its own Region"):
        made(secret_arns=[SECRET_ARN], region="eu-west-1")


def test_a_region_without_proxies_is_refused() -> None:
    with pytest.raises(RuleViolation, match="AWS does not offer RDS Proxy in ap-east-2; leave the proxy out"):
        made(region="ap-east-2", secret_arns=[SECRET_ARN.replace("us-east-1", "ap-east-2")])


def test_a_key_of_china_is_used_through_either_name_of_secrets_manager() -> None:
    arns = {
        name: [arn.replace("arn:aws:", "arn:aws-cn:").replace("us-east-1", "cn-north-1")]
        for name, arn in (("secret_arns", SECRET_ARN), ("secret_key_arns", KEY_ARN))
    }
    document = made(region="cn-north-1", **arns)
    policy = next(iter(document["resource"]["aws_iam_role_policy"].values()))["policy"]
    assert "secretsmanager.cn-north-1.amazonaws.com.cn" in policy


def test_another_name_makes_another_proxy() -> None:
    """The provider would rename it in place, under a target group that keeps the old name until the next deploy."""
    found = blocks(made())
    assert found["terraform_data.proxy_name"]["input"] == {"name": "shop-proxy"}
    assert found["aws_db_proxy.aurora"]["lifecycle"]["replace_triggered_by"] == ["terraform_data.proxy_name"]


def test_an_initialization_query_that_is_taken_out_must_not_stay() -> None:
    def lifecycle(**arguments: Any) -> dict[str, Any]:
        found: dict[str, Any] = blocks(made(**arguments))["aws_db_proxy_default_target_group.aurora"]
        return found.get("lifecycle", {})

    assert lifecycle()["ignore_changes"] == ["connection_pool_config[0].init_query"]
    [check] = lifecycle()["postcondition"]
    assert check["condition"] == '${coalesce(self.connection_pool_config[0].init_query, "-") == "-"}'
    assert lifecycle(init_query="SELECT 1") == {}
