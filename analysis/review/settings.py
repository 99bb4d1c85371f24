"""What changes beside resources: Terraform's settings, providers, variables, outputs and moved blocks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.review.arguments import ArgumentChange, argument_changes, text_of
from analysis.review.comparison import Comparison
from analysis.review.detail import Detail
from analysis.review.secrets import HIDDEN, Secrets

_SECTIONS: Final = ("terraform", "provider", "variable", "output")
_STATE: Final = ("terraform.backend", "terraform.cloud")
_STATE_MOVES: Final = "Terraform looks for the state elsewhere: terraform init -migrate-state, or all is created again"


@dataclass(frozen=True)
class SettingChange:
    """A setting that is not the same, as text; None is one that is not there. `note` says what follows.

    One in which nothing but a name that is told elsewhere is another is `is_renamed`.
    """

    path: str
    before: str | None
    after: str | None
    note: str = ""
    details: tuple[Detail, ...] = ()
    is_renamed: bool = False


def setting_changes(comparison: Comparison, secrets: Secrets) -> tuple[SettingChange, ...]:
    """Return what changed, in the order of Terraform's document, then `moved` blocks that are gone."""
    found = [change for section in _SECTIONS for change in _of_section(comparison, section, secrets)]
    return (*found, *_lost_moved_blocks(comparison))


def _of_section(comparison: Comparison, section: str, secrets: Secrets) -> Iterator[SettingChange]:
    before, after = (stack.document.get(section, {}) for stack in (comparison.before, comparison.after))
    if section == "output":
        before, after = (
            stack.filled_in(side) for stack, side in zip(_stacks(comparison), (before, after), strict=True)
        )
    for change in argument_changes("", {section: _plain(before)}, {section: _plain(after)}):
        if change.path.endswith(".error_message"):
            continue
        is_secret = secrets.is_secret("", change.path, change.after) or _is_sensitive(comparison, change.path)
        old, new = (
            None if value is None else HIDDEN if is_secret else text_of(secrets.hidden("", change.path, value))
            for value in (change.before, change.after)
        )
        note = _note(change.path, old, new)
        left = () if is_secret else _left(comparison, change)
        details = () if is_secret else tuple(detail.with_text(secrets.hide) for one in left for detail in one.details)
        is_told = bool(comparison.former_name) and change.path.startswith(_STATE)
        yield SettingChange(change.path, old, new, note, details, is_told or not (note or is_secret or left))


def _left(comparison: Comparison, change: ArgumentChange) -> tuple[ArgumentChange, ...]:
    """Return what is left of a change once the names that are others are told, that of the environment too."""
    named = comparison.other_name.left("", change)
    return tuple(left for one in named for left in comparison.renames.left("", one))


def _stacks(comparison: Comparison) -> tuple[Any, Any]:
    return comparison.before, comparison.after


def _is_sensitive(comparison: Comparison, path: str) -> bool:
    section, _, rest = path.partition(".")
    name = rest.partition(".")[0]
    return any(
        isinstance(body := stack.document.get(section, {}), Mapping)
        and isinstance(one := body.get(name), Mapping)
        and bool(one.get("sensitive"))
        for stack in _stacks(comparison)
    )


def _note(path: str, before: str | None, after: str | None) -> str:
    if path.startswith(_STATE):
        return _STATE_MOVES
    if path.startswith("output.") and after is None and path.count(".") == 1:
        return "whoever reads this output finds none"
    if path.startswith("terraform.required"):
        return "everybody who deploys needs it"
    if path.startswith("variable.") and path.endswith(".default") and after is None:
        return "Terraform asks for it at every deploy"
    return "" if before is None or not path.startswith("provider.") else "all resources are made through it"


def _lost_moved_blocks(comparison: Comparison) -> Iterator[SettingChange]:
    for old, new in comparison.before.moved.items():
        if old not in comparison.after.moved and new in comparison.after.resources:
            note = "a deployment that has not applied it yet destroys the one and makes the other"
            yield SettingChange("moved", f"{old} to {new}", None, note)


def _plain(section: Any) -> Any:
    """Return a section without what only CDKTF reads."""
    if isinstance(section, Mapping):
        return {key: _plain(value) for key, value in section.items() if key != "//"}
    return [_plain(value) for value in section] if isinstance(section, list) else section
