"""Reads the database of a stack: clusters, their instances, the Data API, proxies, and where the data comes from."""

from collections.abc import Sequence
from typing import Any, Final

from analysis.diagram.picture import Area, Arrow, Group, Node
from analysis.diagram.sketch import Sketch
from analysis.diagram.vpc import REGION, VpcSketch, region, subnets_named, subnets_of
from analysis.diagram.words import name_of, plural, resources, shown
from analysis.synthesized.database import Database
from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import blocks_in
from aurora_serverless.rules.instances import SERVERLESS_CLASS

DATA_API: Final = "data-api"
ELSEWHERE: Final = "elsewhere"
_METRICS: Final = {
    "RDSReaderAverageCPUUtilization": "{} % of CPU",
    "RDSReaderAverageDatabaseConnections": "{} connections",
    "ACUUtilization": "{} % of capacity",
}


def read_database(stack: SynthesizedStack, databases: Sequence[Database], sketch: Sketch, network: VpcSketch) -> None:
    """Draw clusters with what is in them, then what stands before and behind them."""
    subnet_groups = {block.address: block for block in stack.of_type("aws_db_subnet_group")}
    for database in databases:
        cluster = database.block
        named = resources(cluster.get("db_subnet_group_name"), "aws_db_subnet_group")
        outer = network.place(
            subnets_of(stack, subnet_groups.get(named[0])) if named else _existing_subnets(cluster),
            cluster.get("vpc_security_group_ids"),
        )
        engine = f"PostgreSQL {shown(database.engine_version or '')}".rstrip()
        title = f"Aurora {engine} cluster {shown(database.identifier or database.name)}"
        sketch.group(Group(cluster.address, Area.CLUSTER, "cluster", title, tuple(_facts(database)), outer))
        _read_instances(stack, sketch, database)
        _read_data_api(stack, sketch, database)
        _read_origin(stack, sketch, cluster)
    _read_proxies(stack, sketch, network)


def _existing_subnets(cluster: Block) -> str:
    name = cluster.get("db_subnet_group_name")
    return f"DB subnet group {shown(name)}" if name else "Subnets"


def _capacity(database: Database) -> str:
    """Return the range of a cluster's capacity."""
    return f"{' to '.join(map(_number, database.capacity))} ACU" if database.capacity else ""


def _facts(database: Database) -> list[str]:
    facts, cluster = [], database.block
    if acu := _capacity(database):
        facts.append(f"Serverless v2, {acu}" + pause(database))
    login = ", IAM login" if cluster.is_on("iam_database_authentication_enabled") else ""
    if name := cluster.get("database_name"):
        facts.append(f"database {shown(name)}{login}")
    elif login:
        facts.append(login.removeprefix(", "))
    storage = "I/O-Optimized storage" if database.is_io_optimized else "Standard storage"
    facts.append(f"{storage}, {_encryption(cluster)}")
    days = database.backup_retention_days
    facts.append(f"backups of {plural(days, 'day') if isinstance(days, int) else shown(days)}")
    facts.append(
        "protected against deletion" if cluster.is_on("deletion_protection") else "not protected against deletion"
    )
    if database.insights_mode and database.has_performance_insights:
        days = cluster.get("performance_insights_retention_period")
        facts.append(f"Database Insights {shown(database.insights_mode)}" + (f", {days} days" if days else ""))
    return facts


def _encryption(cluster: Block) -> str:
    """Return whose key encrypts a cluster; a customer's has an arrow of its own."""
    if cluster.get("kms_key_id"):
        return "encrypted"
    if cluster.is_on("storage_encrypted"):
        return "encrypted with the AWS-managed key"
    if cluster.get("snapshot_identifier"):
        return "encrypted with its snapshot's key or AWS's"
    if cluster.get("restore_to_point_in_time") or cluster.get("source_region"):
        return "encrypted as what it is made from"
    # The JSON does not say when a cluster was made, and so not whether AWS encrypts it by default.
    return "AWS's default encryption"


def pause(database: Database) -> str:
    """Return when a cluster pauses, or why it never does; nothing where its minimum keeps it awake."""
    if database.pause_seconds is None or not database.shall_pause:
        return ""
    if awake := [*database.awake_because, *database.writer_awake_because]:
        return f", never pauses: {'; '.join(awake)}"
    return f", pauses after {_duration(int(database.pause_seconds))} idle"


def _read_instances(stack: SynthesizedStack, sketch: Sketch, database: Database) -> None:
    cluster, size = database.block, _capacity(database)
    replica = bool(cluster.get("global_cluster_identifier")) and bool(cluster.get("source_region"))
    for instance in database.instances:
        block = instance.block
        role = "writer" if instance.is_writer and not replica else "reader"
        class_ = shown(instance.instance_class or "")
        lines = [f"{role}, {size}" if class_ == SERVERLESS_CLASS and size else f"{role}, {class_}"]
        if tier := block.get("promotion_tier"):
            lines.append(f"promotion tier {tier}")
        if zone := block.get("availability_zone"):
            lines.append(f"zone {shown(zone)}")
        if block.is_on("publicly_accessible"):
            lines.append("publicly accessible")
        sketch.node(
            Node(
                block.address,
                "instance",
                name_of(block, "identifier", "identifier_prefix"),
                tuple(lines),
                cluster.address,
                warns=block.is_on("publicly_accessible"),
            )
        )
        for role_address in resources(block.get("monitoring_role_arn"), "aws_iam_role"):
            sketch.edge(cluster.address, role_address, Arrow.USE, "monitoring")
    for association in stack.of_type("aws_rds_cluster_role_association"):
        if cluster.address in association.references:
            for role_address in resources(association.get("role_arn"), "aws_iam_role"):
                sketch.edge(
                    cluster.address, role_address, Arrow.USE, shown(association.get("feature_name", default=""))
                )
    _read_scaling(stack, sketch, database)


