from typing import Any

import pytest
from cdktf import TerraformVariable
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from constructs import Construct

from aurora_serverless.network import DatabaseNetwork
from aurora_serverless.rules.violation import RuleViolation
from aurora_serverless.sources import Source
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone

VPC_ID = "vpc-0123456789abcdef0"
SUBNET_IDS = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]
GROUP_ID = "sg-0123456789abcdef0"
INGRESS = "aws_vpc_security_group_ingress_rule"
EGRESS = "aws_vpc_security_group_egress_rule"


def network(scope: Construct, id_: str = "network", **arguments: Any) -> DatabaseNetwork:
    return DatabaseNetwork(
        scope,
        id_,
        **{
            "subnet_group_name": "shop-subnets",
            "security_group_name": "shop-sg",
            "security_group_description": "Security group for shop",
            **arguments,
        },
    )


def fixed(**arguments: Any) -> dict[str, dict[str, Any]]:
    return blocks(synthesize_alone(lambda stack: network(stack, fixed_addresses=True, **arguments)))


def inline(**arguments: Any) -> dict[str, Any]:
    """Return the arguments that are set of the one inline rule in and of those out."""
    group = fixed(security_group_rules="inline", **arguments)["aws_security_group.aurora"]
    (rule,) = group["ingress"]
    return {key: value for key, value in rule.items() if value is not None}


def refused(**arguments: Any) -> None:
    synthesize_alone(lambda stack: network(stack, **arguments))


@pytest.fixture(scope="module")
def document() -> TerraformJson:
    return synthesize_alone(lambda stack: network(stack, tags={"Project": "shop"}, fixed_addresses=True))


def test_the_default_vpc_and_its_subnets_are_read(document: TerraformJson) -> None:
    found = blocks(document)
    assert found["data.aws_vpc.default"] == {"default": True}
    assert found["data.aws_subnets.default"] == {
        "filter": [{"name": "vpc-id", "values": ["${data.aws_vpc.default.id}"]}]
    }


def test_the_subnet_group_spans_the_vpcs_subnets(document: TerraformJson) -> None:
    group = only(document, "aws_db_subnet_group")
    assert group["name"] == "shop-subnets"
    assert group["subnet_ids"] == "${data.aws_subnets.default.ids}"
    assert group["tags"] == {"Project": "shop"}


def test_a_vpc_is_found_by_its_id() -> None:
    found = fixed(vpc_id=VPC_ID)
    assert found["data.aws_vpc.selected"] == {"id": VPC_ID}
    assert found["aws_security_group.aurora"]["vpc_id"] == "${data.aws_vpc.selected.id}"
    assert found["data.aws_subnets.default"]["filter"][0]["values"] == ["${data.aws_vpc.selected.id}"]


def test_a_vpc_is_found_by_its_tags_and_subnets_by_theirs() -> None:
    found = fixed(vpc_tags={"Name": "shop"}, subnet_tags={"Tier": "database", "aws:cloudformation:stack-name": "base"})
    assert found["data.aws_vpc.selected"] == {"tags": {"Name": "shop"}}
    assert found["data.aws_subnets.selected"] == {
        "filter": [{"name": "vpc-id", "values": ["${data.aws_vpc.selected.id}"]}],
        "tags": {"Tier": "database", "aws:cloudformation:stack-name": "base"},
    }
    assert found["aws_db_subnet_group.aurora"]["subnet_ids"] == "${data.aws_subnets.selected.ids}"


def test_named_subnets_are_not_looked_for() -> None:
    found = fixed(subnet_ids=SUBNET_IDS)
    assert not [address for address in found if address.startswith("data.aws_subnets.")]
    assert found["aws_db_subnet_group.aurora"]["subnet_ids"] == SUBNET_IDS
    assert found["data.aws_vpc.default"] == {"default": True}, "without a VPC's name, the default one is meant"


def test_terraform_checks_that_the_subnets_lie_in_two_zones() -> None:
    found = fixed()
    assert found["data.aws_subnet.aurora"] == {
        "for_each": "${toset(data.aws_subnets.default.ids)}",
        "id": "${each.value}",
    }
    (zones,) = found["aws_db_subnet_group.aurora"]["lifecycle"]["precondition"]
    assert zones["condition"] == (
        "${length(distinct([for subnet in data.aws_subnet.aurora : subnet.availability_zone])) >= 2}"
    )


def test_terraform_checks_that_named_subnets_lie_in_the_vpc() -> None:
    place, zones = fixed(subnet_ids=SUBNET_IDS)["aws_db_subnet_group.aurora"]["lifecycle"]["precondition"]
    assert "if subnet.vpc_id != data.aws_vpc.default.id])" in place["condition"]
    assert "subnet.availability_zone" in zones["condition"]


