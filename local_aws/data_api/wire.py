"""Requests as they come over the wire: read, checked as AWS checks them, and handed on as data."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aurora_serverless.facts.limits import limit
from local_aws.data_api.errors import DataApiError
from local_aws.data_api.values import Parameter, read_parameter

GREATEST_REQUEST_BYTES = limit("data_api_request_longest")

# Source: the service's model, https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html
LENGTHS = {
    "resourceArn": (11, 570),
    "secretArn": (11, 570),
    "sql": (0, limit("data_api_statement_longest")),
    "database": (0, 64),
    "transactionId": (0, 192),
}
ENUMERATIONS = {
    "formatRecordsAs": ("NONE", "JSON"),
    "decimalReturnType": ("STRING", "DOUBLE_OR_LONG"),
    "longReturnType": ("STRING", "LONG"),
}
FLAGS = ("includeResultMetadata", "continueAfterTimeout")
REQUIRED = {
    "ExecuteStatement": ("resourceArn", "secretArn", "sql"),
    "BatchExecuteStatement": ("resourceArn", "secretArn", "sql"),
    "BeginTransaction": ("resourceArn", "secretArn"),
    "CommitTransaction": ("resourceArn", "secretArn", "transactionId"),
    "RollbackTransaction": ("resourceArn", "secretArn", "transactionId"),
}


@dataclass(frozen=True)
class Request:
    """A checked request of one of the five operations; what an operation does not know has its default."""

    operation: str
    resource_arn: str
    secret_arn: str
    sql: str = ""
    database: str = ""
    transaction_id: str = ""
    parameters: tuple[Parameter, ...] = ()
    parameter_sets: tuple[tuple[Parameter, ...], ...] = ()
    includes_metadata: bool = False
    continues_after_timeout: bool = False
    formats_as_json: bool = False
    decimals_as_numbers: bool = False
    longs_as_strings: bool = False


def read_request(operation: str, body: bytes) -> Request:
    """Return the request in `body`. Raises DataApiError as the Data API refuses it."""
    if len(body) > GREATEST_REQUEST_BYTES:
        raise DataApiError("RequestEntityTooLargeException", "Request size exceeds the limit of 4 MiB.")
    document = _read_json(body)
    options = document.get("resultSetOptions") or {}
    if not isinstance(options, dict):
        raise DataApiError("SerializationException", "Start of structure or map found where not expected.")
    _check(operation, document, options)
    return Request(
        operation=operation,
        resource_arn=document["resourceArn"],
        secret_arn=document["secretArn"],
        sql=document.get("sql") or "",
        database=document.get("database") or "",
        transaction_id=document.get("transactionId") or "",
        parameters=_read_parameters(document.get("parameters"), "parameters"),
        parameter_sets=tuple(
            _read_parameters(each, "parameterSets") for each in _list(document.get("parameterSets"), "parameterSets")
        ),
        includes_metadata=bool(document.get("includeResultMetadata")),
        continues_after_timeout=bool(document.get("continueAfterTimeout")),
        formats_as_json=document.get("formatRecordsAs") == "JSON",
        decimals_as_numbers=options.get("decimalReturnType") == "DOUBLE_OR_LONG",
        longs_as_strings=options.get("longReturnType") == "STRING",
    )


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
        body.decode().encode()
        json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is not a text
    except (ValueError, RecursionError):
        raise DataApiError("SerializationException", "The request is not a JSON document.") from None
    if not isinstance(document, dict):
        raise DataApiError("SerializationException", "The request is not a JSON object.")
    return document


def _check(operation: str, document: dict[str, Any], options: dict[str, Any]) -> None:
    wrong = [
        f"Value at '{name}' failed to satisfy constraint: Member must not be null"
        for name in REQUIRED[operation]
        if document.get(name) is None
    ]
    for name, lengths in LENGTHS.items():
        wrong += _wrong_length(name, _typed(document, name, str, lambda value: isinstance(value, str)), *lengths)
    for name, allowed in ENUMERATIONS.items():
        value = _typed({**document, **options}, name, str, lambda value: isinstance(value, str))
        if value is not None and value not in allowed:
            members = ", ".join(allowed)
            wrong.append(
                f"Value at '{name}' failed to satisfy constraint: Member must satisfy enum value set: [{members}]"
            )
    for name in FLAGS:
        _typed(document, name, bool, lambda value: isinstance(value, bool))
    if wrong:
        errors = "error" if len(wrong) == 1 else "errors"
        raise DataApiError("ValidationException", f"{len(wrong)} validation {errors} detected: {'; '.join(wrong)}")
    if document.get("schema"):
        raise DataApiError("ValidationException", "The schema parameter isn't supported")


def _wrong_length(name: str, value: str | None, least: int, greatest: int) -> list[str]:
    if value is None or least <= len(value) <= greatest:
        return []
    relation, limit = ("less", greatest) if len(value) > greatest else ("greater", least)
    return [
        f"Value at '{name}' failed to satisfy constraint: Member must have length {relation} than or equal to {limit}"
    ]


def _typed(document: dict[str, Any], name: str, kind: type, is_right: Callable[[Any], bool]) -> Any:
    value = document.get(name)
    if value is not None and not is_right(value):
        raise DataApiError("SerializationException", f"{name} is no {kind.__name__}.")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise DataApiError("SerializationException", f"{name} is not a list.")
    return value


def _read_parameters(value: Any, name: str) -> tuple[Parameter, ...]:
    parameters = tuple(read_parameter(each) for each in _list(value, name))
    names = [parameter.name for parameter in parameters]
    for each in names:
        if names.count(each) > 1:
            raise DataApiError("BadRequestException", f"Duplicate parameter: {each}")
    return parameters
