"""The rules of one database over options of several sections: each is run, and all that they say is told.

A rule reads the keys, raises what is wrong with them, and yields it where several things may be. One whose keys are
wrong by themselves is left out. A new rule is a function here or beside its section, and its place in `RULES`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from aurora_serverless.options.access import role_violations
from aurora_serverless.options.derived_values import DerivedValues
from aurora_serverless.options.instance_rules import INSTANCE_RULES
from aurora_serverless.options.made_names import name_violations
from aurora_serverless.options.region_rules import REGION_RULES
from aurora_serverless.options.section import told, under
from aurora_serverless.options.value_rules import VALUE_RULES
from aurora_serverless.rules.capacity import check_auto_pause, check_maximum, check_minimum, check_order
from aurora_serverless.rules.credentials import check_replicates_elsewhere
from aurora_serverless.rules.engine import DEFAULT_VERSION, versions_with
from aurora_serverless.rules.log_group import IAM_LOG_TYPE
from aurora_serverless.rules.names import (
    check_database_name,
    check_identifier,
    check_master_username,
    check_security_group_name,
)
from aurora_serverless.rules.proxy import check_requires_tls
from aurora_serverless.rules.tags import MOST_TAGS, ROLE_TYPE, check_role_tags
from aurora_serverless.rules.violation import RuleViolation, refuse, shown
from aurora_serverless.rules.windows import check_windows_apart

OptionsRule = Callable[[DerivedValues], Iterable[RuleViolation] | None]


def capacity_suits_engine_version(options: DerivedValues) -> Iterator[RuleViolation]:
    """The engine version can have the smallest and the largest capacity, and the pause."""
    engine, capacity = options.engine_version, options.capacity
    ends = [
        *told(check_minimum, engine, capacity.minimum_acu, section="capacity"),
        *told(check_maximum, engine, capacity.maximum_acu, section="capacity"),
    ]
    yield from ends or told(check_order, capacity.minimum_acu, capacity.maximum_acu, section="capacity")
    if capacity.auto_pause_seconds is not None:
        yield from told(check_auto_pause, capacity.minimum_acu, capacity.auto_pause_seconds, section="capacity")


def engine_version_has_data_api(options: DerivedValues) -> None:
    """The engine version has the Data API, where it is on."""
    if options.access.data_api and not options.engine_version.supports_data_api:
        refuse(
            "engine.version",
            options.engine.version,
            f"Aurora PostgreSQL {options.engine_version} has no Data API on Serverless v2 (it needs "
            f"{versions_with('data_api')})",
            f'write a version such as "{DEFAULT_VERSION}", or access.data_api = false',
        )


def windows_do_not_overlap(options: DerivedValues) -> None:
    """Backup and maintenance have time for themselves."""
    if options.aws_backup_owns_retention:
        return
    with under("maintenance"):
        check_windows_apart(options.backup.window, options.maintenance.window, argument="window")


def resources_have_few_enough_tags(options: DerivedValues) -> Iterator[RuleViolation]:
    """No type of resource has more tags than AWS takes, those of [tags] included."""
    for type_, tags in (options.resource_tags or {}).items():
        count = len({**(options.tags or {}), **tags})
        if count > MOST_TAGS:
            yield RuleViolation(
                f"resource_tags.{type_}",
                f"{count} tags with those of [tags]",
                f"AWS takes at most {MOST_TAGS} tags a resource",
                "leave some out",
            )


def role_tags_differ_beyond_case(options: DerivedValues) -> Iterator[RuleViolation]:
    """IAM takes the tags of the roles, which each stack has; the error names the table that has the later tag."""
    of_roles = (options.resource_tags or {}).get(ROLE_TYPE, {})
    first: dict[str, tuple[str, str]] = {}
    for key, value in {**(options.tags or {}), **of_roles}.items():
        both = dict((first.setdefault(key.lower(), (key, value)), (key, value)))
        table = f"resource_tags.{ROLE_TYPE}" if key in of_roles else "tags"
        yield from told(check_role_tags, both, section=table)


def _name_rule(
    key: str,
    check: Callable[..., None],
    given: Callable[[DerivedValues], str | None],
    made: Callable[[DerivedValues], str | None],
) -> OptionsRule:
    """Return the rule that AWS takes a name that is made from other keys.

    The error names the key that would set the name, and the prefix that it is made from.
    """

    def rule(options: DerivedValues) -> None:
        value = made(options)
        if value is None:
            return
        try:
            check(value, argument=key)
        except RuleViolation as violation:
            is_given = given(options) is not None
            source = "" if is_given else f", and is made from name_prefix = {shown(options.name_prefix)}"
            raise RuleViolation(key, value, violation.rule + source, violation.remedy) from None

    return rule


_NAME_RULES: Final[Sequence[OptionsRule]] = (
    _name_rule("database.name", check_database_name, lambda e: e.database.name, lambda e: e.initial_database_name),
    _name_rule(
        "database.master_username",
        check_master_username,
        lambda e: e.database.master_username,
        lambda e: e.master_username,
    ),
    _name_rule(
        "names.security_group",
        check_security_group_name,
        lambda e: e.names.security_group,
        lambda e: e.security_group_name,
    ),
    _name_rule(
        "global_database.identifier",
        check_identifier,
        lambda e: e.global_database.identifier if e.global_database else None,
        lambda e: e.global_cluster_identifier,
    ),
    _name_rule(
        "names.security_group",
        check_security_group_name,
        lambda e: e.names.security_group,
        lambda e: None if e.network.interface_endpoints is None else e.endpoint_security_group_name,
    ),
)


def instances_have_names(options: DerivedValues) -> Iterator[RuleViolation]:
    """Each instance has an identifier that RDS takes, and no name is left over."""
    named, readers = options.names.instances, options.instances.readers
    if len(named) > 1 + readers:
        yield RuleViolation(
            "names.instances",
            named,
            f"names {len(named)} instances, and there is one and {readers} readers",
            "leave some out, or raise instances.readers",
        )
    for identifier in options.instance_identifiers:
        yield from told(check_identifier, identifier, argument="instances", section="names")


def subnet_group_is_given_or_made(options: DerivedValues) -> None:
    """No name is given to a subnet group that is not made."""
    if options.network.subnet_group_name is not None and options.names.subnet_group is not None:
        rule = "is a group that is there already, and names.subnet_group names one made here"
        refuse("network.subnet_group_name", options.network.subnet_group_name, rule, "leave one of the two out")


def own_security_group_is_made(options: DerivedValues) -> None:
    """Nobody is let in by, and no name is given to, a security group that is not made."""
    network = options.network
    if network.own_security_group:
        return
    rule = "is about the cluster's own security group, and network.own_security_group = false makes none"
    remedy = "leave one of the two out"
    has_endpoints = network.interface_endpoints is not None
    if options.names.security_group is not None and not has_endpoints:
        refuse("names.security_group", options.names.security_group, rule, remedy)
    if has_endpoints or options.proxy is not None:
        return  # those have groups that are made, and let in the same
    if network.allowed_cidr_blocks is not None:
        refuse("network.allowed_cidr_blocks", network.allowed_cidr_blocks, rule, remedy)
    if network.allowed_security_group_ids is not None:
        refuse("network.allowed_security_group_ids", network.allowed_security_group_ids, rule, remedy)


def secret_replicates_elsewhere(options: DerivedValues) -> None:
    """No replica of the secret is asked for in its own Region."""
    with under("credentials"):
        check_replicates_elsewhere(options.credentials.replica_regions, options.region)


def source_suits_cluster(options: DerivedValues) -> Iterable[RuleViolation] | None:
    """What the cluster is restored from suits it."""
    if options.restore is None:
        return None
    return options.restore.violations(
        options.engine, cluster_identifier=options.cluster_identifier, region=options.region
    )


def secondary_is_in_another_region(options: DerivedValues) -> Iterable[RuleViolation] | None:
    """A secondary has its secret in its own Region, and its primary in another."""
    if options.global_database is None:
        return None
    return options.global_database.region_violations(options.region)


def global_database_allows_the_rest(options: DerivedValues) -> Iterable[RuleViolation] | None:
    """No other section asks for what a cluster of a global database cannot have."""
    if options.global_database is None:
        return None
    return options.global_database.violations(
        options.engine,
        options.instances,
        options.credentials,
        options.encryption,
        restore=options.restore,
        proxy=options.proxy,
    )


def iam_users_can_log_in(options: DerivedValues) -> None:
    """Users who log in with IAM tokens are named only where somebody takes the tokens."""
    users = options.access.iam_users
    if users and not options.iam_login_to_cluster and not options.iam_login_to_proxy:
        refuse(
            "access.iam_users",
            users,
            "nobody can log in with IAM tokens",
            "write access.iam_authentication = true, or leave it out",
        )


def failed_iam_logins_can_be_logged(options: DerivedValues) -> None:
    """The log of failed logins with IAM tokens is exported only where there are such logins."""
    if IAM_LOG_TYPE in options.monitoring.more_logs and not options.iam_login_to_cluster:
        refuse(
            "monitoring.more_logs",
            IAM_LOG_TYPE,
            "nobody logs in to the cluster with IAM tokens",
            "write access.iam_authentication = true, or leave it out",
        )


def users_are_no_master(options: DerivedValues) -> Iterator[RuleViolation]:
    """The master user is none of [users], and a secondary has its primary's."""
    for key, names in (("read_write", options.users.read_write), ("read_only", options.users.read_only)):
        for name in names:
            if name == options.master_username.lower():
                rule, remedy = "is the master user, who has a secret already", "write another name"
                yield RuleViolation(f"users.{key}", name, rule, remedy)
        if names and options.is_secondary:
            rule = "a secondary has its primary's users, and makes none"
            yield RuleViolation(f"users.{key}", names, rule, "leave them out until it is promoted")


