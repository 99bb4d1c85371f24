"""Asks before what cannot be taken back: whoever runs the command writes the environment's name."""

import sys

import typer

from cli.output import terminal
from operations.errors import wrong_input


def confirm_by_name(name: str, given: str | None, *, does: str, option: str, warning: str, spared: str) -> None:
    """Raise OperationsError (2) unless somebody says the name.

    `given` is what `option` has; without it a person is asked, after `warning`. Without a person, `does` says what is
    to be confirmed. `spared` is what did not happen.
    """
    if given is None:
        if not sys.stdin.isatty():
            raise wrong_input(f"{does}: say so with {option} {name}")
        terminal.note(warning, style="bold red")
        given = typer.prompt(f"Write {name} to go on", err=True)
    if given != name:
        raise wrong_input(f"{given} is not {name}: {spared}")
