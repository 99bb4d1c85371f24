"""Backups of AWS Backup that are no longer made, kept or guarded."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.finding import Finding, Severity
from analysis.review.findings.switches import is_on, turned
from analysis.synthesized.values import blocks_in

_SELECTION: Final = "aws_backup_selection"
_LOCK: Final = "aws_backup_vault_lock_configuration"
_SWITCHES: Final = (
    turned(("aws_backup_vault",), "force_destroy", True, Severity.MEDIUM, "its backups go with the vault"),
)


def selections(comparison: Comparison) -> Iterator[Finding]:
    """Databases that no plan backs up any more."""
    for pair in _gone(comparison, _SELECTION):
        yield Finding(Severity.HIGH, pair.address, "AWS Backup no longer backs it up", "the newest backups are missing")


def locks(comparison: Comparison) -> Iterator[Finding]:
    """Locks that are taken off a vault."""
    for pair in _gone(comparison, _LOCK):
        yield Finding(Severity.HIGH, pair.address, "the vault lock is removed", "its backups can be deleted early")


def rules(comparison: Comparison) -> Iterator[Finding]:
    """Rules of a plan that keep less than they did."""
    for pair in comparison.of_type("aws_backup_plan"):
        if pair.before is None or pair.after is None:
            continue
        was, now = (
            {one.get("rule_name"): one for one in blocks_in(side)} for side in (pair.was("rule"), pair.now("rule"))
        )
        for name in was.keys() & now.keys():
            yield from (
                Finding(Severity.MEDIUM, pair.address, what, why) for what, why in _keeps_less(was[name], now[name])
            )


RULES: Final = (*_SWITCHES, selections, locks, rules)


def _gone(comparison: Comparison, type_: str) -> Iterator[Pair]:
    for pair in comparison.of_type(type_):
        if pair.after is None and pair.address not in comparison.lost_moves:
            yield pair


def _keeps_less(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    old, new = _days(was), _days(now)
    if new is not None and (old is None or new < old):
        before = "for ever" if old is None else f"{old} days"
        yield f"AWS Backup keeps backups for {new} days, not {before}", "older ones cannot be restored"
    if is_on(was.get("enable_continuous_backup"), unset=False) and not is_on(
        now.get("enable_continuous_backup"), unset=False
    ):
        yield "AWS Backup makes no continuous backup", "RDS keeps what its own retention says"
    for vault in sorted(_vaults(was) - _vaults(now)):
        yield f"nothing is copied to {vault}", "a lost Region or account takes the backups with it"


def _days(rule: Mapping[str, Any]) -> int | None:
    days = [block.get("delete_after") for block in blocks_in(rule.get("lifecycle"))]
    return next((one for one in days if isinstance(one, int)), None)


def _vaults(rule: Mapping[str, Any]) -> set[str]:
    return {str(one.get("destination_vault_arn")) for one in blocks_in(rule.get("copy_action"))}
