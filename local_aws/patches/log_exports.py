"""A log group to which a cluster exports is there, whoever has deleted it.

Stock moto makes none. RDS makes a missing one with the next line of the log, and such a group keeps all for ever:
hashicorp/terraform-provider-aws 42858. Here that is the next request to RDS or to CloudWatch Logs.
"""

from typing import Any

from moto.logs.models import logs_backends
from moto.logs.responses import LogsResponse
from moto.rds.models import rds_backends
from moto.rds.responses import RDSResponse

from local_aws.patches.durations import is_going
from local_aws.patches.replacing import replacing_property


def patch() -> None:
    """Make the missing groups before a request is answered."""
    for response_type, name in ((RDSResponse, "backend"), (LogsResponse, "logs_backend")):
        _write_before(response_type, name)


def _write_before(response_type: type, name: str) -> None:
    def backend(response: Any) -> Any:
        _write(response.current_account, response.region)
        return stock.__get__(response)

    stock = replacing_property(response_type, name)(property(backend))


def _write(account: str, region: str) -> None:
    for cluster in rds_backends[account][region].clusters.values():
        if cluster._members and not is_going(cluster):
            for kind in cluster.enabled_cloudwatch_logs_exports:
                name = f"/aws/rds/cluster/{cluster.db_cluster_identifier}/{kind}"
                logs_backends[account][region].ensure_log_group(name)
