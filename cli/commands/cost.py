"""The command `cost`: what an environment costs a month, before it is deployed; and what a running cluster has cost."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from analysis.cost.usage import Usage
from analysis.files import read_text
from cli.arguments.completion import environments
from cli.arguments.options import Json, Project
from cli.arguments.usage import takes_usage
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.aws.cloudwatch import LONGEST_HOURS
from operations.errors import wrong_input
from operations.files import write_file
from operations.target.where import PROJECT, Where

if TYPE_CHECKING:
    from analysis.cost.estimate import Estimate
    from analysis.synthesized.stack import SynthesizedStack
    from aurora_serverless.facts.prices import PriceList
    from operations.prices.price_list_api import Refreshed

_LONGEST_DAYS: Final = LONGEST_HOURS // 24
_PRICES: Final = "Prices"
_RUNNING: Final = "A running cluster"


@takes_usage
def run(
    *,
    environment: Annotated[
        str | None,
        typer.Argument(
            help="The environment. All of them by default.", show_default=False, autocompletion=environments
        ),
    ] = None,
    why: Annotated[bool, typer.Option("--why", help="Show the formula of each line.")] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw cost against ACU into FILE, a PNG.", show_default=False)
    ] = None,
    json_output: Json = False,
    project: Project = PROJECT,
    region: Annotated[
        str | None,
        typer.Option(metavar="REGION", help="For environments without a Region.", rich_help_panel=_PRICES),
    ] = None,
    prices_of: Annotated[
        str | None,
        typer.Option(metavar="REGION", help="Use its prices for unknown ones.", rich_help_panel=_PRICES),
    ] = None,
    prices_file: Annotated[
        Path | None,
        typer.Option(
            "--prices",
            metavar="FILE",
            help="Another file than constructs/aurora_serverless/facts/prices.csv.",
            rich_help_panel=_PRICES,
        ),
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="First write AWS's own prices into it.", rich_help_panel=_PRICES)
    ] = False,
    actual: Annotated[
        bool, typer.Option("--actual", help="Sum up its capacity so far instead.", rich_help_panel=_RUNNING)
    ] = False,
    days: Annotated[
        int,
        typer.Option(min=1, max=_LONGEST_DAYS, metavar="DAYS", help="How far back.", rich_help_panel=_RUNNING),
    ] = 30,
    local: Annotated[
        bool, typer.Option("--local", help="It is on local AWS (make local-deploy).", rich_help_panel=_RUNNING)
    ] = False,
    usage: Usage,
) -> ExitStatus:
    """Estimate an environment's monthly cost: minimum, typical and maximum.

    From the synthesized JSON and dated prices, without AWS. Usage that is not given is assumed from the size of the
    cluster; docs/cost.md says how.
    """
    _check(environment, plot=plot, actual=actual, refresh=refresh, local=local)
    prices = _load(prices_file)
    if prices_of is not None and prices_of not in prices.regions:
        raise wrong_input(f"--prices-of {prices_of}: there are prices of {', '.join(prices.regions)} only")
    if actual:
        where = Where(environment=environment, local=local, project=project)
        return _actual(where, prices, prices_of, usage, days=days, json_output=json_output)
    stacks = _stacks(environment, project, region)
    refreshed = None
    if refresh:
        refreshed = _refresh(prices, sorted({stack.region or region or "" for stack in stacks}), prices_file)
        prices = refreshed[-1].prices
    from analysis.cost.estimate import estimate  # noqa: PLC0415 (imports the rules of the engine)

    estimates = [estimate(stack, prices, usage, region=region, borrowed_from=prices_of) for stack in stacks]
    if plot is not None:
        from cli.plots.cost import draw  # noqa: PLC0415 (matplotlib takes a second)

        draw(stacks[0], estimates[0], prices, plot)
    _show(estimates, environment, refreshed or (), why=why, plot=plot, json_output=json_output)
    return ExitStatus.DONE


def _check(environment: str | None, *, plot: Path | None, actual: bool, refresh: bool, local: bool) -> None:
    if environment is None and (plot is not None or actual):
        raise wrong_input(f"{'--actual' if actual else '--plot'} is for one environment: name it")
    if actual and (plot is not None or refresh):
        raise wrong_input(f"give --actual or {'--refresh' if refresh else '--plot'}, not both")
    if local and not actual:
        raise wrong_input("--local is for --actual: an estimate asks no AWS")
    if plot is not None:
        from cli.plots.metrics import check_name  # noqa: PLC0415 (for --plot only)

        check_name(plot)


def _load(path: Path | None) -> "PriceList":
    from aurora_serverless.facts.prices import PRICES_FILE, parse_prices  # noqa: PLC0415 (for this command only)
    from aurora_serverless.facts.table import FactError  # noqa: PLC0415

    try:
        return parse_prices(read_text(path or PRICES_FILE), str(path or PRICES_FILE))
    except FactError as error:
        raise wrong_input(str(error)) from None


def _stacks(environment: str | None, project: Path, region: str | None) -> "list[SynthesizedStack]":
    from analysis.synthesized.synthesis import stack_of, synthesize_project  # noqa: PLC0415

    with terminal.progress("synthesizing"):
        stacks = synthesize_project(project, environment=environment)
    if environment is None:
        return list(stacks.values())
    stack = stack_of(stacks, environment)
    if region is not None and stack.region not in {None, region}:
        raise wrong_input(f"--region {region}: {environment} is in {stack.region}; leave --region out")
    return [stack]


def _refresh(prices: "PriceList", regions: Sequence[str], path: Path | None) -> "tuple[Refreshed, ...]":
    """Ask for the prices of each Region, and write them once all are there."""
    from aurora_serverless.facts.prices import PRICES_FILE  # noqa: PLC0415
    from operations.aws.session import AwsSession  # noqa: PLC0415
    from operations.prices import price_list_api  # noqa: PLC0415 (imports botocore)

    if "" in regions:
        raise wrong_input("--refresh: an environment names no Region; give --region, or name another environment")
    for region in regions:
        price_list_api.check_currency(region)
    done: list[Refreshed] = []
    for region in regions:
        with terminal.progress(f"asking AWS's Price List about {region}"):
            pricing = AwsSession(price_list_api.endpoint_region(region)).client("pricing")
            done.append(price_list_api.refresh(prices, region, pricing, today=datetime.now(UTC).date()))
        prices = done[-1].prices
    write_file(path or PRICES_FILE, prices.as_csv())
    for region, refreshed in zip(regions, done, strict=True):
        count = len(refreshed.found)
        terminal.note(f"wrote {count} price{'' if count == 1 else 's'} of {region} into {path or PRICES_FILE.name}")
        for item, reason in refreshed.missing.items():
            terminal.note(f"not found for {region}: {item}: {reason}", style="yellow")
    return tuple(done)


def _show(
    estimates: "Sequence[Estimate]",
    environment: str | None,
    refreshed: "Sequence[Refreshed]",
    *,
    why: bool,
    plot: Path | None,
    json_output: bool,
) -> None:
    from cli.reports import cost as report  # noqa: PLC0415

    if json_output:
        document: dict[str, Any] = {"environments": [report.as_json(estimate) for estimate in estimates]}
        if environment is not None:
            [document] = document["environments"]
        if refreshed:
            document["refreshed"] = [one.as_json() for one in refreshed]
        terminal.say_json(document)
    elif environment is None:
        report.say_many(estimates)
    else:
        report.say_one(estimates[0], why=why)
        if plot is not None:
            terminal.say(f"drawn into {plot}")


def _actual(
    where: Where, prices: "PriceList", prices_of: str | None, usage: Usage, *, days: int, json_output: bool
) -> ExitStatus:
    from analysis.cost.line import Rates  # noqa: PLC0415
    from analysis.synthesized.database import storage_type  # noqa: PLC0415
    from cli.reports import cost as report  # noqa: PLC0415
    from operations.aws.cluster import read_cluster  # noqa: PLC0415
    from operations.scaling import actual  # noqa: PLC0415

    target = where.find()
    rates = Rates(prices, target.session.region, prices_of)
    with terminal.progress(f"asking CloudWatch about {target.name}"):
        cluster = read_cluster(target, target.session.client("rds"))
        price = rates.price(f"acu_hour_{storage_type(cluster.storage_type)}")
        cloudwatch = target.session.client("cloudwatch")
        found = actual.read_actual(cluster, cloudwatch, price, days=days, now=datetime.now(UTC))
    if json_output:
        terminal.say_json({"target": target.name, "region": rates.region} | report.actual_as_json(found, usage.hours))
    else:
        report.say_actual(found, cluster.identifier, usage.hours, region=rates.region, today=datetime.now(UTC).date())
    return ExitStatus.DONE
