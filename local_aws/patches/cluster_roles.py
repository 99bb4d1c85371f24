"""Roles of clusters: one for each feature that Aurora PostgreSQL has, and one that RDS may assume; taken off again.

Stock moto takes any feature and any role, refuses the same role for a second feature, which AWS does not, and does not
have RemoveRoleFromDBCluster.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.rds.exceptions import (
    DBClusterNotFoundError,
    DBClusterRoleAlreadyExists,
    InvalidDBClusterStateFault,
    InvalidParameterValue,
)
from moto.rds.exceptions import RDSClientError as RdsError
from moto.rds.models import AssociatedRole, RDSBackend
from moto.rds.responses import RDSResponse

from aurora_serverless.rules.arns import parse_arn
from aurora_serverless.rules.service_roles import MOST_CLUSTER_ROLES, RDS_SERVICE, Feature
from local_aws.patches.replacing import adding, replacing

_AVAILABLE: Final = "available"


def patch() -> None:
    """Check a role that is associated as AWS does, and take it off again."""

    @replacing(RDSBackend, "add_role_to_db_cluster")
    def add_role_to_db_cluster(
        _stock: Callable[..., None],
        backend: Any,
        db_cluster_identifier: str,
        role_arn: str,
        feature_name: str | None,
    ) -> None:
        cluster = _available_cluster(backend, db_cluster_identifier)
        if feature_name not in set(Feature):
            raise InvalidParameterValue(
                f"The feature-name value {feature_name or '(none)'} isn't supported by {cluster.engine}: it is one of "
                f"{', '.join(Feature)}"
            )
        _refuse_unusable(backend, role_arn)
        if any(role.feature_name == feature_name for role in cluster.associated_roles):
            raise DBClusterRoleAlreadyExists(
                f"The feature {feature_name} already has a role on DB cluster {db_cluster_identifier}: remove it first"
            )
        if len(cluster.associated_roles) >= MOST_CLUSTER_ROLES:
            raise RdsError(
                "DBClusterRoleQuotaExceeded",
                f"DB cluster {db_cluster_identifier} has {MOST_CLUSTER_ROLES} roles, the quota of the account",
            )
        cluster.associated_roles.append(AssociatedRole(role_arn=role_arn, feature_name=feature_name))

    @adding(RDSResponse, "remove_role_from_db_cluster")
    def remove_role_from_db_cluster(response: Any) -> ActionResult:
        identifier, role_arn = response.params["DBClusterIdentifier"], response.params["RoleArn"]
        feature = response.params.get("FeatureName")
        cluster = _available_cluster(response.backend, identifier)
        found = [
            role
            for role in cluster.associated_roles
            if role.role_arn == role_arn and feature in (None, role.feature_name)
        ]
        if not found:
            raise RdsError(
                "DBClusterRoleNotFound",
                f"The role {role_arn} isn't associated with DB cluster {identifier} for {feature or 'any feature'}",
            )
        for role in found:
            cluster.associated_roles.remove(role)
        return ActionResult({})


def _available_cluster(backend: Any, identifier: str) -> Any:
    if identifier not in backend.clusters:
        raise DBClusterNotFoundError(identifier)
    cluster = backend.clusters[identifier]
    if cluster.status != _AVAILABLE:
        raise InvalidDBClusterStateFault(
            f"DB cluster {identifier} is not currently in the available state: {cluster.status}."
        )
    return cluster


def _refuse_unusable(backend: Any, role_arn: str) -> None:
    """Refuse a role that is not there, or that RDS may not assume; the provider tries again at these words of AWS's."""
    if not _is_assumed_by_rds(backend, role_arn):
        raise InvalidParameterValue(
            "IAM role ARN value is invalid or does not include the required permissions for: AURORA_POSTGRESQL"
        )


def _is_assumed_by_rds(backend: Any, role_arn: str) -> bool:
    arn = parse_arn(role_arn)
    if arn is None or arn.account != backend.account_id:
        return False
    try:
        role = iam_backends[arn.account][arn.partition].get_role_by_arn(role_arn)
    except NotFoundException:
        return False
    return any(RDS_SERVICE in _services(statement) for statement in _statements(role.assume_role_policy_document))


def _statements(document: str) -> list[dict[str, Any]]:
    found = json.loads(document).get("Statement", [])
    return found if isinstance(found, list) else [found]


def _services(statement: dict[str, Any]) -> list[str]:
    found = statement.get("Principal", {}).get("Service", []) if statement.get("Effect") == "Allow" else []
    return [found] if isinstance(found, str) else list(found)
