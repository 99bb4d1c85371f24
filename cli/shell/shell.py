"""The loop of the shell: reads a statement or a command, does it, shows what came of it."""

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, Protocol

from rich.text import Text

from analysis.files import read_text
from aurora_serverless_data_api import Result
from aurora_serverless_data_api.splitting import Statement
from cli.output import terminal
from cli.output.sql_place import ErrorInText, Place, placed
from cli.output.sql_result import Expanded, count_of_rows, say_result
from cli.shell import copying
from cli.shell.lines import LEAVING, pieces
from operations.aws.errors import explained
from operations.errors import OperationsError, known_error, wrong_input
from operations.sql import catalog
from operations.sql.catalog import Names
from operations.sql.errors import StatementFailed
from operations.sql.remedies import Asker, hint
from operations.sql.session import Session, State

_CHANGES_NAMES: Final = frozenset({"ALTER", "CREATE", "DROP"})


class Reader(Protocol):
    """Where the lines come from."""

    def read(self, state: State) -> str:
        """Return what was typed. Raises KeyboardInterrupt at Ctrl-C, and EOFError at the end."""


class _Leave(Exception):
    pass


@dataclass(frozen=True)
class _Command:
    name: str
    argument: str
    does: str
    run: Callable[["Shell", str], None]


class Shell:
    """A session, and how its answers are shown; what is asked, is asked inside of `asking`.

    `command` returns the line of another command of the program, by its name.
    """

    def __init__(self, session: Session, asking: AbstractContextManager[None], command: Callable[[str], str]) -> None:
        self._session = session
        self._asking = asking
        self._command = command
        self._expanded = Expanded.AUTO
        self._shows_time = False
        self._names = Names()
        self._names_are_old = True

    def names(self) -> Names:
        """What can be completed."""
        return self._names

    def run(self, reader: Reader) -> None:
        """Read and do until somebody leaves; what is open then is rolled back."""
        try:
            while True:
                self._renew_names()
                try:
                    text = reader.read(self._session.state)
                except KeyboardInterrupt:
                    continue
                except EOFError:
                    return
                try:
                    self.do(text)
                except _Leave:
                    return
        finally:
            if self._session.end():
                terminal.say_lines(
                    Text("the open transaction was rolled back", style="dim")
                )  # the terminal may be gone

    def do(self, text: str) -> None:
        """Do what was typed, and say what came of it: errors too, and Ctrl-C."""
        if text.strip().rstrip(";").lower() in LEAVING:
            raise _Leave
        was_open = self._session.state is not State.NONE
        try:
            with _interrupted_once():
                self._do_all(text)
        except KeyboardInterrupt as interrupted:
            self._session.end()  # where it came between two statements
            undone = "cancelled; the transaction was rolled back" if was_open else "cancelled, and nothing of it counts"
            notes = getattr(interrupted, "__notes__", [])
            terminal.note("")  # behind the ^C of the terminal
            terminal.note("; ".join(["interrupted", *notes]) if notes else undone, style="yellow")
        except _Leave:
            raise
        except Exception as error:
            known = known_error(error) or explained(error)
            if known is None:
                raise
            notes = [*getattr(known, "__notes__", ()), *getattr(known.__cause__, "__notes__", ())]
            excerpt = known.excerpt if isinstance(known, ErrorInText) else ()
            terminal.say_error("; ".join([str(known), *notes]), excerpt=excerpt)

    def _do_all(self, text: str) -> None:
        for whole, piece in pieces(text):
            if isinstance(piece, Statement):
                self._run(piece, whole)
            else:
                self._obey(piece)

    def _run(self, statement: Statement, whole: str) -> None:
        """Run a statement of a text, and show its answer. Raises OperationsError, with the place in the text."""
        before = time.perf_counter()
        try:
            with self._asking:
                answer = self._session.run(statement)
        except StatementFailed as error:
            place = Place(whole, statement.start + (error.position or 1) - 1)
            names_line = "\n" in whole.strip()
            raise placed(
                error,
                place,
                names_line=names_line,
                hint=self._hint(error),
                shows_place=names_line or bool(error.position),
            ) from error
        finally:
            seconds = time.perf_counter() - before
        if answer.result is not None:
            say_result(answer.result, self._expanded)
        if answer.word:
            terminal.say(answer.word)
        if answer.note:
            terminal.note(answer.note)
        self._say_time(seconds)
        if statement.words[:1] and statement.words[0] in _CHANGES_NAMES:
            self._names_are_old = True

    def _hint(self, error: StatementFailed) -> str:
        return hint(error.error, Asker.SHELL, self._command)

    def _obey(self, line: str) -> None:
        found = re.fullmatch(r"(\\\S*)\s*(.*?)[\s;]*", line, re.DOTALL)
        name, argument = found.groups() if found is not None else (line, "")
        command = next((command for command in _COMMANDS if command.name == name), None)
        if command is None:
            raise wrong_input(f"there is no command {name}: \\? lists them")
        if argument and not command.argument:
            raise wrong_input(f"{name} takes nothing: leave {argument} out")
        command.run(self, argument)

    def _say_time(self, seconds: float) -> None:
        if self._shows_time:
            terminal.say(Text(f"Time: {seconds * 1000:.0f} ms", style="dim"))

    def _renew_names(self) -> None:
        """Ask what can be completed, outside of a transaction, which sees only what others made."""
        if not self._names_are_old or self._session.state is not State.NONE:
            return
        self._names_are_old = False
        with suppress(OperationsError, KeyboardInterrupt):  # whatever is wrong, the next statement tells it
            keywords = self._names.keywords or [word for [word] in self._look(catalog.KEYWORDS).rows]
            self._names = Names(keywords, {name: columns for name, columns in self._look(catalog.NAMES).rows})  # noqa: C416  # lists

    def _look(self, sql: str) -> Result:
        with self._asking:
            return self._session.look(sql)

    def list_relations(self, kinds: tuple[str, ...], pattern: str) -> None:
        """Show the relations of some kinds."""
        result = self._look(catalog.relations(kinds, pattern))
        if not result.rows:
            terminal.note(f"there is none of the name {pattern}" if pattern else "there is none yet")
            return
        say_result(result, Expanded.OFF if self._expanded is Expanded.AUTO else self._expanded)

    def describe(self, name: str) -> None:
        """Show the columns of a relation, and what else belongs to it."""
        if not name or "*" in name or "?" in name:
            self.list_relations(tuple(catalog.KINDS), name)
            return
        rows = self._look(catalog.relation(name)).rows
        if not rows:
            raise wrong_input(f"there is no {name}: \\d lists what is there")
        [[oid, kind, full_name]] = rows
        columns = self._look(catalog.COLUMNS.format(oid=oid))
        terminal.say(Text(f"{kind} {terminal.printable(full_name)}", style="bold"))
        names = [column.name for column in columns.columns]
        terminal.say_table(names, [[str(value) for value in row] for row in columns.rows])
        for title, sql in catalog.DETAILS.items():
            if lines := self._look(sql.format(oid=oid)).rows:
                terminal.say(Text(title, style="bold"))
                for [line] in lines:
                    terminal.say("  ", terminal.printable(str(line)), folded=False)

    def expand(self, argument: str) -> None:
        """Let each value have a line of its own, or not."""
        if argument and argument not in list(Expanded):
            raise wrong_input(f"\\x takes {', '.join(Expanded)}, not {argument}")
        switched = Expanded.OFF if self._expanded is Expanded.ON else Expanded.ON
        self._expanded = Expanded(argument) if argument else switched
        said = {
            Expanded.ON: "a line for each value",
            Expanded.OFF: "a line for each row",
            Expanded.AUTO: "a line for each value where rows do not fit",
        }
        terminal.note(said[self._expanded])

    def time(self, argument: str) -> None:
        """Let the time of each statement be shown, or not."""
        if argument not in {"", "on", "off"}:
            raise wrong_input(f"\\timing takes on or off, not {argument}")
        self._shows_time = argument == "on" if argument else not self._shows_time
        terminal.note(f"timing is {'on' if self._shows_time else 'off'}")

    def include(self, argument: str) -> None:
        """Run the statements of a file, up to one that fails."""
        if not argument:
            raise wrong_input("name a file: \\i FILE")
        path = Path(argument.strip("'")).expanduser()
        text = read_text(path)
        for whole, piece in pieces(text):
            if not isinstance(piece, Statement):
                raise wrong_input(f"{path}: {piece} has no place in a file: it takes SQL alone")
            try:
                self._run(piece, whole)
            except OperationsError as error:
                excerpt = error.excerpt if isinstance(error, ErrorInText) else ()
                raise ErrorInText(f"{path}: {error}", error.kind, excerpt=excerpt) from error

    def copy(self, argument: str) -> None:
        """Copy rows from or to a CSV file."""
        copy = copying.Copy.of(argument)
        before = time.perf_counter()
        try:
            with self._asking:
                count = copy.run(self._session)
        except OperationsError as error:
            cause = error if isinstance(error, StatementFailed) else error.__cause__
            if not isinstance(cause, StatementFailed):
                raise
            raise OperationsError(f"{error}{self._hint(cause)}", error.kind) from error
        way = "from" if copy.is_import else "to"
        terminal.say(Text(f"{count_of_rows(count)} {way} {terminal.printable(str(copy.file))}", style="green"))
        self._say_time(time.perf_counter() - before)

    def help(self, argument: str) -> None:
        """List the commands."""
        del argument
        width = max(len(f"{command.name} {command.argument}") for command in _COMMANDS)
        for command in _COMMANDS:
            terminal.say(f"  {f'{command.name} {command.argument}':<{width}}  {command.does}")
        terminal.say("A statement ends with ; and Ctrl-C clears it, or cancels it while it runs.")

    def leave(self, argument: str) -> None:
        """End the loop."""
        del argument
        raise _Leave


_COMMANDS: Final = (
    _Command("\\d", "[NAME]", "tables, views, sequences; of one its columns", Shell.describe),
    _Command(
        "\\dt",
        "[NAME]",
        "tables; * and ? stand for letters",
        lambda shell, name: shell.list_relations(catalog.TABLE_KINDS, name),
    ),
    _Command("\\x", "[on|off|auto]", "a line for each value", Shell.expand),
    _Command("\\timing", "[on|off]", "how long each statement takes", Shell.time),
    _Command("\\i", "FILE", "runs the statements of a file", Shell.include),
    _Command("\\copy", "TABLE FROM FILE", "CSV into a table; out of it or (SELECT …) with TO", Shell.copy),
    _Command("\\?", "", "this list", Shell.help),
    _Command("\\q", "", "leaves", Shell.leave),
)

COMMAND_NAMES: Final = tuple(command.name for command in _COMMANDS)


@contextmanager
def _interrupted_once() -> Iterator[None]:
    """Let Ctrl-C interrupt once: what is done about it, as a rollback, is done to its end."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
