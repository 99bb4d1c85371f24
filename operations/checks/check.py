"""One line of `aurora-serverless check`, and what the checks share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from operations.aws.cluster import Cluster, read_cluster
from operations.aws.unknowns import reason_of
from operations.errors import ErrorKind, OperationsError, known_error
from operations.state.deploy_state import DeployState
from operations.target.target import Target


class Outcome(StrEnum):
    """What a check found; warned is what needs a person, and fails nothing; unknown is what could not be looked at.

    Asked is what nothing but a person can answer: its detail is the question.
    """

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    UNKNOWN = "unknown"
    ASKED = "asked"


@dataclass(frozen=True)
class Check:
    """What was looked at, what was found, and, unless it passed, what to do: in words, by commands, or both."""

    name: str
    outcome: Outcome
    detail: str
    words: str | None = None
    commands: tuple[str, ...] = ()

    @property
    def remedy(self) -> str | None:
        """What to do, in one line; None where nothing is to be done."""
        return (self.words or "") + " && ".join(self.commands) or None


def passed(name: str, detail: str, advice: str | None = None) -> Check:
    """Return a check that found what it should; `advice` is what could be better all the same."""
    return Check(name, Outcome.PASSED, detail, advice)


def failed(name: str, detail: str, words: str, commands: tuple[str, ...] = ()) -> Check:
    """Return a check that found something wrong; `words` stand before the commands."""
    return Check(name, Outcome.FAILED, detail, words, commands)


def warned(name: str, detail: str, words: str) -> Check:
    """Return a check that found what nothing fails of yet."""
    return Check(name, Outcome.WARNED, detail, words)


def unknown(name: str, detail: str, remedy: str | None = None) -> Check:
    """Return a check that could not be made."""
    return Check(name, Outcome.UNKNOWN, detail, remedy)


def asked(name: str, question: str, remedy: str) -> Check:
    """Return a question to a person; `remedy` is how to find the answer."""
    return Check(name, Outcome.ASKED, question, remedy)


class Subject:
    """What is checked: a target, what RDS says of its cluster, asked once, and how far its deploys came."""

    def __init__(self, target: Target, read_deploy_state: Callable[[], DeployState | None] = lambda: None) -> None:
        self.target = target
        self._read_deploy_state = read_deploy_state
        self.cluster_is_missing = False

    @cached_property
    def cluster(self) -> Cluster:
        """The cluster. Raises OperationsError where there is none, and what boto3 does."""
        if self.cluster_is_missing:
            raise OperationsError("not checked: there is no cluster", ErrorKind.NOT_DEPLOYED)
        return read_cluster(self.target, self.client("rds"))

    @cached_property
    def set_parameters(self) -> list[dict[str, Any]]:
        """The parameters that the groups of the cluster and of its writer set. Raises what boto3 does."""
        rds, cluster = self.client("rds"), self.cluster
        asked = [("describe_db_cluster_parameters", "DBClusterParameterGroupName", cluster.parameter_group)]
        if cluster.writer is not None:
            asked.append(("describe_db_parameters", "DBParameterGroupName", cluster.writer.parameter_group))
        return [
            parameter
            for operation, argument, name in asked
            if name is not None
            for page in rds.get_paginator(operation).paginate(**{argument: name, "Source": "user"})
            for parameter in page["Parameters"]
        ]

    @cached_property
    def deploy_state(self) -> DeployState | None:
        """The state; None where no environment is named. Raises OperationsError, and what boto3 does."""
        return self._read_deploy_state()

    def client(self, service: str) -> Any:
        """Return a client of the target's Region."""
        return self.target.session.client(service, attempts=2)


Look = Callable[[Subject], Iterator[Check]]

AnySubject = TypeVar("AnySubject", bound=Subject)


def guarded(name: str, look: Callable[[AnySubject], Iterator[Check]], subject: AnySubject) -> Iterator[Check]:
    """Yield what a check finds; what keeps it from looking makes it unknown, with the reason."""
    from operations.aws.errors import explained  # noqa: PLC0415 (imports botocore)

    try:
        yield from look(subject)
    except Exception as error:
        known = known_error(error) or explained(error)
        if known is None:
            raise
        yield unknown(name, reason_of(known, is_local=subject.target.session.local is not None))
