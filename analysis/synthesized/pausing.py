"""What keeps a synthesized cluster with a minimum capacity of 0 from pausing.

Source: Amazon Aurora User Guide, "Scaling to Zero ACUs with automatic pause and resume for Aurora Serverless v2",
"Situations where Aurora Serverless v2 doesn't auto-pause".
"""

from collections.abc import Iterator
from typing import Final

from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import blocks_in
from aurora_serverless.rules.auto_pause import (
    LOGICAL_REPLICATION,
    WITH_LOGICAL_REPLICATION,
    WITH_PROXY,
    in_global_database,
)
from aurora_serverless.rules.engine_parameters import is_on

SERVERLESS: Final = "db.serverless"


def all_awake_because(stack: SynthesizedStack, cluster: Block) -> Iterator[str]:
    """Yield what keeps every instance of a cluster from pausing."""
    if proxy_targets(stack, cluster):
        yield WITH_PROXY
    if cluster.get("global_cluster_identifier") is not None:
        yield in_global_database("secondary")


def writer_awake_because(stack: SynthesizedStack, cluster: Block) -> Iterator[str]:
    """Yield what keeps the writer from pausing, and with it the readers that follow it."""
    if _replicates_logically(stack, cluster):
        yield WITH_LOGICAL_REPLICATION
    if is_primary(stack, cluster):
        yield in_global_database("primary")
    if any(cluster.address in block.references for block in stack.of_type("aws_rds_integration")):
        yield "it has a zero-ETL integration"
    if any(block.get("instance_class") != SERVERLESS for block in instances_of(stack, cluster)):
        yield "one of its instances is not Serverless v2"


def proxy_targets(stack: SynthesizedStack, cluster: Block) -> list[Block]:
    """Return the targets of RDS Proxies that are the cluster."""
    return [target for target in stack.of_type("aws_db_proxy_target") if cluster.address in target.references]


def is_primary(stack: SynthesizedStack, cluster: Block) -> bool:
    """Return whether a global database is made from the cluster."""
    return any(cluster.address in block.references for block in stack.of_type("aws_rds_global_cluster"))


def instances_of(stack: SynthesizedStack, cluster: Block) -> list[Block]:
    """Return the resources of a cluster's instances."""
    return [block for block in stack.of_type("aws_rds_cluster_instance") if _belongs(block, cluster)]


def _belongs(block: Block, cluster: Block) -> bool:
    identifier = block.get("cluster_identifier")
    return cluster.address in block.references or identifier == cluster.get("cluster_identifier", default="")


def _replicates_logically(stack: SynthesizedStack, cluster: Block) -> bool:
    name = cluster.get("db_cluster_parameter_group_name")
    for group in stack.of_type("aws_rds_cluster_parameter_group"):
        if group.address in cluster.references or (name is not None and group.get("name") == name):
            rows = blocks_in(group.get("parameter"))
            return any(row.get("name") == LOGICAL_REPLICATION and is_on(str(row.get("value"))) for row in rows)
    return False
