"""Which change of an argument forces a replacement, by the table; tests/end_to_end/replacement/ asks the provider."""

from typing import Any

import pytest

from analysis.review.replacement import Forced, data_of, forcing, kept_when_removed, resource_types

FORCED = Forced(("name",))
KEY = "${aws_kms_key.aurora.arn}"
SUFFIX = "${random_id.suffix.hex}"

# Type, arguments before, arguments after, and the paths that force.
CHANGES: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, ...]]] = [
    ("aws_rds_cluster", {"engine_version": "16.8"}, {"engine_version": "17.7"}, ()),
    ("aws_rds_cluster", {"cluster_identifier": "a"}, {"cluster_identifier": "b"}, ("cluster_identifier",)),
    ("aws_rds_cluster", {"storage_encrypted": False}, {"storage_encrypted": True}, ("storage_encrypted",)),
    ("aws_rds_cluster", {"kms_key_id": KEY}, {}, ()),  # the cluster keeps it
    ("aws_rds_cluster", {}, {"engine_mode": "provisioned"}, ()),  # as by default
    ("aws_rds_cluster", {"engine_mode": "provisioned"}, {"engine_mode": "serverless"}, ("engine_mode",)),
    ("aws_rds_cluster", {"availability_zones": ["a", "b"]}, {"availability_zones": ["b", "a"]}, ()),
    ("aws_rds_cluster", {"availability_zones": ["a", "b"]}, {"availability_zones": ["a"]}, ("availability_zones",)),
    ("aws_rds_cluster", {"snapshot_identifier": "a"}, {}, ()),
    ("aws_rds_cluster", {}, {"snapshot_identifier": "a"}, ("snapshot_identifier",)),
    (
        "aws_rds_cluster",
        {"engine": "aurora-postgresql", "storage_type": "aurora"},
        {"engine": "aurora-postgresql", "storage_type": "aurora-iopt1"},
        (),
    ),
    (
        "aws_rds_cluster",
        {"engine": "postgres", "storage_type": "io1"},
        {"engine": "postgres", "storage_type": "io2"},
        ("storage_type",),
    ),
    (
        "aws_rds_cluster",
        {"restore_to_point_in_time": {"source_cluster_identifier": "a"}},
        {"restore_to_point_in_time": [{"source_cluster_identifier": "b"}]},
        ("restore_to_point_in_time", "restore_to_point_in_time.source_cluster_identifier"),
    ),
    ("aws_security_group", {"description": "a"}, {}, ("description",)),
    ("aws_security_group", {}, {"description": "Managed by Terraform"}, ()),
    ("aws_iam_role", {}, {"path": "/service/"}, ("path",)),
    ("aws_iam_role", {"path": "/service/"}, {}, ("path",)),
    ("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": "10.0.0.0/8"}, {"cidr_ipv4": "10.1.0.0/16"}, ()),
    (
        "aws_vpc_security_group_ingress_rule",
        {"cidr_ipv4": "10.0.0.0/8"},
        {"referenced_security_group_id": "sg-0"},
        ("cidr_ipv4", "referenced_security_group_id"),
    ),
    ("aws_secretsmanager_secret", {"name": f"a-{SUFFIX}"}, {"name": f"b-{SUFFIX}"}, ("name",)),
    ("aws_secretsmanager_secret_version", {"secret_string": "${f(random_password.a.result)}"}, {}, ("secret_string",)),
    ("aws_made_up", {"name": "a"}, {"name": "b"}, ()),
    ("aws_rds_cluster", {"region": "eu-west-1"}, {"region": "eu-central-1"}, ("region",)),
    ("random_id", {"region": "eu-west-1"}, {"region": "eu-central-1"}, ()),
    ("aws_db_proxy", {"endpoint_network_type": "IPV4"}, {"endpoint_network_type": "DUAL"}, ("endpoint_network_type",)),
]


