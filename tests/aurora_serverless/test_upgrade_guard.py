"""The versions that a running cluster may be planned to get, as Terraform itself decides it: tests/end_to_end."""

from typing import Any

import pytest

from aurora_serverless.rules.engine import EngineVersion
from tests.aurora_serverless.test_cluster import synthesized_cluster


def conditions(version: str, **arguments: Any) -> list[str]:
    found = synthesized_cluster(engine_version=EngineVersion.parse(version), **arguments)
    return [condition["condition"] for condition in found["lifecycle"]["postcondition"]][:2]


def test_a_named_minor_version_is_compared_to_the_minor() -> None:
    lower, _ = conditions("17.7")
    assert 'tonumber(split(".", "${self.engine_version_actual}.0")[1]) <= 7' in lower


def test_of_a_major_version_only_the_major_is_compared() -> None:
    assert conditions("17") == [
        '${tonumber(split(".", self.engine_version_actual)[0]) <= 17}',
        '${tonumber(split(".", self.engine_version_actual)[0]) >= 17}',
    ]


def test_a_major_upgrade_that_is_allowed_is_refused_to_a_member_of_a_global_database_alone() -> None:
    _, same_major = conditions("17.7", allow_major_version_upgrade=True)
    assert same_major.endswith(">= 17 || !try(length(self.global_cluster_identifier) > 0, false)}")


@pytest.mark.parametrize("group", ["own", None])
def test_an_allowed_upgrade_names_the_group_that_the_instances_get(group: str | None) -> None:
    found = synthesized_cluster(allow_major_version_upgrade=True, instance_parameter_group_name=group)
    assert found["allow_major_version_upgrade"] is True
    assert found.get("db_instance_parameter_group_name") == group


def test_nothing_of_a_major_upgrade_is_sent_where_none_is_allowed() -> None:
    found = synthesized_cluster(instance_parameter_group_name="own")
    assert not {"allow_major_version_upgrade", "db_instance_parameter_group_name"} & set(found)
