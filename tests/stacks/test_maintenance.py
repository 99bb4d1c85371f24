"""What an environment file says of upgrades and of the time of changes, and what it leaves to an adopted deployment."""

from typing import Any

import pytest
from cdktf import App

from stacks.database import DatabaseStack
from stacks.environment import Environment
from tests.conftest import TODAY
from tests.terraform_json import TerraformJson, blocks, synthesize_stack

CLUSTER = "aws_rds_cluster.aurora"
INSTANCE = "aws_rds_cluster_instance.aurora"
ADOPTED = {"network": {"security_group_rules": "inline"}}


def document(version: str = "17.7", *, engine: dict[str, Any] | None = None, **keys: Any) -> TerraformJson:
    file = {"name": "shop", "name_prefix": "shop", "region": "us-east-1", **keys}
    environment = Environment.model_validate({**file, "engine": {"version": version, **(engine or {})}})
    return synthesize_stack(DatabaseStack(App(outdir="/tmp/unused"), environment, today=TODAY))  # noqa: S108


@pytest.mark.parametrize(
    ("version", "keys", "sent"),
    [
        ("17.7", {}, False),
        ("17", {}, None),
        ("17", {"engine": {"automatic_minor_upgrades": False}}, False),
        ("15.10", ADOPTED, None),
        ("15.10", {**ADOPTED, "engine": {"automatic_minor_upgrades": False}}, False),
    ],
)
def test_aws_upgrades_no_minor_version_that_is_named(version: str, keys: dict[str, Any], sent: bool | None) -> None:
    assert blocks(document(version, **keys))[INSTANCE].get("auto_minor_version_upgrade") is sent


@pytest.mark.parametrize(
    ("keys", "immediately", "instance"),
    [
        ({}, True, True),
        ({"maintenance": {"apply_immediately": False}}, False, False),
        ({"preset": "production"}, False, False),
        ({"preset": "production", "maintenance": {"apply_immediately": True}}, True, True),
        ({"preset": "production", "engine": {"allow_major_version_upgrade": "17.7"}}, True, True),
        ({"maintenance": {"instances": False}}, True, None),
        (ADOPTED, True, None),
        ({**ADOPTED, "maintenance": {"instances": True}}, True, True),
    ],
)
def test_changes_wait_where_the_file_says_so(keys: dict[str, Any], immediately: bool, instance: bool | None) -> None:
    found = blocks(document(**keys))
    assert found[CLUSTER]["apply_immediately"] is immediately
    assert found[INSTANCE].get("apply_immediately") is instance
    assert ("preferred_maintenance_window" in found[INSTANCE]) is (instance is not None)


def test_the_alarm_knows_the_limit_that_a_parameter_sets() -> None:
    parameters: dict[str, Any] = {"engine": {"instance_parameters": {"max_connections": "200"}}}
    alarm = blocks(document(monitoring={"alarms": True}, **parameters))["aws_cloudwatch_metric_alarm.connections"]
    assert alarm["threshold"] == 160


def test_a_description_that_is_given_is_compared_with_the_group_that_is_there() -> None:
    group = "aws_security_group.aurora"

    def compared(**keys: Any) -> list[str]:
        checks = blocks(document(**keys))[group]["lifecycle"]["postcondition"]
        return [check["condition"] for check in checks if "self.description" in check["condition"]]

    assert compared() == []
    assert compared(network={"security_group_description": "Other"}) == ['${self.description == "Other"}']


def test_a_secret_without_replicas_must_not_keep_any() -> None:
    secret = "aws_secretsmanager_secret.db_credentials"
    (check,) = blocks(document())[secret]["lifecycle"]["postcondition"]
    assert check["condition"] == "${length(self.replica) == 0}"
    replicated = blocks(document(credentials={"replica_regions": ("eu-west-1",)}))[secret]
    assert "postcondition" not in replicated["lifecycle"]
