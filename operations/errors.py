"""The one error that the command line turns into a line and an exit status."""

from collections.abc import Sequence

from analysis.errors import AnalysisError, UnknownEnvironment
from operations.exit_status import ExitStatus


class OperationsError(Exception):
    """What went wrong and what to do, as one line in lower case, and the exit status for it.

    `excerpt` are lines that people are shown below it: of what they wrote, the place that is wrong.
    """

    def __init__(self, message: str, exit_status: ExitStatus, *, excerpt: Sequence[str] = ()) -> None:
        super().__init__(" ".join(message.split()))
        self.exit_status = exit_status
        self.excerpt = tuple(excerpt)

    @property
    def may_pass(self) -> bool:
        """Whether the same call may work in a moment."""
        return self.exit_status is ExitStatus.AWS_UNAVAILABLE


def wrong_input(message: str) -> OperationsError:
    """Return the error for a wrong command line or file."""
    return OperationsError(message, ExitStatus.WRONG_INPUT)


def not_deployed(message: str) -> OperationsError:
    """Return the error for what is not there."""
    return OperationsError(message, ExitStatus.NOT_DEPLOYED)


def failed(message: str) -> OperationsError:
    """Return the error for what is there and does not work."""
    return OperationsError(message, ExitStatus.FAILED)


def known_error(error: Exception) -> OperationsError | None:
    """Return what an error of this project means for who runs a command; None for another one, such as boto3's."""
    if isinstance(error, UnknownEnvironment):
        return not_deployed(str(error))
    if isinstance(error, AnalysisError):
        return wrong_input(str(error))
    return error if isinstance(error, OperationsError) else None
