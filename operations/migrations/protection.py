"""Whether a database is one whose data nobody throws away by a command, by whatever name it is given."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from operations.aws.cluster import describe_cluster
from operations.errors import ErrorKind, OperationsError, failed
from operations.target.target import Target, parse_cluster_arn
from operations.target.where import PROJECT, Where

if TYPE_CHECKING:
    from stacks.environment import Environment

_KEYS: Final = ("deletion_protection", "prevent_destroy")
_STAGE_TAGS: Final = frozenset({"environment", "env", "stage"})
_PRODUCTION: Final = frozenset({"production", "prod", "live"})
_UNTOLD: Final = frozenset({ErrorKind.NO_ACCESS, ErrorKind.NOT_DEPLOYED, ErrorKind.AWS_UNAVAILABLE})


class _Untold(OperationsError):
    """AWS did not tell of the cluster, and nothing else protects it."""


def refuse_protected(where: Where, target: Target, consequence: str) -> None:
    """Raise OperationsError unless nothing protects a database: (1), or what AWS did not tell of it.

    `consequence` is what does not happen.
    """
    try:
        found = protected_by(where, target)
    except _Untold as untold:
        raise OperationsError(f"{target.name} {consequence}, since {untold}", untold.kind) from None
    if found is not None:
        raise failed(f"{target.name} {consequence}: it has {found}")


def protected_by(where: Where, target: Target) -> str | None:
    """Return what protects a database; None for nothing. Raises OperationsError where nobody knows.

    Looked at are the file of the environment that was named, those of all environments in `--project` and in the
    project of this program that are the same cluster, and the living cluster.
    """
    environments = [*([] if target.environment is None else [(where, target.environment)]), *_protected(where)]
    for place, environment in environments:
        if (key := _key_of(environment)) and (environment is target.environment or _is_of(place, environment, target)):
            return f"protection.{key} of the environment {environment.name}"
    protected = {environment.name for _, environment in environments if _key_of(environment)}
    found = _of_cluster(_described(target), protected)
    return None if found is None else f"{found} of the cluster {target.cluster_identifier}"


def _key_of(environment: "Environment") -> str | None:
    return next((key for key in _KEYS if getattr(environment.protection, key)), None)


def _protected(where: Where) -> "Iterator[tuple[Where, Environment]]":
    """Yield the environments with protection. A copy of the project elsewhere takes nothing from this one."""
    for project in dict.fromkeys((where.project.resolve(), PROJECT)):
        place = replace(where, project=project, environment=None, outputs=None, cluster_arn=None)
        for environment in place.environments():
            if _key_of(environment):
                yield place, environment


def _is_of(where: Where, environment: "Environment", target: Target) -> bool:
    """Whether an environment is the cluster of a target: by the name that it makes, or by its state."""
    arn = parse_cluster_arn(target.cluster_arn)
    is_named_so = (
        environment.cluster_identifier == arn.identifier.lower()
        and environment.region in {None, arn.region}
        and (not environment.allowed_account_ids or arn.account_id in environment.allowed_account_ids)
    )
    return is_named_so or _arn_in_state(where, environment) == target.cluster_arn


def _arn_in_state(where: Where, environment: "Environment") -> str | None:
    """Return the ARN in an environment's state; None where there is none, or these credentials may not read it."""
    from operations.aws.errors import explained  # noqa: PLC0415 (imports botocore)

    try:
        return where.deployed_arn(environment)
    except Exception as error:
        known = error if isinstance(error, OperationsError) else explained(error)
        if known is None or known.kind not in _UNTOLD:
            raise
        return None


def _described(target: Target) -> dict[str, Any]:
    from operations.aws.errors import explained  # noqa: PLC0415 (imports botocore)

    target.session.check_credentials()
    try:
        return describe_cluster(target, target.session.client("rds"))
    except Exception as error:
        known = error if isinstance(error, OperationsError) else explained(error)
        if known is None:
            raise
        raise _Untold(f"nobody knows whether it is protected: {known}", known.kind) from None


def _of_cluster(described: dict[str, Any], protected: set[str]) -> str | None:
    """Return what protects a cluster as RDS describes it; None for nothing. A clone can have the tags of its source."""
    if described.get("DeletionProtection", True):
        return "DeletionProtection"
    for tag in described.get("TagList", []):
        if tag["Key"].lower() in _STAGE_TAGS and tag["Value"].lower() in _PRODUCTION | protected:
            return f"the tag {tag['Key']} = {tag['Value']}"
    return None