def test_terraform_checks_that_every_instance_has_a_subnet_in_its_zone() -> None:
    found = fixed(instance_zones=("us-east-1b", "us-east-1a", "us-east-1b"))
    _, zones = found["aws_db_subnet_group.aurora"]["lifecycle"]["precondition"]
    assert zones["condition"] == (
        '${length(setsubtract(["us-east-1a", "us-east-1b"], '
        "distinct([for subnet in data.aws_subnet.aurora : subnet.availability_zone]))) == 0}"
    )


def test_the_check_can_be_switched_off() -> None:
    found = fixed(check_subnets=False, instance_zones=("us-east-1a",))
    assert "data.aws_subnet.aurora" not in found
    assert "lifecycle" not in found["aws_db_subnet_group.aurora"]


def test_no_reference_keeps_its_braces_inside_an_expression(document: TerraformJson) -> None:
    (zones,) = only(document, "aws_db_subnet_group")["lifecycle"]["precondition"]
    named = fixed(subnet_ids=SUBNET_IDS, instance_zones=("us-east-1a",))
    place, _, instances = named["aws_db_subnet_group.aurora"]["lifecycle"]["precondition"]
    for text in (*zones.values(), *place.values(), *instances.values()):
        for expression in text.split("${")[1:]:
            assert expression.count("}") == 1


def test_subnets_of_the_same_program_are_read_by_keys_that_terraform_knows_when_it_plans() -> None:
    def build(stack: Construct) -> None:
        vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
        subnets = [Subnet(stack, name, vpc_id=vpc.id, cidr_block="10.0.0.0/24").id for name in ("one", "two")]
        network(stack, vpc_id=vpc.id, subnet_ids=tuple(subnets), fixed_addresses=True)

    found = blocks(synthesize_alone(build))
    assert found["data.aws_subnet.aurora"]["for_each"] == {"0": "${aws_subnet.one.id}", "1": "${aws_subnet.two.id}"}
    assert found["data.aws_vpc.selected"] == {"id": "${aws_vpc.vpc.id}"}
    assert found["aws_db_subnet_group.aurora"]["subnet_ids"] == ["${aws_subnet.one.id}", "${aws_subnet.two.id}"]


def test_subnets_may_be_one_token() -> None:
    def build(stack: Construct) -> None:
        subnets = TerraformVariable(stack, "subnets", type="list(string)")
        network(stack, subnet_ids=subnets.list_value, fixed_addresses=True)

    found = blocks(synthesize_alone(build))
    assert found["data.aws_subnet.aurora"]["for_each"] == "${toset(var.subnets)}"
    assert found["aws_db_subnet_group.aurora"]["subnet_ids"] == "${var.subnets}"


def test_only_the_vpc_gets_in_and_only_on_the_port(document: TerraformJson) -> None:
    assert only(document, INGRESS) == {
        "security_group_id": "${aws_security_group.aurora.id}",
        "description": "PostgreSQL from the VPC",
        "ip_protocol": "tcp",
        "from_port": 5432,
        "to_port": 5432,
        "cidr_ipv4": "${data.aws_vpc.default.cidr_block}",
        "tags": {"Project": "shop"},
        "lifecycle": {"create_before_destroy": True},
    }


def test_everything_gets_out(document: TerraformJson) -> None:
    assert only(document, EGRESS) == {
        "security_group_id": "${aws_security_group.aurora.id}",
        "description": "Everything outbound",
        "ip_protocol": "-1",
        "cidr_ipv4": "0.0.0.0/0",
        "tags": {"Project": "shop"},
        "lifecycle": {"create_before_destroy": True},
    }


def test_beside_separate_rules_the_group_has_none_of_its_own(document: TerraformJson) -> None:
    assert not {"ingress", "egress"} & only(document, "aws_security_group").keys()


def test_whoever_is_allowed_gets_in_instead_of_the_vpc() -> None:
    found = fixed(allowed_cidr_blocks=["10.0.0.0/8", "192.168.7.0/24"], allowed_security_group_ids=[GROUP_ID])
    rules = {address: block for address, block in found.items() if address.startswith(INGRESS)}
    sources = {
        address.removeprefix(f"{INGRESS}."): {
            key: block[key] for key in block if key.startswith(("cidr", "referenced"))
        }
        for address, block in rules.items()
    }
    assert sources == {
        "postgresql_from_10_0_0_0_8": {"cidr_ipv4": "10.0.0.0/8"},
        "postgresql_from_192_168_7_0_24": {"cidr_ipv4": "192.168.7.0/24"},
        "postgresql_from_sg_0123456789abcdef0": {"referenced_security_group_id": GROUP_ID},
    }
    assert {block["description"] for block in rules.values()} == {
        "PostgreSQL from 10.0.0.0/8",
        "PostgreSQL from 192.168.7.0/24",
        f"PostgreSQL from security group {GROUP_ID}",
    }


