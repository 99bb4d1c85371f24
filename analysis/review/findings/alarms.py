"""Alarms that are gone, silent or later."""

from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.finding import Finding, Severity
from analysis.review.findings.switches import number, turned
from analysis.synthesized.values import as_list

_ALARMS: Final = ("aws_cloudwatch_metric_alarm",)
_EVENTS: Final = ("aws_db_event_subscription",)
_CATEGORIES: Final = "event_categories"
_UNTOLD: Final = "nobody is notified of them any more"
_SWITCHES: Final = (
    turned(_ALARMS, "actions_enabled", False, Severity.MEDIUM, "the alarm notifies nobody", unset=True),
    turned(_EVENTS, "enabled", False, Severity.LOW, _UNTOLD, unset=True),
)


def removed(comparison: Comparison) -> Iterator[Finding]:
    """Alarms that are gone."""
    for pair in comparison.of_type(*_ALARMS):
        if pair.after is None and pair.address not in comparison.lost_moves:
            what = f"the alarm {pair.was('alarm_name', default=pair.block.name)} is gone"
            yield Finding(Severity.MEDIUM, pair.address, what, "nobody is notified of it any more")


def silent(comparison: Comparison) -> Iterator[Finding]:
    """Alarms that tell nobody."""
    for pair in comparison.of_type(*_ALARMS):
        if pair.after is not None and pair.was("alarm_actions") and not pair.now("alarm_actions"):
            yield Finding(Severity.MEDIUM, pair.address, "alarm_actions are gone", "the alarm notifies nobody")


def looser(comparison: Comparison) -> Iterator[Finding]:
    """Alarms that ring later than they did."""
    for pair in comparison.of_type(*_ALARMS):
        if pair.before is None or pair.after is None:
            continue
        was, now = number(pair, "threshold")
        if was is not None and now is not None and _is_looser(pair, was, now):
            yield Finding(
                Severity.LOW, pair.address, f"it fires at {now:g}, not at {was:g}", "problems are reported later"
            )
        old, new = _seconds(pair)
        if old is not None and new is not None and new > old:
            what = f"it fires after {new:g} s of trouble, not {old:g}"
            yield Finding(Severity.LOW, pair.address, what, "problems are reported later")


def subscriptions(comparison: Comparison) -> Iterator[Finding]:
    """People who are no longer told."""
    for pair in comparison.of_type("aws_sns_topic_subscription"):
        if pair.after is None and pair.address not in comparison.lost_moves:
            yield Finding(
                Severity.LOW, pair.address, "a subscription is gone", "somebody is no longer notified of alarms"
            )


def events(comparison: Comparison) -> Iterator[Finding]:
    """Events of which nobody is told any more."""
    for pair in comparison.of_type(*_EVENTS):
        if pair.after is None and pair.address not in comparison.lost_moves:
            yield Finding(Severity.LOW, pair.address, "a subscription to events is gone", _UNTOLD)
        elif pair.before is not None and pair.after is not None:
            was, now = (
                {str(one) for one in as_list(value)} for value in (pair.was(_CATEGORIES), pair.now(_CATEGORIES))
            )
            # Without a category all of them are sent.
            gone = sorted(was - now if now else ())
            if gone:
                yield Finding(Severity.LOW, pair.address, f"events are no longer sent: {', '.join(gone)}", _UNTOLD)


RULES: Final = (*_SWITCHES, removed, silent, looser, subscriptions, events)


def _is_looser(pair: Pair, was: float, now: float) -> bool:
    operator = str(pair.now("comparison_operator", default=""))
    if operator.startswith("GreaterThan"):
        return now > was
    return operator.startswith("LessThan") and now < was


def _seconds(pair: Pair) -> tuple[float | None, float | None]:
    found = []
    for points, period in zip(_points(pair), number(pair, "period"), strict=True):
        found.append(None if points is None or period is None else points * period)
    return found[0], found[1]


def _points(pair: Pair) -> tuple[float | None, float | None]:
    evaluated, needed = number(pair, "evaluation_periods"), number(pair, "datapoints_to_alarm")
    return needed[0] or evaluated[0], needed[1] or evaluated[1]
