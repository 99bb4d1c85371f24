"""What `[access]` and `[proxy]` make of the stack."""

import json
from tempfile import gettempdir
from typing import Any

import pytest
from cdktf import App

from stacks.database import DatabaseStack
from stacks.environment import Environment
from stacks.known_keys import known_keys
from tests.conftest import TODAY
from tests.terraform_json import TerraformJson, blocks, synthesize_stack

CLUSTER = "aws_rds_cluster.aurora"
LAMBDA_POLICY = "aws_iam_role_policy.lambda_aurora_policy"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/5678abcd-12ab-34cd-56ef-1234567890ab"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-app-AbCdEf"
SECRETS = {
    "random": "${aws_secretsmanager_secret.db_credentials.arn}",
    "write_only": "${aws_secretsmanager_secret.db_credentials.arn}",
    "managed": "${local.managed_secret_arn}",
}
USERS = "arn:aws:rds-db:${var.aws_region}:${data.aws_caller_identity.current.account_id}:dbuser:"


def environment(**keys: Any) -> Environment:
    keys.setdefault("engine", {"version": "17.7"})
    return Environment.model_validate({"name": "shop", "name_prefix": "shop", **keys})


def stack_of(**keys: Any) -> TerraformJson:
    return synthesize_stack(DatabaseStack(App(outdir=gettempdir()), environment(**keys), today=TODAY))


def statements(document: TerraformJson, address: str = LAMBDA_POLICY) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(blocks(document)[address]["policy"])["Statement"]
    return found


def logins(document: TerraformJson) -> list[str]:
    """Return what the Lambda role may log in to, and as whom."""
    return [arn for item in statements(document) if item["Action"] == ["rds-db:connect"] for arn in item["Resource"]]


def test_the_data_api_is_on_by_default() -> None:
    assert blocks(stack_of())[CLUSTER]["enable_http_endpoint"] is True


def test_without_the_data_api_no_role_may_call_it() -> None:
    document = stack_of(access={"data_api": False, "roles": ("worker",), "existing_role_names": ("orders-api",)})
    assert blocks(document)[CLUSTER]["enable_http_endpoint"] is False
    assert "rds-data" not in json.dumps(document["resource"]["aws_iam_role_policy"])


def test_without_the_data_api_the_instructions_say_how_to_connect() -> None:
    text = stack_of(access={"data_api": False})["output"]["setup_instructions"]["value"]
    assert "rds-data" not in text
    assert "Test the Data API" not in text
    assert "connect from inside the VPC" in text
    assert "get-secret-value" in text
    assert 'psql "host=${aws_rds_cluster.aurora.endpoint} port=5432 ' in text


def test_a_version_without_data_api_is_allowed_where_it_is_off() -> None:
    document = stack_of(engine={"version": "13.10"}, access={"data_api": False})
    assert blocks(document)[CLUSTER]["engine_version"] == "13.10"
    with pytest.raises(ValueError, match=r"or access\.data_api = false"):
        environment(engine={"version": "13.10"})


def test_database_users_log_in_to_the_cluster() -> None:
    document = stack_of(access={"iam_authentication": True, "iam_users": ("orders_app", "reports")})
    assert logins(document) == [
        f"{USERS}${{aws_rds_cluster.aurora.cluster_resource_id}}/{user}" for user in ("orders_app", "reports")
    ]


def test_database_users_log_in_to_the_proxy_alone_where_the_cluster_takes_no_tokens() -> None:
    document = stack_of(access={"iam_users": ("orders_app",)}, proxy={"iam_authentication": "REQUIRED"})
    assert logins(document) == [f"{USERS}${{local.proxy_resource_id}}/orders_app"]
    assert "iam_database_authentication_enabled" not in blocks(document)[CLUSTER]


def test_database_users_log_in_to_both_where_both_take_tokens() -> None:
    document = stack_of(access={"iam_authentication": True, "iam_users": ("orders_app",)}, proxy={})
    assert logins(document) == [
        f"{USERS}${{aws_rds_cluster.aurora.cluster_resource_id}}/orders_app",
        f"{USERS}${{local.proxy_resource_id}}/orders_app",
    ]


def test_database_users_log_in_to_the_cluster_alone_where_the_proxy_takes_passwords() -> None:
    document = stack_of(
        access={"iam_authentication": True, "iam_users": ("orders_app",)}, proxy={"iam_authentication": "DISABLED"}
    )
    assert logins(document) == [f"{USERS}${{aws_rds_cluster.aurora.cluster_resource_id}}/orders_app"]


