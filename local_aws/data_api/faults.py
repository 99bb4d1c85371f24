"""Faults that tests ask for: local AWS then answers a call as AWS does on a bad day. AWS itself has nothing like it."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from local_aws.data_api.errors import DataApiError

EVERY = "*"
OPERATIONS = (
    "ExecuteStatement",
    "BatchExecuteStatement",
    "BeginTransaction",
    "CommitTransaction",
    "RollbackTransaction",
)


class Fault(StrEnum):
    """What can go wrong on demand. Up to `unavailable` the call is refused before anything has happened."""

    RESUMING = "resuming"
    THROTTLING = "throttling"
    ACCESS_DENIED = "access_denied"
    FORBIDDEN = "forbidden"
    SERVICE_UNAVAILABLE = "service_unavailable"
    INTERNAL_ERROR = "internal_error"
    UNAVAILABLE = "unavailable"
    STATEMENT_TIMEOUT = "statement_timeout"
    SERIALIZATION_FAILURE = "serialization_failure"
    DEADLOCK = "deadlock"
    DEAD_CONNECTION = "dead_connection"
    LOST_ANSWER = "lost_answer"


REFUSALS: dict[Fault, Callable[[], DataApiError]] = {
    Fault.RESUMING: lambda: DataApiError(
        "DatabaseResumingException",
        "The Aurora DB instance db-FAULT is resuming after being auto-paused. Please wait a few seconds and try again.",
    ),
    Fault.THROTTLING: lambda: DataApiError("ThrottlingException", "Rate exceeded"),
    Fault.ACCESS_DENIED: lambda: DataApiError("AccessDeniedException", "User is not authorized to perform this action"),
    Fault.FORBIDDEN: lambda: DataApiError("ForbiddenException", "There are insufficient privileges to make the call"),
    Fault.SERVICE_UNAVAILABLE: lambda: DataApiError("ServiceUnavailableError"),
    Fault.INTERNAL_ERROR: lambda: DataApiError("InternalServerErrorException"),
    Fault.UNAVAILABLE: lambda: DataApiError("DatabaseUnavailableException"),
    Fault.STATEMENT_TIMEOUT: lambda: DataApiError("StatementTimeoutException", "Request timed out"),
}
# In place of the statement PostgreSQL runs one that fails like this, so that a transaction is aborted by it as well.
SQLSTATES = {
    Fault.SERIALIZATION_FAILURE: ("40001", "could not serialize access due to concurrent update"),
    Fault.DEADLOCK: ("40P01", "deadlock detected"),
}


@dataclass
class _Rule:
    kind: Fault
    operation: str
    sql: str
    count: int | None
    probability: float
    random: random.Random

    def applies(self, operation: str, sql: str) -> bool:
        """Whether this call shall fail; counts it if so."""
        if self.count == 0 or self.operation not in {EVERY, operation} or self.sql not in sql:
            return False
        if self.random.random() >= self.probability:
            return False
        if self.count is not None:
            self.count -= 1
        return True


class Faults:
    """The rules that are in force; the first that applies to a call is its fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []

    def add(self, documents: Any) -> int:
        """Add rules, and return how many are in force now. Raises ValueError with a sentence for a wrong one.

        A rule is `{"kind": ..., "operation": ..., "sql": ..., "count": ..., "probability": ..., "seed": ...}`; only the
        kind is required: then the next call of any operation fails, once. With `sql` it is the next one whose statement
        has that text in it. With a probability and no count it goes on.
        """
        if not isinstance(documents, list):
            raise ValueError("faults are a list of objects")
        rules = [_read_rule(document) for document in documents]
        with self._lock:
            self._rules += rules
            return sum(rule.count != 0 for rule in self._rules)

    def clear(self) -> None:
        """Take all rules back."""
        with self._lock:
            self._rules.clear()

    def next(self, operation: str, sql: str = "") -> Fault | None:
        """Return what shall go wrong with this call."""
        with self._lock:
            return next((rule.kind for rule in self._rules if rule.applies(operation, sql)), None)


def _read_rule(document: Any) -> _Rule:
    if not isinstance(document, dict):
        raise ValueError("a fault is an object")
    if unknown := set(document) - {"kind", "operation", "sql", "count", "probability", "seed"}:
        raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
    if document.get("kind") not in set(Fault):
        raise ValueError(f"kind is one of {', '.join(Fault)}")
    operation = document.get("operation", EVERY)
    if operation not in {EVERY, *OPERATIONS}:
        raise ValueError(f"operation is {EVERY} or one of {', '.join(OPERATIONS)}")
    sql = document.get("sql", "")
    if not isinstance(sql, str):
        raise ValueError("sql is a text that the statement has in it")
    probability = document.get("probability", 1.0)
    if not isinstance(probability, int | float) or not 0 <= probability <= 1:
        raise ValueError("probability is a number from 0 to 1")
    count = document.get("count", None if "probability" in document else 1)
    if count is not None and (not isinstance(count, int) or count < 1):
        raise ValueError("count is a number of calls, 1 or more")
    chance = random.Random(document.get("seed"))  # noqa: S311  # repeatable on purpose
    return _Rule(Fault(document["kind"]), operation, sql, count, float(probability), chance)
