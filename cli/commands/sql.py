"""`aurora-serverless sql`: statements through the Data API, which change nothing unless asked to."""

import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
import typer.core

from analysis.files import read_standard_input, read_text
from cli.arguments.options import Json
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.output.sql_documents import Answers, CsvDocument, JsonDocument
from cli.output.sql_place import Place, placed
from operations.errors import wrong_input
from operations.sql.script import script_statements
from operations.target.where import Where

if TYPE_CHECKING:
    from aurora_serverless_data_api import Result
    from aurora_serverless_data_api.splitting import Statement
    from operations.sql.database import Database
    from operations.target.target import Target

    Ask = Callable[[str], Iterable[Result]]
    """Runs a statement, and yields what it answers, some rows at a time."""

_OPTION: Final = re.compile(r"--([A-Za-z][A-Za-z0-9-]*(=.*)?)?")


class TakesStatement(typer.core.TyperCommand):
    """A command whose last argument is SQL."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, of which one that cannot be an option is the statement."""
        options = args[: args.index("--")] if "--" in args else args
        statements = [word for word in options if word.startswith("--") and not _OPTION.fullmatch(word)]
        if statements:
            others = [word for word in options if word not in statements]
            args = [*others, "--", *statements, *args[len(options) + 1 :]]
        return super().parse_args(ctx, args)


class_of_command = TakesStatement


def run(
    where: Where,
    *,
    statement: Annotated[str | None, typer.Argument(help="The SQL; without it and --file, standard input.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", metavar="FILE", help="Run the statements of a file.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Let statements change the database.")] = False,
    no_transaction: Annotated[
        bool,
        typer.Option("--no-transaction", help="With --write: run each statement on its own, such as VACUUM."),
    ] = False,
    csv_output: Annotated[bool, typer.Option("--csv", help="The rows as CSV; for one statement.")] = False,
    json_output: Json = False,
) -> ExitStatus:
    """Run SQL: read-only, unless --write is given.

    All statements run in one transaction: if one fails, all are rolled back. Without --write PostgreSQL itself refuses
    every change, even in a function. A paused cluster is resumed. Rows that do not fit the terminal get one line per
    value; --csv and --json take results of any size. In CSV NULL is an empty field, and an empty string is "".
    """
    if where.cluster_arn is not None and where.environment is not None and statement is None and file is None:
        # With ARNs there is no environment: the one argument is the statement.
        where, statement = replace(where, environment=None), where.environment
    text = _text(statement, file)
    statements = script_statements(text)
    if no_transaction and not write:
        raise wrong_input("--no-transaction needs --write: outside a transaction nothing prevents changes")
    _check_output(len(statements), as_csv=csv_output, as_json=json_output)
    target = where.find()
    script = _Script(text, statements, target, shows_place=not json_output)
    with (
        closing(_answers(len(statements), write=write, as_csv=csv_output, as_json=json_output)) as answers,
        terminal.progress(f"asking {target.name}") as progress,
    ):
        database = _database(target, progress)
        begun = time.perf_counter()
        with _asking(database, write=write, in_transaction=not no_transaction, by_pages=answers.has_any_size) as ask:
            for each in statements:
                answers.begin_result()
                for page in script.pages(each, ask):
                    with progress.aside():
                        answers.add(page)
        seconds = time.perf_counter() - begun
        with progress.aside():
            answers.end(seconds)
    return ExitStatus.DONE


def _answers(statements: int, *, write: bool, as_csv: bool, as_json: bool) -> Answers:
    if as_json:
        return JsonDocument(read_only=not write, statements=statements)
    return CsvDocument() if as_csv else Answers()


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

    def __init__(self, text: str, statements: "list[Statement]", target: "Target", *, shows_place: bool) -> None:
        self._text = text
        self._has_more_than_one = len(statements) > 1
        self._target = target
        self._shows_place = shows_place

    def pages(self, statement: "Statement", ask: "Ask") -> "Iterator[Result]":
        """Yield what a statement answers. Raises OperationsError, of a failed statement with its place."""
        from operations.sql.errors import StatementFailed  # noqa: PLC0415 (imports boto3)
        from operations.sql.remedies import Asker, hint  # noqa: PLC0415

        try:
            yield from ask(statement.text)
        except StatementFailed as error:
            raise placed(
                error,
                Place(self._text, statement.start + (error.position or 1) - 1),
                names_line=self._has_more_than_one,
                hint=hint(error.error, Asker.SQL, self._target.command),
                shows_place=self._shows_place,
            ) from None


def _database(target: "Target", progress: terminal.Progress) -> "Database":
    from operations.sql.database import Database  # noqa: PLC0415 (imports boto3)

    return Database(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))


@contextmanager
def _asking(database: "Database", *, write: bool, in_transaction: bool, by_pages: bool) -> "Iterator[Ask]":
    """Return what runs statements, all in one transaction or each for itself; `by_pages` takes results of any size."""
    from aurora_serverless_data_api.sql_tokens import takes_a_cursor  # noqa: PLC0415 (imports boto3)

    if not in_transaction:
        yield lambda sql: [database.query_alone(sql)]
        return
    with database.transaction(read_only=not write) as transaction:
        yield lambda sql: transaction.pages(sql) if by_pages and takes_a_cursor(sql) else [transaction.query(sql)]
