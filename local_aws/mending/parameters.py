"""Parameters of an instance's parameter group say who set them.

Stock moto leaves out `Source`; Terraform passes over parameters without one, and would set them again in every plan.
"""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

from local_aws.mending.replacing import replacing


def mend() -> None:
    """Answer `Source` user for every parameter: moto knows only those that were set."""

    @replacing(RDSResponse, "describe_db_parameters")
    def describe_db_parameters(stock: Callable[..., Any], response: Any) -> ActionResult:
        answer = stock(response).result
        parameters = [{**parameter, "Source": "user"} for parameter in answer["Parameters"]]
        return ActionResult({**answer, "Parameters": parameters})
