"""What a change costs: by line, and never 0 for what nobody knows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from analysis.cost.estimate import Estimate, estimate
from analysis.cost.line import Line
from analysis.cost.usage import Usage
from analysis.review import cost
from analysis.review.cost import CostLine, cost_change
from analysis.review.review import Review, review
from analysis.review.wording import summary
from analysis.synthesized.stack import SynthesizedStack
from cli.reports.review import lines
from tests.analysis.review.stacks import stack

KEY = "aws_kms_key.a"


def line(item: str, *month: float | None, why: str = "because") -> Line:
    floor, typical, ceiling = (None if value is None else Decimal(str(value)) for value in month)
    return Line(item, why, floor, typical, ceiling)


def made_of(side: SynthesizedStack, usage: Usage | None, *of: Line) -> Estimate:
    """Return the estimate of a stack with other lines."""
    return replace(estimate(side, usage=usage, today=date(2026, 11, 1)), lines=of)


@pytest.fixture
def costing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Review]:
    """Return a function that reviews an environment with these lines of its estimate before and after."""

    def reviewing(before: list[Line] | None, after: list[Line] | None) -> Review:
        estimates = {"before": before, "after": after}

        def instead(side: SynthesizedStack, usage: Usage | None, **_: Any) -> Estimate:
            found = estimates[side.resources[KEY].get("description")]
            return made_of(side, usage, *(found or ()))

        monkeypatch.setattr(cost, "estimate", instead)
        sides = [
            {} if found is None else {"dev": stack({KEY: {"description": name}})} for name, found in estimates.items()
        ]
        return review(*sides, base="main")

    return reviewing


def test_lines_that_changed_came_and_went_are_told(costing: Callable[..., Review]) -> None:
    [environment] = costing(
        [line("compute", 10, 20, 30), line("storage", 1, 1, 1), line("proxy", 5, 5, 5)],
        [line("compute", 10, 40, 90), line("storage", 1, 1, 1), line("key", 1, 1, 1)],
    ).environments
    assert environment.cost is not None
    assert [(one.item, one.before, one.after) for one in environment.cost.lines] == [
        ("compute", (10, 20, 30), (10, 40, 90)),
        ("proxy", (5, 5, 5), None),
        ("key", None, (1, 1, 1)),
    ]
    assert environment.cost.typical_increase == 16


def test_an_environment_that_is_removed_keeps_costing_what_it_cost(costing: Callable[..., Review]) -> None:
    found = costing([line("a", 1, 20, 300)], None)
    [environment] = found.environments
    assert environment.cost is not None
    assert environment.cost.before == environment.cost.after
    assert environment.cost.typical_increase == 0
    assert found.typical_increase == 0
    [finding] = environment.findings
    assert "keeps costing $20.00 (from $1.00 to $300.00) a month" in finding.why
    assert not [one for one in lines(found, None) if "-$" in one.plain or "nothing" in one.plain.partition(": ")[0]]


def test_an_amount_that_nobody_knows_is_not_said_of_a_removed_one(costing: Callable[..., Review]) -> None:
    [environment] = costing([line("a", None, None, None)], None).environments
    assert environment.findings[0].why.startswith("what is deployed stays and keeps costing, unmanaged")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([line("a", 1, 2, 3)], [line("a", 1, 2, 3)], "costs as before"),
        ([line("a", 1, 2, 3)], [line("a", 1, 3.5, 3)], "+$1.50 a month"),
        ([line("a", 1, 2000, 3)], [line("a", 1, 2, 3)], "-$1,998.00 a month"),
        (None, [line("a", 1, 2, 3)], "+$2.00 a month"),
        ([line("a", 1, 2, 3)], None, "costs as before"),
        ([line("a", None, None, None)], [line("a", None, None, None)], "costs as before"),
        ([], [line("a", None, None, None)], "costs what nobody can tell (1 line)"),
        (
            [line("a", None, None, None, why="1 x unknown")],
            [line("a", None, None, None, why="2 x unknown")],
            "costs what nobody can tell (1 line)",
        ),
        (
            [line("b", 1, 1, 1)],
            [line("b", 2, 2, 2), line("a", None, None, None)],
            "+$1.00 a month and what nobody can tell (1 line)",
        ),
    ],
)
def test_the_summary_says_how_much_more(
    costing: Callable[..., Review], before: list[Line] | None, after: list[Line] | None, said: str
) -> None:
    assert summary(costing(before, after)).endswith(said)


def test_an_unknown_price_is_told_and_in_no_sum(costing: Callable[..., Review]) -> None:
    found = costing([line("a", 1, 1, 1)], [line("a", 2, 2, 2), line("b", None, None, None)])
    text = "\n".join(one.plain for one in lines(found, None))
    assert "a typical month $1.00 → $2.00" in text
    assert "b: nothing → unknown" in text
    assert "no price is known of b" in text
    assert found.unknown_costs == ("b",)


def test_without_a_stack_there_is_no_cost() -> None:
    assert cost_change(None, None) is None


def test_a_line_is_told_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def instead(side: SynthesizedStack, usage: Usage | None, **_: Any) -> Estimate:
        price = 1 if side.name == "before" else 2
        return made_of(side, usage, line("a", price, price, price))

    monkeypatch.setattr(cost, "estimate", instead)
    before, after = (SynthesizedStack(name, {}) for name in ("before", "after"))
    found = cost_change(before, after)
    assert found is not None
    assert found.lines == (
        CostLine("a", "because", (Decimal(1), Decimal(1), Decimal(1)), (Decimal(2), Decimal(2), Decimal(2))),
    )


def test_both_sides_hold_the_same_data_whatever_the_maximum_is() -> None:
    def side(maximum_acu: int) -> SynthesizedStack:
        scaling = {"min_capacity": 1, "max_capacity": maximum_acu}
        cluster: dict[str, Any] = {"engine": "aurora-postgresql", "serverlessv2_scaling_configuration": scaling}
        instance = {"cluster_identifier": "${aws_rds_cluster.a.id}", "instance_class": "db.serverless"}
        bodies = {"aws_rds_cluster.a": cluster, "aws_rds_cluster_instance.a": instance}
        return stack(bodies, variable={"aws_region": {"default": "us-east-1"}})

    found = cost_change(side(2), side(64))
    assert found is not None
    assert [one.item for one in found.lines] == ["compute: a"]
