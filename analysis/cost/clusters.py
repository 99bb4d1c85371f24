"""The clusters of a synthesized stack as their bill sees them: capacity, instances, and whether they can pause."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analysis.synthesized.pausing import (
    all_awake_because,
    instances_of,
    is_primary,
    proxy_targets,
    writer_awake_because,
)
from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import blocks_in
from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.capacity import DEFAULT_AUTO_PAUSE_SECONDS, SMALLEST_RUNNING_ACU

IO_OPTIMIZED: Final = "aurora-iopt1"

# Source: Amazon RDS API, CreateDBInstance, PromotionTier: the default.
DEFAULT_TIER: Final = limit("rds_promotion_tier_default")
# Source: Amazon Aurora User Guide, "Aurora Serverless v2 scaling": readers of these tiers follow the writer.
LAST_TIER_OF_FOLLOWERS: Final = limit("rds_last_tier_that_follows_the_writer")


@dataclass(frozen=True)
class BilledInstance:
    """A resource of instances. `count` is how many it makes, None where only Terraform knows.

    `instance_class` is `db.serverless`, or a class with a price of its own. `awake_because` is empty unless something
    keeps it from pausing in a cluster that shall pause.
    """

    name: str
    instance_class: str | None
    count: int | None
    tier: int
    is_writer: bool
    awake_because: tuple[str, ...]

    @property
    def follows(self) -> bool:
        """Whether it is a reader that has at least the writer's capacity, and pauses with it."""
        return not self.is_writer and self.tier <= LAST_TIER_OF_FOLLOWERS


@dataclass(frozen=True)
class BilledCluster:
    """A cluster. Capacities in ACU are None where they are no numbers in the JSON.

    `wakeful` is what keeps readers of auto scaling awake; they stand in the last tier.
    """

    block: Block
    minimum_acu: Decimal | None
    maximum_acu: Decimal | None
    pause_seconds: Decimal
    instances: tuple[BilledInstance, ...]
    fewest_readers: int
    most_readers: int
    wakeful: tuple[str, ...]
    proxies: int
    is_primary: bool

    @property
    def name(self) -> str:
        """Its name in Terraform."""
        return self.block.name

    @property
    def is_io_optimized(self) -> bool:
        """Whether its I/O is not billed by the request."""
        return self.block.get("storage_type") == IO_OPTIMIZED

    @property
    def storage(self) -> str:
        """The end of the names of the prices that its storage decides."""
        return "io_optimized" if self.is_io_optimized else "standard"

    @property
    def shall_pause(self) -> bool:
        """Whether its minimum lets it pause when idle."""
        return self.minimum_acu == 0

    @property
    def least_awake_acu(self) -> Decimal | None:
        """The least that an instance has while it is awake."""
        return None if self.minimum_acu is None else max(self.minimum_acu, Decimal(str(SMALLEST_RUNNING_ACU)))

    @property
    def readers(self) -> int:
        """How many readers Terraform makes, as far as it is known."""
        return max(sum(instance.count or 0 for instance in self.instances) - 1, 0)

    @property
    def scaled_readers(self) -> tuple[int, int]:
        """How many readers auto scaling adds to those, at least and at most."""
        return max(self.fewest_readers - self.readers, 0), max(self.most_readers - self.readers, 0)


def clusters(stack: SynthesizedStack) -> Iterator[BilledCluster]:
    """Yield the Aurora clusters of a stack."""
    for block in stack.of_type("aws_rds_cluster"):
        scaling = next(iter(blocks_in(block.get("serverlessv2_scaling_configuration"))), {})
        wakeful = tuple(all_awake_because(stack, block))
        fewest, most = _reader_scaling(stack, block)
        yield BilledCluster(
            block=block,
            minimum_acu=_decimal(scaling.get("min_capacity")),
            maximum_acu=_decimal(scaling.get("max_capacity")),
            pause_seconds=_decimal(scaling.get("seconds_until_auto_pause")) or Decimal(DEFAULT_AUTO_PAUSE_SECONDS),
            instances=tuple(_instances(stack, block, wakeful)),
            fewest_readers=fewest,
            most_readers=most,
            wakeful=wakeful,
            proxies=len(proxy_targets(stack, block)),
            is_primary=is_primary(stack, block),
        )


def copies(block: Block) -> int | None:
    """Return how many resources a block makes by `count` or `for_each`; None where only Terraform knows."""
    for_each = block.get("for_each")
    if for_each is not None:
        return len(for_each) if isinstance(for_each, (list, dict)) else None
    count = block.get("count", default=1)
    return count if isinstance(count, int) else None


def count_of(blocks: Iterable[Block]) -> int | None:
    """Return how many resources some blocks make together; None where only Terraform knows."""
    counts = [copies(block) for block in blocks]
    return None if None in counts else sum(count or 0 for count in counts)


def _instances(stack: SynthesizedStack, cluster: Block, wakeful: tuple[str, ...]) -> Iterator[BilledInstance]:
    of_cluster = instances_of(stack, cluster)
    # The first one of the first tier: which instance writes, only AWS knows, and the bill is the same.
    writer = min(of_cluster, key=_tier, default=None)
    writer_awake = tuple(writer_awake_because(stack, cluster))
    for block in of_cluster:
        with_writer = block is writer or _tier(block) <= LAST_TIER_OF_FOLLOWERS
        yield BilledInstance(
            name=block.name,
            instance_class=block.get("instance_class"),
            count=copies(block),
            tier=_tier(block),
            is_writer=block is writer,
            awake_because=wakeful + (writer_awake if with_writer else ()),
        )


def _tier(block: Block) -> int:
    tier = block.get("promotion_tier", default=DEFAULT_TIER)
    return tier if isinstance(tier, int) else DEFAULT_TIER


def _reader_scaling(stack: SynthesizedStack, cluster: Block) -> tuple[int, int]:
    for target in stack.of_type("aws_appautoscaling_target"):
        named = target.get("resource_id") == f"cluster:{cluster.get('cluster_identifier')}"
        if target.get("scalable_dimension") == "rds:cluster:ReadReplicaCount" and (
            named or cluster.address in target.references
        ):
            return int(_decimal(target.get("min_capacity")) or 0), int(_decimal(target.get("max_capacity")) or 0)
    return 0, 0


def _decimal(value: Any) -> Decimal | None:
    return Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
