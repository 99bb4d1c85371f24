"""Which availability zone each of some subnets lies in, which only AWS knows, and what follows from it."""

import json
from collections.abc import Sequence

from cdktf import ListTerraformIterator, MapTerraformIterator, Precondition, TerraformIterator, Token
from cdktf_cdktf_provider_aws.data_aws_subnet import DataAwsSubnet
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.network import LEAST_ZONES
from aurora_serverless.rules.tokens import is_token
from aurora_serverless.rules.violation import check_different


class SubnetZones(AddressedConstruct):
    """Reads subnets, for conditions that Terraform checks before it makes anything.

    Attributes: `subnets` (the data source, one instance a subnet).
    """

    def __init__(
        self, scope: Construct, id_: str, *, subnet_ids: Sequence[str], fixed_addresses: bool | None = None
    ) -> None:
        """Make the data source.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            subnet_ids: Ids of the subnets, each of which may be a token. The whole list may be one token too, but only
                one that Terraform knows when it plans: a data source's, not that of a resource yet to be made.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: A subnet is named twice.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        each: ListTerraformIterator | MapTerraformIterator
        if is_token(subnet_ids):
            each = TerraformIterator.from_list(subnet_ids)
        else:
            check_different("subnet_ids", subnet_ids)
            # By position, because Terraform wants to know the keys when it plans, and not the values.
            each = TerraformIterator.from_map({str(position): subnet for position, subnet in enumerate(subnet_ids)})
        self.subnets = self._addressed(
            DataAwsSubnet(self, "subnets", for_each=each, id=Token.as_string(each.value)), "aurora"
        )

    # CDKTF takes a reference out of its ${} only where no } stands before it in an expression: so each expression names
    # its references first.

    @property
    def span_zones(self) -> Precondition:
        """The condition that the subnets lie in two zones at least, as those of a DB subnet group must."""
        subnets = self.subnets.fqn
        found = f'join(", ", [for subnet in {subnets} : format("%s in %s", subnet.id, subnet.availability_zone)])'
        return Precondition(
            condition=f"${{length(distinct([for subnet in {subnets} : subnet.availability_zone])) >= {LEAST_ZONES}}}",
            error_message=f"Aurora needs subnets in at least {LEAST_ZONES} availability zones, and found "
            f'${{length({subnets}) == 0 ? "no subnet" : {found}}}. Name or tag subnets of other zones, or add some.',
        )

    def lie_in(self, vpc_id: str) -> Precondition:
        """Return the condition that all of the subnets lie in a VPC."""
        subnets = self.subnets.fqn
        vpc = vpc_id if is_token(vpc_id) else json.dumps(vpc_id)
        elsewhere = (
            f'[for subnet in {subnets} : format("%s in %s", subnet.id, subnet.vpc_id) if subnet.vpc_id != {vpc}]'
        )
        return Precondition(
            condition=f"${{length({elsewhere}) == 0}}",
            error_message=f'The subnets must lie in {vpc_id}, and found ${{join(", ", {elsewhere})}}. Name subnets of '
            "that VPC, or the VPC of these subnets.",
        )

    @property
    def have_ipv6(self) -> Precondition:
        """The condition that each of the subnets has an IPv6 range, as those of a cluster of dual stack must."""
        without = f'[for subnet in {self.subnets.fqn} : subnet.id if coalesce(subnet.ipv6_cidr_block, "-") == "-"]'
        return Precondition(
            condition=f"${{length({without}) == 0}}",
            error_message="A cluster of network type DUAL needs an IPv6 range in each subnet, and "
            f'${{join(", ", {without})}} has none: give it one, or name other subnets.',
        )

    def cover(self, zones: Sequence[str]) -> Precondition:
        """Return the condition that each of `zones`, names, has a subnet, as RDS needs for an instance in it."""
        subnets = self.subnets.fqn
        found = f"distinct([for subnet in {subnets} : subnet.availability_zone])"
        missing = f"setsubtract({json.dumps(sorted(set(zones)))}, {found})"
        return Precondition(
            condition=f"${{length({missing}) == 0}}",
            error_message=f'Instances shall lie in ${{join(", ", {missing})}}, where no subnet lies; the subnets lie '
            f'in ${{join(", ", sort({found}))}}. Name other availability zones, or add subnets in these.',
        )

    def reach(self, zones: str, *, service: str) -> Precondition:
        """Return the condition that a subnet lies in one of `zones`, an expression, in which a service is offered."""
        subnets = self.subnets.fqn
        return Precondition(
            condition=f"${{anytrue([for subnet in {subnets} : contains({zones}, subnet.availability_zone)])}}",
            error_message=f'The endpoint of {service} is offered in ${{join(", ", {zones})}}, where no subnet lies. '
            "Name or tag a subnet of one of these zones too, or leave the endpoint out.",
        )

    def one_in_each(self, zones: str) -> list[str]:
        """Return a subnet for each of `zones`, an expression, that has any: the first by id."""
        by_zone = (
            f"{{for subnet in {self.subnets.fqn} : subnet.availability_zone => subnet.id... "
            f"if contains({zones}, subnet.availability_zone)}}"
        )
        first: list[str] = Token.as_list(f"${{[for subnets in {by_zone} : sort(subnets)[0]]}}")
        return first
