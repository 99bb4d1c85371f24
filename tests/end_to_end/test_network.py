"""A deployment in a VPC of somebody else's: found by ids or tags, let in by name, and refused where it cannot be."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local_aws.process import LocalAws
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.terraform import CHANGED, Plan
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("network")

GROUP = "aws_security_group.aurora"
INGRESS = "aws_vpc_security_group_ingress_rule"
EGRESS = "aws_vpc_security_group_egress_rule"


@dataclass(frozen=True)
class Vpc:
    """A VPC with a subnet for databases in one zone and two in another, one for something else, and a group."""

    aws: LocalAws
    id: str
    subnet_ids: tuple[str, ...]
    functions_group_id: str

    def rules(self, group_name: str) -> list[dict[str, Any]]:
        """Return the rules of one of its security groups, as EC2 has them."""
        of_group = [{"Name": "group-id", "Values": [self.group_id(group_name)]}]
        ec2 = self.aws.client("ec2")
        found: list[dict[str, Any]] = ec2.describe_security_group_rules(Filters=of_group)["SecurityGroupRules"]
        return found

    def group_id(self, group_name: str) -> str:
        """Return the id of one of its security groups."""
        of_vpc = [{"Name": "group-name", "Values": [group_name]}, {"Name": "vpc-id", "Values": [self.id]}]
        (group,) = self.aws.client("ec2").describe_security_groups(Filters=of_vpc)["SecurityGroups"]
        found: str = group["GroupId"]
        return found

    def sources(self, group_name: str) -> set[str]:
        """Return the ranges and groups that a security group lets in."""
        return {
            rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule["ReferencedGroupInfo"]["GroupId"]
            for rule in self.rules(group_name)
            if not rule["IsEgress"]
        }


def make_vpc(aws: LocalAws, *, name: str, host_names: bool = True) -> Vpc:
    """Make a VPC as another team would have made it."""
    ec2 = aws.client("ec2")

    def tagged(kind: str, key: str, value: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value}]}]

    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=tagged("vpc", "Name", name))["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": host_names})
    places = [("us-east-1a", "data"), ("us-east-1b", "data"), ("us-east-1b", "data"), ("us-east-1c", "other")]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.9.{number}.0/24",
            AvailabilityZone=zone,
            TagSpecifications=tagged("subnet", "Tier", tier),
        )["Subnet"]["SubnetId"]
        for number, (zone, tier) in enumerate(places)
    ]
    group = ec2.create_security_group(GroupName="functions", Description="functions", VpcId=vpc)["GroupId"]
    return Vpc(aws, vpc, tuple(subnets[:3]), group)


@pytest.fixture(scope="module")
def vpc(aws: LocalAws) -> Vpc:
    return make_vpc(aws, name="orders")


class Deployment:
    """A deployment whose file has these lines below `[network]`; another file changes it."""

    def __init__(self, aws: LocalAws, providers: TerraformProviders, folder: Path, *network: str) -> None:
        self._aws, self._providers, self._folder = aws, providers, folder
        self.write(*network)
        self.terraform.init()

    def write(self, *network: str) -> None:
        """Write the file, and synthesize."""
        environments = self._folder / "environments"
        environments.mkdir(exist_ok=True)
        head = 'name_prefix = "shop"\nregion = "us-east-1"\n[tags]\nTeam = "orders"\n[engine]\nversion = "17.7"\n'
        lines = [head, "[credentials]", 'mode = "managed"', "[network]", *network]
        (environments / "shop.toml").write_text("\n".join(lines) + "\n")
        self.terraform = terraform_for("shop", self._aws, self._providers, self._folder, environments=environments)

    def refusal(self) -> str:
        """Plan, which must be refused, and return what Terraform says, without its line breaks and bars."""
        plan = self.terraform.plan()
        assert plan.exit_status == 1, plan.text
        return " ".join(plan.text.replace("│", " ").split())

    def apply_security_group(self) -> str:
        """Apply the security group and what it lets in and out: without the database it takes seconds."""
        rules = [
            f"-target={address}" for address in self._addresses() if address.startswith(("aws_security", "aws_vpc"))
        ]
        return self.terraform.run("apply", "-auto-approve", *rules, allowed=(0, 1)).stdout

    def _addresses(self) -> list[str]:
        resources = json.loads((self.terraform.folder / "cdk.tf.json").read_text())["resource"]
        return [f"{type_}.{name}" for type_, of_type in resources.items() for name in of_type]

    def plan_of_security_group(self) -> Plan:
        """Plan, and leave out what was not applied."""
        plan = self.terraform.plan()
        changes = {address: plan.changes[address] for address in plan.changes if "security_group" in address}
        return Plan(plan.exit_status, plan.text, changes)


# ---------------------------------------------------------------- a whole deployment, by ids


def lines_by_id(vpc: Vpc, *cidr_blocks: str) -> list[str]:
    return [
        f'vpc_id = "{vpc.id}"',
        f"subnet_ids = {json.dumps(vpc.subnet_ids)}",
        f"allowed_cidr_blocks = {json.dumps(cidr_blocks)}",
        f'allowed_security_group_ids = ["{vpc.functions_group_id}"]',
        'egress = "closed"',
        'interface_endpoints = ["rds-data", "secretsmanager"]',
    ]


@pytest.fixture(scope="module")
def applied(vpc: Vpc, providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    lines = lines_by_id(vpc, "10.20.0.0/16", "10.30.0.0/16", "192.168.7.0/24")
    deployment = Deployment(vpc.aws, providers, tmp_path_factory.mktemp("applied"), *lines)
    deployment.terraform.apply()
    return deployment


def test_the_plan_after_the_apply_is_empty(applied: Deployment) -> None:
    plan = applied.terraform.plan()
    assert plan.exit_status == 0, plan.text


def test_the_cluster_lives_in_the_named_subnets(applied: Deployment, vpc: Vpc) -> None:
    (group,) = vpc.aws.client("rds").describe_db_subnet_groups()["DBSubnetGroups"]
    assert group["VpcId"] == vpc.id
    assert {subnet["SubnetIdentifier"] for subnet in group["Subnets"]} == set(vpc.subnet_ids)
    assert applied.terraform.outputs()["data_api_enabled"] == "Enabled"


@pytest.mark.usefixtures("applied")
def test_who_is_named_gets_in_and_nothing_gets_out(vpc: Vpc) -> None:
    rules = vpc.rules("shop-aurora-sg")
    assert vpc.sources("shop-aurora-sg") == {
        "10.20.0.0/16",
        "10.30.0.0/16",
        "192.168.7.0/24",
        vpc.functions_group_id,
    }
    assert {(rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) for rule in rules} == {(5432, 5432, "tcp")}
    assert not any(rule["IsEgress"] for rule in rules)
    assert all(rule["Description"].startswith("PostgreSQL from ") for rule in rules)
    assert all(rule["Tags"] == [{"Key": "Team", "Value": "orders"}] for rule in rules)


@pytest.mark.usefixtures("applied")
def test_the_endpoints_have_one_subnet_a_zone_a_policy_and_let_the_vpc_in(vpc: Vpc) -> None:
    ec2 = vpc.aws.client("ec2")
    endpoints = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["VpcEndpoints"]
    assert {endpoint["ServiceName"] for endpoint in endpoints} == {
        "com.amazonaws.us-east-1.rds-data",
        "com.amazonaws.us-east-1.secretsmanager",
    }
    first, *others = vpc.subnet_ids
    for endpoint in endpoints:
        assert set(endpoint["SubnetIds"]) == {first, min(others)}
        assert endpoint["PrivateDnsEnabled"] is True
        assert endpoint["Tags"] == [{"Key": "Team", "Value": "orders"}]
        assert "aws:ResourceAccount" in endpoint["PolicyDocument"]
    assert "10.9.0.0/16" in vpc.sources("shop-aurora-sg-endpoints")
    assert not any(rule["IsEgress"] for rule in vpc.rules("shop-aurora-sg-endpoints"))


def test_taking_one_range_out_touches_its_rules_only(applied: Deployment, vpc: Vpc) -> None:
    applied.write(*lines_by_id(vpc, "10.30.0.0/16", "192.168.7.0/24"))
    plan = applied.terraform.plan()
    assert plan.actions == {
        f"{INGRESS}.postgresql_from_10_20_0_0_16": ["delete"],
        f"{INGRESS}.https_from_10_20_0_0_16": ["delete"],
    }
    applied.terraform.apply()
    assert vpc.sources("shop-aurora-sg") == {"10.30.0.0/16", "192.168.7.0/24", vpc.functions_group_id}
    assert applied.terraform.plan().exit_status == 0


def test_destroy_leaves_the_vpc_as_it_was(applied: Deployment, vpc: Vpc) -> None:
    applied.terraform.destroy()
    ec2 = vpc.aws.client("ec2")
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["SecurityGroups"]
    assert {group["GroupName"] for group in groups} == {"default", "functions"}
    endpoints = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert {endpoint["State"] for endpoint in endpoints} == {"deleted"}


# ---------------------------------------------------------------- found by tags, and refused


@pytest.fixture(scope="module")
def by_tags(vpc: Vpc, providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Return a deployment that is only ever planned, with one file after the other."""
    lines = ['vpc_tags = { Name = "orders" }', 'subnet_tags = { Tier = "data" }']
    return Deployment(vpc.aws, providers, tmp_path_factory.mktemp("by-tags"), *lines)


