from typing import Any

import pytest
from constructs import Construct

from aurora_serverless.parameter_groups import ParameterGroups
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone

CLUSTER_GROUP = "aws_rds_cluster_parameter_group"
INSTANCE_GROUP = "aws_db_parameter_group"


def groups(scope: Construct, id_: str = "parameters", **arguments: Any) -> ParameterGroups:
    return ParameterGroups(scope, id_, **{"name_prefix": "shop", "major_version": 16, **arguments})


def synthesized(**arguments: Any) -> TerraformJson:
    return synthesize_alone(lambda stack: groups(stack, **arguments))


def cluster_parameters(**arguments: Any) -> dict[str, str]:
    parameters = only(synthesized(**arguments), CLUSTER_GROUP).get("parameter", [])
    return {parameter["name"]: parameter["value"] for parameter in parameters}


def apply_method(name: str, value: str, major_version: int = 16) -> str:
    (parameter,) = only(synthesized(cluster_parameters={name: value}, major_version=major_version), CLUSTER_GROUP)[
        "parameter"
    ]
    method: str = parameter["apply_method"]
    return method


def test_the_addresses_are_fixed() -> None:
    document = synthesized(instance_parameters={"work_mem": "65536"}, fixed_addresses=True)
    assert set(blocks(document)) == {f"{CLUSTER_GROUP}.aurora", f"{INSTANCE_GROUP}.aurora"}


def test_a_group_outlives_the_one_before_it() -> None:
    document = synthesized(instance_parameters={"work_mem": "65536"}, tags={"Project": "shop"})
    for type_ in (CLUSTER_GROUP, INSTANCE_GROUP):
        found = only(document, type_)
        assert found["name_prefix"] == "shop-"
        assert found["family"] == "aurora-postgresql16"
        assert found["lifecycle"] == {"create_before_destroy": True}
        assert found["tags"] == {"Project": "shop"}
        assert "name" not in found


def test_the_family_follows_the_major_version() -> None:
    assert only(synthesized(major_version=17), CLUSTER_GROUP)["family"] == "aurora-postgresql17"


def test_the_cluster_has_a_group_without_parameters_and_the_instances_have_none() -> None:
    document = synthesized()
    assert only(document, CLUSTER_GROUP).get("parameter", []) == []
    assert INSTANCE_GROUP not in document["resource"]


def test_the_names_are_those_of_the_groups() -> None:
    found = []
    synthesize_alone(lambda stack: found.append(groups(stack, instance_parameters={"work_mem": "64"})))
    assert found[0].cluster_parameter_group_name
    assert found[0].instance_parameter_group_name is not None
    synthesize_alone(lambda stack: found.append(groups(stack)))
    assert found[1].instance_parameter_group_name is None


def test_parameters_are_sorted_by_name() -> None:
    given = {"work_mem": "65536", "log_statement": "ddl", "rds.force_ssl": "1"}
    found = only(
        synthesized(cluster_parameters=given, instance_parameters={"work_mem": "64", "jit": "0"}), CLUSTER_GROUP
    )
    assert [parameter["name"] for parameter in found["parameter"]] == ["log_statement", "rds.force_ssl", "work_mem"]


def test_the_instances_have_their_own_parameters() -> None:
    found = only(synthesized(instance_parameters={"work_mem": "65536"}), INSTANCE_GROUP)
    assert found["parameter"] == [{"name": "work_mem", "value": "65536", "apply_method": "immediate"}]


@pytest.mark.parametrize(
    ("name", "value"), [("log_min_duration_statement", "1"), ("log_statement", "ddl"), ("statement_timeout", "1")]
)
def test_a_dynamic_parameter_changes_at_once(name: str, value: str) -> None:
    assert apply_method(name, value) == "immediate"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shared_preload_libraries", "pg_stat_statements"),
        ("rds.logical_replication", "1"),
        ("track_activity_query_size", "100"),
        ("max_connections", "100"),
        ("rds.unheard_of", "1"),
    ],
)
def test_static_and_unknown_parameters_wait_for_a_reboot(name: str, value: str) -> None:
    assert apply_method(name, value) == "pending-reboot"


def test_a_value_that_only_terraform_knows_is_not_checked() -> None:
    assert cluster_parameters(cluster_parameters={"work_mem": "${var.work_mem}"}) == {"work_mem": "${var.work_mem}"}


