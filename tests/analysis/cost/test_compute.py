"""What capacity costs: bounds, the average, pausing and what keeps from it, readers, and what the JSON does not say."""

from typing import Any

import pytest

from analysis.errors import UsageError
from tests.analysis.cost.documents import dollars, estimate_of, has_line, line_of, stack_of

PROXY = {"aurora": {"db_cluster_identifier": "${aws_rds_cluster.aurora.cluster_identifier}"}}
REPLICATION = {"logical": {"name": "logical", "parameter": [{"name": "rds.logical_replication", "value": "1"}]}}
GLOBAL = {"aurora": {"source_db_cluster_identifier": "${aws_rds_cluster.aurora.arn}"}}


def test_floor_and_ceiling_are_minimum_and_maximum_all_month() -> None:
    line = line_of(estimate_of(stack_of(minimum=2, maximum=8)), "compute: aurora")
    assert (dollars(line.floor), dollars(line.typical), dollars(line.ceiling)) == ("175.20", "438.00", "700.80")
    assert line.why == "5 ACU x 730 h x $0.12 per ACU-hour; at least 2 ACU, at most 8 ACU x 730 h"


def test_io_optimized_storage_has_a_price_of_its_own_for_capacity() -> None:
    found = estimate_of(stack_of(minimum=8, maximum=8, cluster={"storage_type": "aurora-iopt1"}))
    assert dollars(line_of(found, "compute: aurora").floor) == "934.40"


def test_a_cluster_that_pauses_costs_nothing_at_least_and_its_wakes_as_a_rule() -> None:
    """66 wakes x (3600 + 600) s = 77 h."""
    line = line_of(estimate_of(stack_of(minimum=0, maximum=1, pause=600), average_acu=0.5), "compute: aurora")
    assert (dollars(line.floor), dollars(line.typical), dollars(line.ceiling)) == ("0.00", "4.62", "87.60")
    assert "77 h awake (66 wakes x (3600 s busy + 600 s until the pause) / 3600)" in line.why
    assert "at least paused" in line.why


def test_the_pause_is_billed_with_each_wake() -> None:
    """10 wakes x (600 + 300) s = 2.5 h x 1 ACU x $0.12."""
    found = estimate_of(stack_of(minimum=0, maximum=1), wakes=10, busy_seconds=600, average_acu=1)
    assert dollars(line_of(found, "compute: aurora").typical) == "0.30"


def test_a_database_that_never_wakes_costs_no_compute() -> None:
    assert line_of(estimate_of(stack_of(minimum=0), wakes=0), "compute: aurora").typical == 0


def test_wakes_that_follow_too_fast_leave_it_awake_all_month() -> None:
    line = line_of(estimate_of(stack_of(minimum=0, maximum=1), wakes=10_000, average_acu=1), "compute: aurora")
    assert line.typical == line.ceiling
    assert "which is all the month" in line.why


def test_hours_awake_can_be_given_instead() -> None:
    line = line_of(estimate_of(stack_of(minimum=0, maximum=1), hours_awake=100, average_acu=1), "compute: aurora")
    assert dollars(line.typical) == "12.00"
    assert "100 h awake" in line.why


def test_hours_awake_mean_nothing_to_a_cluster_that_never_pauses() -> None:
    line = line_of(estimate_of(stack_of(minimum=0.5, maximum=1), hours_awake=100), "compute: aurora")
    assert dollars(line.typical) == "65.70"


@pytest.mark.parametrize(
    ("resources", "cluster", "why"),
    [
        ({"aws_db_proxy_target": PROXY}, {}, "the RDS Proxy keeps a connection open"),
        (
            {"aws_rds_cluster_parameter_group": REPLICATION},
            {"db_cluster_parameter_group_name": "${aws_rds_cluster_parameter_group.logical.name}"},
            "rds.logical_replication is on",
        ),
        (
            {"aws_rds_cluster_parameter_group": REPLICATION},
            {"db_cluster_parameter_group_name": "logical"},
            "rds.logical_replication is on",
        ),
        ({"aws_rds_global_cluster": GLOBAL}, {}, "it is the primary of a global database"),
        ({}, {"global_cluster_identifier": "alex-global"}, "it is the secondary of a global database"),
        (
            {"aws_rds_integration": {"zero": {"source_arn": "${aws_rds_cluster.aurora.arn}"}}},
            {},
            "it has a zero-ETL integration",
        ),
    ],
)
def test_what_keeps_a_cluster_awake_makes_its_floor_half_an_acu(
    resources: dict[str, Any], cluster: dict[str, Any], why: str
) -> None:
    line = line_of(estimate_of(stack_of(minimum=0, maximum=1, cluster=cluster, **resources)), "compute: aurora")
    assert dollars(line.floor) == "43.80"
    assert dollars(line.typical) == "65.70"
    assert f"at least 0.5 ACU, never pausing ({why})" in line.why


