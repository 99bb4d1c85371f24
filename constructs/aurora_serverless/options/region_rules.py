"""Rules on the Region of a deployment: what AWS offers there, and that all which is named is of one partition.

What only `-var aws_region` says is refused by the variable's validation, by the same table of needs.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_serverless.options.derived_values import DerivedValues
from aurora_serverless.options.section import told
from aurora_serverless.rules.arns import check_in_partition, parse_arn
from aurora_serverless.rules.instances import zone_region
from aurora_serverless.rules.network import DATA_API
from aurora_serverless.rules.regions import (
    Feature,
    check_offered,
    check_partition,
    check_zone_count,
    example_region,
    feature_uncertainty,
    partition_of,
)
from aurora_serverless.rules.violation import RuleViolation


@dataclass(frozen=True)
class Need:
    """Something that AWS offers in some Regions only, the key that asks for it, and how to do without it."""

    feature: Feature
    key: str
    value: object
    remedy: str


def needs(options: DerivedValues) -> Iterator[Need]:
    """Yield what the deployment needs of its Region."""
    if options.access.data_api:
        yield Need("data_api", "access.data_api", True, "write access.data_api = false")
    if DATA_API in (options.network.interface_endpoints or ()):
        yield Need("data_api", "network.interface_endpoints", DATA_API, f'leave "{DATA_API}" out')
    if options.proxy is not None:
        yield Need("rds_proxy", "proxy.require_tls", options.proxy.require_tls, "leave [proxy] out")
    if options.insights_mode is not None:
        yield Need("database_insights", "monitoring.insights", options.insights_mode, 'write insights = "off"')
    if options.insights_mode == "advanced":
        yield Need("database_insights_advanced", "monitoring.insights", "advanced", 'write insights = "standard"')
    if options.global_database is not None:
        role = options.global_database.role
        yield Need("global_database", "global_database.role", role, "leave [global_database] out")
    if options.capacity.minimum_acu == 0:
        yield Need("auto_pause", "capacity.minimum_acu", 0, "write capacity.minimum_acu = 0.5")


def region_offers_what_is_needed(options: DerivedValues) -> Iterator[RuleViolation]:
    """AWS offers in the Region what the file asks for, and global databases in the primary's."""
    asked = [(need, options.region) for need in needs(options)]
    source_region = options.global_database.source_region if options.global_database else None
    if source_region is not None:
        need = Need("global_database", "global_database.source_region", source_region, "name another primary")
        asked.append((need, source_region))
    for need, region in asked:
        yield from told(check_offered, need.feature, region, argument=need.key, value=need.value, remedy=need.remedy)


def all_is_in_one_partition(options: DerivedValues) -> Iterator[RuleViolation]:
    """Every ARN, Region and zone is of the partition of the deployment: where the file names no Region, of `aws`."""
    for key, value in (*_arns(options), *_regions(options)):
        arn = parse_arn(value)
        check = check_partition if arn is None else check_in_partition
        partition = partition_of(value) if arn is None else arn.partition
        for violation in told(check, value, options.partition, argument=key):
            if options.region is None:
                rule = f"{violation.rule} while the file names no Region"
                yield RuleViolation(key, value, rule, f'write, for example, region = "{example_region(partition)}"')
            else:
                yield violation


def zones_are_in_region(options: DerivedValues) -> Iterator[RuleViolation]:
    """The instances are in no more zones than the Region has."""
    yield from told(
        check_zone_count,
        options.instances.availability_zones,
        options.region,
        argument="instances.availability_zones",
    )


REGION_RULES: Final[Sequence[Callable[[DerivedValues], Iterable[RuleViolation]]]] = (
    region_offers_what_is_needed,
    all_is_in_one_partition,
    zones_are_in_region,
)


def region_warnings(options: DerivedValues) -> Iterator[str]:
    """Yield what a person should know before deploying where it is not sure that AWS offers what is asked for."""
    for need in needs(options):
        uncertainty = feature_uncertainty(need.feature, options.region)
        if uncertainty is not None:
            yield f"{need.key}: {uncertainty}"


def _arns(options: DerivedValues) -> Iterator[tuple[str, str]]:
    """Yield the ARNs that are not compared with the deployment's Region already."""
    restore, secondary, proxy = options.restore, options.global_database, options.proxy
    extras, knowledge_base = options.access.lambda_role, options.bedrock_knowledge_base
    aws_backup = options.backup.aws_backup
    values: dict[str, Iterable[str | None]] = {
        "access.permissions_boundary_arn": [options.access.permissions_boundary_arn],
        "monitoring.enhanced_monitoring_role_arn": [options.monitoring.enhanced_monitoring_role_arn],
        "access.lambda_role.permissions_boundary_arn": [extras.permissions_boundary_arn],
        "access.lambda_role.secret_arns": extras.secret_arns,
        **_arns_of_roles(options),
        "backup.aws_backup.copy_vault_arns": aws_backup.copy_vault_arns if aws_backup else (),
        "backup.aws_backup.role_arn": [aws_backup.role_arn if aws_backup else None],
    }
    of_region: dict[str, Iterable[str | None]] = {
        "restore.snapshot_identifier": [restore.snapshot_identifier if restore else None],
        "restore.source_cluster_identifier": [restore.source_cluster_identifier if restore else None],
        "credentials.secret_arn": [options.credentials.secret_arn],
        "credentials.secret_key_arn": [options.credentials.secret_key_arn],
        "global_database.secret_arn": [secondary.secret_arn if secondary else None],
        "encryption.key_arn": [options.encryption.key_arn],
        "proxy.secret_arns": proxy.secret_arns if proxy else (),
        "proxy.secret_key_arns": proxy.secret_key_arns if proxy else (),
        "access.lambda_role.secret_key_arns": extras.secret_key_arns,
        "bedrock_knowledge_base.secret_arn": [knowledge_base.secret_arn if knowledge_base else None],
        "bedrock_knowledge_base.secret_key_arn": [knowledge_base.secret_key_arn if knowledge_base else None],
        "monitoring.alarm_topic_arn": [options.monitoring.alarm_topic_arn],
    }
    for key, arns in (values if options.region is not None else values | of_region).items():
        yield from ((key, arn) for arn in arns if arn is not None)


def _arns_of_roles(options: DerivedValues) -> dict[str, Iterable[str | None]]:
    """Return the ARNs of the roles with which other services are used, and of what they may use, in any Region."""
    roles, knowledge_base = options.cluster_roles, options.bedrock_knowledge_base
    named: dict[str, Iterable[str | None]] = {
        f"cluster_roles.{feature.key}.role_arn": [role.role_arn] for feature, role in roles.by_feature.items()
    }
    for key, role in (("s3_import", roles.s3_import), ("s3_export", roles.s3_export)):
        named[f"cluster_roles.{key}.key_arns"] = role.key_arns if role else ()
    named["cluster_roles.aws_lambda.function_arns"] = roles.aws_lambda.function_arns if roles.aws_lambda else ()
    named["bedrock_knowledge_base.key_arns"] = knowledge_base.key_arns if knowledge_base else ()
    return named


def _regions(options: DerivedValues) -> Iterator[tuple[str, str]]:
    if options.region is None:
        for key, zone in options.instances.zones:
            yield key, zone_region(zone)
    for region in options.credentials.replica_regions:
        yield "credentials.replica_regions", region
    if options.global_database is not None and options.global_database.source_region is not None:
        yield "global_database.source_region", options.global_database.source_region
