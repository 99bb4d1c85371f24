"""Where the cluster lives and who reaches its port: a subnet group and a security group in a VPC that exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cdktf import ITerraformDependable, Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_subnets import DataAwsSubnets, DataAwsSubnetsFilter
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupEgress, SecurityGroupIngress
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.kept_arguments import has_no_rules_inside
from aurora_serverless.lifecycles import removed_last, security_group_lifecycle
from aurora_serverless.rules.names import (
    check_security_group_description,
    check_security_group_name,
    check_subnet_group_name,
)
from aurora_serverless.rules.network import (
    DUAL_STACK,
    EVERYWHERE,
    POSTGRESQL_PORT,
    Egress,
    SecurityGroupRules,
    check_found_one_way,
    check_groups_say_who_is_let_in,
    check_ipv6_cidr_blocks,
    check_lookup_tags,
    check_port,
    check_security_group_id,
    check_subnet_count,
    check_subnet_id,
    check_vpc_id,
)
from aurora_serverless.rules.tags import check_tags
from aurora_serverless.rules.tokens import check_unless_token, is_token
from aurora_serverless.sources import Source, allowed_sources

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.data_aws_db_subnet_group import DataAwsDbSubnetGroup
    from cdktf_cdktf_provider_aws.data_aws_security_group import DataAwsSecurityGroup
    from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule

    from aurora_serverless.ingress_rules import IngressRules
    from aurora_serverless.subnet_zones import SubnetZones


class DatabaseNetwork(AddressedConstruct):
    """A DB subnet group over subnets of a VPC, and a security group that lets sources in on the database's port.

    Attributes: `vpc`, `subnets` (the data sources; no `subnets` where their ids are given), `subnet_ids`,
    `subnet_zones` (a `SubnetZones`; None where the subnets are not checked), `subnet_group` (the resource; None where
    it is there already), `existing_subnet_group`, `existing_security_groups` (the data sources), `security_group` (the
    resource; None where the existing ones are all), `sources` (who is let in), `ingress_rules`, `egress_rule` (beside
    the group; None where the rules are inside it, or others').
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        subnet_group_name: str,
        security_group_name: str,
        vpc_id: str | None = None,
        vpc_tags: Mapping[str, str] | None = None,
        subnet_ids: Sequence[str] | None = None,
        subnet_tags: Mapping[str, str] | None = None,
        existing_subnet_group: bool = False,
        existing_security_group_ids: Sequence[str] = (),
        own_security_group: bool = True,
        check_subnets: bool = True,
        instance_zones: Sequence[str] = (),
        security_group_description: str,
        keeps_security_group_description: bool = False,
        security_group_rules: SecurityGroupRules = "separate",
        allowed_cidr_blocks: Sequence[str] = (),
        allowed_security_group_ids: Sequence[str] | Mapping[str, str] = (),
        allowed_ipv6_cidr_blocks: Sequence[str] = (),
        dual_stack: bool = False,
        egress: Egress = "open",
        port: int = POSTGRESQL_PORT,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the data sources, the subnet group, the security group and its rules.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            subnet_group_name: Name of the DB subnet group. A new name means a new group, and so a new cluster.
            security_group_name: Name of the security group. A new name means a new group.
            vpc_id: Id of the VPC, or a token. By default the default VPC.
            vpc_tags: Tags that only the VPC has, instead of its id.
            subnet_ids: Ids of subnets in two zones at least; each may be a token, or the list as a whole. By default
                all subnets of the VPC.
            subnet_tags: Tags of the subnets, instead of their ids.
            existing_subnet_group: Whether the subnet group is there already, and is looked up; its subnets are used.
            existing_security_group_ids: Ids of groups that a cluster has beside the one made here, looked up.
            own_security_group: Whether a group is made here. Without it the existing groups say who is let in, and
                the first of them is `security_group_id`; nothing that is said of a group and its rules matters then.
            check_subnets: Whether Terraform checks, before it makes anything, that the subnets lie in the VPC and in
                two zones. Switch it off where Terraform does not know how many subnets there are when it plans:
                `subnet_ids` that are one token of a resource, or none beside the `vpc_id` of a VPC that the same
                program makes. Better name each subnet there: a list of tokens can be checked.
            instance_zones: Availability zones in which instances shall lie. Where subnets are checked, Terraform
                checks that each of these has one: RDS would refuse the instance when the cluster is there already.
            security_group_description: Description of the security group. EC2 cannot change it, and a new group needs
                a new name: Terraform refuses another text for a group that is there.
            keeps_security_group_description: Whether a group that is there may keep another description instead.
            security_group_rules: `separate` makes each rule a resource of its own, with a description and tags.
                `inline` keeps the rules inside the security group, as hand-written configurations often do; Terraform
                then takes out what others add. On a running deployment a change needs an import.
            allowed_cidr_blocks: IPv4 ranges that reach the port, instead of the VPC's range.
            allowed_security_group_ids: Groups whose members reach the port, instead of the VPC's range. Ids that are
                tokens need names of their own: `{"functions": group.id}`.
            allowed_ipv6_cidr_blocks: IPv6 ranges that reach the port too; with separate rules only.
            dual_stack: Whether Terraform checks that each subnet has an IPv6 range.
            egress: `open` lets the database reach everything over IPv4, `closed` nothing: what opens connections from
                it, such as the extensions aws_s3, aws_lambda and postgres_fdw, then fails.
            port: The TCP port that the sources reach, for a cluster's `port`.
            tags: Tags of the subnet group, the security group and the separate rules; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a name or an id, VPC or subnets are named twice over, or a source is
                everybody or a range of IPv6 addresses.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_subnet_group_name, subnet_group_name)
        check_unless_token(check_security_group_name, security_group_name)
        check_unless_token(check_security_group_description, security_group_description)
        check_unless_token(check_port, port)
        _check_vpc(vpc_id, vpc_tags)
        _check_subnets(subnet_ids, subnet_tags)
        check_tags(self._tags or {})
        self.vpc = self._find_vpc(vpc_id, vpc_tags)
        self.existing_subnet_group = (
            self._find_subnet_group(subnet_group_name, dual_stack=dual_stack) if existing_subnet_group else None
        )
        self.existing_security_groups = self._find_security_groups(existing_security_group_ids)
        looks_for_subnets = subnet_ids is None and not existing_subnet_group
        self.subnets = self._find_subnets(subnet_tags) if looks_for_subnets else None
        self.subnet_ids: list[str] = list(subnet_ids or ()) if self.subnets is None else self.subnets.ids
        if self.existing_subnet_group is not None:
            self.subnet_ids = self.existing_subnet_group.subnet_ids
        self.subnet_zones = self._find_subnet_zones() if check_subnets else None
        self.subnet_group = (
            None
            if existing_subnet_group
            else self._build_subnet_group(subnet_group_name, instance_zones, dual_stack=dual_stack)
        )
        self.sources = allowed_sources(allowed_cidr_blocks, allowed_security_group_ids) or (
            Source.vpc(self.vpc.cidr_block),
        )
        check_ipv6_cidr_blocks(allowed_ipv6_cidr_blocks)
        ipv6_sources = [Source.ipv6_cidr_block(block) for block in allowed_ipv6_cidr_blocks]
        self.security_group: SecurityGroup | None = None
        self.ingress_rules: IngressRules | None = None
        self.egress_rule: VpcSecurityGroupEgressRule | None = None
        if not own_security_group:
            check_groups_say_who_is_let_in(existing_security_group_ids, argument="existing_security_group_ids")
            return
        inline = security_group_rules == "inline"
        self.security_group = self._addressed(
            SecurityGroup(
                self,
                "security-group",
                name=security_group_name,
                description=security_group_description,
                vpc_id=self.vpc.id,
                ingress=[_inline_ingress(self.sources, port)] if inline else None,
                egress=_inline_egress(egress) if inline else None,
                tags=self._tags,
                lifecycle=security_group_lifecycle(
                    None if keeps_security_group_description else security_group_description,
                    postconditions=[]
                    if inline
                    else has_no_rules_inside(self.sources, port=port, egress=egress == "open"),
                ),
            ),
            "aurora",
        )
        if not inline:
            self.ingress_rules = self._build_ingress_rules(port, [*self.sources, *ipv6_sources])
            self.egress_rule = None if egress == "closed" else self._build_egress_rule()

    @property
    def subnet_group_name(self) -> str:
        """Name of the DB subnet group, for a cluster's `subnet_group_name`."""
        found: str = (self.subnet_group or self.existing_subnet_group).name  # type: ignore[union-attr]  # one of them is
        return found

    @property
    def separate_rules(self) -> list[ITerraformDependable]:
        """The rules beside the security group, for a cluster's `depends_on`: old ones then go after it has changed."""
        ingress = [] if self.ingress_rules is None else list(self.ingress_rules.rules.values())
        return ingress if self.egress_rule is None else [*ingress, self.egress_rule]

    @property
    def security_group_id(self) -> str:
        """Id of the security group whose rules let in; the first existing one where none is made here."""
        return self.security_group_ids[0]

    @property
    def security_group_ids(self) -> list[str]:
        """Ids of all security groups, for a cluster's `security_group_ids`."""
        groups = [*([self.security_group] if self.security_group else []), *self.existing_security_groups]
        return [group.id for group in groups]

    def _find_subnet_group(self, name: str, *, dual_stack: bool) -> DataAwsDbSubnetGroup:
        from cdktf_cdktf_provider_aws.data_aws_db_subnet_group import DataAwsDbSubnetGroup

        has_ipv6 = Postcondition(
            condition=f'${{contains(self.supported_network_types, "{DUAL_STACK}")}}',
            error_message="A cluster of network type DUAL needs an IPv6 range in each subnet of the DB subnet group "
            "${self.name}, which supports ${jsonencode(self.supported_network_types)} only.",
        )
        conditions = [self._lies_in_vpc("DB subnet group ${self.name}"), *([has_ipv6] if dual_stack else [])]
        return self._addressed(
            DataAwsDbSubnetGroup(
                self,
                "existing-subnet-group",
                name=name,
                lifecycle=TerraformResourceLifecycle(postcondition=conditions),
            ),
            "existing",
        )

    def _find_security_groups(self, ids: Sequence[str]) -> list[DataAwsSecurityGroup]:
        if not ids:
            return []
        from cdktf_cdktf_provider_aws.data_aws_security_group import DataAwsSecurityGroup

        for id_ in ids:
            check_unless_token(check_security_group_id, id_, argument="existing_security_group_ids")
        return [
            self._addressed(
                DataAwsSecurityGroup(
                    self,
                    f"existing-security-group-{number}",
                    id=id_,
                    lifecycle=TerraformResourceLifecycle(
                        postcondition=[self._lies_in_vpc("security group ${self.id}")]
                    ),
                ),
                f"existing_{number}",
            )
            for number, id_ in enumerate(ids)
        ]

    def _lies_in_vpc(self, what: str) -> Postcondition:
        # CDKTF writes a reference inside of an expression without quotation marks.
        return Postcondition(
            condition=f"${{{self.vpc.id} == self.vpc_id}}",
            error_message=f"The {what} lies in ${{self.vpc_id}}, and the database in {self.vpc.id}: name one of that "
            "VPC, or the VPC of this one.",
        )

    def _find_vpc(self, vpc_id: str | None, vpc_tags: Mapping[str, str] | None) -> DataAwsVpc:
        if vpc_id is None and vpc_tags is None:
            return self._addressed(DataAwsVpc(self, "vpc", default=True), "default")
        return self._addressed(DataAwsVpc(self, "vpc", id=vpc_id, tags=vpc_tags), "selected")

    def _find_subnets(self, subnet_tags: Mapping[str, str] | None) -> DataAwsSubnets:
        return self._addressed(
            DataAwsSubnets(
                self,
                "subnets",
                filter=[DataAwsSubnetsFilter(name="vpc-id", values=[self.vpc.id])],
                tags=subnet_tags,
            ),
            "default" if subnet_tags is None else "selected",
        )

    def _find_subnet_zones(self) -> SubnetZones:
        from aurora_serverless.subnet_zones import SubnetZones

        return SubnetZones(self, "subnet-zones", subnet_ids=self.subnet_ids)

    def _build_subnet_group(self, name: str, instance_zones: Sequence[str], *, dual_stack: bool) -> DbSubnetGroup:
        zones = self.subnet_zones
        conditions = [] if zones is None else [zones.span_zones]
        if zones is not None and self.subnets is None:
            conditions.insert(0, zones.lie_in(self.vpc.id))  # those that were looked for, were looked for in the VPC
        if zones is not None and instance_zones:
            conditions.append(zones.cover(instance_zones))
        if zones is not None and dual_stack:
            conditions.append(zones.have_ipv6)
        return self._addressed(
            DbSubnetGroup(
                self,
                "subnet-group",
                name=name,
                subnet_ids=self.subnet_ids,
                tags=self._tags,
                lifecycle=TerraformResourceLifecycle(precondition=conditions) if conditions else None,
            ),
            "aurora",
        )

    def _build_ingress_rules(self, port: int, sources: Sequence[Source]) -> IngressRules:
        from aurora_serverless.ingress_rules import IngressRules

        return IngressRules(
            self,
            "ingress",
            security_group_id=self.security_group_id,
            service="PostgreSQL",
            port=port,
            sources=sources,
            tags=self._tags,
        )

    def _build_egress_rule(self) -> VpcSecurityGroupEgressRule:
        from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule

        return self._addressed(
            VpcSecurityGroupEgressRule(
                self,
                "egress",
                security_group_id=self.security_group_id,
                description="Everything outbound",
                ip_protocol="-1",
                cidr_ipv4=EVERYWHERE,
                tags=self._tags,
                lifecycle=removed_last(),
            ),
            "everything",
        )


