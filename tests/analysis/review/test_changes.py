"""What happens to resources: made, destroyed, moved, replaced, changed."""

from typing import Any

import pytest

from analysis.review.changes import Kind, ResourceChange
from analysis.review.wording import consequences
from tests.analysis.review.stacks import changes, environment, stack

CLUSTER = "aws_rds_cluster.aurora"
KEY = "aws_kms_key.aurora"


def protected(**arguments: Any) -> dict[str, Any]:
    return {"lifecycle": {"prevent_destroy": True}, **arguments}


def test_a_resource_is_added_and_another_destroyed() -> None:
    found = changes({"aws_sns_topic.a": {"name": "a"}}, {"aws_kms_key.b": {"description": "b"}})
    assert {address: change.kind for address, change in found.items()} == {
        "aws_sns_topic.a": Kind.DESTROYED,
        "aws_kms_key.b": Kind.ADDED,
    }


def test_what_is_destroyed_with_data_says_what_is_lost() -> None:
    change = changes({CLUSTER: {"engine": "x"}}, {})[CLUSTER]
    assert change.loses_data
    assert next(consequences(change)).startswith("lost with it: the databases")


def test_deletion_protection_has_aws_refuse() -> None:
    change = changes({CLUSTER: {"deletion_protection": True}}, {})[CLUSTER]
    assert change.refusal == "AWS refuses: deletion_protection is on"


def test_prevent_destroy_goes_with_its_block_and_refuses_nothing_then() -> None:
    assert changes({CLUSTER: protected()}, {})[CLUSTER].refusal == ""


@pytest.mark.parametrize(
    ("before", "after", "refusal"),
    [
        (protected(), protected(), "Terraform refuses to plan it: prevent_destroy is on"),
        ({}, protected(), "Terraform refuses to plan it: prevent_destroy is on"),
        (protected(), {}, ""),
        ({"deletion_protection": True}, {}, "AWS refuses to delete the old one: deletion_protection is on"),
        ({}, {"deletion_protection": True}, ""),
    ],
)
def test_a_replacement_that_is_refused_says_by_whom(before: Any, after: Any, refusal: str) -> None:
    change = changes({CLUSTER: before | {"engine": "a"}}, {CLUSTER: after | {"engine": "b"}})[CLUSTER]
    assert (change.kind, change.refusal) == (Kind.REPLACED, refusal)


def test_a_moved_block_keeps_a_resource() -> None:
    moved = [{"from": "aws_kms_key.old", "to": KEY}]
    found = changes({"aws_kms_key.old": {"description": "a"}}, {KEY: {"description": "a"}}, moved=moved)
    assert found == {KEY: ResourceChange(Kind.MOVED, KEY, former_address="aws_kms_key.old", data=found[KEY].data)}
    assert not found[KEY].loses_data
    assert list(consequences(found[KEY])) == ["was aws_kms_key.old; the moved block keeps it"]


def test_what_refers_to_a_moved_resource_does_not_change() -> None:
    moved = [{"from": "aws_kms_key.old", "to": KEY}]
    found = changes(
        {"aws_kms_key.old": {}, CLUSTER: {"kms_key_id": "${aws_kms_key.old.arn}"}},
        {KEY: {}, CLUSTER: {"kms_key_id": "${aws_kms_key.aurora.arn}"}},
        moved=moved,
    )
    assert set(found) == {KEY}


def test_a_moved_resource_may_change_too() -> None:
    moved = [{"from": "aws_kms_key.old", "to": KEY}]
    change = changes({"aws_kms_key.old": {"description": "a"}}, {KEY: {"description": "b"}}, moved=moved)[KEY]
    assert (change.kind, change.former_address) == (Kind.CHANGED, "aws_kms_key.old")
    assert [one.path for one in change.arguments] == ["description"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"//": {"metadata": {"path": "dev/key"}}, "description": "a"}, {"//": {"metadata": {"path": "dev/key"}}}),
        ({"description": "a"}, {"description": "a"}),
    ],
)
def test_a_lost_moved_block_destroys_and_makes_anew(old: Any, new: Any) -> None:
    found = changes({"aws_kms_key.old": old}, {KEY: new})
    assert (found["aws_kms_key.old"].kind, found[KEY].kind) == (Kind.DESTROYED, Kind.ADDED)
    assert (found["aws_kms_key.old"].lost_move, found[KEY].lost_move) == (KEY, "aws_kms_key.old")
    assert "but no moved block says so" in " ".join(consequences(found["aws_kms_key.old"]))


