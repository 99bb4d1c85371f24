"""Shows estimates: one with its lines, many with a row each, and all of it as JSON."""

import textwrap
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from rich.text import Text

from analysis.cost.break_even import BreakEven
from analysis.cost.estimate import UNKNOWN, Estimate, age_of, knows_nothing, money, totals, whose_prices
from analysis.cost.line import Line, number
from analysis.cost.usage import Usage
from aurora_serverless.facts.prices import CURRENCY, Price
from aurora_serverless.rules.regions import currency_of
from cli.output import terminal
from operations.scaling.actual import Actual

_PLACES_OF_JSON: Final = Decimal("0.0001")
_WIDTH: Final = 80
_LESS_CERTAIN: Final = frozenset({"one source", "weak"})


def say_one(estimate: Estimate, *, why: bool) -> None:
    """Print one estimate: a row a line, the sums, and what one should know of them."""
    rows: list[list[str | Text]] = [_row(line) for line in estimate.lines]
    rows.append([Text(cell, style="bold") for cell in ("total", *totals(estimate))])
    where = f"in {estimate.region}" if estimate.region else "in a Region not named"
    terminal.say(Text(f"{estimate.environment} {where}, US dollars a month", style="bold"))
    terminal.say_table(("item", "floor", "typical", "ceiling"), rows, right=(1, 2, 3))
    if why:
        terminal.say()
        for line in estimate.lines:
            _say_paragraph(f"{line.item}: {line.why}", indent="  ")
        _say_less_certain(estimate)
    terminal.say()
    for crossing in estimate.break_evens:
        _say_paragraph(_break_even(crossing))
    say_notes([estimate], why=why)


def say_many(estimates: Sequence[Estimate]) -> None:
    """Print a row for each environment."""
    terminal.say_table(
        ("environment", "region", "floor", "typical", "ceiling"),
        [(estimate.environment, estimate.region or "not named", *totals(estimate)) for estimate in estimates],
        title="US dollars a month",
        right=(2, 3, 4),
    )
    terminal.say()
    say_notes(estimates, why=True)


def say_notes(estimates: Sequence[Estimate], *, why: bool) -> None:
    """Print what holds for the figures: whose prices, how old, what is not known, what the columns are."""
    known = [estimate for estimate in estimates if not knows_nothing(estimate)]
    if priced := [estimate for estimate in known if estimate.prices]:
        _say_paragraph(whose_prices(priced))
    for estimate in estimates:
        if estimate.unknown:
            whose = "" if len(estimates) == 1 else f"{estimate.environment}: "
            items = f"not known, and in no sum: {', '.join(estimate.unknown)}"
            what = items if estimate in known else estimate.prices_said
            _say_paragraph(f"{whose}{what}; {_remedy(estimate)}", style="yellow")
    hint = "" if why else "; --why shows each formula"
    _say_paragraph(f"floor: nobody uses it; ceiling: every instance at its maximum all month{hint}", style="dim")


def as_json(estimate: Estimate) -> dict[str, Any]:
    """Return an estimate as JSON has it: amounts are numbers of US dollars, to four places."""
    return {
        "environment": estimate.environment,
        "region": estimate.region,
        "prices_of": estimate.borrowed_from,
        "currency": CURRENCY,
        "floor": _exact(estimate.floor),
        "typical": _exact(estimate.typical),
        "ceiling": _exact(estimate.ceiling),
        "unknown": estimate.unknown,
        "lines": [
            {
                "item": line.item,
                "floor": _exact(line.floor),
                "typical": _exact(line.typical),
                "ceiling": _exact(line.ceiling),
                "why": line.why,
                "prices": [price.item for price in line.prices],
            }
            for line in estimate.lines
        ],
        "break_even_io_millions": {crossing.cluster: _exact(crossing.millions) for crossing in estimate.break_evens},
        "usage": {field.name: getattr(estimate.usage, field.name) for field in fields(Usage)},
        "prices": [_price_as_json(price) for price in estimate.prices],
        "prices_as_of": estimate.prices_as_of,
        "prices_said": estimate.prices_said,
    }