def test_nobody_logs_in_with_tokens_who_is_not_named() -> None:
    assert logins(stack_of(access={"iam_authentication": True}, proxy={})) == []


def test_every_role_made_here_has_the_same_policy_and_the_same_extras() -> None:
    extras = {
        "path": "/service/",
        "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/boundary",
        "vpc_access": True,
        "xray": True,
        "secret_arns": (SECRET_ARN,),
        "secret_key_arns": (OTHER_KEY_ARN,),
    }
    document = stack_of(access={"roles": ("worker",), "lambda_role": extras}, tags={"Team": "orders"})
    found = blocks(document)
    role, worker = found["aws_iam_role.lambda_aurora_role"], found["aws_iam_role.aurora_worker"]
    assert worker.pop("name") == "shop-worker-aurora-role"
    assert role.pop("name") == "shop-lambda-aurora-role"
    assert worker == role
    assert worker["path"] == "/service/"
    assert found["aws_iam_role_policy.aurora_worker"]["name"] == "shop-worker-aurora-policy"
    assert statements(document, "aws_iam_role_policy.aurora_worker") == statements(document)
    assert [item["Resource"] for item in statements(document)[3:]] == [[SECRET_ARN], [OTHER_KEY_ARN]]
    for kind in ("basic", "vpc_access", "xray"):
        arns = {
            found[f"aws_iam_role_policy_attachment.{prefix}_{kind}"]["policy_arn"]
            for prefix in ("lambda", "aurora_worker")
        }
        assert len(arns) == 1


def test_the_boundary_of_all_roles_is_that_of_each_which_has_no_other() -> None:
    of_all, of_functions = (f"arn:aws:iam::123456789012:policy/{name}" for name in ("all", "functions"))
    made: dict[str, Any] = {
        "access": {"permissions_boundary_arn": of_all, "roles": ("worker",)},
        "monitoring": {"enhanced_monitoring_seconds": 60},
        "proxy": {},
        "cluster_roles": {"s3_import": {"buckets": ("orders",)}},
        "bedrock_knowledge_base": {},
    }
    document = stack_of(**made)
    assert {role.get("permissions_boundary") for role in document["resource"]["aws_iam_role"].values()} == {of_all}
    assert len(document["resource"]["aws_iam_role"]) == 6
    document = stack_of(
        **{**made, "access": {**made["access"], "lambda_role": {"permissions_boundary_arn": of_functions}}}
    )
    boundaries = {name: role["permissions_boundary"] for name, role in document["resource"]["aws_iam_role"].items()}
    assert boundaries == {
        "lambda_aurora_role": of_functions,
        "aurora_worker": of_functions,
        "bedrock_knowledge_base": of_all,
        "cluster_s3_import": of_all,
        "database_proxy": of_all,
        "rds_monitoring": of_all,
    }


def test_roles_are_told_by_their_short_names_where_there_are_some() -> None:
    outputs = stack_of(access={"roles": ("worker", "monthly-reports")})["output"]
    assert outputs["role_arns"]["value"] == {
        "worker": "${aws_iam_role.aurora_worker.arn}",
        "monthly-reports": "${aws_iam_role.aurora_monthly_reports.arn}",
    }
    assert not {"role_arns", "proxy_endpoint"} & set(stack_of()["output"])


def test_taking_a_role_out_changes_nothing_of_another() -> None:
    three = blocks(stack_of(access={"roles": ("one", "two", "three")}))
    two = blocks(stack_of(access={"roles": ("one", "three")}))
    assert {address: block for address, block in three.items() if "aurora_two" not in address} == two


def test_existing_roles_get_the_lambda_role_s_policy_and_nothing_else() -> None:
    document = stack_of(access={"existing_role_names": ("orders-api",), "lambda_role": {"vpc_access": True}})
    found = blocks(document)
    assert found["aws_iam_role_policy.existing_roles"] == {
        "for_each": '${toset(["orders-api"])}',
        "name": "shop-lambda-aurora-policy",
        "role": "${each.value}",
        "policy": found[LAMBDA_POLICY]["policy"],
    }
    assert [address for address in found if address.startswith("aws_iam_role.")] == ["aws_iam_role.lambda_aurora_role"]


