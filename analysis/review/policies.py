"""Reads policy documents of IAM and of resources, and tells two of them apart by statement."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.review.detail import Detail
from analysis.synthesized.values import as_list

_ELEMENTS: Final = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPALS: Final = ("Principal", "NotPrincipal")


@dataclass(frozen=True)
class Statement:
    """A statement of a policy: its lists as sets, which is what they are to AWS.

    Principals are pairs of kind and value, such as `("Service", "lambda.amazonaws.com")`; conditions are triples of
    operator, key and values.
    """

    sid: str
    effect: str
    elements: Mapping[str, frozenset[str]]
    principals: Mapping[str, frozenset[tuple[str, str]]]
    conditions: frozenset[tuple[str, str, tuple[str, ...]]]

    @property
    def is_allow(self) -> bool:
        """Whether it allows."""
        return self.effect == "Allow"

    @property
    def label(self) -> str:
        """What to call it: its Sid, else what it says in short."""
        if self.sid:
            return f"statement {self.sid}"
        actions = self.elements["Action"] or {f"all but {', '.join(sorted(self.elements['NotAction']))}"}
        first, *others = sorted(actions)
        verb = "allows" if self.is_allow else "denies"
        return f"statement that {verb} {first}" + (f" and {len(others)} more" if others else "")

    def __str__(self) -> str:
        """Return all that it says, on a line."""
        parts = [self.effect]
        parts += [f"{name} {', '.join(sorted(values))}" for name, values in self._parts() if values]
        return "; ".join(parts)

    def _parts(self) -> Iterator[tuple[str, frozenset[str]]]:
        for name in _ELEMENTS:
            yield name, self.elements[name]
        for name in _PRINCIPALS:
            yield name, frozenset(principal_text(*principal) for principal in self.principals[name])
        yield "Condition", frozenset(condition_text(*condition) for condition in self.conditions)

    def likeness(self, other: "Statement") -> float:
        """Return how much of what both say is the same, 0 to 1."""
        mine = {(name, value) for name, values in self._parts() for value in values} | {("Effect", self.effect)}
        theirs = {(name, value) for name, values in other._parts() for value in values} | {("Effect", other.effect)}
        return len(mine & theirs) / len(mine | theirs)

    def differences(self, after: "Statement") -> Iterator[Detail]:
        """Yield what was added to it and taken from it."""
        if self.effect != after.effect:
            yield Detail("~", f"Effect {self.effect} → {after.effect}")
        for (name, old), (_, new) in zip(self._parts(), after._parts(), strict=True):
            yield from (Detail("-", f"{name} {value}") for value in sorted(old - new))
            yield from (Detail("+", f"{name} {value}") for value in sorted(new - old))


def is_policy(document: Any) -> bool:
    """Whether a JSON document is a policy."""
    return isinstance(document, Mapping) and isinstance(document.get("Statement"), (list, Mapping))


def statements(document: Any) -> tuple[Statement, ...]:
    """Return the statements of a policy document; none of what is not a policy."""
    if not is_policy(document):
        return ()
    return tuple(_statement(body) for body in as_list(document["Statement"]) if isinstance(body, Mapping))


def differences(before: Sequence[Statement], after: Sequence[Statement]) -> Iterator[Detail]:
    """Yield what a reader wants to know of two policies: statements added and removed, and what changed in one."""
    old, new = _without_equals(before, after)
    for one, other in _pairs(old, new):
        changes = list(one.differences(other))
        if one.sid != other.sid:
            changes.append(Detail("~", f"Sid {one.sid or 'none'} → {other.sid or 'none'}"))
        yield Detail("~", other.label, tuple(changes))
        old.remove(one)
        new.remove(other)
    yield from (Detail("-", str(statement)) for statement in old)
    yield from (Detail("+", str(statement)) for statement in new)


def principal_text(kind: str, value: str) -> str:
    """Return a principal as a reader would say it."""
    return value if kind in {"AWS", "*"} else f"{kind} {value}"


def condition_text(operator: str, key: str, values: Sequence[str]) -> str:
    """Return a condition as a reader would say it."""
    return f"{operator} {key} = {' or '.join(values)}"


def _without_equals(before: Sequence[Statement], after: Sequence[Statement]) -> tuple[list[Statement], list[Statement]]:
    old, new = list(before), list(after)
    for statement in before:
        if statement in new:
            new.remove(statement)
            old.remove(statement)
    return old, new


def _pairs(old: Sequence[Statement], new: Sequence[Statement]) -> list[tuple[Statement, Statement]]:
    """Return which statement became which: that of the same Sid, else the most similar one, if it is like it at all."""
    likely = sorted(
        (
            (2.0 if one.sid and one.sid == other.sid else one.likeness(other), -row, -column)
            for row, one in enumerate(old)
            for column, other in enumerate(new)
        ),
        reverse=True,
    )
    rows: set[int] = set()
    columns: set[int] = set()
    found = []
    for likeness, row, column in likely:
        if likeness < _LIKE_ENOUGH or row in rows or column in columns:
            continue
        rows.add(row)
        columns.add(column)
        found.append((-column, old[-row], new[-column]))
    return [(one, other) for _, one, other in sorted(found, key=lambda pair: pair[0])]


_LIKE_ENOUGH: Final = 0.3


def _statement(body: Mapping[str, Any]) -> Statement:
    return Statement(
        sid=str(body.get("Sid", "")),
        effect=str(body.get("Effect", "Deny")),
        elements={name: frozenset(_text(value) for value in as_list(body.get(name))) for name in _ELEMENTS},
        principals={name: frozenset(_principals(body.get(name))) for name in _PRINCIPALS},
        conditions=frozenset(
            (operator, key, tuple(sorted(_text(value) for value in as_list(values))))
            for operator, tests in _as_mapping(body.get("Condition")).items()
            for key, values in _as_mapping(tests).items()
        ),
    )


def _principals(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for kind, values in value.items():
            # Source: IAM's documentation: {"AWS": "*"} is the same as "*".
            yield from (("*", "*") if one == "*" and kind == "AWS" else (kind, _text(one)) for one in as_list(values))
    else:
        yield from (("*", _text(one)) for one in as_list(value))


def _as_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
