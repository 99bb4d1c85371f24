"""Numbers of the command line: typer checks their range, which not-a-number and infinity pass."""

import math

import typer


def finite(value: float) -> float:
    """Return the value. Raises typer.BadParameter unless it is a finite number."""
    if not math.isfinite(value):
        raise typer.BadParameter("it must be a finite number")
    return value
