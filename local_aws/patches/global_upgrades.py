"""Upgrades of a whole global database by ModifyGlobalCluster, which does not exist in stock moto.

All members are upgraded in one operation, since February 2026 to a minor version too. After a major upgrade clusters
and instances have AWS's own parameter groups:
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyGlobalCluster.html
"""

from collections.abc import Callable
from typing import Any

from moto.rds.responses import RDSResponse

from local_aws.patches.global_databases import find_global_cluster
from local_aws.patches.parameter_groups import default_group
from local_aws.patches.replacing import replacing
from local_aws.patches.upgrades import check_major_is_allowed, target_version


def patch() -> None:
    """Upgrade the members, then change what else is asked for."""

    @replacing(RDSResponse, "modify_global_cluster")
    def modify_global_cluster(stock: Callable[..., Any], response: Any) -> Any:
        params = response.params
        found = find_global_cluster(response.current_account, params["GlobalClusterIdentifier"])
        target = target_version(found.engine_version, params.get("EngineVersion"))
        if target is not None:
            allowed = params.get("AllowMajorVersionUpgrade")
            change = {"engine_version": str(target)}
            if check_major_is_allowed(found.engine_version, target, is_allowed=allowed):
                change["db_cluster_parameter_group_name"] = default_group(target)
                change["db_instance_parameter_group_name"] = default_group(target)
            for member in found.members:
                member.backend.patched_apply_change({"db_cluster_identifier": member.db_cluster_identifier, **change})
        return stock(response)
