"""`aurora-serverless shell`: an interactive SQL prompt through the Data API."""

import sys
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.text import Text

from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.errors import OperationsError, wrong_input
from operations.target.where import Where

if TYPE_CHECKING:
    from operations.target.target import Target

_WHO: Final = "SELECT current_setting('server_version'), current_user::text, current_database()::text"


def run(
    where: Where,
    *,
    write: Annotated[bool, typer.Option("--write", help="Let statements change the database.")] = False,
) -> ExitStatus:
    r"""Open a SQL prompt: read-only, unless --write is given.

    Through the Data API, so a database in a VPC needs no tunnel. Each statement commits at once, unless in a
    transaction begun with BEGIN; an open transaction is rolled back on quitting. A paused cluster is resumed. The tab
    key completes names; \? lists the commands, a subset of psql's.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        line = " ".join(["./aurora-serverless", "sql", *where.words(), *(["--write"] if write else []), "-"])
        raise wrong_input(f"the shell is for a terminal; SQL of standard input runs with {line}")
    from cli.shell.history import history  # noqa: PLC0415 (imports prompt_toolkit and boto3)
    from cli.shell.prompt import Prompt  # noqa: PLC0415
    from cli.shell.shell import COMMAND_NAMES, Shell  # noqa: PLC0415
    from operations.sql.database import Database  # noqa: PLC0415
    from operations.sql.session import Session  # noqa: PLC0415

    target = where.find()
    waiting = Waiting(f"{target.name} is resuming")
    database = Database(target, on_waiting=waiting)
    with waiting:
        [[version, user, name]] = database.query(_WHO).rows
        protected = protection(where, target)
    place = "" if target.session.local is None else " on local AWS"
    terminal.say(Text(f"{target.name}{place}", style="bold"), f": PostgreSQL {version}, {user} in {name}")
    changes = Text("statements change it", style="yellow") if write else Text("read-only", style="green")
    terminal.say(
        changes, Text(f"{'' if write else ' without --write'}; \\? lists the commands, \\q leaves", style="dim")
    )
    if protected:
        terminal.note(protected, style="bold red")
    kept, why_not = history(target.name if target.session.local is None else f"{target.name}-local")
    if why_not:
        terminal.note(f"the history is not kept: {terminal.printable(why_not)}")
    shell = Shell(Session(database, write=write), waiting, target.command)
    kind = ("protected" if protected else "write") if write else "read"
    shell.run(Prompt(target.name, kind=kind, history=kept, names=shell.names, commands=COMMAND_NAMES))
    return ExitStatus.DONE


def protection(where: Where, target: "Target") -> str:
    """Return what people should know before they write; no text where nothing protects the database."""
    from operations.migrations.protection import protected_by  # noqa: PLC0415 (imports boto3)

    try:
        found = protected_by(where, target)
    except OperationsError as error:
        return str(error)
    return "" if found is None else f"{target.name} is protected: it has {found}"


class Waiting:
    """Shows the line from the first call until the end of its `with` block, which is that of an answer."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._shown: ExitStack | None = None

    def __call__(self) -> None:
        """Show it; this is what a Database calls before it waits."""
        if self._shown is None:
            self._shown = ExitStack()
            self._shown.enter_context(terminal.progress(self._text))

    def __enter__(self) -> None:
        """Ask something."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take the line away."""
        del kind, error, traceback
        shown, self._shown = self._shown, None
        if shown is not None:
            shown.close()
