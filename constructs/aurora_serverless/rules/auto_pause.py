"""What keeps a cluster with a minimum capacity of 0 from ever pausing, without AWS saying so.

Source: Amazon Aurora User Guide, "Scaling to Zero ACUs with automatic pause and resume for Aurora Serverless v2".
"""

from typing import Final

LOGICAL_REPLICATION: Final = "rds.logical_replication"
"""The cluster parameter that turns logical replication on, with the value 1."""

WITH_PROXY: Final = "the RDS Proxy keeps a connection open"
WITH_PROVISIONED_INSTANCE: Final = "one of its instances is not Serverless v2"
"""Readers of the tiers from 2 on pause all the same, as beside each reason but the proxy."""
WITH_LOGICAL_REPLICATION: Final = f"{LOGICAL_REPLICATION} is on"


def in_global_database(role: str) -> str:
    """Return the reason of the `primary` or `secondary` of a global database."""
    return f"it is the {role} of a global database"


def never_pauses(what: str) -> str:
    """Return the warning for a cluster that shall pause and that `what` keeps awake, such as `the RDS Proxy`."""
    return f"capacity.minimum_acu = 0: the cluster never pauses, because {what}; it is billed while idle"