@pytest.mark.parametrize("addresses", [True, False])
def test_taking_a_source_out_touches_no_other_rule(addresses: bool) -> None:
    def rules(*blocks_: str) -> dict[str, Any]:
        def build(stack: Construct) -> None:
            network(stack, allowed_cidr_blocks=list(blocks_), fixed_addresses=addresses)

        return {
            address: block for address, block in blocks(synthesize_alone(build)).items() if address.startswith(INGRESS)
        }

    before, after = rules("10.0.0.0/8", "10.1.0.0/16", "172.16.0.0/12"), rules("172.16.0.0/12", "10.0.0.0/8")
    assert len(after) == 2
    assert after.items() <= before.items()


def test_a_group_of_the_same_program_is_called_by_a_name_of_its_own() -> None:
    def build(stack: Construct) -> None:
        functions = SecurityGroup(stack, "functions")
        network(stack, allowed_security_group_ids={"functions": functions.id}, fixed_addresses=True)

    rule = blocks(synthesize_alone(build))[f"{INGRESS}.postgresql_from_functions"]
    assert rule["referenced_security_group_id"] == "${aws_security_group.functions.id}"


def test_a_group_of_the_same_program_needs_a_name() -> None:
    def build(stack: Construct) -> None:
        network(stack, allowed_security_group_ids=[SecurityGroup(stack, "functions").id])

    with pytest.raises(RuleViolation, match=r'only Terraform knows this id.*\{"functions": group.id\}'):
        synthesize_alone(build)


def test_closed_has_no_egress_rule() -> None:
    found = fixed(egress="closed")
    assert not [address for address in found if address.startswith(EGRESS)]


def test_inline_rules_are_those_of_hand_written_configurations() -> None:
    found = fixed(security_group_rules="inline")
    assert not [address for address in found if address.startswith(("aws_vpc_security_group", "aws_vpc_endpoint"))]
    group = found["aws_security_group.aurora"]
    assert inline() == {
        "from_port": 5432,
        "to_port": 5432,
        "protocol": "tcp",
        "cidr_blocks": ["${data.aws_vpc.default.cidr_block}"],
    }
    (rule,) = group["egress"]
    assert {key: value for key, value in rule.items() if value is not None} == {
        "from_port": 0,
        "to_port": 0,
        "protocol": "-1",
        "cidr_blocks": ["0.0.0.0/0"],
    }


def test_inline_rules_let_the_same_sources_in() -> None:
    rule = inline(allowed_cidr_blocks=["10.0.0.0/8", "172.16.0.0/12"], allowed_security_group_ids=[GROUP_ID])
    assert rule["cidr_blocks"] == ["10.0.0.0/8", "172.16.0.0/12"]
    assert rule["security_groups"] == [GROUP_ID]
    only_group = inline(allowed_security_group_ids=[GROUP_ID])
    assert "cidr_blocks" not in only_group


def test_closed_inline_egress_is_an_empty_list_because_none_at_all_would_leave_what_is_there() -> None:
    group = fixed(security_group_rules="inline", egress="closed")["aws_security_group.aurora"]
    assert group["egress"] == []


def test_the_security_group_has_its_name_description_vpc_and_tags(document: TerraformJson) -> None:
    group = only(document, "aws_security_group")
    assert group["name"] == "shop-sg"
    assert group["description"] == "Security group for shop"
    assert group["vpc_id"] == "${data.aws_vpc.default.id}"
    assert group["tags"] == {"Project": "shop"}


def test_no_tags_by_default() -> None:
    document = synthesize_alone(network)
    for resource in ("aws_db_subnet_group", "aws_security_group", INGRESS, EGRESS):
        assert "tags" not in only(document, resource)


def test_two_networks_in_a_stack_have_addresses_of_their_own() -> None:
    document = synthesize_alone(lambda stack: (network(stack, "one"), network(stack, "two")))
    groups = document["resource"]["aws_security_group"]
    assert len(groups) == 2
    for address, group in groups.items():
        assert address.startswith(("one_", "two_"))
        assert address.split("_")[0] in group["vpc_id"], "each refers to its own VPC"
    for address, rule in document["resource"][INGRESS].items():
        assert address.split("_")[0] in rule["security_group_id"], "each belongs to its own group"


