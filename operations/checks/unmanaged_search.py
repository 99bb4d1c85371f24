"""A search in AWS for the names of an environment, as its synthesized stack and its state say them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analysis.synthesized.expressions import filled_in, references
from analysis.synthesized.resolution import resolved
from analysis.synthesized.stack import Block, SynthesizedStack
from operations.checks.asked_aws import AskedAws
from operations.state.deploy_state import DeployState


@dataclass(frozen=True)
class Unmanaged:
    """Something that AWS has and the state does not.

    `identifier` is what `terraform import` takes, `before` are commands without which Terraform would be refused.
    `differs` says why it may belong to something else; None where its tags are those of this environment.
    """

    address: str
    identifier: str
    what: str
    before: tuple[str, ...] = ()
    differs: str | None = None


Found = Iterator[Unmanaged]


class Search:
    """The names of a stack, with what is known of them outside it: the Region, the VPC, what was drawn at random."""

    def __init__(self, state: DeployState, stack: SynthesizedStack, aws: AskedAws) -> None:
        self.stack, self.aws, self._state = stack, aws, state
        self._addresses = {resource.address for resource in state.resources}
        self._rules: dict[str, Sequence[Mapping[str, Any]]] = {}
        groups = (one for one in state.resources if one.type == "aws_security_group")
        self._groups = {one.address: one.name for one in groups if one.name is not None}

    def is_managed(self, address: str) -> bool:
        """Whether the state has a resource."""
        return address in self._addresses

    def text(self, block: Block, argument: str) -> str:
        """Return an argument as AWS has it; what is not known yet stays an expression."""
        return str(filled_in(resolved(block.get(argument, default=""), self.stack), self._names))

    def tags(self, block: Block) -> Mapping[str, str]:
        """Return the tags that a resource is made with."""
        return {key: str(value) for key, value in block.get("tags", default={}).items()}

    def found_group(self, address: str, identifier: str) -> None:
        """Keep the id of a security group that the state does not have, for its rules."""
        self._groups[address] = identifier

    def group_of(self, rule: Block) -> str | None:
        """Return the id of the security group that a rule belongs to; None where it is not known to be this stack's."""
        named = references(rule.get("security_group_id"))
        return next((self._groups[address] for address in named if address in self._groups), None)

    def rules(self, group: str) -> Sequence[Mapping[str, Any]]:
        """Return the rules that a security group has."""
        if group not in self._rules:
            filters = [{"Name": "group-id", "Values": [group]}]
            found = self.aws.ask(
                "ec2", lambda ec2: ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
            )
            self._rules[group] = found or ()
        return self._rules[group]

    @cached_property
    def instances(self) -> Mapping[str, Mapping[str, Any]]:
        """The instances that have the name of one that the state does not have."""
        blocks = [one for one in self.stack.of_type("aws_rds_cluster_instance") if not self.is_managed(one.address)]
        filters = [{"Name": "db-instance-id", "Values": [self.text(block, "identifier") for block in blocks]}]
        found = self.aws.ask("rds", lambda rds: rds.describe_db_instances(Filters=filters)["DBInstances"])
        return {one["DBInstanceIdentifier"]: one for one in found or ()}

    @cached_property
    def _names(self) -> Mapping[str, Any]:
        names: dict[str, Any] = {"var.aws_region": self.aws.region}
        names |= {f"{one.address}.hex": one.name for one in self._state.resources if one.type == "random_id"}
        services = self.stack.of_type("aws_vpc_endpoint_service", "data")
        return names | {f"{one.address}.service_name": filled_in(one.get("service_name"), names) for one in services}

    @cached_property
    def vpc(self) -> Mapping[str, str] | None:
        """Id and range of the stack's VPC by their expressions; None where AWS has no such one, or does not tell."""
        if (block := self.stack.one("aws_vpc", "data")) is None:
            return None
        if block.get("id"):
            filters = [{"Name": "vpc-id", "Values": [block.get("id")]}]
        elif block.get("default"):
            filters = [{"Name": "is-default", "Values": ["true"]}]
        else:
            filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in self.tags(block).items()]
        found = self.aws.ask("ec2", lambda ec2: ec2.describe_vpcs(Filters=filters)["Vpcs"])
        if found is None or len(found) != 1:
            return None
        return {
            f"{block.address}.id": found[0]["VpcId"],
            f"{block.address}.cidr_block": found[0]["CidrBlock"],
        }

    def in_vpc(self, block: Block, argument: str) -> str:
        """Return an argument that may name the VPC, its range or a security group."""
        groups = {f"{address}.id": identifier for address, identifier in self._groups.items()}
        return str(filled_in(self.text(block, argument), {**groups, **(self.vpc or {})}))


def tags_of(tags: Iterable[Mapping[str, str]] | None, key: str = "Key", value: str = "Value") -> Mapping[str, str]:
    """Return AWS's list of tags as a mapping."""
    return {tag[key]: tag[value] for tag in tags or ()}


def differing(wanted: Mapping[str, str], found: Mapping[str, str] | None) -> str | None:
    """Return how tags differ from those of the environment; None as tags is that they cannot be read."""
    if found is None:
        return "its tags cannot be read"
    for key, value in wanted.items():
        if key not in found:
            return f"it does not have the tag {key}"
        if found[key] != value:
            return f"its tag {key} is {found[key]}, not {value}"
    return None
