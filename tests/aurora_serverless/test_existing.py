"""What others made is looked up, checked by the plan, and used in the place of what would be made here."""

from typing import Any

import pytest

from aurora_serverless.existing_monitoring_role import ExistingMonitoringRole
from aurora_serverless.existing_parameter_groups import ExistingClusterParameterGroup, ExistingInstanceParameterGroup
from aurora_serverless.rules.violation import RuleViolation
from stacks.terraform_settings import TERRAFORM_VERSION_WITH_WRITE_ONLY
from tests.stacks.test_options import stack_of
from tests.terraform_json import TerraformJson, blocks, synthesize_alone

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-master-AbCdEf"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = "arn:aws:iam::123456789012:role/service/rds-monitoring"


def condition(document: TerraformJson, address: str) -> str:
    [found, *_] = blocks(document)[address]["lifecycle"]["postcondition"]
    text: str = found["condition"]
    return text


def test_parameter_groups_that_exist_are_used_and_must_be_of_the_versions_family() -> None:
    engine = {"version": "17.7", "cluster_parameter_group": "orders", "instance_parameter_group": "orders-instances"}
    reports = {"1": {"parameter_group": "reports"}}
    document = stack_of(engine=engine, instances={"readers": 1, "each": reports})
    found = blocks(document)
    assert found["aws_rds_cluster.aurora"]["db_cluster_parameter_group_name"] == (
        "${data.aws_rds_cluster_parameter_group.existing.name}"
    )
    names = [found[f"aws_rds_cluster_instance.{name}"]["db_parameter_group_name"] for name in ("aurora", "reader_1")]
    assert names == [
        "${data.aws_db_parameter_group.existing.name}",
        "${data.aws_db_parameter_group.existing_1.name}",
    ]
    assert not {"aws_rds_cluster_parameter_group", "aws_db_parameter_group"} & set(document["resource"])
    for type_, name in (("rds_cluster", "existing"), ("db", "existing"), ("db", "existing_1")):
        address = f"data.aws_{type_}_parameter_group.{name}"
        assert condition(document, address) == '${self.family == "aurora-postgresql17"}'


def test_a_cluster_group_that_exists_goes_with_one_of_the_instances_made_here() -> None:
    engine = {"version": "17.7", "cluster_parameter_group": "orders", "instance_parameters": {"work_mem": "65536"}}
    document = stack_of(engine=engine)
    assert "aws_rds_cluster_parameter_group" not in document["resource"]
    instance = blocks(document)["aws_rds_cluster_instance.aurora"]
    assert instance["db_parameter_group_name"] == "${aws_db_parameter_group.aurora.name}"


def test_a_monitoring_role_that_exists_is_used_and_rds_must_be_able_to_assume_it() -> None:
    monitoring = {"enhanced_monitoring_seconds": 60, "enhanced_monitoring_role_arn": ROLE}
    document = stack_of(monitoring=monitoring)
    found = blocks(document)
    assert found["aws_rds_cluster_instance.aurora"]["monitoring_role_arn"] == "${data.aws_iam_role.rds_monitoring.arn}"
    assert found["data.aws_iam_role.rds_monitoring"]["name"] == "rds-monitoring"
    assert "aws_iam_role.rds_monitoring" not in found
    of_arn, of_trust = found["data.aws_iam_role.rds_monitoring"]["lifecycle"]["postcondition"]
    assert of_arn["condition"] == f'${{self.arn == "{ROLE}"}}'
    assert of_trust["condition"] == '${strcontains(self.assume_role_policy, "monitoring.rds.amazonaws.com")}'


def test_a_subnet_group_and_security_groups_that_exist_must_lie_in_the_vpc() -> None:
    network = {"vpc_id": "vpc-00000000", "subnet_group_name": "databases", "security_group_ids": ["sg-00000000"]}
    document = stack_of(network=network, proxy={})
    found = blocks(document)
    cluster = found["aws_rds_cluster.aurora"]
    assert cluster["db_subnet_group_name"] == "${data.aws_db_subnet_group.existing.name}"
    assert cluster["vpc_security_group_ids"] == [
        "${aws_security_group.aurora.id}",
        "${data.aws_security_group.existing_0.id}",
    ]
    assert not {"aws_db_subnet_group.aurora", "data.aws_subnets.default"} & set(found)
    for address in ("data.aws_db_subnet_group.existing", "data.aws_security_group.existing_0"):
        assert condition(document, address) == "${data.aws_vpc.selected.id == self.vpc_id}"
    dual = blocks(stack_of(network={**network, "network_type": "DUAL"}))["data.aws_db_subnet_group.existing"]
    conditions = [one["condition"] for one in dual["lifecycle"]["postcondition"]]
    assert conditions[1:] == ['${contains(self.supported_network_types, "DUAL")}']
    filters = found["data.aws_subnets.database_proxy"]["filter"]
    assert "${tolist(data.aws_db_subnet_group.existing.subnet_ids)}" in [one["values"] for one in filters]


