"""AWS Backup: plans that change, selections, and backups that are made when their time comes.

Stock moto has no selections, no recovery points, and nothing that changes a plan, and keeps the name of a deleted one.
AWS refuses to delete a plan that has selections, and a vault that has backups. A continuous backup takes over the
retention of its cluster, and RDS then refuses another: hashicorp/terraform-provider-aws 33465. Their time comes on
request only, with the maintenance window: `local_aws/maintenance.py`.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import unquote
from uuid import uuid4

from moto.backup import urls
from moto.backup.exceptions import InvalidRequestException, ResourceNotFoundException
from moto.backup.models import BackupBackend, Plan, Vault, backup_backends
from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.rds.exceptions import InvalidParameterValue
from moto.rds.models import DBCluster, RDSBackend, rds_backends

from local_aws.patches.replacing import adding, adding_property, replacing

_POINTS: Final = "{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/"


def patch() -> None:
    """Answer what is missing, and refuse what AWS refuses."""
    for path in (f"{_POINTS}$", f"{_POINTS}(?P<arn>.+)$"):
        urls.url_paths[path] = urls.response.dispatch
    _fix_plans()
    _fix_tags()
    _add_selections()
    _add_recovery_points()

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters.get(kwargs["db_cluster_identifier"])
        wanted = kwargs.get("backup_retention_period")
        point = None if cluster is None else _continuous_point(cluster)
        if point is not None and wanted is not None and wanted != cluster.backup_retention_period:
            raise InvalidParameterValue(
                f"RDS cluster {cluster.db_cluster_identifier} is associated with the following "
                f"AwsBackupRecoveryPointArn: {point}. The BackupRetentionPeriod can be blank, or you can use the "
                f"current value, {cluster.backup_retention_period}. For more details, see the AWS Backup documentation."
            )
        return stock(backend, kwargs)


def run_plans() -> Iterator[str]:
    """Make the backups of every plan, and yield the ARN of each."""
    for regions in backup_backends.values():
        for backend in regions.values():
            for plan in backend.plans.values():
                for selection in _selections(plan).values():
                    yield from _run(backend, plan, selection["Resources"])


def _run(backend: Any, plan: Any, arns: list[str]) -> Iterator[str]:
    clusters = {
        one.db_cluster_arn: one for one in rds_backends[backend.account_id][backend.region_name].clusters.values()
    }
    for rule in plan.backup_plan["Rules"]:
        points = _points(backend.vaults[rule["TargetBackupVaultName"]])
        for cluster in (clusters[arn] for arn in arns if arn in clusters):
            kind = "continuous" if rule.get("EnableContinuousBackup") else "snapshot"
            name = cluster.resource_id if kind == "continuous" else str(uuid4())
            arn = f"{_arn_of(backend)}:recovery-point:{kind}:{name}"
            points[arn] = {"RecoveryPointArn": arn, "ResourceArn": cluster.db_cluster_arn, "Status": "COMPLETED"}
            if kind == "continuous":
                cluster.backup_retention_period = rule["Lifecycle"]["DeleteAfterDays"]
                vars(cluster)["patched_recovery_point"] = arn
            yield arn


def _arn_of(backend: Any) -> str:
    return f"arn:{backend.partition}:backup:{backend.region_name}:{backend.account_id}"


def _fix_plans() -> None:
    @adding(BackupResponse, "update_backup_plan")
    def update_backup_plan(response: Any) -> ActionResult:
        plan = response.backup_backend.get_backup_plan(_params(response)["backupPlanId"], None)
        changed = Plan(_params(response)["BackupPlan"], plan.creator_request_id, response.backup_backend)
        plan.backup_plan, plan.version_id = changed.backup_plan, changed.version_id
        return ActionResult({"BackupPlanId": plan.backup_plan_id, "VersionId": plan.version_id})

    @replacing(BackupBackend, "delete_backup_plan")
    def delete_backup_plan(stock: Callable[..., Any], backend: Any, backup_plan_id: str) -> Any:
        if backup_plan_id in backend.plans and _selections(backend.plans[backup_plan_id]):
            raise InvalidRequestException(
                "Related backup plan selections must be deleted prior to backup plan deletion"
            )
        answer = stock(backend, backup_plan_id)
        del backend.plans[backup_plan_id]
        return answer


def _fix_tags() -> None:
    """Find the ARN in a path without a slash at its end, as Terraform sends it."""

    @replacing(BackupResponse, "list_tags")
    def list_tags(_stock: Callable[..., Any], response: Any) -> ActionResult:
        arn = unquote(response.path.rstrip("/").partition("/tags/")[2])
        return ActionResult({"Tags": response.backup_backend.list_tags(resource_arn=arn)})


def _add_selections() -> None:
    @adding(BackupResponse, "create_backup_selection")
    def create_backup_selection(response: Any) -> ActionResult:
        plan, identifier = _plan_of(response), str(uuid4())
        _selections(plan)[identifier] = _params(response)["BackupSelection"]
        return ActionResult(
            {"SelectionId": identifier, "BackupPlanId": plan.backup_plan_id, "CreationDate": time.time()}
        )

    @adding(BackupResponse, "get_backup_selection")
    def get_backup_selection(response: Any) -> ActionResult:
        plan, identifier = _plan_of(response), _params(response)["selectionId"]
        found = _selections(plan).get(identifier)
        if found is None:
            raise ResourceNotFoundException(f"Cannot find Backup selection {identifier}")
        return ActionResult({"BackupSelection": found, "SelectionId": identifier, "BackupPlanId": plan.backup_plan_id})

    @adding(BackupResponse, "list_backup_selections")
    def list_backup_selections(response: Any) -> ActionResult:
        found = _selections(_plan_of(response)).items()
        listed = [{"SelectionId": identifier, "SelectionName": one["SelectionName"]} for identifier, one in found]
        return ActionResult({"BackupSelectionsList": listed})

    @adding(BackupResponse, "delete_backup_selection")
    def delete_backup_selection(response: Any) -> EmptyResult:
        _selections(_plan_of(response)).pop(_params(response)["selectionId"], None)
        return EmptyResult()


def _add_recovery_points() -> None:
    adding_property(Vault, "number_of_recovery_points", property(lambda vault: len(_points(vault))))
    adding_property(DBCluster, "aws_backup_recovery_point_arn", property(_continuous_point))

    @replacing(BackupBackend, "delete_backup_vault")
    def delete_backup_vault(stock: Callable[..., Any], backend: Any, backup_vault_name: str) -> None:
        if backup_vault_name in backend.vaults and _points(backend.vaults[backup_vault_name]):
            raise InvalidRequestException("Backup vault cannot be deleted because it contains recovery points.")
        stock(backend, backup_vault_name)

    @adding(BackupResponse, "list_recovery_points_by_backup_vault")
    def list_recovery_points_by_backup_vault(response: Any) -> ActionResult:
        return ActionResult({"RecoveryPoints": list(_points(_vault_of(response)).values())})

    @adding(BackupResponse, "describe_recovery_point")
    def describe_recovery_point(response: Any) -> ActionResult:
        arn = _params(response)["recoveryPointArn"]
        if arn not in _points(_vault_of(response)):
            raise ResourceNotFoundException(f"Could not find recovery point {arn}")
        return ActionResult(_points(_vault_of(response))[arn])

    @adding(BackupResponse, "delete_recovery_point")
    def delete_recovery_point(response: Any) -> EmptyResult:
        _points(_vault_of(response)).pop(_params(response)["recoveryPointArn"], None)
        return EmptyResult()


def _params(response: Any) -> dict[str, Any]:
    """Return what a request says in its path and in its body."""
    return {**response.uri_match, **json.loads(response.body or "{}")}


def _plan_of(response: Any) -> Any:
    return response.backup_backend.get_backup_plan(_params(response)["backupPlanId"], None)


def _vault_of(response: Any) -> Any:
    return response.backup_backend.describe_backup_vault(_params(response)["backupVaultName"])


def _selections(plan: Any) -> dict[str, Any]:
    found: dict[str, Any] = plan.__dict__.setdefault("patched_selections", {})
    return found


def _points(vault: Any) -> dict[str, Any]:
    found: dict[str, Any] = vault.__dict__.setdefault("patched_points", {})
    return found


def _continuous_point(cluster: Any) -> str | None:
    """Return the ARN of the cluster's continuous backup, while that is there."""
    arn: str | None = vars(cluster).get("patched_recovery_point")
    vaults = backup_backends[cluster.account_id][cluster.region].vaults.values()
    return arn if any(arn in _points(vault) for vault in vaults) else None
