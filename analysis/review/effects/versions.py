"""Changes of the engine version: AWS upgrades with an outage, and never goes back."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from analysis.review.comparison import Comparison, Pair
from analysis.review.effects.table import is_immediate, running
from analysis.review.finding import Effect, EffectKind, Severity
from analysis.review.findings.switches import is_on
from analysis.synthesized.database import databases
from aurora_serverless.facts.engine_versions import released_minors
from aurora_serverless.rules.engine import STATISTICS_KEPT_SINCE

_GLOBAL: Final = "aws_rds_global_cluster"
_VERSION: Final = re.compile(r"(\d{1,3})(?:\.(\d{1,3}))?")

_NO_WAY_BACK: Final = (
    "AWS has no downgrade and refuses it: write the version that runs, or restore a snapshot of the older one as a new "
    "cluster"
)


class _Version(NamedTuple):
    """A version as a stack names it; of a major version alone AWS chooses the minor, which is then None."""

    major: int
    minor: int | None


def versions(comparison: Comparison) -> Iterator[Effect]:
    """Another engine version of a cluster, or of a global database."""
    for pair in running(comparison, "aws_rds_cluster", _GLOBAL):
        was, now = (_parsed(side("engine_version")) for side in (pair.was, pair.now))
        if was is None or now is None or was == now or "engine_version" in pair.ignored:
            continue
        text = f"engine_version {pair.was('engine_version')} → {pair.now('engine_version')}"
        if now.major != was.major:
            yield _other_major(comparison, pair, text, is_lower=now.major < was.major)
        else:
            yield _other_minor(comparison, pair, text, was.minor, now)


RULES: Final = (versions,)


def _parsed(version: object) -> _Version | None:
    """Return a version; None where only the deploy knows it, or none is named."""
    found = _VERSION.fullmatch(str(version))
    return None if found is None else _Version(int(found[1]), None if found[2] is None else int(found[2]))


def _other_major(comparison: Comparison, pair: Pair, text: str, *, is_lower: bool) -> Effect:
    if is_lower:
        return _downgrade(pair, text)
    new = str(pair.now("engine_version"))
    needs = f'engine.allow_major_version_upgrade = "{new}"'
    if pair.type != _GLOBAL and not is_on(pair.now("allow_major_version_upgrade"), unset=False):
        needs += ", without which AWS refuses it"
    statistics = ""
    if int(new.partition(".")[0]) < STATISTICS_KEPT_SINCE:
        statistics = "; run ANALYZE after it, because it drops the planner's statistics"
    return Effect(
        Severity.HIGH,
        pair.address,
        f"{text}, a major upgrade",
        f"needs {needs}; take a manual snapshot first; expect an outage {_when(pair)}{statistics}; "
        + "there is no downgrade"
        + _of_global_database(comparison, pair, "its members are upgraded together, by the global cluster"),
        EffectKind.MAJOR_UPGRADE,
        restarts=_is_at_once(pair),
    )


def _other_minor(comparison: Comparison, pair: Pair, text: str, was: int | None, now: _Version) -> Effect:
    if was is not None and now.minor is not None and now.minor < was:
        return _downgrade(pair, text)
    hint = _of_global_database(comparison, pair, "upgrade its secondaries first, then its primary")
    if was is not None and now.minor is not None:
        return _upgrade(pair, Severity.MEDIUM, text, f"every instance restarts {_when(pair)}{hint}")
    if now.minor is not None and now.minor < max(released_minors().get(now.major, (now.minor,))):
        why = (
            f"AWS chose the minor version of {now.major}, and refuses one that is lower: "
            "compare ./aurora-serverless status"
        )
        return Effect(
            Severity.MEDIUM,
            pair.address,
            f"{text}, which may be a downgrade",
            f"{why}; a higher one restarts every instance {_when(pair)}",
            EffectKind.DOWNGRADE,
            restarts=_is_at_once(pair),
        )
    why = f"AWS chooses the minor version: if it is another than runs, every instance restarts {_when(pair)}"
    return _upgrade(pair, Severity.LOW, text, why + hint)


def _upgrade(pair: Pair, severity: Severity, what: str, why: str) -> Effect:
    is_at_once = _is_at_once(pair)
    kind = EffectKind.RESTART if is_at_once else EffectKind.PENDING_WINDOW
    return Effect(severity, pair.address, what, why, kind, restarts=is_at_once)


def _downgrade(pair: Pair, text: str) -> Effect:
    return Effect(Severity.CRITICAL, pair.address, f"{text}, a downgrade", _NO_WAY_BACK, EffectKind.DOWNGRADE)


def _is_at_once(pair: Pair) -> bool:
    return pair.type == _GLOBAL or is_immediate(pair)


def _when(pair: Pair) -> str:
    return "at once" if _is_at_once(pair) else "in the next maintenance window"


def _of_global_database(comparison: Comparison, pair: Pair, hint: str) -> str:
    """Return a hint for a member of a global database; nothing for another cluster."""
    sources = (str(found.now("source_db_cluster_identifier", default="")) for found in comparison.of_type(_GLOBAL))
    is_member = bool(pair.now("global_cluster_identifier")) or any(f"{pair.address}." in source for source in sources)
    return f"; of a global database: {hint}" if is_member or pair.type == _GLOBAL else ""


def ends_of_support(comparison: Comparison, today: date) -> Iterator[Effect]:
    """Yield a cluster whose version has no standard support any more on a day, or not for another half year."""
    for database in databases(comparison.after):
        if database.version is None or database.version.is_newer_than_known:
            continue
        for warning in database.version.warnings(today):
            what = f"engine_version {database.engine_version}, whose support ends"
            yield Effect(Severity.LOW, database.address, what, warning, EffectKind.END_OF_SUPPORT)
