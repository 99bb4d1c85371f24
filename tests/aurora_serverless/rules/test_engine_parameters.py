from dataclasses import replace

import pytest

from aurora_serverless.facts.engine_parameters import EngineParameter, engine_parameters, is_on, parameter_in
from aurora_serverless.facts.engine_versions import engine_majors
from aurora_serverless.facts.table import FactError, as_csv, parse_facts
from aurora_serverless.rules.engine_parameters import check_parameter_value, find_parameter, is_formula
from aurora_serverless.rules.violation import RuleViolation

ROWS = [row for rows in engine_parameters().values() for row in rows]
INTEGER = EngineParameter(
    name="a",
    change="dynamic",
    type="integer",
    allowed="0-2147483647",
    source="a page",
    seen="2026-10",
    certainty="aws page",
)


def test_every_row_says_what_it_must() -> None:
    assert {row.change for row in ROWS} == {"static", "dynamic", "immediate", "fixed", "absent"}
    assert {row.level for row in ROWS} == {"", "cluster"}
    assert {row.type for row in ROWS} == {"boolean", "integer", "float", "string", "word", "list"}
    for row in ROWS:
        if row.type in {"integer", "float"}:
            lowest, highest = row.range
            assert lowest <= highest, row.name
        assert bool(row.words) == (bool(row.allowed)), row.name
        assert any(row.is_in(major) for major in engine_majors()), row.name


def test_what_aurora_serverless_makes_of_a_value_is_in_the_file() -> None:
    def names(serverless: str) -> set[str]:
        return {row.name for row in ROWS if row.serverless == serverless}

    assert names("ignored") == {"shared_buffers"}
    assert names("derived") == {
        *("autovacuum_max_workers", "autovacuum_vacuum_cost_limit", "autovacuum_work_mem", "effective_cache_size"),
        *("maintenance_work_mem", "max_connections"),
    }


def test_a_row_says_of_aurora_serverless_what_the_rules_know() -> None:
    row = replace(INTEGER, serverless="refused")
    with pytest.raises(FactError, match=r"x:2: serverless refused is not ignored or derived"):
        parse_facts(as_csv(EngineParameter, [row]), "x", EngineParameter)


def test_a_parameter_that_no_group_of_instances_has_is_of_the_cluster() -> None:
    assert {row.level for row in ROWS if row.name in {"autovacuum_naptime", "vacuum_freeze_min_age", "datestyle"}} == {
        "cluster"
    }
    assert {row.level for row in ROWS if row.name in {"work_mem", "max_connections", "transform_null_equals"}} == {""}


def test_a_name_has_one_row_in_a_major_version() -> None:
    for name, rows in engine_parameters().items():
        for major in engine_majors():
            assert sum(row.is_in(major) for row in rows) <= 1, (name, major)


def test_a_default_is_a_value_that_the_parameter_takes_and_a_successor_is_a_parameter() -> None:
    for row in ROWS:
        if row.default:
            check_parameter_value(row, row.default)
            assert row.is_default(row.default)
        if row.successor:
            assert row.successor in engine_parameters()


@pytest.mark.parametrize(
    "value",
    [
        "{DBInstanceClassMemory}",
        "{DBInstanceClassMemory*3/4}",
        "{ DBInstanceClassMemory / 9531392 }",
        "IF({TrueIfReplica}, 100, 0)",
        "GREATEST(LEAST({DBInstanceVCPU*2},64),8)",
    ],
)
def test_a_formula_of_aws_s_is_one(value: str) -> None:
    assert is_formula(value)


@pytest.mark.parametrize(
    "value", ["", "1", "{}", "{Memory}", "MAX({DBInstanceVCPU},1)", "GREATEST({DBInstanceVCPU},)", "{DBInstanceVCPU+1}"]
)
def test_nothing_else_is_a_formula(value: str) -> None:
    assert not is_formula(value)


@pytest.mark.parametrize(("value", "on"), [("1", True), ("ON", True), ("true", True), ("0", False), ("off", False)])
def test_a_switch_is_on_or_off(value: str, on: bool) -> None:
    assert is_on(value) is on


