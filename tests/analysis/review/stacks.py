"""Small synthesized documents, and what a review says of two of them."""

import json
from collections.abc import Mapping
from typing import Any

from analysis.review.changes import ResourceChange
from analysis.review.comparison import NO_STACK, Comparison
from analysis.review.finding import Finding
from analysis.review.findings import findings
from analysis.review.review import EnvironmentReview, review
from analysis.synthesized.stack import SynthesizedStack

Bodies = Mapping[str, Mapping[str, Any]]
"""Arguments by Terraform address, also of data sources."""


def document(bodies: Bodies, **sections: Any) -> dict[str, Any]:
    """Return a document with these blocks, and other sections of it."""
    found: dict[str, Any] = {}
    for address, body in bodies.items():
        mode, _, rest = address.rpartition("data.")
        type_, name = rest.split(".")
        del mode
        section = "data" if address.startswith("data.") else "resource"
        found.setdefault(section, {}).setdefault(type_, {})[name] = dict(body)
    return found | sections


def stack(bodies: Bodies, **sections: Any) -> SynthesizedStack:
    return SynthesizedStack("dev", document(bodies, **sections))


def environment(before: SynthesizedStack, after: SynthesizedStack) -> EnvironmentReview:
    """Return what a review says of the one environment that changes."""
    [found] = review({"dev": before}, {"dev": after}, base="main").environments
    return found


def changes(before: Bodies, after: Bodies, **sections: Any) -> dict[str, ResourceChange]:
    """Return what happens to resources by address; `sections` are those of the document after."""
    found = environment(stack(before), stack(after, **sections))
    return {change.address: change for change in found.resources}


def opened(before: Bodies | None, after: Bodies) -> list[Finding]:
    """Return what opens; None is an environment that was not there."""
    return list(findings(Comparison("dev", NO_STACK if before is None else stack(before), stack(after))))


def told(before: Bodies | None, after: Bodies) -> list[str]:
    """Return what opens as lines: severity, address and what."""
    return [f"{one.severity.word} {one.address}: {one.what}" for one in opened(before, after)]


def policy(*statements: Mapping[str, Any]) -> str:
    """Return the JSON of a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, on: Any = "arn:x", **more: Any) -> dict[str, Any]:
    """Return a statement that allows."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}
