"""What AWS has under the names of an environment and its state does not: a deploy that was stopped made it.

Terraform writes a resource down when AWS has answered. What was on the way when Terraform was interrupted or killed is
made, and unknown to it: the next deploy asks for it once more, and AWS refuses a name that is taken. Resources that AWS
takes twice (a policy of a role, an alarm, a dashboard, a topic) and those with random names are left out here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from analysis.synthesized.stack import Block
from operations.aws.cluster import AVAILABLE, USABLE_STATUSES
from operations.checks.unmanaged_network import endpoint, rule, security_group
from operations.checks.unmanaged_search import Found, Search, Unmanaged, differing, tags_of

_TRACKED: Final = "TRACKED_CLUSTER"

Finder = Callable[[Search, Block], Found]
"""Yields what AWS has under the name of a resource."""


def unmanaged(search: Search) -> list[Unmanaged]:
    """Return it in the order in which Terraform is told of it. AWS is asked of nothing that the state has."""
    return [
        found
        for type_, find in FINDERS.items()
        for block in search.stack.of_type(type_)
        if not search.is_managed(block.address)
        for found in find(search, block)
    ]


def _alias(search: Search, block: Block) -> Found:
    """An alias, and before it its key: a second key would not be the one that encrypts what is there."""
    name = search.text(block, "name")
    found = search.aws.ask("kms", lambda kms: kms.describe_key(KeyId=name)["KeyMetadata"], "NotFoundException")
    if found is None:
        return
    identifier = found["KeyId"]
    keys = [key for key in search.stack.of_type("aws_kms_key") if key.address in block.references]
    listed = search.aws.ask("kms", lambda kms: kms.list_resource_tags(KeyId=identifier)["Tags"])
    tags = None if listed is None else tags_of(listed, "TagKey", "TagValue")
    for key in keys:
        differs = differing(search.tags(key), tags)
        if not search.is_managed(key.address):
            yield Unmanaged(key.address, identifier, f"the KMS key {identifier} of {name}", differs=differs)
        yield Unmanaged(block.address, name, f"{name} of the KMS key {identifier}", differs=differs)


def _log_group(search: Search, block: Block) -> Found:
    """A log group, whatever its tags: RDS makes the one of a cluster by itself, too."""
    name = search.text(block, "name")
    found = search.aws.ask(
        "logs",
        lambda logs: logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"],
        "ResourceNotFoundException",
    )
    if any(group["logGroupName"] == name for group in found or ()):
        yield Unmanaged(block.address, name, f"the log group {name}")


def _secret(search: Search, block: Block) -> Found:
    """A secret that is there, or is marked for deletion and keeps its name; its end is drawn for this state alone."""
    name = search.text(block, "name")
    if "${" in name:
        return  # its end is not drawn yet
    found = search.aws.ask(
        "secretsmanager",
        lambda secrets: secrets.describe_secret(SecretId=name),
        "ResourceNotFoundException",
    )
    if found is None:
        return
    if found.get("DeletedDate") is None:
        yield Unmanaged(block.address, found["ARN"], f"the secret {name}")
        return
    restore = f"aws secretsmanager restore-secret --secret-id {name} --region {search.aws.region}"
    yield Unmanaged(block.address, found["ARN"], f"the secret {name} (marked for deletion)", before=(restore,))


def _cluster(search: Search, block: Block) -> Found:
    if (found := search.aws.cluster) is None:
        return
    name, status = search.text(block, "cluster_identifier"), found["Status"]
    wait = waiting("cluster", name, search.aws.region) if status not in USABLE_STATUSES else ()
    differs = differing(search.tags(block), _tag_list(found))
    yield Unmanaged(block.address, name, f"the cluster {name} ({status})", before=wait, differs=differs)


def _instance(search: Search, block: Block) -> Found:
    name = search.text(block, "identifier")
    if (found := search.instances.get(name)) is None:
        return
    is_ready = found.get("DBInstanceStatus", AVAILABLE) in USABLE_STATUSES
    wait = () if is_ready else waiting("instance", name, search.aws.region)
    differs = differing(search.tags(block), _tag_list(found))
    yield Unmanaged(block.address, name, f"the instance {name}", before=wait, differs=differs)


def _backup_vault(search: Search, block: Block) -> Found:
    """A vault. By the list: of one that is not there AWS says that it may not be looked at."""
    name = search.text(block, "name")
    found = search.aws.ask("backup", lambda backup: backup.list_backup_vaults()["BackupVaultList"])
    for vault in found or ():
        if vault["BackupVaultName"] == name:
            differs = differing(search.tags(block), _tags_in_backup(search, vault["BackupVaultArn"]))
            yield Unmanaged(block.address, name, f"the backup vault {name}", differs=differs)


def _backup_plan(search: Search, block: Block) -> Found:
    """A plan: AWS refuses a second one that says the same."""
    name = search.text(block, "name")
    for plan in _backup_plans(search, name):
        differs = differing(search.tags(block), _tags_in_backup(search, plan["BackupPlanArn"]))
        yield Unmanaged(block.address, plan["BackupPlanId"], f"the backup plan {name}", differs=differs)


def _backup_plans(search: Search, name: str) -> list[Mapping[str, Any]]:
    found = search.aws.ask("backup", lambda backup: backup.list_backup_plans()["BackupPlansList"])
    return [plan for plan in found or () if plan["BackupPlanName"] == name]


def _tags_in_backup(search: Search, arn: str) -> Mapping[str, str] | None:
    tags: Mapping[str, str] | None = search.aws.ask("backup", lambda backup: backup.list_tags(ResourceArn=arn)["Tags"])
    return tags


def _proxy_target(search: Search, block: Block) -> Found:
    """The registration of the cluster. Source of the identifier: hashicorp/aws, aws_db_proxy_target, import."""
    for proxy in search.stack.of_type("aws_db_proxy"):
        if proxy.address in block.references:
            name = search.text(proxy, "name")
            for cluster in _registered_clusters(search, name):
                what = f"the registration of {cluster} with the RDS Proxy {name}"
                yield Unmanaged(block.address, f"{name}/default/{_TRACKED}/{cluster}", what)


def _registered_clusters(search: Search, proxy: str) -> list[str]:
    found = search.aws.ask(
        "rds", lambda rds: rds.describe_db_proxy_targets(DBProxyName=proxy)["Targets"], "DBProxyNotFoundFault"
    )
    return [target["RdsResourceId"] for target in found or () if target.get("Type") == _TRACKED]


def _proxy_endpoint(search: Search, block: Block) -> Found:
    """An endpoint of a proxy. Source of the identifier: hashicorp/aws, aws_db_proxy_endpoint, import."""
    name = search.text(block, "db_proxy_endpoint_name")
    found = search.aws.ask(
        "rds",
        lambda rds: rds.describe_db_proxy_endpoints(DBProxyEndpointName=name)["DBProxyEndpoints"],
        "DBProxyEndpointNotFoundFault",
    )
    for one in found or ():
        differs = differing(search.tags(block), _tags_in_rds(search, one["DBProxyEndpointArn"]))
        what = f"the endpoint {name} of the RDS Proxy {one['DBProxyName']}"
        yield Unmanaged(block.address, f"{one['DBProxyName']}/{name}", what, differs=differs)


def _cluster_role(search: Search, block: Block) -> Found:
    """A role of the cluster. Source of the identifier: hashicorp/aws, aws_rds_cluster_role_association, import."""
    if (found := search.aws.cluster) is None:
        return
    name, feature = found["DBClusterIdentifier"], search.text(block, "feature_name")
    for role in found.get("AssociatedRoles", ()):
        if role.get("FeatureName") == feature:
            what = f"the role of the cluster {name} for {feature}, {role['RoleArn']}"
            yield Unmanaged(block.address, f"{name},{role['RoleArn']}", what)


def waiting(kind: str, identifier: str, region: str) -> tuple[str, ...]:
    """Return what waits for a cluster or an instance that changes: RDS refuses Terraform until then."""
    return (f"aws rds wait db-{kind}-available --db-{kind}-identifier {identifier} --region {region}",)


def _of_iam(what: str, ask: Callable[[Any, str], Any]) -> Finder:
    """Return how IAM is asked for what it describes by its name."""

    def find(search: Search, block: Block) -> Found:
        name = search.text(block, "name")
        found = search.aws.ask("iam", lambda iam: ask(iam, name), "NoSuchEntity")
        if found is not None:
            differs = differing(search.tags(block), tags_of(found.get("Tags")))
            yield Unmanaged(block.address, name, f"{what} {name}", differs=differs)

    return find


def _of_rds(
    what: str, kind: str, ask: Callable[[Any, str], Any], *, argument: str = "name", fault: str | None = None
) -> Finder:
    """Return how RDS is asked for what it describes by its name, and without its tags, which it tells by the ARN.

    `kind` is how RDS begins the names of its ARN and of the fault of one that is not there, unless `fault` is that.
    """

    def find(search: Search, block: Block) -> Found:
        name = search.text(block, argument)
        for one in search.aws.ask("rds", lambda rds: ask(rds, name), fault or f"{kind}NotFoundFault") or ():
            if one.get("EndpointType", "CUSTOM") == "CUSTOM":  # a cluster has endpoints of AWS's own, too
                differs = differing(search.tags(block), _tags_in_rds(search, one[f"{kind}Arn"]))
                yield Unmanaged(block.address, name, f"{what} {name}", differs=differs)

    return find


def _tags_in_rds(search: Search, arn: str) -> Mapping[str, str] | None:
    listed = search.aws.ask("rds", lambda rds: rds.list_tags_for_resource(ResourceName=arn)["TagList"])
    return None if listed is None else tags_of(listed)


def _tag_list(described: Mapping[str, Any]) -> Mapping[str, str] | None:
    return tags_of(described["TagList"]) if "TagList" in described else None


FINDERS: Final[Mapping[str, Finder]] = {
    "aws_security_group": security_group,
    "aws_vpc_security_group_ingress_rule": rule,
    "aws_vpc_security_group_egress_rule": rule,
    "aws_vpc_endpoint": endpoint,
    "aws_db_subnet_group": _of_rds(
        "the DB subnet group",
        "DBSubnetGroup",
        lambda rds, name: rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"],
    ),
    "aws_iam_role": _of_iam("the IAM role", lambda iam, name: iam.get_role(RoleName=name)["Role"]),
    "aws_iam_instance_profile": _of_iam(
        "the instance profile", lambda iam, name: iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    ),
    "aws_kms_alias": _alias,
    "aws_cloudwatch_log_group": _log_group,
    "aws_secretsmanager_secret": _secret,
    "aws_rds_global_cluster": _of_rds(
        "the global cluster",
        "GlobalCluster",
        lambda rds, name: rds.describe_global_clusters(GlobalClusterIdentifier=name)["GlobalClusters"],
        argument="global_cluster_identifier",
    ),
    "aws_rds_cluster": _cluster,
    "aws_rds_cluster_instance": _instance,
    "aws_backup_vault": _backup_vault,
    "aws_backup_plan": _backup_plan,
    "aws_db_event_subscription": _of_rds(
        "the event subscription",
        "EventSubscription",
        lambda rds, name: rds.describe_event_subscriptions(SubscriptionName=name)["EventSubscriptionsList"],
        fault="SubscriptionNotFound",
    ),
    "aws_rds_cluster_endpoint": _of_rds(
        "the custom endpoint",
        "DBClusterEndpoint",
        lambda rds, name: rds.describe_db_cluster_endpoints(DBClusterEndpointIdentifier=name)["DBClusterEndpoints"],
        argument="cluster_endpoint_identifier",
    ),
    "aws_rds_cluster_role_association": _cluster_role,
    "aws_db_proxy": _of_rds(
        "the RDS Proxy",
        "DBProxy",
        lambda rds, name: rds.describe_db_proxies(DBProxyName=name)["DBProxies"],
    ),
    "aws_db_proxy_target": _proxy_target,
    "aws_db_proxy_endpoint": _proxy_endpoint,
}
"""How AWS is asked for each type whose creation it refuses when the name is taken, in the order of the commands."""
