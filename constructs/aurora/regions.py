"""The AWS Regions that an environment may name."""

import difflib
from typing import Final

from aurora.rules import refuse

# Source: the Regions of the partition `aws` in which botocore 1.44.5 knows Amazon RDS. The partitions of China and
# GovCloud are left out: the Lambda role's policy names ARNs that start with `arn:aws:`; and so is
# ap-southeast-6, which is newer than the last hashicorp/aws 5: "invalid AWS Region: ap-southeast-6", at the first plan.
REGIONS: Final = frozenset(
    """af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-central-1 ca-west-1
    eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
    me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2""".split()
)

REGION_PATTERN: Final = r"^[a-z]{2}(-[a-z]+)+-[0-9]+$"
"""What every Region looks like, as a regular expression that Terraform understands."""


def check_region(region: str, *, argument: str = "region") -> None:
    """Raise `RuleViolation` unless `region` is one of `REGIONS`."""
    if region not in REGIONS:
        nearest = difflib.get_close_matches(region.lower(), sorted(REGIONS), n=1, cutoff=0.0)
        refuse(argument, region, "is no Region of AWS in which Amazon RDS is known", f'did you mean "{nearest[0]}"?')