def test_vpc_and_subnets_are_found_by_their_tags(by_tags: Deployment, vpc: Vpc) -> None:
    plan = by_tags.terraform.plan()
    assert set(plan.changes["aws_db_subnet_group.aurora"]["after"]["subnet_ids"]) == set(vpc.subnet_ids)
    assert plan.changes["aws_security_group.aurora"]["after"]["vpc_id"] == vpc.id
    assert plan.changes[f"{INGRESS}.postgresql_from_vpc"]["after"]["cidr_ipv4"] == "10.9.0.0/16"


def test_subnets_of_one_zone_are_refused_with_what_was_found(by_tags: Deployment, vpc: Vpc) -> None:
    in_b = vpc.subnet_ids[1:]
    by_tags.write(f'vpc_id = "{vpc.id}"', f"subnet_ids = {json.dumps(in_b)}")
    assert (
        f"Aurora needs subnets in at least 2 availability zones, and found {in_b[0]} in us-east-1b, {in_b[1]} in "
        "us-east-1b. Name or tag subnets of other zones, or add some."
    ) in by_tags.refusal()


def test_a_zone_of_an_instance_without_a_subnet_is_refused(by_tags: Deployment) -> None:
    lines = ['vpc_tags = { Name = "orders" }', 'subnet_tags = { Tier = "data" }', "[instances]"]
    by_tags.write(*lines, "readers = 1", 'availability_zones = ["us-east-1a", "us-east-1d", "us-east-1f"]')
    assert (
        "Instances shall lie in us-east-1d, where no subnet lies; the subnets lie in us-east-1a, us-east-1b. Name "
        "other availability zones, or add subnets in these."
    ) in by_tags.refusal()
    by_tags.write(*lines, 'availability_zones = ["us-east-1b", "us-east-1d"]')
    assert by_tags.terraform.plan().exit_status == CHANGED, "the one instance has a subnet in its zone"


