"""What roles may do that they might not before, and who may become one."""

from collections.abc import Iterator
from typing import Any, Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.finding import Finding, Severity
from analysis.review.findings.grants import (
    ANYBODY,
    Grant,
    condition_changes,
    denials_of,
    grants_of,
    has_wildcard,
    loosened,
    new_grants,
    said,
)
from analysis.synthesized.values import blocks_in

_POLICIES: Final = ("aws_iam_role_policy", "aws_iam_policy", "aws_iam_user_policy", "aws_iam_group_policy")
_ATTACHMENTS: Final = ("aws_iam_role_policy_attachment", "aws_iam_user_policy_attachment")
# Services whose actions give away more than data: other roles, keys, secrets.
_POWERFUL: Final = ("iam:", "sts:", "kms:", "organizations:")


def permissions(comparison: Comparison) -> Iterator[Finding]:
    """Actions and resources that policies of roles allow now."""
    for pair in comparison.of_type(*_POLICIES):
        before, after = grants_of(pair.was("policy")), grants_of(pair.now("policy"))
        yield from _new_permissions(pair, before, after)
    for pair in comparison.of_type("aws_iam_role"):
        yield from _new_permissions(pair, _inline_grants(pair.before), _inline_grants(pair.after))


def lost_denials(comparison: Comparison) -> Iterator[Finding]:
    """Statements that denied, and are gone."""
    for pair in comparison.of_type(*_POLICIES):
        if pair.after is None:
            continue
        now = denials_of(pair.now("policy"))
        for statement in denials_of(pair.was("policy")):
            if statement not in now:
                yield Finding(
                    Severity.HIGH,
                    pair.address,
                    f"{statement.label} no longer denies",
                    "what it denied is no longer blocked",
                )


def attached_policies(comparison: Comparison) -> Iterator[Finding]:
    """Policies of AWS, or of another stack, that a role gets."""
    for pair in comparison.of_type(*_ATTACHMENTS):
        now = pair.now("policy_arn")
        if now is None or now == pair.was("policy_arn"):
            continue
        name = str(now).rpartition("/")[2].removesuffix("}")
        severity = Severity.MEDIUM
        if name == "AdministratorAccess":
            severity = Severity.CRITICAL
        elif name.endswith("FullAccess") or name in {"PowerUserAccess", "IAMFullAccess"}:
            severity = Severity.HIGH
        elif pair.before is None:
            severity = Severity.LOW
        yield Finding(severity, pair.address, f"the role gets {name}", "it may do all that this policy says")


def trust(comparison: Comparison) -> Iterator[Finding]:
    """Who may become a role."""
    for pair in comparison.of_type("aws_iam_role"):
        before, after = (grants_of(value) for value in (pair.was("assume_role_policy"), pair.now("assume_role_policy")))
        for grant in new_grants(before, after):
            who = "anybody" if grant.principal == ANYBODY else " ".join(grant.principal or ("?",))
            severity = _of_trust(grant)
            if pair.before is None and severity is Severity.MEDIUM:
                severity = Severity.LOW
            gone, others = condition_changes(grant, before)
            without = f" without {', '.join(gone)}" if gone else ""
            why = "; ".join([*others, "whoever it is gets all that the role may do"])
            yield Finding(severity, pair.address, f"{who} may assume the role{without}", why)


def boundary(comparison: Comparison) -> Iterator[Finding]:
    """The limit of what policies may give to a role."""
    for pair in comparison.of_type("aws_iam_role"):
        was, now = pair.was("permissions_boundary"), pair.now("permissions_boundary")
        if was is not None and now is None and pair.after is not None:
            what = "permissions_boundary is gone"
            yield Finding(Severity.HIGH, pair.address, what, "nothing limits any more what policies give the role")


RULES: Final = (permissions, lost_denials, attached_policies, trust, boundary)


def _new_permissions(pair: Pair, before: tuple[Grant, ...], after: tuple[Grant, ...]) -> Iterator[Finding]:
    for text, grants in said(new_grants(before, after)):
        severity, why = _of_permission(grants)
        if pair.before is None and severity is Severity.MEDIUM:
            severity, why = Severity.LOW, "the policy is new"
        yield Finding(severity, pair.address, f"it may do {text}", loosened(grants[0], before) or why)


def _of_permission(grants: list[Grant]) -> tuple[Severity, str]:
    """Return how bad the worst of some actions on one resource is."""
    actions, is_everything = [grant.action for grant in grants], grants[0].resource == "*"
    is_service = any(action.partition(":")[2] == "*" for action in actions)
    judgements = (
        ("*" in actions, Severity.CRITICAL, "that is every action of AWS"),
        (grants[0].is_inverted, Severity.HIGH, "all but what is named is allowed, also what AWS adds later"),
        (is_service and is_everything, Severity.CRITICAL, "that is every action of a service, on everything"),
        (is_service, Severity.HIGH, "that is every action of a service, also those that AWS adds later"),
        (is_everything, Severity.HIGH, "that is on everything in the account"),
        (
            any(action.lower().startswith(_POWERFUL) for action in actions),
            Severity.HIGH,
            "they give access to more than themselves",
        ),
        (any(map(has_wildcard, actions)), Severity.MEDIUM, "a wildcard takes in what AWS adds later"),
    )
    found = ((severity, why) for holds, severity, why in judgements if holds)
    return next(found, (Severity.MEDIUM, "the role could not do that before"))


def _of_trust(grant: Grant) -> Severity:
    kind, value = grant.principal or ("", "")
    if grant.principal == ANYBODY:
        return Severity.HIGH if grant.conditions else Severity.CRITICAL
    if kind == "Service":
        return Severity.MEDIUM
    return Severity.HIGH if value else Severity.MEDIUM


def _inline_grants(block: Any) -> tuple[Grant, ...]:
    inline = [] if block is None else blocks_in(block.arguments.get("inline_policy"))
    return tuple(grant for policy in inline for grant in grants_of(policy.get("policy")))
