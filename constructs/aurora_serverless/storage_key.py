"""Whose key encrypts a running cluster that shall be under the AWS-managed one: it would keep a customer key."""

from cdktf import TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.data_aws_kms_key import DataAwsKmsKey
from cdktf_cdktf_provider_aws.data_aws_rds_cluster import DataAwsRdsCluster
from cdktf_cdktf_provider_aws.data_aws_rds_clusters import DataAwsRdsClusters, DataAwsRdsClustersFilter
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.kept_arguments import is_managed_by_aws


class StorageKey(AddressedConstruct):
    """The key of the cluster of a name, if there is one, looked up before anything changes.

    It is looked up by the name: through the resource, Terraform would put it off until that has changed. The list
    of clusters comes first, because a lookup of one that is not there fails. Attributes: `clusters`,
    `cluster`, `key` (the data sources).
    """

    def __init__(
        self, scope: Construct, id_: str, *, cluster_identifier: str, fixed_addresses: bool | None = None
    ) -> None:
        """Look the key up.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster_identifier: Identifier of the cluster, which Terraform must know when it plans.
            fixed_addresses: See `AddressedConstruct`.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        self.clusters = self._addressed(
            DataAwsRdsClusters(
                self,
                "clusters",
                filter=[DataAwsRdsClustersFilter(name="db-cluster-id", values=[cluster_identifier])],
            ),
            "running",
        )
        self.cluster = self._addressed(
            DataAwsRdsCluster(
                self,
                "cluster",
                cluster_identifier=cluster_identifier,
                count=_number_of(f"{self.clusters.fqn}.cluster_identifiers"),
            ),
            "running",
        )
        encrypted = f"[for cluster in {self.cluster.fqn} : cluster.kms_key_id if cluster.storage_encrypted]"
        self.key = self._addressed(
            DataAwsKmsKey(
                self,
                "key",
                key_id=f"${{{encrypted}[count.index]}}",
                count=_number_of(encrypted),
                lifecycle=TerraformResourceLifecycle(postcondition=[is_managed_by_aws()]),
            ),
            "storage",
        )


def _number_of(expression: str) -> float:
    return Token.as_number(f"${{length({expression})}}")
