"""`[storage]`: how storage and I/O are billed."""

from typing import Literal

from pydantic import Field

from stacks.sections.section import Section


class Storage(Section):
    """The cluster's storage."""

    type: Literal["standard", "io_optimized"] | None = Field(
        default=None,
        description="standard: I/O is billed; io_optimized: it is not, and ACU and storage cost more. By default "
        "standard. AWS takes a change back only after 30 days.",
    )
