"""What the clusters of a global database need of one another, and what they cannot have."""

import re
from typing import Final

from aurora.names import check_identifier
from aurora.rules import refuse

# Source: Amazon Aurora User Guide, "Performance and scaling for Aurora Serverless v2", the minimum capacity that is
# recommended for the primary Region of a global database.
RECOMMENDED_MINIMUM_ACU: Final = 8

_SECRET_REGION: Final = re.compile(r"arn:aws:secretsmanager:(?P<region>[a-z0-9-]+):")


def check_global_cluster_identifier(value: str, *, argument: str = "identifier") -> None:
    """Raise `RuleViolation` unless `value` may identify a global cluster: the rule is that of clusters."""
    check_identifier(value, argument=argument)


def check_regions_differ(source_region: str, region: str | None, *, argument: str = "source_region") -> None:
    """Raise `RuleViolation` if the primary's Region is the secondary's: a global database has one cluster in each."""
    if source_region == region:
        refuse(
            argument,
            source_region,
            "is the Region of this cluster, and a global database has one cluster in a Region",
            "name the primary's Region, or write another region for this cluster",
        )


def check_secret_region(arn: str, region: str | None, *, argument: str = "secret_arn") -> None:
    """Raise `RuleViolation` if the secret is in another Region than `region`, where that is known.

    The Data API reads a secret of the cluster's own Region.
    """
    match = _SECRET_REGION.match(arn)
    if match is not None and region is not None and match["region"] != region:
        refuse(
            argument,
            arn,
            f"is in {match['region']}, and the Data API reads secrets of the cluster's Region, which is {region}",
            f"replicate the primary's secret to {region} (its credentials.replica_regions) and name the replica",
        )
