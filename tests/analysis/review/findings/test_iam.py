"""What roles may do that they might not, and who may become one."""

from typing import Any

import pytest

from tests.analysis.review.stacks import allow, opened, policy, told

POLICY = "aws_iam_role_policy.a"
ROLE = "aws_iam_role.a"


def permissions(before: Any, after: Any) -> list[str]:
    return told({POLICY: {"policy": policy(*before)}}, {POLICY: {"policy": policy(*after)}})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (allow("s3:Get"), allow("s3:Get", "s3:Put"), "medium it may do s3:Put on arn:x"),
        (allow("s3:Get"), allow("s3:Get", on=["arn:x", "arn:y"]), "medium it may do s3:Get on arn:y"),
        (allow("s3:Get"), allow("s3:Get*"), "medium it may do s3:Get* on arn:x"),
        (allow("s3:Get"), allow("s3:Get", on="*"), "high it may do s3:Get on *"),
        (allow("s3:Get"), allow("s3:*"), "high it may do s3:* on arn:x"),
        (allow("s3:Get"), allow("s3:*", on="*"), "critical it may do s3:* on *"),
        (allow("s3:Get"), allow("*", on="*"), "critical it may do * on *"),
        (allow("s3:Get"), allow("iam:PassRole"), "high it may do iam:PassRole on arn:x"),
        (allow("s3:Get"), allow("kms:Decrypt"), "high it may do kms:Decrypt on arn:x"),
        (
            allow("s3:Get", Condition={"Bool": {"aws:SecureTransport": "true"}}),
            allow("s3:Get"),
            "medium it may do s3:Get on arn:x",
        ),
        (
            allow("s3:Get"),
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
            "high it may do all but iam:* on *",
        ),
    ],
)
def test_what_a_role_may_do_now_is_told(before: Any, after: Any, expected: str) -> None:
    [line] = permissions([before], [after])
    assert line.replace(f"{POLICY}: ", "") == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (allow("s3:Get", "s3:Put"), allow("s3:Get")),
        (allow("s3:*"), allow("s3:Get")),
        (allow("s3:get"), allow("s3:Get")),
        (allow("s3:Get", on="arn:*"), allow("s3:Get")),
        (allow("s3:Get"), allow("s3:Get", Condition={"Bool": {"aws:SecureTransport": "true"}})),
        (allow("s3:Get"), allow("s3:Get", Sid="Read")),
        (allow("s3:Get"), {"Effect": "Deny", "Action": "s3:Put", "Resource": "*"}),
    ],
)
def test_what_a_role_could_do_already_opens_nothing(before: Any, after: Any) -> None:
    assert permissions([before], [after]) == []


def test_brackets_of_an_expression_are_no_wildcard() -> None:
    arn = "${aws_rds_cluster.a.master_user_secret[0].secret_arn}"
    assert permissions([allow("s3:Get", on=arn)], [allow("s3:Get", on=arn)]) == []


def test_a_denial_that_goes_is_told() -> None:
    deny = {"Effect": "Deny", "Action": "s3:Delete", "Resource": "*"}
    [line] = permissions([allow("s3:Get"), deny], [allow("s3:Get")])
    assert line == f"high {POLICY}: statement that denies s3:Delete no longer denies"


def test_inline_policies_of_the_role_are_read_too() -> None:
    before, after = ({ROLE: {"inline_policy": [{"name": "a", "policy": policy(allow(action))}]}} for action in "ab")
    assert told(before, after) == [f"medium {ROLE}: it may do b on arn:x"]


@pytest.mark.parametrize(
    ("name", "severity"),
    [("AdministratorAccess", "critical"), ("AmazonRDSFullAccess", "high"), ("AWSLambdaBasicExecutionRole", "low")],
)
def test_an_attached_policy_is_told_by_its_name(name: str, severity: str) -> None:
    arn = f"arn:aws:iam::aws:policy/service-role/{name}"
    [line] = told({}, {"aws_iam_role_policy_attachment.a": {"policy_arn": arn}})
    assert line == f"{severity} aws_iam_role_policy_attachment.a: the role gets {name}"


