"""What AWS's own parameter groups of a major version say of its extensions, which stock moto does not answer.

Only `rds.extensions` is there: the names of those that the PostgreSQL of local AWS has.
"""

from typing import Any, Final

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

from local_aws.data_api.extensions import available_extensions
from local_aws.data_api.postgresql import find_binaries
from local_aws.patches.replacing import adding

_PARAMETER: Final = "rds.extensions"


def patch() -> None:
    """Answer DescribeEngineDefaultClusterParameters."""

    @adding(RDSResponse, "describe_engine_default_cluster_parameters")
    def describe_engine_default_cluster_parameters(response: Any) -> ActionResult:
        parameter = {
            "ParameterName": _PARAMETER,
            "ParameterValue": ",".join(available_extensions(find_binaries())),
            "Source": "system",
            "IsModifiable": False,
        }
        family = response.params["DBParameterGroupFamily"]
        return ActionResult({"EngineDefaults": {"DBParameterGroupFamily": family, "Parameters": [parameter]}})
