"""What clients feel: who is let in no longer, and endpoints and ARNs that applications must be given."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.effects.table import running
from analysis.review.finding import Effect, EffectKind, Severity
from analysis.review.findings.grants import ANYBODY, Grant, grants_of, new_grants, said
from analysis.review.findings.security_groups import GROUPS_OF, RULE_TYPES, named, rules_before
from analysis.review.findings.switches import is_on, number
from analysis.synthesized.expressions import references
from analysis.synthesized.group_rules import GroupRule, Other, rules_of
from analysis.synthesized.values import PARAMETER_GROUPS, as_list, parameters_in
from aurora_serverless.rules.network import POSTGRESQL_PORT

_CLUSTER: Final = "aws_rds_cluster"
_PROXY: Final = "aws_db_proxy"
_SECRET: Final = "aws_secretsmanager_secret"  # noqa: S105 (a type of resource)
_POLICIES: Final = ("aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy", "aws_iam_policy")
_IAM: Final = "iam_database_authentication_enabled"
_HTTP: Final = "enable_http_endpoint"
_DATA_API: Final = "rds-data:"
_MANAGED: Final = "manage_master_user_password"
_MASTER_SECRET: Final = "master_user_secret"  # noqa: S105 (an attribute)
_FORCE_TLS: Final = "rds.force_ssl"

_ENDPOINTS: Final[Mapping[str, tuple[str, str]]] = {
    "aws_rds_cluster_endpoint": ("endpoint", "cluster_endpoint_identifier"),
    "aws_db_proxy": ("endpoint", "name"),
    "aws_db_proxy_endpoint": ("endpoint", "db_proxy_endpoint_name"),
    _SECRET: ("ARN", ""),
}
"""What applications know of a resource, and the argument that it is made of, where it is made of one.

