"""Decides whether an answer is one of the Data API: it has all that its operation answers, in the right types.

What stands between client and AWS can answer in its place, with a page for people or with a document of its own, and
botocore returns both as an empty success. Such an answer says nothing: the call may have been done, and may not.

Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable
from typing import Any

from .errors import AnswerLost
from .results import needs_text
from .sql_tokens import returns_rows

UNREADABLE = "UnreadableAnswer"
_OK = 200

_FIELD_TYPES: dict[str, type] = {
    "isNull": bool,
    "booleanValue": bool,
    "longValue": int,
    "doubleValue": float,
    "stringValue": str,
    "blobValue": bytes,
    "arrayValue": dict,
}
_ELEMENT_TYPES: dict[str, type] = {
    "booleanValues": bool,
    "longValues": int,
    "doubleValues": float,
    "stringValues": str,
    "arrayValues": dict,
}
_TEXT_MEMBERS = frozenset({"stringValue", "isNull", "arrayValue"})

Answer = dict[str, Any]


class _Incomplete(Exception):
    """The answer lacks the member that this names, or has another in its place."""


def check_answer(operation: str, arguments: dict[str, Any], answer: Answer) -> None:
    """Raise AnswerLost unless `answer` is the Data API's, to this operation (boto3's name) with these arguments."""
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", _OK)
    try:
        _require(status == _OK, f"HTTP status {status}")
        _CHECKS[operation](arguments, answer)
    except _Incomplete as incomplete:
        raise AnswerLost(f"the answer is not one of the Data API ({incomplete})", code=UNREADABLE) from None


def _require(is_right: bool, what: str) -> None:
    if not is_right:
        raise _Incomplete(what)


def _check_begin(_: dict[str, Any], answer: Answer) -> None:
    _require(_is_text(answer.get("transactionId")), "transactionId")


def _check_commit(_: dict[str, Any], answer: Answer) -> None:
    _require(answer.get("transactionStatus") == "Transaction Committed", "transactionStatus")


def _check_rollback(_: dict[str, Any], answer: Answer) -> None:
    _require(_is_text(answer.get("transactionStatus")), "transactionStatus")


def _check_batch(arguments: dict[str, Any], answer: Answer) -> None:
    results = answer.get("updateResults")
    _require(
        type(results) is list
        and len(results) == len(arguments["parameterSets"])
        and all(type(result) is dict for result in results),
        "updateResults",
    )


def _check_execute(arguments: dict[str, Any], answer: Answer) -> None:
    changed, records, columns = (answer.get(name) for name in ("numberOfRecordsUpdated", "records", "columnMetadata"))
    _require(changed is not None or records is not None, "numberOfRecordsUpdated")
    _require(changed is None or (type(changed) is int and changed >= 0), "numberOfRecordsUpdated")
    # The answer to another statement can be complete in itself.
    has_rows = bool(records) or bool(columns)
    expected = returns_rows(arguments["sql"])
    _require(expected is not True or has_rows or records is not None, "records")
    _require(expected is not False or not has_rows, "records")
    if arguments.get("includeResultMetadata"):
        _check_columns(columns if columns is not None or records is not None else [])
        _check_records(records or [], columns or [])


def _check_columns(columns: Any) -> None:
    _require(
        type(columns) is list
        and all(
            type(column) is dict and type(column.get("label")) is str and type(column.get("typeName")) is str
            for column in columns
        ),
        "columnMetadata",
    )


def _check_records(records: Any, columns: list[dict[str, Any]]) -> None:
    _require(type(records) is list, "records")
    is_text = [needs_text(column["typeName"]) for column in columns]
    for record in records:
        _require(type(record) is list and len(record) == len(columns), "records")
        for field, must_be_text in zip(record, is_text, strict=True):
            if not _is_field(field) or (must_be_text and field.keys().isdisjoint(_TEXT_MEMBERS)):
                raise _Incomplete("records")


def _is_field(field: Any) -> bool:
    if type(field) is not dict or len(field) != 1:
        return False
    [(member, value)] = field.items()
    if type(value) is not _FIELD_TYPES.get(member):
        return False
    if member == "arrayValue":
        return _is_array(value)
    return member != "isNull" or value is True


def _is_array(array: Any) -> bool:
    """Whether it has elements of one type; AWS leaves the member out of an empty array."""
    if not array:
        return True
    [(member, elements), *others] = array.items()
    kind = _ELEMENT_TYPES.get(member)
    return (
        not others
        and kind is not None
        and type(elements) is list
        and all(element is None or type(element) is kind for element in elements)
    )


def _is_text(value: Any) -> bool:
    return type(value) is str and value != ""


_CHECKS: dict[str, Callable[[dict[str, Any], Answer], None]] = {
    "begin_transaction": _check_begin,
    "commit_transaction": _check_commit,
    "rollback_transaction": _check_rollback,
    "batch_execute_statement": _check_batch,
    "execute_statement": _check_execute,
}
