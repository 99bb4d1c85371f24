"""A bastion: a small instance through which Session Manager leads to a database, without an open port."""

from collections.abc import Mapping
from typing import Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_ssm_parameter import DataAwsSsmParameter
from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.instance import Instance, InstanceMetadataOptions, InstanceRootBlockDevice
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from constructs import Construct

from aurora_serverless.interface_endpoints import HTTPS_PORT
from aurora_serverless.lifecycles import removed_last, security_group_lifecycle
from aurora_serverless.rules.bastion import AMI_PARAMETER, DEFAULT_INSTANCE_TYPE, check_instance_type
from aurora_serverless.rules.database_policy import trust_policy
from aurora_serverless.rules.names import check_security_group_name
from aurora_serverless.rules.network import EVERYWHERE, POSTGRESQL_PORT, check_port, check_subnet_id
from aurora_serverless.rules.regions import DEFAULT_PARTITION
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.service_role import HasServiceRole
from aurora_serverless.way_to_database import ReachesDatabase

EC2_SERVICE: Final = "ec2.amazonaws.com"
SESSION_POLICY: Final = "AmazonSSMManagedInstanceCore"
"""What the agent on an instance may call. Source: AWS Systems Manager User Guide, "Configure instance permissions"."""


class Bastion(HasServiceRole, ReachesDatabase):
    """An instance for port forwarding by Session Manager, which reaches one database and HTTPS, and nothing it.

    Who may start a session on it, IAM says (`ssm:StartSession`). It needs a way to Systems Manager: NAT, or interface
    endpoints. It stays with the image that it was made of.

    Attributes: `role`, `policy_attachment`, `instance_profile`, `security_group`, `egress`, `https_egress`,
    `database_ingress` (None unless asked for), `image` (the data source), `instance` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        role_name: str,
        security_group_name: str,
        vpc_id: str,
        subnet_id: str,
        database_security_group_id: str,
        database_port: int = POSTGRESQL_PORT,
        opens_database_security_group: bool = False,
        instance_type: str = DEFAULT_INSTANCE_TYPE,
        permissions_boundary_arn: str | None = None,
        partition: str = DEFAULT_PARTITION,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the role with its instance profile, the security group and the instance.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            role_name: Name of the instance's role, and of its instance profile.
            security_group_name: Name of the instance's security group.
            vpc_id: Id of the VPC, which must be the database's.
            subnet_id: Id of the subnet in which the instance is; another one means another instance.
            database_security_group_id: Id of the database's security group, to which the instance may connect.
            database_port: The TCP port that the database listens on.
            opens_database_security_group: Whether that group gets a rule that lets the instance in. Only for a group
                whose rules are resources of their own: one with inline rules would take it out in the next apply, and
                must let the subnet in by them.
            instance_type: Type of the instance, with a Graviton processor.
            permissions_boundary_arn: ARN of the managed policy that bounds what the role may do; none by default.
            partition: Partition of AWS's policy; by default `aws`.
            tags: Tags of the role, the security group and its rules, and the instance; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a value. Values that are tokens are checked by Terraform instead.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_security_group_name, security_group_name)
        check_unless_token(check_subnet_id, subnet_id, argument="subnet_id")
        check_unless_token(check_port, database_port, argument="database_port")
        check_unless_token(check_instance_type, instance_type)
        self._build_role(role_name, permissions_boundary_arn, partition)
        self._build_security_group(security_group_name, vpc_id)
        self._build_way_to_database(
            database_security_group_id,
            database_port,
            opens=opens_database_security_group,
            who="The bastion",
            addresses=("bastion_to_database", "database_from_bastion"),
        )
        self._build_instance(instance_type, subnet_id)

    def _build_role(self, name: str, boundary_arn: str | None, partition: str) -> None:
        role = self._build_service_role(
            name,
            trust=trust_policy(EC2_SERVICE),
            aws_policy=SESSION_POLICY,
            permissions_boundary_arn=boundary_arn,
            partition=partition,
            address="bastion",
        )
        self.instance_profile = self._addressed(
            IamInstanceProfile(
                self,
                "instance-profile",
                name=name,
                role=role.id,
                tags=self._tags,
                lifecycle=removed_last(),
            ),
            "bastion",
        )

    def _build_security_group(self, name: str, vpc_id: str) -> None:
        self.security_group = self._addressed(
            SecurityGroup(
                self,
                "security-group",
                name=name,
                description="Security group for the bastion, which nothing connects to",
                vpc_id=vpc_id,
                tags=self._tags,
                lifecycle=security_group_lifecycle(),
            ),
            "bastion",
        )
        self.https_egress = self._addressed(
            VpcSecurityGroupEgressRule(
                self,
                "https-egress",
                security_group_id=self.security_group.id,
                description="Systems Manager",
                ip_protocol="tcp",
                from_port=HTTPS_PORT,
                to_port=HTTPS_PORT,
                cidr_ipv4=EVERYWHERE,
                tags=self._tags,
                lifecycle=removed_last(),
            ),
            "bastion_to_https",
        )

    def _build_instance(self, instance_type: str, subnet_id: str) -> None:
        self.image = self._addressed(DataAwsSsmParameter(self, "image", name=AMI_PARAMETER), "bastion_image")
        self.instance = self._addressed(
            Instance(
                self,
                "instance",
                ami=self.image.insecure_value,  # the same as `value`, which Terraform would hide from the plan
                instance_type=instance_type,
                subnet_id=subnet_id,
                associate_public_ip_address=False,
                iam_instance_profile=self.instance_profile.name,
                vpc_security_group_ids=[self.security_group.id],
                metadata_options=InstanceMetadataOptions(http_tokens="required"),
                root_block_device=InstanceRootBlockDevice(encrypted=True),
                tags=self._tags,
                # The agent looks for Systems Manager at once, and again only after a while.
                depends_on=[self.policy_attachment, self.https_egress],
                # A newer image would replace the instance in the middle of a session; its updates are dnf's.
                lifecycle=TerraformResourceLifecycle(ignore_changes=["ami"]),
            ),
            "bastion",
        )

    @property
    def instance_id(self) -> str:
        """Id of the instance, for `aws ssm start-session --target`."""
        return self.instance.id
