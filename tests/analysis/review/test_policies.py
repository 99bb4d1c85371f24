"""What became of a policy's statements."""

from typing import Any

import pytest

from analysis.review.policies import differences, statements
from analysis.synthesized.values import parsed
from tests.analysis.review.stacks import allow, policy


def lines(before: str, after: str) -> list[str]:
    found = differences(statements(parsed(before)), statements(parsed(after)))
    return [f"{'  ' * depth}{sign} {text}" for detail in found for depth, sign, text in detail.lines()]


READ = allow("s3:GetObject", on="arn:a")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (policy(READ), policy(READ), []),
        (
            policy(READ),
            policy(READ, allow("s3:PutObject", on="arn:b")),
            ["+ Allow; Action s3:PutObject; Resource arn:b"],
        ),
        (
            policy(READ, allow("s3:PutObject", on="arn:b")),
            policy(READ),
            ["- Allow; Action s3:PutObject; Resource arn:b"],
        ),
        (
            policy(READ),
            policy(allow("s3:GetObject", "s3:PutObject", on="arn:a")),
            ["~ statement that allows s3:GetObject and 1 more", "  + Action s3:PutObject"],
        ),
        (
            policy(READ),
            policy(allow("s3:GetObject", on=["arn:a", "arn:b"])),
            ["~ statement that allows s3:GetObject", "  + Resource arn:b"],
        ),
        (
            policy(READ),
            policy(READ | {"Effect": "Deny"}),
            ["~ statement that denies s3:GetObject", "  ~ Effect Allow → Deny"],
        ),
        (
            policy(READ | {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}),
            policy(READ),
            ["~ statement that allows s3:GetObject", "  - Condition StringEquals aws:SourceAccount = 1"],
        ),
        (
            policy(READ | {"Sid": "Read", "Principal": {"AWS": ["a", "b"]}}),
            policy(allow("s3:PutObject", on="arn:z", Sid="Read", Principal={"AWS": "*", "Service": "x"})),
            [
                "~ statement Read",
                "  - Action s3:GetObject",
                "  + Action s3:PutObject",
                "  - Resource arn:a",
                "  + Resource arn:z",
                "  - Principal a",
                "  - Principal b",
                "  + Principal *",
                "  + Principal Service x",
            ],
        ),
        (policy(READ), policy(READ | {"Sid": "Read"}), ["~ statement Read", "  ~ Sid none → Read"]),
        (
            policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            policy({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}),
            ["~ statement that allows all but iam:*, sts:*", "  + NotAction sts:*"],
        ),
    ],
)
def test_what_changed_is_told_by_statement(before: str, after: str, expected: list[str]) -> None:
    assert lines(before, after) == expected


def test_statements_that_only_moved_are_no_change() -> None:
    other = allow("sqs:SendMessage", on="arn:q")
    assert lines(policy(READ, other), policy(other, READ)) == []


@pytest.mark.parametrize("text", [None, 3, "", "{", "[]", '"x"', "{}", '{"Statement": 1}'])
def test_what_is_no_policy_has_no_statements(text: Any) -> None:
    assert statements(parsed(text)) == ()
