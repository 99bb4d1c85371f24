"""`[network]`: where the cluster lives and who reaches it."""

from collections.abc import Sequence, Set
from typing import Annotated, ClassVar

from aurora_serverless.options.section import Change, Listed, Rule, Section, checked_by, option
from aurora_serverless.options.told_prices import HOURS_A_MONTH, dollars
from aurora_serverless.rules.names import check_security_group_description, check_subnet_group_name
from aurora_serverless.rules.network import (
    HIGHEST_PORT,
    LOWEST_PORT,
    POSTGRESQL_PORT,
    Egress,
    EndpointService,
    NetworkType,
    SecurityGroupRules,
    check_cidr_block,
    check_cidr_blocks,
    check_found_one_way,
    check_groups_say_who_is_let_in,
    check_ipv6_cidr_blocks,
    check_ipv6_is_there,
    check_lookup_tags,
    check_port,
    check_security_group_id,
    check_services,
    check_subnet_count,
    check_subnet_id,
    check_vpc_id,
)
from aurora_serverless.rules.tokens import is_token
from aurora_serverless.rules.violation import check_different, refuse


def _check_tags(tags: dict[str, str]) -> None:
    check_lookup_tags(tags, argument="")
    for key, value in tags.items():
        if any(start in text for text in (key, value) for start in ("${", "%{")):
            refuse(key, value, "must not hold ${ or %{: Terraform would read it as an expression", "write plain text")


def _check_some(values: tuple[str, ...]) -> None:
    if not values:
        refuse("", values, "the list is empty", "name one, or leave it out for the VPC's range")


def _check_blocks(values: tuple[str, ...]) -> None:
    _check_some(values)
    check_cidr_blocks(values)


def _check_groups(values: tuple[str, ...]) -> None:
    _check_some(values)
    check_different("", values)


def _check_members(values: tuple[str, ...]) -> None:
    if not values:
        refuse("", values, "the list is empty", "name one, or leave it out")
    check_different("", values)


def _check_ipv6(values: tuple[str, ...]) -> None:
    check_ipv6_cidr_blocks(values, argument="")


LookupTags = Annotated[dict[str, str], checked_by(_check_tags)]


