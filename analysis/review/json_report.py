"""A review as one JSON document, for scripts."""

from typing import Any

from analysis.review.changes import ResourceChange
from analysis.review.cost import CostChange, Month
from analysis.review.detail import Detail
from analysis.review.review import EnvironmentReview, Review


def document(review: Review, failed_on: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the document; amounts are US dollars a month, null is unknown or not there."""
    return {
        "base": review.base,
        "unchanged": list(review.unchanged),
        "environments": [_environment(environment) for environment in review.environments],
        "typical_increase": review.typical_increase,
        "failed_on": list(failed_on),
    }


def _environment(environment: EnvironmentReview) -> dict[str, Any]:
    return {
        "name": environment.name,
        "presence": environment.presence,
        "former_name": environment.former_name or None,
        "renames": [
            {
                "before": one.before,
                "after": one.after,
                "places": [{"address": address, "path": path} for address, path in one.places],
            }
            for one in environment.renames
        ],
        "resources": [_resource(change) for change in environment.resources],
        "settings": [
            {
                "path": one.path,
                "before": one.before,
                "after": one.after,
                "note": one.note,
                "is_renamed": one.is_renamed,
            }
            for one in environment.settings
        ],
        "opens": [
            {"severity": one.severity.word, "address": one.address, "what": one.what, "why": one.why}
            for one in environment.findings
        ],
        "effects": [
            {
                "kind": one.kind,
                "severity": one.severity.word,
                "address": one.address,
                "what": one.what,
                "why": one.why,
                "restarts": one.restarts,
            }
            for one in environment.effects
        ],
        "cost": None if environment.cost is None else _cost(environment.cost),
    }


def _resource(change: ResourceChange) -> dict[str, Any]:
    replacement = change.replacement
    return {
        "address": change.address,
        "happens": change.kind,
        "former_address": change.former_address or None,
        "seems_to_be": change.lost_move or None,
        "loses": change.data if change.loses_data else None,
        "refusal": change.refusal or None,
        "forced_by": [] if replacement is None else list(replacement.paths),
        "may_be_forced_by": [] if replacement is None else list(replacement.possible),
        "because_of": [] if replacement is None else list(replacement.because),
        "notes": list(change.notes),
        "arguments": [
            {
                "path": one.path,
                "before": one.before,
                "after": one.after,
                "is_secret": one.is_secret,
                "follows": one.follows or None,
                "is_renamed": one.is_renamed,
                "details": [_detail(detail) for detail in one.details],
            }
            for one in change.arguments
        ],
    }


def _detail(detail: Detail) -> dict[str, Any]:
    return {"sign": detail.sign, "text": detail.text, "within": [_detail(inner) for inner in detail.within]}


def _cost(cost: CostChange) -> dict[str, Any]:
    return {
        "before": _month(cost.before),
        "after": _month(cost.after),
        "typical_increase": cost.typical_increase,
        "lines": [
            {"item": line.item, "why": line.why, "before": _month(line.before), "after": _month(line.after)}
            for line in cost.lines
        ],
        "unknown": list(cost.unknown),
        "prices": cost.prices,
    }


def _month(month: Month | None) -> dict[str, Any] | None:
    return None if month is None else dict(zip(("floor", "typical", "ceiling"), month, strict=True))
