"""`aurora-serverless diagram`: a picture of what an environment makes, and of who may reach what."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from analysis.synthesized.synthesis import stack_of, synthesize_project
from cli.arguments.completion import environments
from cli.arguments.options import Json, Project
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.errors import wrong_input
from operations.files import write_file
from operations.target.where import PROJECT

if TYPE_CHECKING:
    from analysis.diagram.picture import Picture


class Format(StrEnum):
    """What a picture is written as."""

    SVG = "svg"
    PNG = "png"
    MERMAID = "mermaid"


_EXTENSIONS: Final[Mapping[str, Format]] = {
    ".svg": Format.SVG,
    ".png": Format.PNG,
    ".mmd": Format.MERMAID,
    ".mermaid": Format.MERMAID,
}


def run(
    environment: Annotated[
        str | None,
        typer.Argument(
            help="The environment: a file in environments/. All of them by default.",
            show_default=False,
            autocompletion=environments,
        ),
    ] = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="FILE.svg, .png or .mmd; a folder for all environments."),
    ] = None,
    format_: Annotated[
        Format | None,
        typer.Option("--format", help="Overrides the extension of FILE.", show_default=False),
    ] = None,
    project: Project = PROJECT,
    json_output: Json = False,
) -> ExitStatus:
    """Draw what an environment creates, and who may reach what.

    From the JSON that main.py synthesizes, without AWS: network, security groups, cluster, instances, secret, roles,
    keys, alarms, and an arrow for each rule and each permission. SVG and PNG have AWS's icons. Without --output the
    picture is printed as Mermaid, which GitHub draws in Markdown.
    """
    if json_output and (output is not None or format_ is not None):
        raise wrong_input("--json prints what is in the picture: leave out --output and --format")
    if environment is None and output is None and not json_output:
        raise wrong_input("name an environment, or a folder for the pictures of all: --output FOLDER")
    from analysis.diagram.reading import picture_of  # noqa: PLC0415 (no other command draws)

    chosen = _format(environment, output, format_)
    stacks = synthesize_project(project, environment=environment)
    names = list(stacks) if environment is None else [environment]
    pictures = {name: picture_of(stack_of(stacks, name)) for name in names}
    if json_output:
        parts = {name: picture.as_json() for name, picture in pictures.items()}
        terminal.say_json(parts if environment is None else parts[environment])
    elif output is None:
        text = _written(pictures[names[0]], chosen).decode()
        if chosen is Format.SVG:
            terminal.say_data(text)
        else:
            print(text, end="")
    else:
        for name, picture in pictures.items():
            path = output / f"{name}.{_extension(chosen)}" if environment is None or output.is_dir() else output
            if _write(path, _written(picture, chosen)):
                terminal.say(terminal.printable(str(path)))
    return ExitStatus.DONE


def _format(environment: str | None, output: Path | None, format_: Format | None) -> Format:
    """Return what to write. Raises OperationsError (2) where the command line does not say one thing."""
    if output is None:
        if format_ is Format.PNG:
            raise wrong_input("a PNG cannot be printed: write it with --output FILE.png")
        return format_ or Format.MERMAID
    if environment is None or output.is_dir():
        if output.is_file() or output.suffix.lower() in _EXTENSIONS:
            raise wrong_input(f"{output} is one file: name an environment, or a folder for the pictures of all")
        return format_ or Format.SVG
    known = _EXTENSIONS.get(output.suffix.lower())
    if known is None and format_ is None:
        raise wrong_input(
            f"{output}: no picture has that extension; write one of {', '.join(_EXTENSIONS)}, or --format"
        )
    return format_ or known or Format.SVG


def _written(picture: "Picture", format_: Format) -> bytes:
    from analysis.diagram.layout import draw  # noqa: PLC0415
    from analysis.diagram.mermaid import mermaid  # noqa: PLC0415
    from analysis.diagram.svg import png, svg  # noqa: PLC0415

    if format_ is Format.MERMAID:
        return mermaid(picture).encode()
    drawn = svg(draw(picture))
    return png(drawn) if format_ is Format.PNG else drawn.encode()


def _extension(format_: Format) -> str:
    return "mmd" if format_ is Format.MERMAID else format_.value


def _write(path: Path, content: bytes) -> bool:
    """Write a picture, and its folder where there is none; return whether it is a file. Raises OperationsError (2)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise wrong_input(f"{path} cannot be written: {error.strerror}; name another file") from None
    return write_file(path, content)
