"""`aurora-serverless ci`: pipelines that deploy the environments, made from their files."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.arguments.completion import revisions
from cli.arguments.options import Json, NoCache, Project
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.errors import wrong_input
from operations.files import write_file
from operations.pipelines.fleet import USUALLY_AT_ONCE, Fleet, fleet_of, read_environment_waves
from operations.target.where import PROJECT

_NAMED = 5
"""Environments that a note names."""


class Service(StrEnum):
    """What runs the pipeline."""

    GITHUB = "github"
    GITLAB = "gitlab"
    ATLANTIS = "atlantis"


def run(
    *,
    service: Annotated[
        Service | None, typer.Option("--for", help="What runs the pipeline.", show_default=False)
    ] = None,
    changed: Annotated[
        str | None,
        typer.Option(
            metavar="BASE",
            help="Only what a change affects, compared with a git revision or a folder of synthesized stacks.",
            show_default=False,
            autocompletion=revisions,
        ),
    ] = None,
    at_once: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            metavar="N",
            help="Environments of a wave deployed at a time.",
            show_default=f"{USUALLY_AT_ONCE}, or as GitHub's workflow has it",
        ),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the files where the service looks for them.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit status 1 if the files there differ.")] = False,
    project: Project = PROJECT,
    no_cache: NoCache = False,
    json_output: Json = False,
) -> ExitStatus:
    """Print a pipeline that plans and deploys the environments, wave by wave.

    A wave begins when all environments of the previous one are deployed and have passed check. docs/fleets.md says
    how to set up each service.
    """
    if service is None:
        raise wrong_input(f"say what runs the pipeline: --for {', '.join(Service)}")
    if write and check:
        raise wrong_input("give --write or --check, not both")
    if service is Service.GITHUB and changed is not None:
        raise wrong_input("the workflows of GitHub find out themselves what a change touches: leave out --changed")
    waves, elsewhere = read_environment_waves(project)
    if changed is not None:
        waves = _touched(waves, project, changed, keep=not no_cache)
    fleet = fleet_of(waves, at_once)
    files = _files(service, fleet, project)
    others = _others(files, project)
    if lost := [name for name in elsewhere if name in waves]:
        more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        named = f"{', '.join(lost[:_NAMED])}{more}"
        terminal.note(f'the state must outlive the runner: write [backend] type = "s3" into {named}', style="yellow")
    if write:
        _write(files, project)
    if json_output:
        terminal.say_json(
            {
                "waves": fleet.waves,
                "files": [
                    {"path": place, "content": text, "is_current": write or place not in others}
                    for place, text in files.items()
                ],
            }
        )
    elif not (write or check):
        terminal.say_data("---\n".join(files.values()))
    for place in others if check else ():
        terminal.say_error(
            f"{place} is not what the environments say: write it with ./aurora-serverless ci --for {service} --write"
        )
    return ExitStatus.FAILED if check and others else ExitStatus.DONE


def _touched(waves: Mapping[str, int], project: Path, base: str, *, keep: bool) -> Mapping[str, int]:
    from cli.commands.changed import find  # noqa: PLC0415 (only what needs it)

    found = find(project, base, keep=keep)
    for note in found.notes:
        terminal.note(note)
    return {one.name: waves[one.name] for one in found.deployed}


def _files(service: Service, fleet: Fleet, project: Path) -> Mapping[str, str]:
    from operations.pipelines.atlantis import atlantis  # noqa: PLC0415
    from operations.pipelines.github import github  # noqa: PLC0415
    from operations.pipelines.gitlab import gitlab  # noqa: PLC0415

    if service is Service.GITHUB:
        return github(fleet, project)
    return gitlab(fleet) if service is Service.GITLAB else atlantis(fleet)


def _write(files: Mapping[str, str], project: Path) -> None:
    for place, text in files.items():
        path = project / place
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise wrong_input(f"{path.parent} cannot be made: {error.strerror}") from None
        write_file(path, text)
        terminal.note(f"wrote {place}")


def _others(files: Mapping[str, str], project: Path) -> Sequence[str]:
    """Return the places that have something else."""
    places = {place: project / place for place in files}
    return [
        place
        for place, text in files.items()
        if not places[place].is_file() or places[place].read_bytes() != text.encode()
    ]