def test_an_empty_table_makes_a_proxy() -> None:
    document = stack_of(proxy={}, tags={"Team": "orders"})
    found = blocks(document)
    assert found["aws_db_proxy.aurora"]["name"] == "shop-aurora-proxy"
    assert found["aws_iam_role.database_proxy"]["name"] == "shop-aurora-proxy-role"
    assert found["aws_iam_role_policy.database_proxy"]["name"] == "shop-aurora-proxy-policy"
    assert found["aws_security_group.database_proxy"]["name"] == "shop-aurora-proxy-sg"
    for address in ("aws_db_proxy.aurora", "aws_iam_role.database_proxy", "aws_security_group.database_proxy"):
        assert found[address]["tags"] == {"Team": "orders"}
    assert {name: output["value"] for name, output in document["output"].items() if name.startswith("proxy_")} == {
        "proxy_endpoint": "${aws_db_proxy.aurora.endpoint}",
        "proxy_security_group_id": "${aws_security_group.database_proxy.id}",
        "proxy_role_arn": "${aws_iam_role.database_proxy.arn}",
    }
    assert not [address for address in blocks(stack_of()) if "proxy" in address]


@pytest.mark.parametrize("mode", SECRETS)
def test_the_proxy_has_the_secret_of_whoever_made_it(mode: str) -> None:
    document = stack_of(proxy={"secret_arns": (SECRET_ARN,)}, credentials={"mode": mode})
    secrets = [SECRETS[mode], SECRET_ARN]
    assert [entry["secret_arn"] for entry in blocks(document)["aws_db_proxy.aurora"]["auth"]] == secrets
    assert statements(document, "aws_iam_role_policy.database_proxy") == [
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": secrets}
    ]


@pytest.mark.parametrize("mode", SECRETS)
def test_the_proxy_decrypts_only_where_there_is_a_customer_key(mode: str) -> None:
    document = stack_of(
        proxy={"secret_arns": (SECRET_ARN,), "secret_key_arns": (OTHER_KEY_ARN,)},
        credentials={"mode": mode},
        encryption={"key": "given", "key_arn": KEY_ARN},
    )
    (decrypt,) = (
        item for item in statements(document, "aws_iam_role_policy.database_proxy") if "kms:Decrypt" in item["Action"]
    )
    assert decrypt["Resource"] == [KEY_ARN, OTHER_KEY_ARN]
    assert decrypt["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.${var.aws_region}.amazonaws.com"}
    }


DECLARED = {"read_write": ("orders_app",), "read_only": ("reports",)}
USER_SECRET = "${aws_secretsmanager_secret.user_orders_app.arn}"


def test_each_user_has_a_secret_with_its_place_and_none_is_put_out() -> None:
    document = stack_of(users=DECLARED, network={"port": 5433})
    found = blocks(document)
    assert found["aws_secretsmanager_secret.user_orders_app"]["name_prefix"] == "shop-db-user-orders_app-"
    for part in (
        "random_password.user_reports.result",
        '"port" = 5433',
        '"engine" = "postgres"',
        '"username" = "reports"',
    ):
        assert part in found["aws_secretsmanager_secret_version.user_reports"]["secret_string"]
    assert document["output"]["user_secret_arns"]["value"] == {
        "orders_app": USER_SECRET,
        "reports": "${aws_secretsmanager_secret.user_reports.arn}",
    }
    assert not [name for name in blocks(stack_of()) if "user_" in name]
    assert not {"user_secret_arns", "application_user"} & set(stack_of()["output"])


def test_write_only_passwords_of_users_are_in_no_state_and_follow_their_place() -> None:
    document = stack_of(users={**DECLARED, "mode": "write_only", "version": 3})
    found = blocks(document)
    version = found["aws_secretsmanager_secret_version.user_orders_app"]
    assert version["secret_string_wo_version"] == 3
    assert version["lifecycle"]["replace_triggered_by"] == ["terraform_data.user_orders_app"]
    assert "ephemeral.aws_secretsmanager_random_password.user_orders_app" in version["secret_string_wo"]
    assert not [name for name in found if name.startswith("random_password.user")]
    assert document["terraform"]["required_version"] == ">= 1.11"


@pytest.mark.parametrize("mode", ["random", "write_only"])
def test_one_user_gets_a_new_password_and_the_others_keep_theirs(mode: str) -> None:
    def versions(**keys: Any) -> dict[str, Any]:
        found = blocks(stack_of(users={**DECLARED, "mode": mode, **keys}))
        return {
            name: found[f"aws_secretsmanager_secret_version.user_{name}"].get("secret_string_wo_version")
            or found[f"random_password.user_{name}"].get("keepers")
            for name in ("orders_app", "reports")
        }

    before, after = versions(version=3), versions(version=3, versions={"reports": 4})
    assert before["orders_app"] == after["orders_app"]
    assert before["reports"] != after["reports"]
    assert after == versions(versions={"orders_app": 3, "reports": 4})