def _check_vpc(vpc_id: str | None, vpc_tags: Mapping[str, str] | None) -> None:
    check_found_one_way(vpc_id, vpc_tags, ids_argument="vpc_id", tags_argument="vpc_tags")
    if vpc_id is not None:
        check_unless_token(check_vpc_id, vpc_id)
    if vpc_tags is not None:
        check_lookup_tags(vpc_tags, argument="vpc_tags")


def _check_subnets(subnet_ids: Sequence[str] | None, subnet_tags: Mapping[str, str] | None) -> None:
    check_found_one_way(subnet_ids, subnet_tags, ids_argument="subnet_ids", tags_argument="subnet_tags")
    if subnet_ids is not None and not is_token(subnet_ids):
        for subnet_id in subnet_ids:
            check_unless_token(check_subnet_id, subnet_id)
        check_subnet_count(subnet_ids)
    if subnet_tags is not None:
        check_lookup_tags(subnet_tags, argument="subnet_tags")


def _inline_ingress(sources: Sequence[Source], port: int) -> SecurityGroupIngress:
    """Return one rule for all sources: EC2 keeps them together, by port, and so does the provider."""
    return SecurityGroupIngress(
        from_port=port,
        to_port=port,
        protocol="tcp",
        cidr_blocks=[source.cidr_ipv4 for source in sources if source.cidr_ipv4] or None,
        security_groups=[source.security_group_id for source in sources if source.security_group_id] or None,
    )


def _inline_egress(egress: Egress) -> list[SecurityGroupEgress]:
    # The empty list is not a mistake: without it, Terraform would leave the rules that are there.
    if egress == "closed":
        return []
    return [SecurityGroupEgress(from_port=0, to_port=0, protocol="-1", cidr_blocks=[EVERYWHERE])]