@pytest.mark.parametrize(
    ("unit", "value", "told"),
    [
        ("kB", "1GB", 'write "1048576"'),
        ("8kB", "64MB", 'write "8192"'),
        ("ms", "5s", 'write "5000"'),
        ("min", "1d", 'write "1440"'),
        ("ms", "1GB", 'write "0"'),
        ("", "1GB", 'write "0"'),
    ],
)
def test_a_number_with_a_unit_is_told_without_it(unit: str, value: str, told: str) -> None:
    parameter = replace(INTEGER, unit=unit)
    with pytest.raises(RuleViolation, match=told):
        check_parameter_value(parameter, value)


@pytest.mark.parametrize("name", ["work_mem", "rds.force_ssl", "cron.timezone"])
def test_a_parameter_is_found_in_every_major_version(name: str) -> None:
    assert all(find_parameter(name, "1", major) is not None for major in engine_majors())


def test_one_that_changed_its_type_is_found_by_the_version() -> None:
    of_17, of_18 = (find_parameter("log_connections", "1", major) for major in (17, 18))
    assert of_17 is not None
    assert of_18 is not None
    assert (of_17.type, of_18.type) == ("boolean", "list")


@pytest.mark.parametrize(
    ("name", "major", "message"),
    [
        ("io_method", 18, "is a PostgreSQL parameter that Aurora PostgreSQL does not have; leave it out"),
        ("io_workers", 18, "is a PostgreSQL parameter that Aurora PostgreSQL does not have; leave it out"),
        ("io_method", 17, "is a PostgreSQL parameter that Aurora PostgreSQL does not have; leave it out"),
        ("io_workers", None, "is a PostgreSQL parameter that Aurora PostgreSQL does not have; leave it out"),
        ("ssl_ecdh_curve", 18, "has no such parameter, only 17 and older; write ssl_groups, its name there"),
        ("ssl_groups", 17, "has no such parameter, only 18 and newer; write ssl_ecdh_curve, its name there"),
        ("force_parallel_mode", 17, "only 15 and older; write debug_parallel_query, its name there"),
        ("debug_parallel_query", 15, "only 16 and newer; write force_parallel_mode, its name there"),
        ("multixact_members_cache_size", 18, "write multixact_member_buffers, its name there"),
        ("old_snapshot_threshold", 17, "has no such parameter, only 16 and older; leave it out"),
    ],
)
def test_a_parameter_of_another_version_is_refused_with_its_name_there(
    name: str, major: int | None, message: str
) -> None:
    with pytest.raises(RuleViolation, match=message):
        find_parameter(name, "1", major)


def test_a_renamed_parameter_is_left_out_where_neither_name_is_known() -> None:
    with pytest.raises(RuleViolation, match="leave it out"):
        find_parameter("logical_replication_mode", "immediate", 15)


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("1", 'write "all", or some of the others'),
        ("on", 'write "all", or some of the others'),
        ("receipt,YES", 'write "all", or some of the others'),
        ("off", "leave it out"),
        ("0", "leave it out"),
        ("disconnection", 'write, for example, "receipt"'),
    ],
)
def test_logging_of_connections_is_a_list_of_stages_in_18(value: str, remedy: str) -> None:
    parameter = find_parameter("log_connections", value, 18)
    assert parameter is not None
    with pytest.raises(RuleViolation) as refused:
        check_parameter_value(parameter, value)
    assert "takes receipt, authentication, authorization, setup_durations, all; " + remedy in str(refused.value)


@pytest.mark.parametrize(
    ("name", "major", "value"),
    [
        ("wal_compression", 14, "1"),
        ("wal_compression", 15, "zstd"),
        ("effective_io_concurrency", 17, "600"),
        ("max_parallel_workers_per_gather", 18, "4"),
        ("autovacuum_max_workers", 18, "5"),
        ("allow_in_place_tablespaces", 14, "0"),
    ],
)
def test_a_value_is_right_in_its_version(name: str, major: int, value: str) -> None:
    parameter = find_parameter(name, value, major)
    assert parameter is not None
    check_parameter_value(parameter, value)


@pytest.mark.parametrize(
    ("name", "major", "default"),
    [
        ("rds.force_ssl", 16, "0"),
        ("rds.force_ssl", 17, "1"),
        ("max_parallel_workers_per_gather", 17, "2"),
        ("max_parallel_workers_per_gather", 18, "0"),
        ("shared_preload_libraries", 18, "pg_stat_statements"),
        ("work_mem", 18, ""),
    ],
)
def test_aws_s_own_value_follows_the_version(name: str, major: int, default: str) -> None:
    parameter = parameter_in(name, major)
    assert parameter is not None
    assert parameter.default == default
