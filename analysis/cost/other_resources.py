"""What stands around a cluster and is billed by itself: secrets, keys, alarms, logs, endpoints; and what is not."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from analysis.cost.line import Line, Quantity, Rates, number, together, unknown
from analysis.cost.usage import DAYS_A_MONTH, SECONDS_AN_HOUR, Usage, size_of
from analysis.synthesized.database import Database
from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import as_list, blocks_in
from aurora_serverless.facts.limits import limit
from aurora_serverless.facts.regions import regions

_TEN_THOUSAND: Final = 10_000
_HUNDRED_THOUSAND: Final = 100_000
_KILOBYTES_A_GB: Final = 1_000_000
_HOW_MANY: Final = "how many there are is not in the JSON"
MONTHS_OF_A_LOG_WITHOUT_END: Final = Decimal(12)

# A message with the processes of a small host. Not in AWS's documentation: a guess.
MONITORING_KILOBYTES: Final = Decimal(5)
FEWEST_ZONES: Final = limit("rds_subnet_group_least_zones")
TYPICAL_ZONES: Final = 3  # most Regions have three
MOST_ZONES: Final = max(row.zones or 0 for row in regions().values())


def secrets(stack: SynthesizedStack, found: Sequence[Database], usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what secrets cost: those of the stack with their replicas, and those that RDS makes for a cluster."""
    blocks = stack.of_type("aws_secretsmanager_secret")
    managed = sum(cluster.has_managed_secret for cluster in found)
    if not blocks and not managed:
        return
    count = _count_of(blocks)
    if count is None:
        yield unknown("secret", _HOW_MANY)
    else:
        replicas = sum(len(as_list(block.get("replica"))) * (block.copies or 0) for block in blocks)
        how = _counted(count + managed, "secret") + (f" + {_counted(replicas, 'replica')}" if replicas else "")
        yield rates.line("secret", "secret_month", Quantity.fixed(count + managed + replicas), how)
    calls = usage.secret_calls
    how = f"{number(calls)} calls / 10,000"
    yield rates.line("secret: calls", "secret_calls", Quantity.used(calls / _TEN_THOUSAND), how)


