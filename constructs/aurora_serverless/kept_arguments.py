"""What a running cluster keeps although nobody asks for it any more, so that the plan would say nothing and be wrong.

The provider keeps the old value of these arguments where they are left out, and AWS cannot take them away: a parameter
group or a key would be destroyed under a cluster that goes on using it. Terraform compares, when it plans, what the
cluster keeps with what is asked for. Of a cluster that is only made, or replaced, that is not known yet.
"""

import json
from collections.abc import Iterable, Sequence

from cdktf import Postcondition

from aurora_serverless.rules.engine import EXTENDED_SUPPORT_OFF
from aurora_serverless.rules.network import EVERYWHERE, POSTGRESQL_PORT
from aurora_serverless.rules.tokens import is_token
from aurora_serverless.sources import Source


def keeps_nothing(
    cluster_identifier: str,
    *,
    storage_encrypted: bool,
    has_port: bool,
    has_parameter_group: bool,
    names_final_snapshot: bool,
    lifecycle_support: str | None,
) -> list[Postcondition]:
    """Return what Terraform checks of a cluster that shall do without some of these."""
    conditions = []
    if not storage_encrypted:
        conditions.append(_has_no_kms_key(cluster_identifier))
    if not has_port:
        conditions.append(_has_usual_port(cluster_identifier))
    if not has_parameter_group:
        conditions.append(
            keeps_no_group(cluster_identifier, argument="db_cluster_parameter_group_name", key="cluster_parameters")
        )
    if names_final_snapshot:
        conditions.append(_has_snapshot_name(cluster_identifier))
    if lifecycle_support is not None:
        conditions.append(_has_lifecycle_support(cluster_identifier, lifecycle_support))
    return conditions


def keeps_no_group(cluster_identifier: str, *, argument: str, key: str) -> Postcondition:
    """Return the check that nothing uses a parameter group of the cluster's own, which would be destroyed.

    AWS destroys no group in use. The default group cannot be asked for by its name: an account has it only once a
    cluster was made with it (DBClusterParameterGroupNotFound, aws/aws-cdk#2512).
    """
    return Postcondition(
        condition=f'${{!startswith(coalesce(self.{argument}, "default"), "{cluster_identifier}-")}}',
        error_message=f"The cluster {cluster_identifier} uses the parameter group ${{self.{argument}}}, which cannot "
        f"be removed while it is in use: keep a group without parameters ({key} = {{}} in [engine]).",
    )


def has_no_rules_inside(sources: Sequence[Source], *, port: int, egress: bool) -> list[Postcondition]:
    """Return the checks that a security group has none of its rules already, from when they were inside it.

    The provider writes those without a description, and EC2 refuses the same rule a second time, so that the deploy
    would stop half-way. What lets everything out may be EC2's own rule of a new group, in a deploy that was stopped: it
    says something only beside such a rule that lets somebody in.
    """
    ranges = _listed(source.cidr_ipv4 for source in sources)
    groups = _listed(source.security_group_id for source in sources)
    of_port = f'rule.protocol == "tcp" && rule.from_port == {port} && rule.to_port == {port}'
    same = (
        f"(length(setintersection(rule.cidr_blocks, {ranges})) > 0 || "
        f"length(setintersection(rule.security_groups, {groups})) > 0)"
    )
    goes_out = _count("egress", f'rule.protocol == "-1" && contains(rule.cidr_blocks, "{EVERYWHERE}")')
    checks = [_has_no_rule("ingress", f"{_count('ingress', f'{of_port} && {same}')} == 0")]
    if egress:
        checks.append(_has_no_rule("egress", f"{_count('ingress', of_port)} == 0 || {goes_out} == 0"))
    return checks


def _listed(values: Iterable[str | None]) -> str:
    # CDKTF writes a reference inside of an expression without quotation marks.
    return f"[{', '.join(value if is_token(value) else json.dumps(value) for value in values if value)}]"


def _count(direction: str, matches: str) -> str:
    return f'length([for rule in self.{direction} : rule if rule.description == "" && {matches}])'


def _has_no_rule(direction: str, condition: str) -> Postcondition:
    return Postcondition(
        condition=f"${{{condition}}}",
        error_message=f"The security group ${{self.name}} has {direction} rules without a description, as one has "
        'with security_group_rules = "inline", and EC2 would refuse to make them a second time: ask for "inline", or '
        "give each its description and import it, as docs/upgrading.md says.",
    )


def is_managed_by_aws() -> Postcondition:
    """Return the check of a key that it is the AWS-managed one, and no customer key that a cluster keeps."""
    return Postcondition(
        condition='${self.key_manager == "AWS"}',
        error_message="The cluster is encrypted with the customer key ${self.arn}, and AWS cannot change the key of a "
        "cluster, a restored one included: ask for that key.",
    )


def _has_no_kms_key(cluster_identifier: str) -> Postcondition:
    # Under an AWS-owned key storage_encrypted is false, as it is of an older cluster that is not encrypted.
    return Postcondition(
        condition="${self.storage_encrypted == false}",
        error_message=f"The cluster {cluster_identifier} is under the KMS key ${{self.kms_key_id}}, and AWS cannot "
        "take a cluster from there to an AWS-owned key, a restored one included: ask for the KMS key that it has.",
    )


def _has_usual_port(cluster_identifier: str) -> Postcondition:
    return Postcondition(
        condition=f"${{self.port == {POSTGRESQL_PORT}}}",
        error_message=f"The cluster {cluster_identifier} listens on port ${{self.port}}, and keeps it while no other "
        f"is asked for, but would be reached on {POSTGRESQL_PORT}: ask for the port that it has (port = ${{self.port}} "
        f"in [network]), or for the usual one (port = {POSTGRESQL_PORT}).",
    )


def _has_snapshot_name(cluster_identifier: str) -> Postcondition:
    # While AWS refuses to delete it no name is needed: a cluster whose creation was cut off, and which was imported,
    # has none, and its deploy goes on. The one that ends its protection asks for it.
    return Postcondition(
        condition="${coalesce(self.deletion_protection, false) "
        '|| coalesce(self.final_snapshot_identifier, "-") != "-"}',
        error_message=f"The cluster {cluster_identifier} was made without a name for its final snapshot: give it one "
        f'(final_snapshot_identifier = "{cluster_identifier}-final-1" in [protection]).',
    )


def _has_lifecycle_support(cluster_identifier: str, wanted: str) -> Postcondition:
    # Version 5 of the provider sends it at creation only (`resourceClusterUpdate`), and would plan it for ever.
    return Postcondition(
        condition=f'${{coalesce(self.engine_lifecycle_support, "{wanted}") == "{wanted}"}}',
        error_message=f"The cluster {cluster_identifier} has engine_lifecycle_support "
        "${jsonencode(self.engine_lifecycle_support)}, which Terraform's provider sends only when it makes a cluster: "
        f"change it with aws rds modify-db-cluster --db-cluster-identifier {cluster_identifier} "
        f"--engine-lifecycle-support {wanted}, or ask for what it has "
        f"(extended_support = {str(wanted == EXTENDED_SUPPORT_OFF).lower()} in [engine]).",
    )
