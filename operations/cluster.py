"""A cluster and its instances, as RDS describes them. Describing wakes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from operations.errors import not_deployed
from operations.target import Target

# Source: "Viewing DB cluster status" and "Viewing DB instance status" in the Amazon Aurora User Guide.
USABLE_STATUSES: Final = frozenset({"available", "backing-up"})
_FAILED_STATUSES: Final = frozenset(
    "failed inaccessible-encryption-credentials inaccessible-encryption-credentials-recoverable "
    "migration-failed cloning-failed restore-error insufficient-capacity storage-full "
    "stopping stopped deleting delete-precheck".split()
)
_WAYS_OUT: Final = {
    "deleting": "deploy again when it is gone",
    "inaccessible-encryption-credentials": "give RDS the KMS key back (enabled, with its grant), or restore a backup",
    "inaccessible-encryption-credentials-recoverable": "enable the KMS key again, and start the cluster within 7 days",
    "insufficient-capacity": "try another Availability Zone, or wait and deploy again",
    "stopped": "start it: aws rds start-db-cluster --db-cluster-identifier {cluster}",
    "stopping": "wait for its end, then: aws rds start-db-cluster --db-cluster-identifier {cluster}",
    "storage-full": "raise the storage of the instance",
}


@dataclass(frozen=True)
class Instance:
    """A member of a cluster; `status` is None where RDS lists the member and no such instance."""

    identifier: str
    is_writer: bool
    status: str | None
    zone: str | None = None
    instance_class: str | None = None
    is_public: bool = False
    promotion_tier: int | None = None


@dataclass(frozen=True)
class Cluster:
    """What RDS says of a cluster. Capacities are in ACU; they are None on one that is not Serverless v2."""

    identifier: str
    status: str
    engine_version: str
    endpoint: str | None
    data_api_enabled: bool
    instances: Sequence[Instance]
    minimum_acu: float | None
    maximum_acu: float | None
    auto_pause_seconds: int | None
    master_username: str | None
    subnet_group: str | None
    security_group_ids: Sequence[str]
    created: datetime | None
    resource_id: str | None
    pending: Mapping[str, Any]
    storage_type: str | None = None

    @property
    def may_pause(self) -> bool:
        """Whether it pauses when idle, as far as its capacity says."""
        return self.minimum_acu == 0

    @property
    def writer(self) -> Instance | None:
        """The instance that takes writes; None while there is none."""
        return next((instance for instance in self.instances if instance.is_writer), None)


def has_failed(status: str | None) -> bool:
    """Whether a status never becomes available by waiting."""
    return status is not None and (status in _FAILED_STATUSES or status.startswith("incompatible-"))


def way_out(status: str | None, cluster_identifier: str) -> str:
    """Return what to do about a failed status."""
    hint = _WAYS_OUT.get(status or "", "see its events: alexdb status, and the RDS console")
    return hint.format(cluster=cluster_identifier)


def read_cluster(target: Target, rds: Any) -> Cluster:
    """Describe the cluster and its instances. Raises OperationsError (3) where there is none, and what boto3 does."""
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # noqa: PLC0415 (slow)

    try:
        [described] = rds.describe_db_clusters(DBClusterIdentifier=target.cluster_identifier)["DBClusters"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "DBClusterNotFoundFault":
            raise
        raise not_deployed(
            f"there is no cluster {target.cluster_identifier} in {target.session.region}: it was deleted, or these are "
            "the credentials of another account; deploy it again, or set AWS_PROFILE"
        ) from None
    if described["DBClusterArn"] != target.cluster_arn:
        raise not_deployed(
            f"the cluster {target.cluster_identifier} of these credentials is {described['DBClusterArn']}, and not "
            f"{target.cluster_arn}: set AWS_PROFILE to the account of the deployment"
        )
    return _cluster(described, _instances(target.cluster_identifier, rds))


def _instances(cluster_identifier: str, rds: Any) -> dict[str, dict[str, Any]]:
    pages = rds.get_paginator("describe_db_instances").paginate(
        Filters=[{"Name": "db-cluster-id", "Values": [cluster_identifier]}]
    )
    return {instance["DBInstanceIdentifier"]: instance for page in pages for instance in page["DBInstances"]}


def _cluster(described: Mapping[str, Any], instances: Mapping[str, Mapping[str, Any]]) -> Cluster:
    scaling = described.get("ServerlessV2ScalingConfiguration") or {}
    return Cluster(
        identifier=described["DBClusterIdentifier"],
        status=described["Status"],
        engine_version=described["EngineVersion"],
        endpoint=described.get("Endpoint"),
        data_api_enabled=bool(described.get("HttpEndpointEnabled")),
        instances=tuple(_members(described, instances)),
        minimum_acu=scaling.get("MinCapacity"),
        maximum_acu=scaling.get("MaxCapacity"),
        auto_pause_seconds=scaling.get("SecondsUntilAutoPause"),
        master_username=described.get("MasterUsername"),
        subnet_group=described.get("DBSubnetGroup"),
        security_group_ids=tuple(group["VpcSecurityGroupId"] for group in described.get("VpcSecurityGroups", [])),
        created=described.get("ClusterCreateTime"),
        resource_id=described.get("DbClusterResourceId"),
        pending={name: "…" if "Password" in name else value for name, value in _pending(described).items()},
        storage_type=described.get("StorageType"),
    )


def _pending(described: Mapping[str, Any]) -> dict[str, Any]:
    """Return what RDS will change of the cluster; a password among it is RDS's secret."""
    return dict(described.get("PendingModifiedValues") or {})


def _members(described: Mapping[str, Any], instances: Mapping[str, Mapping[str, Any]]) -> list[Instance]:
    """Return the writer first. A new instance is described before the cluster lists it as a member."""
    writers = {
        member["DBInstanceIdentifier"]: member["IsClusterWriter"] for member in described.get("DBClusterMembers", [])
    }
    found = []
    for identifier in {**writers, **dict.fromkeys(instances)}:
        instance = instances.get(identifier, {})
        found.append(
            Instance(
                identifier=identifier,
                is_writer=bool(writers.get(identifier)),
                status=instance.get("DBInstanceStatus"),
                zone=instance.get("AvailabilityZone"),
                instance_class=instance.get("DBInstanceClass"),
                is_public=bool(instance.get("PubliclyAccessible")),
                promotion_tier=instance.get("PromotionTier"),
            )
        )
    return sorted(found, key=lambda instance: (not instance.is_writer, instance.identifier))
