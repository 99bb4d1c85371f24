"""The Data API's switch of a cluster: EnableHttpEndpoint is kept, and its two operations exist.

Stock moto knows the switch for Aurora Serverless v1 only, and drops it for every other cluster: each plan
would switch the Data API on again. EnableHttpEndpoint and DisableHttpEndpoint, which Terraform calls when the
argument changes, answer 500.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBClusterNotFoundError, RDSClientError
from moto.rds.models import DBCluster
from moto.rds.responses import RDSResponse

from local_aws.patches.replacing import adding, replacing_property


def patch() -> None:
    """Keep the switch at creation and modification, and answer the two operations."""

    def switch(cluster: Any) -> bool:
        return bool(cluster._enable_http_endpoint)

    def set_switch(cluster: Any, value: bool | None) -> None:
        if cluster.engine_mode == "serverless":
            stock.__set__(cluster, value)
        else:
            cluster._enable_http_endpoint = bool(value)

    stock = replacing_property(DBCluster, "enable_http_endpoint")(property(switch, set_switch))

    @adding(RDSResponse, "enable_http_endpoint")
    def enable_http_endpoint(response: Any) -> ActionResult:
        return _switched(response, True)

    @adding(RDSResponse, "disable_http_endpoint")
    def disable_http_endpoint(response: Any) -> ActionResult:
        return _switched(response, False)


def _switched(response: Any, enabled: bool) -> ActionResult:
    arn = response.params["ResourceArn"]
    try:
        [cluster] = response.backend.describe_db_clusters(arn)
    except DBClusterNotFoundError:
        raise RDSClientError("ResourceNotFoundFault", f"DbCluster {arn} not found.") from None
    cluster.enable_http_endpoint = enabled
    return ActionResult({"ResourceArn": arn, "HttpEndpointEnabled": enabled})
