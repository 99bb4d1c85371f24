"""Sends many sets of parameters of one statement, in as few calls as the limits allow."""

from collections.abc import Iterable
from typing import Any, Protocol

from .errors import DataApiError
from .parameters import Parameters, bind_sets


class Call(Protocol):
    """Calls an operation of the Data API."""

    def __call__(self, operation: str, arguments: dict[str, Any], *, is_repeatable: bool) -> dict[str, Any]: ...  # noqa: D102


def send_sets(call: Call, sql: str, sets: Iterable[Parameters], *, is_repeatable: bool) -> int:
    """Send all sets in order and return how many there were; an error says how many were done before it."""
    done = 0
    try:
        for arguments in bind_sets(sql, sets):
            call("batch_execute_statement", arguments, is_repeatable=is_repeatable)
            done += len(arguments["parameterSets"])
    except DataApiError as error:
        error.sets_done = done
        raise
    return done