@pytest.mark.parametrize(("old", "new"), [({"description": "a"}, {"description": "b"}), ({}, {})])
def test_resources_that_have_nothing_in_common_are_no_lost_move(old: Any, new: Any) -> None:
    found = changes({"aws_kms_key.old": old}, {KEY: new})
    assert found["aws_kms_key.old"].lost_move == ""


def test_a_moved_block_that_is_taken_out_is_told() -> None:
    before = stack({KEY: {}}, moved=[{"from": "aws_kms_key.old", "to": KEY}])
    [setting] = environment(before, stack({KEY: {}})).settings
    assert (setting.path, setting.before, setting.after) == ("moved", f"aws_kms_key.old to {KEY}", None)


def test_a_removed_block_forgets_and_an_import_block_adopts() -> None:
    found = changes(
        {"aws_kms_key.old": {"description": "a"}},
        {KEY: {"description": "b"}},
        **{
            "removed": [{"from": "aws_kms_key.old", "lifecycle": {"destroy": False}}],
            "import": [{"to": KEY, "id": "x"}],
        },
    )
    assert (found["aws_kms_key.old"].kind, found[KEY].kind) == (Kind.FORGOTTEN, Kind.IMPORTED)


def test_a_replacement_takes_with_it_what_needs_the_resource() -> None:
    group, rule = "aws_security_group.aurora", "aws_vpc_security_group_ingress_rule.vpc"
    other = {"security_group_id": "${aws_security_group.aurora.id}"}
    found = changes({group: {"name": "a"}, rule: other}, {group: {"name": "b"}, rule: other})
    assert found[group].kind is found[rule].kind is Kind.REPLACED
    assert f"with {group}" in " ".join(consequences(found[rule]))


def test_what_gets_another_value_from_a_replaced_resource_changes() -> None:
    group = "aws_security_group.aurora"
    cluster = {"vpc_security_group_ids": ["${aws_security_group.aurora.id}"]}
    change = changes({group: {"name": "a"}, CLUSTER: cluster}, {group: {"name": "b"}, CLUSTER: cluster})[CLUSTER]
    assert change.kind is Kind.CHANGED
    assert [(one.path, one.follows) for one in change.arguments] == [("vpc_security_group_ids", group)]


def test_another_argument_of_another_resource_is_followed() -> None:
    instance = {"engine_version": "${aws_rds_cluster.aurora.engine_version}"}
    found = changes(
        {CLUSTER: {"engine_version": "16.8"}, "aws_rds_cluster_instance.a": instance},
        {CLUSTER: {"engine_version": "17.7"}, "aws_rds_cluster_instance.a": instance},
    )
    [argument] = found["aws_rds_cluster_instance.a"].arguments
    assert (argument.path, argument.before, argument.after) == ("engine_version", "16.8", "17.7")


@pytest.mark.parametrize("ignored", [["engine"], "all", ["all"]])
def test_what_terraform_ignores_is_no_change(ignored: Any) -> None:
    lifecycle = {"lifecycle": {"ignore_changes": ignored}}
    assert changes({CLUSTER: lifecycle | {"engine": "a"}}, {CLUSTER: lifecycle | {"engine": "b"}}) == {}


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ({"lifecycle": {"prevent_destroy": True}}, {}, "lifecycle.prevent_destroy: on → off"),
        ({}, {"lifecycle": {"ignore_changes": ["tags"]}}, "lifecycle.ignore_changes: off → tags"),
        ({}, {"lifecycle": {"precondition": [{"condition": "x"}]}}, "lifecycle.precondition: 0 → 1"),
        (
            {"lifecycle": {"postcondition": [{"condition": "x"}]}},
            {"lifecycle": {"postcondition": [{"condition": "y"}]}},
            "lifecycle.postcondition: another condition",
        ),
        ({"depends_on": [KEY]}, {"depends_on": ["aws_kms_key.b"]}, f"depends_on: -{KEY}, +aws_kms_key.b"),
    ],
)
def test_changes_of_the_lifecycle_are_told(before: Any, after: Any, note: str) -> None:
    assert changes({CLUSTER: before}, {CLUSTER: after})[CLUSTER].notes == (note,)


