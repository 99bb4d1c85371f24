"""`aurora-serverless seed`: sample data into a developer's database."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.arguments.options import Json, finite
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.migrations.deadlines import BLOCKED_SECONDS
from operations.target.where import Where


def run(
    where: Where,
    *,
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", metavar="FILE", help="The statements.", show_default="migrations/seed.sql"),
    ] = None,
    lock_seconds: Annotated[
        float, typer.Option(min=0, callback=finite, metavar="SECONDS", help="How long to wait for a lock, up to 10.")
    ] = BLOCKED_SECONDS,
    json_output: Json = False,
) -> ExitStatus:
    """Write the sample data of migrations/seed.sql, in one transaction; a second run changes nothing.

    Refused for a database that reset refuses.
    """
    from operations.migrations.connection import connect, errors_as_lines  # noqa: PLC0415 (imports boto3)
    from operations.migrations.files import read_sql_file  # noqa: PLC0415
    from operations.migrations.protection import refuse_protected  # noqa: PLC0415
    from operations.migrations.statement_run import seed  # noqa: PLC0415

    found = read_sql_file(file if file is not None else where.project / "migrations" / "seed.sql")
    target = where.find()
    refuse_protected(where, target, "gets no sample data")
    with terminal.progress(f"seeding {target.name}") as progress, errors_as_lines():
        client = connect(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))
        seeded = seed(client, found, lock_seconds)
    rows = sum(one.rows for one in seeded)
    if json_output:
        statements = [{"statement": one.statement.beginning, "rows": one.rows} for one in seeded]
        terminal.say_json({"target": target.name, "rows": rows, "statements": statements})
    else:
        what = f"{rows} row{'' if rows == 1 else 's'} written" if rows else "the sample data already exist"
        terminal.say(Text(f"{target.name}: {what}", style="bold green"))
    return ExitStatus.DONE