@pytest.mark.parametrize(
    ("value", "major_version", "method"),
    [("1", 16, "immediate"), ("0", 16, "pending-reboot"), ("1", 17, "pending-reboot"), ("0", 17, "immediate")],
)
def test_aws_own_value_is_never_immediate_or_every_plan_would_change_it(
    value: str, major_version: int, method: str
) -> None:
    assert apply_method("rds.force_ssl", value, major_version) == method


def test_pgaudit_is_loaded_beside_what_aws_loads() -> None:
    assert cluster_parameters(pgaudit=True) == {
        "pgaudit.log": "ddl,role",
        "pgaudit.role": "rds_pgaudit",
        "shared_preload_libraries": "pg_stat_statements,pgaudit",
    }


@pytest.mark.parametrize(
    ("given", "loaded"),
    [
        ("auto_explain,pg_stat_statements", "auto_explain,pg_stat_statements,pgaudit"),
        ("auto_explain, pg_cron", "auto_explain,pg_cron,pgaudit"),
        ("pgaudit,pg_cron", "pgaudit,pg_cron"),
    ],
)
def test_pgaudit_keeps_the_libraries_that_are_given(given: str, loaded: str) -> None:
    found = cluster_parameters(pgaudit=True, cluster_parameters={"shared_preload_libraries": given})
    assert found["shared_preload_libraries"] == loaded


def test_pgaudit_logs_what_is_given() -> None:
    found = cluster_parameters(pgaudit=True, cluster_parameters={"pgaudit.log": "all,-read"})
    assert found["pgaudit.log"] == "all,-read"


def test_pgaudit_can_be_set_up_by_hand() -> None:
    given = {"shared_preload_libraries": "pgaudit", "pgaudit.log": "write"}
    assert cluster_parameters(cluster_parameters=given) == given


def test_slow_and_changing_statements_are_logged() -> None:
    assert cluster_parameters(log_statement="ddl", log_min_duration_milliseconds=1000) == {
        "log_min_duration_statement": "1000",
        "log_statement": "ddl",
    }


def test_an_option_and_a_parameter_may_agree() -> None:
    found = cluster_parameters(log_statement="ddl", cluster_parameters={"log_statement": "ddl"})
    assert found == {"log_statement": "ddl"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"name_prefix": "Shop"}, "name_prefix"),
        ({"name_prefix": "shop-"}, "name_prefix"),
        ({"name_prefix": "shop--db"}, "name_prefix"),
        ({"name_prefix": "1shop"}, "name_prefix"),
        ({"name_prefix": "s" * 229}, "name_prefix"),
        ({"major_version": 12}, "major_version"),
        ({"cluster_parameters": {"Log_Statement": "ddl"}}, "Log_Statement"),
        ({"cluster_parameters": {"": "1"}}, '""'),
        ({"cluster_parameters": {"work mem": "1"}}, "work mem"),
        ({"cluster_parameters": {"a.b.c": "1"}}, "a.b.c"),
        ({"cluster_parameters": {"work_mem": ""}}, "work_mem"),
        ({"cluster_parameters": {"work_mem": "1\n2"}}, "work_mem"),
        ({"cluster_parameters": {"search_path": "x" * 4097}}, "search_path"),
        ({"cluster_parameters": {"port": "5433"}}, "port"),
        ({"cluster_parameters": {"data_directory": "/tmp"}}, "data_directory"),  # noqa: S108
        ({"instance_parameters": {"rds.force_ssl": "1"}}, "rds.force_ssl"),
        ({"instance_parameters": {"rds.logical_replication": "1"}}, "rds.logical_replication"),
        ({"instance_parameters": {"listen_addresses": "*"}}, "listen_addresses"),
        ({"instance_parameters": {"work_mem": ""}}, "work_mem"),
        ({"cluster_parameters": {"pgaudit.log": "ddl"}}, "pgaudit.log"),
        ({"pgaudit": True, "cluster_parameters": {"pgaudit.log": "everything"}}, "pgaudit.log"),
        ({"pgaudit": True, "cluster_parameters": {"pgaudit.role": "auditor"}}, "pgaudit.role"),
        ({"log_statement": "some"}, "log_statement"),
        ({"log_statement": "ddl", "cluster_parameters": {"log_statement": "all"}}, "log_statement"),
        ({"log_min_duration_milliseconds": -2}, "log_min_duration_milliseconds"),
        (
            {"log_min_duration_milliseconds": 500, "cluster_parameters": {"log_min_duration_statement": "1"}},
            "log_min_duration_statement",
        ),
    ],
)
def test_what_cannot_work_is_refused(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        synthesized(**arguments)
    assert refusal.value.argument == named