@pytest.mark.parametrize(
    ("resources", "cluster"),
    [
        ({"aws_db_proxy_target": {"other": {"db_cluster_identifier": "another"}}}, {}),
        ({"aws_rds_cluster_parameter_group": REPLICATION}, {}),
        (
            {"aws_rds_cluster_parameter_group": {"on": {"name": "on", "parameter": [{"name": "x", "value": "1"}]}}},
            {"db_cluster_parameter_group_name": "on"},
        ),
        (
            {
                "aws_rds_cluster_parameter_group": {
                    "off": {"name": "off", "parameter": {"name": "rds.logical_replication", "value": "0"}}
                }
            },
            {"db_cluster_parameter_group_name": "off"},
        ),
        ({"aws_rds_global_cluster": {"other": {"source_db_cluster_identifier": "another"}}}, {}),
    ],
)
def test_what_is_not_the_clusters_own_keeps_it_from_nothing(resources: dict[str, Any], cluster: dict[str, Any]) -> None:
    stack = stack_of(minimum=0, cluster=cluster, **resources)
    assert line_of(estimate_of(stack), "compute: aurora").floor == 0


def test_a_provisioned_member_keeps_the_others_awake_and_is_billed_by_the_hour_of_its_class() -> None:
    found = estimate_of(stack_of(minimum=0, instances={"aurora": {}, "large": {"instance_class": "db.r6g.large"}}))
    assert dollars(line_of(found, "compute: aurora").floor) == "43.80"
    line = line_of(found, "compute: large")
    assert {dollars(amount) for amount in (line.floor, line.typical, line.ceiling)} == {"189.80"}
    assert found.unknown == ()


def test_a_class_whose_price_nobody_knows_costs_what_is_unknown_and_not_nothing() -> None:
    found = estimate_of(stack_of(instances={"aurora": {}, "large": {"instance_class": "db.x2g.large"}}))
    assert found.unknown == ("compute: large",)
    assert "instance_hour_standard_db.x2g.large, whose price is not known" in line_of(found, "compute: large").why


def test_an_io_optimized_cluster_has_instance_hours_of_its_own() -> None:
    instances = {"aurora": {}, "large": {"instance_class": "db.r6g.large", "count": 2}}
    found = estimate_of(stack_of(instances=instances, cluster={"storage_type": "aurora-iopt1"}))
    assert dollars(line_of(found, "compute: large").typical) == "493.48"


@pytest.mark.parametrize(("tier", "floor"), [(0, "43.80"), (1, "43.80"), (2, "0.00"), (15, "0.00")])
def test_readers_of_tier_2_and_up_pause_while_the_writer_cannot(tier: int, floor: str) -> None:
    stack = stack_of(
        minimum=0,
        instances={"aurora": {"promotion_tier": 0}, "reader": {"promotion_tier": tier}},
        aws_rds_global_cluster=GLOBAL,
    )
    assert dollars(line_of(estimate_of(stack), "compute: reader").floor) == floor


def test_a_proxy_keeps_readers_of_every_tier_awake() -> None:
    stack = stack_of(minimum=0, instances={"aurora": {}, "r": {"promotion_tier": 15}}, aws_db_proxy_target=PROXY)
    assert dollars(line_of(estimate_of(stack), "compute: r").floor) == "43.80"


@pytest.mark.parametrize(("tier", "typical"), [(0, "438.00"), (1, "438.00"), (None, "438.00"), (2, "175.20")])
def test_readers_of_tiers_0_and_1_scale_with_the_writer(tier: int | None, typical: str) -> None:
    stack = stack_of(
        minimum=2, maximum=8, instances={"aurora": {"promotion_tier": 0}, "reader": {"promotion_tier": tier}}
    )
    line = line_of(estimate_of(stack, average_acu=5, reader_average_acu=2), "compute: reader")
    assert dollars(line.typical) == typical
    assert ("scales with the writer" in line.why) == (tier != 2)


