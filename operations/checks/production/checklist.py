"""The production checklist: its lines in their order, for what is deployed and for what is not yet."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from operations.checks.check import Check, Look, Subject
from operations.checks.production import passwords, settings, watching
from operations.checks.production.line import Line, look_of
from operations.checks.production.questions import questions

if TYPE_CHECKING:
    from stacks.environment import Environment

_LINES: Final[tuple[tuple[str, Line], ...]] = (
    ("deletion", settings.deletion_protection),
    ("final snapshot", settings.final_snapshot),
    ("backups", settings.backups),
    ("storage", settings.encrypted),
    ("second instance", settings.second_instance),
    ("minimum capacity", settings.minimum_capacity),
    ("maintenance", settings.maintenance),
    ("network access", settings.network),
    ("TLS", settings.force_ssl),
    ("password", passwords.in_state),
    ("insights", settings.insights),
    ("log", settings.log),
    ("alarms", watching.alarms),
    ("who is told", watching.told),
    ("tags", settings.tags),
    ("Terraform's state", settings.state),
    ("account", settings.account),
)
_AFTER_DEPLOY: Final[tuple[tuple[str, Look], ...]] = (
    ("point in time", settings.restorable),
    ("secret's rotation", passwords.rotation),
    ("secret's policy", passwords.policy),
    ("log retention", watching.log_retention),
    ("capacity's ceiling", watching.ceiling),
)


def looks() -> tuple[tuple[str, Look], ...]:
    """Return the lines of what is deployed, the questions last."""
    lines = tuple((name, look_of(line)) for name, line in _LINES)
    return (*lines, *_AFTER_DEPLOY, ("questions", _questions))


def _questions(subject: Subject) -> Iterator[Check]:
    return questions(subject.target.environment, subject)


def before_deploy(environment: "Environment") -> Iterator[Check]:
    """Yield what a file alone answers, before its first deploy, and the questions."""
    for _, line in _LINES:
        yield line(environment, None)
    yield from questions(environment, None)
