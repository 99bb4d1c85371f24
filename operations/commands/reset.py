"""`alexdb reset`: drops what the migrations made, on a database whose data nobody needs."""

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.text import Text

from operations import terminal
from operations.commands.migrate import Folder, LockSeconds, folder_of
from operations.errors import failed, wrong_input
from operations.exit_status import ExitStatus
from operations.migrations.deadlines import LOCK_SECONDS
from operations.options import Json
from operations.where import Where


def run(
    where: Where,
    *,
    yes_destroy: Annotated[
        str | None, typer.Option("--yes-destroy", metavar="NAME", help="Do not ask: the environment's name again.")
    ] = None,
    migrate: Annotated[bool, typer.Option("--migrate", help="Apply all migrations anew after it.")] = False,
    lock_seconds: LockSeconds = LOCK_SECONDS,
    folder: Folder = None,
    json_output: Json = False,
) -> ExitStatus:
    """Drop all that the migrations made, data included, in one transaction.

    Refused where deletion_protection or prevent_destroy protect the data: in the environment's file or on the living
    cluster. What the migrations did not make stays.
    """
    from operations.migrations.connection import await_lock, connect, errors_as_lines  # noqa: PLC0415 (imports boto3)
    from operations.migrations.files import read_migrations  # noqa: PLC0415
    from operations.migrations.protection import protection_of  # noqa: PLC0415
    from operations.migrations.reset import reset  # noqa: PLC0415
    from operations.migrations.runner import Runner  # noqa: PLC0415

    migrations = read_migrations(folder_of(where, folder)) if migrate else []
    target = where.find()
    if (protection := protection_of(target)) is not None:
        raise failed(f"{target.name} is not reset: it has {protection}; nothing was dropped")
    _confirm(target.name, yes_destroy)
    with terminal.progress(f"resetting {target.name}") as progress, errors_as_lines():
        client = connect(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))
        dropped = await_lock(
            lambda: reset(client), lock_seconds, on_locked=lambda: progress.say("another run has the lock")
        )
        applied = Runner(client, migrations, lock_seconds=lock_seconds).migrate() if migrate else []
    if json_output:
        things = [{"kind": thing.kind, "name": thing.name} for thing in dropped.things]
        names = [one.migration.label for one in applied]
        terminal.say_json({"target": target.name, "dropped": things, "applied": names})
    else:
        anew = f", {len(applied)} migrations applied anew" if migrate else ""
        _say(target.name, dropped.things, anew)
    return ExitStatus.DONE


def _say(name: str, things: Sequence[Any], anew: str) -> None:
    for thing in things:
        terminal.say(Text("- ", style="red"), f"{thing.kind.lower()} {terminal.printable(thing.name)}")
    what = f"{len(things)} things dropped" if things else "nothing to drop"
    terminal.say(Text(f"{name}: {what}{anew}", style="bold green"))


def _confirm(name: str, given: str | None) -> None:
    """Raise OperationsError (2) unless somebody says the name of what is to be dropped."""
    if given is None:
        if not sys.stdin.isatty():
            raise wrong_input(f"this drops all data of {name}: say so with --yes-destroy {name}")
        terminal.note(f"This drops all that the migrations made in {name}, and all data in it.", style="bold red")
        given = typer.prompt(f"Write {name} to go on", err=True)
    if given != name:
        raise wrong_input(f"{given} is not {name}: nothing was dropped")
