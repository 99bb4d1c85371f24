"""One line of `alexdb check`, and what the checks share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from operations.cluster import Cluster, read_cluster
from operations.errors import OperationsError
from operations.exit_status import ExitStatus
from operations.target import Target
from operations.unknowns import reason_of


class Outcome(StrEnum):
    """What a check found; unknown is what could not be looked at."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """What was looked at, what was found, and, unless it passed, what to do."""

    name: str
    outcome: Outcome
    detail: str
    way_out: str | None = None


def passed(name: str, detail: str) -> Check:
    """Return a check that found what it should."""
    return Check(name, Outcome.PASSED, detail)


def failed(name: str, detail: str, way_out: str) -> Check:
    """Return a check that found something wrong."""
    return Check(name, Outcome.FAILED, detail, way_out)


def unknown(name: str, detail: str, way_out: str | None = None) -> Check:
    """Return a check that could not be made."""
    return Check(name, Outcome.UNKNOWN, detail, way_out)


class Subject:
    """What is checked: a target, and what RDS says of its cluster, asked once."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.cluster_is_missing = False

    @cached_property
    def cluster(self) -> Cluster:
        """The cluster. Raises OperationsError where there is none, and what boto3 does."""
        if self.cluster_is_missing:
            raise OperationsError("not looked at: there is no cluster", ExitStatus.NOT_DEPLOYED)
        return read_cluster(self.target, self.client("rds"))

    def client(self, service: str) -> Any:
        """Return a client of the target's Region."""
        return self.target.session.client(service, attempts=2)


Look = Callable[[Subject], Iterator[Check]]


def guarded(name: str, look: Look, subject: Subject) -> Iterator[Check]:
    """Yield what a check finds; what keeps it from looking makes it unknown, with the reason."""
    from operations.aws_errors import explained  # noqa: PLC0415 (imports botocore)

    try:
        yield from look(subject)
    except Exception as error:
        known = error if isinstance(error, OperationsError) else explained(error)
        if known is None:
            raise
        yield unknown(name, reason_of(known, is_local=subject.target.session.local is not None))
