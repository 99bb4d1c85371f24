"""Every name that a stack makes, with the key of the environment file that decides it.

A name that two things would have is refused by AWS in the middle of an apply, or one silently takes the place of the
other. `name_violations` finds such names within a database, `stacks.environment_conflicts` between environments.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from aurora_serverless.options.derived_values import DerivedValues
from aurora_serverless.options.name_kinds import (
    ALARM,
    BACKUP_VAULT,
    CLUSTER,
    CUSTOM_ENDPOINT,
    DASHBOARD,
    ENDPOINT,
    EVENT_SUBSCRIPTION,
    FINAL_SNAPSHOT,
    GLOBAL_CLUSTER,
    INSTANCE,
    INSTANCE_PROFILE,
    KEY_ALIAS,
    LOG_GROUP,
    MEMBER,
    PROXY,
    PROXY_ENDPOINT,
    ROLE,
    ROLE_POLICY,
    SCALING_POLICY,
    SECURITY_GROUP,
    SUBNET_GROUP,
    TOPIC,
    Kind,
)
from aurora_serverless.rules.alarms import alarm_name, alarm_topic_name, rules_for
from aurora_serverless.rules.encryption import full_alias_name
from aurora_serverless.rules.events import cluster_subscription_name, instance_subscription_name
from aurora_serverless.rules.log_group import LOG_TYPE, log_group_name
from aurora_serverless.rules.read_scaling import scaling_policy_name
from aurora_serverless.rules.service_roles import role_policy
from aurora_serverless.rules.violation import RuleViolation

_PREFIX: Final = "name_prefix"


@dataclass(frozen=True)
class MadeName:
    """A name that a stack makes.

    `key` and `value` say what in the environment file decides it, `made_by` what in the file asks for it where not each
    stack has it. `owner` is what the name belongs to, where it is one of its kind within that only.
    """

    kind: Kind
    name: str
    what: str
    key: str
    value: Any
    made_by: str | None = None
    owner: str = ""

    @property
    def compared(self) -> Hashable:
        """What is equal of two names that AWS takes for one."""
        return self.kind, self.owner.lower(), self.kind.comparison.compared(self.name)

    @property
    def described(self) -> str:
        """What has the name, and what in the file asks for it."""
        return self.what if self.made_by is None else f"{self.what} (made by {self.made_by})"

    def rule_beside(self, other: "MadeName") -> str:
        """Return why nothing can have this name beside what has the other one."""
        return self.kind.rule or self.kind.scope.rule + ("" if self.name == other.name else self.kind.comparison.words)


def made_names(options: DerivedValues) -> Iterator[MadeName]:
    """Yield each name that is made, but those of `name_kinds.RANDOM_NAMES`."""
    yield from _cluster_names(options)
    yield from _network_names(options)
    yield from _role_names(options)
    yield from _backup_names(options)
    yield from _names_made_from_the_cluster(options)


def name_violations(options: DerivedValues) -> Iterator[RuleViolation]:
    """Yield a violation for each name that two things of one environment would have, and each existing role made here.

    Policies of a role are left out: two meet only where their roles do.
    """
    first: dict[Hashable, MadeName] = {}
    for name in made_names(options):
        other = first.setdefault(name.compared, name)
        if other is not name and name.kind is not ROLE_POLICY:
            wrong = other if name.key == _PREFIX else name
            what = "" if wrong.value == wrong.name else f"{wrong.name} "
            yield RuleViolation(
                wrong.key,
                wrong.value,
                f"{what}names both {other.described} and {name.described}, and {name.rule_beside(other)}",
                "write another name",
            )
    for existing in options.access.existing_role_names:
        made = first.get((ROLE, "", ROLE.comparison.compared(existing)))
        if made is not None:
            yield RuleViolation(
                "access.existing_role_names",
                existing,
                f"is the name of {made.what}, which is made here",
                "leave it out",
            )


def _given(options: DerivedValues, key: str, value: str | None) -> tuple[str, Any]:
    """Return the key that decides a name, and its value: that of the name where it is given, else the prefix."""
    return (_PREFIX, options.name_prefix) if value is None else (key, value)


def _cluster_names(options: DerivedValues) -> Iterator[MadeName]:
    names, database = options.names, options.global_database
    final_snapshot = options.protection.final_snapshot_identifier
    if final_snapshot is not None:
        key = "protection.final_snapshot_identifier"
        yield MadeName(FINAL_SNAPSHOT, final_snapshot, "the last snapshot", key, final_snapshot)
    cluster = _given(options, "names.cluster", names.cluster)
    yield MadeName(CLUSTER, options.cluster_identifier, "the cluster", *cluster)
    for index, identifier in enumerate(options.instance_identifiers):
        origin = ("names.instances", names.instances) if index < len(names.instances) else cluster
        yield MadeName(INSTANCE, identifier, f"instance {index + 1}", *origin)
    for short_name, name in options.endpoint_identifiers.items():
        key = f"instances.endpoints.{short_name}"
        yield MadeName(CUSTOM_ENDPOINT, name, f'the custom endpoint "{short_name}"', key, short_name)
    if database is not None and options.global_cluster_identifier is not None:
        identifier = options.global_cluster_identifier
        origin = _given(options, "global_database.identifier", database.identifier)
        if not options.is_secondary:
            yield MadeName(GLOBAL_CLUSTER, identifier, "the global cluster", *origin)
        if options.region is not None:  # Regions that nobody knows yet are hardly one and the same
            yield MadeName(MEMBER, identifier, "the cluster of the global database", *origin)
    subnet_group = _given(options, "names.subnet_group", names.subnet_group)
    if options.network.subnet_group_name is None:
        yield MadeName(SUBNET_GROUP, options.subnet_group_name, "the DB subnet group", *subnet_group)
    if options.proxy is not None:
        proxy = _given(options, "proxy.name", options.proxy.name)
        yield MadeName(PROXY, options.proxy_name, "the RDS Proxy", *proxy)
        if options.proxy.read_only_endpoint:
            name, what = options.proxy_read_only_endpoint_name, "the read-only endpoint of the RDS Proxy"
            yield MadeName(PROXY_ENDPOINT, name, what, *proxy, made_by="proxy.read_only_endpoint")


def _network_names(options: DerivedValues) -> Iterator[MadeName]:
    of_database = "the security group of the database"
    group = _given(options, "names.security_group", options.names.security_group)
    if options.network.own_security_group:
        yield MadeName(SECURITY_GROUP, options.security_group_name, of_database, *group)
    if options.network.interface_endpoints is not None:
        key, services = "network.interface_endpoints", options.network.interface_endpoints
        name, what = options.endpoint_security_group_name, "the security group of the interface endpoints"
        yield MadeName(SECURITY_GROUP, name, what, *group, made_by=key)
        for service in services:
            yield MadeName(ENDPOINT, service, f"the interface endpoint of {service}", key, services)
    if options.proxy is not None:
        name, what = options.proxy_security_group_name, "the security group of the proxy"
        yield MadeName(SECURITY_GROUP, name, what, *_given(options, "", None), made_by="[proxy]")
    if options.bastion is not None:
        name, what = options.bastion_security_group_name, "the security group of the bastion"
        yield MadeName(SECURITY_GROUP, name, what, *_given(options, "", None), made_by="[bastion]")


def _role_names(options: DerivedValues) -> Iterator[MadeName]:
    prefix = _given(options, "", None)
    role = _given(options, "names.lambda_role", options.names.lambda_role)
    policy = _given(options, "names.lambda_policy", options.names.lambda_policy)
    policy_name = options.lambda_policy_name
    yield MadeName(ROLE, options.lambda_role_name, "the Lambda role", *role)
    what = "the policy of the Lambda role"
    yield MadeName(ROLE_POLICY, policy_name, what, *policy, owner=options.lambda_role_name)
    for short_name, name in options.role_names.items():
        yield MadeName(ROLE, name, f'the role "{short_name}"', "access.roles", short_name)
        what, of_role = f'the policy of the role "{short_name}"', options.role_policy_name(short_name)
        yield MadeName(ROLE_POLICY, of_role, what, "access.roles", short_name, owner=name)
    for name in options.access.existing_role_names:
        yield MadeName(ROLE_POLICY, policy_name, f"the policy of the existing role {name}", *policy, owner=name)
    if options.makes_monitoring_role:
        name, made_by = options.monitoring_role_name, "monitoring.enhanced_monitoring_seconds"
        yield MadeName(ROLE, name, "the role for enhanced monitoring", *prefix, made_by=made_by)
    for feature, name in options.cluster_role_names.items():
        made_by, what = f"cluster_roles.{feature.key}", f"the role of the cluster for {feature}"
        yield MadeName(ROLE, name, what, *prefix, made_by=made_by)
        yield MadeName(ROLE_POLICY, role_policy(name), f"the policy of {what}", *prefix, made_by=made_by, owner=name)
    if options.bedrock_knowledge_base is not None:
        name, what = options.knowledge_base_role_name, "the role of the knowledge base"
        made_by = "[bedrock_knowledge_base]"
        yield MadeName(ROLE, name, what, *prefix, made_by=made_by)
        yield MadeName(ROLE_POLICY, role_policy(name), f"the policy of {what}", *prefix, made_by=made_by, owner=name)
    aws_backup = options.backup.aws_backup
    if aws_backup is not None and aws_backup.role_arn is None:
        name, made_by = options.backup_role_name, "backup.aws_backup"
        yield MadeName(ROLE, name, "the role for AWS Backup", *prefix, made_by=made_by)
    if options.proxy is not None:
        name, what = options.proxy_role_name, "the policy of the proxy's role"
        yield MadeName(ROLE, name, "the role of the proxy", *prefix, made_by="[proxy]")
        yield MadeName(ROLE_POLICY, options.proxy_policy_name, what, *prefix, made_by="[proxy]", owner=name)
    if options.bastion is not None:
        name, what = options.bastion_role_name, "the instance profile of the bastion"
        yield MadeName(ROLE, name, "the role of the bastion", *prefix, made_by="[bastion]")
        yield MadeName(INSTANCE_PROFILE, name, what, *prefix, made_by="[bastion]")


def _backup_names(options: DerivedValues) -> Iterator[MadeName]:
    if options.backup.aws_backup is not None and options.backup.aws_backup.makes_vault:
        prefix = _given(options, "", None)
        yield MadeName(BACKUP_VAULT, options.backups_name, "the backup vault", *prefix, made_by="backup.aws_backup")


def _names_made_from_the_cluster(options: DerivedValues) -> Iterator[MadeName]:
    monitoring, identifier = options.monitoring, options.cluster_identifier
    cluster = _given(options, "names.cluster", options.names.cluster)
    if options.encryption.key == "own":
        yield MadeName(KEY_ALIAS, full_alias_name(identifier), "the alias of the key", *cluster)
    for log_type in monitoring.exported_logs:
        what = "the log group" if log_type == LOG_TYPE else f"the log group of {log_type}"
        yield MadeName(LOG_GROUP, log_group_name(identifier, log_type), what, *cluster)
    if options.instances.read_scaling is not None:
        name = scaling_policy_name(identifier, options.instances.read_scaling.metric)
        yield MadeName(SCALING_POLICY, name, "the scaling policy of the readers", *cluster, owner=identifier)
    if monitoring.alarms:
        for rule in rules_for(has_readers=options.has_readers):
            yield MadeName(ALARM, alarm_name(identifier, rule), f"the alarm {rule.name}", *cluster)
    if options.makes_alarm_topic:
        yield MadeName(TOPIC, alarm_topic_name(identifier), "the topic of the alarms", *cluster)
    if monitoring.cluster_events:
        name, what = cluster_subscription_name(identifier), "the subscription to events of the cluster"
        yield MadeName(EVENT_SUBSCRIPTION, name, what, *cluster)
    if monitoring.instance_events:
        name, what = instance_subscription_name(identifier), "the subscription to events of the instances"
        yield MadeName(EVENT_SUBSCRIPTION, name, what, *cluster)
    if monitoring.dashboard:
        yield MadeName(DASHBOARD, identifier, "the dashboard", *cluster)