@pytest.mark.parametrize(("before", "after"), [({}, {"region": "eu-west-1"}), ({"region": "eu-west-1"}, {})])
def test_a_region_that_is_not_said_may_be_the_same(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert forcing("aws_rds_cluster", before, after) == Forced((), ("region",))


@pytest.mark.parametrize(("type_", "before", "after", "paths"), CHANGES)
def test_what_a_change_forces(
    type_: str, before: dict[str, Any], after: dict[str, Any], paths: tuple[str, ...]
) -> None:
    assert forcing(type_, before, after).paths == paths


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, {"kms_key_id": KEY}, id="AWS may have given it"),
        pytest.param({"kms_key_id": KEY}, {"kms_key_id": "arn:aws:kms:us-east-1:123456789012:key/0"}, id="a literal"),
        pytest.param({"kms_key_id": KEY}, {"kms_key_id": "${aws_kms_key.other.arn}"}, id="another reference"),
        pytest.param({"kms_key_id": KEY}, {"kms_key_id": "${true ? null : aws_kms_key.aurora.arn}"}, id="a condition"),
    ],
)
def test_what_only_aws_knows_may_force(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert forcing("aws_rds_cluster", before, after) == Forced((), ("kms_key_id",))


def test_an_optional_argument_that_may_be_null_may_force() -> None:
    assert forcing("aws_iam_role_policy", {"role": "${var.a ? x : null}"}, {}) == Forced((), ("role",))


def test_a_value_that_is_known_after_the_apply_forces() -> None:
    same = {"kms_key_id": KEY}
    assert forcing("aws_rds_cluster", same, same, unknown=lambda value: value == KEY) == Forced(("kms_key_id",))
    assert forcing("aws_rds_cluster", same, same) == Forced()


@pytest.mark.parametrize("ignored", [["name"], "all", ["all"]])
def test_an_ignored_argument_never_forces(ignored: list[str] | str) -> None:
    assert forcing("aws_sns_topic", {"name": "a"}, {"name": "b"}, ignored=ignored) == Forced()


def test_another_argument_forces_though_one_is_ignored() -> None:
    assert forcing("aws_sns_topic", {"name": "a"}, {"name": "b"}, ignored=["policy"]) == FORCED


def test_policies_are_compared_part_by_part() -> None:
    policies = resource_types()["aws_iam_role_policy"]
    policy = '{"Action": "rds-data:*", "Resource": ["${aws_rds_cluster.a.arn}"]}'
    assert policies.difference("policy", policy, policy.replace(" ", "")) == "same"
    assert policies.difference("policy", policy, policy.replace("rds-data", "rds")) == "other"
    assert policies.difference("policy", policy, policy.replace("]", ', "*"]')) == "other"
    assert policies.difference("policy", policy, policy.replace("cluster.a", "cluster.b")) == "perhaps"


@pytest.mark.parametrize(
    "type_",
    [
        "aws_cloudwatch_log_group",
        "aws_kms_key",
        "aws_rds_cluster",
        "aws_rds_global_cluster",
        "aws_secretsmanager_secret",
        "aws_secretsmanager_secret_version",
        "random_password",
    ],
)
def test_what_holds_data(type_: str) -> None:
    assert data_of(type_)


def test_what_terraform_makes_again_as_it_was_holds_none() -> None:
    """The instances among it: an Aurora cluster has the data, and an instance has none of its own."""
    without = {type_ for type_ in resource_types() if data_of(type_) is None}
    assert len(without) == 33
    assert "aws_rds_cluster_instance" in without


def test_of_an_unknown_type_whatever_changes_may_force() -> None:
    assert forcing("aws_made_up", {"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == Forced((), ("b", "c"))
    assert forcing("aws_made_up", {"a": 1}, {"a": 1}) == Forced()
    assert forcing("aws_made_up", {"a": 1}, {"a": 2}, ignored=["a"]) == Forced()
    assert data_of("aws_made_up") is None
    assert kept_when_removed("aws_made_up") == frozenset()


def test_a_cluster_keeps_the_key_that_it_no_longer_names() -> None:
    assert "kms_key_id" in kept_when_removed("aws_rds_cluster")


def test_every_key_of_the_table_is_about_arguments_that_force() -> None:
    for type_, row in resource_types().items():
        assert row.forces >= row.unordered, type_
        assert row.forces >= set(row.when), type_
        assert row.source, type_