def role_user_is_declared(options: DerivedValues) -> Iterator[RuleViolation]:
    """The user of the roles is one of [users]."""
    user = options.access.lambda_role.user
    if user is not None and user not in options.users.names:
        yield RuleViolation(
            "access.lambda_role.user", user, "is none of [users]", f"add it there: read_write = [{shown(user)}]"
        )


def roles_have_names(options: DerivedValues) -> Iterator[RuleViolation]:
    """IAM takes the names of the roles of [access]."""
    return role_violations(options.name_prefix, options.role_names)


def cluster_roles_get_out(options: DerivedValues) -> None:
    """The database can open connections, which each of its roles is for."""
    if options.network.egress == "closed" and options.cluster_roles.by_feature:
        names = " and ".join(f"cluster_roles.{feature.key}" for feature in options.cluster_roles.by_feature)
        refuse(
            "network.egress",
            "closed",
            f"{names} would be of no use: the database calls the service itself, and nothing gets out of it",
            'write "open", or leave the roles out',
        )


def knowledge_base_suits_database(options: DerivedValues) -> Iterator[RuleViolation]:
    """Bedrock can write its knowledge base into the database, through the Data API."""
    if options.bedrock_knowledge_base is None:
        return
    remedy = "or leave [bedrock_knowledge_base] out"
    if not options.access.data_api:
        rule = "Bedrock uses the Data API for its knowledge base"
        yield RuleViolation("access.data_api", False, rule, f"write true, {remedy}")
    if options.is_secondary:
        rule = "Bedrock writes its knowledge base, and a secondary takes no writes through the Data API"
        yield RuleViolation("global_database.role", "secondary", rule, f"put it into the primary's file, {remedy}")
    version = options.engine_version
    if not version.has("bedrock_knowledge_base"):
        needed = versions_with("bedrock_knowledge_base")
        rule = f"Bedrock takes no Aurora PostgreSQL {version} for a knowledge base (it needs {needed})"
        yield RuleViolation(
            "engine.version", options.engine.version, rule, f'write a version such as "{DEFAULT_VERSION}", {remedy}'
        )


