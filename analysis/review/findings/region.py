"""A deployment that moves to another Region or account: Terraform would find nothing there."""

from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import NO_STACK, Comparison
from analysis.review.finding import Finding, Severity

_KEPT: Final = "terraform_data.region"


def another_region(comparison: Comparison) -> Iterator[Finding]:
    """Another default of aws_region, or another Region of the provider."""
    was, now = comparison.before.region, comparison.after.region
    if comparison.before is not NO_STACK and was and now and was != now:
        refused = "; its plan is refused" if _KEPT in comparison.before.resources else ""
        yield Finding(
            Severity.CRITICAL,
            "var.aws_region" if "aws_region" in comparison.after.variables else "provider.aws",
            f"the Region is {now}, not {was}",
            "Terraform finds nothing there and creates everything again, without the data; what is deployed stays, "
            "unmanaged" + refused,
        )


RULES: Final = (another_region,)
