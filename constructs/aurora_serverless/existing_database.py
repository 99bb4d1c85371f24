"""A database that exists already, as somebody or AWS describes it, with grants, metrics and connections."""

from typing import Self

from cdktf import Fn, Token
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_rds_cluster import DataAwsRdsCluster
from cdktf_cdktf_provider_aws.data_aws_region import DataAwsRegion
from constructs import Construct

from aurora_serverless.connections import Connections
from aurora_serverless.database_access import DatabaseAccess
from aurora_serverless.rules.network import POSTGRESQL_PORT
from aurora_serverless.rules.regions import partition_of


class ExistingDatabase(DatabaseAccess):
    """A cluster that somebody else made; nothing of it is changed but by its grants and `connections`.

    Made by `AuroraDatabase.from_attributes` and `AuroraDatabase.from_lookup`. What is not known is refused when it is
    needed.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_identifier: str,
        region: str | None = None,
        account_id: str | None = None,
        arn: str | None = None,
        resource_id: str | None = None,
        endpoint: str | None = None,
        reader_endpoint: str | None = None,
        port: float = POSTGRESQL_PORT,
        secret_arn: str | None = None,
        secret_key_arn: str | None = None,
        security_group_id: str | None = None,
    ) -> None:
        """Take what is known of the cluster.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster_identifier: Identifier of the cluster.
            region: Its Region; by default the provider's, which is taken for one of the partition aws.
            account_id: Its account; by default the provider's.
            arn: Its ARN; by default made from Region, account and identifier.
            resource_id: Its id that never changes, `cluster-…`: for `grant_connect`.
            endpoint: DNS name of the writer endpoint.
            reader_endpoint: DNS name of the reader endpoint.
            port: The port that it listens on.
            secret_arn: ARN of the secret with the master user's name and password: for `grant_data_api` and
                `grant_read_secret`.
            secret_key_arn: ARN of that secret's customer key, if it has one.
            security_group_id: Id of its security group: for `connections`.
        """
        super().__init__(scope, id_)
        self.cluster_identifier = cluster_identifier
        self.region = region or DataAwsRegion(self, "region").name
        self.account_id = account_id or DataAwsCallerIdentity(self, "account").account_id
        self.partition = partition_of(region)
        self.arn = arn or f"arn:{self.partition}:rds:{self.region}:{self.account_id}:cluster:{cluster_identifier}"
        self.resource_id, self.endpoint, self.reader_endpoint = resource_id, endpoint, reader_endpoint
        self.port, self.secret_arn, self.secret_key_arn = port, secret_arn, secret_key_arn
        unknown = (f"the security group of {cluster_identifier} was not said", "say it: security_group_id=…")
        self.connections = Connections(
            self,
            security_group_id=security_group_id or "",
            port=port,
            closed=unknown if security_group_id is None else None,
        )

    @classmethod
    def lookup(
        cls,
        scope: Construct,
        id_: str,
        *,
        cluster_identifier: str,
        region: str | None = None,
        secret_arn: str | None = None,
        secret_key_arn: str | None = None,
    ) -> Self:
        """Read the cluster from AWS when Terraform plans; one that is not there stops the plan."""
        found = DataAwsRdsCluster(scope, f"{id_}-lookup", cluster_identifier=cluster_identifier)
        return cls(
            scope,
            id_,
            cluster_identifier=cluster_identifier,
            region=region,
            arn=found.arn,
            resource_id=found.cluster_resource_id,
            endpoint=found.endpoint,
            reader_endpoint=found.reader_endpoint,
            port=found.port,
            # Only the secret that RDS manages is the cluster's own; of another one it says nothing.
            secret_arn=secret_arn or f"${{{found.fqn}.master_user_secret[0].secret_arn}}",
            secret_key_arn=secret_key_arn,
            security_group_id=Token.as_string(Fn.element(Fn.tolist(found.vpc_security_group_ids), 0)),
        )
