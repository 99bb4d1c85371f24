"""`[storage]`: how storage and I/O are billed."""

from typing import Literal

from aurora_serverless.options.section import Section, option
from aurora_serverless.options.told_prices import times_as_much

_ACU_HOUR, _GB = (
    times_as_much(f"{item}_io_optimized", f"{item}_standard") for item in ("acu_hour", "storage_gb_month")
)


class Storage(Section):
    """The cluster's storage, which grows and shrinks by itself."""

    type: Literal["standard", "io_optimized"] | None = option(
        "standard: each I/O is billed; io_optimized: none is, and ACU and storage cost more. AWS takes a change back "
        "only after 30 days.",
        default=None,
        unset="standard",
        makes="`storage_type` of the cluster: `aurora` or `aurora-iopt1`",
        costs=f"I/O-Optimized: {(_ACU_HOUR - 1) * 100:.0f} percent more an ACU-hour, {_GB:.3g} times as much a GB, and "
        "I/O for nothing; worth it from about a quarter of the bill in I/O on",
        example="io_optimized",
    )
