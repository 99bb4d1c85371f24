"""What a running cluster has cost: the sum of its capacity over the hours that CloudWatch knows, and a month of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from aurora_serverless.facts.prices import Price
from aurora_serverless.rules.instances import SERVERLESS_CLASS
from operations.aws.cloudwatch import CAPACITY, read_series
from operations.aws.cluster import Cluster
from operations.errors import wrong_input

HOUR_SECONDS: Final = 3600


@dataclass(frozen=True)
class Actual:
    """The capacity of a cluster over a time, in ACU-hours of all its instances, and what it costs.

    `known_hours` is of how many of the `hours` CloudWatch has points. `price` is None where it is not known.
    """

    hours: Decimal
    known_hours: int
    instances: int
    acu_hours: Decimal
    price: Price | None

    @property
    def average_acu(self) -> Decimal:
        """The average capacity of an instance over the hours that are known."""
        return (
            self.acu_hours / (self.known_hours * self.instances) if self.known_hours and self.instances else Decimal(0)
        )

    @property
    def cost(self) -> Decimal | None:
        """What the hours that are known cost, in US dollars."""
        return None if self.price is None else self.acu_hours * self.price.usd

    def month_acu_hours(self, month_hours: Decimal) -> Decimal | None:
        """Return the ACU-hours of a month like the hours that are known; None where none is."""
        return self.acu_hours / self.known_hours * month_hours if self.known_hours else None

    def month_cost(self, month_hours: Decimal) -> Decimal | None:
        """Return what such a month costs, in US dollars."""
        acu_hours = self.month_acu_hours(month_hours)
        return None if acu_hours is None or self.price is None else acu_hours * self.price.usd


def read_actual(cluster: Cluster, cloudwatch: Any, price: Price | None, *, days: int, now: datetime) -> Actual:
    """Sum the capacity of the past `days`, hour by hour. Raises OperationsError (WRONG_INPUT), and what boto3 does.

    Source: Amazon Aurora User Guide, "Important Amazon CloudWatch metrics for Aurora Serverless v2": for a cluster,
    ServerlessDatabaseCapacity is the average of its instances.
    """
    instances = sum(instance.instance_class == SERVERLESS_CLASS for instance in cluster.instances)
    if instances == 0:
        raise wrong_input(f"{cluster.identifier} has no instance of Serverless v2, whose capacity could be summed")
    # The hour that is not over yet has no average yet.
    end = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    [series] = read_series(
        cloudwatch, cluster.identifier, (CAPACITY,), hours=days * 24, now=end, period_seconds=HOUR_SECONDS
    )
    acu_hours = sum((Decimal(str(value)) for value in series.values), Decimal(0)) * instances
    return Actual(Decimal(days * 24), len(series.points), instances, acu_hours, price)
