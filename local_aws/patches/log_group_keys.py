"""The key of a log group can be given, changed and taken away, and its class stays as it is made.

Stock moto keeps the key that a log group was created with, and has neither of the operations that change it, which
Terraform calls when `kms_key_id` changes. It knows of no class.
"""

from collections.abc import Callable
from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

from local_aws.patches.replacing import adding, replacing


def patch() -> None:
    """Answer the two operations for log groups; a key of query results, their other use, does not exist here.

    And tell the class with which each was made.
    """

    @replacing(LogsResponse, "create_log_group")
    def create_log_group(stock: Callable[..., str], response: Any) -> str:
        answer = stock(response)
        group = response.logs_backend.groups[response._get_param("logGroupName")]
        group.patched_class = response._get_param("logGroupClass")
        return answer

    @replacing(LogGroup, "to_describe_dict")
    def to_describe_dict(stock: Callable[..., dict[str, Any]], group: Any) -> dict[str, Any]:
        return {**stock(group), "logGroupClass": vars(group).get("patched_class") or "STANDARD"}

    @adding(LogsResponse, "associate_kms_key")
    def associate_kms_key(response: Any) -> str:
        return _set_key(response, response._get_param("kmsKeyId"))

    @adding(LogsResponse, "disassociate_kms_key")
    def disassociate_kms_key(response: Any) -> str:
        return _set_key(response, None)


def _set_key(response: Any, key: str | None) -> str:
    name = response._get_param("logGroupName")
    if name is None:
        raise NotImplementedError("keys of query results")
    if name not in response.logs_backend.groups:
        raise ResourceNotFoundException
    response.logs_backend.groups[name].kms_key_id = key
    return ""
