"""What follows from a replacement, resource by resource; tests/end_to_end/replacement/ asks Terraform."""

from collections.abc import Mapping
from typing import Any

import pytest

from analysis.review.propagation import Consequences, Replacement, consequences, pairs
from analysis.synthesized.stack import SynthesizedStack

Resources = dict[str, dict[str, Any]]

CLUSTER, INSTANCE, GROUP = "aws_rds_cluster.a", "aws_rds_cluster_instance.a", "aws_db_subnet_group.a"
DATABASE: Resources = {
    GROUP: {"name": "a", "subnet_ids": ["subnet-0"]},
    CLUSTER: {
        "cluster_identifier": "a",
        "engine": "aurora-postgresql",
        "db_subnet_group_name": "${aws_db_subnet_group.a.name}",
    },
    INSTANCE: {"cluster_identifier": "${aws_rds_cluster.a.id}", "engine": "${aws_rds_cluster.a.engine}"},
    "aws_iam_role_policy.a": {"name": "a", "role": "r", "policy": '{"Resource": "${aws_rds_cluster.a.arn}"}'},
}


def stack(resources: Mapping[str, Mapping[str, Any]], **sections: Any) -> SynthesizedStack:
    document: dict[str, Any] = {"resource": {}, "data": {}, **sections}
    for address, body in resources.items():
        type_, name = address.removeprefix("data.").split(".")
        document["data" if address.startswith("data.") else "resource"].setdefault(type_, {})[name] = body
    return SynthesizedStack("a", document)


def changed(before: Resources, changes: Resources, **sections: Any) -> Consequences:
    """Return what comes of arguments that are another: a resource of `changes` need not be before."""
    after = {address: before.get(address, {}) | changes.get(address, {}) for address in {**before, **changes}}
    return consequences(stack(before), stack(after, **sections))


def test_nothing_comes_of_no_change() -> None:
    assert changed(DATABASE, {}) == Consequences({}, frozenset(), frozenset(), frozenset())


def test_another_subnet_group_replaces_the_cluster_and_the_cluster_its_instances() -> None:
    found = changed(DATABASE, {GROUP: {"name": "b"}})
    assert found.replacements == {
        GROUP: Replacement(("name",)),
        CLUSTER: Replacement(("db_subnet_group_name",)),
        INSTANCE: Replacement(("cluster_identifier",), because=(CLUSTER,)),
    }
    assert found.updates == {"aws_iam_role_policy.a"}


def test_a_name_that_the_program_gives_is_known_though_its_resource_is_replaced() -> None:
    before = DATABASE | {"aws_iam_role.a": {"name": "a"}}
    before["aws_iam_role_policy.a"] = {"role": "${aws_iam_role.a.name}"}
    found = changed(before, {"aws_iam_role.a": {"path": "/b/"}})
    assert set(found.replacements) == {"aws_iam_role.a"}
    assert not found.updates


def test_a_name_that_aws_makes_of_a_prefix_is_not_known() -> None:
    before: Resources = {
        "aws_iam_role.a": {"name_prefix": "a-"},
        "aws_iam_role_policy.a": {"role": "${aws_iam_role.a.name}"},
    }
    found = changed(before, {"aws_iam_role.a": {"path": "/b/"}})
    assert found.replacements["aws_iam_role_policy.a"] == Replacement(("role",), because=("aws_iam_role.a",))


def test_an_argument_of_something_new_is_not_known() -> None:
    found = changed(DATABASE, {"aws_kms_key.a": {}, CLUSTER: {"kms_key_id": "${aws_kms_key.a.arn}"}})
    assert found.replacements[CLUSTER] == Replacement(("kms_key_id",), because=("aws_kms_key.a",))


def test_what_follows_from_what_may_happen_may_happen() -> None:
    found = changed(DATABASE, {CLUSTER: {"storage_encrypted": True}})
    assert found.replacements == {
        CLUSTER: Replacement((), ("storage_encrypted",), certain=False),
        INSTANCE: Replacement((), ("cluster_identifier",), (CLUSTER,), certain=False),
    }
    assert not found.updates
    assert found.possible_updates == {CLUSTER, INSTANCE, "aws_iam_role_policy.a"}


