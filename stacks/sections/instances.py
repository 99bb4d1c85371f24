"""`[instances]`: the readers beside the writer, and where they run."""

from typing import Annotated, Literal, Self

from pydantic import model_validator

from aurora.instances import (
    LAST_PROMOTION_TIER,
    MOST_READERS,
    check_availability_zones,
    check_promotion_tier,
    check_reader_count,
)
from aurora.read_scaling_rules import check_metric, check_scaled_readers
from aurora.rules import refuse
from stacks.sections.section import Change, Section, checked_by, option


def _check_reader_count(value: int) -> None:
    check_reader_count(value)


class ReadScaling(Section):
    """`[instances.read_scaling]`: readers that come and go between two numbers."""

    minimum_readers: int = option(
        "Fewest readers, those of instances.readers included.",
        makes="`min_capacity` of `aws_appautoscaling_target.readers`",
        example=1,
        schema={"minimum": 0, "maximum": MOST_READERS},
    )
    maximum_readers: int = option(
        "Most readers.",
        makes="`max_capacity` of `aws_appautoscaling_target.readers`",
        costs="each reader as much as the writer at its capacity",
        example=5,
        schema={"minimum": 1, "maximum": MOST_READERS},
    )
    metric: Literal["cpu", "connections", "capacity"] = option(
        "What is kept near the target: percent of the processor, connections of a reader, or percent of the capacity.",
        default="cpu",
        makes="`aws_appautoscaling_policy.readers`; capacity: of the metric ACUUtilization of the readers",
        costs="two alarms that Application Auto Scaling makes, $0.20 a month",
        change=Change.REPLACES_OTHERS,
        example="capacity",
    )
    target_value: float | None = option(
        "The target: percent, or a number of connections. Required for connections.",
        default=None,
        unset="70 percent",
        allowed="1 to 100 percent, or connections above 0",
        makes="`target_value` of the policy",
        example=60.0,
        schema={"exclusiveMinimum": 0},
    )

    @model_validator(mode="after")
    def _numbers_fit(self) -> Self:
        check_scaled_readers(self.minimum_readers, self.maximum_readers)
        check_metric(self.metric, self.target_value)
        return self


class Instances(Section):
    """The instances: the first one, which is always there, and readers."""

    readers: Annotated[int, checked_by(_check_reader_count)] = option(
        "Number of readers beside the writer. Adding or removing one touches no other instance.",
        default=0,
        makes="`aws_rds_cluster_instance.reader_1` and so on",
        costs="each as much as the writer at its capacity",
        example=1,
        schema={"minimum": 0, "maximum": MOST_READERS},
    )
    availability_zones: Annotated[tuple[str, ...], checked_by(check_availability_zones)] = option(
        "Zones of the instances, in turn, each with a subnet of the database. Another zone means a new instance.",
        default=(),
        unset="AWS spreads them",
        allowed="names of zones of the Region",
        makes="`availability_zone` of the instances, never of the cluster, which it would replace",
        change=Change.REPLACES_OTHERS,
        example=("us-east-1a", "us-east-1b"),
    )
    promotion_tier: Annotated[int, checked_by(check_promotion_tier)] | None = option(
        "Tier in which readers are promoted when the writer fails; in 0 and 1 they scale with the writer. With readers "
        "only.",
        default=None,
        unset="1",
        makes="`promotion_tier` of the readers",
        costs="in 0 and 1 a reader has at least the writer's capacity",
        example=2,
        schema={"minimum": 0, "maximum": LAST_PROMOTION_TIER},
    )

    read_scaling: ReadScaling | None = option(
        "Readers that AWS adds and removes by itself.", default=None, unset="no read scaling"
    )

    @property
    def used_zones(self) -> tuple[str, ...]:
        """The zones in which instances lie: of those named, as many as there are instances."""
        return self.availability_zones[: 1 + self.readers]

    @model_validator(mode="after")
    def _scaling_fits_readers(self) -> Self:
        scaling = self.read_scaling
        if scaling is not None and scaling.minimum_readers < self.readers:
            refuse(
                "read_scaling.minimum_readers",
                scaling.minimum_readers,
                f"must not be below readers, which is {self.readers}: AWS would remove what Terraform made",
                f"write {self.readers} or more",
            )
        return self

    @model_validator(mode="after")
    def _keys_fit_readers(self) -> Self:
        if self.promotion_tier is not None and self.readers == 0:
            refuse(
                "promotion_tier", self.promotion_tier, "there is no reader to promote", "leave it out, or add readers"
            )
        return self