def keys(stack: SynthesizedStack, usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what the customer keys of the stack cost. AWS's own cost nothing, and given ones are billed elsewhere."""
    blocks = (*stack.of_type("aws_kms_key"), *stack.of_type("aws_kms_replica_key"))
    if not blocks:
        return
    yield _each("KMS key", "key_month", _count_of(blocks), "key", rates)
    requests = usage.key_requests
    how = f"{number(requests)} requests / 10,000"
    yield rates.line("KMS key: requests", "key_requests", Quantity.used(requests / _TEN_THOUSAND), how)


def alarms(stack: SynthesizedStack, usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what alarms, their messages and dashboards cost."""
    if blocks := stack.of_type("aws_cloudwatch_metric_alarm"):
        count = _count_of(blocks)
        metrics = None if count is None else sum(_metrics(block) * (block.copies or 0) for block in blocks)
        yield _each("alarms", "alarm_month", metrics, "metric", rates)
    if any(block.get("protocol") == "email" for block in stack.of_type("aws_sns_topic_subscription")):
        emails = usage.alarm_emails
        how = f"{number(emails)} emails / 100,000"
        yield rates.line("alarms: emails", "email_notifications", Quantity.used(emails / _HUNDRED_THOUSAND), how)
    if blocks := stack.of_type("aws_cloudwatch_dashboard"):
        yield _each("dashboard", "dashboard_month", _count_of(blocks), "dashboard", rates)


def logs(cluster: Database, usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what the exported PostgreSQL log costs, and enhanced monitoring, which is a log too."""
    if cluster.block.get("enabled_cloudwatch_logs_exports"):
        gigabytes = size_of(cluster.maximum_acu).log_gb if usage.log_gb is None else usage.log_gb
        ingested = rates.line("", "log_ingestion_gb", Quantity.used(gigabytes), f"{number(gigabytes)} GB")
        months = _months_kept(cluster)
        kept = gigabytes * months
        how = f"{number(gigabytes)} GB kept for {number(months)} months"
        yield together("logs", (ingested, rates.line("", "log_storage_gb_month", Quantity.used(kept), how)))
    yield from _enhanced_monitoring(cluster, usage, rates)


def _months_kept(cluster: Database) -> Decimal:
    """Return for how many months the log is kept; a log that never expires is counted for its first year."""
    for group in cluster.log_groups:
        days = group.get("retention_in_days", default=0)
        if isinstance(days, int) and days:
            return Decimal(days) / DAYS_A_MONTH
    return MONTHS_OF_A_LOG_WITHOUT_END


def _enhanced_monitoring(cluster: Database, usage: Usage, rates: Rates) -> Iterator[Line]:
    of_all = cluster.block.get("monitoring_interval", default=0)
    blocks = [instance.block for instance in cluster.instances]
    seconds = [(block.get("monitoring_interval", default=0) or of_all, block.copies) for block in blocks]
    if not any(interval for interval, _ in seconds):
        return
    item = "enhanced monitoring"
    if any(count is None or not isinstance(interval, int) for interval, count in seconds):
        yield unknown(item, "how many instances it watches, or how often, is not in the JSON")
        return
    messages = sum(
        (usage.hours * SECONDS_AN_HOUR / interval * (count or 0) for interval, count in seconds if interval), Decimal(0)
    )
    gigabytes = messages * MONITORING_KILOBYTES / _KILOBYTES_A_GB
    how = f"{number(messages)} messages x {number(MONITORING_KILOBYTES)} KB = {number(gigabytes)} GB"
    # A paused instance sends nothing.
    quantity = Quantity.used(gigabytes) if cluster.shall_pause else Quantity.fixed(gigabytes)
    yield rates.line(item, "log_ingestion_gb", quantity, how)


def elsewhere(stack: SynthesizedStack, found: Sequence[Database]) -> Iterator[Line]:
    """Yield what belongs to no cluster of the stack, so that nothing says how much it is used."""
    if not any(cluster.proxies for cluster in found):
        for block in stack.of_type("aws_db_proxy"):
            yield unknown(block.address, "a proxy is billed by the ACU-hours of its cluster, which is not in the stack")
    members = {instance.block.name for cluster in found for instance in cluster.instances}
    for block in stack.of_type("aws_rds_cluster_instance"):
        if block.name not in members:
            yield unknown(block.address, "it is billed by the capacity of its cluster, which is not in the stack")
    for block in stack.of_type("aws_backup_vault"):
        yield unknown(block.address, "how much is backed up into it, and for how long, is not in the JSON")
    for block in stack.of_type("aws_instance"):
        what = f"an instance ({block.get('instance_type', default='of a type that is not in the JSON')}) and its volume"
        yield unknown(block.address, f"{what} are billed by the hour, at prices that are not in the files of facts")
    for block in stack.of_type("aws_cloudwatch_log_group"):
        if not str(block.get("name", default="")).startswith("/aws/rds/"):
            yield unknown(block.address, "how much is logged into it is not in the JSON")


def endpoints(stack: SynthesizedStack, usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what interface endpoints cost: hours in each zone, and gigabytes."""
    blocks = [block for block in stack.of_type("aws_vpc_endpoint") if block.get("vpc_endpoint_type") == "Interface"]
    # Source: Amazon RDS Proxy pricing: each endpoint beside the proxy's own is an interface endpoint.
    blocks += stack.of_type("aws_db_proxy_endpoint")
    if not blocks:
        return
    count = _count_of(blocks)
    if count is None:
        yield unknown("interface endpoints", _HOW_MANY)
        return
    zones = Quantity(Decimal(FEWEST_ZONES), Decimal(TYPICAL_ZONES), Decimal(MOST_ZONES))
    if usage.endpoint_zones is not None:
        zones = Quantity.fixed(usage.endpoint_zones)
    hours = zones * count * usage.hours
    how = f"{_counted(count, 'endpoint')} x {number(zones.typical)} zones x {number(usage.hours)} h"
    bounds = f"{FEWEST_ZONES} zones at least, {MOST_ZONES} at most" if zones.bounds else ""
    yield rates.line("interface endpoints", "interface_endpoint_hour", hours, how, bounds)
    gigabytes = usage.endpoint_gb
    yield rates.line(
        "interface endpoints: data", "interface_endpoint_gb", Quantity.used(gigabytes), f"{number(gigabytes)} GB"
    )


def _count_of(blocks: Iterable[Block]) -> int | None:
    """Return how many resources some blocks make together; None where only Terraform knows."""
    counts = [block.copies for block in blocks]
    return None if None in counts else sum(count or 0 for count in counts)


def _metrics(block: Block) -> int:
    """Return how many metrics an alarm is billed for."""
    return sum("metric" in query for query in blocks_in(block.get("metric_query"))) or 1


def _each(item: str, price_item: str, count: int | None, what: str, rates: Rates) -> Line:
    """Return the line of what has one price each."""
    if count is None:
        return unknown(item, _HOW_MANY)
    return rates.line(item, price_item, Quantity.fixed(count), _counted(count, what))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


PRICED: Final = frozenset(
    """
    aws_appautoscaling_target aws_backup_vault aws_cloudwatch_dashboard aws_cloudwatch_log_group
    aws_cloudwatch_metric_alarm aws_db_proxy aws_db_proxy_endpoint aws_instance aws_kms_key aws_kms_replica_key
    aws_rds_cluster aws_rds_cluster_instance aws_secretsmanager_secret aws_sns_topic_subscription aws_vpc_endpoint
    """.split()
)
FREE: Final = frozenset(
    """
    aws_appautoscaling_policy aws_backup_plan aws_backup_selection aws_backup_vault_lock_configuration
    aws_db_event_subscription aws_db_parameter_group aws_db_proxy_default_target_group aws_db_proxy_target
    aws_db_subnet_group aws_iam_instance_profile aws_iam_policy aws_iam_role aws_iam_role_policy
    aws_iam_role_policy_attachment aws_kms_alias aws_kms_key_policy aws_rds_cluster_endpoint
    aws_rds_cluster_parameter_group aws_rds_cluster_role_association aws_rds_global_cluster
    aws_secretsmanager_secret_policy aws_secretsmanager_secret_rotation aws_secretsmanager_secret_version
    aws_security_group aws_security_group_rule aws_sns_topic aws_sns_topic_policy aws_subnet aws_vpc
    aws_vpc_security_group_egress_rule aws_vpc_security_group_ingress_rule
    """.split()
)


def is_known(type_: str) -> bool:
    """Whether an estimate knows what a type costs; types of other providers cost nothing at AWS."""
    return not type_.startswith("aws_") or type_ in PRICED or type_ in FREE
