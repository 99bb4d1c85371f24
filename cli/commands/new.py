"""`aurora-serverless new`: a new environment file, from a few questions or options."""

import contextlib
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.text import Text

from analysis.errors import AnalysisError
from cli.arguments.options import Json, Project
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.target.where import PROJECT

if TYPE_CHECKING:
    from analysis.cost.estimate import Estimate
    from cli.new_environment.draft import Draft, Folder

_PANEL: Final = "Answers, asked if not given"


def _answer(help_: str, *, metavar: str, default: str | None = None) -> Any:
    return typer.Option(metavar=metavar, help=help_, rich_help_panel=_PANEL, show_default=default or False)


def run(
    name: Annotated[str, typer.Argument(help="The environment's name: that of its file.", metavar="NAME")],
    *,
    purpose: Annotated[
        str | None, _answer("development, production or high-scale; required if nothing is asked.", metavar="PURPOSE")
    ] = None,
    region: Annotated[str | None, _answer("Region.", metavar="REGION", default="us-east-1")] = None,
    name_prefix: Annotated[
        str | None, _answer("What all names start with.", metavar="PREFIX", default="the environment's name")
    ] = None,
    engine_version: Annotated[
        str | None, _answer("Aurora PostgreSQL version.", metavar="VERSION", default="a long-term support one")
    ] = None,
    minimum_acu: Annotated[
        str | None, _answer("Smallest capacity; 0 pauses when idle.", metavar="ACU", default="the purpose's")
    ] = None,
    maximum_acu: Annotated[str | None, _answer("Largest capacity.", metavar="ACU", default="the purpose's")] = None,
    vpc_id: Annotated[str | None, _answer("Id of the VPC.", metavar="ID", default="the Region's default VPC")] = None,
    alarm_email: Annotated[
        str | None, _answer("Who gets emails from the alarms.", metavar="ADDRESS", default="nobody")
    ] = None,
    state_bucket: Annotated[
        str | None, _answer("S3 bucket for the state.", metavar="BUCKET", default="a file in the project")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take the defaults.")] = False,
    project: Project = PROJECT,
    json_output: Json = False,
) -> ExitStatus:
    """Write a new environment file by asking a few questions, and show what it costs.

    The file has only what differs from the defaults. Nothing is overwritten, and nothing is written that make synth
    would refuse. Without a terminal nothing is asked.
    """
    from cli.new_environment.asking import asked, kept, say_answers  # noqa: PLC0415 (the model is slow to import)
    from cli.new_environment.draft import Draft, Folder  # noqa: PLC0415
    from cli.new_environment.questions import completed, refused  # noqa: PLC0415

    options = {
        "purpose": purpose,
        "region": region,
        "name_prefix": name_prefix,
        "engine_version": engine_version,
        "minimum_acu": minimum_acu,
        "maximum_acu": maximum_acu,
        "vpc_id": vpc_id,
        "alarm_email": alarm_email,
        "state_bucket": state_bucket,
    }
    given = {question: answer for question, answer in options.items() if answer is not None}
    folder = Folder(project)
    path = folder.new_file(name)
    is_asked = not yes and not json_output and sys.stdin.isatty() and sys.stderr.isatty()
    answers = asked(name, path, given, folder) if is_asked else completed(name, given)
    draft = Draft.of_answers(path, answers)
    with kept(name, answers) if is_asked else contextlib.nullcontext():
        if problems := draft.problems(folder.others):
            raise refused(problems[0])
        estimate = _estimate(project, draft)
        if is_asked:
            _say_draft(draft, estimate)
            if not typer.confirm(f"write environments/{path.name}?", default=True, err=True):
                say_answers(name, answers)
                terminal.note("nothing is written")
                return ExitStatus.DONE
        draft.write()
    if json_output:
        terminal.say_json(_as_json(name, draft, estimate))
        return ExitStatus.DONE
    if not is_asked:
        _say_draft(draft, estimate)
    _say_written(name, path, folder)
    return ExitStatus.DONE


def _estimate(project: Path, draft: "Draft") -> "Estimate | str":
    """Return what the environment will cost, or why that is not known."""
    from analysis.cost.estimate import estimate, knows_nothing  # noqa: PLC0415
    from analysis.synthesized.synthesis import stack_of, synthesize_project  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory(prefix="aurora-serverless-") as folder,
        terminal.progress("working out what it costs"),
    ):
        (Path(folder) / draft.path.name).write_text(draft.text, encoding="utf-8")
        try:
            stacks = synthesize_project(project, environments=Path(folder))
            found = estimate(stack_of(stacks, draft.path.stem))
        except AnalysisError as error:
            return str(error)
    return found.prices_said if knows_nothing(found) else found


def _say_draft(draft: "Draft", estimate: "Estimate | str") -> None:
    terminal.say()
    for line in draft.text.splitlines():
        terminal.say(Text(f"  {line}" if line else "", style="dim" if line.startswith("#") else ""))
    terminal.say()
    terminal.say_facts(_cost(estimate))


def _cost(estimate: "Estimate | str") -> dict[str, str]:
    if isinstance(estimate, str):
        return {"cost a month": f"unknown: {estimate}"}
    more = ", and more" if estimate.unknown else ""
    sums = f"${estimate.floor:,.2f} to ${estimate.ceiling:,.2f}, typically ${estimate.typical:,.2f}{more}"
    unknown = {"not in it": ", ".join(estimate.unknown)} if estimate.unknown else {}
    return {"cost a month": sums, **unknown, "": estimate.prices_said}


def _next(name: str) -> dict[str, str]:
    return {
        "make snapshots": "its snapshot, addresses and picture, for the commit",
        "make synth": "what Terraform gets",
        f'make cdktf ARGS="deploy {name}"': "deploys it",
        f"./aurora-serverless wait {name}": "until it answers",
    }


def _say_written(name: str, path: Path, folder: "Folder") -> None:
    terminal.say(Text(f"environments/{path.name} is written; next:", style="bold green"))
    terminal.say_facts({f"  {command}": what for command, what in _next(name).items()})
    if folder.unread:
        terminal.note(f"not compared with {', '.join(folder.unread)}: make synth says what is wrong there", "yellow")


def _as_json(name: str, draft: "Draft", estimate: "Estimate | str") -> dict[str, Any]:
    cost: dict[str, Any] = {"unknown_because": estimate}
    if not isinstance(estimate, str):
        cost = {
            "floor": estimate.floor,
            "typical": estimate.typical,
            "ceiling": estimate.ceiling,
            "unknown": list(estimate.unknown),
            "prices": estimate.prices_said,
        }
    return {
        "environment": name,
        "file": str(draft.path),
        "text": draft.text,
        "usd_a_month": cost,
        "next": list(_next(name)),
    }
