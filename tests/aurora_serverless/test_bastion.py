import json
from typing import Any

import pytest
from constructs import Construct

from aurora_serverless.bastion import Bastion
from aurora_serverless.rules.bastion import check_instance_type
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, blocks, synthesize_alone

GROUP, EGRESS = "aws_security_group.bastion", "aws_vpc_security_group_egress_rule"


def bastion(scope: Construct, **arguments: Any) -> Bastion:
    return Bastion(
        scope,
        "bastion",
        **{
            "role_name": "shop-bastion",
            "security_group_name": "shop-bastion-sg",
            "vpc_id": "vpc-01234567",
            "subnet_id": "subnet-01234567",
            "database_security_group_id": "sg-01234567",
            "fixed_addresses": True,
            **arguments,
        },
    )


def made(**arguments: Any) -> dict[str, TerraformJson]:
    return blocks(synthesize_alone(lambda stack: bastion(stack, **arguments)))


def test_the_instance_has_no_address_and_no_key_and_an_encrypted_volume() -> None:
    instance = made(tags={"Project": "shop"})["aws_instance.bastion"]
    assert instance["instance_type"] == "t4g.nano"
    assert instance["subnet_id"] == "subnet-01234567"
    assert instance["associate_public_ip_address"] is False
    assert "key_name" not in instance
    assert instance["metadata_options"] == {"http_tokens": "required"}
    assert instance["root_block_device"] == {"encrypted": True}
    assert instance["vpc_security_group_ids"] == [f"${{{GROUP}.id}}"]
    assert instance["tags"] == {"Project": "shop"}


def test_a_newer_image_leaves_the_instance_as_it_is() -> None:
    found = made()
    assert found["aws_instance.bastion"]["ami"] == "${data.aws_ssm_parameter.bastion_image.insecure_value}"
    assert found["aws_instance.bastion"]["lifecycle"] == {"ignore_changes": ["ami"]}
    assert found["data.aws_ssm_parameter.bastion_image"]["name"].endswith("al2023-ami-kernel-default-arm64")


def test_nothing_gets_in_and_only_the_database_and_https_are_reached() -> None:
    found = made(database_port=5433)
    assert "ingress" not in found[GROUP]
    assert not [address for address in found if address.startswith("aws_vpc_security_group_ingress_rule")]
    rules = {address.removeprefix(f"{EGRESS}."): rule for address, rule in found.items() if address.startswith(EGRESS)}
    ports = {name: (rule["from_port"], rule["to_port"]) for name, rule in rules.items()}
    assert ports == {"bastion_to_database": (5433, 5433), "bastion_to_https": (443, 443)}
    assert rules["bastion_to_database"]["referenced_security_group_id"] == "sg-01234567"
    assert {rule["security_group_id"] for rule in rules.values()} == {f"${{{GROUP}.id}}"}


def test_the_group_of_the_database_lets_it_in_where_that_is_asked_for() -> None:
    rule = made(opens_database_security_group=True)["aws_vpc_security_group_ingress_rule.database_from_bastion"]
    assert rule["security_group_id"] == "sg-01234567"
    assert rule["referenced_security_group_id"] == f"${{{GROUP}.id}}"
    assert (rule["from_port"], rule["to_port"]) == (5432, 5432)


def test_its_role_is_for_ec2_with_the_policy_of_systems_manager_and_the_boundary() -> None:
    boundary = "arn:aws-cn:iam::123456789012:policy/boundary"
    found = made(partition="aws-cn", permissions_boundary_arn=boundary)
    role = found["aws_iam_role.bastion"]
    (statement,) = json.loads(role["assume_role_policy"])["Statement"]
    assert statement["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert role["permissions_boundary"] == boundary
    policy = found["aws_iam_role_policy_attachment.bastion"]["policy_arn"]
    assert policy == "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore"
    assert found["aws_iam_instance_profile.bastion"]["role"] == "${aws_iam_role.bastion.id}"
    assert "aws_iam_role_policy_attachment.bastion" in found["aws_instance.bastion"]["depends_on"]


@pytest.mark.parametrize(
    "value", ["t4g.nano", "m7gd.large", "im4gn.xlarge", "is4gen.medium", "c7gn.metal", "g5g.xlarge"]
)
def test_types_with_graviton_are_taken(value: str) -> None:
    check_instance_type(value)


@pytest.mark.parametrize(
    "value", ["t3.nano", "t4g", "g4dn.xlarge", "a1.medium", "m6i.large", "db.t4g.medium", "T4G.NANO"]
)
def test_other_types_are_refused(value: str) -> None:
    with pytest.raises(RuleViolation, match="Graviton"):
        check_instance_type(value)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("instance_type", "t3.nano"),
        ("subnet_id", "vpc-01234567"),
        ("role_name", "a b"),
        ("security_group_name", "sg-x"),
        ("database_port", 1),
        ("permissions_boundary_arn", "boundary"),
    ],
)
def test_what_aws_would_refuse_is_refused(argument: str, value: Any) -> None:
    with pytest.raises(RuleViolation, match=argument):
        made(**{argument: value})
