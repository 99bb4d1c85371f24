"""The page docs/facts.md, made from the files of facts: each table with the date and the source of every row."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from aurora_serverless.facts.engine_parameters import engine_parameters
from aurora_serverless.facts.files import FACT_FILES, FactFile
from aurora_serverless.facts.table import CERTAINTIES, COLUMNS_OF_EVERY_ROW, cells, columns, oldest

TEMPLATE: Final = Path(__file__).with_name("facts_page.md")
"""The page's text that is about no single row, with a line for each generated part."""

_COUNTED_ONLY: Final = frozenset({"parameters"})
"""Files with too many rows for a page."""


def facts_page() -> str:
    """Return the whole page as Markdown. It says dates and no ages, so that it is the same every day."""
    generated = {"summary": _summary(), "serverless": _serverless(), "tables": _tables()}
    page = TEMPLATE.read_text(encoding="utf-8")
    for name, lines in generated.items():
        page = page.replace(f"{{{name}}}\n", "\n".join(lines) + "\n")
    return page


def _summary() -> Iterator[str]:
    yield "| facts | rows | oldest | newest | certainties |\n|---|---|---|---|---|"
    for file in FACT_FILES:
        rows = file.read()
        counts = Counter(row.certainty for row in rows)
        certain = ", ".join(f"{counts[certainty]} {certainty}" for certainty in CERTAINTIES if counts[certainty])
        newest = max(rows, key=lambda row: row.date)
        name = f"[{file.path.name}](../constructs/aurora_serverless/facts/{file.path.name})"
        yield f"| {name}: {file.what} | {len(rows)} | {oldest(rows).seen} | {newest.seen} | {certain} |"


def _serverless() -> Iterator[str]:
    yield "| parameter | majors | serverless | certainty | date | source |\n|---|---|---|---|---|---|"
    for rows in engine_parameters().values():
        for row in rows:
            if row.serverless:
                values = (row.name, row.majors, row.serverless, row.certainty, row.seen, row.source)
                yield f"| {' | '.join(_escaped(value) for value in values)} |"


def _tables() -> Iterator[str]:
    for file in FACT_FILES:
        if file.name not in _COUNTED_ONLY:
            yield from _table(file)


def _table(file: FactFile) -> Iterator[str]:
    """Yield a table, of which the last column is the number of a source in the list below it."""
    count = len(COLUMNS_OF_EVERY_ROW)
    names = [name.replace("_", " ") for name in columns(file.row)[:-count]]
    rows = file.read()
    sources = {source: number for number, source in enumerate(dict.fromkeys(row.source for row in rows), start=1)}
    yield f"\n## {file.name.capitalize()}\n{file.what[0].upper()}{file.what[1:]}.\n"
    yield f"| {' | '.join(names)} | certainty | date | source |\n|{'---|' * (len(names) + 3)}"
    for row in rows:
        values = (*cells(row)[:-count], row.certainty, row.seen, str(sources[row.source]))
        yield f"| {' | '.join(_escaped(value) for value in values)} |"
    yield ""
    yield from (f"{number}. {_escaped(source)}" for source, number in sources.items())


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")