def test_a_removed_argument_that_is_kept_changes_nothing() -> None:
    before = DATABASE | {CLUSTER: {"kms_key_id": "arn:aws:kms:us-east-1:123456789012:key/0", "port": 5433}}
    after = DATABASE | {CLUSTER: {}}
    assert CLUSTER not in consequences(stack(before), stack(after)).updates


def test_what_is_only_written_is_not_seen_to_change() -> None:
    before: Resources = {
        "aws_secretsmanager_secret_version.a": {"secret_string_wo": "a", "secret_string_wo_version": 1}
    }
    (address,) = before
    assert not changed(before, {address: {"secret_string_wo": "b"}}).updates
    assert address in changed(before, {address: {"secret_string_wo_version": 2}}).replacements


def test_a_moved_resource_is_the_same_one() -> None:
    before = stack({"aws_sns_topic.a": {"name": "a"}, "aws_sns_topic_policy.a": {"arn": "${aws_sns_topic.a.arn}"}})
    moved = [{"from": "aws_sns_topic.a", "to": "aws_sns_topic.b"}, {"from": "aws_sns_topic.b", "to": "aws_sns_topic.c"}]
    after = stack(
        {"aws_sns_topic.c": {"name": "a"}, "aws_sns_topic_policy.a": {"arn": "${aws_sns_topic.c.arn}"}}, moved=moved
    )
    assert pairs(before, after)["aws_sns_topic.c"] == "aws_sns_topic.a"
    assert not consequences(before, after).replacements


def test_moves_in_a_circle_end() -> None:
    moved = [{"from": "aws_sns_topic.a", "to": "aws_sns_topic.b"}, {"from": "aws_sns_topic.b", "to": "aws_sns_topic.a"}]
    assert pairs(stack({}), stack({"aws_sns_topic.a": {}}, moved=moved)) == {}


def test_a_resource_at_a_new_address_without_a_move_is_another_one() -> None:
    assert pairs(stack({"aws_sns_topic.a": {}}), stack({"aws_sns_topic.b": {}})) == {}


@pytest.mark.parametrize("ignored", [["description"], "all"])
def test_what_is_ignored_neither_replaces_nor_updates(ignored: list[str] | str) -> None:
    before: Resources = {"aws_security_group.a": {"description": "a", "lifecycle": {"ignore_changes": ignored}}}
    found = changed(before, {"aws_security_group.a": {"description": "b"}})
    assert not found.replacements
    assert not found.updates


TRIGGERS: Resources = {
    "aws_sns_topic.a": {"display_name": "a", "fifo_topic": False},
    "aws_kms_alias.a": {"name": "a", "lifecycle": {"replace_triggered_by": ["aws_sns_topic.a"]}},
    "aws_kms_alias.of_argument": {"lifecycle": {"replace_triggered_by": ["aws_sns_topic.a.display_name"]}},
}


@pytest.mark.parametrize(
    ("change", "triggered"),
    [
        ({}, set()),
        ({"display_name": "b"}, {"aws_kms_alias.a", "aws_kms_alias.of_argument"}),
        ({"kms_master_key_id": "b"}, {"aws_kms_alias.a"}),
    ],
)
def test_an_update_triggers_a_replacement(change: dict[str, Any], triggered: set[str]) -> None:
    found = changed(TRIGGERS, {"aws_sns_topic.a": change}).replacements
    assert found == dict.fromkeys(triggered, Replacement(because=("aws_sns_topic.a",)))


def test_another_name_of_a_secret_replaces_the_suffix_that_was_drawn_for_it() -> None:
    before: Resources = {
        "terraform_data.name": {"input": {"name": "a"}},
        "random_id.a": {"byte_length": 4, "lifecycle": {"replace_triggered_by": ["terraform_data.name"]}},
        "aws_secretsmanager_secret.a": {"name": "a-${random_id.a.hex}"},
    }
    found = changed(before, {"terraform_data.name": {"input": {"name": "b"}}})
    assert set(found.replacements) == {"random_id.a", "aws_secretsmanager_secret.a"}
    assert found.updates == {"terraform_data.name"}


