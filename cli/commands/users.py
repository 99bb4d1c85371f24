"""`aurora-serverless users`: creates the database users that an environment file declares."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from cli.arguments.options import Json, by_name
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.output.terminal import confirm_by_name
from operations.errors import wrong_input
from operations.migrations.deadlines import LOCK_SECONDS
from operations.target.where import Where

if TYPE_CHECKING:
    from operations.users.run import Outcome


def run(
    where: Where,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what it would do, without doing it.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Also drop undeclared users.")] = False,
    yes_drop: Annotated[str | None, by_name("--yes-drop")] = None,
    json_output: Json = False,
) -> ExitStatus:
    """Create the users that the file declares, with their passwords and grants; a second run changes nothing.

    As the master user, through the Data API, in one transaction. PostgreSQL gets no password, only the SCRAM-SHA-256
    verifier that it stores, so no password is in its log. Undeclared users are listed, and stay.
    """
    from operations.migrations.connection import await_lock, errors_as_lines  # noqa: PLC0415 (imports boto3)
    from operations.users.run import UsersRun  # noqa: PLC0415

    if yes_drop is not None and not drop:
        raise wrong_input("--yes-drop confirms --drop: give both, or none")
    target = where.find()
    with terminal.progress(f"asking {target.name}") as progress, errors_as_lines():
        users = UsersRun(target, on_waiting=lambda: progress.say(f"{target.name} is resuming"))
        outcome = users.look() if dry_run or drop else None
    if not dry_run:
        names = () if outcome is None else outcome.undeclared
        if names:
            confirm_by_name(
                target.name,
                yes_drop,
                does=f"this drops {', '.join(names)} in {target.name}",
                option="--yes-drop",
                warning=f"This drops {', '.join(names)} in {target.name}, with their grants.",
                spared="nothing was dropped",
            )
        with terminal.progress(f"users of {target.name}") as progress, errors_as_lines():
            outcome = await_lock(
                users.client,
                lambda: users.apply(drop=names),
                LOCK_SECONDS,
                on_locked=lambda: progress.say("a migration run holds the lock"),
            )
    assert outcome is not None  # noqa: S101 (one of the two was run)
    if json_output:
        changes = [{"user": step.user, "does": step.does} for step in outcome.steps]
        document = {"target": target.name, "dry_run": dry_run, "changes": changes}
        terminal.say_json({**document, "undeclared": list(outcome.undeclared), "members": dict(outcome.members)})
    else:
        _say(target.name, outcome, is_dry=dry_run)
    return ExitStatus.DONE


def _say(name: str, outcome: "Outcome", *, is_dry: bool) -> None:
    for step in outcome.steps:
        mark = Text("- ", style="yellow") if is_dry else Text("✓ ", style="green")
        terminal.say(mark, terminal.printable(f"{step.user}: {step.does}"))
    for user in outcome.undeclared:
        terminal.note(f"{terminal.printable(user)} exists but is not declared: drop it with --drop")
    for user, roles in outcome.members.items():
        terminal.note(f"{user} has more rights than declared, as a member of {terminal.printable(roles)}")
    count = len(outcome.steps)
    what = f"{count} change{'' if count == 1 else 's'}{' to make' if is_dry else ' made'}" if count else "as declared"
    terminal.say(Text(f"{name}: {what}", style="bold green"))
