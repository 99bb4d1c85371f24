"""Tells two bodies of a CloudWatch dashboard apart by widget."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.review.detail import Detail


def is_dashboard(document: Any) -> bool:
    """Whether a JSON document is the body of a dashboard."""
    widgets = document.get("widgets") if isinstance(document, Mapping) else None
    return isinstance(widgets, list) and all(isinstance(widget, Mapping) for widget in widgets)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Detail]:
    """Yield the widgets that were added, removed and changed, by title, and what changed in each."""
    old, new = _by_title(before["widgets"]), _by_title(after["widgets"])
    for title in old:
        if title not in new:
            yield Detail("-", f"widget {title}")
    for title, widget in new.items():
        if title not in old:
            yield Detail("+", f"widget {title}")
        elif widget != old[title]:
            yield Detail("~", f"widget {title}", tuple(_within(old[title], widget)))
    rest = [key for key in {**before, **after} if key != "widgets" and before.get(key) != after.get(key)]
    yield from (Detail("~", f"{key} of the dashboard") for key in rest)


def _by_title(widgets: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for widget in widgets:
        properties = widget.get("properties", {})
        title = str(properties.get("title") or properties.get("markdown") or widget.get("type", "?")).split("\n")[0]
        count = 1 + sum(other == title or other.startswith(f"{title} #") for other in found)
        found[title if count == 1 else f"{title} #{count}"] = widget
    return found


def _within(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Detail]:
    place = ("x", "y", "width", "height")
    if any(before.get(key) != after.get(key) for key in place):
        old, new = (" ".join(f"{key} {widget.get(key)}" for key in place) for widget in (before, after))
        yield Detail("~", f"place: {old} → {new}")
    yield from _of_mappings("", before.get("properties", {}), after.get("properties", {}))


def _of_mappings(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Detail]:
    for key in {**before, **after}:
        yield from _of(f"{path}.{key}" if path else key, before.get(key), after.get(key))


def _of(path: str, before: Any, after: Any) -> Iterator[Detail]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_mappings(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from (Detail("-", f"{path} {_text(item)}") for item in before if item not in after)
        yield from (Detail("+", f"{path} {_text(item)}") for item in after if item not in before)
    else:
        yield Detail("~", f"{path}: {_text(before)} → {_text(after)}")


def _text(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(item, (str, int, float)) for item in value):
        return " ".join(str(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value)
