"""A plan of Terraform is told in the words of a review of stacks, and what happens is what Terraform says."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import FileError
from analysis.review.changes import Kind, ResourceChange
from analysis.review.finding import EffectKind
from analysis.review.json_report import document
from analysis.review.review import EnvironmentReview, Presence, review_of
from analysis.review.terraform_plan import plan_of, read_plan
from cli.reports.review import lines
from tests.analysis.review.stacks import allow, policy

CLUSTER, INSTANCE, TOPIC = "aws_rds_cluster.aurora", "aws_rds_cluster_instance.writer", "aws_sns_topic.alarms"
GROUP, RULE = "aws_security_group.aurora", "aws_vpc_security_group_ingress_rule.office"
ROLE_POLICY = "aws_iam_role_policy.worker"
CREATE, UPDATE, DELETE, KEEP = ["create"], ["update"], ["delete"], ["no-op"]
REPLACE = ["delete", "create"]


def change(
    address: str,
    actions: Sequence[str],
    before: Any,
    after: Any,
    *,
    unknown: Any = None,
    sensitive: Any = None,
    more: Any = None,
    **inner: Any,
) -> dict[str, Any]:
    """Return what Terraform says of one resource."""
    module, _, rest = address.rpartition("module.")
    path = f"module.{rest.partition('.')[0]}" if module or address.startswith("module.") else ""
    type_, _, name = (address.removeprefix(f"{path}.") if path else address).partition(".")
    marks = {"before_sensitive": sensitive or {}, "after_sensitive": sensitive or {}}
    body = {"actions": list(actions), "before": before, "after": after, "after_unknown": unknown or {}} | marks | inner
    found = {"address": address, "mode": "managed", "type": type_, "name": name.partition("[")[0], "change": body}
    return found | ({"module_address": path} if path else {}) | (more or {})


def given(value: Any, *references: str) -> dict[str, Any]:
    """Return an argument of a configuration in JSON, which is what CDKTF writes."""
    return {"constant_value": value} | ({"references": list(references)} if references else {})


def configured(**expressions: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"address": address, "mode": "managed", "type": address.split(".")[0], "name": address.split(".")[1]}
        | {"expressions": body}
        for address, body in expressions.items()
    ]


def plan(
    *changes: dict[str, Any], configuration: dict[str, dict[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    """Return a plan; of a resource without a configuration all arguments are constants."""
    written = {
        one["address"].partition("[")[0]: {name: given(value) for name, value in one["change"]["after"].items()}
        for one in changes
        if one["change"]["after"] is not None and "module_address" not in one
    } | (configuration or {})
    root = {"resources": configured(**written), "outputs": more.pop("output_configuration", {})}
    head = {"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {}, "variables": {}}
    provider = {"aws": {"name": "aws", "expressions": {"region": given("us-east-1")}}}
    return (
        head
        | {"resource_changes": list(changes), "configuration": {"root_module": root, "provider_config": provider}}
        | more
    )


def told(found: dict[str, Any]) -> EnvironmentReview:
    [environment] = review_of([plan_of(found, "production")], base="the state").environments
    return environment


def resources(found: dict[str, Any]) -> dict[str, ResourceChange]:
    return {one.address: one for one in told(found).resources}


@pytest.mark.parametrize(
    ("actions", "before", "after", "kind"),
    [
        (CREATE, None, {"name": "a"}, Kind.ADDED),
        (DELETE, {"name": "a"}, None, Kind.DESTROYED),
        (UPDATE, {"name": "a", "display_name": "b"}, {"name": "a", "display_name": "c"}, Kind.CHANGED),
        (REPLACE, {"name": "a"}, {"name": "b"}, Kind.REPLACED),
        (["create", "delete"], {"name": "a"}, {"name": "b"}, Kind.REPLACED),
        (["forget"], {"name": "a"}, None, Kind.FORGOTTEN),
    ],
)
def test_what_happens_is_what_terraform_says(actions: list[str], before: Any, after: Any, kind: Kind) -> None:
    kept = change(CLUSTER, KEEP, {"engine": "x"}, {"engine": "x"})
    paths = {"replace_paths": [["name"]]} if kind is Kind.REPLACED else {}
    found = resources(plan(kept, change(TOPIC, actions, before, after, **paths)))
    assert {address: one.kind for address, one in found.items()} == {TOPIC: kind}
    if kind is Kind.REPLACED:
        replacement = found[TOPIC].replacement
        assert replacement is not None
        assert (replacement.paths, replacement.create_before_destroy) == (("name",), actions[0] == "create")


def test_what_the_table_would_replace_and_terraform_does_not_is_changed() -> None:
    """A plan is the truth: another version of the provider may know better."""
    found = resources(plan(change(TOPIC, UPDATE, {"name": "a"}, {"name": "b"})))
    assert found[TOPIC].kind is Kind.CHANGED


def test_nothing_that_happens_is_an_environment_without_a_change() -> None:
    found = review_of([plan_of(plan(change(TOPIC, KEEP, {"name": "a"}, {"name": "a"})), "dev")], base="the state")
    assert (found.environments, found.unchanged) == ((), ("dev",))


def test_a_plan_over_an_empty_state_is_a_new_environment_and_one_that_destroys_all_costs_nothing_more() -> None:
    key = {"aws_kms_key.k": {"description": "k"}}
    made = told(plan(*(change(address, CREATE, None, body) for address, body in key.items())))
    gone = told(plan(*(change(address, DELETE, body, None) for address, body in key.items())))
    assert made.presence is Presence.ADDED
    assert gone.presence is Presence.CHANGED
    assert made.cost is not None
    assert gone.cost is not None
    assert made.cost.typical_increase > 0
    assert gone.cost.typical_increase == -made.cost.typical_increase


def replaced_cluster() -> dict[str, Any]:
    """Return the plan of a cluster that is replaced, and of what names it."""
    arn = "arn:aws:rds:us-east-1:123456789012:cluster:shop"
    grants = policy(allow("rds-data:ExecuteStatement", on="${aws_rds_cluster.aurora.arn}"))
    return plan(
        change(
            CLUSTER,
            REPLACE,
            {
                "cluster_identifier": "shop",
                "database_name": "a",
                "id": "shop",
                "arn": arn,
                "endpoint": "shop.cluster-x",
            },
            {"cluster_identifier": "shop", "database_name": "b"},
            unknown={"id": True, "arn": True, "endpoint": True},
            replace_paths=[["database_name"]],
        ),
        change(
            INSTANCE,
            REPLACE,
            {"identifier": "shop-0", "cluster_identifier": "shop", "dbi_resource_id": "db-A"},
            {"identifier": "shop-0"},
            unknown={"cluster_identifier": True, "dbi_resource_id": True},
            replace_paths=[["cluster_identifier"]],
            more={"action_reason": "replace_because_cannot_update"},
        ),
        change(
            ROLE_POLICY,
            UPDATE,
            {"policy": policy(allow("rds-data:ExecuteStatement", on=arn))},
            {},
            unknown={"policy": True},
        ),
        configuration={
            INSTANCE: {
                "identifier": given("shop-0"),
                "cluster_identifier": given("${aws_rds_cluster.aurora.id}", "aws_rds_cluster.aurora.id", CLUSTER),
            },
            ROLE_POLICY: {"policy": given(grants, "aws_rds_cluster.aurora.arn", CLUSTER)},
        },
        output_changes={
            "endpoint": {"actions": ["update"], "before": "shop.cluster-x", "after": None, "after_unknown": True},
        },
        output_configuration={
            "endpoint": {"expression": given("${aws_rds_cluster.aurora.endpoint}", f"{CLUSTER}.endpoint")}
        },
    )


def test_what_is_not_known_yet_is_told_with_the_resource_that_it_comes_from() -> None:
    found = resources(replaced_cluster())
    [cluster] = found[CLUSTER].arguments
    assert (cluster.path, cluster.before, cluster.after) == ("database_name", "a", "b")
    assert found[CLUSTER].loses_data
    for address, path in ((INSTANCE, "cluster_identifier"), (ROLE_POLICY, "policy")):
        [argument] = found[address].arguments
        assert (argument.path, argument.follows) == (path, CLUSTER)
    instance = found[INSTANCE].replacement
    assert instance is not None
    assert (instance.paths, instance.because) == (("cluster_identifier",), (CLUSTER,))
    environment = told(replaced_cluster())
    assert (environment.settings, environment.findings) == ((), ())


def test_a_configuration_in_hcl_says_which_references_an_argument_has() -> None:
    written = replaced_cluster()
    for block in written["configuration"]["root_module"]["resources"]:
        for expression in block["expressions"].values():
            if "references" in expression:
                del expression["constant_value"]
    found = resources(written)
    assert [(one.path, one.follows) for one in found[INSTANCE].arguments] == [("cluster_identifier", CLUSTER)]
    assert [(one.path, one.follows) for one in found[ROLE_POLICY].arguments] == [("policy", CLUSTER)]


def test_a_rule_that_goes_locks_out_whom_it_let_in() -> None:
    ports = {"from_port": 5432, "to_port": 5432, "ip_protocol": "tcp", "security_group_id": "sg-0123456789abcdef0"}
    inline = [{"from_port": 5432, "to_port": 5432, "protocol": "tcp", "cidr_blocks": ["10.1.0.0/16"]}]
    # The state has all rules of a group in the group, too: nobody wrote them there.
    group = {"id": "sg-0123456789abcdef0", "name": "g", "ingress": inline}
    environment = told(
        plan(
            change(GROUP, KEEP, group, group),
            change(RULE, DELETE, ports | {"cidr_ipv4": "10.1.0.0/16"}, None),
            configuration={GROUP: {"name": given("g")}},
        )
    )
    [effect] = environment.effects
    assert (effect.kind, effect.address) == (EffectKind.LOCK_OUT, GROUP)
    assert effect.what == "10.1.0.0/16 may no longer connect to port 5432/tcp"


def test_a_policy_that_goes_with_its_role_locks_nobody_out() -> None:
    role = "aws_iam_role.worker"
    gone = {"role": "worker", "policy": policy(allow("s3:GetObject"))}
    environment = told(
        plan(change(role, DELETE, {"id": "worker", "name": "worker"}, None), change(ROLE_POLICY, DELETE, gone, None))
    )
    assert environment.effects == ()


def test_what_the_provider_fills_in_is_no_change() -> None:
    before = {"name": "a", "display_name": "", "policy": "{}", "owner": "1", "fifo": None, "tags_all": {"a": "b"}}
    after = {"name": "b", "display_name": None}
    written = plan(
        change(TOPIC, REPLACE, before, after, unknown={"policy": True, "owner": True}, replace_paths=[["name"]]),
        configuration={TOPIC: {"name": given("b")}},
    )
    assert [one.path for one in resources(written)[TOPIC].arguments] == ["name"]


def test_an_argument_that_is_taken_out_is_told_where_it_changes() -> None:
    written = plan(
        change(TOPIC, UPDATE, {"name": "a", "display_name": "b"}, {"name": "a", "display_name": ""}),
        configuration={TOPIC: {"name": given("a")}},
    )
    [argument] = resources(written)[TOPIC].arguments
    assert (argument.path, argument.before, argument.after) == ("display_name", "b", None)


@pytest.mark.parametrize(
    ("sensitive", "argument"),
    [
        ({"kms_master_key_id": True}, "kms_master_key_id"),
        (True, "display_name"),
        ({"delivery_policy": True}, "delivery_policy"),
    ],
)
def test_what_terraform_calls_sensitive_is_never_told(sensitive: Any, argument: str) -> None:
    written = plan(
        change(TOPIC, UPDATE, {argument: "hunter2-before"}, {argument: "hunter2-after"}, sensitive=sensitive),
        change(CLUSTER, UPDATE, {"engine": "x"}, {"engine": "like hunter2-after"}),
    )
    text = json.dumps(document(review_of([plan_of(written, "dev")], base="the state")), default=str)
    assert "hunter2" not in text
    [changed] = resources(written)[TOPIC].arguments
    assert changed.is_secret


def test_an_output_and_a_variable_that_are_sensitive_are_not_told() -> None:
    written = plan(
        change(TOPIC, UPDATE, {"display_name": "a"}, {"display_name": "hunter2-x"}),
        variables={"password": {"value": "hunter2-x"}},
        output_changes={
            "secret": {
                "actions": ["update"],
                "before": "hunter2-y",
                "after": "hunter2-z",
                "after_unknown": False,
                "before_sensitive": True,
                "after_sensitive": True,
            }
        },
    )
    written["configuration"]["root_module"]["variables"] = {"password": {"sensitive": True}}
    text = json.dumps(document(review_of([plan_of(written, "dev")], base="the state")), default=str)
    assert "hunter2" not in text
    assert "output.secret.value" in text


def test_an_output_that_is_another_comes_or_goes_is_told() -> None:
    outputs = {
        "a": {"actions": ["update"], "before": "1x", "after": "2x", "after_unknown": False},
        "b": {"actions": ["create"], "before": None, "after": "3x", "after_unknown": False},
        "c": {"actions": ["delete"], "before": "4x", "after": None, "after_unknown": False},
        "d": {"actions": ["no-op"], "before": "5x", "after": "5x", "after_unknown": False},
    }
    found = told(plan(change(TOPIC, UPDATE, {"name": "a"}, {"name": "b"}), output_changes=outputs))
    assert [(one.path, one.before, one.after) for one in found.settings] == [
        ("output.a.value", "1x", "2x"),
        ("output.c", '{"value": "4x", "sensitive": false}', None),
        ("output.b", None, '{"value": "3x", "sensitive": false}'),
    ]


def test_what_moved_is_kept() -> None:
    moved = change(
        "aws_sns_topic.new", KEEP, {"name": "a"}, {"name": "a"}, more={"previous_address": "aws_sns_topic.old"}
    )
    [found] = resources(plan(moved)).values()
    assert (found.kind, found.address, found.former_address) == (Kind.MOVED, "aws_sns_topic.new", "aws_sns_topic.old")


def test_what_is_imported_is_not_made() -> None:
    [found] = resources(plan(change(TOPIC, KEEP, {"name": "a"}, {"name": "a"}, importing={"id": "a"}))).values()
    assert found.kind is Kind.IMPORTED


@pytest.mark.parametrize(
    ("actions", "reason", "words"),
    [
        (REPLACE, "replace_because_tainted", "Terraform calls it tainted"),
        (REPLACE, "replace_by_request", "its replacement was asked for"),
        (DELETE, "delete_because_count_index", "its count is lower"),
    ],
)
def test_why_terraform_does_it_is_told(actions: list[str], reason: str, words: str) -> None:
    after = None if actions == DELETE else {"name": "a"}
    written = plan(change(TOPIC, actions, {"name": "a"}, after, more={"action_reason": reason}))
    assert any(note.startswith(words) for note in resources(written)[TOPIC].notes)


def test_instances_and_modules_have_their_addresses() -> None:
    within = "module.database.aws_rds_cluster.this[0]"
    each = 'aws_sns_topic.each["a.b"]'
    written = plan(
        change(within, UPDATE, {"engine_version": "16.8"}, {"engine_version": "16.9"}),
        change(each, UPDATE, {"display_name": "a"}, {"display_name": "b"}),
    )
    block = configured(**{"aws_rds_cluster.this": {"engine_version": given("16.9")}})
    written["configuration"]["root_module"]["module_calls"] = {"database": {"module": {"resources": block}}}
    environment = told(written)
    assert {one.address for one in environment.resources} == {within, each}
    assert any(effect.address == within for effect in environment.effects)


def test_names_that_are_others_are_told_once() -> None:
    topics = [
        change(f"aws_sns_topic.t{number}", REPLACE, {"name": f"shop-{number}"}, {"name": f"orders-{number}"})
        | {"action_reason": "replace_because_cannot_update"}
        for number in range(4)
    ]
    for topic in topics:
        topic["change"]["replace_paths"] = [["name"]]
    text = "\n".join(line.plain for line in lines(review_of([plan_of(plan(*topics), "dev")], base="x"), 80))
    assert "  name      shop → orders in 4 places\n  replaced  4 more because of that\n" in text


def test_the_account_itself_is_known_by_its_number() -> None:
    statement = allow("kms:Decrypt", on="*", Principal={"AWS": "arn:aws:iam::123456789012:root"})
    caller = {"type": "aws_caller_identity", "name": "current", "values": {"account_id": "123456789012"}}
    written = plan(
        change("aws_kms_key.k", CREATE, None, {"policy": policy(statement)}),
        prior_state={"values": {"root_module": {"resources": [caller]}}},
    )
    [finding] = told(written).findings
    assert finding.why == "roles of the account reach the key, if IAM lets them"


WRONG = {
    "": "is not a plan",
    "[]": "is not a plan",
    "{}": "is not a plan: write it by terraform show -json PLAN > FILE",
    '{"values": {}, "format_version": "1.0"}': "is not a plan: write it by",
    json.dumps(plan() | {"format_version": "2.0"}): "is a plan in the format 2.0, of which only 1.x is known here",
    json.dumps(plan() | {"errored": True}): "is a plan that ended with an error",
    json.dumps(plan() | {"resource_changes": [{"mode": "managed"}]}): "is not a plan: KeyError",
    json.dumps(plan() | {"resource_changes": ["x"]}): "is not a plan: AttributeError",
    "PK\x03\x04": "is a plan that Terraform alone reads: terraform show -json",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_plan_is_refused_in_a_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(FileError) as caught:
        read_plan(path, "dev")
    assert WRONG[text] in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
