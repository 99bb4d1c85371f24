"""What became of a dashboard's widgets."""

from typing import Any

import pytest

from analysis.review.dashboards import differences, is_dashboard


def widget(title: str, **properties: Any) -> dict[str, Any]:
    return {"type": "metric", "x": 0, "y": 0, "width": 8, "height": 6, "properties": {"title": title, **properties}}


def lines(before: list[Any], after: list[Any]) -> list[str]:
    found = differences({"widgets": before}, {"widgets": after})
    return [f"{'  ' * depth}{sign} {text}" for detail in found for depth, sign, text in detail.lines()]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([widget("CPU")], [widget("CPU")], []),
        ([widget("CPU")], [widget("CPU"), widget("Lag")], ["+ widget Lag"]),
        ([widget("CPU"), widget("Lag")], [widget("Lag")], ["- widget CPU"]),
        ([widget("CPU", period=60)], [widget("CPU", period=300)], ["~ widget CPU", "  ~ period: 60 → 300"]),
        (
            [widget("CPU", yAxis={"left": {"min": 0}})],
            [widget("CPU", yAxis={"left": {"min": 0, "max": 100}})],
            ["~ widget CPU", "  ~ yAxis.left.max: null → 100"],
        ),
        (
            [widget("CPU", metrics=[["AWS/RDS", "CPU"]])],
            [widget("CPU", metrics=[["AWS/RDS", "Load"]])],
            ["~ widget CPU", "  - metrics AWS/RDS CPU", "  + metrics AWS/RDS Load"],
        ),
        (
            [widget("CPU")],
            [widget("CPU") | {"x": 8}],
            ["~ widget CPU", "  ~ place: x 0 y 0 width 8 height 6 → x 8 y 0 width 8 height 6"],
        ),
        (
            [widget("A"), widget("A", period=1)],
            [widget("A"), widget("A", period=2)],
            ["~ widget A #2", "  ~ period: 1 → 2"],
        ),
        ([{"type": "text", "properties": {"markdown": "# Hi\nthere"}}], [], ["- widget # Hi"]),
    ],
)
def test_what_changed_is_told_by_widget(before: list[Any], after: list[Any], expected: list[str]) -> None:
    assert lines(before, after) == expected


def test_other_keys_are_named() -> None:
    found = list(differences({"widgets": []}, {"widgets": [], "periodOverride": "auto"}))
    assert [detail.text for detail in found] == ["periodOverride of the dashboard"]


@pytest.mark.parametrize("other", [None, 1, [], {}, {"widgets": 1}, {"widgets": [1]}])
def test_what_is_no_dashboard_is_not_compared_as_one(other: Any) -> None:
    assert not is_dashboard(other)