@pytest.mark.parametrize("argument", ["subnet_group_name", "security_group_name"])
def test_a_name_that_aws_refuses_is_refused(argument: str) -> None:
    with pytest.raises(RuleViolation, match=f'{argument} = "default"'):
        refused(**{argument: "default"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"vpc_id": "vpc-1"}, 'vpc_id = "vpc-1": a VPC\'s id is vpc- and 8 or 17 digits'),
        ({"vpc_id": VPC_ID, "vpc_tags": {"Name": "shop"}}, "vpc_tags = .*: vpc_id names them already"),
        ({"vpc_tags": {}}, "vpc_tags = {}: the table is empty"),
        ({"subnet_ids": SUBNET_IDS, "subnet_tags": {"Tier": "a"}}, "subnet_tags = .*: subnet_ids names them already"),
        ({"subnet_tags": {"Tier": "a" * 257}}, "Tier = .*a tag's value"),
        ({"subnet_ids": SUBNET_IDS[:1]}, "subnet_ids = .*at least 2 subnets"),
        ({"subnet_ids": []}, "subnet_ids = .*at least 2 subnets"),
        ({"subnet_ids": SUBNET_IDS[:1] * 2}, "subnet_ids = .*is named twice"),
        ({"subnet_ids": ["subnet-1", "subnet-2"]}, 'subnet_ids = "subnet-1": a subnet\'s id'),
        ({"allowed_security_group_ids": ["shop-sg"]}, 'allowed_security_group_ids = "shop-sg": a security group\'s id'),
        ({"allowed_security_group_ids": [GROUP_ID, GROUP_ID]}, "is named twice"),
        ({"allowed_security_group_ids": {"my functions": GROUP_ID}}, "a group's own name"),
    ],
)
def test_what_is_found_nowhere_or_twice_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        refused(**arguments)


@pytest.mark.parametrize(
    ("cidr_blocks", "message"),
    [
        (["10.0.0.0/33"], "is not a CIDR block"),
        (["the office"], "is not a CIDR block"),
        (["10.0.0.1/8"], 'without host bits; write "10.0.0.0/8"'),
        (["10.0.0.1"], 'a network with its length, .*; write "10.0.0.1/32"'),
        (["10.0.0.0/255.0.0.0"], 'write "10.0.0.0/8"'),
        (["2001:db8::/32"], "is a range of IPv6 addresses, .*: nobody could connect; name IPv4 ranges"),
        (["10.0.0.0/8", "2001:DB8:0::1/32"], "is a range of IPv6 addresses"),
        (["fe80::%eth0/64"], "is a range of IPv6 addresses"),
        (["::/0"], "is a range of IPv6 addresses"),
        (["::/1", "8000::/1"], "is a range of IPv6 addresses"),
        (["::ffff:10.0.0.0/104"], 'is a range of IPv6 addresses, .*; write "10.0.0.0/8"'),
        (["::ffff:a00:0/104"], 'is a range of IPv6 addresses, .*; write "10.0.0.0/8"'),
        (["::ffff:10.2.3.4"], 'is a range of IPv6 addresses, .*; write "10.2.3.4/32"'),
        (["::ffff:0:0/96"], "is a range of IPv6 addresses, .*; name IPv4 ranges"),
        (["0.0.0.0/0"], "would let the whole internet reach the database"),
        (["0.0.0.0/1", "10.0.0.0/8", "128.0.0.0/1"], "would let the whole internet reach the database"),
        (["10.0.0.0/8", "10.0.0.0/8"], "is named twice"),
    ],
)
def test_a_range_that_is_none_or_everybody_is_refused(cidr_blocks: list[str], message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        refused(allowed_cidr_blocks=cidr_blocks)


@pytest.mark.parametrize("cidr_block", ["2001:db8::/32", "::/0", "0.0.0.0/0", "10.0.0.1/8"])
def test_a_source_is_checked_however_it_is_made(cidr_block: str) -> None:
    makers = (Source.cidr_block, Source.vpc, lambda value: Source("office", "the office", cidr_ipv4=value))
    for make in makers:
        with pytest.raises(RuleViolation, match="allowed_cidr_blocks = "):
            make(cidr_block)


def test_rules_beside_a_group_are_refused_where_it_has_them_inside() -> None:
    def checks(**arguments: Any) -> list[str]:
        group = only(synthesize_alone(lambda stack: network(stack, **arguments)), "aws_security_group")
        return [check["condition"] for check in group["lifecycle"].get("postcondition", ())]

    comes_in, goes_out = checks(
        keeps_security_group_description=True,
        allowed_cidr_blocks=["10.20.0.0/16"],
        allowed_security_group_ids=["sg-01234567"],
    )
    assert 'rule.description == ""' in comes_in
    assert 'setintersection(rule.cidr_blocks, ["10.20.0.0/16"])' in comes_in
    assert 'setintersection(rule.security_groups, ["sg-01234567"])' in comes_in
    assert 'contains(rule.cidr_blocks, "0.0.0.0/0")' in goes_out
    assert "self.ingress" in goes_out, "a group that is only just made has a rule of EC2's own that lets everything out"
    [comes_in_from_vpc] = checks(keeps_security_group_description=True, egress="closed")
    assert "setintersection(rule.cidr_blocks, [data.aws_vpc." in comes_in_from_vpc
    assert checks(keeps_security_group_description=True, security_group_rules="inline") == []
