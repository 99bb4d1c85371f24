"""`aurora-serverless adopt`: adopts a database of the Terraform module rds-aurora, from its state."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analysis.files import read_bytes, read_standard_input
from cli.arguments.options import Json, Project
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.output.terraform_program import as_called
from operations.errors import OperationsError, wrong_input
from operations.files import check_writable, write_file
from operations.target.where import PROJECT

if TYPE_CHECKING:
    from cli.new_environment.draft import Draft
    from operations.adoption.description import Adoption


def run(
    name: Annotated[str, typer.Argument(help="The environment's name: that of its file.", metavar="NAME")],
    state: Annotated[
        str,
        typer.Argument(
            help=as_called("The output of terraform state pull: a file, - for standard input."), metavar="STATE"
        ),
    ],
    *,
    module: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Which module, if the state has several: module.db.", show_default=False),
    ] = None,
    blocks: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the import blocks into FILE, not to stdout.", show_default=False),
    ] = None,
    vpc_id: Annotated[
        str | None, typer.Option(metavar="ID", help="The VPC, if the state does not contain it.", show_default=False)
    ] = None,
    project: Project = PROJECT,
    json_output: Json = False,
) -> ExitStatus:
    """Write an environment file and import blocks for a database of the Terraform module rds-aurora.

    Says what the plan will still change. Overwrites nothing, does not call AWS, and shows no secret of the
    state.
    """
    # These are slow to import.
    from cli.new_environment.draft import Draft, Folder  # noqa: PLC0415
    from operations.adoption.description import adoption  # noqa: PLC0415
    from operations.adoption.module_state import module_of_state  # noqa: PLC0415

    folder = Folder(project)
    path = folder.new_file(name)
    if blocks is not None:
        check_writable(blocks)
    shown = "standard input" if state == "-" else state
    found = module_of_state(read_standard_input() if state == "-" else read_bytes(Path(state)), shown, module)
    taken = adoption(found, name=name, vpc_id=vpc_id)
    draft = Draft(path, taken.document, f"Adopted from {taken.module}, a call of the module rds-aurora.")
    if problems := draft.problems(folder.others):
        raise wrong_input(f"{taken.module} cannot be described: {str(problems[0]).partition(': ')[2]}")
    _write(draft, taken, blocks)
    if json_output:
        terminal.say_json(_as_json(name, draft, taken, blocks))
        return ExitStatus.DONE
    _say(name, draft, taken, blocks)
    return ExitStatus.DONE


def _write(draft: "Draft", taken: "Adoption", blocks: Path | None) -> None:
    """Write both files, or none."""
    draft.write()
    try:
        if blocks is not None:
            write_file(blocks, f"{taken.blocks}\n", only_new=True)
    except (OperationsError, BrokenPipeError):
        draft.path.unlink(missing_ok=True)
        raise


def _next(name: str, taken: "Adoption", blocks: Path | None) -> dict[str, str]:
    stack = f"cdktf.out/stacks/{name}"
    place = {} if blocks is not None else {f"{stack}/adopt.tf": "in the folder for the import blocks, after make synth"}
    commands = {
        "make synth": f"makes {stack}/cdk.tf.json",
        **place,
        f"terraform -chdir={stack} init && terraform -chdir={stack} plan": "must destroy and replace nothing",
        f"terraform state rm {shlex.quote(taken.module)}": "after the apply, in the folder of the old configuration",
    }
    return {as_called(command): what for command, what in commands.items()}


def _say(name: str, draft: "Draft", taken: "Adoption", blocks: Path | None) -> None:
    """Print the blocks alone where they go to the output, so that a shell can send them into a file."""
    if blocks is None:
        terminal.say_data(f"{taken.blocks}\n")
    terminal.note(f"environments/{draft.path.name} is written" + (f", and {blocks}" if blocks else ""), "bold green")
    for heading, lines in (("the plan still changes:", taken.changes), ("stays unmanaged:", taken.left)):
        if lines:
            terminal.note(heading, "bold")
            for line in lines:
                terminal.note(f"  {terminal.printable(line)}", "")
    terminal.note("next:", "bold")
    for command, what in _next(name, taken, blocks).items():
        terminal.note(f"  {command}: {what}", "")


def _as_json(name: str, draft: "Draft", taken: "Adoption", blocks: Path | None) -> dict[str, Any]:
    return {
        "environment": name,
        "file": str(draft.path),
        "text": draft.text,
        "module": taken.module,
        "imports": {one.address: one.identifier for one in taken.imports},
        "blocks": taken.blocks,
        "blocks_file": None if blocks is None else str(blocks),
        "changes": taken.changes,
        "left": taken.left,
        "next": list(_next(name, taken, blocks)),
    }
