"""Where the cluster lives and who reaches its port: subnet group and security group in the default VPC."""

from collections.abc import Mapping
from typing import Final

from cdktf_cdktf_provider_aws.data_aws_subnets import DataAwsSubnets, DataAwsSubnetsFilter
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupEgress, SecurityGroupIngress
from constructs import Construct

from aurora.addresses import AddressedConstruct
from aurora.names import check_security_group_description, check_security_group_name, check_subnet_group_name
from aurora.tags import check_tags
from aurora.tokens import check_unless_token

POSTGRESQL_PORT: Final = 5432


class DatabaseNetwork(AddressedConstruct):
    """A DB subnet group over the default VPC's subnets, and a security group that lets that VPC in on port 5432.

    Everything outbound is allowed. Attributes: `vpc`, `subnets`, `subnet_group`, `security_group` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        subnet_group_name: str,
        security_group_name: str,
        security_group_description: str,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool = False,
    ) -> None:
        """Make the data sources, the subnet group and the security group.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            subnet_group_name: Name of the DB subnet group. A new name means a new group, and so a new cluster.
            security_group_name: Name of the security group. A new name means a new group.
            security_group_description: Description of the security group; EC2 cannot change it, so a new text means
                a new group.
            tags: Tags of the subnet group and the security group; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a name.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        check_unless_token(check_subnet_group_name, subnet_group_name)
        check_unless_token(check_security_group_name, security_group_name)
        check_unless_token(check_security_group_description, security_group_description)
        check_tags(tags or {})
        self.vpc = self._addressed(DataAwsVpc(self, "vpc", default=True), "default")
        self.subnets = self._addressed(
            DataAwsSubnets(self, "subnets", filter=[DataAwsSubnetsFilter(name="vpc-id", values=[self.vpc.id])]),
            "default",
        )
        self.subnet_group = self._addressed(
            DbSubnetGroup(self, "subnet-group", name=subnet_group_name, subnet_ids=self.subnets.ids, tags=tags),
            "aurora",
        )
        self.security_group = self._addressed(
            SecurityGroup(
                self,
                "security-group",
                name=security_group_name,
                description=security_group_description,
                vpc_id=self.vpc.id,
                ingress=[
                    SecurityGroupIngress(
                        from_port=POSTGRESQL_PORT,
                        to_port=POSTGRESQL_PORT,
                        protocol="tcp",
                        cidr_blocks=[self.vpc.cidr_block],
                    )
                ],
                egress=[SecurityGroupEgress(from_port=0, to_port=0, protocol="-1", cidr_blocks=["0.0.0.0/0"])],
                tags=tags,
            ),
            "aurora",
        )

    @property
    def subnet_group_name(self) -> str:
        """Name of the DB subnet group, for a cluster's `subnet_group_name`."""
        return self.subnet_group.name

    @property
    def security_group_id(self) -> str:
        """Id of the security group, for a cluster's `security_group_ids`."""
        return self.security_group.id
