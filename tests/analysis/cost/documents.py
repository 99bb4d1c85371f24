"""Synthesized stacks of a few lines, as somebody else's program might write them, and their estimates."""

from datetime import date
from decimal import Decimal
from typing import Any

from analysis.cost.estimate import Estimate, estimate
from analysis.cost.line import Line
from analysis.cost.usage import Usage
from analysis.synthesized.stack import SynthesizedStack
from aurora_serverless.facts.prices import PriceList, load_prices

TODAY = date(2026, 11, 1)
US_EAST_1 = PriceList(tuple(row for row in load_prices().rows if row.region == "us-east-1"))
"""The prices of the one Region that has all of them."""
NOWHERE = "us-west-9"
"""A Region without prices."""
SERVERLESS: dict[str, Any] = {
    "cluster_identifier": "${aws_rds_cluster.aurora.id}",
    "instance_class": "db.serverless",
}


def stack_of(
    *,
    minimum: Any = 0.5,
    maximum: Any = 1,
    pause: int | None = None,
    cluster: dict[str, Any] | None = None,
    instances: dict[str, dict[str, Any]] | None = None,
    region: str | None = "us-east-1",
    **resources: Any,
) -> SynthesizedStack:
    """Return a stack with one cluster; `instances` are more arguments by name, `resources` more resources by type."""
    scaling = {"min_capacity": minimum, "max_capacity": maximum, "seconds_until_auto_pause": pause}
    arguments = {
        "engine": "aurora-postgresql",
        "engine_version": "17.7",
        "cluster_identifier": "alex",
        "serverlessv2_scaling_configuration": scaling,
    }
    members = {"aurora": {}} if instances is None else instances
    document = {
        "variable": {"aws_region": {"default": region} if region else {}},
        "resource": {
            "aws_rds_cluster": {"aurora": arguments | (cluster or {})},
            "aws_rds_cluster_instance": {name: SERVERLESS | more for name, more in members.items()},
            **resources,
        },
    }
    return SynthesizedStack("alex", document)


def estimate_of(stack: SynthesizedStack, today: date = TODAY, /, **usage: Any) -> Estimate:
    """Return the estimate of a stack with the prices that ship; numbers of the usage may be texts."""
    exact = {name: Decimal(str(value)) for name, value in usage.items()}
    return estimate(stack, load_prices(), Usage(**exact), today=today)


def line_of(found: Estimate, item: str) -> Line:
    """Return the one line of an item."""
    [line] = [line for line in found.lines if line.item == item]
    return line


def has_line(found: Estimate, item: str) -> bool:
    """Whether an estimate has a line of an item."""
    return any(line.item == item for line in found.lines)


def dollars(amount: Decimal | None) -> str:
    """Return an amount with its cents, for comparing."""
    assert amount is not None
    return f"{amount:.2f}"
