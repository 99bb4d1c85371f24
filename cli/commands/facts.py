"""`aurora-serverless facts`: what this project knows of AWS, how old that is, and what AWS says of it today."""

import difflib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli.arguments.completion import facts as complete_facts
from cli.arguments.options import Json
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.errors import wrong_input

if TYPE_CHECKING:
    from aurora_serverless.facts.files import FactFile
    from operations.facts.compare import Comparison

_COMPARISON: Final = "Comparison with AWS"
_DEFAULT_REGION: Final = "us-east-1"
"""Where the engine is asked of if neither the command line nor the AWS configuration names a Region."""


def run(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME", help="versions, regions, prices, ...", show_default=False, autocompletion=complete_facts
        ),
    ] = None,
    *,
    json_output: Json = False,
    region: Annotated[
        str | None,
        typer.Option(metavar="REGION", help="Rows of this Region; with --compare, the one to ask.", show_default=False),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Ask AWS, and show what differs.", rich_help_panel=_COMPARISON)
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Update the files with AWS's answers.", rich_help_panel=_COMPARISON)
    ] = False,
) -> ExitStatus:
    """Show the facts about AWS used here, with source and age; compare them with AWS, and update them.

    Without NAME it lists all files, with one its rows. --compare needs credentials, except for regions and prices,
    which are in public files; without --region it compares all Regions, which takes minutes. Exit status 1 if AWS
    differs, unless --write has updated the file.
    """
    from cli.reports import facts as report  # noqa: PLC0415 (imports the rules of the engine)
    from operations.facts.rows import find_files, rows_of  # noqa: PLC0415

    if write and not compare:
        raise wrong_input("--write needs --compare")
    files, today = find_files(names or ()), datetime.now(UTC).date()
    if compare:
        return _compare(files, region, write=write, json_output=json_output)
    if not names:
        if region is not None:
            raise wrong_input(
                f"--region {region} is for rows, such as ./aurora-serverless facts prices --region {region}"
            )
        if json_output:
            terminal.say_json(report.files_as_json(files, today))
        else:
            report.say_files(files, today)
        return ExitStatus.DONE
    found = [(file, rows_of(file, region)) for file in files]
    if json_output:
        documents = [report.rows_as_json(file, rows, today) for file, rows in found]
        terminal.say_json({"as_of": today, "facts": documents})
    else:
        for file, rows in found:
            report.say_rows(file, rows, today)
    return ExitStatus.DONE


def _compare(files: "Sequence[FactFile]", region: str | None, *, write: bool, json_output: bool) -> ExitStatus:
    from cli.reports import facts as report  # noqa: PLC0415
    from operations.aws.session import AwsSession  # noqa: PLC0415
    from operations.facts import compare as comparing  # noqa: PLC0415 (imports botocore)

    _check_region(region)
    asked = region or _configured_region() or _DEFAULT_REGION
    today = datetime.now(UTC).date()
    with terminal.progress("asking AWS") as progress:
        comparison = comparing.compare(
            files,
            AwsSession(asked),
            region=region,
            today=today,
            on_step=lambda step: progress.say(f"asking AWS: {step}"),
        )
    written = comparing.write(files, comparison) if write else None
    if json_output:
        terminal.say_json(report.comparison_as_json(comparison, asked, written))
    else:
        report.say_comparison(comparison, asked, written)
    return _exit_status(comparison, is_written=write)


def _exit_status(comparison: "Comparison", *, is_written: bool) -> ExitStatus:
    """Return 0 where nothing differs, or all was written; 1 where something does, and the reason of a failure."""
    if comparison.failures:
        return ExitStatus.of(comparison.failures[0].error.kind)
    left = [difference for difference in comparison.differences if difference.obstacle or not is_written]
    return ExitStatus.FAILED if left else ExitStatus.DONE


def _check_region(region: str | None) -> None:
    from aurora_serverless.facts.regions import regions  # noqa: PLC0415

    if region is not None and region not in regions():
        [nearest] = difflib.get_close_matches(region.lower(), regions(), n=1, cutoff=0.0)
        raise wrong_input(f"--region {region}: no such Region is known; did you mean {nearest}?")


def _configured_region() -> str | None:
    import boto3  # type: ignore[import-untyped]  # noqa: PLC0415 (slow)

    found: str | None = boto3.Session().region_name
    return found
