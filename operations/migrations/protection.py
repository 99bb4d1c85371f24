"""Whether a database is one whose data nobody throws away by a command."""

from operations.target import Target


def protection_of(target: Target) -> str | None:
    """Return what protects a database, its file or the living cluster; None for nothing. Raises what boto3 does."""
    if target.environment is not None:
        protection = target.environment.protection
        for name in ("deletion_protection", "prevent_destroy"):
            if getattr(protection, name):
                return f"protection.{name} of the environment {target.environment.name}"
    rds = target.session.client("rds")
    [described] = rds.describe_db_clusters(DBClusterIdentifier=target.cluster_identifier)["DBClusters"]
    return f"DeletionProtection of the cluster {target.cluster_identifier}" if described["DeletionProtection"] else None
