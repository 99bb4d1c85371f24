"""`alexdb review`: what a change does, told from the synthesized stacks before anything is deployed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from operations import terminal
from operations.completion import revisions
from operations.errors import wrong_input
from operations.exit_status import ExitStatus
from operations.options import Json, Project
from operations.where import PROJECT

if TYPE_CHECKING:
    from operations.review.review import Review


def run(
    *,
    base: Annotated[
        str | None,
        typer.Argument(
            metavar="BASE",
            help="A git revision, or a folder of synthesized stacks; by default where this branch left main.",
            show_default=False,
            autocompletion=revisions,
        ),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown for a pull request's comment.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write it into a file.", show_default=False)
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="WHAT",
            help="Exit status 9 if it happens: replace, destroy, open, open:high, cost>50; several with commas.",
            show_default=False,
        ),
    ] = None,
    project: Project = PROJECT,
    json_output: Json = False,
) -> ExitStatus:
    """Show what a change does: what is replaced, lost, opened, and what it costs.

    Compares the stacks that the working tree synthesizes with those of BASE, and needs no AWS account.
    """
    _check_output(output=output, markdown=markdown, as_json=json_output)
    from operations.review.base import both_sides  # noqa: PLC0415 (only what this command needs)
    from operations.review.fail_on import parse_conditions, what_happened  # noqa: PLC0415
    from operations.review.review import review  # noqa: PLC0415

    conditions = parse_conditions(fail_on)
    with terminal.progress("synthesizing both sides"):
        sides = both_sides(project, base)
    found = review(sides.before, sides.after, base=sides.base)
    for note in sides.notes:
        terminal.note(note)
    happened = what_happened(found, conditions)
    if output is None and not (markdown or json_output):
        _say(found)
    else:
        _write(_text(found, happened, markdown=markdown, as_json=json_output), output)
    for what in happened:
        terminal.note(terminal.printable(f"--fail-on {what}"), style="red")
    return ExitStatus.REVIEW_FAILED if happened else ExitStatus.DONE


def _check_output(*, output: Path | None, markdown: bool, as_json: bool) -> None:
    """Refuse what would be found out only after all the work."""
    if markdown and as_json:
        raise wrong_input("give --markdown or --json, not both")
    if output is not None and not output.absolute().parent.is_dir():
        raise wrong_input(f"{output} cannot be written: there is no folder {output.parent}")
    if output is not None and output.is_dir():
        raise wrong_input(f"{output} cannot be written: it is a folder")


def _say(found: "Review") -> None:
    from operations.review.text_report import lines  # noqa: PLC0415

    console = terminal.output()
    for line in lines(found, console.width if console.is_terminal else None):
        terminal.say(line)


def _text(found: "Review", happened: tuple[str, ...], *, markdown: bool, as_json: bool) -> str:
    if markdown:
        from operations.review.markdown_report import markdown as as_markdown  # noqa: PLC0415

        return as_markdown(found)
    if as_json:
        from operations.review.json_report import document  # noqa: PLC0415

        return terminal.json_text(document(found, happened)) + "\n"
    from operations.review.text_report import lines  # noqa: PLC0415

    return "".join(f"{line.plain.rstrip()}\n" for line in lines(found, None))


def _write(text: str, output: Path | None) -> None:
    if output is None:
        print(text, end="")
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise wrong_input(f"{output} cannot be written: {error.strerror}") from None
