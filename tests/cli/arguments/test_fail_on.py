"""What `--fail-on` names, and whether it happened."""

from decimal import Decimal
from typing import Any

import pytest

from analysis.review import review as review_module
from analysis.review.cost import CostChange
from analysis.review.review import Review, review
from cli.arguments.fail_on import parse_conditions, what_happened
from operations.errors import ErrorKind, OperationsError
from tests.analysis.review.stacks import stack

CLUSTER, OTHER = "aws_rds_cluster.a", "aws_iam_role_policy.a"


def reviewed(before: Any, after: Any) -> Review:
    return review({"dev": stack(before)}, {"dev": stack(after)}, base="main")


REPLACED = reviewed({CLUSTER: {"engine": "a"}}, {CLUSTER: {"engine": "b"}})
DESTROYED = reviewed({CLUSTER: {}, OTHER: {}}, {})
OPENED = reviewed({CLUSTER: {"deletion_protection": True}}, {CLUSTER: {"enable_http_endpoint": True}})
UPGRADED = reviewed(
    {CLUSTER: {"engine_version": "16.8", "apply_immediately": True, "port": 1}},
    {CLUSTER: {"engine_version": "17.7", "apply_immediately": True, "port": 2}},
)
NOTHING = reviewed({CLUSTER: {}}, {CLUSTER: {}})


@pytest.mark.parametrize(
    ("found", "text", "happened"),
    [
        (REPLACED, "replace", ["replace: aws_rds_cluster.a"]),
        (REPLACED, "destroy", []),
        (DESTROYED, "destroy", ["destroy: aws_rds_cluster.a and 1 more"]),
        (DESTROYED, "replace", []),
        (OPENED, "open", ["open: aws_rds_cluster.a: deletion_protection is off and 1 more"]),
        (OPENED, "open:high", ["open:high: aws_rds_cluster.a: deletion_protection is off"]),
        (OPENED, "open:critical", []),
        (OPENED, " replace , open:HIGH ", ["open:HIGH: aws_rds_cluster.a: deletion_protection is off"]),
        (UPGRADED, "downgrade", []),
        (UPGRADED, "open:critical,open", []),
        (UPGRADED, "major-upgrade", ["major-upgrade: aws_rds_cluster.a: engine_version 16.8 → 17.7, a major upgrade"]),
        (UPGRADED, "restart", ["restart: aws_rds_cluster.a: engine_version 16.8 → 17.7, a major upgrade and 1 more"]),
        (UPGRADED, "pending-reboot,pending-window", []),
        (NOTHING, "replace,destroy,open,cost>0,downgrade,major-upgrade,restart,pending-reboot,pending-window", []),
    ],
)
def test_only_what_is_named_counts(found: Review, text: str, happened: list[str]) -> None:
    assert list(what_happened(found, parse_conditions(text))) == happened


@pytest.mark.parametrize(
    ("text", "happened"), [("cost>50", True), ("cost>60", False), ("cost>59.99", True), ("cost > 60.01", False)]
)
def test_more_cost_than_allowed_counts(monkeypatch: pytest.MonkeyPatch, text: str, happened: bool) -> None:
    def costs(*_: Any) -> CostChange:
        month = (Decimal(0), Decimal(30), Decimal(90))
        return CostChange(None, month, (), (), "2026-10")

    monkeypatch.setattr(review_module, "cost_change", costs)
    found = review({name: stack({}) for name in "ab"}, {name: stack({CLUSTER: {}}) for name in "ab"}, base="main")
    assert bool(what_happened(found, parse_conditions(text))) is happened


def test_a_cost_that_cannot_be_told_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_module, "cost_change", lambda *_: None)
    found = reviewed({CLUSTER: {}}, {CLUSTER: {"engine": "b"}})
    assert what_happened(found, parse_conditions("cost>50")) == ("cost>50: no estimate can be made",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "replaced",
        "destroy;open",
        "open:",
        "downgrade:severe",
        "replace:high",
        "upgrade",
        "Restart",
        "open:severe",
        "open:high:low",
        "cost",
        "cost<5",
        "cost>",
        "cost>-1",
        "cost>x",
    ],
)
def test_a_misspelt_condition_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(OperationsError, match=r"--fail-on has .*: write replace, destroy, open") as caught:
        parse_conditions(text)
    assert caught.value.kind is ErrorKind.WRONG_INPUT


def test_without_the_option_nothing_counts() -> None:
    assert what_happened(REPLACED, parse_conditions(None)) == ()
