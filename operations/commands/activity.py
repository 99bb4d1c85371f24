"""`alexdb activity`: who is connected, what takes long, who waits for whom, and which tables are large."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.text import Text

from operations import activity_queries, terminal
from operations.activity_queries import without_passwords
from operations.exit_status import ExitStatus
from operations.numbers import finite
from operations.options import Json
from operations.where import Where

if TYPE_CHECKING:
    from operations.database import Result

LONG_SECONDS: Final = 60.0
_LONGEST_QUERY: Final = 120

Rows = list[dict[str, Any]]


def run(
    where: Where,
    *,
    longer_than_seconds: Annotated[
        float,
        typer.Option(min=0, max=1e9, callback=finite, metavar="SECONDS", help="From when on a query is a long one."),
    ] = LONG_SECONDS,
    tables: Annotated[int, typer.Option(min=0, max=1000, metavar="NUMBER", help="How many of the largest.")] = 10,
    json_output: Json = False,
) -> ExitStatus:
    """Show long-running queries, connections, locks and the largest tables.

    Asks the database in a read-only transaction, and so wakes a paused cluster. Passwords in the texts of queries are
    left out.
    """
    from operations.database import Database  # noqa: PLC0415 (imports boto3)

    target = where.find()
    with terminal.progress(f"asking {target.name}") as progress:
        database = Database(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))
        with database.transaction(read_only=True) as query:
            found = _ask(query, longer_than_seconds, tables)
    if json_output:
        terminal.say_json({"target": target.name, "longer_than_seconds": longer_than_seconds, **found})
    else:
        _say(found, longer_than_seconds)
    return ExitStatus.DONE


def _ask(query: "Callable[[str], Result]", seconds: float, tables: int) -> dict[str, Any]:
    [[most]] = query(activity_queries.MOST_CONNECTIONS).rows
    return {
        "maximum_connections": most,
        "connections": _rows(query(activity_queries.CONNECTIONS)),
        "long_running": _rows(query(activity_queries.LONG_RUNNING.format(seconds=seconds))),
        "locks": _rows(query(activity_queries.LOCKS)),
        "largest_tables": _rows(query(activity_queries.LARGEST_TABLES.format(tables=tables))),
    }


def _rows(result: "Result") -> Rows:
    names = [column.name for column in result.columns]
    rows = [dict(zip(names, row, strict=True)) for row in result.rows]
    for row in rows:
        for name in row:
            if name.endswith("query"):
                row[name] = without_passwords(row[name])
    return rows


_CONNECTIONS: Final = {"state": "state", "user": "user", "connections": "connections", "longest_seconds": "longest (s)"}
_LONG_RUNNING: Final = {
    "pid": "pid",
    "user": "user",
    "state": "state",
    "seconds": "seconds",
    "waits_for": "waits for",
    "query": "query",
}
_LOCKS: Final = {
    "waiting_pid": "waits",
    "waiting_seconds": "seconds",
    "waiting_query": "with",
    "holding_pid": "for",
    "holding_state": "which is",
    "holding_query": "its last query",
}
_SIZES: Final = {"bytes": "size", "table_bytes": "of rows", "index_bytes": "of indexes"}
_TABLES: Final = {"table": "table", **_SIZES, "rows_estimated": "rows, estimated"}


def _say(found: dict[str, Any], seconds: float) -> None:
    count = sum(row["connections"] for row in found["connections"])
    _say_rows(f"Connections: {count} of at most {found['maximum_connections']}", found["connections"], _CONNECTIONS)
    title = f"Queries that run, or transactions that wait, for longer than {seconds:g} s"
    _say_rows(title, found["long_running"], _LONG_RUNNING)
    _say_rows("Locks: who waits for whom", found["locks"], _LOCKS)
    tables = [row | {name: _bytes(row[name]) for name in _SIZES} for row in found["largest_tables"]]
    _say_rows("Largest tables", tables, _TABLES, right=set(_SIZES))


def _say_rows(title: str, rows: Rows, columns: dict[str, str], right: frozenset[str] | set[str] = frozenset()) -> None:
    if not rows:
        terminal.say(Text(title, style="bold"), Text("" if "of at most" in title else ": none", style="dim"))
        terminal.say()
        return
    numbers = [
        index for index, name in enumerate(columns) if name in right or all(isinstance(row[name], int) for row in rows)
    ]
    shown = [[_short(row[name]) for name in columns] for row in rows]
    terminal.say_table(list(columns.values()), shown, title=title, right=numbers)
    terminal.say()


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST_QUERY else text[: _LONGEST_QUERY - 1] + "…"


def _bytes(count: int) -> str:
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:  # noqa: PLR2004 (bytes of a kibibyte)
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"
