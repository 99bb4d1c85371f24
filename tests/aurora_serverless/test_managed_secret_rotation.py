"""The schedule on which RDS rotates a managed secret: what is sent, and what is refused before it is."""

from typing import Any

import pytest
from cdktf import App, TerraformStack
from constructs import Construct

from aurora_serverless.managed_secret_rotation import ManagedSecretRotation
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import blocks, synthesize_alone

ROTATION = "aws_secretsmanager_secret_rotation.managed_secret"


def rotation(**options: Any) -> dict[str, Any]:
    def build(stack: Construct) -> None:
        ManagedSecretRotation(stack, "rotation", secret_arn="${local.arn}", fixed_addresses=True, **options)

    return blocks(synthesize_alone(build))[ROTATION]


def test_by_days_nothing_is_rotated_at_once() -> None:
    assert rotation(days=30) == {
        "secret_id": "${local.arn}",
        "rotate_immediately": False,
        "rotation_rules": {"automatically_after_days": 30},
    }


def test_by_an_expression_with_a_window_and_at_once() -> None:
    found = rotation(schedule="cron(0 4 ? * SUN *)", window_hours=3, immediately=True)
    assert found["rotate_immediately"] is True
    assert found["rotation_rules"] == {"schedule_expression": "cron(0 4 ? * SUN *)", "duration": "3h"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give one of the two"),
        ({"days": 1, "schedule": "rate(1 day)"}, "give one of the two"),
        ({"days": 0}, "must be 1 to 1000 days"),
        ({"schedule": "rate(1 hour)"}, "every 4 hours"),
        ({"days": 1, "window_hours": 25}, "must be 1 to 24 hours"),
        ({"schedule": "rate(4 hours)", "window_hours": 5}, "write at most 4"),
    ],
)
def test_what_secrets_manager_refuses_is_refused_here(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        ManagedSecretRotation(TerraformStack(App(), "alone"), "rotation", secret_arn="${local.arn}", **options)
