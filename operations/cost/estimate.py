"""The estimate of one synthesized stack: its lines, their sums, and how old its prices are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from operations.cost import compute, storage, surroundings
from operations.cost.clusters import Cluster, clusters
from operations.cost.line import Line, Rates, unknown
from operations.cost.usage import Usage
from operations.synthesized.stack import SynthesizedStack
from prices import Price, PriceList, load_prices

_ENGINE: Final = "aurora-postgresql"

_PRICED: Final = frozenset(
    "aws_appautoscaling_target aws_cloudwatch_dashboard aws_cloudwatch_log_group aws_cloudwatch_metric_alarm "
    "aws_db_proxy aws_kms_key aws_kms_replica_key aws_rds_cluster aws_rds_cluster_instance "
    "aws_secretsmanager_secret aws_sns_topic aws_sns_topic_subscription aws_vpc_endpoint".split()
)
_FREE: Final = frozenset(
    "aws_appautoscaling_policy aws_db_parameter_group aws_db_proxy_default_target_group aws_db_proxy_target "
    "aws_db_subnet_group aws_iam_policy aws_iam_role aws_iam_role_policy aws_iam_role_policy_attachment "
    "aws_kms_alias aws_kms_key_policy aws_rds_cluster_parameter_group aws_rds_global_cluster "
    "aws_secretsmanager_secret_policy aws_secretsmanager_secret_rotation aws_secretsmanager_secret_version "
    "aws_security_group aws_security_group_rule aws_sns_topic_policy aws_subnet aws_vpc "
    "aws_vpc_security_group_egress_rule aws_vpc_security_group_ingress_rule".split()
)
"""Types that AWS does not bill by themselves: what they use is billed where it stands."""


@dataclass(frozen=True)
class Estimate:
    """What an environment costs a month, in US dollars.

    `floor` is what it costs when nobody uses it, `typical` the month of the usage, `ceiling` the same month with every
    instance at its maximum capacity all the time; each is the sum of what is known, and `unknown` names the rest.
    """

    environment: str
    region: str | None
    borrowed_from: str | None
    usage: Usage
    today: date
    lines: tuple[Line, ...]

    @property
    def floor(self) -> Decimal:
        """The sum of what is known at least."""
        return sum((line.floor for line in self.lines if line.floor is not None), Decimal(0))

    @property
    def typical(self) -> Decimal:
        """The sum of what is known in the typical month."""
        return sum((line.typical for line in self.lines if line.typical is not None), Decimal(0))

    @property
    def ceiling(self) -> Decimal:
        """The sum of what is known at most."""
        return sum((line.ceiling for line in self.lines if line.ceiling is not None), Decimal(0))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The items whose cost is not known, and which no sum contains."""
        return tuple(line.item for line in self.lines if not line.is_known)

    @property
    def prices(self) -> tuple[Price, ...]:
        """The prices that it was made with, each once."""
        return tuple(dict.fromkeys(price for line in self.lines for price in line.prices))

    @property
    def prices_as_of(self) -> date | None:
        """The day of the oldest price that it was made with; None where it was made with none."""
        return min((price.date for price in self.prices), default=None)

    @property
    def prices_said(self) -> str:
        """Whose prices these are and how old, as every output says it."""
        if self.prices_as_of is None:
            return f"no price is known for {self.region}" if self.region else "no price: the stack names no Region"
        regions = sorted({price.region for price in self.prices})
        oldest, newest = (choose(self.prices, key=lambda price: price.date).seen for choose in (min, max))
        when = oldest if oldest == newest else f"{oldest} to {newest}"
        days = (self.today - self.prices_as_of).days
        age = f"{days} day{'' if days == 1 else 's'} old" if oldest == newest else f"up to {days} days old"
        said = f"prices of {' and '.join(regions)}, {when}, {age}"
        if self.borrowed_from in regions and self.borrowed_from != self.region:
            said += f"; {self.borrowed_from}'s stand in for unknown ones of {self.region or 'a Region not named'}"
        return said


def estimate(
    stack: SynthesizedStack,
    prices: PriceList | None = None,
    usage: Usage | None = None,
    *,
    region: str | None = None,
    borrowed_from: str | None = None,
    today: date | None = None,
) -> Estimate:
    """Return what a stack costs a month.

    Args:
        stack: The synthesized stack.
        prices: The prices; by default those of the file that ships.
        usage: The typical month; by default a sensible one for the size of each cluster.
        region: The Region, where the stack names none; by default the stack's own.
        borrowed_from: The Region whose prices stand in for unknown ones; by default none, and they stay unknown.
        today: The day on which it is made: Extended Support and the age of the prices depend on it.

    Raises:
        OperationsError: The usage does not fit the stack (2).
    """
    rates = Rates(prices or load_prices(), stack.region or region, borrowed_from)
    lines = _lines(stack, usage or Usage(), today or date.today(), rates)
    return Estimate(stack.name, rates.region, borrowed_from, usage or Usage(), today or date.today(), tuple(lines))


def _lines(stack: SynthesizedStack, usage: Usage, today: date, rates: Rates) -> Iterator[Line]:
    found = list(clusters(stack))
    for cluster in found:
        yield from _of_cluster(stack, cluster, usage, today, rates, several=len(found) > 1)
    yield from surroundings.secrets(stack, found, usage, rates)
    yield from surroundings.keys(stack, usage, rates)
    yield from surroundings.alarms(stack, usage, rates)
    yield from surroundings.endpoints(stack, usage, rates)
    for block in stack.resources.values():
        if block.type.startswith("aws_") and block.type not in _PRICED | _FREE:
            yield unknown(block.address, f"nothing is known here of what an {block.type} costs")


def _of_cluster(
    stack: SynthesizedStack, cluster: Cluster, usage: Usage, today: date, rates: Rates, *, several: bool
) -> Iterator[Line]:
    if cluster.block.get("engine") != _ENGINE:
        yield unknown(cluster.block.address, f"the prices are those of {_ENGINE}, not of {cluster.block.get('engine')}")
        return
    computed = compute.compute(cluster, usage, rates)
    lines = (
        *computed.lines,
        *storage.storage(cluster, usage, rates),
        *storage.data_api(cluster, usage, rates),
        *compute.proxy(cluster, computed.acu_hours, usage, rates),
        *surroundings.logs(stack, cluster, usage, rates),
        *compute.insights(cluster, computed.acu_hours, rates),
        *compute.extended_support(cluster, computed.acu_hours, today, rates),
    )
    yield from (line.called(f"{cluster.name}: {line.item}") if several else line for line in lines)
