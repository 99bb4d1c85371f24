"""`aurora-serverless reset`: drops what the migrations made, on a database whose data nobody needs."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.arguments.options import Json, by_name
from cli.commands.migrate import Folder, LockSeconds, migrations_of
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.output.terminal import confirm_by_name
from operations.errors import OperationsError
from operations.migrations.deadlines import LOCK_SECONDS
from operations.target.where import Where


def run(
    where: Where,
    *,
    yes_destroy: Annotated[str | None, by_name("--yes-destroy")] = None,
    migrate: Annotated[bool, typer.Option("--migrate", help="Apply all migrations again afterwards.")] = False,
    lock_seconds: LockSeconds = LOCK_SECONDS,
    folder: Folder = None,
    json_output: Json = False,
) -> ExitStatus:
    """Drop everything that the migrations created, data included, in one transaction.

    Refused if deletion_protection or prevent_destroy is on in the file of any environment with this database, or if
    the cluster itself has deletion protection or a production tag. Objects that the migrations did not create stay.
    """
    from operations.migrations.connection import await_lock, connect, errors_as_lines  # noqa: PLC0415 (imports boto3)
    from operations.migrations.protection import refuse_protected  # noqa: PLC0415
    from operations.migrations.reset import reset  # noqa: PLC0415
    from operations.migrations.runner import Runner  # noqa: PLC0415

    migrations = migrations_of(where, folder) if migrate else []
    target = where.find()
    refuse_protected(where, target, "is not reset")
    confirm_by_name(
        target.name,
        yes_destroy,
        does=f"this drops all data of {target.name}",
        option="--yes-destroy",
        warning=f"This drops all that the migrations made in {target.name}, and all data in it.",
        spared="nothing was dropped",
    )
    with terminal.progress(f"resetting {target.name}") as progress, errors_as_lines():
        client = connect(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))
        dropped = await_lock(
            client,
            lambda: reset(client, lock_seconds),
            lock_seconds,
            on_locked=lambda: progress.say("another run has the lock"),
        )
        try:
            applied = Runner(client, migrations, lock_seconds=lock_seconds).migrate() if migrate else []
        except OperationsError as error:
            raise OperationsError(f"{len(dropped.things)} things were dropped, and then: {error}", error.kind) from None
    if json_output:
        things = [{"kind": thing.kind, "name": thing.name} for thing in dropped.things]
        names = [one.migration.label for one in applied]
        terminal.say_json({"target": target.name, "dropped": things, "applied": names})
    else:
        again = f", {len(applied)} migrations applied again" if migrate else ""
        _say(target.name, dropped.things, again)
    return ExitStatus.DONE


def _say(name: str, things: Sequence[Any], again: str) -> None:
    for thing in things:
        terminal.say(Text("- ", style="red"), f"{thing.kind.lower()} {terminal.printable(thing.name)}")
    what = f"{len(things)} things dropped" if things else "nothing to drop"
    terminal.say(Text(f"{name}: {what}{again}", style="bold green"))
