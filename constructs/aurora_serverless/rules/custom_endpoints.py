"""Custom endpoints of a cluster: how many it has, and which instances are behind them.

Source: Amazon Aurora User Guide, "Custom endpoints for Amazon Aurora"; Amazon RDS API, CreateDBClusterEndpoint.
"""

from collections.abc import Sequence
from typing import Final, Literal

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.violation import check_different, check_range, refuse

EndpointType = Literal["READER", "ANY"]
"""Aurora makes no custom endpoint of the type WRITER: the cluster's own endpoint leads to the writer."""

MOST_CUSTOM_ENDPOINTS: Final = limit("rds_custom_endpoints_per_cluster")


def check_endpoint_count(count: int, *, argument: str = "endpoints") -> None:
    """Raise `RuleViolation` unless a cluster can have as many custom endpoints."""
    check_range(argument, count, 0, MOST_CUSTOM_ENDPOINTS, "custom endpoints")


def check_members(static_members: Sequence[str], excluded_members: Sequence[str]) -> None:
    """Raise `RuleViolation` where both lists name instances, or one names an instance twice."""
    if static_members and excluded_members:
        refuse(
            "excluded_members",
            excluded_members,
            "an endpoint has static members, or all but those that are excluded",
            "leave one of the two lists out",
        )
    check_different("static_members", static_members)
    check_different("excluded_members", excluded_members)