def test_tags_that_no_subnet_has_are_refused(by_tags: Deployment, vpc: Vpc) -> None:
    by_tags.write(f'vpc_id = "{vpc.id}"', 'subnet_tags = { Tier = "none" }')
    assert "at least 2 availability zones, and found no subnet. Name or tag subnets" in by_tags.refusal()


def test_subnets_of_another_vpc_are_refused(by_tags: Deployment, vpc: Vpc) -> None:
    first, second = vpc.subnet_ids[:2]
    by_tags.write(f"subnet_ids = {json.dumps([first, second])}")
    refusal = by_tags.refusal()
    assert f"and found {first} in {vpc.id}, {second} in {vpc.id}. Name subnets of that VPC" in refusal


def test_tags_of_no_vpc_and_of_two_are_refused(by_tags: Deployment, aws: LocalAws) -> None:
    by_tags.write('vpc_tags = { Name = "twins" }')
    assert "no matching EC2 VPC found" in by_tags.refusal()
    for _ in range(2):
        make_vpc(aws, name="twins")
    assert "multiple EC2 VPCs matched" in by_tags.refusal()


def test_endpoints_in_a_vpc_without_host_names_are_refused(by_tags: Deployment, aws: LocalAws) -> None:
    nameless = make_vpc(aws, name="nameless", host_names=False)
    by_tags.write('vpc_tags = { Name = "nameless" }', 'interface_endpoints = ["rds-data"]')
    refusal = by_tags.refusal()
    assert f"need both enableDnsSupport and enableDnsHostnames of {nameless.id}: switch them on." in refusal


