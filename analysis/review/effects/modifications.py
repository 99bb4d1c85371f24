"""Arguments whose change restarts instances, or waits for the maintenance window."""

from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.effects.table import Change, argument_effects, changes, is_immediate, running
from analysis.review.finding import Effect, EffectKind, Severity
from analysis.review.findings.switches import is_on
from analysis.synthesized.expressions import references

_CLUSTER: Final = "aws_rds_cluster"
_INSTANCE: Final = "aws_rds_cluster_instance"
_OF_VERSIONS: Final = "engine_version"
"""Told by `versions`, which knows up from down."""


def restarts(comparison: Comparison) -> Iterator[Effect]:
    """What restarts instances, at once or in the window."""
    for pair in running(comparison, *argument_effects()):
        row = argument_effects()[pair.type]
        for change in changes(pair, (*row.always, *row.restart)):
            if change.argument == _OF_VERSIONS:
                continue
            if change.argument in row.always or is_immediate(pair):
                why = f"{_who(pair)} at once, and connections to it break"
                yield Effect(_severity(change), pair.address, change.text, why, EffectKind.RESTART, restarts=True)
            else:
                yield _for_the_window(pair, change, f"{_who(pair)} in the next maintenance window")


def waits(comparison: Comparison) -> Iterator[Effect]:
    """What takes effect without an outage, and in the window."""
    for pair in running(comparison, *argument_effects()):
        if not is_immediate(pair):
            for change in changes(pair, argument_effects()[pair.type].window):
                yield _for_the_window(pair, change, "takes effect in the next maintenance window")


def no_longer_waits(comparison: Comparison) -> Iterator[Effect]:
    """A switch to immediate changes, which AWS also makes of the ones that wait."""
    # Source: Amazon RDS API, ModifyDBInstance: ApplyImmediately is about any pending modifications too.
    for pair in running(comparison, _CLUSTER, _INSTANCE):
        if is_immediate(pair) and pair.was("apply_immediately") is not None and not _was_immediate(pair):
            yield Effect(
                Severity.LOW,
                pair.address,
                "apply_immediately is on",
                "what waits for the maintenance window is applied at once and may restart instances: "
                "see ./aurora-serverless status",
                EffectKind.RESTART,
                restarts=True,
            )


def replaced_instances(comparison: Comparison) -> Iterator[Effect]:
    """Instances that are replaced, while their cluster stays as it is."""
    clusters = {pair.address for pair in running(comparison, _CLUSTER)}
    for pair in comparison.of_type(_INSTANCE):
        replacement = comparison.replacements.get(pair.address)
        if replacement is None or not references(pair.now("cluster_identifier")) <= clusters:
            continue
        yield Effect(
            Severity.MEDIUM if replacement.certain else Severity.LOW,
            pair.address,
            "the instance is replaced" if replacement.certain else "the instance may be replaced",
            "if it is the writer, the database is unavailable until a reader is promoted, or the new one is available",
            EffectKind.RESTART,
            restarts=True,
        )


RULES: Final = (restarts, waits, no_longer_waits, replaced_instances)


def _for_the_window(pair: Pair, change: Change, what: str) -> Effect:
    return Effect(
        Severity.LOW,
        pair.address,
        change.text,
        f"{what}, because apply_immediately is off: until then ./aurora-serverless status shows it as pending",
        EffectKind.PENDING_WINDOW,
    )


def _who(pair: Pair) -> str:
    return "the instance restarts" if pair.type == _INSTANCE else "every instance restarts"


def _severity(change: Change) -> Severity:
    return Severity.MEDIUM if change.certain else Severity.LOW


def _was_immediate(pair: Pair) -> bool:
    return is_on(pair.was("apply_immediately"), unset=False)
