"""What the keys do at the prompt."""

import errno
import signal
from collections.abc import Callable, Iterator

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from cli.shell.prompt import Prompt
from cli.signals import Stopped, raised
from operations.sql.catalog import Names
from operations.sql.session import State

NAMES = Names(["SELECT", "FROM"], {"users": ["id", "email"], "orders": []})

Type = Callable[[str], str]


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield keys


@pytest.fixture
def typed(keys: PipeInput) -> Type:
    """Return a function that types something, and returns what the prompt makes of it."""
    prompt = Prompt(
        "dev", kind="read", history=InMemoryHistory(["SELECT 'before';"]), names=lambda: NAMES, commands=("\\d", "\\dt")
    )

    def type_it(text: str) -> str:
        keys.send_text(text)
        return prompt.read(State.NONE)

    return type_it


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("SELECT 1;\r", "SELECT 1;"),
        ("SELECT\r1\r;\r", "SELECT\n1\n;"),
        ("SELECT 'a;\rb';\r", "SELECT 'a;\nb';"),
        ("\\d\r", "\\d"),
        ("SEL\t 1;\r", "SELECT 1;"),
        ("SELECT * FROM us\t;\r", "SELECT * FROM users;"),
        ("\x1b[A\r", "SELECT 'before';"),
        ("\x1b[200~SELECT 1;\nSELECT 2;\x1b[201~\r", "SELECT 1;\nSELECT 2;"),
    ],
    ids=["one line", "several", "string", "command", "keyword", "table", "history", "paste"],
)
def test_enter_hands_over_what_has_ended(typed: Type, text: str, read: str) -> None:
    assert typed(text) == read


@pytest.mark.parametrize(("text", "read"), [("us\t;\r", "users;"), ("SELECT \t;\r", "SELECT ;"), ("x\t;\r", "x;")])
def test_tab_completes_as_far_as_there_is_no_choice(typed: Type, text: str, read: str) -> None:
    assert typed(text) == read


def test_ctrl_c_clears_the_line(typed: Type) -> None:
    with pytest.raises(KeyboardInterrupt):
        typed("SELECT 1\x03")
    assert typed("SELECT 2;\r") == "SELECT 2;"


def test_ctrl_d_leaves_an_empty_line_only(typed: Type) -> None:
    assert typed("SELECT 1\x04;\r") == "SELECT 1;"
    with pytest.raises(EOFError):
        typed("\x04")


@pytest.mark.parametrize(("number", "error"), [(errno.EIO, Stopped), (errno.ENOSPC, OSError)])
def test_a_terminal_that_is_gone_ends_it_as_its_signal_does(
    monkeypatch: pytest.MonkeyPatch, typed: Type, number: int, error: type[BaseException]
) -> None:
    def gone(*_: object) -> None:
        raise OSError(number, "gone")

    monkeypatch.setattr(PromptSession, "prompt", gone)
    with pytest.raises(error):
        typed("")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_of_a_key_ends_it(typed: Type, number: signal.Signals) -> None:
    """An event loop would keep to itself what is raised there."""

    def interrupted(*_: object) -> None:
        signal.raise_signal(number)

    with raised(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("cli.shell.prompt.is_ready", interrupted)
        with pytest.raises(Stopped) as caught:
            typed("SELECT 1;\r")
    assert caught.value.signal is number
    with raised():
        assert typed("SELECT 2;\r") == "SELECT 2;"
