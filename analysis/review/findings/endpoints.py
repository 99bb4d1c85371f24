"""What the policies of VPC endpoints let through."""

from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import Comparison
from analysis.review.finding import Finding, Severity
from analysis.review.findings.grants import Grant, grants_of, new_grants, said
from analysis.review.findings.left_out import is_kept

# Source: AWS PrivateLink's guide: an endpoint without a policy lets everything through.
_DEFAULT: Final = (Grant("*", "*", ("*", "*"), frozenset()),)


def opened(comparison: Comparison) -> Iterator[Finding]:
    """Calls that an endpoint lets through now."""
    for pair in comparison.of_type("aws_vpc_endpoint"):
        if pair.after is None or is_kept(comparison, pair, "policy"):
            continue
        after = grants_of(pair.now("policy")) if pair.now("policy") is not None else _DEFAULT
        if pair.before is None:
            before: tuple[Grant, ...] = ()
        else:
            before = grants_of(pair.was("policy")) if pair.was("policy") is not None else _DEFAULT
        for text, grants in said(new_grants(before, after)):
            is_all = any(grant.action == "*" for grant in grants) and grants[0].resource == "*"
            severity = Severity.HIGH if is_all else Severity.MEDIUM
            if pair.before is None:
                severity = Severity.MEDIUM if is_all else Severity.LOW
            yield Finding(severity, pair.address, text, "it goes through the endpoint, if IAM allows it")


RULES: Final = (opened,)
