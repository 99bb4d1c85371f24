"""A line of the production checklist, about a file, and about its cluster once that is deployed."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from operations.checks.check import Check, Look, Subject, failed, passed, unknown

if TYPE_CHECKING:
    from stacks.environment import Environment

DEPLOY_AGAIN: Final = "the environment's file sets it: deploy again"

Line = Callable[["Environment | None", Subject | None], Check]
"""Looks at an environment, None where only ARNs were given, and at what is deployed, None before the first deploy."""


def look_of(line: Line) -> Look:
    """Return the line as a check of what is deployed."""

    def look(subject: Subject) -> Iterator[Check]:
        yield line(subject.target.environment, subject)

    return look


def compared(name: str, *, in_file: bool | None, in_aws: bool | None, good: str, bad: str, words: str) -> Check:
    """Return whether both the file and AWS have it as it should be; None is what nobody says.

    `good` and `bad` say how it is, `words` which key to write. What the file lacks, the next deploy takes away.
    """
    if in_aws is False:
        return failed(name, bad, DEPLOY_AGAIN if in_file else words)
    if in_file is False:
        return failed(name, bad if in_aws is None else f"{good}; the next deploy undoes that", words)
    if in_file is None and in_aws is None:
        return unknown(name, "only the environment's file says it", "name an environment")
    return passed(name, good)
