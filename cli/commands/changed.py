"""`aurora-serverless changed`: the environments that a change touches, as the matrix of a pipeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cli.arguments.options import Base, Json, NoCache, Project, Synthesized
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.target.where import PROJECT

if TYPE_CHECKING:
    from analysis.review.review import Touched


def run(
    *,
    base: Base = None,
    change: Synthesized = None,
    project: Project = PROJECT,
    no_cache: NoCache = False,
    json_output: Json = False,
) -> ExitStatus:
    """List the environments that a change affects: added, changed, renamed, removed.

    An environment is affected if its synthesized JSON differs. Compares like review, and needs no AWS account. --json
    has what a pipeline deploys in `include`, a job matrix, and in `waves`, by each file's key wave.
    """
    found = find(project, base, change=change, keep=not no_cache)
    for note in found.notes:
        terminal.note(note)
    if json_output:
        terminal.say_json(as_json(found))
    else:
        say(found)
    return ExitStatus.DONE


@dataclass(frozen=True)
class Changed:
    """The environments that differ from `base`, those that do not, and the wave of each that has a file."""

    base: str
    touched: "Sequence[Touched]"
    unchanged: Sequence[str]
    waves: Mapping[str, int]
    notes: Sequence[str] = ()

    @property
    def deployed(self) -> "Sequence[Touched]":
        """Those that there are after the change, in the order of their waves."""
        from analysis.review.review import Presence  # noqa: PLC0415 (only what needs it)

        there = [one for one in self.touched if one.presence is not Presence.REMOVED]
        return sorted(there, key=lambda one: (self.wave(one.name), one.name))

    @property
    def removed(self) -> Sequence[str]:
        """Those whose files are gone: no pipeline deploys them, and what they made is still there."""
        there = {one.name for one in self.deployed}
        return [one.name for one in self.touched if one.name not in there]

    def wave(self, name: str) -> int:
        """Return the wave of an environment; of a program without environment files, all have the first."""
        from stacks.waves import FIRST_WAVE  # noqa: PLC0415

        return self.waves.get(name, FIRST_WAVE)


def find(project: Path, base: str | None, *, change: Path | None = None, keep: bool = True) -> Changed:
    """Return what a change touches. Raises AnalysisError."""
    from analysis.review.base import both_sides  # noqa: PLC0415
    from analysis.review.review import touched  # noqa: PLC0415
    from stacks.waves import read_waves  # noqa: PLC0415

    with terminal.progress("synthesizing both sides"):
        sides = both_sides(project, base, change=change, keep=keep)
    found, unchanged = touched(sides.before, sides.after, sides.renamed)
    return Changed(sides.base, found, unchanged, read_waves(project / "environments"), sides.notes)


def as_json(changed: Changed) -> dict[str, Any]:
    """Return what a pipeline reads."""
    waves: dict[str, list[str]] = {}
    for one in changed.deployed:
        waves.setdefault(str(changed.wave(one.name)), []).append(one.name)
    return {
        "base": changed.base,
        "include": [
            {
                "environment": one.name,
                "change": one.presence.value,
                "former_name": one.former_name or None,
                "wave": changed.wave(one.name),
            }
            for one in changed.deployed
        ],
        "waves": waves,
        "removed": list(changed.removed),
        "unchanged": list(changed.unchanged),
    }


def say(changed: Changed) -> None:
    """Print what a person reads."""
    order = [*changed.deployed, *(one for one in changed.touched if one.name in changed.removed)]
    if order:
        rows = [
            (
                one.name,
                f"{one.presence.value}, was {one.former_name}" if one.former_name else one.presence.value,
                "" if one.name in changed.removed else str(changed.wave(one.name)),
            )
            for one in order
        ]
        terminal.say_table(("environment", "change", "wave"), rows, right=(2,))
    count = len(changed.touched)
    said = f"{count} environment{'' if count == 1 else 's'} ({len(changed.unchanged)} unchanged)"
    terminal.say(Text(f"against {terminal.printable(changed.base)}: {said}", style="bold"))
