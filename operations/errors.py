"""The one error of this package: a line for whoever runs a command, and of which kind it is."""

from enum import Enum, auto

from analysis.errors import AnalysisError, UnknownEnvironment


class ErrorKind(Enum):
    """What kind of error it is: what a script does next depends on it."""

    FAILED = auto()
    """A check or a statement failed, or the cluster is in a failed state."""
    WRONG_INPUT = auto()
    """What was asked for, or a file, is wrong."""
    NOT_DEPLOYED = auto()
    """There is no such environment or cluster, or it is not deployed yet."""
    NO_ACCESS = auto()
    """There are no credentials, expired ones, or access is denied."""
    TOO_LATE = auto()
    """It was not there before the deadline."""
    AWS_UNAVAILABLE = auto()
    """AWS cannot be reached, or is too busy."""
    LOCKED = auto()
    """Another run migrates this database, or somebody holds a lock on it."""
    MIGRATIONS_DIFFER = auto()
    """Migration files and database do not fit, or a file is half applied."""


class OperationsError(Exception):
    """What went wrong and what to do, as one line in lower case, and the kind of it."""

    def __init__(self, message: str, kind: ErrorKind) -> None:
        super().__init__(" ".join(message.split()))
        self.kind = kind

    @property
    def may_pass(self) -> bool:
        """Whether the same call may work in a moment."""
        return self.kind is ErrorKind.AWS_UNAVAILABLE


def wrong_input(message: str) -> OperationsError:
    """Return the error for wrong input."""
    return OperationsError(message, ErrorKind.WRONG_INPUT)


def not_deployed(message: str) -> OperationsError:
    """Return the error for what is not there."""
    return OperationsError(message, ErrorKind.NOT_DEPLOYED)


def failed(message: str) -> OperationsError:
    """Return the error for what is there and does not work."""
    return OperationsError(message, ErrorKind.FAILED)


def known_error(error: Exception) -> OperationsError | None:
    """Return an error of this project as one of this package; None for another one, such as boto3's."""
    if isinstance(error, UnknownEnvironment):
        return not_deployed(str(error))
    if isinstance(error, AnalysisError):
        return wrong_input(str(error))
    return error if isinstance(error, OperationsError) else None
