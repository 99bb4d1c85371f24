"""Reads what stands beside the network: secrets, keys, logs, alarms, topics, dashboards and interface endpoints."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from analysis.diagram.database import DATA_API
from analysis.diagram.picture import Area, Arrow, Group, Node
from analysis.diagram.sketch import Sketch
from analysis.diagram.vpc import REGION, VpcSketch, region, subnets_named
from analysis.diagram.words import blocks_named, cut_short, each, name_of, plural, resources, shown
from analysis.synthesized.database import Database
from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import blocks_in, parsed, texts_in
from aurora_serverless.rules.regions import dns_suffix, supported_partitions

SECRETS: Final = "secrets"
KEYS: Final = "keys"
ALARMS: Final = "alarms"
GROUPS: Final = {
    SECRETS: "AWS Secrets Manager",
    KEYS: "AWS Key Management Service",
    "cloudwatch": "Amazon CloudWatch",
    "notifications": "Amazon SNS",
    "service-roles": "IAM roles of AWS services",
}
_KEY_ARGUMENTS: Final = {
    "aws_rds_cluster": "kms_key_id",
    "aws_secretsmanager_secret": "kms_key_id",
    "aws_cloudwatch_log_group": "kms_key_id",
    "aws_sns_topic": "kms_master_key_id",
}
_MOST_ALARMS: Final = 8


def service_group(stack: SynthesizedStack, sketch: Sketch, id_: str) -> str:
    """Return the group of a service, drawn when the first box of it is."""
    sketch.group(region(stack))
    return sketch.group(Group(id_, Area.SERVICE, None, GROUPS[id_], (), REGION))


def secret_node(cluster: Block) -> str:
    """Return the id of the secret that RDS makes for a cluster."""
    return f"{cluster.address}/master_user_secret"


def read_services(stack: SynthesizedStack, databases: Sequence[Database], sketch: Sketch, network: VpcSketch) -> None:
    """Draw what stands beside the network, and how it is encrypted."""
    _read_secrets(stack, databases, sketch)
    _read_keys(stack, databases, sketch)
    _read_monitoring(stack, databases, sketch)
    _read_endpoints(stack, sketch, network)
    _read_instances(stack, sketch, network)


def foreign(stack: SynthesizedStack, sketch: Sketch, group: str, arn: str) -> str:
    """Return the box of a secret or a key that the stack uses and does not make."""
    icon, noun = ("secret", "Secret") if group == SECRETS else ("key", "Key")
    parts = arn.split(":")
    name = arn.rpartition(":")[2].removeprefix("key/") if len(parts) > 3 else arn  # noqa: PLR2004 (ARN, Region)
    lines = ["not of this stack"]
    if len(parts) > 3 and parts[3] not in ("", stack.region) and "$" not in parts[3]:  # noqa: PLR2004
        lines.append(f"in {parts[3]}")
    where = service_group(stack, sketch, group)
    return sketch.node(Node(arn, icon, f"{noun} {shown(name)}", tuple(lines), where, is_elsewhere=True))


def _read_secrets(stack: SynthesizedStack, databases: Sequence[Database], sketch: Sketch) -> None:
    for secret in stack.of_type("aws_secretsmanager_secret"):
        lines = ["master user's name and password"]
        versions = [v for v in stack.of_type("aws_secretsmanager_secret_version") if secret.address in v.references]
        if versions:
            is_kept = any(version.get("secret_string") for version in versions)
            lines.append("also in Terraform's state" if is_kept else "not in Terraform's state")
        lines += [f"replica in {shown(replica.get('region'))}" for replica in blocks_in(secret.get("replica"))]
        if not secret.get("kms_key_id"):
            lines.append("encrypted with AWS's key")
        where = service_group(stack, sketch, SECRETS)
        sketch.node(Node(secret.address, "secret", name_of(secret, "name", "name_prefix"), tuple(lines), where))
    for database in databases:
        if database.has_managed_secret:
            lines = ["RDS makes it and rotates it", "not in Terraform's state"]
            if not database.block.get("master_user_secret_kms_key_id"):
                lines.append("encrypted with AWS's key")
            where = service_group(stack, sketch, SECRETS)
            sketch.node(Node(secret_node(database.block), "secret", "Master user's secret", tuple(lines), where))


def _read_keys(stack: SynthesizedStack, databases: Sequence[Database], sketch: Sketch) -> None:
    for key in stack.of_type("aws_kms_key"):
        aliases = [alias for alias in stack.of_type("aws_kms_alias") if key.address in alias.references]
        title = shown(aliases[0].get("name", default=key.name)) if aliases else key.name
        lines = ["AWS renews it each year" if key.is_on("enable_key_rotation") else "never renewed"]
        if services := services_of_key(key):
            lines.append(f"used through {', '.join(services)}")
        if key.is_on("multi_region"):
            lines.append("in several Regions")
        sketch.node(Node(key.address, "key", title, tuple(lines), service_group(stack, sketch, KEYS)))
    for type_, argument in _KEY_ARGUMENTS.items():
        for block in stack.of_type(type_):
            _encrypted(stack, sketch, block.address, block.get(argument))
    for cluster in (database.block for database in databases):
        _encrypted(stack, sketch, secret_node(cluster), cluster.get("master_user_secret_kms_key_id"))


def _encrypted(stack: SynthesizedStack, sketch: Sketch, what: str, key: Any) -> None:
    for id_ in resources(key, "aws_kms_key"):
        sketch.edge(what, id_, Arrow.ENCRYPTION)
    if isinstance(key, str) and key and "${" not in key:
        sketch.edge(what, foreign(stack, sketch, KEYS, key), Arrow.ENCRYPTION)


def _read_monitoring(stack: SynthesizedStack, databases: Sequence[Database], sketch: Sketch) -> None:
    for group in stack.of_type("aws_cloudwatch_log_group"):
        days = group.get("retention_in_days")
        kept = f"kept for {plural(days, 'day')}" if days else "kept for ever"
        where = service_group(stack, sketch, "cloudwatch")
        sketch.node(Node(group.address, "log_group", name_of(group, "name"), (kept,), where))
        for database in databases:
            if group in database.log_groups:
                sketch.edge(database.address, group.address, Arrow.USE, "its log")
    alarms = stack.of_type("aws_cloudwatch_metric_alarm")
    if alarms:
        names = cut_short(_without_common_start([name_of(alarm, "alarm_name") for alarm in alarms]), _MOST_ALARMS)
        where = service_group(stack, sketch, "cloudwatch")
        sketch.node(Node(ALARMS, "alarm", plural(len(alarms), "alarm"), tuple(names), where))
        for database in databases:
            sketch.edge(database.address, ALARMS, Arrow.USE, "metrics")
    for dashboard in stack.of_type("aws_cloudwatch_dashboard"):
        where = service_group(stack, sketch, "cloudwatch")
        sketch.node(Node(dashboard.address, "dashboard", name_of(dashboard, "dashboard_name"), ("dashboard",), where))
    _read_topics(stack, sketch, alarms)


def _without_common_start(names: list[str]) -> list[str]:
    if len(names) < 2:  # noqa: PLR2004 (nothing in common with itself)
        return names
    first, last = min(names), max(names)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    cut = first.rfind("-", 0, same) + 1
    return [name[cut:] for name in names]


def _read_topics(stack: SynthesizedStack, sketch: Sketch, alarms: tuple[Block, ...]) -> None:
    for topic in stack.of_type("aws_sns_topic"):
        addresses = [
            shown(address)
            for subscription in stack.of_type("aws_sns_topic_subscription")
            if topic.address in subscription.references
            for address in each(subscription, "endpoint")
        ]
        lines = [f"to {address}" for address in cut_short(addresses, 4, "{} more")] or ["nobody is subscribed here"]
        where = service_group(stack, sketch, "notifications")
        sketch.node(Node(topic.address, "topic", name_of(topic, "name", "name_prefix"), tuple(lines), where))
    for alarm in alarms:
        for action in texts_in(alarm.get("alarm_actions")):
            known = resources(action, "aws_sns_topic")
            if not known and "${" not in action:
                where = service_group(stack, sketch, "notifications")
                title = action.rpartition(":")[2]
                known = [
                    sketch.node(Node(action, "topic", title, ("not of this stack",), where, is_elsewhere=True)),
                ]
            for id_ in known:
                sketch.edge(ALARMS, id_, Arrow.USE, "notify")


def _read_endpoints(stack: SynthesizedStack, sketch: Sketch, network: VpcSketch) -> None:
    for endpoint in stack.of_type("aws_vpc_endpoint"):
        service = shown(endpoint.get("service_name", default=endpoint.name)).rpartition(".")[2]
        for data in blocks_named(stack, endpoint.get("service_name"), "data.aws_vpc_endpoint_service"):
            service = shown(data.get("service_name", default=service)).rpartition(".")[2]
        outer = network.place(subnets_named(stack, endpoint.get("subnet_ids")), endpoint.get("security_group_ids"))
        lines = ["interface endpoint"] if endpoint.get("vpc_endpoint_type") == "Interface" else ["endpoint"]
        lines.append(_policy(endpoint))
        sketch.node(Node(endpoint.address, "endpoint", service, tuple(lines), outer))
        if service == "rds-data":
            sketch.edge(endpoint.address, DATA_API, Arrow.USE)
        if service == "secretsmanager":
            sketch.edge(endpoint.address, SECRETS, Arrow.USE)


def _read_instances(stack: SynthesizedStack, sketch: Sketch, network: VpcSketch) -> None:
    for instance in stack.of_type("aws_instance"):
        outer = network.place(
            subnets_named(stack, instance.get("subnet_id")), instance.get("vpc_security_group_ids", default=())
        )
        address = "has a public address" if instance.is_on("associate_public_ip_address") else "no public address"
        lines = (shown(instance.get("instance_type", default="EC2 instance")), address)
        sketch.node(Node(instance.address, "network", f"instance {instance.name}", lines, outer))
        for profile in blocks_named(stack, instance.get("iam_instance_profile"), "aws_iam_instance_profile"):
            for role in resources(profile.get("role"), "aws_iam_role"):
                sketch.edge(instance.address, role, Arrow.USE, "assumes")


def _policy(endpoint: Block) -> str:
    policy = str(endpoint.get("policy", default=""))
    if not policy:
        return "lets everybody through"
    if "aws:PrincipalAccount" in policy or "aws:PrincipalOrgID" in policy:
        return "lets this account through" if "aws:PrincipalAccount" in policy else "lets the organization through"
    return "has a policy of its own"


def statements(block: Block, argument: str) -> list[Mapping[str, Any]]:
    """Return the statements of a policy; none of one that only Terraform knows."""
    document = parsed(block.get(argument))
    return blocks_in(document.get("Statement")) if isinstance(document, dict) else []


def principals(statement: Mapping[str, Any]) -> list[str]:
    """Return whom a statement is about."""
    principal = statement.get("Principal")
    values = principal.values() if isinstance(principal, dict) else [principal]
    return [text for value in values for text in texts_in(value)]


def services_of_key(key: Block) -> list[str]:
    """Return the services through which a key may be used, by the policy of the key, such as `rds`."""
    found: set[str] = set()
    suffixes = tuple(f".{dns_suffix(partition)}" for partition in supported_partitions())
    for statement in statements(key, "policy"):
        hosts = [host for host in principals(statement) if host.endswith(suffixes)]
        for operator in statement.get("Condition", {}).values():
            hosts += texts_in(operator.get("kms:ViaService"))
        found.update(host.partition(".")[0] for host in hosts)
    return sorted(found)