def test_security_groups_that_exist_may_be_all_that_the_cluster_has() -> None:
    network = {"security_group_ids": ["sg-00000000", "sg-11111111"], "own_security_group": False}
    first = "${data.aws_security_group.existing_0.id}"
    document = stack_of(network={**network, "allowed_cidr_blocks": ["10.9.0.0/16"]}, proxy={}, bastion={})
    found = blocks(document)
    assert found["aws_rds_cluster.aurora"]["vpc_security_group_ids"] == [
        first,
        "${data.aws_security_group.existing_1.id}",
    ]
    assert document["output"]["security_group_id"]["value"] == first
    groups = {address for address in found if address.startswith("aws_security_group.")}
    assert groups == {"aws_security_group.bastion", "aws_security_group.database_proxy"}
    of_first = {
        address: rule["referenced_security_group_id"]
        for address, rule in found.items()
        if rule.get("security_group_id") == first
    }
    assert set(of_first.values()) == {f"${{{group}.id}}" for group in groups}
    assert "10.9.0.0/16" in {rule.get("cidr_ipv4") for rule in found.values()}  # reaches the proxy


def test_the_password_of_a_secret_that_exists_is_never_in_the_state() -> None:
    credentials = {"mode": "existing", "secret_arn": SECRET, "secret_key_arn": KEY}
    document = stack_of(credentials=credentials, database={"master_username": "orders_owner"}, proxy={})
    found = blocks(document)
    cluster = found["aws_rds_cluster.aurora"]
    read = "ephemeral.aws_secretsmanager_secret_version.db_credentials.secret_string"
    assert cluster["master_password_wo"] == f"${{jsondecode({read}).password}}"
    assert cluster["master_username"] == "orders_owner"
    assert not {"master_password", "manage_master_user_password"} & set(cluster)
    assert not {"aws_secretsmanager_secret", "random_password", "random_id"} & set(document["resource"])
    assert document["ephemeral"]["aws_secretsmanager_secret_version"]["db_credentials"]["secret_id"] == SECRET
    assert document["output"]["aurora_secret_arn"]["value"] == SECRET
    assert document["terraform"]["required_version"] == TERRAFORM_VERSION_WITH_WRITE_ONLY
    for policy in ("lambda_aurora_policy", "database_proxy"):
        text = found[f"aws_iam_role_policy.{policy}"]["policy"]
        assert SECRET in text
        assert KEY in text


def test_another_secret_or_version_sends_its_password() -> None:
    def version(**credentials: Any) -> Any:
        keys = {"mode": "existing", "secret_arn": SECRET, **credentials}
        return blocks(stack_of(credentials=keys))["aws_rds_cluster.aurora"]["master_password_wo_version"]

    assert version() == version(version=1)
    assert len({version(), version(version=2), version(secret_arn=SECRET.replace("orders", "other"))}) == 3


def test_a_log_group_that_exists_is_imported() -> None:
    document = stack_of(monitoring={"log_retention_days": 30, "import_log_group": True})
    [imported] = document["import"]
    assert imported == {
        "to": "aws_cloudwatch_log_group.postgresql",
        "id": "/aws/rds/cluster/shop-aurora/postgresql",
    }
    assert "import" not in stack_of(monitoring={"log_retention_days": 30})


@pytest.mark.parametrize(
    ("construct", "wrong"),
    [
        (ExistingClusterParameterGroup, {"name": "default.aurora-postgresql17", "major_version": 17}),
        (ExistingInstanceParameterGroup, {"name": "a--b", "major_version": 17}),
        (ExistingInstanceParameterGroup, {"name": "orders", "major_version": 9}),
        (ExistingMonitoringRole, {"role_arn": "rds-monitoring"}),
    ],
)
def test_what_can_name_nothing_is_refused(construct: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(RuleViolation):
        synthesize_alone(lambda stack: construct(stack, "existing", **wrong))
