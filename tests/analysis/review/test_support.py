"""Ends of support that a review tells: of what a change introduces or keeps, as of a day."""

from datetime import date, timedelta
from typing import Any

import pytest

from analysis.review.finding import Effect, EffectKind, Severity
from analysis.review.review import review
from aurora_serverless.rules.engine import EngineVersion
from cli.arguments.fail_on import parse_conditions, what_happened
from tests.analysis.review.stacks import stack

CLUSTER = "aws_rds_cluster.aurora"


def ends(before: Any, after: Any, today: date | None) -> list[Effect]:
    """Return the ends of support that a change of a cluster's arguments tells; None is an environment not there."""
    old = {} if before is None else {"dev": stack({CLUSTER: before})}
    found = review(old, {"dev": stack({CLUSTER: after})}, base="main", today=today)
    return [effect for effect in found.effects if effect.kind is EffectKind.END_OF_SUPPORT]


def version(text: Any, **more: Any) -> dict[str, Any]:
    return {"engine": "aurora-postgresql", "engine_version": text} | more


END = EngineVersion.parse("17.7").end_of_standard_support or date.max
AHEAD = END - timedelta(days=180)


@pytest.mark.parametrize("before", [None, version("16.8"), version("17.7", port=1)], ids=["new", "upgraded", "kept"])
def test_a_version_whose_support_ends_within_180_days_is_told_with_the_lowest_severity(before: Any) -> None:
    first, *_ = ends(before, version("17.7", port=2), AHEAD)
    assert (first.severity, first.address, first.restarts) == (Severity.LOW, CLUSTER, False)
    assert first.what == "engine_version 17.7, whose support ends"
    assert f"ends on {END}, in 180 days: upgrade to " in first.why


@pytest.mark.parametrize("today", [AHEAD - timedelta(days=1), None], ids=["earlier", "no day"])
def test_a_version_that_is_supported_for_longer_is_not_told(today: date | None) -> None:
    assert ends(None, version("17.7"), today) == []


def test_a_major_version_in_extended_support_is_told() -> None:
    *_, last = ends(None, version("13.23"), date(2026, 12, 1))
    assert "Extended Support" in last.why


@pytest.mark.parametrize("text", ["${var.engine_version}", None, "17.99", "9.6", "latest"])
def test_a_version_that_is_not_known_says_nothing(text: str | None) -> None:
    assert ends(None, version(text), date(2040, 1, 1)) == []


def test_a_version_that_goes_and_an_environment_without_a_change_say_nothing() -> None:
    assert ends(version("13.23"), version("17.7"), date(2026, 12, 1)) == []
    assert ends(version("13.23"), version("13.23"), date(2026, 12, 1)) == []


def test_fail_on_has_a_word_for_it() -> None:
    old, new = stack({CLUSTER: version("17.7", port=1)}), stack({CLUSTER: version("17.7", port=2)})
    for today, happened in ((AHEAD, True), (AHEAD - timedelta(days=1), False)):
        found = review({"dev": old}, {"dev": new}, base="main", today=today)
        assert bool(what_happened(found, parse_conditions("end-of-support"))) is happened
