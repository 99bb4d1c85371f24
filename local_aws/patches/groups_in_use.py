"""Subnet groups, parameter groups and security groups that something uses are not deleted.

Stock moto deletes each of them, so that a plan which removes one before what uses it would pass here.
"""

from collections.abc import Callable, Iterator
from typing import Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models.security_groups import SecurityGroupBackend
from moto.rds.exceptions import RDSClientError
from moto.rds.models import RDSBackend, rds_backends

from local_aws.patches.durations import remove_gone
from local_aws.patches.parameter_groups import is_custom
from local_aws.patches.replacing import replacing


def patch() -> None:
    """Refuse to delete a group in use, and a parameter group of AWS's own."""

    @replacing(RDSBackend, "delete_subnet_group")
    def delete_subnet_group(stock: Callable[..., Any], backend: Any, name: str) -> Any:
        for kind, users in (("cluster", backend.clusters), ("instance", backend.databases)):
            for identifier, user in users.items():
                if _subnet_group_of(user) == name.lower():
                    # anomalyco/ion 1187 and anomalyco/sst 4026 have AWS's words
                    raise RDSClientError(
                        "InvalidDBSubnetGroupStateFault",
                        f"Cannot delete the subnet group '{name}' because at least one database {kind}: {identifier} "
                        "is still using it.",
                    )
        return stock(backend, name)

    @replacing(RDSBackend, "delete_db_parameter_group")
    def delete_db_parameter_group(stock: Callable[..., Any], backend: Any, name: str) -> Any:
        names = [user.db_parameter_group_name for user in backend.databases.values()]
        _refuse_parameter_group(name, names, "DBParameterGroup")
        return stock(backend, name)

    @replacing(RDSBackend, "delete_db_cluster_parameter_group")
    def delete_db_cluster_parameter_group(
        stock: Callable[..., Any], backend: Any, db_cluster_parameter_group_name: str
    ) -> Any:
        names = [user.parameter_group for user in backend.clusters.values()]
        _refuse_parameter_group(db_cluster_parameter_group_name, names, "DBClusterParameterGroup")
        return stock(backend, db_cluster_parameter_group_name)

    @replacing(SecurityGroupBackend, "delete_security_group")
    def delete_security_group(
        stock: Callable[..., Any], backend: Any, name: str | None = None, group_id: str | None = None
    ) -> Any:
        group = backend.get_security_group_by_name_or_id(group_id or name)
        if group is not None:
            _refuse_security_group(backend, group)
        return stock(backend, name, group_id)


def _subnet_group_of(user: Any) -> str | None:
    """Return the subnet group of a cluster or an instance, in small letters as RDS keeps it."""
    name = user.__dict__.get("db_subnet_group_name") or user.__dict__.get("_db_subnet_group_name")
    return name.lower() if name else None


def _refuse_parameter_group(name: str, used: list[str | None], kind: str) -> None:
    """Refuse a group in use, and AWS's own.

    terraform-aws-modules/terraform-aws-rds-aurora 466 and ekristen/aws-nuke 660 have the words.
    """
    if not is_custom(name):
        message = f"Default {kind} cannot be deleted: {name}"
    elif name.lower() in [user.lower() for user in used if user]:
        message = (
            f"One or more database instances are still members of this parameter group {name}, "
            "so the group cannot be deleted"
        )
    else:
        return
    raise RDSClientError("InvalidDBParameterGroupState", message)


def _refuse_security_group(ec2: Any, group: Any) -> None:
    """Refuse a group in use.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html;
    hashicorp/terraform-provider-aws 9692 has the words.
    """
    if any(group.id in used for used in _groups_in_use(ec2)) or _is_in_a_rule_of_another(ec2, group):
        raise DependencyViolationError(f"resource {group.id} has a dependent object")


def _groups_in_use(ec2: Any) -> Iterator[list[str]]:
    """Yield the security groups of each network interface, and of each thing that has some on AWS."""
    rds: Any = rds_backends[ec2.account_id][ec2.region_name]
    remove_gone(rds)
    for users in (rds.clusters, rds.databases, rds.db_proxies):
        for user in users.values():
            yield user.vpc_security_group_ids
    for endpoint in ec2.vpc_end_points.values():
        if endpoint.state != "deleted":
            yield endpoint.security_group_ids or []
    for interface in ec2.enis.values():
        yield [member.id for member in interface.group_set]


def _is_in_a_rule_of_another(ec2: Any, group: Any) -> bool:
    others = [other for groups in ec2.groups.values() for other in groups.values() if other.id != group.id]
    rules = [rule for other in others for rule in (*other.ingress_rules, *other.egress_rules)]
    return any((rule.source_group or {}).get("GroupId") == group.id for rule in rules)
