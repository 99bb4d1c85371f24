"""The databases of a synthesized stack: what is known of each cluster before a deploy, worked out once for all.

What keeps a cluster with a minimum capacity of 0 from pausing is of: Amazon Aurora User Guide, "Scaling to Zero ACUs
with automatic pause and resume for Aurora Serverless v2", "Situations where Aurora Serverless v2 doesn't auto-pause".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from analysis.synthesized.resolution import resolved
from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import blocks_in, parameters_in
from aurora_serverless.facts.engine_parameters import is_on
from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.capacity import (
    DEFAULT_AUTO_PAUSE_SECONDS,
    LOGICAL_REPLICATION,
    SMALLEST_RUNNING_ACU,
    WITH_LOGICAL_REPLICATION,
    WITH_PROVISIONED_INSTANCE,
    WITH_PROXY,
    in_global_database,
)
from aurora_serverless.rules.engine import EngineVersion
from aurora_serverless.rules.instances import LAST_TIER_WITH_THE_WRITERS_CAPACITY, SERVERLESS_CLASS
from aurora_serverless.rules.violation import RuleViolation

_IO_OPTIMIZED: Final = "aurora-iopt1"

# Source: Amazon RDS API, CreateDBInstance, PromotionTier: the default.
DEFAULT_TIER: Final = limit("rds_promotion_tier_default")
# Source: Amazon RDS API, CreateDBCluster, BackupRetentionPeriod: the default.
DEFAULT_RETENTION_DAYS: Final = limit("rds_backup_retention_default")

Number = int | float | str | None
"""A number as it is written: of one that only Terraform knows, the expression; None where none is given."""

StorageType = Literal["standard", "io_optimized"]


@dataclass(frozen=True)
class Instance:
    """A resource of instances. `block.copies` is how many it makes.

    `instance_class` is `db.serverless`, or a class with a price of its own. `awake_because` is empty unless something
    keeps it from pausing in a cluster that shall pause.
    """

    block: Block
    instance_class: str | None
    tier: int
    is_writer: bool
    awake_because: tuple[str, ...]

    @property
    def follows(self) -> bool:
        """Whether it is a reader that has at least the writer's capacity, and pauses with it."""
        return not self.is_writer and self.tier <= LAST_TIER_WITH_THE_WRITERS_CAPACITY


@dataclass(frozen=True)
class ReaderScaling:
    """How many readers a cluster has in all, at least and at most, where auto scaling adds some."""

    block: Block
    fewest: Number
    most: Number


@dataclass(frozen=True)
class Database:
    """A cluster with what belongs to it; `block` has what a single reader wants of it.

    `capacity` is the range of Serverless v2 in ACU, None where the cluster has none. `pause_seconds` is None where only
    Terraform knows. `instances` are in the order in which AWS would promote them: the JSON names no writer, and the
    first one is taken for it. `awake_because` is what keeps every instance from pausing, `writer_awake_because` what
    keeps the writer and the readers that follow it.
    """

    block: Block
    identifier: str | None
    engine_version: str | None
    capacity: tuple[Number, Number] | None
    pause_seconds: Decimal | None
    awake_because: tuple[str, ...]
    writer_awake_because: tuple[str, ...]
    instances: tuple[Instance, ...]
    reader_scaling: ReaderScaling | None
    storage_type: StorageType
    backup_retention_days: Number
    has_data_api: bool
    has_managed_secret: bool
    insights_mode: str | None
    has_performance_insights: bool
    log_groups: tuple[Block, ...]
    proxies: int
    is_primary: bool

    @property
    def name(self) -> str:
        """Its name in Terraform."""
        return self.block.name

    @property
    def address(self) -> str:
        """Its address in Terraform."""
        return self.block.address

    @property
    def version(self) -> EngineVersion | None:
        """The engine version, None where only the deploy knows it, or it is not known here."""
        try:
            return EngineVersion.parse(str(self.engine_version))
        except RuleViolation:
            return None

    @property
    def minimum_acu(self) -> Decimal | None:
        """The minimum capacity, None where it is not a number in the JSON."""
        return _known(self.capacity[0]) if self.capacity else None

    @property
    def maximum_acu(self) -> Decimal | None:
        """The maximum capacity, None where it is not a number in the JSON."""
        return _known(self.capacity[1]) if self.capacity else None

    @property
    def is_io_optimized(self) -> bool:
        """Whether its I/O is not billed by the request."""
        return self.storage_type == "io_optimized"

    @property
    def shall_pause(self) -> bool:
        """Whether its minimum lets it pause when idle."""
        return self.minimum_acu == 0

    @property
    def expected_pause_seconds(self) -> Decimal:
        """After how long idle it pauses, by default where only Terraform knows."""
        return self.pause_seconds or Decimal(DEFAULT_AUTO_PAUSE_SECONDS)

    @property
    def least_awake_acu(self) -> Decimal | None:
        """The least that an instance has while it is awake."""
        return None if self.minimum_acu is None else max(self.minimum_acu, Decimal(str(SMALLEST_RUNNING_ACU)))

    @property
    def readers(self) -> int:
        """How many readers Terraform makes, as far as it is known."""
        return max(sum(instance.block.copies or 0 for instance in self.instances) - 1, 0)

    @property
    def scaled_readers(self) -> tuple[int, int]:
        """How many readers auto scaling adds to those, at least and at most."""
        scaling = self.reader_scaling
        fewest, most = (scaling.fewest, scaling.most) if scaling else (0, 0)
        return max(int(_known(fewest) or 0) - self.readers, 0), max(int(_known(most) or 0) - self.readers, 0)


