"""`[storage]`: how storage and I/O are billed."""

from typing import Literal

from stacks.sections.section import Section, option


class Storage(Section):
    """The cluster's storage, which grows and shrinks by itself."""

    type: Literal["standard", "io_optimized"] | None = option(
        "standard: each I/O is billed; io_optimized: none is, and ACU and storage cost more. AWS takes a change back "
        "only after 30 days.",
        default=None,
        unset="standard",
        makes="`storage_type` of the cluster: `aurora` or `aurora-iopt1`",
        costs="I/O-Optimized: 30 percent more an ACU-hour, 2.25 times as much a GB, and I/O for nothing; worth it from "
        "about a quarter of the bill in I/O on",
        example="io_optimized",
    )
