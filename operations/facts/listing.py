"""What is known, for people and for scripts: each file with the age of its rows, and the rows of one."""

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from aurora_serverless.facts.files import FACT_FILES, FactFile
from aurora_serverless.facts.table import CERTAINTIES, COLUMNS_OF_EVERY_ROW, Fact, FactError, cells, columns, oldest
from operations import terminal
from operations.errors import wrong_input


def find_files(names: Sequence[str]) -> tuple[FactFile, ...]:
    """Return the files of these names, all of them for none. Raises OperationsError (2) for another name."""
    known = {file.name: file for file in FACT_FILES}
    for name in names:
        if name not in known:
            nearest = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
            hint = f"did you mean {nearest[0]}? " if nearest else ""
            raise wrong_input(f"there are no facts called {name}; {hint}Known are {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names)) or FACT_FILES


def rows_of(file: FactFile, region: str | None = None) -> tuple[Fact, ...]:
    """Return the rows of a file, with `region` those of that Region. Raises OperationsError (2)."""
    try:
        rows = file.read()
    except FactError as error:
        raise wrong_input(str(error)) from None
    if region is None:
        return rows
    if "region" not in columns(file.row):
        raise wrong_input(f"--region {region}: {file.name} are of no Region; leave --region out")
    found = tuple(row for row in rows if getattr(row, "region", None) == region)
    if not found:
        known = sorted({str(getattr(row, "region", "")) for row in rows})
        raise wrong_input(f"--region {region}: {file.name} are known of {', '.join(known)}")
    return found


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
    terminal.note("alexdb facts NAME shows the rows; alexdb facts --compare asks AWS")


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
