"""What takes effect with a reboot only, which AWS never does by itself: parameters, their groups, max_connections."""

from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.effects.table import argument_effects, running
from analysis.review.finding import Effect, EffectKind, Severity
from analysis.review.findings.switches import number
from analysis.synthesized.expressions import references
from analysis.synthesized.values import PARAMETER_GROUPS, blocks_in, parameters_in
from aurora_serverless.facts.engine_parameters import engine_parameters
from aurora_serverless.rules.alarms import connections_of_capacity

_SCALING: Final = "serverlessv2_scaling_configuration"
_MAX_CONNECTIONS: Final = "max_connections"
_REMEDY: Final = "AWS never reboots for it: ./aurora-serverless restart, after the deploy"


def other_groups(comparison: Comparison) -> Iterator[Effect]:
    """Another parameter group of a running cluster or instance, also a new one in the place of the old."""
    for type_, row in argument_effects().items():
        for pair in running(comparison, type_):
            for argument in row.reboot:
                if argument not in pair.ignored and _is_another(comparison, pair, argument):
                    yield _pending(pair, f"another parameter group ({argument})", f"not in effect before; {_REMEDY}")


def parameters(comparison: Comparison) -> Iterator[Effect]:
    """Parameters of a group that stays."""
    for pair in running(comparison, *PARAMETER_GROUPS):
        was, now = (parameters_in(side("parameter")) for side in (pair.was, pair.now))
        changed = [name for name in sorted({*was, *now}) if was.get(name) != now.get(name)]
        waiting = [name for name in changed if _waits(pair, name)]
        if waiting:
            yield _pending(pair, f"{', '.join(waiting)}: in effect after a reboot", _REMEDY)


def max_connections(comparison: Comparison) -> Iterator[Effect]:
    """The limit of connections, which follows the capacity at a reboot only."""
    if any(_is_set(comparison, type_) for type_ in PARAMETER_GROUPS):
        return
    for pair in running(comparison, "aws_rds_cluster"):
        (least, new_least), (most, new_most) = (
            number(pair, _SCALING, name) for name in ("min_capacity", "max_capacity")
        )
        if least is None or new_least is None or most is None or new_most is None:
            continue
        was, now = connections_of_capacity(least, most), connections_of_capacity(new_least, new_most)
        if was != now:
            why = f"instances keep the old limit until then, while alarms count with the new one; {_REMEDY}"
            yield _pending(pair, f"{_MAX_CONNECTIONS} {was:,} → {now:,} after a reboot", why)


RULES: Final = (other_groups, parameters, max_connections)


def _pending(pair: Pair, what: str, why: str) -> Effect:
    return Effect(Severity.MEDIUM, pair.address, what, why, EffectKind.PENDING_REBOOT)


def _is_another(comparison: Comparison, pair: Pair, argument: str) -> bool:
    """Whether it is another group; one that is no longer given stays the same."""
    now = pair.now(argument)
    if now is None:
        return False
    return now != pair.was(argument) or any(address in comparison.replacements for address in references(now))


def _waits(pair: Pair, name: str) -> bool:
    """Whether a change of the parameter waits: a static one does, and one that asks to."""
    written = [*blocks_in(pair.was("parameter")), *blocks_in(pair.now("parameter"))]
    *_, newest = (block for block in written if str(block.get("name")) == name)
    rows = engine_parameters().get(name, ())
    return newest.get("apply_method") == "pending-reboot" or any(row.change == "static" for row in rows)


def _is_set(comparison: Comparison, type_: str) -> bool:
    """Whether a group gives the limit as a number, which then does not follow the capacity."""
    return any(
        parameters_in(pair.now("parameter")).get(_MAX_CONNECTIONS, "").isdigit() for pair in comparison.of_type(type_)
    )