def test_what_may_be_replaced_may_trigger_a_replacement() -> None:
    before = DATABASE | {"aws_kms_alias.a": {"name": "a", "lifecycle": {"replace_triggered_by": [CLUSTER]}}}
    found = changed(before, {CLUSTER: {"storage_encrypted": True}}).replacements
    assert found["aws_kms_alias.a"] == Replacement(because=(CLUSTER,), certain=False)


def test_what_is_only_now_made_triggers_nothing() -> None:
    before = {address: body for address, body in TRIGGERS.items() if address.startswith("aws_kms")}
    assert not changed(before, {"aws_sns_topic.a": {"name": "a"}}).replacements


def test_what_something_needs_that_is_made_first_is_made_first_too() -> None:
    before: Resources = {
        "aws_kms_key.a": {"multi_region": False},
        "aws_kms_alias.a": {"target_key_id": "${aws_kms_key.a.id}"},
        "aws_sns_topic.a": {
            "kms_master_key_id": "${aws_kms_key.a.arn}",
            "lifecycle": {"create_before_destroy": True},
        },
    }
    found = changed(before, {"aws_kms_key.a": {"multi_region": True}})
    assert found.replacements == {"aws_kms_key.a": Replacement(("multi_region",), create_before_destroy=True)}


LOOK_UP: Resources = {
    "data.aws_vpc.a": {"tags": {"Name": "a"}},
    "data.aws_subnets.a": {"filter": [{"name": "vpc-id", "values": ["${data.aws_vpc.a.id}"]}]},
    "aws_security_group.a": {"vpc_id": "${data.aws_vpc.a.id}"},
    "aws_db_subnet_group.a": {"subnet_ids": "${data.aws_subnets.a.ids}"},
}


def test_another_look_up_may_find_another_thing() -> None:
    found = changed(LOOK_UP, {"data.aws_vpc.a": {"tags": {"Name": "b"}}})
    assert found.replacements == {
        "aws_security_group.a": Replacement((), ("vpc_id",), ("data.aws_vpc.a",), certain=False)
    }
    assert found.possible_updates == {"aws_security_group.a", "aws_db_subnet_group.a"}


def test_a_look_up_that_waits_for_a_change_is_not_known() -> None:
    before = LOOK_UP | {"data.aws_vpc.a": {"depends_on": ["aws_iam_role.a"]}, "aws_iam_role.a": {"description": "a"}}
    assert not changed(before, {}).replacements
    found = changed(before, {"aws_iam_role.a": {"description": "b"}})
    assert found.replacements["aws_security_group.a"] == Replacement(("vpc_id",), because=("data.aws_vpc.a",))


def test_one_end_of_a_condition_may_be_known() -> None:
    condition = "${length(data.aws_vpc.a.ids) > 0 ? data.aws_vpc.a.id : aws_kms_key.a.arn}"
    before: Resources = {"aws_iam_role_policy.a": {"policy": condition}, "aws_kms_key.a": {"multi_region": False}}
    found = changed(before, {"aws_kms_key.a": {"multi_region": True}})
    assert found.possible_updates == {"aws_iam_role_policy.a"}


def test_instances_come_and_go_without_their_resource() -> None:
    before: Resources = {"aws_sns_topic_subscription.a": {"for_each": '${toset(["a"])}', "endpoint": "${each.value}"}}
    (address,) = before
    found = changed(before, {address: {"for_each": '${toset(["a", "b"])}'}})
    assert found == Consequences({}, frozenset(), frozenset(), frozenset({address}))


def test_a_name_in_a_text_is_no_reference() -> None:
    before: Resources = {
        "aws_kms_key.a": {"multi_region": False},
        "aws_security_group.a": {"description": 'Beside aws_kms_key.a.arn, and ${f("aws_kms_key.a.arn")}'},
    }
    assert set(changed(before, {"aws_kms_key.a": {"multi_region": True}}).replacements) == {"aws_kms_key.a"}