def databases(stack: SynthesizedStack) -> tuple[Database, ...]:
    """Return the databases of a stack."""
    return tuple(_database(stack, block) for block in stack.of_type("aws_rds_cluster"))


def storage_type(name: object) -> StorageType:
    """Return what AWS's name for a type of storage means."""
    return "io_optimized" if name == _IO_OPTIMIZED else "standard"


def _database(stack: SynthesizedStack, block: Block) -> Database:
    scaling = next(iter(blocks_in(block.get("serverlessv2_scaling_configuration"))), None)
    pause = (scaling or {}).get("seconds_until_auto_pause")
    proxies = sum(block.address in target.references for target in stack.of_type("aws_db_proxy_target"))
    is_primary = any(block.address in other.references for other in stack.of_type("aws_rds_global_cluster"))
    instances = sorted((one for one in stack.of_type("aws_rds_cluster_instance") if _has(block, one)), key=_promotion)
    awake = tuple(_all_awake_because(block, proxies=proxies))
    writer_awake = tuple(_writer_awake_because(stack, block, instances, is_primary=is_primary))
    return Database(
        block=block,
        identifier=_text(block.get("cluster_identifier")),
        engine_version=_text(resolved(block.get("engine_version"), stack)),
        capacity=(scaling.get("min_capacity"), scaling.get("max_capacity")) if scaling is not None else None,
        pause_seconds=_known(DEFAULT_AUTO_PAUSE_SECONDS if pause is None else pause),
        awake_because=awake,
        writer_awake_because=writer_awake,
        instances=tuple(
            Instance(
                block=instance,
                instance_class=_text(instance.get("instance_class")),
                tier=_tier(instance),
                is_writer=instance is instances[0],
                awake_because=awake
                + (
                    writer_awake
                    if instance is instances[0] or _tier(instance) <= LAST_TIER_WITH_THE_WRITERS_CAPACITY
                    else ()
                ),
            )
            for instance in instances
        ),
        reader_scaling=_reader_scaling(stack, block),
        storage_type=storage_type(block.get("storage_type")),
        backup_retention_days=block.get("backup_retention_period", default=DEFAULT_RETENTION_DAYS),
        has_data_api=block.is_on("enable_http_endpoint"),
        has_managed_secret=block.is_on("manage_master_user_password"),
        insights_mode=_text(block.get("database_insights_mode")),
        has_performance_insights=block.is_on("performance_insights_enabled"),
        log_groups=tuple(group for group in stack.of_type("aws_cloudwatch_log_group") if _logs(block, group)),
        proxies=proxies,
        is_primary=is_primary,
    )


def _known(number: Any) -> Decimal | None:
    """Return a number of the JSON, None where it is none."""
    return Decimal(str(number)) if isinstance(number, (int, float)) and not isinstance(number, bool) else None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _has(cluster: Block, instance: Block) -> bool:
    identifier = instance.get("cluster_identifier")
    return cluster.address in instance.references or identifier == cluster.get("cluster_identifier", default="")


def _promotion(instance: Block) -> tuple[int, str, int]:
    """Return the key by which AWS would promote instances: by tier; within one, by name and number."""
    head, _, number = instance.name.rpartition("_")
    return (_tier(instance), head, int(number)) if number.isdecimal() else (_tier(instance), instance.name, -1)


def _tier(instance: Block) -> int:
    tier = instance.get("promotion_tier", default=DEFAULT_TIER)
    return tier if isinstance(tier, int) else DEFAULT_TIER


def _logs(cluster: Block, group: Block) -> bool:
    """Whether a log group is of a cluster; RDS knows it by its name."""
    start = f"/aws/rds/cluster/{cluster.get('cluster_identifier')}/"
    return cluster.address in group.references or str(group.get("name")).startswith(start)


def _reader_scaling(stack: SynthesizedStack, cluster: Block) -> ReaderScaling | None:
    for target in stack.of_type("aws_appautoscaling_target"):
        named = target.get("resource_id") == f"cluster:{cluster.get('cluster_identifier')}"
        if target.get("scalable_dimension") == "rds:cluster:ReadReplicaCount" and (
            named or cluster.address in target.references
        ):
            return ReaderScaling(target, target.get("min_capacity"), target.get("max_capacity"))
    return None


def _all_awake_because(cluster: Block, *, proxies: int) -> Iterator[str]:
    if proxies:
        yield WITH_PROXY
    if cluster.get("global_cluster_identifier") is not None:
        yield in_global_database("secondary")


def _writer_awake_because(
    stack: SynthesizedStack, cluster: Block, instances: Sequence[Block], *, is_primary: bool
) -> Iterator[str]:
    if _replicates_logically(stack, cluster):
        yield WITH_LOGICAL_REPLICATION
    if is_primary:
        yield in_global_database("primary")
    if any(cluster.address in block.references for block in stack.of_type("aws_rds_integration")):
        yield "it has a zero-ETL integration"
    if any(block.get("instance_class") != SERVERLESS_CLASS for block in instances):
        yield WITH_PROVISIONED_INSTANCE


def _replicates_logically(stack: SynthesizedStack, cluster: Block) -> bool:
    name = cluster.get("db_cluster_parameter_group_name")
    for group in stack.of_type("aws_rds_cluster_parameter_group"):
        if group.address in cluster.references or (name is not None and group.get("name") == name):
            return is_on(parameters_in(group.get("parameter")).get(LOGICAL_REPLICATION, "0"))
    return False
