"""`aurora-serverless migrate`: brings the schema of a database up to the files in `migrations/`.

A group of commands, of which one needs no name: `migrate dev` is `migrate apply dev`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
import typer.core
from rich.text import Text

from cli.arguments.options import Json, command, finite
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.errors import wrong_input
from operations.migrations.deadlines import LOCK_SECONDS
from operations.target.target import Target
from operations.target.where import Where
from operations.times import clock, duration

if TYPE_CHECKING:
    from operations.migrations.files import Migration

Folder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="FOLDER", help="The files.", show_default="migrations"),
]
LockSeconds = Annotated[
    float,
    typer.Option(
        min=0, callback=finite, metavar="SECONDS", help="How long to wait for another run, and for a lock up to 10."
    ),
]


def migrations_of(where: Where, folder: Path | None) -> "list[Migration]":
    """Return the migrations of a folder, and say which files are left out. Raises OperationsError (2)."""
    from operations.migrations.files import read_migrations  # noqa: PLC0415 (imports boto3)

    return read_migrations(
        folder if folder is not None else where.project / "migrations",
        note=lambda text: terminal.note(f"note: {terminal.printable(text)}"),
    )


def apply(
    where: Where,
    *,
    to: Annotated[int | None, typer.Option("--to", min=1, metavar="N", help="Stop after this number.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Run everything in a transaction, and roll it back.")
    ] = False,
    lock_seconds: LockSeconds = LOCK_SECONDS,
    folder: Folder = None,
    json_output: Json = False,
) -> ExitStatus:
    """Apply pending files: ./aurora-serverless migrate ENVIRONMENT.

    Each file is one transaction with its row in the table schema_migrations: it is applied completely or not at all.
    Two runs at once are safe, and so is killing one. A paused cluster is resumed.
    """
    from operations.migrations.plan import check_to  # noqa: PLC0415 (imports boto3)
    from operations.migrations.runner import Applied  # noqa: PLC0415

    migrations = migrations_of(where, folder)
    check_to(migrations, to)
    target = where.find()
    applied: list[Applied] = []

    def on_applied(one: Applied) -> None:
        applied.append(one)
        if not json_output:
            _say_applied(one)

    try:
        _run(target, migrations, on_applied, dry_run=dry_run, to=to, lock_seconds=lock_seconds)
    finally:
        # What was applied before an error stays.
        if json_output:
            done = [_as_json(one) for one in applied]
            terminal.say_json({"target": target.name, "dry_run": dry_run, "applied": done})
    if not json_output:
        _say_sum(target.name, applied, dry_run=dry_run)
    return ExitStatus.DONE


def _run(
    target: Target, migrations: Sequence[Any], on_applied: Callable[[Any], None], *, dry_run: bool, **options: Any
) -> None:
    from operations.migrations.connection import connect  # noqa: PLC0415 (imports boto3)
    from operations.migrations.runner import Runner  # noqa: PLC0415

    with terminal.progress(f"migrating {target.name}") as progress:

        def say_applied(one: Any) -> None:
            with progress.aside():
                on_applied(one)

        def say_waiting(what: str) -> None:
            progress.say(f"migrating {target.name}: {what}")

        client = connect(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))
        runner = Runner(client, migrations, on_applied=say_applied, on_wait=say_waiting, **options)
        if dry_run:
            runner.dry_run()
        else:
            runner.migrate()


def status(where: Where, *, folder: Folder = None, json_output: Json = False) -> ExitStatus:
    """Show what is applied and what is pending. Exit status 8 if something is wrong."""
    from operations.migrations.connection import connect, errors_as_lines, undone  # noqa: PLC0415 (imports boto3)
    from operations.migrations.ledger import Ledger  # noqa: PLC0415
    from operations.migrations.status import status as status_of  # noqa: PLC0415
    from operations.migrations.watching import Watched  # noqa: PLC0415

    migrations = migrations_of(where, folder)
    target = where.find()
    with terminal.progress(f"asking {target.name}") as progress, errors_as_lines():
        client = connect(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))
        with undone(client) as transaction:
            entries = Ledger.of(Watched(client, transaction, LOCK_SECONDS)).read()
        lines = [
            line if line.problem is None else replace(line, problem=where.named(line.problem))
            for line in status_of(migrations, entries)
        ]
    if json_output:
        terminal.say_json({"target": target.name, "migrations": [_line_as_json(line) for line in lines]})
    else:
        _say_status(lines)
    is_wrong = any(line.problem for line in lines)
    return ExitStatus.MIGRATIONS_DIFFER if is_wrong else ExitStatus.DONE


def repair(
    where: Where,
    *,
    done: Annotated[bool, typer.Option("--done", help="The statement in doubt was done.")] = False,
    again: Annotated[bool, typer.Option("--again", help="It was not: the next run executes it.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Start the half-applied file over.")] = False,
    accept: Annotated[
        int | None, typer.Option("--accept", min=1, metavar="N", help="Accept an edited file as it is now.")
    ] = None,
    lock_seconds: LockSeconds = LOCK_SECONDS,
    folder: Folder = None,
    json_output: Json = False,
) -> ExitStatus:
    """Resolve a half-applied file without a transaction, or an edited file.

    Without an option it finds out whether the statement of a killed run was done, if the database can tell.
    """
    from operations.migrations.connection import await_lock, connect, errors_as_lines  # noqa: PLC0415 (imports boto3)
    from operations.migrations.repair import Decision, Repair  # noqa: PLC0415

    if done + again + forget + (accept is not None) > 1:
        raise wrong_input("give one of --done, --again, --forget and --accept")
    migrations = migrations_of(where, folder)
    target = where.find()
    with terminal.progress(f"repairing {target.name}") as progress, errors_as_lines():
        client = connect(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))
        repairs = Repair(client, migrations, lock_seconds)
        decision = Decision(done=done, again=again, forget=forget)
        what = await_lock(
            client,
            lambda: repairs.started(decision) if accept is None else repairs.accept(accept),
            lock_seconds,
            on_locked=lambda: progress.say("another run has the lock"),
        )
    if json_output:
        terminal.say_json({"target": target.name, "result": where.named(what)})
    else:
        terminal.say(where.named(what))
    return ExitStatus.DONE


class WithDefault(typer.core.TyperGroup):
    """A group whose command `apply` needs no name: what is not a name of a command is the environment."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the name in front."""
        if args and args[0] not in {*self.commands, "-h", "--help"}:
            args = ["apply", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Offer the environments too, since `apply` may be left out."""
        [environment] = [one for one in self.commands["apply"].params if one.name == "environment"]
        return [*super().shell_complete(ctx, incomplete), *environment.shell_complete(ctx, incomplete)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help of the group, and below it that of `apply`."""
        super().format_help(ctx, formatter)
        default = self.commands["apply"]
        default.format_help(type(ctx)(default, info_name="apply", parent=ctx), formatter)


app = typer.Typer(
    cls=WithDefault,
    help="Bring the schema up to the files in migrations/: ./aurora-serverless migrate ENVIRONMENT.\n\n"
    "The same as ./aurora-serverless migrate apply ENVIRONMENT, whose options it takes. The others: "
    "./aurora-serverless migrate status ENVIRONMENT and ./aurora-serverless migrate repair ENVIRONMENT.",
    no_args_is_help=True,
    subcommand_metavar="[apply|status|repair] ENVIRONMENT",
)
for function in (apply, status, repair):
    app.command(name=function.__name__)(command(function))


def _say_applied(one: Any) -> None:
    count = len(one.migration.statements)
    statements = f"{count} statement{'' if count == 1 else 's'}"
    mark = Text("✓ ", style="green") if one.was_run else Text("- ", style="yellow")
    how = _time(one.seconds) if one.was_run else "not tried: it has no transaction"
    terminal.say(mark, f"{one.migration.label}  ", Text(f"{statements}, {how}", "dim"))


def _say_sum(name: str, applied: Sequence[Any], *, dry_run: bool) -> None:
    if not applied:
        terminal.say(Text(f"{name}: nothing to apply", style="bold green"))
        return
    count = f"{len(applied)} migration{'' if len(applied) == 1 else 's'}"
    at = applied[-1].migration.version
    text = (
        f"{count} would be applied, up to {at:04d}; nothing was changed" if dry_run else f"{count} applied, at {at:04d}"
    )
    terminal.say(Text(f"{name}: {text}", style="bold green"))


def _say_status(lines: Sequence[Any]) -> None:
    rows = [
        [
            line.label,
            Text(line.state, style="bold red" if line.problem else _STYLES.get(line.state, "")),
            "" if line.entry is None or line.entry.applied_at is None else clock(line.entry.applied_at),
            "" if line.entry is None else _time((line.entry.duration_milliseconds or 0) / 1000),
        ]
        for line in lines
    ]
    terminal.say_table(["migration", "state", "applied at", "took"], rows, right=[3])
    for line in lines:
        if line.problem is not None:
            terminal.say(Text(f"✗ {terminal.printable(line.problem)}", style="red"))


_STYLES: Final = {"applied": "green", "pending": "yellow"}


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else duration(seconds)


def _as_json(one: Any) -> dict[str, Any]:
    return {
        "version": one.migration.version,
        "name": one.migration.name,
        "statements": len(one.migration.statements),
        "in_transaction": one.migration.in_transaction,
        "was_run": one.was_run,
        "seconds": round(one.seconds, 3),
    }


def _line_as_json(line: Any) -> dict[str, Any]:
    entry = line.entry
    return {
        "version": line.version,
        "name": line.name,
        "state": line.state,
        "problem": line.problem,
        "checksum": None if entry is None else entry.checksum,
        "applied_at": None if entry is None else entry.applied_at,
        "duration_milliseconds": None if entry is None else entry.duration_milliseconds,
    }
