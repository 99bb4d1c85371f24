"""`aurora-serverless sql`: statements through the Data API, which change nothing unless asked to."""

import csv
import io
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from analysis.files import read_standard_input, read_text
from cli.arguments.options import Json
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.output.sql_place import ErrorInText, Place
from operations.errors import OperationsError, wrong_input
from operations.sql.script import script_statements
from operations.target.where import Where

if TYPE_CHECKING:
    from aurora_serverless_data_api import Result
    from aurora_serverless_data_api.splitting import Statement
    from operations.sql.database import Database
    from operations.sql.errors import StatementFailed
    from operations.target.target import Target


def run(
    where: Where,
    *,
    statement: Annotated[str | None, typer.Argument(help="The SQL; without it and --file, standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", metavar="FILE", help="Statements of a file.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Let statements change the database.")] = False,
    no_transaction: Annotated[
        bool,
        typer.Option("--no-transaction", help="With --write: each statement for itself, such as VACUUM."),
    ] = False,
    csv_output: Annotated[bool, typer.Option("--csv", help="The rows as CSV; for one statement.")] = False,
    json_output: Json = False,
) -> ExitStatus:
    """Run SQL: read-only, unless --write is given.

    All statements run in one transaction, and a failed one undoes all. Without --write PostgreSQL itself refuses every
    change, also one in a function. A paused cluster is resumed. NULL is empty in CSV.
    """
    if where.cluster_arn is not None and where.environment is not None and statement is None and file is None:
        # With ARNs there is no environment: the one argument is the statement.
        where, statement = replace(where, environment=None), where.environment
    script = _Script(_text(statement, file), shows_place=not json_output)
    if no_transaction and not write:
        raise wrong_input("--no-transaction needs --write: outside of a transaction nothing keeps a change away")
    _check_output(len(script.statements), as_csv=csv_output, as_json=json_output)
    results, seconds = _asked(where.find(), script, write=write, in_transaction=not no_transaction)
    if json_output:
        answers = [_as_json(result) for result in results]
        terminal.say_json({"read_only": not write, "seconds": round(seconds, 3), "results": answers})
    elif csv_output:
        _say_csv(results[0])
    else:
        for result in results:
            _say(result)
    return ExitStatus.DONE


def _check_output(count: int, *, as_csv: bool, as_json: bool) -> None:
    if as_csv and as_json:
        raise wrong_input("give --csv or --json, not both")
    if as_csv and count > 1:
        raise wrong_input(f"--csv is for one statement, and there are {count}: use --json")


def _text(statement: str | None, file: Path | None) -> str:
    if statement is not None and file is not None:
        raise wrong_input("give a statement or --file, not both")
    if file is not None and str(file) != "-":
        return read_text(file)
    if statement is not None and statement != "-":
        return statement
    if sys.stdin.isatty() and statement is None and file is None:
        raise wrong_input(
            'there is no statement: ./aurora-serverless sql dev "SELECT 1", --file FILE, or - for standard input'
        )
    return read_standard_input()


class _Script:
    """What somebody wrote, and the statements in it; `shows_place` adds to an error the line in which it is."""

    def __init__(self, text: str, *, shows_place: bool) -> None:
        self.statements = script_statements(text)
        self._text = text
        self._shows_place = shows_place

    def run(self, query: "Callable[[str], Result]") -> "list[Result]":
        """Return what each statement answers. Raises OperationsError, of a failed statement with its place."""
        from operations.sql.errors import StatementFailed  # noqa: PLC0415 (imports boto3)

        results = []
        for statement in self.statements:
            try:
                results.append(query(statement.text))
            except StatementFailed as error:
                raise self._placed(error, statement) from None
        return results

    def _placed(self, error: "StatementFailed", statement: "Statement") -> OperationsError:
        """Return the error with line, column and hint; where PostgreSQL names no place, with the statement's line."""
        place = Place(self._text, statement.start + (error.position or 1) - 1)
        where = f" at line {place.line}, column {place.column}" if error.position else ""
        if not error.position and len(self.statements) > 1:
            where = f" in the statement of line {place.line}"
        hint = f"; hint: {error.hint}" if error.hint else ""
        excerpt = place.excerpt(with_caret=bool(error.position)) if where and self._shows_place else ()
        return ErrorInText(f"{error}{where}{hint}", error.kind, excerpt=excerpt)


def _asked(target: "Target", script: _Script, *, write: bool, in_transaction: bool) -> "tuple[list[Result], float]":
    """Return what the statements answer, and how many seconds it took."""
    from operations.sql.database import Database  # noqa: PLC0415 (imports boto3)

    with terminal.progress(f"asking {target.name}") as progress:
        database = Database(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))
        before = time.perf_counter()
        if in_transaction:
            with database.transaction(read_only=not write) as query:
                results = script.run(query)
        else:
            results = script.run(_each_alone(database))
        return results, time.perf_counter() - before


def _each_alone(database: "Database") -> "Callable[[str], Result]":
    def query(sql: str) -> "Result":
        try:
            return database.query(sql)
        except Exception:
            raise
        except BaseException as stopped:
            stopped.add_note("the statement that ran may go on to its end, and counts then")
            raise

    return query


def _as_json(result: "Result") -> dict[str, Any]:
    return {
        "columns": [{"name": column.name, "type": column.type} for column in result.columns],
        "rows": [[_exact(value) for value in row] for row in result.rows],
        "updated_rows": result.updated_rows,
    }


def _exact(value: Any) -> Any:
    """Return a numeric as text: a number of JSON is read as one of 53 bits by most programs."""
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value


def _say_csv(result: "Result") -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if result.columns:
        writer.writerow([column.name for column in result.columns])
    writer.writerows([["" if value is None else _shown(value) for value in row] for row in result.rows])
    terminal.say_data(text.getvalue())


def _say(result: "Result") -> None:
    if not result.columns:
        terminal.say(Text(f"done, {_count(result.updated_rows)} changed", style="green"))
        return
    numbers = [index for index, column in enumerate(result.columns) if column.type in _NUMBER_TYPES]
    terminal.say_table(
        [column.name for column in result.columns],
        [[Text("NULL", style="dim") if value is None else _shown(value) for value in row] for row in result.rows],
        right=numbers,
    )
    terminal.say(Text(f"({_count(len(result.rows))})", style="dim"))


_NUMBER_TYPES = frozenset("int2 int4 int8 float4 float8 numeric oid serial bigserial".split())


def _count(rows: int) -> str:
    return f"{rows} row{'' if rows == 1 else 's'}"


def _shown(value: Any) -> str:
    """Return a value as PostgreSQL writes it, near enough for reading."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, list):
        return "{" + ",".join("NULL" if item is None else _shown(item) for item in value) + "}"
    return str(value)
