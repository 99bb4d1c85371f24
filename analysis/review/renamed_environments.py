"""Environments whose file has another name now: the same is deployed, but Terraform looks for its state elsewhere."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from analysis.review.comparison import Comparison
from analysis.review.finding import Finding, Severity
from analysis.synthesized.stack import SynthesizedStack
from analysis.synthesized.values import blocks_in

_ALIKE: Final = 0.5
"""Part of its names that an environment shares with one that is gone, from which on it is that one."""
_NAMED: Final = 3
"""Names that are told of those that AWS refuses."""


def renamed_environments(
    before: Mapping[str, SynthesizedStack], after: Mapping[str, SynthesizedStack], known: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the name before of each environment that has another after it.

    `known` are those of which git says so; another new one is one that is gone if it makes things of the same names.
    """
    gone = [name for name in before if name not in after]
    found: dict[str, str] = {}
    for name in (name for name in after if name not in before):
        if known.get(name) in gone:
            found[name] = known[name]
            gone.remove(known[name])
    new = [name for name in after if name not in before and name not in found] if gone else []
    names_before = {old: set(_names(before[old])) for old in gone} if new else {}
    for name in new:
        names = set(_names(after[name]))
        alike = {old: len(names & set_) for old, set_ in names_before.items()}
        old = max(alike, key=lambda one: alike[one], default=None)
        if old is not None and names and alike[old] >= _ALIKE * len(names):
            found[name] = old
            del names_before[old]
    return found


def of_another_name(comparison: Comparison) -> Iterator[Finding]:
    """Yield what a deploy by the new name does while the state lies where it lay, and how to move it."""
    former = comparison.former_name
    if not former:
        return
    places = [_place_of_state(stack) for stack in (comparison.before, comparison.after)]
    if places[0] == places[1]:
        return
    shared = dict.fromkeys(name for name in _names(comparison.after) if name in set(_names(comparison.before)))
    taken = [f"{what} {name}" for what, name in shared]
    more = f" and {len(taken) - _NAMED} more" if len(taken) > _NAMED else ""
    otherwise = (
        "without it Terraform creates everything again, which AWS refuses: "
        f"{', '.join(taken[:_NAMED])}{more} are there already"
        if taken
        else f"without it another database is created, and what is deployed as {former} stays, unmanaged"
    )
    what = f"Terraform looks for the state of {former} in another place"
    yield Finding(Severity.HIGH, comparison.name, what, f"{_remedy(*places)} before the deploy: {otherwise}")


def _names(stack: SynthesizedStack) -> Iterator[tuple[str, str]]:
    """Yield the names of which AWS has one thing, and refuses another: what it is, and the name."""
    from aurora_serverless.options.name_kinds import KINDS  # noqa: PLC0415 (imports all options; for a rename only)

    for kind in KINDS:
        type_, _, argument = kind.argument.rpartition(".")
        for block in stack.of_type(type_) if kind.refuses_another else ():
            name = block.get(argument)
            if isinstance(name, str) and "${" not in name:
                yield kind.what, kind.comparison.compared(name)


def _place_of_state(stack: SynthesizedStack) -> tuple[str, Mapping[str, Any]]:
    terraform = stack.document.get("terraform", {})
    backends = terraform.get("backend")
    found = {"cloud": terraform["cloud"]} if "cloud" in terraform else backends if isinstance(backends, dict) else {}
    for type_, body in found.items():
        blocks = blocks_in(body)
        return type_, blocks[0] if blocks else {}
    return "local", {}


def _remedy(before: tuple[str, Mapping[str, Any]], after: tuple[str, Mapping[str, Any]]) -> str:
    (old_type, old), (type_, new) = before, after
    if old_type == type_ == "local" and "path" in old and "path" in new:
        return f"mv {PurePosixPath(str(old['path'])).name} {PurePosixPath(str(new['path'])).name}"
    if old_type == type_ == "s3" and old.get("bucket") == new.get("bucket"):
        return f'write backend.key = "{old.get("key")}", where the state lies, or copy it to {new.get("key")},'
    if old_type == type_ == "cloud":
        return f'write backend.workspace = "{_workspace(old)}", where the state lies, or rename that workspace,'
    return "move the state (terraform init -migrate-state)"


def _workspace(cloud: Mapping[str, Any]) -> str:
    return str(next((block.get("name") for block in blocks_in(cloud.get("workspaces"))), None))
