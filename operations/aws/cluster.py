"""A cluster and its instances, as RDS describes them. Describing wakes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from aurora_serverless.rules.network import POSTGRESQL_PORT
from operations.aws.encryption import Encryption, encryption_of
from operations.errors import not_deployed
from operations.target.target import Target

# Source: "Viewing DB cluster status" and "Viewing DB instance status" in the Amazon Aurora User Guide.
USABLE_STATUSES: Final = frozenset({"available", "backing-up"})
AVAILABLE: Final = "available"
PENDING_REBOOT: Final = "pending-reboot"
"""Source: Amazon RDS API, DBClusterMember and DBParameterGroupStatus."""
_FAILED_STATUSES: Final = frozenset(
    "failed inaccessible-encryption-credentials inaccessible-encryption-credentials-recoverable "
    "migration-failed cloning-failed restore-error insufficient-capacity storage-full "
    "stopping stopped deleting delete-precheck".split()
)
_REMEDIES: Final = {
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
    """A member of a cluster; `status` is None where RDS lists the member and no such instance.

    `cluster_parameters` and `instance_parameters` say how far it has taken the parameters of each group, such as
    `in-sync` or `pending-reboot`; `pending` is what RDS will change of it, `window` when at the latest.
    """

    identifier: str
    is_writer: bool
    status: str | None
    zone: str | None = None
    instance_class: str | None = None
    is_public: bool = False
    promotion_tier: int | None = None
    cluster_parameters: str | None = None
    instance_parameters: str | None = None
    pending: Mapping[str, Any] = field(default_factory=dict)
    window: str | None = None
    parameter_group: str | None = None

    @property
    def waits_for_reboot(self) -> bool:
        """Whether parameters take effect with its next reboot only."""
        return PENDING_REBOOT in {self.cluster_parameters, self.instance_parameters}


@dataclass(frozen=True)
class Cluster:
    """What RDS says of a cluster. Capacities are in ACU; they are None on one that is not Serverless v2.

    `platform_version` is that of Aurora serverless, such as "3"; None where RDS, or an older botocore, does not tell.
    It can be restored to any second between `earliest_restorable` and `latest_restorable`.
    """

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
    encryption: Encryption = field(default_factory=Encryption)
    storage_type: str | None = None
    window: str | None = None
    parameter_group: str | None = None
    platform_version: str | None = None
    port: int = POSTGRESQL_PORT
    reader_endpoint: str | None = None
    deletion_protection: bool | None = None
    backup_days: int | None = None
    earliest_restorable: datetime | None = None
    latest_restorable: datetime | None = None
    log_exports: Sequence[str] = ()
    has_insights: bool | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

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


def remedy(status: str | None, cluster_identifier: str, shows_events: str) -> str:
    """Return what to do about a failed status; `shows_events` is the command that does."""
    hint = _REMEDIES.get(status or "", f"see its events: {shows_events}, and the RDS console")
    return hint.format(cluster=cluster_identifier)


def read_cluster(target: Target, rds: Any) -> Cluster:
    """Describe the cluster and its instances. Raises OperationsError where there is none, and what boto3 does."""
    return _cluster(describe_cluster(target, rds), _instances(target.cluster_identifier, rds))


def describe_cluster(target: Target, rds: Any) -> dict[str, Any]:
    """Return what RDS answers of the cluster. Raises OperationsError where it is another, and what boto3 does."""
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # noqa: PLC0415 (slow)

    described: dict[str, Any]
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
    return described


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
        reader_endpoint=described.get("ReaderEndpoint"),
        data_api_enabled=bool(described.get("HttpEndpointEnabled")),
        instances=tuple(_members(described, instances)),
        minimum_acu=scaling.get("MinCapacity"),
        maximum_acu=scaling.get("MaxCapacity"),
        auto_pause_seconds=scaling.get("SecondsUntilAutoPause"),
        master_username=described.get("MasterUsername"),
        subnet_group=described.get("DBSubnetGroup"),
        security_group_ids=tuple(group["VpcSecurityGroupId"] for group in described.get("VpcSecurityGroups", [])),
        port=described.get("Port", POSTGRESQL_PORT),
        created=described.get("ClusterCreateTime"),
        resource_id=described.get("DbClusterResourceId"),
        pending=_pending(described),
        encryption=encryption_of(described),
        storage_type=described.get("StorageType"),
        window=described.get("PreferredMaintenanceWindow"),
        parameter_group=described.get("DBClusterParameterGroup"),
        platform_version=described.get("ServerlessV2PlatformVersion"),
        deletion_protection=described.get("DeletionProtection"),
        backup_days=described.get("BackupRetentionPeriod"),
        earliest_restorable=described.get("EarliestRestorableTime"),
        latest_restorable=described.get("LatestRestorableTime"),
        log_exports=tuple(described.get("EnabledCloudwatchLogsExports", ())),
        has_insights=described.get("PerformanceInsightsEnabled"),
        tags={tag["Key"]: tag["Value"] for tag in described.get("TagList", ())},
    )


def _pending(described: Mapping[str, Any]) -> dict[str, Any]:
    """Return what RDS will change of a cluster or an instance; a password among it is RDS's secret."""
    found = described.get("PendingModifiedValues") or {}
    return {name: "…" if "Password" in name else value for name, value in found.items() if value not in (None, [], {})}


def _members(described: Mapping[str, Any], instances: Mapping[str, Mapping[str, Any]]) -> list[Instance]:
    """Return the writer first. A new instance is described before the cluster lists it as a member."""
    members = {member["DBInstanceIdentifier"]: member for member in described.get("DBClusterMembers", [])}
    found = []
    for identifier in {**members, **instances}:
        member, instance = members.get(identifier, {}), instances.get(identifier, {})
        group: Mapping[str, Any] = next(iter(instance.get("DBParameterGroups") or ()), {})
        found.append(
            Instance(
                identifier=identifier,
                is_writer=bool(member.get("IsClusterWriter")),
                status=instance.get("DBInstanceStatus"),
                zone=instance.get("AvailabilityZone"),
                instance_class=instance.get("DBInstanceClass"),
                is_public=bool(instance.get("PubliclyAccessible")),
                promotion_tier=instance.get("PromotionTier"),
                cluster_parameters=member.get("DBClusterParameterGroupStatus"),
                instance_parameters=group.get("ParameterApplyStatus"),
                pending=_pending(instance),
                window=instance.get("PreferredMaintenanceWindow"),
                parameter_group=group.get("DBParameterGroupName"),
            )
        )
    return sorted(found, key=lambda instance: (not instance.is_writer, instance.identifier))


if TYPE_CHECKING:
    from aurora_serverless.rules.engine import EngineVersion


class Standing(StrEnum):
    """What the running version is, seen from the file; unknown is a version that this project does not know."""

    SAME = "same"
    NEWER = "newer"
    OLDER = "older"
    UNKNOWN = "unknown"


def standing(running: str, wanted: "EngineVersion") -> Standing:
    """Compare the version that RDS tells with a file's, which may name a major version alone."""
    from aurora_serverless.rules.engine import EngineVersion  # noqa: PLC0415
    from aurora_serverless.rules.violation import RuleViolation  # noqa: PLC0415

    try:
        actual = EngineVersion.parse(running)
    except RuleViolation:
        return Standing.UNKNOWN
    if actual.major == wanted.major and (wanted.any_minor or actual.minor == wanted.minor):
        return Standing.SAME
    return Standing.NEWER if (actual.major, actual.minor) > (wanted.major, wanted.minor) else Standing.OLDER
