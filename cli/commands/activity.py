"""`aurora-serverless activity`: who waits for whom, what takes long, who is connected, and which tables are large."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.text import Text

from cli.arguments.options import Json, finite
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.activity import queries as activity_queries
from operations.activity.blockers import WAITS, Blocker, short, without_passwords
from operations.activity.locks import chains
from operations.target.where import Where

if TYPE_CHECKING:
    from aurora_serverless_data_api import Result
    from operations.sql.database import Database

LONG_SECONDS: Final = 60.0

Rows = list[dict[str, Any]]


def run(
    where: Where,
    *,
    longer_than_seconds: Annotated[
        float,
        typer.Option(
            min=0, max=1e9, callback=finite, metavar="SECONDS", help="How long a query must run to be listed."
        ),
    ] = LONG_SECONDS,
    tables: Annotated[
        int, typer.Option(min=0, max=1000, metavar="NUMBER", help="How many of the largest tables.")
    ] = 10,
    json_output: Json = False,
) -> ExitStatus:
    """Show who waits for whose lock, long-running queries, connections and the largest tables.

    Waits for no lock itself: what cannot be read at once is left out, with the reason. Only reads, but wakes a paused
    cluster. Literals of a query that mentions a secret are not shown.
    """
    from operations.sql.database import Database  # noqa: PLC0415 (imports boto3)

    target = where.find()
    with terminal.progress(f"asking {target.name}") as progress:
        database = Database(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))
        found = _ask(database, longer_than_seconds, tables)
    if json_output:
        terminal.say_json({"target": target.name, "longer_than_seconds": longer_than_seconds, **found})
    else:
        _say(found, longer_than_seconds, where.words())
    return ExitStatus.DONE


def _ask(database: "Database", seconds: float, tables: int) -> dict[str, Any]:
    """Ask each question by itself, the most urgent one first; one that PostgreSQL refuses is None, and in `skipped`."""
    from operations.sql.errors import StatementFailed  # noqa: PLC0415 (imports boto3)

    questions = {
        "locks": WAITS.format(which="waiting.wait_event_type = 'Lock'"),
        "long_running": activity_queries.LONG_RUNNING.format(seconds=seconds),
        "connections": activity_queries.CONNECTIONS,
        "maximum_connections": activity_queries.MOST_CONNECTIONS,
        "largest_tables": activity_queries.LARGEST_TABLES.format(tables=tables),
        "tables_not_measured": activity_queries.NOT_MEASURED.format(tables=tables),
    }
    found: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    for part, sql in questions.items():
        try:
            with database.transaction(read_only=True) as transaction:
                transaction.query(activity_queries.LIMITS)
                found[part] = _rows(transaction.query(sql))
        except StatementFailed as error:
            found[part], skipped[part] = None, str(error)
    if (most := found["maximum_connections"]) is not None:
        [[found["maximum_connections"]]] = [list(row.values()) for row in most]
    for wait in found["locks"] or ():
        wait["ends_with"] = Blocker.of(wait).ending
    return found | {"skipped": skipped}


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
_SIZES: Final = {"bytes": "size", "table_bytes": "of rows", "index_bytes": "of indexes"}
_TABLES: Final = {"table": "table", **_SIZES, "rows_estimated": "rows, estimated"}


def _say(found: dict[str, Any], seconds: float, where: Sequence[str]) -> None:
    _say_locks(found["locks"], where)
    title = f"Queries that run, or transactions that wait, for longer than {seconds:g} s"
    _say_rows(title, found["long_running"], _LONG_RUNNING)
    connections = found["connections"]
    count = "unknown" if connections is None else sum(row["connections"] for row in connections)
    _say_rows(f"Connections: {count} of at most {found['maximum_connections'] or 'unknown'}", connections, _CONNECTIONS)
    tables = found["largest_tables"]
    if tables is not None:
        tables = [row | {name: _bytes(row[name]) for name in _SIZES} for row in tables]
    _say_rows("Largest tables", tables, _TABLES, right=set(_SIZES))
    for row in found["tables_not_measured"] or ():
        size = _bytes(row["bytes_estimated"])
        terminal.say(Text(f"{terminal.printable(row['table'])} is locked and not measured: {size} when last analyzed"))
    for part, reason in found["skipped"].items():
        terminal.say(Text(f"{part.replace('_', ' ')}: skipped, {terminal.printable(reason)}", style="yellow"))


def _say_locks(waits: Rows | None, where: Sequence[str]) -> None:
    terminal.say(Text(_LOCKS, style="bold"), Text(": none" if waits == [] else "", style="dim"))
    for line in chains(waits or [], where):
        terminal.say(terminal.printable(line))
    terminal.say()


_LOCKS: Final = "Locks: who waits for whom"


def _say_rows(
    title: str, rows: Rows | None, columns: dict[str, str], right: frozenset[str] | set[str] = frozenset()
) -> None:
    if not rows:
        is_none = rows is not None and "of at most" not in title
        terminal.say(Text(title, style="bold"), Text(": none" if is_none else "", style="dim"))
        terminal.say()
        return
    numbers = [
        index for index, name in enumerate(columns) if name in right or all(isinstance(row[name], int) for row in rows)
    ]
    shown = [[_short(row[name]) for name in columns] for row in rows]
    terminal.say_table(list(columns.values()), shown, title=title, right=numbers)
    terminal.say()


def _short(value: Any) -> str:
    return short(value) if value is not None else ""


def _bytes(count: int) -> str:
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:  # noqa: PLR2004 (bytes of a kibibyte)
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"
