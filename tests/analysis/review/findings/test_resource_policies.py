"""Whom policies of keys, topics, secrets and endpoints let in."""

from typing import Any

import pytest

from tests.analysis.review.stacks import allow, policy, told

KEY = "aws_kms_key.a"
ENDPOINT = "aws_vpc_endpoint.a"
OWN = {"AWS": "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"}
CONDITION = {"StringEquals": {"kms:ViaService": "rds"}}


def key(*statements: Any) -> dict[str, Any]:
    return {KEY: {"policy": policy(*statements)}}


BASE = allow("kms:Describe*", on="*", Principal=OWN)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow("kms:Decrypt", on="*", Principal="*"), "critical anybody may kms:Decrypt on *"),
        (
            allow("kms:Decrypt", on="*", Principal={"AWS": "*"}, Condition=CONDITION),
            "high anybody may kms:Decrypt on * if",
        ),
        (allow("kms:Decrypt", on="*", Principal={"AWS": "arn:aws:iam::1:root"}), "high arn:aws:iam::1:root may"),
        (allow("kms:Decrypt", on="*", Principal=OWN), "medium arn:aws:iam::${data"),
        (allow("kms:Decrypt", on="*", Principal={"Service": "sns.amazonaws.com"}), "low Service sns.amazonaws.com may"),
        (
            {"Effect": "Allow", "NotPrincipal": OWN, "Action": "kms:Decrypt", "Resource": "*"},
            "high arn:aws:iam::${data.aws_caller_identity.current.account_id}:root may all but kms:Decrypt",
        ),
    ],
)
def test_whom_a_key_lets_in_now_is_told(statement: Any, expected: str) -> None:
    [line] = told(key(BASE), key(BASE, statement))
    assert line.replace(f"{KEY}: ", "").startswith(expected)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([BASE, allow("kms:Decrypt", on="*", Principal=OWN)], [BASE]),
        ([allow("kms:Decrypt", on="*", Principal="*")], [allow("kms:Decrypt", on="*", Principal=OWN)]),
        ([BASE], [BASE | {"Sid": "Describe"}]),
        (
            [allow("kms:Decrypt", on="*", Principal=OWN)],
            [allow("kms:Decrypt", on="*", Principal=OWN, Condition=CONDITION)],
        ),
    ],
)
def test_whom_a_key_let_in_before_opens_nothing(before: Any, after: Any) -> None:
    assert told(key(*before), key(*after)) == []


def test_a_condition_that_goes_is_told() -> None:
    statement = allow("kms:Decrypt", on="*", Principal=OWN)
    [line] = told(key(statement | {"Condition": CONDITION}), key(statement))
    assert line.startswith("medium")


def test_a_policy_that_is_no_longer_given_stays_at_a_key() -> None:
    assert told(key(BASE), {KEY: {"description": "a"}}) == [f"low {KEY}: policy is no longer set"]


def test_a_denial_that_goes_is_told() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*"}
    before, after = ({"aws_sns_topic_policy.a": {"policy": policy(*side)}} for side in ([BASE, deny], [BASE]))
    assert told(before, after) == ["high aws_sns_topic_policy.a: statement that denies sns:* no longer denies"]


NARROW = policy(allow("rds-data:ExecuteStatement", on="arn:c", Principal="*"))
WIDE = policy(allow("*", on="*", Principal="*"))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"policy": NARROW}, {"policy": WIDE}, ["high anybody may * on *"]),
        (
            {"policy": NARROW},
            {"policy": policy(allow("rds-data:ExecuteStatement", on=["arn:c", "arn:d"], Principal="*"))},
            ["medium anybody may rds-data:ExecuteStatement on arn:d"],
        ),
        ({}, {"policy": NARROW}, []),
        ({}, {"policy": WIDE}, []),
        ({"policy": WIDE}, {"policy": NARROW}, []),
        ({"policy": NARROW, "tags": {}}, {"tags": {"a": "b"}}, ["low policy is no longer set"]),
    ],
)
def test_what_an_endpoint_lets_through_now_is_told(before: Any, after: Any, expected: list[str]) -> None:
    assert [line.replace(f"{ENDPOINT}: ", "") for line in told({ENDPOINT: before}, {ENDPOINT: after})] == expected


def test_a_new_endpoint_without_a_policy_lets_everything_through() -> None:
    assert told({}, {ENDPOINT: {"service_name": "x"}}) == [f"medium {ENDPOINT}: anybody may * on *"]
    assert told({}, {ENDPOINT: {"policy": NARROW}})[0].startswith("low")
