"""Shows what is known of AWS, with its age, and how it compares with what AWS answers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.text import Text

from aurora_serverless.facts.files import FactFile
from aurora_serverless.facts.table import CERTAINTIES, COLUMNS_OF_EVERY_ROW, Fact, cells, columns, oldest, written
from cli.output import terminal
from operations.facts.difference import Difference
from operations.facts.rows import rows_of

if TYPE_CHECKING:
    from operations.facts.compare import Comparison


def say_files(files: Iterable[FactFile], today: date) -> None:
    """Print a row for each file: how many rows, how old, how certain."""
    lines = []
    for file in files:
        found = _summary(file, today)
        ages = found["age_days"]
        certainties = ", ".join(f"{count} {certainty}" for certainty, count in found["certainties"].items())
        lines.append(
            (file.name, str(found["rows"]), found["oldest"], found["newest"], f"{ages:,}", certainties, file.what)
        )
    names = ("facts", "rows", "oldest", "newest", "days old", "certainties", "what they are")
    terminal.say_table(names, lines, right=(1, 4))
    terminal.note("./aurora-serverless facts NAME shows the rows; ./aurora-serverless facts --compare asks AWS")


def files_as_json(files: Iterable[FactFile], today: date) -> dict[str, Any]:
    """Return what `say_files` prints."""
    return {"as_of": today, "facts": [_summary(file, today) for file in files]}


def _summary(file: FactFile, today: date) -> dict[str, Any]:
    rows = rows_of(file)
    counts = Counter(row.certainty for row in rows)
    first = oldest(rows) if rows else None
    return {
        "name": file.name,
        "what": file.what,
        "file": file.path.name,
        "rows": len(rows),
        "oldest": first and first.seen,
        "newest": max((row for row in rows), key=lambda row: row.date).seen if rows else None,
        "age_days": first and _age(first, today),
        "certainties": {certainty: counts[certainty] for certainty in CERTAINTIES if counts[certainty]},
    }


def say_rows(file: FactFile, rows: Sequence[Fact], today: date) -> None:
    """Print the rows of a file, each with its source, its date and its age."""
    names = _own_columns(file)
    lines = [(*cells(row)[: len(names)], row.certainty, row.seen, str(_age(row, today)), row.source) for row in rows]
    heads = (*(name.replace("_", " ") for name in names), "certainty", "date", "days old", "source")
    terminal.say_table(heads, lines, title=file.what, right=(len(names) + 2,))


def rows_as_json(file: FactFile, rows: Sequence[Fact], today: date) -> dict[str, Any]:
    """Return the rows as JSON has them: `age_days` is that of each row."""
    names = _own_columns(file)
    return {
        "name": file.name,
        "what": file.what,
        "file": file.path.name,
        "rows": [
            {name: getattr(row, name) for name in names}
            | {"source": row.source, "date": row.seen, "certainty": row.certainty, "age_days": _age(row, today)}
            for row in rows
        ],
    }


def _own_columns(file: FactFile) -> tuple[str, ...]:
    return columns(file.row)[: -len(COLUMNS_OF_EVERY_ROW)]


def _age(row: Fact, today: date) -> int:
    return (today - row.date).days


def say_comparison(comparison: "Comparison", region: str, changed: Sequence[str] | None) -> None:
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


def comparison_as_json(comparison: "Comparison", region: str, changed: Sequence[str] | None) -> dict[str, Any]:
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
