"""What policies allow: whether one allows what another did not."""

import fnmatch
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from analysis.review.policies import Statement, condition_text, principal_text, statements
from analysis.synthesized.values import parsed

ANYBODY: Final = ("*", "*")

Condition = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True)
class Grant:
    """One thing that a statement allows: an action, on a resource, to a principal where the policy is of a resource.

    `is_inverted` is whether it allows all but what it names (NotAction, NotResource, NotPrincipal).
    """

    action: str
    resource: str
    principal: tuple[str, str] | None
    conditions: frozenset[Condition]
    is_inverted: bool = False

    def covers(self, other: "Grant") -> bool:
        """Whether all that another grant allows, this one allows too."""
        if self.is_inverted or other.is_inverted:
            return self == other
        return (
            _matches(self.action.lower(), other.action.lower())
            and _matches(self.resource, other.resource)
            and (self.principal in {None, ANYBODY, other.principal})
            and self.conditions <= other.conditions
        )


def grants_of(policy: Any) -> tuple[Grant, ...]:
    """Return what a policy's JSON text allows."""
    return tuple(grant for statement in statements(parsed(policy)) for grant in _grants(statement))


def denials_of(policy: Any) -> tuple[Statement, ...]:
    """Return the statements of a policy's JSON text that deny."""
    return tuple(statement for statement in statements(parsed(policy)) if not statement.is_allow)


def new_grants(before: Sequence[Grant], after: Sequence[Grant]) -> list[Grant]:
    """Return what is allowed after and was not before."""
    return [grant for grant in after if not any(old.covers(grant) for old in before)]


def dropped_conditions(grant: Grant, before: Sequence[Grant]) -> list[Condition]:
    """Return the conditions that something allowed had before; none where it was not allowed at all."""
    for old in before:
        if old.conditions and replace(old, conditions=frozenset()).covers(replace(grant, conditions=frozenset())):
            return sorted(old.conditions - grant.conditions)
    return []


def condition_changes(grant: Grant, before: Sequence[Grant]) -> tuple[list[str], list[str]]:
    """Return the keys of conditions that something allowed before had and has not any more, and what others became."""
    now: dict[str, set[str]] = {}
    for _, key, values in grant.conditions:
        now.setdefault(key, set()).update(values)
    gone, others = [], []
    for operator, key, values in dropped_conditions(grant, before):
        if key not in now:
            gone.append(key)
        elif now[key] == set(values):
            others.append(f"{key} is compared in another way, no longer by {operator}")
        else:
            others.append(f"{key} was {' or '.join(values)}")
    return gone, others


def loosened(grant: Grant, before: Sequence[Grant]) -> str:
    """Return what was asked before of something allowed, and is not any more or is another thing; else nothing."""
    gone, others = condition_changes(grant, before)
    return "; ".join(([f"it no longer needs {', '.join(gone)}"] if gone else []) + others)


def said(grants: Sequence[Grant]) -> Iterator[tuple[str, list[Grant]]]:
    """Yield grants that differ in their action only as one line, with the grants it is about."""
    together: dict[tuple[Any, ...], list[Grant]] = {}
    for grant in grants:
        together.setdefault((grant.resource, grant.principal, grant.conditions, grant.is_inverted), []).append(grant)
    for (resource, principal, conditions, is_inverted), alike in together.items():
        actions = ", ".join(sorted({grant.action for grant in alike}))
        text = f"{'all but ' if is_inverted else ''}{actions} on {_short(resource)}"
        if principal is not None:
            text = f"{'anybody' if principal == ANYBODY else principal_text(*principal)} may {text}"
        if conditions:
            text += " if " + " and ".join(condition_text(*condition) for condition in sorted(conditions))
        yield text, alike


def has_wildcard(text: str) -> bool:
    """Whether a name in a policy stands for many."""
    return "*" in text or "?" in text


def _grants(statement: Statement) -> Iterator[Grant]:
    if not statement.is_allow:
        return
    is_inverted = bool(
        statement.elements["NotAction"] or statement.elements["NotResource"] or statement.principals["NotPrincipal"]
    )
    actions = statement.elements["Action"] or statement.elements["NotAction"]
    # A policy of a role's trust names no resource.
    resources = statement.elements["Resource"] or statement.elements["NotResource"] or {"*"}
    principals: Any = statement.principals["Principal"] or statement.principals["NotPrincipal"] or {None}
    for action in sorted(actions):
        for resource in sorted(resources):
            for principal in sorted(principals, key=str):
                yield Grant(action, resource, principal, statement.conditions, is_inverted)


@lru_cache(maxsize=4096)
def _matches(pattern: str, text: str) -> bool:
    if pattern == text:
        return True
    # In IAM only * and ? are special: brackets, such as those of Terraform's expressions, are not.
    return fnmatch.fnmatchcase(text, re.sub(r"\[", "[[]", pattern)) if has_wildcard(pattern) else False


def _short(resource: str) -> str:
    return resource.removeprefix("${").removesuffix("}") if resource.count("${") == 1 else resource
