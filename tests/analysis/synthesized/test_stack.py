import json
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import AnalysisError
from analysis.synthesized.stack import SynthesizedStack, read_stack, read_stacks

DOCUMENT: dict[str, Any] = {
    "variable": {"aws_region": {"type": "string"}, "min_capacity": {"default": 0}},
    "locals": {
        "arn": "${length(aws_rds_cluster.aurora.master_user_secret) > 0 ? 1 : data.aws_rds_cluster.aurora.id}",
        "count": "${var.min_capacity + 2}",
    },
    "data": {"aws_vpc": {"default": {"default": True}}},
    "ephemeral": {"aws_secretsmanager_random_password": {"password": {"password_length": 32}}},
    "resource": {
        "aws_rds_cluster": {
            "aurora": {
                "//": {"metadata": {"path": "dev/cluster/cluster", "uniqueId": "aurora"}},
                "lifecycle": {"prevent_destroy": True},
                "depends_on": ["aws_cloudwatch_log_group.postgresql"],
                "serverlessv2_scaling_configuration": {
                    "min_capacity": "${var.min_capacity}",
                    "seconds_until_auto_pause": "${(var.min_capacity < 0.5) ? 300 : null}",
                },
                "secret": "${local.arn}",
                "note": "see ${local.arn}",
                "number": "${local.count}",
                "region": "${var.aws_region}",
            }
        },
        "aws_rds_cluster_instance": {"b": {}, "a": {"cluster_identifier": "${aws_rds_cluster.aurora.id}"}},
    },
    "moved": [{"from": "${aws_kms_key.old}", "to": "aws_kms_key.new"}],
}


@pytest.fixture
def stack() -> SynthesizedStack:
    return SynthesizedStack("dev", DOCUMENT)


def test_blocks_have_terraforms_addresses(stack: SynthesizedStack) -> None:
    assert set(stack.blocks) == {
        "aws_rds_cluster.aurora",
        "aws_rds_cluster_instance.a",
        "aws_rds_cluster_instance.b",
        "data.aws_vpc.default",
        "ephemeral.aws_secretsmanager_random_password.password",
    }
    assert set(stack.resources) == {address for address in stack.blocks if address.startswith("aws_")}


def test_arguments_have_the_defaults_of_the_variables(stack: SynthesizedStack) -> None:
    cluster = stack.resources["aws_rds_cluster.aurora"]
    assert cluster.get("serverlessv2_scaling_configuration", "min_capacity") == 0
    assert cluster.get("serverlessv2_scaling_configuration", "seconds_until_auto_pause") == 300
    assert cluster.get("number") == 2


def test_a_variable_without_a_default_stays_an_expression(stack: SynthesizedStack) -> None:
    assert stack.region is None
    assert stack.resources["aws_rds_cluster.aurora"].get("region") == "${var.aws_region}"
    assert stack.variables == {"min_capacity": 0}


def test_a_local_becomes_what_it_means(stack: SynthesizedStack) -> None:
    cluster = stack.resources["aws_rds_cluster.aurora"]
    assert cluster.get("secret") == DOCUMENT["locals"]["arn"]
    assert cluster.get("note") == "see " + DOCUMENT["locals"]["arn"]
    assert cluster.references == {"aws_rds_cluster.aurora", "data.aws_rds_cluster.aurora"}


def test_what_is_terraforms_is_no_argument(stack: SynthesizedStack) -> None:
    cluster = stack.resources["aws_rds_cluster.aurora"]
    assert not {"//", "lifecycle", "depends_on"} & set(cluster.arguments)
    assert cluster.lifecycle == {"prevent_destroy": True}
    assert cluster.depends_on == ("aws_cloudwatch_log_group.postgresql",)
    assert cluster.construct_path == "dev/cluster/cluster"


def test_blocks_of_a_type_are_sorted_by_name(stack: SynthesizedStack) -> None:
    assert [block.name for block in stack.of_type("aws_rds_cluster_instance")] == ["a", "b"]
    assert stack.one("aws_vpc", "data") is stack.blocks["data.aws_vpc.default"]
    assert stack.one("aws_vpc") is None


def test_moved_blocks_are_read(stack: SynthesizedStack) -> None:
    assert stack.moved == {"aws_kms_key.old": "aws_kms_key.new"}


def test_a_list_of_one_block_is_looked_into_and_a_missing_path_is_the_default() -> None:
    document = {"resource": {"aws_x": {"y": {"rule": [{"port": 5432}], "rules": [{"port": 1}, {"port": 2}]}}}}
    block = SynthesizedStack("dev", document).resources["aws_x.y"]
    assert block.get("rule", "port") == 5432
    assert block.get("rules", "port") is None
    assert block.get("nothing", "port", default=7) == 7


def test_what_the_program_writes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "stacks" / "dev" / "cdk.tf.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(DOCUMENT))
    assert read_stacks(tmp_path)["dev"].document == DOCUMENT


@pytest.mark.parametrize("text", ["{", "[]", '{"resource": []}', ""])
def test_what_is_no_stack_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "cdk.tf.json"
    path.write_text(text)
    with pytest.raises(AnalysisError, match="is not a synthesized stack"):
        read_stack(path)


def test_a_folder_without_stacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="has no synthesized stack"):
        read_stacks(tmp_path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="cannot be read: No such file or directory"):
        read_stack(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    ("provider", "region"),
    [
        ({"region": "eu-west-1"}, "eu-west-1"),
        ([{"region": "us-east-1", "alias": "global"}, {"region": "eu-west-1"}], "eu-west-1"),
        ([{"region": "${var.where}"}], "eu-central-1"),
        ([{"region": "${data.aws_region.current.name}"}], None),
        ([{}], None),
        ("aws", None),
    ],
    ids=str,
)
def test_a_provider_may_name_the_region(provider: object, region: str | None) -> None:
    document = {"provider": {"aws": provider}, "variable": {"where": {"default": "eu-central-1"}}}
    assert SynthesizedStack("other", document).region == region
