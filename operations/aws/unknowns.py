"""What AWS did not tell a command, and why: such a part shows as unknown, and the rest goes on."""

from collections.abc import Callable
from typing import TypeVar

from operations.aws.session import AwsSession
from operations.errors import ErrorKind, OperationsError, known_error

Value = TypeVar("Value")


class Unknowns:
    """Reasons by the name of the part."""

    def __init__(self, session: AwsSession | None) -> None:
        self._is_local = session is not None and session.local is not None
        self.reasons: dict[str, str] = {}

    def ask(self, part: str, read: Callable[[], Value]) -> Value | None:
        """Return what `read` does; None, and a reason kept, where AWS refuses, throttles or cannot tell."""
        from operations.aws.errors import explained  # noqa: PLC0415 (imports botocore)

        try:
            return read()
        except Exception as error:
            known = known_error(error) or explained(error)
            if known is None or known.kind not in {ErrorKind.NO_ACCESS, ErrorKind.AWS_UNAVAILABLE}:
                raise
            self.reasons[part] = reason_of(known, is_local=self._is_local)
            return None

    def add(self, part: str, reason: str) -> None:
        """Keep a reason of our own."""
        self.reasons[part] = reason


def reason_of(error: OperationsError, *, is_local: bool) -> str:
    """Return why AWS did not tell something: local AWS does not have all of it."""
    return "local AWS cannot tell" if is_local and error.may_pass else str(error)
