"""No secret is ever told, only that it changed."""

import json
from typing import Any

import pytest

from analysis.review.json_report import document
from analysis.review.markdown_report import markdown
from analysis.review.review import review
from analysis.review.secrets import Secrets, sensitive_arguments
from analysis.synthesized.stack import SynthesizedStack
from cli.output import terminal
from cli.reports.review import lines
from tests.analysis.review.stacks import stack

OLD, NEW = "hunter2-old-secret", "correct horse battery"


def everything(before: SynthesizedStack, after: SynthesizedStack) -> str:
    """Return all that any output says."""
    found = review({"dev": before}, {"dev": after}, base="main")
    shown = [line.plain for line in lines(found, 80)]
    return "\n".join([*shown, markdown(found), terminal.json_text(document(found))])


@pytest.mark.parametrize(
    ("address", "argument"),
    [
        ("aws_rds_cluster.a", "master_password"),
        ("aws_rds_cluster.a", "master_password_wo"),
        ("aws_secretsmanager_secret_version.a", "secret_string"),
        ("aws_secretsmanager_secret_version.a", "secret_string_wo"),
        ("aws_db_instance.a", "password"),
        ("aws_ssm_parameter.a", "value"),
        ("aws_foo.a", "api_key"),
        ("aws_foo.a", "some_token"),
    ],
)
def test_a_sensitive_argument_is_told_as_changed_only(address: str, argument: str) -> None:
    said = everything(stack({address: {argument: OLD}}), stack({address: {argument: NEW}}))
    assert OLD not in said
    assert NEW not in said
    assert f"{argument} changed (hidden)" in said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"aws_db_instance.a": {"password": NEW}}),
        ({"aws_db_instance.a": {"password": OLD}}, {}),
        (
            {"aws_db_instance.a": {"password": OLD}},
            {"aws_db_instance.a": {"password": OLD, "tags": {"x": f"is {OLD}"}}},
        ),
        ({"aws_foo.a": {"auth": [{"password": OLD}]}}, {"aws_foo.a": {"auth": [{"password": NEW}]}}),
        ({"aws_foo.a": {"auth": [{"name": "x"}]}}, {"aws_foo.a": {"auth": [{"name": "x", "password": NEW}]}}),
        (
            {"aws_foo.a": {"body": json.dumps({"password": OLD, "n": 1})}},
            {"aws_foo.a": {"body": json.dumps({"password": NEW, "n": 2})}},
        ),
        (
            {"aws_foo.a": {"secret_string": '${jsonencode({"password" = "' + OLD + '"})}'}},
            {"aws_foo.a": {"secret_string": '${jsonencode({"password" = "' + NEW + '"})}'}},
        ),
    ],
)
def test_a_secret_is_told_nowhere(before: Any, after: Any) -> None:
    said = everything(stack(before), stack(after))
    assert OLD not in said
    assert NEW not in said


def test_the_default_of_a_sensitive_variable_is_told_nowhere_either() -> None:
    def side(secret: str) -> SynthesizedStack:
        variable = {"pin": {"default": secret, "sensitive": True}}
        return stack(
            {"aws_foo.a": {"note": "pin ${var.pin}"}}, variable=variable, output={"o": {"value": "${var.pin}"}}
        )

    said = everything(side(OLD), side(NEW))
    assert OLD not in said
    assert NEW not in said
    assert "variable.pin.default" in said


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("manage_master_user_password", True),
        ("master_password_wo_version", 2),
        ("master_user_secret_kms_key_id", "arn:x"),
        ("password_length", 32),
        ("secret_arn", "arn:x"),
        ("tags.Project", "alex"),
    ],
)
def test_what_is_only_about_a_secret_is_told(path: str, value: Any) -> None:
    assert not Secrets().is_secret("aws_rds_cluster", path, value)


def test_json_with_a_secret_in_it_is_told_as_changed_only() -> None:
    before, after = ({"aws_foo.a": {"body": json.dumps({"password": text, "user": "alex"})}} for text in ("p1", "p2"))
    said = everything(stack(before), stack(after))
    assert "body changed (hidden)" in said
    assert "p1" not in said
    assert "p2" not in said


def test_what_stands_beside_a_password_is_no_secret() -> None:
    secret = json.dumps({"username": "alexadmin", "password": OLD})
    before, after = (
        {
            "aws_secretsmanager_secret_version.a": {"secret_string": secret},
            "aws_rds_cluster.a": {"master_username": name},
        }
        for name in ("admin", "alexadmin")
    )
    assert "alexadmin" in everything(stack(before), stack(after))


def test_the_table_is_the_providers() -> None:
    table = sensitive_arguments()
    assert table["aws_rds_cluster"] == ("master_password", "master_password_wo")
    assert len(table) > 80
