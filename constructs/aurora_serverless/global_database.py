"""The global database of which a cluster is the primary: clusters in other Regions follow it."""

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.rds_global_cluster import RdsGlobalCluster
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.engine import lifecycle_support
from aurora_serverless.rules.global_database import check_global_cluster_identifier
from aurora_serverless.rules.tags import check_tags
from aurora_serverless.rules.tokens import check_unless_token


class GlobalDatabase(AddressedConstruct):
    """A global cluster made of a cluster that is there: a new one and a running one alike, without replacing it.

    The other way round, with the cluster naming its global cluster, suits new clusters only: RDS lets no running one
    in. Engine, version, database and encryption are the primary's. Attribute: `global_cluster` (the resource).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identifier: str,
        primary_cluster_arn: str,
        extended_support: bool | None = None,
        deletion_protection: bool | None = None,
        prevent_destroy: bool = False,
        depends_on: Sequence[ITerraformDependable] = (),
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the global cluster.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            identifier: Identifier of the global cluster, one of its kind in the account; secondaries join it by it.
            primary_cluster_arn: ARN of the cluster that becomes the primary.
            extended_support: As the cluster's own.
            deletion_protection: Whether AWS refuses to delete the global cluster; Terraform then refuses that too.
            prevent_destroy: Whether Terraform refuses to plan it. Destroying it makes clusters of their own of all
                its secondaries.
            depends_on: What must be there before: the primary's instances, which RDS does not make while the cluster
                changes.
            tags: Tags of the global cluster; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse the identifier.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_global_cluster_identifier, identifier)
        check_tags(self._tags or {})
        self.global_cluster = self._addressed(
            RdsGlobalCluster(
                self,
                "global-cluster",
                global_cluster_identifier=identifier,
                source_db_cluster_identifier=primary_cluster_arn,
                force_destroy=True,  # with a source, the primary is a member that only this lets go
                engine_lifecycle_support=lifecycle_support(extended_support),
                deletion_protection=deletion_protection,
                tags=self._tags,
                depends_on=list(depends_on) or None,
                lifecycle=TerraformResourceLifecycle(prevent_destroy=True)
                if prevent_destroy or deletion_protection
                else None,
            ),
            "aurora",
        )
