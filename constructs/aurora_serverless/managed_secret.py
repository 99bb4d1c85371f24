"""The secret that RDS makes for a cluster whose master password it manages."""

from cdktf import TerraformLocal, TerraformResource
from cdktf_cdktf_provider_aws.data_aws_rds_cluster import DataAwsRdsCluster
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct


class ManagedSecret(AddressedConstruct):
    """The managed secret of a cluster, also of one that gets it only now.

    A running cluster that goes over to a managed password shows no secret in its plan, and not an unknown one either:
    the provider (5.100) takes the empty list of the state for what will be, so that nothing that reads
    `master_user_secret[0]` can be planned. The data source is read after the cluster has changed, and until then is
    unknown.

    Attributes: `looked_up` (the data source), `local` (the ARN as a local value, so that it is written once).
    """

    def __init__(
        self, scope: Construct, id_: str, *, cluster: TerraformResource, fixed_addresses: bool | None = None
    ) -> None:
        """Look the secret up.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster: The `aws_rds_cluster` with `manage_master_user_password`.
            fixed_addresses: See `AddressedConstruct`.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        self.looked_up = self._addressed(
            DataAwsRdsCluster(
                self,
                "cluster",
                cluster_identifier=cluster.get_string_attribute("cluster_identifier"),
                depends_on=[cluster],
            ),
            "aurora",
        )

        # The cluster's own word where it has one, so that other changes of the cluster leave the ARN known.
        here, later = f"{cluster.fqn}.master_user_secret", f"{self.looked_up.fqn}.master_user_secret"
        self.local = self._addressed(
            TerraformLocal(self, "arn", f"${{length({here}) > 0 ? {here}[0].secret_arn : {later}[0].secret_arn}}"),
            "managed_secret_arn",
        )

    @property
    def arn(self) -> str:
        """ARN of the secret."""
        return self.local.as_string
