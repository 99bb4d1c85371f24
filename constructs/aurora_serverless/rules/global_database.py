"""What the clusters of a global database need of one another, and what they cannot have."""

from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.arns import check_in_region
from aurora_serverless.rules.engine import EngineVersion
from aurora_serverless.rules.instances import MOST_READERS
from aurora_serverless.rules.names import check_identifier
from aurora_serverless.rules.violation import refuse

# Source: Amazon Aurora User Guide, "Performance and scaling for Aurora Serverless v2", the minimum capacity that is
# recommended for the primary Region of a global database.
RECOMMENDED_MINIMUM_ACU: Final = limit("global_database_recommended_minimum_acu")


def check_global_cluster_identifier(value: str, *, argument: str = "identifier") -> None:
    """Raise `RuleViolation` unless `value` may identify a global cluster: the rule is that of clusters."""
    check_identifier(value, argument=argument)


def check_regions_differ(source_region: str, region: str | None, *, argument: str = "source_region") -> None:
    """Raise `RuleViolation` if the primary's Region is the secondary's: a global database has one cluster in each."""
    if source_region == region:
        refuse(
            argument,
            source_region,
            "is the Region of this cluster, and a global database has one cluster in a Region",
            "name the primary's Region, or write another region for this cluster",
        )


def check_secret_region(arn: str, region: str | None, *, argument: str = "secret_arn") -> None:
    """Raise `RuleViolation` if the secret is in another Region than `region`, where that is known.

    The Data API reads a secret of the cluster's own Region.
    """
    check_in_region(
        arn,
        region,
        argument=argument,
        why="the Data API reads secrets of the cluster's Region",
        remedy=f"replicate the primary's secret to {region} (its credentials.replica_regions) and name the replica",
    )


def check_source_is_primary(
    source_region: str | None, primary_region: str | None, *, argument: str = "source_region"
) -> None:
    """Raise `RuleViolation` if the Region that a secondary copies from is not its primary's, where that is known."""
    if primary_region is not None and source_region != primary_region:
        refuse(argument, source_region, f"the primary is in {primary_region}", f'write "{primary_region}"')


def check_same_engine_version(version: EngineVersion, primary: EngineVersion, *, argument: str = "version") -> None:
    """Raise `RuleViolation` unless a secondary's engine version is its primary's, as far as both are named.

    RDS answers a new secondary of another one: "Value for engineVersion should match setting for global cluster".
    Source of the order of an upgrade: Amazon Aurora User Guide, "Upgrading an Amazon Aurora global database".
    """
    same = version.major == primary.major if version.any_minor or primary.any_minor else version == primary
    if not same:
        refuse(
            argument,
            f"{version}",
            f"the primary runs {primary}, and all clusters of a global database run one version",
            f'write "{primary}", or the new version in each file and deploy the secondaries before the primary',
        )


def check_same_encryption(key: str, *, has_kms_key: bool, primary_has_kms_key: bool, argument: str = "key") -> None:
    """Raise `RuleViolation` if one of a secondary and its primary is under a KMS key, and the other is not.

    `key` is the secondary's word for its key, for the message.

    Source: Amazon RDS API, CreateGlobalCluster, StorageEncrypted: a global cluster takes it from its source cluster,
    and it is false under an AWS-owned key (DBCluster, StorageEncrypted); and what RDS answers: "For encrypted
    cross-region replica, kmsKeyId should be explicitly specified".
    """
    if primary_has_kms_key and not has_kms_key:
        refuse(
            argument,
            key,
            "the primary is under a KMS key, and each of its secondaries needs one of its own Region",
            'write "own", or "given" with key_arn',
        )
    if has_kms_key and not primary_has_kms_key:
        refuse(
            argument,
            key,
            "the primary is under no KMS key, and neither are its secondaries",
            'write "aws-owned", or give the primary a KMS key, which replaces it',
        )


def check_same_name(value: str, primary: str, *, argument: str) -> None:
    """Raise `RuleViolation` if a secondary names its database or master user otherwise than its primary does."""
    if value != primary:
        refuse(
            argument,
            value,
            f'the primary has "{primary}", and a secondary has what its primary has',
            f'write "{primary}"',
        )


def check_total_readers(readers: int, secondaries: int, *, argument: str = "readers") -> None:
    """Raise `RuleViolation` if a primary has more readers than its secondaries leave to it.

    Source: Amazon Aurora User Guide, "Adding an AWS Region to an Amazon Aurora global database".
    """
    if readers + secondaries > MOST_READERS:
        refuse(
            argument,
            readers,
            f"a primary's readers and its secondaries are at most {MOST_READERS} together, and there are "
            f"{secondaries} secondaries",
            f"write {max(MOST_READERS - secondaries, 0)}, or leave a secondary out",
        )