class Network(Section):
    """VPC, subnets, security groups and endpoints.

    Who is let in is let in on the database's port. The Data API does not pass through it: who calls that, IAM says.
    """

    token_keys: ClassVar[Set[str]] = frozenset({"vpc_id", "subnet_ids"})

    vpc_id: Annotated[str, checked_by(check_vpc_id)] | None = option(
        "Id of the VPC. A deployment stays in the VPC that it was created in: a subnet group cannot move, and "
        "AWS moves a cluster to one in another VPC with downtime, outside Terraform (docs/upgrading.md).",
        default=None,
        unset="the Region's default VPC",
        allowed="`vpc-` and 8 or 17 digits of 0-9 and a-f",
        makes="`data.aws_vpc.selected`, the `vpc_id` of the security groups",
        change=Change.REFUSED,
        example="vpc-0123456789abcdef0",
    )
    vpc_tags: LookupTags | None = option(
        "Tags that this VPC has, and no other, instead of its id. As in EC2's filters `*` stands for any text, `?` for "
        "any character, and a backslash before one of them takes it as it is.",
        default=None,
        unset="the Region's default VPC",
        allowed="at least 1, with any characters; AWS's own (`aws:…`) too",
        makes="`data.aws_vpc.selected`, the `vpc_id` of the security groups",
        change=Change.REFUSED,
        example={"Name": "databases"},
    )
    subnet_ids: (
        Annotated[
            Listed[Annotated[str, checked_by(check_subnet_id)]],
            checked_by(check_subnet_count),
        ]
        | None
    ) = option(
        "Ids of the VPC's subnets in which instances may run.",
        default=None,
        unset="all subnets of the VPC",
        allowed="at least 2, in at least 2 availability zones: `subnet-` and 8 or 17 digits of 0-9 and a-f",
        makes="`subnet_ids` of `aws_db_subnet_group`",
        example=("subnet-0123456789abcdef0", "subnet-0fedcba9876543210"),
        schema={"minItems": 2, "uniqueItems": True},
    )
    subnet_tags: LookupTags | None = option(
        "Tags that those subnets have, instead of their ids; `*` and `?` as in vpc_tags.",
        default=None,
        unset="all subnets of the VPC",
        allowed="at least 1, with any characters; AWS's own (`aws:…`) too",
        makes="`data.aws_subnets.selected`, `subnet_ids` of `aws_db_subnet_group`",
        example={"Tier": "database"},
    )
    subnet_group_name: Annotated[str, checked_by(check_subnet_group_name)] | None = option(
        "Name of an existing DB subnet group, instead of one created here from subnet_ids or subnet_tags.",
        default=None,
        unset="a group made here",
        allowed="a group of the VPC, which the plan checks; not beside subnet_ids, subnet_tags and names.subnet_group",
        makes="`data.aws_db_subnet_group.existing`, `db_subnet_group_name` of the cluster",
        change=Change.REPLACES_CLUSTER,
        example="databases",
    )
    security_group_ids: (
        Annotated[Listed[Annotated[str, checked_by(check_security_group_id)]], checked_by(_check_members)] | None
    ) = option(
        "Ids of existing security groups, which the cluster has in addition to its own, or instead of it: "
        "own_security_group. What they let in is not known here.",
        default=None,
        unset="its own only",
        allowed="groups of the VPC, which the plan checks: `sg-` and 8 or 17 digits of 0-9 and a-f",
        makes="`data.aws_security_group.existing`, `vpc_security_group_ids` of the cluster",
        example=("sg-0123456789abcdef0",),
        schema={"minItems": 1, "uniqueItems": True},
    )
    own_security_group: bool = option(
        "Whether the cluster has its own security group. Without one the groups of security_group_ids say who is "
        "let in, and the first of them gets the rules for a proxy and a bastion, so it must have no inline rules.",
        default=True,
        makes="`aws_security_group.aurora` and its rules",
        example=False,
    )
    security_group_description: Annotated[str, checked_by(check_security_group_description)] | None = option(
        "Description of the security group. EC2 cannot change it: for a group that is there the plan refuses another "
        "text, unless names.security_group gives the new group another name too.",
        default=None,
        unset="`Security group for Aurora cluster <cluster>`",
        allowed="1 to 255 letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`",
        makes="`description` of `aws_security_group`",
        change=Change.REFUSED,
        example="Security group of the orders database",
    )
    security_group_rules: SecurityGroupRules = option(
        "separate: each rule is a resource, with a description and tags; Terraform checks before anything is made that "
        "the subnets lie in the VPC and in two zones. inline: the rules are inside the security group, and nothing is "
        "checked, as in hand-written configurations: for adopting one. A change on a running deployment needs an "
        "import: docs/upgrading.md.",
        default="separate",
        makes="`aws_vpc_security_group_ingress_rule` and `aws_vpc_security_group_egress_rule`, or `ingress` and "
        "`egress` of `aws_security_group`",
        example="inline",
    )
    allowed_cidr_blocks: (
        Annotated[
            Listed[Annotated[str, checked_by(check_cidr_block)]],
            checked_by(_check_blocks),
        ]
        | None
    ) = option(
        "Ranges of addresses that reach the port, instead of the VPC's range. The Data API needs none.",
        default=None,
        unset="the VPC's IPv4 range, unless `allowed_security_group_ids` names somebody",
        allowed="IPv4 networks without host bits, not the whole internet; no IPv6, since the cluster has an IPv4 "
        "address only",
        makes="a rule each: `aws_vpc_security_group_ingress_rule.postgresql_from_10_0_0_0_16`",
        example=("10.0.0.0/16", "192.168.7.0/24"),
        schema={"minItems": 1, "uniqueItems": True},
    )
    allowed_security_group_ids: (
        Annotated[
            Listed[Annotated[str, checked_by(check_security_group_id)]],
            checked_by(_check_groups),
        ]
        | None
    ) = option(
        "Security groups whose members reach the port, instead of the VPC's range. The Data API needs none.",
        default=None,
        unset="the VPC's IPv4 range, unless `allowed_cidr_blocks` names somebody",
        allowed="`sg-` and 8 or 17 digits of 0-9 and a-f",
        makes="a rule each: `aws_vpc_security_group_ingress_rule.postgresql_from_sg_0123456789abcdef0`",
        example=("sg-0123456789abcdef0",),
        schema={"minItems": 1, "uniqueItems": True},
    )
    network_type: NetworkType | None = option(
        "DUAL gives the cluster IPv6 addresses beside its IPv4 ones; neither is reached from the internet. It keeps "
        "what it has if the key is removed: IPV4 reverts DUAL. A proxy listens on IPv4 only.",
        default=None,
        unset="IPV4",
        allowed="`DUAL` with subnets each of which has an IPv6 range: the plan checks it where the rules are separate",
        makes="`network_type` of the cluster",
        example="DUAL",
    )
    allowed_ipv6_cidr_blocks: Annotated[Listed[str], checked_by(_check_ipv6)] = option(
        "Ranges of IPv6 addresses that reach the port, beside the others. With network_type DUAL and separate rules.",
        default=(),
        unset="none",
        allowed="IPv6 networks without host bits, not the whole internet",
        makes="a rule each: `aws_vpc_security_group_ingress_rule.postgresql_from_2001_db8_1234___56`",
        example=("2001:db8:1234::/56",),
    )
    port: Annotated[int, checked_by(check_port)] | None = option(
        "TCP port that the database listens on. It keeps its port if the key is removed: the plan then refuses, and "
        f"{POSTGRESQL_PORT} takes it back. A proxy listens on {POSTGRESQL_PORT} in any case; the Data API needs none.",
        default=None,
        unset=f"{POSTGRESQL_PORT}",
        makes="`port` of the cluster, and of the rules that let in to it",
        change=Change.RESTARTS,
        example=5433,
        schema={"minimum": LOWEST_PORT, "maximum": HIGHEST_PORT},
    )
    egress: Egress = option(
        "open: the database reaches everything over IPv4; closed: nothing, so that what opens connections from it (the "
        "extensions aws_s3, aws_lambda, postgres_fdw, dblink) fails. Answers pass either way.",
        default="open",
        makes="`aws_vpc_security_group_egress_rule.everything`, or none",
        example="closed",
    )
    interface_endpoints: Annotated[Listed[EndpointService], checked_by(check_services)] | None = option(
        "Services that are reached in the VPC without the internet: the Data API and Secrets Manager by functions, and "
        "those of Session Manager (ssm, ssmmessages, and ec2messages in older Regions) by the bastion. An endpoint "
        "takes over the service's name in the whole VPC, so a VPC has one of each; another deployment there uses it. "
        "It allows the VPC's range and the two lists above access to resources of this account.",
        default=None,
        unset="none",
        makes="an endpoint each, such as `aws_vpc_endpoint.rds_data`, with "
        "`aws_security_group.interface_endpoints` and its rules for port 443",
        costs="each endpoint is billed by the hour in each zone that it has a subnet in, and by the gigabyte: about "
        f"{dollars('interface_endpoint_hour', HOURS_A_MONTH)} a month and zone",
        example=("rds-data", "secretsmanager"),
        schema={"minItems": 1, "uniqueItems": True},
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """VPC and subnets are found in one way each, and at the right time."""
        return (
            lambda: check_found_one_way(self.vpc_id, self.vpc_tags, ids_argument="vpc_id", tags_argument="vpc_tags"),
            lambda: check_found_one_way(
                self.subnet_ids, self.subnet_tags, ids_argument="subnet_ids", tags_argument="subnet_tags"
            ),
            self._subnets_are_those_of_the_group,
            lambda: check_ipv6_is_there(
                self.network_type, self.allowed_ipv6_cidr_blocks, argument="allowed_ipv6_cidr_blocks"
            ),
            self._ipv6_has_separate_rules,
            self._groups_say_who_is_let_in,
            self._own_group_is_made,
            self._subnets_are_named_beside_a_token,
            self._endpoints_have_subnets_one_by_one,
        )

    def _ipv6_has_separate_rules(self) -> None:
        if self.allowed_ipv6_cidr_blocks and self.security_group_rules == "inline":
            rule = "the inline rules are those of a configuration that was made by hand, and know IPv4 only"
            refuse("allowed_ipv6_cidr_blocks", self.allowed_ipv6_cidr_blocks, rule, 'write "separate", or leave it out')

    def _groups_say_who_is_let_in(self) -> None:
        if not self.own_security_group:
            check_groups_say_who_is_let_in(self.security_group_ids, argument="security_group_ids")

    def _own_group_is_made(self) -> None:
        of_own_group = "security_group_description", "security_group_rules", "allowed_ipv6_cidr_blocks", "egress"
        for key in of_own_group:
            value = getattr(self, key)
            if not self.own_security_group and value != type(self).model_fields[key].default:
                rule = "is about the cluster's own security group, and own_security_group = false makes none"
                refuse(key, value, rule, "leave one of the two out")

    def _subnets_are_those_of_the_group(self) -> None:
        if self.subnet_group_name is not None and not (self.subnet_ids is None and self.subnet_tags is None):
            rule = "is a group that has its subnets already, and others are named beside it"
            refuse("subnet_group_name", self.subnet_group_name, rule, "leave one of the two out")

    def _subnets_are_named_beside_a_token(self) -> None:
        if is_token(self.vpc_id) and self.subnet_ids is None and self.subnet_group_name is None:
            rule = "subnets of a VPC whose id only Terraform knows would be looked for before they are made"
            refuse("subnet_ids", None, rule, "name each: subnet_ids=(first.id, second.id)")

    def _endpoints_have_subnets_one_by_one(self) -> None:
        if self.interface_endpoints is not None and is_token(self.subnet_ids):
            rule = "endpoints are placed by the zones of the subnets, whose number only Terraform knows here"
            refuse("interface_endpoints", self.interface_endpoints, rule, "name each of subnet_ids by itself")

    @property
    def database_port(self) -> int:
        """The port that the database listens on."""
        return POSTGRESQL_PORT if self.port is None else self.port

    @property
    def names_sources(self) -> bool:
        """Whether somebody else than the VPC reaches the port."""
        return self.allowed_cidr_blocks is not None or self.allowed_security_group_ids is not None

    @property
    def checks_subnets(self) -> bool:
        """Whether Terraform reads the subnets' zones, which it can of a known number; endpoints are chosen by them."""
        wanted = self.security_group_rules == "separate" or self.interface_endpoints is not None
        return wanted and not is_token(self.subnet_ids)
