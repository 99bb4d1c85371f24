"""The clusters of a synthesized stack as their bill sees them: capacity, instances, and whether they can pause."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from aurora.auto_pause import LOGICAL_REPLICATION
from operations.synthesized.stack import Block, SynthesizedStack

IO_OPTIMIZED: Final = "aurora-iopt1"
SERVERLESS: Final = "db.serverless"

# Source: Amazon Aurora User Guide, "Aurora Serverless v2 capacity": the smallest capacity of an instance that runs.
SMALLEST_RUNNING_ACU: Final = Decimal("0.5")
# Source: Amazon RDS API, CreateDBCluster, ServerlessV2ScalingConfiguration: the default.
DEFAULT_PAUSE_SECONDS: Final = Decimal(300)
# Source: Amazon RDS API, CreateDBInstance, PromotionTier: the default.
DEFAULT_TIER: Final = 1
# Source: Amazon Aurora User Guide, "Aurora Serverless v2 scaling": readers of these tiers follow the writer.
LAST_TIER_OF_FOLLOWERS: Final = 1


@dataclass(frozen=True)
class Instance:
    """A resource of instances. `count` is how many it makes, None where only Terraform knows.

    One that follows has at least the writer's capacity, and pauses with it. `instance_class` is None where it is not
    Serverless v2's and not known either.
    """

    name: str
    instance_class: str | None
    count: int | None
    tier: int

    @property
    def follows(self) -> bool:
        """Whether it scales with the writer."""
        return self.tier <= LAST_TIER_OF_FOLLOWERS


@dataclass(frozen=True)
class Cluster:
    """A cluster. Capacities in ACU are None where they are no numbers; `awake_because` is empty where it can pause."""

    block: Block
    minimum_acu: Decimal | None
    maximum_acu: Decimal | None
    pause_seconds: Decimal
    instances: tuple[Instance, ...]
    fewest_readers: int
    most_readers: int
    awake_because: tuple[str, ...]
    has_proxy: bool

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
    def pauses(self) -> bool:
        """Whether it pauses when idle."""
        return self.minimum_acu == 0 and not self.awake_because

    @property
    def least_awake_acu(self) -> Decimal | None:
        """The least that an instance has while it is awake."""
        return None if self.minimum_acu is None else max(self.minimum_acu, SMALLEST_RUNNING_ACU)

    @property
    def readers(self) -> int:
        """How many readers Terraform makes, as far as it is known."""
        return max(sum(instance.count or 0 for instance in self.instances) - 1, 0)

    @property
    def scaled_readers(self) -> tuple[int, int]:
        """How many readers auto scaling adds to those, at least and at most."""
        return max(self.fewest_readers - self.readers, 0), max(self.most_readers - self.readers, 0)


def clusters(stack: SynthesizedStack) -> Iterator[Cluster]:
    """Yield the Aurora clusters of a stack."""
    for block in stack.of_type("aws_rds_cluster"):
        scaling = block.get("serverlessv2_scaling_configuration", default={})
        scaling = scaling[0] if isinstance(scaling, list) and scaling else scaling
        has_proxy = any(block.address in target.references for target in stack.of_type("aws_db_proxy_target"))
        instances = tuple(_instances(stack, block))
        fewest, most = _reader_scaling(stack, block)
        yield Cluster(
            block=block,
            minimum_acu=_decimal(scaling.get("min_capacity")),
            maximum_acu=_decimal(scaling.get("max_capacity")),
            pause_seconds=_decimal(scaling.get("seconds_until_auto_pause")) or DEFAULT_PAUSE_SECONDS,
            instances=instances,
            fewest_readers=fewest,
            most_readers=most,
            awake_because=tuple(_awake_because(stack, block, instances, has_proxy=has_proxy)),
            has_proxy=has_proxy,
        )


def copies(block: Block) -> int | None:
    """Return how many resources a block makes by `count` or `for_each`; None where only Terraform knows."""
    for_each = block.get("for_each")
    if for_each is not None:
        return len(for_each) if isinstance(for_each, (list, dict)) else None
    count = block.get("count", default=1)
    return count if isinstance(count, int) else None


def _instances(stack: SynthesizedStack, cluster: Block) -> Iterator[Instance]:
    of_cluster = [block for block in stack.of_type("aws_rds_cluster_instance") if _belongs(block, cluster)]
    for block in of_cluster:
        tier = block.get("promotion_tier", default=DEFAULT_TIER)
        yield Instance(
            name=block.name,
            instance_class=block.get("instance_class"),
            count=copies(block),
            tier=tier if isinstance(tier, int) else DEFAULT_TIER,
        )


def _belongs(block: Block, cluster: Block) -> bool:
    identifier = block.get("cluster_identifier")
    return cluster.address in block.references or identifier == cluster.get("cluster_identifier", default="")


def _reader_scaling(stack: SynthesizedStack, cluster: Block) -> tuple[int, int]:
    for target in stack.of_type("aws_appautoscaling_target"):
        named = target.get("resource_id") == f"cluster:{cluster.get('cluster_identifier')}"
        if target.get("scalable_dimension") == "rds:cluster:ReadReplicaCount" and (
            named or cluster.address in target.references
        ):
            return int(target.get("min_capacity", default=0)), int(target.get("max_capacity", default=0))
    return 0, 0


def _awake_because(
    stack: SynthesizedStack, cluster: Block, instances: tuple[Instance, ...], *, has_proxy: bool
) -> Iterator[str]:
    """Yield what keeps a cluster from pausing.

    Source: Amazon Aurora User Guide, "Scaling to Zero ACUs with automatic pause and resume for Aurora Serverless v2".
    """
    if has_proxy:
        yield "the RDS Proxy keeps a connection open"
    if _replicates_logically(stack, cluster):
        yield f"{LOGICAL_REPLICATION} is on"
    is_primary = any(cluster.address in block.references for block in stack.of_type("aws_rds_global_cluster"))
    if is_primary or cluster.get("global_cluster_identifier") is not None:
        yield "it belongs to a global database"
    if any(cluster.address in block.references for block in stack.of_type("aws_rds_integration")):
        yield "it has a zero-ETL integration"
    if any(instance.instance_class not in {SERVERLESS, None} for instance in instances):
        yield "one of its instances is not Serverless v2"


def _replicates_logically(stack: SynthesizedStack, cluster: Block) -> bool:
    name = cluster.get("db_cluster_parameter_group_name")
    for group in stack.of_type("aws_rds_cluster_parameter_group"):
        if group.address in cluster.references or (name is not None and group.get("name") == name):
            parameters = group.get("parameter", default=[])
            rows = parameters if isinstance(parameters, list) else [parameters]
            return any(row.get("name") == LOGICAL_REPLICATION and str(row.get("value")) == "1" for row in rows)
    return False


def _decimal(value: Any) -> Decimal | None:
    return Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