@pytest.mark.parametrize("credentials", ["random", "write_only", "managed"])
def test_the_roles_of_a_user_read_its_secret_and_not_the_masters(credentials: str) -> None:
    document = stack_of(
        users=DECLARED,
        credentials={"mode": credentials},
        access={"lambda_role": {"user": "orders_app"}, "roles": ("worker",), "existing_role_names": ("other",)},
    )
    for policy in (LAMBDA_POLICY, "aws_iam_role_policy.aurora_worker", "aws_iam_role_policy.existing_roles"):
        assert USER_SECRET in blocks(document)[policy]["policy"]
        assert SECRETS[credentials] not in blocks(document)[policy]["policy"]
    assert document["output"]["application_user"]["value"] == "orders_app"
    assert document["output"]["aurora_secret_arn"]["value"] == SECRETS[credentials]
    assert f"AURORA_SECRET_ARN={USER_SECRET}\n" in document["output"]["setup_instructions"]["value"]


def test_the_roles_of_a_user_with_tokens_log_in_as_it_only_and_have_no_secret() -> None:
    document = stack_of(
        users=DECLARED,
        access={
            "lambda_role": {"user": "reports"},
            "iam_authentication": True,
            "iam_users": ("reports", "orders_app"),
        },
    )
    assert not [name for name in blocks(document) if "user_" in name]
    told = statements(document, LAMBDA_POLICY)
    assert [statement["Action"][0].partition(":")[0] for statement in told] == ["logs", "rds-db"]
    (resource,) = told[1]["Resource"]
    assert resource.endswith("/reports")


def test_before_a_proxy_users_with_tokens_have_secrets_which_the_proxy_has_too() -> None:
    document = stack_of(
        users=DECLARED,
        proxy={},
        access={"iam_authentication": True, "iam_users": ("orders_app",), "lambda_role": {"user": "orders_app"}},
    )
    secrets = [entry["secret_arn"] for entry in blocks(document)["aws_db_proxy.aurora"]["auth"]]
    assert secrets == [SECRETS["random"], USER_SECRET, "${aws_secretsmanager_secret.user_reports.arn}"]
    assert statements(document, "aws_iam_role_policy.database_proxy")[0]["Resource"] == secrets


def test_no_policy_of_the_stack_is_for_everything() -> None:
    document = stack_of(
        encryption={"key": "given", "key_arn": KEY_ARN},
        access={
            "iam_authentication": True,
            "iam_users": ("orders_app",),
            "roles": ("worker",),
            "existing_role_names": ("orders-api",),
            "lambda_role": {"secret_arns": (SECRET_ARN,), "secret_key_arns": (OTHER_KEY_ARN,)},
        },
        proxy={},
    )
    policies = document["resource"]["aws_iam_role_policy"]
    assert len(policies) == 4
    for name in policies:
        for statement in statements(document, f"aws_iam_role_policy.{name}"):
            resources = statement["Resource"]
            for arn in resources if isinstance(resources, list) else [resources]:
                assert arn.startswith(("arn:aws:", "${aws_", "${local.")), arn
                assert "*" not in arn or arn.startswith("arn:aws:logs:"), arn


def test_the_proxy_connects_when_there_is_an_instance_and_a_secret_with_a_value() -> None:
    target = blocks(stack_of(proxy={}, instances={"readers": 1}))["aws_db_proxy_target.aurora"]
    assert set(target["depends_on"]) == {
        "aws_rds_cluster_instance.aurora",
        "aws_rds_cluster_instance.reader_1",
        "aws_secretsmanager_secret_version.db_credentials",
    }


def test_a_proxy_is_let_into_the_database_and_lets_in_whom_the_database_lets_in() -> None:
    found = blocks(stack_of(proxy={}, network={"allowed_cidr_blocks": ("10.0.0.0/8",)}))
    rules = {address.rpartition(".")[2]: found[address] for address in found if "ingress_rule" in address}
    assert set(rules) == {"postgresql_from_10_0_0_0_8", "proxy_from_10_0_0_0_8", "database_from_proxy"}
    assert rules["database_from_proxy"]["referenced_security_group_id"] == "${aws_security_group.database_proxy.id}"


def test_a_proxy_lies_in_the_subnets_of_the_database() -> None:
    subnets = ("subnet-01234567", "subnet-01234568")
    data = blocks(stack_of(proxy={}, network={"subnet_ids": subnets}))["data.aws_subnets.database_proxy"]
    assert {"name": "subnet-id", "values": list(subnets)} in data["filter"]


