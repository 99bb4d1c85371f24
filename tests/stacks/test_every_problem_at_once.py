"""All that is wrong with environment files is told together: each key, each rule over several, each file."""

import itertools
from pathlib import Path
from typing import Any, Final

import pytest
import tomli_w

from aurora_serverless.options import rules as rules_over_sections
from aurora_serverless.options.rules import RULES
from stacks.environment_files import EnvironmentFileError, environment_of, read_environments

Document = dict[str, Any]

GOOD: Final[Document] = {"name_prefix": "shop", "engine": {"version": "17.7"}}
_KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"

ACROSS_SECTIONS: Final[dict[str, Document]] = {
    "capacity.minimum_acu": {"capacity": {"minimum_acu": 1.3}},
    "capacity.maximum_acu": {"capacity": {"maximum_acu": 1e308}},
    "capacity.auto_pause_seconds": {"capacity": {"auto_pause_seconds": 7}},
    "maintenance.window": {"backup": {"window": "04:00-05:00"}, "maintenance": {"window": "sun:04:00-sun:05:00"}},
    "resource_tags.aws_rds_cluster": {
        "tags": {f"a{number}": "" for number in range(30)},
        "resource_tags": {"aws_rds_cluster": {f"b{number}": "" for number in range(30)}},
    },
    "names.instances": {"names": {"instances": ["one", "two"]}},
    "credentials.replica_regions": {"region": "us-east-1", "credentials": {"replica_regions": ["us-east-1"]}},
    "restore.source_cluster_identifier": {
        "restore": {"type": "clone", "source_cluster_identifier": "shop-aurora"},
    },
    "engine.extended_support": {
        "engine": {"extended_support": False},
        "restore": {"type": "clone", "source_cluster_identifier": "shop-aurora"},
    },
    "engine.automatic_minor_upgrades": {
        "engine": {"version": "17", "automatic_minor_upgrades": True},
        "global_database": {"role": "primary"},
    },
    "access.iam_users": {"access": {"iam_users": ["orders"]}},
    "access.roles": {"access": {"roles": ["lambda"]}},
    "access.existing_role_names": {"access": {"existing_role_names": ["shop-lambda-aurora-role"]}},
    "network.security_group_rules": {
        "proxy": {},
        "network": {"security_group_rules": "inline", "allowed_cidr_blocks": ["10.0.0.0/8"]},
    },
}
"""What is wrong between sections, by the key that is named."""

IN_A_SECTION: Final[dict[str, Document]] = {
    "capacity.minimum_acu": {"capacity": {"minimum_acu": "1"}},
    "engine.instance_parameters.rds.force_ssl": {"engine": {"instance_parameters": {"rds.force_ssl": "1"}}},
    "engine.cluster_parameters.port": {"engine": {"cluster_parameters": {"port": "1"}}},
    "engine.automatic_minor_upgrades": {"engine": {"automatic_minor_upgrades": True}},
    "proxy.secret_key_arns": {"proxy": {"secret_key_arns": [_KEY]}},
    "proxy.maximum_idle_connections_percent": {
        "proxy": {"maximum_connections_percent": 10, "maximum_idle_connections_percent": 90}
    },
    "tags.aws:a": {"tags": {"aws:a": "x"}},
    "tags.aws:b": {"tags": {"aws:b": "x"}},
    "encryption.key_arn": {"encryption": {"key_arn": _KEY}},
    "encryption.deletion_window_days": {"encryption": {"deletion_window_days": 7}},
    "monitoring.alarm_topic_arn": {"monitoring": {"alarm_topic_arn": "arn:aws:sns:us-east-1:123456789012:topic"}},
    "instances.promotion_tier": {"instances": {"promotion_tier": 1}},
    "instances.promotion_tiers": {"instances": {"promotion_tiers": [1]}},
    "instances.read_scaling.minimum_readers": {
        "instances": {"read_scaling": {"minimum_readers": 99, "maximum_readers": 99}}
    },
    "instances.read_scaling.maximum_readers": {
        "instances": {"read_scaling": {"minimum_readers": 99, "maximum_readers": 99}}
    },
}
"""What is wrong with keys, or between those of one section, by the key that is named."""


def together(*documents: Document) -> Document:
    merged: Document = {}
    for document in documents:
        for key, value in document.items():
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = together(merged[key], value) if both else value
    return merged


def told(document: Document) -> list[str]:
    """Return the key that each problem names, in the order in which they are told."""
    try:
        environment_of(Path("shop.toml"), tomli_w.dumps(document).encode())
    except EnvironmentFileError as error:
        return [problem.where.partition(" = ")[0] for problem in error.problems]
    return []


