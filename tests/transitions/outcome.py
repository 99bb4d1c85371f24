"""What became of one transition: exactly one outcome, and whether the review had said what is lost."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from analysis.review.changes import Kind
from analysis.review.json_report import document as json_document
from analysis.review.replacement import data_of, resource_types
from analysis.review.review import review
from analysis.synthesized.stack import SynthesizedStack
from tests.terraform_json import TerraformJson

GONE: Final = {"delete", "replace"}

_BACKUP: Final = "AWS Backup sets it, once it makes continuous backups"
_ADOPTED: Final = "an adopted deployment leaves it out, and what its instances run with is not changed unasked"
STAYS: Final[Mapping[str, str]] = {
    "aws_cloudwatch_log_group.log_group_class": "AWS cannot change it, and a group that is not told one keeps its own",
    "aws_rds_cluster.backup_retention_period": _BACKUP,
    "aws_rds_cluster.preferred_backup_window": _BACKUP,
    "aws_rds_cluster.database_insights_mode": _ADOPTED,
    "aws_rds_cluster.database_name": "no database is dropped, and AWS makes one at creation only",
    "aws_rds_cluster.engine_lifecycle_support": "the provider sends it at creation only",
    "aws_rds_cluster.performance_insights_retention_period": "AWS takes it with insights only, and goes back to 7 days",
    "aws_rds_cluster.storage_type": _ADOPTED,
    "aws_rds_cluster.master_user_secret_kms_key_id": "the secret that RDS managed is gone with its key",
    "aws_rds_cluster_instance.apply_immediately": "it says how a change is made, and is nothing of the instance",
    "aws_rds_cluster_instance.availability_zone": "an instance that is not told a zone may stay where it is",
    "aws_rds_cluster.db_cluster_parameter_group_name": "a group that others made, which nothing destroys under it",
    "aws_rds_cluster.network_type": "a cluster keeps its IPv6 addresses until IPV4 is asked for",
    "aws_rds_cluster_instance.db_parameter_group_name": "the same",
    "aws_rds_cluster_instance.ca_cert_identifier": "an instance that is not told a certificate keeps its own",
    "aws_rds_cluster_instance.monitoring_role_arn": "it does nothing where monitoring_interval is 0, which is sent",
    "aws_rds_cluster_instance.performance_insights_enabled": "the cluster's own says it for its instances",
    "aws_rds_cluster_instance.preferred_maintenance_window": _ADOPTED,
    "aws_security_group.egress": "rules of their own take the place of those in the group",
    "aws_security_group.ingress": "rules of their own take the place of those in the group",
}
"""Arguments that may be left out of a running deployment though the provider keeps their value then, and why."""


class Outcome(StrEnum):
    """What happens to a pair of environments; those that are not `RIGHT` are faults."""

    APPLIED = "applied"
    WAITS = "applied in the maintenance window"
    REFUSED_AT_SYNTHESIS = "refused at synthesis"
    REFUSED_BY_THE_PLAN = "refused by the plan"
    HALF_APPLIED = "half applied"
    COMES_BACK = "comes back"
    STAYS = "stays on"
    LOCKED_OUT = "locked out"
    """The Data API refuses the master user's secret."""
    LOST_DATA = "lost data unannounced"
    NOT_CREATED = "not created"
    """The environment before could not be deployed: nothing is known of the change."""


RIGHT: Final = (Outcome.APPLIED, Outcome.WAITS, Outcome.REFUSED_AT_SYNTHESIS, Outcome.REFUSED_BY_THE_PLAN)


@dataclass(frozen=True)
class Announced:
    """What the review says: by address what is replaced or destroyed, what may be, and its findings."""

    gone: frozenset[str]
    may_be_gone: frozenset[str]
    loses: frozenset[str]
    findings: tuple[str, ...]

    @property
    def moves(self) -> bool:
        """Whether everything is made again in another Region, and what is deployed stays."""
        return any("var.aws_region" in finding for finding in self.findings)


def announced(before: TerraformJson, after: TerraformJson) -> Announced:
    """Return what `aurora-serverless review --json` says of a change."""
    found = review({"": SynthesizedStack("", before)}, {"": SynthesizedStack("", after)}, base="")
    environments: Sequence[Mapping[str, Any]] = json_document(found)["environments"]
    resources = [resource for environment in environments for resource in environment["resources"]]
    findings = [finding for environment in environments for finding in environment["opens"]]

    def of(*kinds: Kind) -> frozenset[str]:
        return frozenset(resource["address"] for resource in resources if resource["happens"] in kinds)

    return Announced(
        gone=of(Kind.DESTROYED, Kind.REPLACED),
        may_be_gone=of(Kind.MAY_BE_REPLACED),
        loses=frozenset(resource["address"] for resource in resources if resource["loses"]),
        findings=tuple(f"{one['severity']} {one['address']}: {one['what']}" for one in findings),
    )


@dataclass
class Result:
    """A transition and what became of it, as one line of JSON."""

    name: str
    keys: Mapping[str, Any]
    outcome: Outcome
    says: list[str] = field(default_factory=list)
    """The refusal, the errors, or the addresses and arguments that come back."""
    review: list[str] = field(default_factory=list)
    review_differs: list[str] = field(default_factory=list)
    seconds: float = 0.0
    heals: bool | None = None
    """Of one half applied: whether a second plain apply ends right."""
    shrunk_to: list[str] | None = None

    def as_line(self) -> str:
        return json.dumps(dataclasses.asdict(self), default=str)

    @property
    def is_fault(self) -> bool:
        return self.outcome not in RIGHT or bool(self.review_differs)


def differs(said: Announced, planned: Mapping[str, str]) -> list[str]:
    """Return where the plan and the review do not agree on what is replaced or destroyed."""
    # Single ones of a resource with `for_each` come and go: the review says of it that it changes.
    really = {address for address, action in planned.items() if action in GONE and "[" not in address}
    unsaid = [
        f"{address}: {planned[address]}, which the review does not say"
        for address in really - said.gone - said.may_be_gone
    ]
    wrong = [
        f"{address}: {planned.get(address, 'nothing')}, and the review says that it is replaced or destroyed"
        for address in said.gone - really
        if not any(other.startswith(f"{address}[") for other in planned)
    ]
    return sorted([*unsaid, *wrong])


def staying(before: TerraformJson, after: TerraformJson, planned: Mapping[str, str]) -> list[str]:
    """Return what was left out and has the value that it had: the provider keeps it, and the plan says nothing."""
    found = []
    for type_, kept in ((type_, row.kept) for type_, row in resource_types().items()):
        old, new = (document.get("resource", {}).get(type_, {}) for document in (before, after))
        for name in old.keys() & new.keys():
            address = f"{type_}.{name}"
            left_out = (one for one in kept if old[name].get(one) is not None and new[name].get(one) is None)
            if planned.get(address) not in GONE:
                found += [f"{address}.{one} stays" for one in left_out if f"{type_}.{one}" not in STAYS]
    return sorted(found)


def lost(said: Announced, done: Sequence[str]) -> list[str]:
    """Return what held data, was deleted, and of which the review did not say so. `done` is as in `Said`."""
    deleted = {one.partition(" ")[2] for one in done if one.startswith("delete ")}
    named = said.gone | said.may_be_gone
    return sorted(
        address for address in deleted if data_of(address.partition(".")[0]) and address.partition("[")[0] not in named
    )
