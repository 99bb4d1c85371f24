"""`aurora-serverless review`: what a change does before it is deployed, told from synthesized stacks or from a plan."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.arguments.options import Base, Json, NoCache, Project, Synthesized
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.output.terraform_program import as_called
from operations.errors import wrong_input
from operations.files import check_writable, write_file
from operations.target.where import PROJECT

if TYPE_CHECKING:
    from analysis.review.review import Review

_STACKS = "stacks"
"""The folder of `cdktf.out` with a folder for each environment."""


def run(
    *,
    base: Base = None,
    change: Synthesized = None,
    plans: Annotated[
        list[str] | None,
        typer.Option(
            "--plan",
            metavar="[ENVIRONMENT=]FILE",
            help=as_called("Terraform's own plan instead, from terraform show -json; one per environment."),
            show_default=False,
        ),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown for a pull request comment.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write it into a file.", show_default=False)
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on",
            metavar="WHAT",
            help="Exit status 9 if this occurs: replace, destroy, downgrade, lock-out, new-endpoint, major-upgrade, "
            "restart, pending-reboot, pending-window, end-of-support, open, open:high, cost>50; several with commas.",
            show_default=False,
        ),
    ] = None,
    project: Project = PROJECT,
    no_cache: NoCache = False,
    json_output: Json = False,
) -> ExitStatus:
    """Show what a change does: what it replaces, deletes, restarts and opens, and what it costs.

    Compares the stacks that the working tree synthesizes with those of BASE, and needs no AWS account. With --plan it
    reports Terraform's own plan.
    """
    _check_output(output=output, markdown=markdown, as_json=json_output)
    from cli.arguments.fail_on import parse_conditions, what_happened  # noqa: PLC0415 (only what this command needs)

    conditions = parse_conditions(fail_on)
    if plans and (base is not None or change is not None):
        raise wrong_input(f"--plan has both sides itself: leave out {'BASE' if change is None else '--change'}")
    reviewed = _of_plans(plans) if plans else _of_stacks(project, base, change, keep=not no_cache)
    with _any_form(reviewed.files) if reviewed.files else nullcontext():
        found = _as_called(reviewed.review())
        happened = what_happened(found, conditions)
        is_for_people = output is None and not (markdown or json_output)
        text = "" if is_for_people else _text(found, happened, markdown=markdown, as_json=json_output)
    for note in reviewed.notes:
        terminal.note(note)
    if is_for_people:
        _say(found)
    else:
        _write(text, output)
    for what in happened:
        terminal.note(terminal.printable(f"--fail-on {what}"), style="red")
    return ExitStatus.REVIEW_FAILED if happened else ExitStatus.DONE


def _as_called(found: "Review") -> "Review":
    """Return a review that tells people the commands by the program that they run."""
    environments = (
        replace(
            one,
            settings=tuple(replace(setting, note=as_called(setting.note)) for setting in one.settings),
            findings=tuple(replace(finding, why=as_called(finding.why)) for finding in one.findings),
        )
        for one in found.environments
    )
    return replace(found, environments=tuple(environments))


@dataclass(frozen=True)
class _Reviewed:
    """What makes the review, what to know of it, and the files and folders that anybody may have written."""

    review: "Callable[[], Review]"
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _of_stacks(project: Path, base: str | None, change: Path | None, *, keep: bool) -> _Reviewed:
    from analysis.review.base import both_sides  # noqa: PLC0415
    from analysis.review.review import review  # noqa: PLC0415

    with terminal.progress("synthesizing both sides"):
        sides = both_sides(project, base, change=change, keep=keep)
    today = datetime.now(UTC).date()
    making = partial(review, sides.before, sides.after, base=sides.base, today=today, renamed=sides.renamed)
    return _Reviewed(making, sides.folders, sides.notes)


def _of_plans(texts: Sequence[str]) -> _Reviewed:
    from analysis.review.review import review_of  # noqa: PLC0415
    from analysis.review.terraform_plan import read_plan  # noqa: PLC0415

    named = named_plans(texts)
    files = tuple(str(path) for _, path in named)
    comparisons = [read_plan(path, name) for name, path in named]
    base = f"the state, by Terraform's plan {files[0]}" if len(files) == 1 else f"the states, by {len(files)} plans"
    return _Reviewed(partial(review_of, comparisons, base=base, today=datetime.now(UTC).date()), files)


def named_plans(texts: Sequence[str]) -> list[tuple[str, Path]]:
    """Return the environment and the file of each `FILE` or `ENVIRONMENT=FILE`. Raises OperationsError (2)."""
    found = [_named(text) for text in texts]
    names = [name for name, _ in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise wrong_input(f"--plan: {twice} has several plans; name the environments: --plan ENVIRONMENT=FILE")
    return found


def _named(text: str) -> tuple[str, Path]:
    name, equals, file = text.partition("=")
    if equals and not Path(text).exists():
        if not (name and file):
            raise wrong_input(f"--plan {text}: write FILE, or ENVIRONMENT=FILE")
        return name, Path(file)
    path = Path(text)
    folder = path.absolute().parent
    return (folder.name if folder.parent.name == _STACKS else path.stem), path


@contextmanager
def _any_form(files: Sequence[str]) -> Iterator[None]:
    """Tell of arguments, in stacks and plans that anybody may have written, of a form that no reader of them knows."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise wrong_input(
            f"{' or '.join(files)} has an argument of a form that Terraform does not take there; write it with make "
            "synth or terraform show -json, and report it if that wrote this (--debug shows where)"
        ) from error


def _check_output(*, output: Path | None, markdown: bool, as_json: bool) -> None:
    """Refuse what would be found out only after all the work."""
    if markdown and as_json:
        raise wrong_input("give --markdown or --json, not both")
    if output is not None:
        check_writable(output)


def _say(found: "Review") -> None:
    from cli.reports.review import lines  # noqa: PLC0415

    console = terminal.output()
    for line in lines(found, console.width if console.is_terminal else None):
        terminal.say(line)


def _text(found: "Review", happened: tuple[str, ...], *, markdown: bool, as_json: bool) -> str:
    if markdown:
        from analysis.review.markdown_report import markdown as as_markdown  # noqa: PLC0415

        return as_markdown(found)
    if as_json:
        from analysis.review.json_report import document  # noqa: PLC0415

        return terminal.json_text(document(found, happened)) + "\n"
    from cli.reports.review import lines  # noqa: PLC0415

    return "".join(f"{line.plain.rstrip()}\n" for line in lines(found, None))


def _write(text: str, output: Path | None) -> None:
    if output is None:
        print(text, end="")
        return
    write_file(output, text)