@pytest.mark.parametrize("mistakes", [ACROSS_SECTIONS, IN_A_SECTION], ids=["across sections", "in a section"])
def test_each_pair_of_mistakes_is_told_whole(mistakes: dict[str, Document]) -> None:
    assert told(GOOD) == []
    for one, other in itertools.combinations_with_replacement(mistakes, 2):
        found = told(together(GOOD, mistakes[one], mistakes[other]))
        assert {one, other} <= set(found), (one, other, found)


def test_mistakes_between_sections_are_told_all_together_and_each_once() -> None:
    found = told(together(GOOD, *ACROSS_SECTIONS.values()))
    assert set(found) >= ACROSS_SECTIONS.keys()
    assert sorted(set(found)) == sorted(found)


def test_a_wrong_key_hides_no_rule_that_does_not_read_it() -> None:
    wrong = {"monitoring": {"log_retention_days": "long"}, "capacity": {"maximum_acu": True}}
    found = told(together(GOOD, wrong, {"access": {"iam_users": ["orders"]}, "capacity": {"auto_pause_seconds": 7}}))
    assert found == ["capacity.maximum_acu", "monitoring.log_retention_days", "access.iam_users"]


def test_a_rule_whose_key_is_wrong_is_left_out() -> None:
    assert told(together(GOOD, {"engine": {"version": "nine"}, "capacity": {"minimum_acu": 0}})) == ["engine.version"]


def test_a_missing_required_key_hides_no_other_mistake() -> None:
    assert told({"name_prefix": "shop", "access": {"iam_users": ["orders"]}}) == ["engine", "access.iam_users"]
    assert told({"engine": {"version": "17.7"}, "access": {"iam_users": ["a"]}}) == ["name_prefix", "access.iam_users"]


def test_the_name_that_a_file_must_not_have_hides_no_other_mistake() -> None:
    assert told(together(GOOD, {"name": "shop", "capacity": {"minimum_acu": "1"}})) == ["name", "capacity.minimum_acu"]


def test_a_misspelled_key_does_not_make_its_section_look_incomplete() -> None:
    assert told(together(GOOD, {"backend": {"type": "s3", "buket": "states"}})) == ["backend.buket"]


def test_the_wrong_entries_of_a_table_are_told_each() -> None:
    tags = {"aws:a": "", "good": "", "aws:b": "", "__proto__": "x"}
    assert told(together(GOOD, {"tags": tags})) == ["tags.aws:a", "tags.aws:b", "tags.__proto__"]
    of_types = {"aws_rds_cluster": {"aws:a": "x", "aws:b": "x"}, "nothing": {"a": "x"}}
    assert told(together(GOOD, {"resource_tags": of_types})) == [
        "resource_tags.aws_rds_cluster.aws:a",
        "resource_tags.aws_rds_cluster.aws:b",
        "resource_tags.nothing",
    ]


