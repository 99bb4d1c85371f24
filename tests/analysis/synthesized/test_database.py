"""What is known of a database is the same to who synthesizes it, who prices it and who draws it."""

from tempfile import gettempdir
from typing import Any

import pytest
from cdktf import App

from analysis.diagram.database import pause
from analysis.diagram.reading import picture_of
from analysis.synthesized.database import databases
from analysis.synthesized.stack import SynthesizedStack
from stacks.database import DatabaseStack
from tests.analysis.cost.documents import estimate_of, has_line, line_of, stack_of
from tests.conftest import TODAY
from tests.stacks.test_access_options import environment
from tests.stacks.test_recovery_options import SECONDARY
from tests.terraform_json import synthesize_stack

SCALING_OF_AN_OPERATOR = {"min_capacity": 0, "max_capacity": "${var.most}", "seconds_until_auto_pause": "${var.pause}"}
PAUSING = {"minimum_acu": 0.0, "maximum_acu": 16.0}


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"capacity": PAUSING | {"auto_pause_seconds": 600}},
        {"proxy": {}},
        {"global_database": {"role": "primary"}},
        {"global_database": SECONDARY},
        {"engine": {"version": "17.7", "cluster_parameters": {"rds.logical_replication": "1"}}},
        {"engine": {"version": "17.7", "cluster_parameters": {"rds.logical_replication": "0"}}},
        {"proxy": {}, "global_database": {"role": "primary"}},
    ],
    ids=str,
)
def test_all_know_the_same_of_what_keeps_a_cluster_awake(keys: dict[str, Any]) -> None:
    shop = environment(**{"capacity": PAUSING} | keys)
    document = synthesize_stack(DatabaseStack(App(outdir=gettempdir()), shop, today=TODAY))
    stack = SynthesizedStack("shop", document)
    [cluster] = databases(stack)
    drawn = pause(cluster)

    awake = set(shop.awake_because)
    assert {reason for instance in cluster.instances for reason in instance.awake_because} == awake
    assert (", never pauses" in drawn, ", pauses after" in drawn) == (bool(awake), not awake)
    assert all(reason in drawn for reason in awake)


@pytest.mark.parametrize(
    ("seconds", "drawn"), [(None, ", pauses after 5 min idle"), (600, ", pauses after 10 min idle")]
)
def test_a_cluster_without_a_pause_of_its_own_has_awss(seconds: int | None, drawn: str) -> None:
    stack = stack_of(minimum=0, pause=seconds)
    [database] = databases(stack)
    assert pause(database) == drawn
    assert f"+ {seconds or 300} s until the pause" in line_of(estimate_of(stack), "compute: aurora").why


def test_a_pause_that_only_terraform_knows_is_not_drawn() -> None:
    stack = stack_of(minimum=0, cluster={"serverlessv2_scaling_configuration": SCALING_OF_AN_OPERATOR})
    [database] = databases(stack)
    assert (database.pause_seconds, database.maximum_acu, database.capacity) == (None, None, (0, "${var.most}"))
    assert pause(database) == ""
    assert "0 to most ACU" in str(picture_of(stack))


def test_a_member_is_known_by_the_name_of_its_cluster_too() -> None:
    stack = stack_of(instances={"aurora": {"cluster_identifier": "alex"}, "other": {"cluster_identifier": "shop"}})
    [database] = databases(stack)
    assert [instance.block.name for instance in database.instances] == ["aurora"]
    assert "aws_rds_cluster_instance.aurora" in {node.id for node in picture_of(stack).nodes}


@pytest.mark.parametrize(
    ("tiers", "writer"),
    [
        ({"reader_10": None, "reader_9": None}, "reader_9"),
        ({"aurora": None, "reader_1": 0}, "reader_1"),
        ({"aurora": 1, "reader_1": None}, "aurora"),
    ],
    ids=str,
)
def test_the_writer_is_who_would_be_promoted_first(tiers: dict[str, int | None], writer: str) -> None:
    stack = stack_of(instances={name: {"promotion_tier": tier} for name, tier in tiers.items()})
    [database] = databases(stack)
    assert [instance.block.name for instance in database.instances if instance.is_writer] == [writer]
    [drawn] = [node for node in picture_of(stack).nodes if any(line.startswith("writer") for line in node.lines)]
    assert drawn.id == f"aws_rds_cluster_instance.{writer}"


@pytest.mark.parametrize(
    "name", ["/aws/rds/cluster/alex/postgresql", "/aws/rds/cluster/${aws_rds_cluster.aurora.id}/x"]
)
def test_a_log_group_is_of_the_cluster_that_it_names(name: str) -> None:
    groups = {
        "aurora": {"name": name, "retention_in_days": 73},
        "other": {"name": "/aws/rds/cluster/alex-2/postgresql"},
    }
    stack = stack_of(cluster={"enabled_cloudwatch_logs_exports": ["postgresql"]}, aws_cloudwatch_log_group=groups)
    assert [group.name for group in databases(stack)[0].log_groups] == ["aurora"]
    assert "kept for 2.4 months" in line_of(estimate_of(stack), "logs").why
    logs = [edge for edge in picture_of(stack).edges if edge.label == "its log"]
    assert [edge.target for edge in logs] == ["aws_cloudwatch_log_group.aurora"]


@pytest.mark.parametrize(
    ("value", "is_on"), [(True, True), (False, False), (None, False), ("true", True), ("false", False)]
)
def test_a_switch_may_be_a_text(value: Any, is_on: bool) -> None:
    stack = stack_of(cluster=dict.fromkeys(("enable_http_endpoint", "deletion_protection"), value))
    assert databases(stack)[0].has_data_api is is_on
    assert has_line(estimate_of(stack), "Data API") is is_on
    picture = picture_of(stack)
    assert any(node.title == "RDS Data API" for node in picture.nodes) is is_on
    assert ("'protected against deletion'" in str(picture)) is is_on


def test_the_engine_version_may_be_that_of_another_block() -> None:
    shop = {"engine": "aurora-postgresql", "engine_version": "17.7", "global_cluster_identifier": "shop"}
    stack = stack_of(
        cluster={"engine_version": "${aws_rds_global_cluster.shop.engine_version}"},
        aws_rds_global_cluster={"shop": shop},
    )
    assert str(databases(stack)[0].version) == "17.7"
    assert not has_line(estimate_of(stack), "Extended Support")
    assert "Aurora PostgreSQL 17.7 cluster alex" in str(picture_of(stack))
