"""Presets: what the file says itself wins, and an error says where a value is from that the file does not have."""

from pathlib import Path
from typing import Any

import pytest

from stacks.environment import Environment
from stacks.environment_files import EnvironmentFileError, read_environment
from stacks.presets import PRESETS, is_from_preset, with_preset


def environment_of(**keys: Any) -> Environment:
    return Environment.model_validate({"name": "shop", "name_prefix": "shop", "engine": {"version": "17.7"}, **keys})


def test_production_turns_on_what_production_needs() -> None:
    environment = environment_of(preset="production")
    assert environment.protection.model_dump() == {
        "deletion_protection": True,
        "prevent_destroy": True,
        "final_snapshot": True,
        "final_snapshot_identifier": None,
        "copy_tags_to_snapshots": True,
    }
    assert (environment.credentials.mode, environment.encryption.key) == ("managed", "own")
    assert environment.backup.retention_days == 35
    assert environment.instances.readers == 1
    assert environment.monitoring.alarms


def test_without_a_preset_nothing_is_turned_on() -> None:
    environment = environment_of()
    assert environment.protection.deletion_protection is None
    assert environment.instances.readers == 0


def test_what_the_file_says_wins() -> None:
    environment = environment_of(
        preset="production", instances={"readers": 3}, monitoring={"insights": "off", "log_retention_days": 0}
    )
    assert environment.instances.readers == 3
    assert environment.insights_mode is None
    assert environment.monitoring.log_retention_days == 0
    assert environment.monitoring.dashboard, "the rest of the section stays"


def test_a_document_is_not_changed_by_its_preset() -> None:
    document = {"preset": "production", "instances": {"readers": 2}}
    with_preset(document)
    assert document == {"preset": "production", "instances": {"readers": 2}}


@pytest.mark.parametrize("document", [None, 1, [], {"preset": ["production"]}, {"preset": "staging"}])
def test_what_has_no_preset_stays_as_it_is(document: Any) -> None:
    assert with_preset(document) == document


@pytest.mark.parametrize("name", PRESETS)
def test_every_value_of_a_preset_is_one_that_differs_from_the_default(name: str) -> None:
    plain = environment_of()
    for section, values in PRESETS[name].items():
        for key, value in values.items():
            assert getattr(getattr(plain, section), key) != value, f"{section}.{key}"


def test_a_value_is_from_the_preset_where_the_file_does_not_have_it() -> None:
    document = {"preset": "production", "credentials": {"mode": "random"}}
    assert is_from_preset("instances.readers", document)
    assert not is_from_preset("credentials.mode", document)
    assert not is_from_preset("capacity.maximum_acu", document)
    assert not is_from_preset("instances.readers", {})


def test_an_error_says_that_the_value_is_from_the_preset(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(
        'preset = "production"\nname_prefix = "shop"\n[engine]\nversion = "17.7"\n[global_database]\nrole = "primary"\n'
    )
    with pytest.raises(EnvironmentFileError) as caught:
        read_environment(path)
    (problem,) = caught.value.problems
    assert 'credentials.mode = "managed"' in str(problem)
    assert 'the value is from preset = "production"' in str(problem)


def test_a_parameter_of_the_preset_stays_beside_the_file_s_own() -> None:
    parameters = {"work_mem": "65536"}
    environment = environment_of(preset="production", engine={"version": "15.10", "cluster_parameters": parameters})
    assert environment.engine.cluster_parameters == {"rds.force_ssl": "1", "work_mem": "65536"}