def test_another_message_of_a_condition_is_no_change() -> None:
    before, after = (
        {CLUSTER: {"lifecycle": {"precondition": [{"condition": "x", "error_message": text}]}}} for text in "ab"
    )
    assert changes(before, after) == {}


def test_another_default_of_a_variable_shows_at_the_resource() -> None:
    bodies = {CLUSTER: {"serverlessv2_scaling_configuration": {"max_capacity": "${var.max_capacity}"}}}
    found = environment(
        stack(bodies, variable={"max_capacity": {"default": 1}}),
        stack(bodies, variable={"max_capacity": {"default": 4}}),
    )
    [change] = found.resources
    [argument] = change.arguments
    assert (argument.path, argument.before, argument.after) == (
        "serverlessv2_scaling_configuration.max_capacity",
        1,
        4,
    )


def test_another_vpc_may_replace_what_lies_in_it_and_what_needs_that() -> None:
    bodies: dict[str, dict[str, Any]] = {
        "data.aws_subnets.a": {"filter": [{"name": "vpc-id", "values": ["${data.aws_vpc.a.id}"]}]},
        "aws_security_group.aurora": {"vpc_id": "${data.aws_vpc.a.id}"},
        "aws_vpc_security_group_ingress_rule.a": {"security_group_id": "${aws_security_group.aurora.id}"},
        "aws_db_subnet_group.aurora": {"name": "a", "subnet_ids": "${data.aws_subnets.a.ids}"},
    }
    found = changes({"data.aws_vpc.a": {"default": True}, **bodies}, {"data.aws_vpc.a": {"id": "vpc-1"}, **bodies})
    assert {address: change.kind for address, change in found.items()} == {
        "data.aws_vpc.a": Kind.CHANGED,
        "aws_security_group.aurora": Kind.MAY_BE_REPLACED,
        "aws_vpc_security_group_ingress_rule.a": Kind.MAY_BE_REPLACED,
        "aws_db_subnet_group.aurora": Kind.MAY_CHANGE,
    }
    assert found["data.aws_vpc.a"].notes == ("it may find something else than before",)


def test_what_a_resource_keeps_though_it_is_no_longer_asked_for_is_told() -> None:
    change = changes({CLUSTER: {"kms_key_id": "arn:k"}}, {CLUSTER: {}})[CLUSTER]
    assert (change.kind, change.notes) == (Kind.KEPT, ("Terraform plans no change: what is deployed keeps it",))


def test_single_instances_of_a_resource_that_come_or_go_are_told() -> None:
    address = "aws_vpc_security_group_ingress_rule.a"
    change = changes({address: {"for_each": ["a"]}}, {address: {"for_each": ["a", "b"]}})[address]
    assert (change.kind, change.notes) == (Kind.CHANGED, ("some of its instances are created or destroyed",))


def test_worst_comes_first() -> None:
    found = environment(
        stack({CLUSTER: {"engine": "a"}, "aws_sns_topic.a": {"name": "a"}, KEY: {"description": "a"}}),
        stack({CLUSTER: {"engine": "b"}, "aws_sns_topic.b": {"name": "b"}, KEY: {"description": "b"}}),
    )
    assert [(change.kind, change.address) for change in found.resources] == [
        (Kind.REPLACED, CLUSTER),
        (Kind.DESTROYED, "aws_sns_topic.a"),
        (Kind.CHANGED, KEY),
        (Kind.ADDED, "aws_sns_topic.b"),
    ]
