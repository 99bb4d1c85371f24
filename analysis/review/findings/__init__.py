"""The rules that say what a change opens: a module a subject, a function a rule, which sees both sides."""

from collections.abc import Callable, Iterable
from typing import Final

from analysis.review.comparison import Comparison
from analysis.review.finding import Finding
from analysis.review.findings import (
    access,
    alarms,
    backup_plans,
    credentials,
    encryption,
    iam,
    left_out,
    logging,
    protection,
    region,
    resource_policies,
    retention,
)
from analysis.review.findings import (
    security_groups as network,
)

Rule = Callable[[Comparison], Iterable[Finding]]

RULES: Final[tuple[Rule, ...]] = (
    *network.RULES,
    *access.RULES,
    *iam.RULES,
    *resource_policies.RULES,
    *protection.RULES,
    *backup_plans.RULES,
    *encryption.RULES,
    *credentials.RULES,
    *retention.RULES,
    *logging.RULES,
    *alarms.RULES,
    *region.RULES,
    *left_out.RULES,
)


def findings(comparison: Comparison) -> tuple[Finding, ...]:
    """Return what the change opens, worst first."""
    found = [finding for rule in RULES for finding in rule(comparison)]
    return tuple(sorted(found, key=lambda finding: (-finding.severity, finding.address, finding.what)))
