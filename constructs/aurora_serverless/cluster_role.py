"""A role of a cluster: with it the database itself uses another service of AWS, from SQL."""

from cdktf_cdktf_provider_aws.rds_cluster_role_association import RdsClusterRoleAssociation
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.service_roles import Feature, check_role_arn
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.service_role import ServiceRole


class ClusterRole(AddressedConstruct):
    """A role that is associated with a cluster for one feature of Aurora PostgreSQL.

    A cluster has one role a feature, and each role once. The extension that uses it is created in SQL:
    `Feature.extension`. The database needs a way to the service from its subnets, and leave to use it
    (`network.egress`).

    Attributes: `association` (the resource), `arn` (of the role).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        feature: Feature,
        cluster_identifier: str,
        role: ServiceRole | str,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Associate the role.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            feature: What the role is for.
            cluster_identifier: Identifier of the cluster; by the id of its resource, so that the role goes before a
                cluster that is replaced, and comes back after it.
            role: A `ServiceRole` for `rds.amazonaws.com` and the ARN of the cluster, or the ARN of a role.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: What is given is not the ARN of a role.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        if isinstance(role, str):
            check_unless_token(check_role_arn, role, argument="role")
        self.arn = role if isinstance(role, str) else role.arn
        self.association = self._addressed(
            RdsClusterRoleAssociation(
                self,
                "association",
                db_cluster_identifier=cluster_identifier,
                feature_name=feature,
                role_arn=self.arn,
                # RDS tries the role at once, and a role without its policy last of all.
                depends_on=None if isinstance(role, str) else [role.policy],
            ),
            feature.key,
        )
