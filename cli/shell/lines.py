"""Tells commands from SQL in what was typed, and whether it has ended."""

from collections.abc import Iterator
from typing import Final

from aurora_serverless_data_api.splitting import NotClosed, Statement, is_complete, split
from operations.errors import wrong_input

LEAVING: Final = frozenset({"\\q", "exit", "quit"})


def is_ready(text: str) -> bool:
    """Return whether what was typed can be done: it is a command, or its last statement has ended."""
    before, _, last = text.rpartition("\n")
    if last.strip() == "\\q" or text.strip().lower() in LEAVING:
        return True
    if last.lstrip().startswith("\\") and (not before.strip() or is_ready(before)):
        return True
    return is_complete(text)


def pieces(text: str) -> Iterator[tuple[str, Statement | str]]:
    """Yield the statements, each with the text that it stands in, and the commands. Raises OperationsError (2)."""
    text = text.strip()
    while text:
        if text.startswith("\\"):
            line, _, text = text.partition("\n")
            yield line, line.strip()
            text = text.strip()
            continue
        try:
            statements = split(text)
        except NotClosed as error:
            if text.endswith("\n\\q"):
                yield text, "\\q"
                return
            raise wrong_input(f"line {error.line} of the SQL: {error}: close it") from None
        rest = ""
        for statement in statements:
            if statement.text.startswith("\\"):
                rest = text[statement.start :]
                break
            yield text, statement
        text = rest