# ---------------------------------------------------------------- rules inside the group, and out of it


def test_inline_rules_let_the_same_in_and_stay(aws: LocalAws, providers: TerraformProviders, tmp_path: Path) -> None:
    vpc = make_vpc(aws, name="inline")
    lines = [
        'vpc_tags = { Name = "inline" }',
        'security_group_rules = "inline"',
        'allowed_cidr_blocks = ["10.20.0.0/16", "10.30.0.0/16", "192.168.7.0/24"]',
        f'allowed_security_group_ids = ["{vpc.functions_group_id}"]',
    ]
    deployment = Deployment(aws, providers, tmp_path, *lines)
    deployment.apply_security_group()
    assert deployment.plan_of_security_group().actions == {}
    assert vpc.sources("shop-aurora-sg") == {"10.20.0.0/16", "10.30.0.0/16", "192.168.7.0/24", vpc.functions_group_id}

    deployment.write(*lines, 'egress = "closed"')
    assert deployment.plan_of_security_group().actions == {"aws_security_group.aurora": ["update"]}
    deployment.apply_security_group()
    assert not any(rule["IsEgress"] for rule in vpc.rules("shop-aurora-sg"))
    assert deployment.plan_of_security_group().actions == {}


def test_rules_leave_the_group_by_way_of_an_import(
    aws: LocalAws, providers: TerraformProviders, tmp_path: Path
) -> None:
    """What docs/upgrading.md says, step by step."""
    vpc = make_vpc(aws, name="upgrade")
    in_vpc = 'vpc_tags = { Name = "upgrade" }'
    deployment = Deployment(aws, providers, tmp_path, in_vpc, 'security_group_rules = "inline"')
    deployment.apply_security_group()
    before = {rule["SecurityGroupRuleId"]: rule["IsEgress"] for rule in vpc.rules("shop-aurora-sg")}

    deployment.write(in_vpc)
    addresses = {False: f"{INGRESS}.postgresql_from_vpc", True: f"{EGRESS}.everything"}
    refusal = deployment.refusal()
    assert "has ingress rules without a description" in refusal
    assert "has egress rules without a description" in refusal

    ec2 = aws.client("ec2")
    descriptions = {False: "PostgreSQL from the VPC", True: "Everything outbound"}
    for rule_id, is_egress in before.items():
        describe = f"update_security_group_rule_descriptions_{'egress' if is_egress else 'ingress'}"
        described = [{"SecurityGroupRuleId": rule_id, "Description": descriptions[is_egress]}]
        getattr(ec2, describe)(GroupId=vpc.group_id("shop-aurora-sg"), SecurityGroupRuleDescriptions=described)
        deployment.terraform.run("import", addresses[is_egress], rule_id)
    plan = deployment.plan_of_security_group()
    assert plan.actions == {address: ["update"] for address in addresses.values()}
    for address in plan.actions:
        assert plan.changed_arguments(address) == {"tags", "tags_all"}
    deployment.apply_security_group()
    assert deployment.plan_of_security_group().actions == {}
    assert {rule["SecurityGroupRuleId"] for rule in vpc.rules("shop-aurora-sg")} == before.keys()

    deployment.write(in_vpc, 'security_group_rules = "inline"')
    deployment.terraform.run("apply", "-auto-approve", *(f"-target={one}" for one in (GROUP, *addresses.values())))
    assert deployment.plan_of_security_group().actions == {}
    assert vpc.sources("shop-aurora-sg") == {"10.9.0.0/16"}