def _read_scaling(stack: SynthesizedStack, sketch: Sketch, database: Database) -> None:
    if (scaling := database.reader_scaling) is None:
        return
    target = scaling.block.address
    lines = [f"{scaling.fewest} to {scaling.most} readers in all"]
    for policy in stack.of_type("aws_appautoscaling_policy"):
        settings = "target_tracking_scaling_policy_configuration"
        if target in policy.references and (value := policy.get(settings, "target_value")):
            metric = policy.get(settings, "predefined_metric_specification", "predefined_metric_type")
            metric = metric or policy.get(settings, "customized_metric_specification", "metric_name")
            lines.append("added at " + _METRICS.get(metric, f"{{}} of {metric}").format(_number(value)))
    _, more = database.scaled_readers
    title = f"Up to {plural(more, 'more reader')}" if more > 0 else "Readers that AWS adds"
    sketch.node(Node(target, "instance", title, tuple(lines), database.address, is_elsewhere=True))


def _read_data_api(stack: SynthesizedStack, sketch: Sketch, database: Database) -> None:
    if database.has_data_api:
        sketch.group(region(stack))
        lines = ("SQL over HTTPS, also from outside the VPC",)
        sketch.node(Node(DATA_API, "data_api", "RDS Data API", lines, REGION))
        sketch.edge(DATA_API, database.address, Arrow.USE)


def _read_origin(stack: SynthesizedStack, sketch: Sketch, cluster: Block) -> None:
    def box(id_: str, icon: str, title: str, *lines: str) -> str:
        sketch.group(Group(ELSEWHERE, Area.ELSEWHERE, None, "Data elsewhere"))
        return sketch.node(Node(id_, icon, title, lines, ELSEWHERE, is_elsewhere=not id_.startswith("aws_")))

    if snapshot := cluster.get("snapshot_identifier"):
        id_ = box("snapshot", "cluster", f"Snapshot {shown(snapshot)}", "the cluster is made from it")
        sketch.edge(id_, cluster.address, Arrow.COPY, "restored")
    for restore in blocks_in(cluster.get("restore_to_point_in_time")):
        source = shown(restore.get("source_cluster_identifier") or restore.get("source_cluster_resource_id") or "")
        is_clone = restore.get("restore_type") == "copy-on-write"
        moment = shown(restore.get("restore_to_time") or "the latest moment")
        id_ = box("source", "cluster", f"Cluster {source}", f"{'clone' if is_clone else 'copy'} of {moment}")
        sketch.edge(id_, cluster.address, Arrow.COPY, "cloned" if is_clone else "restored")
    for database in stack.of_type("aws_rds_global_cluster"):
        if cluster.address in database.references:
            title = f"Global database {name_of(database, 'global_cluster_identifier')}"
            id_ = box(database.address, "cluster", title, "clusters of other Regions", "replicate this one")
            sketch.edge(cluster.address, id_, Arrow.COPY, "replicated")
    if (name := cluster.get("global_cluster_identifier")) and not resources(name, "aws_rds_global_cluster"):
        source_region = cluster.get("source_region")
        where = f"primary in {shown(source_region)}" if source_region else "its primary is elsewhere"
        id_ = box("global", "cluster", f"Global database {shown(name)}", where)
        sketch.edge(id_, cluster.address, Arrow.COPY, "replicated")


def _read_proxies(stack: SynthesizedStack, sketch: Sketch, network: VpcSketch) -> None:
    for proxy in stack.of_type("aws_db_proxy"):
        outer = network.place(subnets_named(stack, proxy.get("vpc_subnet_ids")), proxy.get("vpc_security_group_ids"))
        logins = {auth.get("iam_auth") for auth in blocks_in(proxy.get("auth"))}
        lines = ["RDS Proxy", "TLS only" if proxy.is_on("require_tls") else "TLS not required"]
        lines.append("logs in with IAM" if "REQUIRED" in logins else "logs in with a password")
        sketch.node(Node(proxy.address, "proxy", name_of(proxy, "name"), tuple(lines), outer))
        for target in stack.of_type("aws_db_proxy_target"):
            if proxy.address in target.references:
                for cluster in resources(target.arguments, "aws_rds_cluster"):
                    sketch.edge(proxy.address, cluster, Arrow.USE)
        for role in resources(proxy.get("role_arn"), "aws_iam_role"):
            sketch.edge(proxy.address, role, Arrow.USE, "assumes")


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else shown(value)


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min" + (f" {rest} s" if rest else "")
