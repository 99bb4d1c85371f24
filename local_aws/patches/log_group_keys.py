"""The key of a log group can be given, changed and taken away.

Stock moto keeps the key that a log group was created with, and has neither of the operations that change it, which
Terraform calls when `kms_key_id` changes.
"""

from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse

from local_aws.patches.replacing import adding


def patch() -> None:
    """Answer the two operations for log groups; a key of query results, their other use, does not exist here."""

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
