"""Global databases: the order in which their members are upgraded, and what a deploy cannot do.

Source: Amazon Aurora User Guide, "Upgrading an Amazon Aurora global database": a minor version goes to the secondary
clusters first, a major one to all members together, by ModifyGlobalCluster.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from operations.checks.check import Check, failed, passed
from operations.target.target import parse_cluster_arn
from operations.upgrade.subject import UpgradeSubject, running_version


@dataclass(frozen=True)
class Member:
    """A cluster of a global database."""

    arn: str
    is_writer: bool

    def version(self, subject: UpgradeSubject) -> str:
        """Return its engine version, which only RDS in its own Region knows."""
        arn = parse_cluster_arn(self.arn)
        rds = subject.target.session.client("rds", region=arn.region)
        [described] = rds.describe_db_clusters(DBClusterIdentifier=arn.identifier)["DBClusters"]
        return str(described["EngineVersion"])

    def __str__(self) -> str:
        arn = parse_cluster_arn(self.arn)
        return f"{arn.identifier} in {arn.region}"


def order(subject: UpgradeSubject) -> Iterator[Check]:
    """Check that it is this cluster's turn, if it is a member of a global database."""
    found = global_cluster(subject)
    if found is None:
        yield passed("global database", "not a member of one")
        return
    identifier = found["GlobalClusterIdentifier"]
    if subject.is_major:
        yield failed(
            "global database",
            f"AWS upgrades all members of {identifier} to another major version together, which a deploy cannot do",
            major_upgrade_command(identifier, str(subject.to))
            + "; then this command again for each member: it changes the files, and the next plan is empty",
        )
        return
    members = _members(found)
    waiting = [
        member
        for member in members
        if not member.is_writer and member.arn != subject.target.cluster_arn and _is_below(member, subject)
    ]
    is_writer = any(member.is_writer and member.arn == subject.target.cluster_arn for member in members)
    if is_writer and waiting:
        yield failed(
            "global database",
            f"the secondaries of {identifier} are upgraded before the primary: {', '.join(map(str, waiting))}",
            f"./aurora-serverless upgrade SECONDARY --to {subject.to}, and deploy it, for each of them first",
        )
    else:
        turn = "all secondaries run it already" if is_writer else "secondaries go first, then the primary"
        yield passed("global database", f"member of {identifier}: {turn}")


def major_upgrade_command(identifier: str, version: str) -> str:
    """Return the command that upgrades all members together."""
    words = ["aws", "rds", "modify-global-cluster", "--global-cluster-identifier", identifier]
    return shlex.join([*words, "--engine-version", version, "--allow-major-version-upgrade"])


def global_cluster(subject: UpgradeSubject) -> dict[str, Any] | None:
    """Return the global cluster that the cluster is a member of, or None. Raises what boto3 does."""
    pages = subject.client("rds").get_paginator("describe_global_clusters").paginate()
    for page in pages:
        for found in page["GlobalClusters"]:
            if any(member.arn == subject.target.cluster_arn for member in _members(found)):
                result: dict[str, Any] = found
                return result
    return None


def _members(found: dict[str, Any]) -> list[Member]:
    return [
        Member(member["DBClusterArn"], bool(member.get("IsWriter"))) for member in found.get("GlobalClusterMembers", [])
    ]


def _is_below(member: Member, subject: UpgradeSubject) -> bool:
    return running_version(member.version(subject)) < subject.to
