"""`[instances]`: the readers beside the writer, and where they run."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aurora.instances import (
    MOST_READERS,
    check_availability_zones,
    check_promotion_tier,
    check_reader_count,
)
from aurora.read_scaling_rules import check_metric, check_scaled_readers
from aurora.rules import refuse
from stacks.sections.section import Section, checked_by


def _check_reader_count(value: int) -> None:
    check_reader_count(value)


class ReadScaling(Section):
    """`[instances.read_scaling]`: readers that come and go between two numbers."""

    minimum_readers: int = Field(description="Fewest readers, those of instances.readers included.")
    maximum_readers: int = Field(description="Most readers, up to 15.")
    metric: Literal["cpu", "connections", "capacity"] = Field(
        default="cpu", description="What is kept near the target: percent of processor or capacity, or connections."
    )
    target_value: float | None = Field(
        default=None, description="The target; by default 70 percent. Required for connections."
    )

    @model_validator(mode="after")
    def _numbers_fit(self) -> Self:
        check_scaled_readers(self.minimum_readers, self.maximum_readers)
        check_metric(self.metric, self.target_value)
        return self


class Instances(Section):
    """The instances: the first one, which is always there, and readers."""

    readers: Annotated[int, checked_by(_check_reader_count)] = Field(
        default=0,
        description=f"Number of readers, 0 to {MOST_READERS}; each costs as much as the writer at its capacity.",
    )
    availability_zones: Annotated[tuple[str, ...], checked_by(check_availability_zones)] = Field(
        default=(), description="Zones of the instances, in turn; AWS spreads them by default."
    )
    promotion_tier: Annotated[int, checked_by(check_promotion_tier)] | None = Field(
        default=None,
        description="Tier, 0 to 15, in which readers are promoted, by default 1; in 0 and 1 they scale with the "
        "writer. With readers only.",
    )

    read_scaling: ReadScaling | None = Field(default=None, description="Readers that AWS adds and removes by itself.")

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