def proxy_requires_tls(options: DerivedValues) -> None:
    """A proxy whose clients log in with IAM tokens requires TLS."""
    if options.proxy is not None:
        with under("proxy"):
            check_requires_tls(options.proxy.require_tls, options.proxy_iam_authentication)


def proxy_has_readers(options: DerivedValues) -> Iterator[RuleViolation]:
    """A read-only endpoint of the proxy leads somewhere, and has a name that RDS takes."""
    if options.proxy is None or not options.proxy.read_only_endpoint:
        return
    key = "proxy.read_only_endpoint"
    if not options.has_readers:
        yield RuleViolation(
            key, True, "there is no reader for it to connect to", "leave it out, or add instances.readers"
        )
    for violation in told(check_identifier, options.proxy_read_only_endpoint_name, argument="proxy.name"):
        yield RuleViolation("proxy.name", violation.value, f"{violation.rule}, for {key} too", "write a shorter one")


def others_have_security_group_rules(options: DerivedValues) -> Iterator[RuleViolation]:
    """The rules by which proxy and bastion are let in are not taken out again by inline ones."""
    network = options.network
    if network.security_group_rules == "separate" or not network.names_sources:
        return
    for what, made in (("proxy", options.proxy), ("bastion", options.bastion)):
        if made is not None:
            yield RuleViolation(
                "network.security_group_rules",
                "inline",
                f"the {what} would need a rule of its own beside the inline ones, which would take it out again",
                'write "separate", or leave the allowed ranges and groups out: the VPC is then allowed',
            )


RULES: Final[Sequence[OptionsRule]] = (
    capacity_suits_engine_version,
    engine_version_has_data_api,
    windows_do_not_overlap,
    resources_have_few_enough_tags,
    role_tags_differ_beyond_case,
    *_NAME_RULES,
    instances_have_names,
    *INSTANCE_RULES,
    name_violations,
    subnet_group_is_given_or_made,
    own_security_group_is_made,
    secret_replicates_elsewhere,
    source_suits_cluster,
    secondary_is_in_another_region,
    global_database_allows_the_rest,
    iam_users_can_log_in,
    failed_iam_logins_can_be_logged,
    users_are_no_master,
    role_user_is_declared,
    roles_have_names,
    cluster_roles_get_out,
    knowledge_base_suits_database,
    proxy_requires_tls,
    proxy_has_readers,
    others_have_security_group_rules,
    *REGION_RULES,
    *VALUE_RULES,
)
"""All of them, in the order in which they are told."""