def test_a_reader_may_be_busier_than_the_writer() -> None:
    stack = stack_of(minimum=2, maximum=8, instances={"aurora": {}, "reader": {}})
    found = estimate_of(stack, average_acu=2, reader_average_acu=8)
    assert dollars(line_of(found, "compute: aurora").typical) == "175.20"
    assert dollars(line_of(found, "compute: reader").typical) == "700.80"


def scaled(fewest: int, most: int, resource_id: str = "cluster:${aws_rds_cluster.aurora.cluster_identifier}") -> Any:
    arguments = {
        "scalable_dimension": "rds:cluster:ReadReplicaCount",
        "resource_id": resource_id,
        "min_capacity": fewest,
        "max_capacity": most,
    }
    return stack_of(
        minimum=2, maximum=8, instances={"aurora": {}, "reader": {}}, aws_appautoscaling_target={"readers": arguments}
    )


def test_auto_scaling_adds_readers_up_to_its_maximum() -> None:
    """One reader is Terraform's own, so two at least mean one more, and six mean five."""
    line = line_of(estimate_of(scaled(2, 6)), "compute: readers of auto scaling")
    assert (dollars(line.floor), dollars(line.typical), dollars(line.ceiling)) == ("175.20", "438.00", "3504.00")


def test_the_average_number_of_readers_can_be_given() -> None:
    line = line_of(estimate_of(scaled(1, 6), readers="2.5"), "compute: readers of auto scaling")
    assert (dollars(line.floor), dollars(line.typical)) == ("0.00", "657.00")


def test_a_target_that_names_the_cluster_literally_counts_too() -> None:
    assert has_line(estimate_of(scaled(1, 3, "cluster:alex")), "compute: readers of auto scaling")


@pytest.mark.parametrize(("most", "resource_id"), [(1, "cluster:alex"), (6, "cluster:another")])
def test_auto_scaling_that_adds_nothing_has_no_line(most: int, resource_id: str) -> None:
    assert not has_line(estimate_of(scaled(1, most, resource_id)), "compute: readers of auto scaling")


@pytest.mark.parametrize("readers", ["0.5", "6.5"])
def test_a_number_of_readers_that_auto_scaling_does_not_have_is_refused(readers: str) -> None:
    with pytest.raises(UsageError, match=f"readers {readers}: the cluster aurora has 1 to 6 readers"):
        estimate_of(scaled(1, 6), readers=readers)


def test_instances_of_a_count_are_billed_each() -> None:
    line = line_of(estimate_of(stack_of(instances={"aurora": {"count": 3}})), "compute: aurora")
    assert dollars(line.floor) == "131.40"
    assert line.why.startswith("3 instances x 0.75 ACU x 730 h")


@pytest.mark.parametrize("more", [{"count": "${var.readers}"}, {"for_each": "${toset(var.readers)}"}])
def test_a_number_of_instances_that_is_not_in_the_json_is_not_known(more: dict[str, Any]) -> None:
    found = estimate_of(stack_of(instances={"aurora": more}))
    assert found.unknown == ("compute: aurora",)
    assert "how many there are" in found.lines[0].why


def test_a_capacity_that_is_not_in_the_json_is_not_known() -> None:
    found = estimate_of(stack_of(maximum="${var.max_capacity}"))
    assert found.unknown == ("compute: aurora",)
    assert "is not a number in the JSON" in found.lines[0].why


@pytest.mark.parametrize("option", ["average_acu", "reader_average_acu"])
@pytest.mark.parametrize(
    ("value", "words"), [("8.5", "has at most 8 ACU; write less"), ("1", "has at least 2 ACU while it is awake")]
)
def test_an_average_that_the_cluster_cannot_have_is_refused(option: str, value: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        estimate_of(stack_of(minimum=2, maximum=8), **{option: value})
    assert str(caught.value).startswith(f"{option} {value}: ")


def test_instances_of_a_cluster_elsewhere_are_not_counted_and_named() -> None:
    stack = stack_of(instances={"aurora": {}, "other": {"cluster_identifier": "another"}})
    found = estimate_of(stack)
    assert not has_line(found, "compute: other")
    assert found.unknown == ("aws_rds_cluster_instance.other",)
