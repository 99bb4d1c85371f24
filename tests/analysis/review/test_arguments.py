"""What became of a resource's arguments, one by one."""

import json
from typing import Any

import pytest

from analysis.review.arguments import ArgumentChange, argument_changes, text_of

CLUSTER = "aws_rds_cluster"


def changed(before: Any, after: Any, type_: str = CLUSTER) -> list[tuple[str, Any, Any]]:
    """Return path and both values of what changed of one argument `x`."""
    found = argument_changes(type_, {"x": before}, {"x": after})
    return [(change.path, change.before, change.after) for change in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (7, 14, [("x", 7, 14)]),
        (None, 14, [("x", None, 14)]),
        ("a", None, [("x", "a", None)]),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [("x.b", 2, 3)]),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, [("x.a.c", None, 2)]),
        ([{"a": 1}], {"a": 2}, [("x.a", 1, 2)]),
        ([{"a": 1}], [{"a": 2}], [("x.a", 1, 2)]),
        (["a", "b"], ["b", "c"], [("x", ["a", "b"], ["b", "c"])]),
        (
            [{"name": "a", "value": 1}, {"name": "b", "value": 1}],
            [{"name": "b", "value": 2}, {"name": "a", "value": 1}],
            [("x[b].value", 1, 2)],
        ),
        ([{"name": "a"}], [{"name": "a"}, {"name": "b"}], [("x[b]", None, {"name": "b"})]),
        ([{"p": 1}, {"p": 2}], [{"p": 2}, {"p": 3}], [("x[0].p", 1, 3)]),
        ([{"p": 1}], [{"p": 2}, {"p": 3}], [("x[]", {"p": 1}, None), ("x[]", None, {"p": 2}), ("x[]", None, {"p": 3})]),
        ("[1", "[2", [("x", "[1", "[2")]),
        ("plain", '{"a": 1}', [("x", "plain", '{"a": 1}')]),
    ],
)
def test_what_changed_is_told_by_path(before: Any, after: Any, expected: list[Any]) -> None:
    assert changed(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (1, 1),
        (1, 1.0),
        ("1", 1),
        (True, "true"),
        (None, []),
        ({}, None),
        (["a", "b"], ["b", "a"]),
        ([{"p": 1}, {"p": 2}], [{"p": 2}, {"p": 1}]),
        ([{"a": 1}], {"a": 1}),
        ('{"a": 1, "b": [1]}', '{"b":[1],"a":1}'),
        (
            '{"Statement": [{"Action": "a:B", "Effect": "Allow"}]}',
            '{"Statement": {"Effect": "Allow", "Action": ["a:B"]}}',
        ),
    ],
)
def test_another_spelling_is_no_change(before: Any, after: Any) -> None:
    assert changed(before, after) == []


def test_the_order_matters_where_the_provider_is_not_known_to_have_a_set() -> None:
    assert changed(["a", "b"], ["b", "a"], "aws_lb_listener") == [("x", ["a", "b"], ["b", "a"])]


def details(before: Any, after: Any) -> list[str]:
    [change] = argument_changes(CLUSTER, {"x": before}, {"x": after})
    return [f"{'  ' * depth}{sign} {text}" for detail in change.details for depth, sign, text in detail.lines()]


def test_a_set_tells_what_came_and_went() -> None:
    assert details(["a", "b"], ["b", "${aws_kms_key.k.arn}"]) == ["- a", "+ aws_kms_key.k.arn"]


def test_json_in_a_string_is_compared_inside() -> None:
    before, after = ({"a": {"b": 1, "c": [1, 2]}, "gone": True}, {"a": {"b": 2, "c": [2, 3]}, "new": "x"})
    assert details(json.dumps(before), json.dumps(after)) == [
        "~ a.b: 1 → 2",
        "~ a.c",
        "  - 1",
        "  + 3",
        "- gone = true",
        "+ new = x",
    ]


def test_json_with_an_expression_for_a_number_is_compared_inside() -> None:
    assert details('{"a": ${var.n}, "b": "x ${var.s}"}', '{"a": ${var.n}, "b": "y ${var.s}"}') == [
        "~ b: x ${var.s} → y ${var.s}"
    ]


def test_of_a_long_text_the_changed_lines_are_told_and_not_too_many() -> None:
    assert details("a\nb\nc", "a\nB\nc") == ["- b", "+ B"]
    many = details("\n".join("abcdefghij"), "\n".join("klmnopqrst"))
    assert many[-1] == "~ and 12 more lines"
    assert len(many) == 9


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("${aws_kms_key.k.arn}", "aws_kms_key.k.arn"),
        ("a-${random_id.s.hex}", "a-${random_id.s.hex}"),
        (None, "null"),
        (True, "true"),
        (["ä"], '["ä"]'),
    ],
)
def test_values_are_shown_on_a_line(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_a_change_is_told_whole() -> None:
    assert argument_changes(CLUSTER, {}, {"a": 1}) == (ArgumentChange("a", None, 1),)