def say_actual(actual: Actual, identifier: str, month_hours: Decimal, *, region: str | None, today: date) -> None:
    """Print what a running cluster has cost, and a month like that."""
    hours = f"{actual.known_hours} of the past {number(actual.hours)} hours are known"
    instances = f"{actual.instances} instance{'' if actual.instances == 1 else 's'}"
    month, cost = actual.month_acu_hours(month_hours), actual.month_cost(month_hours)
    in_all = UNKNOWN if month is None else f"{number(month)} ACU-hours in {number(month_hours)} h"
    terminal.say_facts(
        {
            "cluster": f"{identifier}, {instances} of Serverless v2 now",
            "capacity": f"{number(actual.acu_hours)} ACU-hours; {hours} to CloudWatch",
            "average": f"{number(actual.average_acu)} ACU an instance" if actual.known_hours else UNKNOWN,
            "compute so far": _dollars(actual.cost if actual.known_hours else None, actual.price),
            "a month of it": f"{_dollars(cost, actual.price)}: {in_all}",
        }
    )
    terminal.say()
    if actual.price is None:
        _say_paragraph(f"the price of an ACU-hour in {region} is not known: {_asking('ENV', region)}", style="yellow")
    else:
        _say_paragraph(age_of([actual.price], today))
    _say_paragraph("compute only; the capacity is an hour's average of the instances that there are now", style="dim")


def actual_as_json(actual: Actual, month_hours: Decimal) -> dict[str, Any]:
    """Return what a running cluster has cost as JSON has it."""
    price = actual.price
    return {
        "hours": actual.hours,
        "known_hours": actual.known_hours,
        "instances": actual.instances,
        "acu_hours": _exact(actual.acu_hours),
        "average_acu": _exact(actual.average_acu) if actual.known_hours else None,
        "currency": CURRENCY,
        "cost": _exact(actual.cost) if actual.known_hours else None,
        "month_hours": month_hours,
        "month_acu_hours": _exact(actual.month_acu_hours(month_hours)),
        "month_cost": _exact(actual.month_cost(month_hours)),
        "price": None if price is None else _price_as_json(price),
    }


def _dollars(amount: Decimal | None, price: Price | None) -> str:
    if amount is None or price is None:
        return UNKNOWN
    return f"${money(amount)} at {price.said}"


def _row(line: Line) -> list[str | Text]:
    amounts = (line.floor, line.typical, line.ceiling)
    return [line.item, *(Text(UNKNOWN, style="yellow") if amount is None else money(amount) for amount in amounts)]


def _break_even(crossing: BreakEven) -> str:
    has, other = ("I/O-Optimized", "Standard") if crossing.is_io_optimized else ("Standard", "I/O-Optimized")
    text = (
        f"I/O-Optimized storage costs less than Standard above {number(crossing.millions)} million I/O requests "
        f"a month (here {number(crossing.io_millions)}, on {has})"
    )
    return f"{text}: {other} would cost less" if crossing.saving_is_missed else text


def _remedy(estimate: Estimate) -> str:
    if estimate.region is None:
        return "give --region, such as --region us-east-1"
    return _asking(estimate.environment, estimate.region)


def _asking(environment: str, region: str | None) -> str:
    if currency_of(region) != CURRENCY:
        return "take another Region's (--prices-of us-east-1)"
    return (
        f"ask AWS for the prices of {region} (./aurora-serverless cost {environment} --refresh), "
        "or take another Region's "
        "(--prices-of us-east-1)"
    )


def _price_as_json(price: Price) -> dict[str, Any]:
    return {
        "item": price.item,
        "region": price.region,
        "usd": price.usd,
        "unit": price.unit,
        "source": price.source,
        "date": price.seen,
        "certainty": price.certainty,
    }


def _say_less_certain(estimate: Estimate) -> None:
    less = [f"{price.item} ({price.certainty})" for price in estimate.prices if price.certainty in _LESS_CERTAIN]
    if less:
        _say_paragraph(f"less certain prices: {', '.join(less)}", indent="  ")


def _say_paragraph(text: str, *, indent: str = "", style: str = "none") -> None:
    for line in textwrap.wrap(text, _WIDTH, subsequent_indent=indent, break_on_hyphens=False):
        terminal.say(Text(line, style=style))


def _exact(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_PLACES_OF_JSON, ROUND_HALF_UP)