Sources: Amazon RDS User Guide, "Connecting to an Amazon Aurora DB cluster": the name of a host is the identifier and a
text that is the same for all of an account in a Region. Secrets Manager's API, CreateSecret: six random characters end
an ARN.
"""

_ATTRIBUTES: Final[Mapping[str, str]] = {
    "endpoint": "endpoint",
    "reader endpoint": "reader_endpoint",
    "ARN": "arn",
    "resource id": "cluster_resource_id",
    "secret of the master user": _MASTER_SECRET,
    "port": "port",
}
"""The attributes of resources that have these."""

_SWITCHES: Final[tuple[tuple[tuple[str, ...], str, bool, bool, Severity, str], ...]] = (
    (
        (_CLUSTER,),
        _HTTP,
        False,
        False,
        Severity.HIGH,
        "whoever sends SQL through the Data API is refused",
    ),
    (
        (_CLUSTER,),
        _IAM,
        False,
        False,
        Severity.HIGH,
        "whoever logs in with IAM is refused: their users in the database have no password",
    ),
    (
        ("aws_rds_cluster_instance", "aws_db_instance"),
        "publicly_accessible",
        False,
        False,
        Severity.HIGH,
        "whoever is outside the VPC can no longer reach it",
    ),
    ((_PROXY,), "require_tls", True, False, Severity.MEDIUM, "whoever connects without TLS is refused"),
)
"""Types, argument, what it is turned to, what it is where it is not given, how bad that is, and why."""


def locked_out_by_rules(comparison: Comparison) -> Iterator[Effect]:
    """Whom security groups let in before, and do not any more."""
    pairs = list(comparison.of_type(*RULE_TYPES))
    now = [rule for pair in pairs for rule in rules_of(pair.after) if rule.is_ingress]
    together: dict[tuple[str, str, bool], list[str]] = {}
    gone = (
        rule
        for pair in pairs
        for rule in rules_before(pair)
        if rule.is_ingress and _matters(comparison, rule) and not any(one.covers(rule) for one in now)
    )
    for rule in gone:
        if not _is_let_in_at_another_port(comparison, rule, now):
            together.setdefault((rule.group, rule.ports, _is_certain(rule, now)), []).append(named(rule.other))
    for (group, ports, certain), who in together.items():
        may, severity, why = (
            ("may no longer", Severity.HIGH, "their connections are cut off, and new ones are not made")
            if certain
            else ("perhaps may no longer", Severity.MEDIUM, "whoever is in no range that is still listed is locked out")
        )
        yield _lock_out(severity, group, f"{', '.join(dict.fromkeys(who))} {may} connect to {ports}", why)


def locked_out_by_groups(comparison: Comparison) -> Iterator[Effect]:
    """Security groups that stand no longer before what they let somebody into."""
    for type_, argument in GROUPS_OF.items():
        for pair in running(comparison, type_):
            was, now = ({str(group) for group in as_list(side)} for side in (pair.was(argument), pair.now(argument)))
            for group in sorted(was - now):
                what = f"the security group {named(group)} is no longer attached to it"
                yield _lock_out(Severity.MEDIUM, pair.address, what, "whom only its rules let in is locked out")


def locked_out_by_switches(comparison: Comparison) -> Iterator[Effect]:
    """Ways in that are closed."""
    for types, argument, to, unset, severity, why in _SWITCHES:
        for pair in running(comparison, *types):
            was, now = (is_on(side(argument), unset=unset) for side in (pair.was, pair.now))
            if was is not to and now is to and argument not in pair.ignored:
                yield _lock_out(severity, pair.address, f"{argument} is {'on' if to else 'off'}", why)
    for pair in running(comparison, _PROXY):
        if pair.was("auth", "iam_auth") != "REQUIRED" and pair.now("auth", "iam_auth") == "REQUIRED":
            why = "whoever logs in with a password is refused"
            yield _lock_out(Severity.HIGH, pair.address, "IAM is required", why)
    for pair in running(comparison, *PARAMETER_GROUPS):
        was_value, value = (parameters_in(side("parameter")).get(_FORCE_TLS) for side in (pair.was, pair.now))
        # Source: Amazon RDS User Guide, "SSL support": from PostgreSQL 15 on, TLS is required by default.
        if was_value == "0" and value != "0":
            why = "whoever connects without TLS is refused"
            yield _lock_out(Severity.MEDIUM, pair.address, f"{_FORCE_TLS} is on", why)


def locked_out_by_policies(comparison: Comparison) -> Iterator[Effect]:
    """What roles might do before, and who might become one; in another Region all is made anew."""
    if comparison.before.region != comparison.after.region:
        return
    for pair in comparison.of_type(*_POLICIES):
        if pair.before is not None and not (pair.after is None and _owner_is_gone(comparison, pair)):
            for text, _ in said(_lost(comparison, pair, "policy")):
                yield _lock_out(
                    Severity.MEDIUM, pair.address, f"it may no longer call {text}", "whoever uses the role is refused"
                )
    for pair in comparison.of_type("aws_iam_role"):
        if pair.before is None or pair.after is None:
            continue
        for grant in _lost(comparison, pair, "assume_role_policy"):
            who = "anybody" if grant.principal == ANYBODY else " ".join(grant.principal or ("?",))
            what = f"{who} may no longer assume the role" + (" as before" if grant.conditions else "")
            yield _lock_out(Severity.MEDIUM, pair.address, what, "whatever runs as the role is refused")


def gone(comparison: Comparison) -> Iterator[Effect]:
    """Endpoints and secrets that applications used, and that are gone."""
    for pair in comparison.of_type(*_ENDPOINTS):
        if pair.after is None and pair.address not in comparison.lost_moves:
            what, _ = _ENDPOINTS[pair.type]
            yield _lock_out(
                Severity.HIGH,
                pair.address,
                f"its {what} is gone",
                f"whoever uses it finds nothing{_outputs(comparison, pair, [what])}",
            )


def new_endpoints(comparison: Comparison) -> Iterator[Effect]:
    """Endpoints and ARNs that are others."""
    for pair in comparison.of_type(_CLUSTER):
        if others := list(_of_cluster(comparison, pair)):
            yield _new_endpoint(comparison, pair, Severity.HIGH, others)
    for pair in comparison.of_type(*_ENDPOINTS):
        what, argument = _ENDPOINTS[pair.type]
        is_both = pair.before is not None and pair.after is not None
        if pair.was(argument) != pair.now(argument) and is_both if argument else _is_replaced(comparison, pair):
            yield _new_endpoint(comparison, pair, Severity.HIGH, [what])
    for pair in comparison.of_type("aws_iam_role"):
        is_another = _is_replaced(comparison, pair) and pair.was("name") != pair.now("name")
        if is_another and _outputs(comparison, pair, ["ARN"]):
            yield _new_endpoint(comparison, pair, Severity.LOW, ["ARN"])


def another_port(comparison: Comparison) -> Iterator[Effect]:
    """The port that clients connect to."""
    for pair in running(comparison, _CLUSTER):
        if _port_changes(pair) and "port" not in pair.ignored:
            was, now = (side("port", default=POSTGRESQL_PORT) for side in (pair.was, pair.now))
            yield _new_endpoint(comparison, pair, Severity.HIGH, ["port"], f": {was} → {now}")


RULES: Final = (
    locked_out_by_rules,
    locked_out_by_groups,
    locked_out_by_switches,
    locked_out_by_policies,
    gone,
    new_endpoints,
    another_port,
)

"""Source: hashicorp/aws, aws_rds_cluster: the default port of the engine."""


def _lock_out(severity: Severity, address: str, what: str, why: str) -> Effect:
    return Effect(severity, address, what, why, EffectKind.LOCK_OUT)


def _new_endpoint(
    comparison: Comparison, pair: Pair, severity: Severity, what: Sequence[str], values: str = ""
) -> Effect:
    *most, last = what
    others = f"another {', '.join(most)} and {last}" if most else f"another {last}{values}"
    learn = "them" if most else "it"
    why = f"applications must be given {learn}{_outputs(comparison, pair, what)}"
    if "resource id" in what:
        why += "; policies for IAM logins name the resource id"
    replacement = comparison.replacements.get(pair.address)
    if replacement is not None and not replacement.certain:
        return Effect(Severity.LOW, pair.address, f"perhaps {others}", why, EffectKind.NEW_ENDPOINT)
    return Effect(severity, pair.address, others, why, EffectKind.NEW_ENDPOINT)


def _of_cluster(comparison: Comparison, pair: Pair) -> Iterator[str]:
    was, now = (is_on(side(_MANAGED), unset=False) for side in (pair.was, pair.now))
    if _is_replaced(comparison, pair):
        if pair.was("cluster_identifier") != pair.now("cluster_identifier"):
            yield from ("endpoint", "reader endpoint", "ARN")
        if is_on(pair.was(_IAM), unset=False):
            yield "resource id"
        if was:
            yield "secret of the master user"
    elif pair.before is not None and pair.after is not None and was is not now:
        yield "secret of the master user"


def _is_replaced(comparison: Comparison, pair: Pair) -> bool:
    return pair.before is not None and pair.address in comparison.replacements


def _outputs(comparison: Comparison, pair: Pair, what: Iterable[str]) -> str:
    """Return which outputs take something from a resource, as the end of a sentence."""
    side = comparison.before if pair.after is None else comparison.after
    taken = tuple(f"{pair.address}.{_ATTRIBUTES[one]}" for one in what)
    names = [
        name
        for name, output in side.document.get("output", {}).items()
        if name != _INSTRUCTIONS and _takes(output.get("value"), taken)
    ]
    return f": output{'s' if len(names) > 1 else ''} {', '.join(names)}" if names else ""


def _takes(value: Any, attributes: Iterable[str]) -> bool:
    text = json.dumps(value)
    return any(re.search(rf"{re.escape(attribute)}(?!\w)", text) for attribute in attributes)


_INSTRUCTIONS: Final = "setup_instructions"
"""An output for people, which has all of the others in it."""


def _matters(comparison: Comparison, rule: GroupRule) -> bool:
    """Whether somebody loses something with a rule: neither its group nor whom it let in goes with it."""
    if rule.group.startswith("aws_security_group.") and rule.group not in comparison.after.blocks:
        return False
    return references(rule.other) <= set(comparison.after.blocks)


def _is_certain(rule: GroupRule, now: Iterable[GroupRule]) -> bool:
    """Whether the rules that are there now surely let in less: a range that only AWS knows may lie in theirs."""
    if rule.kind is not Other.ADDRESSES:
        return True
    others = [one for one in now if one.group == rule.group and one.kind is Other.ADDRESSES]
    return not any(rule.network is None or one.network is None for one in others)


def _is_let_in_at_another_port(comparison: Comparison, rule: GroupRule, now: Iterable[GroupRule]) -> bool:
    """Whether a rule only followed the port of the cluster, which is told as such."""
    if not any(_port_changes(pair) for pair in comparison.of_type(_CLUSTER)):
        return False
    same = (replace(one, first_port=rule.first_port, last_port=rule.last_port) for one in now)
    return any(one.covers(rule) for one in same)


def _port_changes(pair: Pair) -> bool:
    was, now = number(pair, "port", unset=POSTGRESQL_PORT)
    return was is not None and now is not None and was != now


def _owner_is_gone(comparison: Comparison, pair: Pair) -> bool:
    """Whether the role of a policy goes with it; a policy of its own names none."""
    owners = references([pair.was(name) for name in ("role", "user", "group")])
    return bool(owners) and not owners <= set(comparison.after.blocks)


def _lost(comparison: Comparison, pair: Pair, argument: str) -> list[Grant]:
    before = [
        replace(
            grant,
            resource=comparison.renames.applied(grant.resource),
            conditions=frozenset(
                (operator, key, comparison.renames.applied(values)) for operator, key, values in grant.conditions
            ),
        )
        for grant in grants_of(pair.was(argument))
    ]
    lost = new_grants(grants_of(pair.now(argument)), before)
    return [grant for grant in lost if not _is_told(comparison, grant)]


def _is_told(comparison: Comparison, grant: Grant) -> bool:
    """Whether what was allowed is there no more itself: the Data API, a secret, or a resource that is gone."""
    clusters = [pair for pair in comparison.of_type(_CLUSTER) if pair.after is not None]
    if grant.action.startswith(_DATA_API) and not any(is_on(pair.now(_HTTP), unset=False) for pair in clusters):
        return any(is_on(pair.was(_HTTP), unset=False) for pair in clusters)
    if _MASTER_SECRET in grant.resource and not any(is_on(pair.now(_MANAGED), unset=False) for pair in clusters):
        return any(is_on(pair.was(_MANAGED), unset=False) for pair in clusters)
    return not references(grant.resource) <= set(comparison.after.blocks)
