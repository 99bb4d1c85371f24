"""A statement as an argument: it may begin with `--`, which is a comment in SQL and an option everywhere else."""

import re
from typing import Any, Final

import typer.core

_OPTION: Final = re.compile(r"--([A-Za-z][A-Za-z0-9-]*(=.*)?)?")


class TakesStatement(typer.core.TyperCommand):
    """A command whose last argument is SQL."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, of which one that cannot be an option is the statement."""
        options = args[: args.index("--")] if "--" in args else args
        statements = [word for word in options if word.startswith("--") and not _OPTION.fullmatch(word)]
        if statements:
            others = [word for word in options if word not in statements]
            args = [*others, "--", *statements, *args[len(options) + 1 :]]
        return super().parse_args(ctx, args)