WRONG_TOGETHER: Final[dict[str, tuple[Document, list[str]]]] = {
    "elements of lists": (
        {
            "instances": {"availability_zones": ["x", "us-east-1a", "y"]},
            "credentials": {"replica_regions": ["mars-1", "eu-west-1", "venus-1"]},
            "access": {"iam_users": ["${a}", "rds_x", 1, "%{b}"]},
        },
        [
            *("instances.availability_zones[0]", "instances.availability_zones[2]"),
            *("credentials.replica_regions[0]", "credentials.replica_regions[2]"),
            *("access.iam_users[0]", "access.iam_users[3]", "access.iam_users[1]", "access.iam_users[2]"),
        ],
    ),
    "values and types of a table": (
        {"tags": {"a": 1, "aws:b": "x", "c": "${x}", "good": "x", "d.e": "${x}"}},
        ["tags.c", "tags.d.e", "tags.a", "tags.aws:b"],
    ),
    "values and types of tables in a table": (
        {"resource_tags": {"aws_rds_cluster": {"a": 1, "aws:b": "x"}, "aws_kms_key": {"a": 1}, "other": {"a": "x"}}},
        ["aws_rds_cluster.a", "aws_kms_key.a", "aws_rds_cluster.aws:b", "other"],
    ),
    "parameters of other versions, and of no version": (
        {"engine": {"cluster_parameters": {"vacuum_defer_cleanup_age": "1", "port": "1", "promote_trigger_file": "x"}}},
        ["vacuum_defer_cleanup_age", "port", "promote_trigger_file"],
    ),
    "parameters that an option sets too": (
        {
            "engine": {
                "log_statement": "ddl",
                "log_min_duration_milliseconds": 5,
                "cluster_parameters": {
                    "log_statement": "all",
                    "log_min_duration_statement": "7",
                    "pgaudit.log": "all",
                    "pgaudit.log_catalog": "1",
                },
            }
        },
        ["log_statement", "log_min_duration_statement", "pgaudit.log", "pgaudit.log_catalog"],
    ),
    "instance parameters that undo an option": (
        {
            "engine": {
                "log_statement": "ddl",
                "pgaudit": True,
                "instance_parameters": {
                    "log_statement": "all",
                    "pgaudit.log": "all",
                    "shared_preload_libraries": "pg_stat_statements",
                },
            }
        },
        ["log_statement", "pgaudit.log", "shared_preload_libraries"],
    ),
    "instance parameters that are the cluster's": (
        {"engine": {"instance_parameters": {"rds.force_ssl": "1", "work_mem": 64, "rds.logical_replication": "1"}}},
        ["work_mem", "rds.force_ssl", "rds.logical_replication"],
    ),
    "tags that differ in capitals only": (
        {"tags": {"Owner": "a", "owner": "b", "Team": "a", "team": "b"}},
        ["tags.owner", "tags.team"],
    ),
    "keys of a section beside an expression": (
        {"network": {"vpc_id": "${x}", "subnet_ids": ["${x}", "bad"]}},
        ["network.vpc_id", "network.subnet_ids[0]", "network.subnet_ids[1]"],
    ),
}
"""Wrong values of one key or section, and the keys that are named, each at least by its end."""


@pytest.mark.parametrize("what", WRONG_TOGETHER)
def test_each_wrong_value_of_one_key_is_told_at_its_place(what: str) -> None:
    document, expected = WRONG_TOGETHER[what]
    found = told(together(GOOD, document))
    assert len(found) == len(expected), found
    assert all(key.endswith(end) for key, end in zip(found, expected, strict=True)), found


def test_values_that_stand_twice_are_told_together() -> None:
    addresses = ["a@example.com", "b@example.com"] * 2
    document = {"allowed_account_ids": ["123456789012"] * 2, "monitoring": {"alarms": True}}
    lists = {"monitoring": {"alarm_email_addresses": addresses}, "access": {"roles": ["a", "b", "a", "b"]}}
    assert told(together(GOOD, document, lists)) == [
        "allowed_account_ids",
        "access.roles",
        "monitoring.alarm_email_addresses",
    ]


def test_an_expression_does_not_hide_that_its_key_is_unknown() -> None:
    with pytest.raises(EnvironmentFileError, match=r"unknown key; did you mean network\.vpc_id\?"):
        environment_of(Path("shop.toml"), tomli_w.dumps(together(GOOD, {"network": {"vpc_idd": "${x}"}})).encode())


def test_a_table_in_place_of_a_text_is_told() -> None:
    assert told(together(GOOD, {"access": {"iam_users": [{"a": "b"}, ["${c}"]]}})) == [
        "access.iam_users[1][0]",
        "access.iam_users[0]",
        "access.iam_users[1]",
    ]


def test_the_order_is_that_of_the_keys_and_then_of_the_rules() -> None:
    document = together(GOOD, *ACROSS_SECTIONS.values(), {"backup": {"retention_days": 0}})
    assert told(document) == told(document)
    assert told(document)[0] == "backup.retention_days"


def test_every_rule_is_in_the_list() -> None:
    rules = {
        value
        for name, value in vars(rules_over_sections).items()
        if callable(value) and getattr(value, "__module__", "") == rules_over_sections.__name__ and name[0] != "_"
    }
    assert rules <= set(RULES)


def test_problems_of_several_files_are_told_together_with_those_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name_prefix = "a"\n[engine]\nversion = "17.7"\n[access]\niam_users = ["x"]\n')
    (tmp_path / "B C.toml").write_text('name_prefix = "b"\n[engine]\nversion = "17.7"\n[capacity]\nminimum_acu = "1"\n')
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text('name_prefix = "same"\n[engine]\nversion = "17.7"\n')
    with pytest.raises(EnvironmentFileError) as raised:
        read_environments(tmp_path)
    assert [(problem.file.name, problem.where.partition(" = ")[0]) for problem in raised.value.problems] == [
        ("B C.toml", ""),
        ("B C.toml", "capacity.minimum_acu"),
        ("a.toml", "access.iam_users"),
        ("two.toml", "name_prefix"),
    ]