def test_an_empty_table_makes_a_bastion_that_is_let_into_the_database() -> None:
    document = stack_of(
        bastion={}, network={"port": 5433}, access={"permissions_boundary_arn": "arn:aws:iam::aws:policy/X"}
    )
    found = blocks(document)
    assert found["aws_iam_role.bastion"]["name"] == "shop-aurora-bastion-role"
    assert found["aws_iam_role.bastion"]["permissions_boundary"] == "arn:aws:iam::aws:policy/X"
    assert found["aws_security_group.bastion"]["name"] == "shop-aurora-bastion-sg"
    rule = found["aws_vpc_security_group_ingress_rule.database_from_bastion"]
    assert rule["security_group_id"] == "${aws_security_group.aurora.id}"
    assert (rule["from_port"], rule["to_port"]) == (5433, 5433)
    assert document["output"]["bastion_instance_id"]["value"] == "${aws_instance.bastion.id}"
    assert not [address for address in blocks(stack_of()) if "bastion" in address]


@pytest.mark.parametrize(
    ("network", "bastion", "expected"),
    [
        ({}, {}, "${element(sort(data.aws_subnets.default.ids), 0)}"),
        ({"subnet_ids": ("subnet-0fffffff", "subnet-01234567")}, {}, "subnet-0fffffff"),
        ({"subnet_ids": ("subnet-0fffffff", "subnet-01234567")}, {"subnet_id": "subnet-89abcdef"}, "subnet-89abcdef"),
        (
            {"subnet_group_name": "databases"},
            {},
            "${element(sort(tolist(data.aws_db_subnet_group.existing.subnet_ids)), 0)}",
        ),
    ],
)
def test_a_bastion_lies_in_the_first_subnet_of_the_database_or_the_one_that_is_named(
    network: dict[str, Any], bastion: dict[str, Any], expected: str
) -> None:
    assert blocks(stack_of(bastion=bastion, network=network))["aws_instance.bastion"]["subnet_id"] == expected


def test_no_separate_rule_fights_with_the_inline_rules_of_the_database_s_group() -> None:
    document = stack_of(proxy={}, bastion={}, network={"security_group_rules": "inline"})
    group = "${aws_security_group.aurora.id}"
    assert blocks(document)["aws_security_group.aurora"]["ingress"]
    for rules in ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"):
        assert group not in [rule["security_group_id"] for rule in document["resource"][rules].values()]


@pytest.mark.parametrize(
    ("access", "proxy", "expected"),
    [
        ({}, {}, "DISABLED"),
        ({"iam_authentication": True}, {}, "REQUIRED"),
        ({"iam_authentication": True}, {"iam_authentication": "DISABLED"}, "DISABLED"),
        ({}, {"iam_authentication": "REQUIRED"}, "REQUIRED"),
    ],
)
def test_clients_log_in_to_the_proxy_as_to_the_cluster_unless_the_file_says_otherwise(
    access: dict[str, Any], proxy: dict[str, Any], expected: str
) -> None:
    (auth,) = blocks(stack_of(access=access, proxy=proxy))["aws_db_proxy.aurora"]["auth"]
    assert auth["iam_auth"] == expected


def test_the_instructions_say_how_to_connect_through_the_proxy() -> None:
    with_password = stack_of(proxy={})["output"]["setup_instructions"]["value"]
    assert "Through the RDS Proxy, from inside the VPC, with the password of the secret:" in with_password
    assert 'psql "host=${aws_db_proxy.aurora.endpoint} port=5432 ' in with_password
    assert "generate-db-auth-token" not in with_password
    with_token = stack_of(proxy={"iam_authentication": "REQUIRED"})["output"]["setup_instructions"]["value"]
    assert "generate-db-auth-token" in with_token
    assert "RDS Proxy" not in stack_of()["output"]["setup_instructions"]["value"]


def test_a_proxy_keeps_a_cluster_awake_that_shall_pause() -> None:
    (warning,) = environment(proxy={}, capacity={"minimum_acu": 0}).warnings(TODAY)
    assert warning == (
        "capacity.minimum_acu = 0: the cluster never pauses, because the RDS Proxy keeps a connection open; it is "
        "billed while idle"
    )
    assert environment(proxy={}, capacity={"minimum_acu": 0.5}).warnings(TODAY) == ()
    assert environment(capacity={"minimum_acu": 0}).warnings(TODAY) == ()


def test_the_keys_of_an_optional_table_are_known_to_the_error_messages() -> None:
    assert {"proxy", "proxy.require_tls", "access.lambda_role.path"} <= set(known_keys())