def test_an_attached_policy_that_stays_opens_nothing() -> None:
    body = {"aws_iam_role_policy_attachment.a": {"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
    assert told(body, body) == []


def trust(principal: Any, **more: Any) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


LAMBDA = trust({"Service": "lambda.amazonaws.com"})
CONDITION = {"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (LAMBDA, trust({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}), "medium Service ec2.amazonaws.com"),
        (LAMBDA, trust({"AWS": "arn:aws:iam::111111111111:root"}), "high AWS arn:aws:iam::111111111111:root"),
        (LAMBDA, trust({"Federated": "accounts.google.com"}), "high Federated accounts.google.com"),
        (LAMBDA, trust("*"), "critical anybody"),
        (LAMBDA, trust({"AWS": "*"}), "critical anybody"),
        (LAMBDA, trust({"AWS": "*"}, **CONDITION), "high anybody"),
    ],
)
def test_who_may_become_a_role_now_is_told(before: str, after: str, expected: str) -> None:
    [line] = told({ROLE: {"assume_role_policy": before}}, {ROLE: {"assume_role_policy": after}})
    assert line.replace(f"{ROLE}: ", "") == f"{expected} may assume the role"


def test_a_condition_of_trust_that_goes_is_told() -> None:
    before, after = trust({"Service": "rds.amazonaws.com"}, **CONDITION), trust({"Service": "rds.amazonaws.com"})
    [line] = told({ROLE: {"assume_role_policy": before}}, {ROLE: {"assume_role_policy": after}})
    assert line.endswith("may assume the role without aws:SourceAccount")


def test_a_condition_of_trust_whose_value_is_another_is_not_gone() -> None:
    other = {"Condition": {"StringEquals": {"aws:SourceAccount": "2"}}}
    before, after = (trust({"Service": "rds.amazonaws.com"}, **condition) for condition in (CONDITION, other))
    [finding] = opened({ROLE: {"assume_role_policy": before}}, {ROLE: {"assume_role_policy": after}})
    assert finding.what == "Service rds.amazonaws.com may assume the role"
    assert finding.why.startswith("aws:SourceAccount was 1; ")


@pytest.mark.parametrize(
    ("after", "why"),
    [
        ({}, "it no longer needs aws:a, aws:b"),
        ({"StringEquals": {"aws:a": "1"}}, "it no longer needs aws:b"),
        ({"StringEquals": {"aws:a": "2", "aws:b": ["3", "4"]}}, "aws:a was 1"),
        ({"StringEquals": {"aws:a": "2"}}, "it no longer needs aws:b; aws:a was 1"),
        ({"StringEquals": {"aws:a": "1", "aws:b": "5"}}, "aws:b was 3 or 4"),
        (
            {"StringLike": {"aws:a": "1"}, "StringEquals": {"aws:b": ["3", "4"]}},
            "aws:a is compared in another way, no longer by StringEquals",
        ),
    ],
)
def test_a_condition_is_gone_or_another(after: Any, why: str) -> None:
    before = {"StringEquals": {"aws:a": "1", "aws:b": ["3", "4"]}}
    sides = ({POLICY: {"policy": policy(allow("s3:GetObject", Condition=one))}} for one in (before, after))
    [finding] = opened(*sides)
    assert finding.why == why


def test_less_trust_opens_nothing() -> None:
    before, after = trust({"Service": ["a", "b"]}), trust({"Service": "b"}, **CONDITION)
    assert told({ROLE: {"assume_role_policy": before}}, {ROLE: {"assume_role_policy": after}}) == []


def test_a_boundary_that_goes_is_told() -> None:
    assert told({ROLE: {"permissions_boundary": "arn:b"}}, {ROLE: {"name": "a"}}) == [
        f"high {ROLE}: permissions_boundary is gone"
    ]
    assert told({ROLE: {}}, {ROLE: {"permissions_boundary": "arn:b"}}) == []
