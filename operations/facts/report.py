"""Shows a comparison: what AWS has otherwise, what it does not tell, and what could not be asked."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from aurora_serverless.facts.table import written
from operations import terminal
from operations.facts.compare import Comparison
from operations.facts.difference import Difference


def say_comparison(comparison: Comparison, region: str, changed: Sequence[str] | None) -> None:
    """Print the differences; `changed` are the files that were changed, None where none was to be."""
    if comparison.differences:
        rows = [
            (
                difference.facts,
                difference.row,
                difference.what,
                written(difference.known) or "not known",
                written(difference.aws),
                difference.obstacle,
            )
            for difference in comparison.differences
        ]
        terminal.say_table(("facts", "of", "what", "known here", "AWS", "not written, because"), rows)
        terminal.say()
    for name, text in comparison.silent:
        terminal.say(Text(f"not compared: {name}: {text}", style="dim"))
    for failure in comparison.failures:
        terminal.note(f"not compared: {failure.facts}: {failure.error}; nothing of it is written", style="bold red")
    for name in changed or ():
        terminal.say(f"wrote {name}")
    compared = ", ".join(one.name for one in comparison.compared)
    if not compared:
        terminal.say(Text("nothing was compared with AWS", style="bold red"))
        return
    count = len(comparison.differences)
    style = "bold red" if count or comparison.failures else "bold green"
    what = f"{count} difference{'' if count == 1 else 's'}" if count else "no difference"
    terminal.say(Text(f"compared with AWS, engine in {region}: {compared}: {what}", style=style))


def comparison_as_json(comparison: Comparison, region: str, changed: Sequence[str] | None) -> dict[str, Any]:
    """Return a comparison as JSON has it."""
    return {
        "region": region,
        "compared": [one.name for one in comparison.compared],
        "differences": [_difference(one, is_written=changed is not None) for one in comparison.differences],
        "not_compared": [{"facts": name, "why": text} for name, text in comparison.silent],
        "failed": [{"facts": failure.facts, "why": str(failure.error)} for failure in comparison.failures],
        "written": list(changed or ()),
    }


def _difference(difference: Difference, *, is_written: bool) -> dict[str, Any]:
    return {
        "facts": difference.facts,
        "of": difference.row,
        "what": difference.what,
        "known": difference.known,
        "aws": difference.aws,
        "written": is_written and not difference.obstacle,
        "obstacle": difference.obstacle or None,
    }
