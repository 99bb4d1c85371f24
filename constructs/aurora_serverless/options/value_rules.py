"""Rules on values that keys of several sections have in common: one Region, one account, and policies that fit.

Each yields what is wrong, with the key that it is wrong of. The file may leave its Region and account open: then the
values are compared with one another as far as that goes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from aurora_serverless.options.derived_values import DerivedValues
from aurora_serverless.options.section import told
from aurora_serverless.rules.arns import check_in_account, check_in_region, parse_arn
from aurora_serverless.rules.database_policy import database_policy, database_user_arn, policy, read_secrets
from aurora_serverless.rules.instances import zone_region
from aurora_serverless.rules.proxy import check_proxy_secret_region
from aurora_serverless.rules.roles import check_policy_size, check_secret_key_arn
from aurora_serverless.rules.service_roles import (
    check_data_api_secret,
    cluster_role_statements,
    read_objects,
)
from aurora_serverless.rules.violation import RuleViolation, refuse

# For what is known only after the apply: as long as AWS makes it.
_SHORTEST_REGION: Final = "us-east-1"
_ACCOUNT_ID: Final = "1" * 12
_SUFFIX: Final = "-01234567-AbCdEf"
_DRAWN: Final = "20260101000000000000000001-AbCdEf"
_MANAGED_SECRET: Final = "rds!cluster-01234567-89ab-cdef-0123-456789abcdef-AbCdEf"  # noqa: S105 (a name)
_KEY: Final = "key/01234567-89ab-cdef-0123-456789abcdef"
_CLUSTER_RESOURCE: Final = "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PROXY_RESOURCE: Final = "prx-0123456789abcdef0"


def region_and_zones_agree(options: DerivedValues) -> Iterator[RuleViolation]:
    """What AWS wants in the cluster's Region is there: zones, keys, the alarms' topic, secrets."""
    region, monitoring = _region(options), options.monitoring
    for key, zone in options.instances.zones:
        yield from told(_check_zone, key, zone, region)
    if options.encryption.key_arn is not None:
        yield from told(_check_cluster_key, options.encryption.key_arn, region)
    if monitoring.alarm_topic_arn is not None:
        yield from told(_check_topic, monitoring.alarm_topic_arn, region)
    for argument, check, arns in _secrets_and_keys(options):
        for arn in arns:
            if arn is not None:
                yield from told(check, arn, argument=argument, region=region)


def _secrets_and_keys(options: DerivedValues) -> Iterator[tuple[str, Callable[..., None], Iterable[str | None]]]:
    credentials, proxy, knowledge_base = options.credentials, options.proxy, options.bedrock_knowledge_base
    yield "credentials.secret_arn", check_data_api_secret, [credentials.secret_arn]
    yield "credentials.secret_key_arn", check_secret_key_arn, [credentials.secret_key_arn]
    yield "access.lambda_role.secret_key_arns", check_secret_key_arn, options.access.lambda_role.secret_key_arns
    if knowledge_base is not None:
        yield "bedrock_knowledge_base.secret_arn", check_data_api_secret, [knowledge_base.secret_arn]
        yield "bedrock_knowledge_base.secret_key_arn", check_secret_key_arn, [knowledge_base.secret_key_arn]
    if proxy is not None:
        yield "proxy.secret_arns", check_proxy_secret_region, proxy.secret_arns
        yield "proxy.secret_key_arns", check_secret_key_arn, proxy.secret_key_arns


def accounts_agree(options: DerivedValues) -> Iterator[RuleViolation]:
    """What AWS wants in the account of the deployment is there.

    Source: IAM User Guide, "Permissions boundaries"; AWS Secrets Manager User Guide, "Replicate secrets across
    Regions"; IAM User Guide, "Grant a user permissions to pass a role to an AWS service": a role of the account.
    """
    why_here = "the Data API reads secrets of the cluster's account"
    why_boundary = "a boundary is a policy of the role's account"
    of_all, of_functions = (part.permissions_boundary_arn for part in (options.access, options.access.lambda_role))
    secret = options.global_database.secret_arn if options.global_database else None
    role = options.monitoring.enhanced_monitoring_role_arn
    backup_role = options.backup.aws_backup.role_arn if options.backup.aws_backup else None
    values = {
        "monitoring.enhanced_monitoring_role_arn": (role, "RDS takes a role of the cluster's account"),
        "backup.aws_backup.role_arn": (backup_role, "AWS Backup works with a role of the cluster's account"),
        "global_database.secret_arn": (secret, "a secondary reads the replica in its primary's account"),
        "credentials.secret_arn": (
            options.credentials.secret_arn,
            why_here,
        ),
        "bedrock_knowledge_base.secret_arn": (
            options.bedrock_knowledge_base.secret_arn if options.bedrock_knowledge_base else None,
            why_here,
        ),
        **{
            f"cluster_roles.{feature.key}.role_arn": (role.role_arn, "a role of a cluster is one of its account")
            for feature, role in options.cluster_roles.by_feature.items()
        },
        "access.permissions_boundary_arn": (of_all, why_boundary),
        "access.lambda_role.permissions_boundary_arn": (of_functions, why_boundary),
    }
    accounts = list(options.account_ids)
    for key, (value, why) in values.items():
        if value is None:
            continue
        yield from told(check_in_account, value, accounts, argument=key, why=why)
        arn = parse_arn(value)
        if not accounts and arn is not None and arn.account.isdigit():
            accounts = [arn.account]


def policies_fit(options: DerivedValues) -> Iterator[RuleViolation]:
    """The inline policies that the roles get are not longer than IAM takes them."""
    extras, users = options.access.lambda_role, options.role_iam_users
    region, partition = options.region or _SHORTEST_REGION, options.partition
    parts: dict[str, Sequence[str]] = {
        "access.lambda_role.secret_arns": extras.secret_arns,
        "access.lambda_role.secret_key_arns": extras.secret_key_arns,
        "access.iam_users": users,
    }
    longest = max(parts, key=lambda key: sum(map(len, parts[key])))
    document = database_policy(
        cluster_arn=f"arn:{partition}:rds:{region}:{_ACCOUNT_ID}:cluster:{options.cluster_identifier}"
        if options.access.data_api and options.roles_read_a_secret
        else None,
        secret_arn=_role_secret_arn(options, region),
        secret_key_arn=None if options.is_secondary else _key_arn(options, region),
        more_secret_arns=extras.secret_arns,
        more_secret_key_arns=extras.secret_key_arns,
        database_user_arns=[
            database_user_arn(
                region=region, account_id=_ACCOUNT_ID, resource_id=resource, user=user, partition=partition
            )
            for resource in _login_resources(options)
            for user in users
        ],
        region=region,
        account_id=_ACCOUNT_ID,
        partition=partition,
    )
    yield from told(
        check_policy_size, document, argument=longest, value=f"{len(parts[longest])} of them", remedy="name fewer"
    )
    if options.proxy is not None:
        given_key = _key_arn(options, region)
        of_users = [_user_secret_arn(options, region, user) for user in options.users_with_secrets]
        secrets = [_secret_arn(options, region), *of_users, *options.proxy.secret_arns]
        keys = [*([] if given_key is None else [given_key]), *options.proxy.secret_key_arns]
        yield from told(
            check_policy_size,
            policy(*read_secrets(secrets, keys, region, partition)),
            argument="proxy.secret_arns",
            value=f"{len(secrets) - 1} secrets",
            remedy="name fewer, or fewer users in [users]" if of_users else "name fewer",
        )


def policies_of_services_fit(options: DerivedValues) -> Iterator[RuleViolation]:
    """The inline policies of the roles with which other services are used are not longer than IAM takes them."""
    region, partition = options.region or _SHORTEST_REGION, options.partition
    where = {"region": region, "partition": partition}
    for feature in options.cluster_role_names:
        role = options.cluster_roles.by_feature[feature]
        yield from told(
            check_policy_size,
            policy(*cluster_role_statements(feature, role.resources, role.keys, account_id=_ACCOUNT_ID, **where)),
            argument=f"cluster_roles.{feature.key}.{role.resources_key}",
            value=f"{len(role.resources)} of them",
            remedy="name fewer",
        )
    if options.bedrock_knowledge_base is not None:
        buckets, keys = options.bedrock_knowledge_base.buckets, options.bedrock_knowledge_base.key_arns
        yield from told(
            check_policy_size,
            policy(*read_objects(buckets, keys, **where)),
            argument="bedrock_knowledge_base.buckets",
            value=f"{len(buckets)} of them",
            remedy="name fewer",
        )


VALUE_RULES: Final[Sequence[Callable[[DerivedValues], Iterable[RuleViolation]]]] = (
    region_and_zones_agree,
    accounts_agree,
    policies_fit,
    policies_of_services_fit,
)


def _region(options: DerivedValues) -> str | None:
    """Return the Region of the deployment; where the file names none, that of the first value which needs one."""
    if options.region is not None:
        return options.region
    restore, secondary, proxy = options.restore, options.global_database, options.proxy
    for _, zone in options.instances.zones:
        return zone_region(zone)
    arns: tuple[str | None, ...] = (
        restore.snapshot_identifier if restore else None,
        restore.source_cluster_identifier if restore else None,
        secondary.secret_arn if secondary else None,
        options.encryption.key_arn,
        options.monitoring.alarm_topic_arn,
        options.bedrock_knowledge_base.secret_arn if options.bedrock_knowledge_base else None,
        *(proxy.secret_arns if proxy else ()),
    )
    regions = [arn.region for arn in (parse_arn(value) for value in arns if value) if arn is not None]
    return regions[0] if regions else None


def _check_zone(key: str, zone: str, region: str | None) -> None:
    if region is not None and zone_region(zone) != region:
        rule = f"is a zone of {zone_region(zone)}, and the cluster's Region is {region}"
        refuse(key, zone, rule, f"name zones of {region}")


def _check_cluster_key(arn: str, region: str | None) -> None:
    check_in_region(
        arn,
        region,
        argument="encryption.key_arn",
        why="a cluster is encrypted with a key of its own Region",
        remedy="name a key of that Region, or the replica there of a multi-Region key",
    )


def _check_topic(arn: str, region: str | None) -> None:
    # Source: Amazon CloudWatch API, PutMetricAlarm, AlarmActions.
    check_in_region(
        arn,
        region,
        argument="monitoring.alarm_topic_arn",
        why="CloudWatch alarms act on topics of their own Region",
        remedy="name a topic of that Region, or leave it out for one made here",
    )


def _key_arn(options: DerivedValues, region: str) -> str | None:
    if options.encryption.key == "own":
        return f"arn:{options.partition}:kms:{region}:{_ACCOUNT_ID}:{_KEY}"
    return options.encryption.key_arn


def _secret_arn(options: DerivedValues, region: str) -> str:
    if options.global_database is not None and options.global_database.secret_arn is not None:
        return options.global_database.secret_arn
    name = options.secret_name + _SUFFIX if options.makes_credentials else _MANAGED_SECRET
    return f"arn:{options.partition}:secretsmanager:{region}:{_ACCOUNT_ID}:secret:{name}"


def _user_secret_arn(options: DerivedValues, region: str, user: str) -> str:
    name = options.user_secret_name_prefix(user) + _DRAWN
    return f"arn:{options.partition}:secretsmanager:{region}:{_ACCOUNT_ID}:secret:{name}"


def _role_secret_arn(options: DerivedValues, region: str) -> str | None:
    if not options.roles_read_a_secret:
        return None
    user = options.access.lambda_role.user
    return _secret_arn(options, region) if user is None else _user_secret_arn(options, region, user)


def _login_resources(options: DerivedValues) -> Iterator[str]:
    if options.iam_login_to_cluster:
        yield _CLUSTER_RESOURCE
    if options.iam_login_to_proxy:
        yield _PROXY_RESOURCE
