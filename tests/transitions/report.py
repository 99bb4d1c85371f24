"""Writes docs/transitions.md: of each part of the matrix its last run, with the figures and every fault."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from benchmarks.report import write_into_document
from tests.conftest import ROOT
from tests.transitions.interruptions import Ended, Ending
from tests.transitions.outcome import Outcome, Result

DOCUMENT: Final = ROOT / "docs" / "transitions.md"
_LONGEST_TEXT: Final = 400


@dataclass(frozen=True)
class Figures:
    """What a run cost: processor seconds of all processes together, and seconds of the clock."""

    processor_seconds: float
    seconds: float
    width: int


def write_part(
    part: str, how: str, results: Sequence[Result | Ended], figures: Figures, document: Path = DOCUMENT
) -> None:
    """Write the results of a part, `fixed list`, `random pairs` or `interruptions`, where its last ones are."""
    transitions = [one for one in results if isinstance(one, Result)]
    interruptions = [one for one in results if isinstance(one, Ended)]
    text = _of_interruptions(how, interruptions, figures) if interruptions else _text(how, transitions, figures)
    write_into_document(text, f"make transitions: {part}", document)


def _of_interruptions(how: str, results: Sequence[Ended], figures: Figures) -> str:
    counts = Counter(result.ending for result in results)
    lines = [
        f"{date.today().isoformat()}, {how}: {len(results)} interruptions; {figures.processor_seconds:.0f} s of "
        f"processor time in {figures.seconds / 60:.0f} minutes.",
        "",
        "| ending | interruptions |",
        "|---|--:|",
        *(f"| {ending} | {counts[ending]} |" for ending in Ending),
        "",
        "Those that need a command, or do not converge:",
        "",
        "| environment | signal | at | commands | ending | what was said |",
        "|---|---|---|---|---|---|",
        *(
            f"| {one.interruption.environment} | {one.interruption.signal.name} | {one.operation} | "
            f"{_cell('; '.join(f'`{command}`' for command in one.commands))} | {one.ending} | "
            f"{_cell('; '.join(one.says))} |"
            for one in results
            if one.ending is not Ending.CONVERGES
        ),
    ]
    return "\n".join(lines)


def _text(how: str, results: Sequence[Result], figures: Figures) -> str:
    counts = Counter(result.outcome for result in results)
    differing = sum(bool(result.review_differs) for result in results)
    per = figures.processor_seconds / max(len(results), 1)
    lines = [
        f"{date.today().isoformat()}, {how}: {len(results)} transitions, {figures.width} deployments side by side; "
        f"{figures.processor_seconds:.0f} s of processor time ({per:.1f} s a transition) "
        f"in {figures.seconds / 60:.0f} minutes.",
        "",
        "| outcome | transitions |",
        "|---|--:|",
        *(
            f"| {outcome} | {counts[outcome]} |"
            for outcome in Outcome
            if counts[outcome] or outcome is not Outcome.NOT_CREATED
        ),
        f"| of all, those of which the review says something else than the plan | {differing} |",
        "",
        *_listed("Faults", [result for result in results if result.is_fault]),
        *_listed("Refused by the plan", [one for one in results if one.outcome is Outcome.REFUSED_BY_THE_PLAN]),
        *_listed("Refused at synthesis", [one for one in results if one.outcome is Outcome.REFUSED_AT_SYNTHESIS]),
    ]
    return "\n".join(lines).rstrip()


def _listed(title: str, results: Iterable[Result]) -> list[str]:
    rows = [
        f"| {_cell(result.name)} | {_cell(_keys(result))} | {result.outcome} | {_cell(_says(result))} |"
        for result in results
    ]
    if not rows:
        return [f"{title}: none.", ""]
    return [
        f"{title}:",
        "",
        "| transition | keys that matter | outcome | what was said |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def _keys(result: Result) -> str:
    keys = result.keys if result.shrunk_to is None else {key: result.keys[key] for key in result.shrunk_to}
    return ", ".join(
        f"`{key}` = {_value(value)}" if value is not None else f"`{key}` taken out" for key, value in keys.items()
    )


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _says(result: Result) -> str:
    heals = {None: "", True: "; a second apply ends right", False: "; a second apply fails too"}[result.heals]
    return "; ".join([*result.says, *result.review_differs]) + heals


def _cell(text: str) -> str:
    text = " ".join(text.replace("|", "\\|").split())
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]} …"
