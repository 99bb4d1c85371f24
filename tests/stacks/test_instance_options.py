"""What `[instances.each.<number>]`, `[instances.endpoints.<short name>]` and write forwarding make of the stack."""

from typing import Any

import pytest

from tests.stacks.test_options import stack_of, warnings_of
from tests.terraform_json import TerraformJson, blocks

CLASS = {"instance_class": "db.r7g.large"}


def instances(**keys: Any) -> dict[str, dict[str, Any]]:
    found = blocks(stack_of(instances={"readers": 1, **keys}))
    return {name: found[f"aws_rds_cluster_instance.{name}"] for name in ("aurora", "reader_1")}


@pytest.mark.parametrize("name", ["1", "shop-aurora-1"])
def test_an_instance_is_named_by_its_number_or_its_identifier(name: str) -> None:
    found = instances(each={name: {**CLASS, "promotion_tier": 15}})
    classes = {address: (one["instance_class"], one.get("promotion_tier")) for address, one in found.items()}
    assert classes == {"aurora": ("db.serverless", None), "reader_1": ("db.r7g.large", 15)}


def test_parameters_of_one_instance_are_beside_those_of_all() -> None:
    engine = {"version": "17.7", "instance_parameters": {"work_mem": "65536", "random_page_cost": "1.1"}}
    each = {"1": {"parameters": {"work_mem": "131072"}}}
    found = blocks(stack_of(engine=engine, instances={"readers": 1, "each": each}))
    given = {one["name"]: one["value"] for one in found["aws_db_parameter_group.aurora_1"]["parameter"]}
    assert given == {"work_mem": "131072", "random_page_cost": "1.1"}
    groups = [found[f"aws_rds_cluster_instance.{name}"]["db_parameter_group_name"] for name in ("aurora", "reader_1")]
    assert groups == ["${aws_db_parameter_group.aurora.name}", "${aws_db_parameter_group.aurora_1.name}"]


def test_a_provisioned_instance_keeps_the_cluster_awake_and_a_warning_says_so() -> None:
    keys: dict[str, Any] = {"capacity": {"minimum_acu": 0}, "instances": {"readers": 1, "each": {"1": CLASS}}}
    [warning] = [one for one in warnings_of(**keys) if "never pauses" in one]
    assert "one of its instances is not Serverless v2" in warning
    keys["instances"]["each"] = {"1": {"instance_class": "db.serverless"}}
    assert not [one for one in warnings_of(**keys) if "never pauses" in one]


def test_a_class_of_an_unknown_type_is_warned_of() -> None:
    assert [
        one for one in warnings_of(instances={"each": {"0": {"instance_class": "db.r99g.large"}}}) if "db.r99g" in one
    ]
    assert not [one for one in warnings_of(instances={"each": {"0": CLASS}}) if "db.r7g" in one]


def cost(document: TerraformJson) -> str:
    text: str = document["output"]["setup_instructions"]["value"]
    [line] = [line for line in text.splitlines() if line.startswith("Estimated cost")]
    return line


def test_the_cost_of_the_minimum_is_that_of_the_serverless_instances() -> None:
    both = cost(stack_of(instances={"readers": 1}))
    one = cost(stack_of(instances={"readers": 1, "each": {"1": CLASS}}))
    assert " * 2 * " in both
    assert " * 2 * " not in one
    assert "storage, I/O and provisioned instances not counted" in one
    assert "which the command cost estimates" in cost(stack_of(instances={"each": {"0": CLASS}}))


def test_custom_endpoints_name_the_instances_that_terraform_makes() -> None:
    endpoints = {"reports": {"static_members": ["1"]}, "all": {"type": "ANY", "excluded_members": ["shop-aurora-0"]}}
    document = stack_of(instances={"readers": 1, "endpoints": endpoints})
    found = blocks(document)
    assert found["aws_rds_cluster_endpoint.aurora_reports"]["static_members"] == [
        "${aws_rds_cluster_instance.reader_1.identifier}"
    ]
    assert found["aws_rds_cluster_endpoint.aurora_all"]["excluded_members"] == [
        "${aws_rds_cluster_instance.aurora.identifier}"
    ]
    assert document["output"]["custom_endpoints"]["value"] == {
        "reports": "${aws_rds_cluster_endpoint.aurora_reports.endpoint}",
        "all": "${aws_rds_cluster_endpoint.aurora_all.endpoint}",
    }
    assert "custom_endpoints" not in stack_of()["output"]


def test_local_write_forwarding_of_a_version_that_aws_does_not_name_is_warned_of() -> None:
    keys: dict[str, Any] = {"instances": {"readers": 1, "local_write_forwarding": True}}
    assert [one for one in warnings_of(**keys) if "local_write_forwarding" in one]
    keys["engine"] = {"version": "16.8"}
    assert not [one for one in warnings_of(**keys) if "local_write_forwarding" in one]
    assert [one for one in warnings_of(**keys, proxy={}) if "RDS Proxy" in one and "local_write" in one]


def test_a_proxy_has_a_read_only_endpoint_where_it_is_asked_for() -> None:
    document = stack_of(instances={"readers": 1}, proxy={"read_only_endpoint": True})
    endpoint = blocks(document)["aws_db_proxy_endpoint.read_only"]
    assert (endpoint["target_role"], endpoint["db_proxy_endpoint_name"]) == ("READ_ONLY", "shop-aurora-proxy-read-only")
    assert document["output"]["proxy_read_only_endpoint"]["value"] == "${aws_db_proxy_endpoint.read_only.endpoint}"
    assert "proxy_read_only_endpoint" not in stack_of(instances={"readers": 1}, proxy={})["output"]
