"""`[capacity]`: how far the cluster scales."""

from pydantic import Field

from stacks.sections.section import Section


class Capacity(Section):
    """How far the cluster scales, in ACU (about 2 GiB of memory each), in steps of 0.5."""

    minimum_acu: float = Field(
        default=0.5, description="Smallest capacity in ACU; 0 pauses the cluster when idle. Variable min_capacity."
    )
    maximum_acu: float = Field(default=1, description="Largest capacity in ACU. Variable max_capacity.")
    auto_pause_seconds: int | None = Field(
        default=None, description="Idle seconds before a pause, 300 to 86400; by default 300; with minimum_acu 0 only."
    )
