"""What the policies of keys, topics, secrets, buckets, queues and VPC endpoints let in or through."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.finding import Finding, Severity
from analysis.review.findings.grants import ANYBODY, Grant, denials_of, grants_of, loosened, new_grants, said
from analysis.review.findings.left_out import is_kept

_POLICIES: Final = {
    "aws_kms_key": "the key",
    "aws_kms_key_policy": "the key",
    "aws_sns_topic": "the topic",
    "aws_sns_topic_policy": "the topic",
    "aws_secretsmanager_secret": "the secret",
    "aws_secretsmanager_secret_policy": "the secret",
    "aws_s3_bucket_policy": "the bucket",
    "aws_sqs_queue": "the queue",
    "aws_sqs_queue_policy": "the queue",
}
# Source: AWS PrivateLink's guide: an endpoint without a policy lets everything through.
_OF_AN_ENDPOINT: Final = (Grant("*", "*", ("*", "*"), frozenset()),)


def opened(comparison: Comparison) -> Iterator[Finding]:
    """Principals, actions and resources that are let in now."""
    for pair in comparison.of_type(*_POLICIES):
        before, after = grants_of(pair.was("policy")), grants_of(pair.now("policy"))
        for text, grants in said(new_grants((*before, *_renamed(comparison, before)), after)):
            severity, why = _judged(pair, grants)
            yield Finding(severity, pair.address, text, loosened(grants[0], before) or why)


def lost_denials(comparison: Comparison) -> Iterator[Finding]:
    """Statements that denied, and are gone."""
    for pair in comparison.of_type(*_POLICIES):
        now = denials_of(pair.now("policy"))
        stays = pair.after is None or is_kept(comparison, pair, "policy")
        for statement in () if stays else denials_of(pair.was("policy")):
            if statement not in now:
                what = f"{statement.label} no longer denies"
                yield Finding(Severity.HIGH, pair.address, what, "what it denied is no longer blocked")


def opened_endpoints(comparison: Comparison) -> Iterator[Finding]:
    """Calls that an endpoint lets through now."""
    for pair in comparison.of_type("aws_vpc_endpoint"):
        if pair.after is None or is_kept(comparison, pair, "policy"):
            continue
        after = grants_of(pair.now("policy")) if pair.now("policy") is not None else _OF_AN_ENDPOINT
        if pair.before is None:
            before: tuple[Grant, ...] = ()
        else:
            before = grants_of(pair.was("policy")) if pair.was("policy") is not None else _OF_AN_ENDPOINT
        for text, grants in said(new_grants(before, after)):
            is_all = any(grant.action == "*" for grant in grants) and grants[0].resource == "*"
            severity = Severity.HIGH if is_all else Severity.MEDIUM
            if pair.before is None:
                severity = Severity.MEDIUM if is_all else Severity.LOW
            yield Finding(severity, pair.address, text, "it goes through the endpoint, if IAM allows it")


RULES: Final = (opened, lost_denials, opened_endpoints)


def _renamed(comparison: Comparison, grants: tuple[Grant, ...]) -> Iterator[Grant]:
    """Yield what services of AWS were allowed, with conditions on names as they are after: for a renamed cluster."""
    for grant in grants:
        if grant.principal is not None and grant.principal[0] == "Service":
            conditions = (
                (operator, key, comparison.renames.applied(values)) for operator, key, values in grant.conditions
            )
            yield replace(grant, conditions=frozenset(conditions))


def _judged(pair: Pair, grants: list[Grant]) -> tuple[Severity, str]:
    what, grant = _POLICIES[pair.type], grants[0]
    kind, value = grant.principal or ("", "")
    if grant.principal == ANYBODY and not grant.conditions:
        return Severity.CRITICAL, f"anybody with an AWS account reaches {what}"
    if grant.principal == ANYBODY or grant.is_inverted:
        return Severity.HIGH, f"only the condition keeps others from {what}"
    if kind == "Service":
        return Severity.LOW, f"a service of AWS reaches {what}"
    own = "data.aws_caller_identity" in value
    if pair.before is None and own:
        return Severity.LOW, f"roles of the account reach {what}, if IAM lets them"
    return Severity.MEDIUM if own else Severity.HIGH, f"{'the account itself' if own else 'another'} reaches {what}"
