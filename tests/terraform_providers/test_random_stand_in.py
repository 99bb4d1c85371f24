"""The stand-in for hashicorp/random, run through real Terraform: what it imitates of the real provider."""

import base64
import json
import os
import shutil
import string
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local_aws.environment import without_aws
from tests.terraform_providers.finding import find_terraform_providers
from tests.terraform_providers.random_stand_in import SPECIAL_CHARACTERS

pytestmark = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on PATH")

CHANGED = 2

REQUIREMENTS = """
terraform {
  required_providers {
    random = {
      source  = "hashicorp/random"
      version = "~> 3.5"
    }
  }
}
"""

RESOURCES = """
resource "random_password" "plain" {
  length = 16
}

resource "random_password" "reference" {
  length           = 32
  special          = true
  override_special = "!#$%&*()-_=+[]{}<>:?"
}

resource "random_password" "digits" {
  length  = 200
  lower   = false
  upper   = false
  special = false
}

resource "random_password" "least" {
  length      = 8
  min_lower   = 2
  min_upper   = 2
  min_numeric = 2
  min_special = 2
}

resource "random_id" "suffix" {
  byte_length = 4
}

resource "random_id" "prefixed" {
  byte_length = 16
  prefix      = "p-"
}

output "reference" {
  value     = random_password.reference.result
  sensitive = true
}
"""


class Terraform:
    """Terraform in a folder, with the stand-in and no other provider."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    def write(self, text: str) -> None:
        (self.folder / "main.tf").write_text(REQUIREMENTS + text)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["terraform", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def succeed(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def attributes(self) -> dict[str, dict[str, Any]]:
        state = json.loads(self.succeed("show", "-json"))
        resources = state["values"]["root_module"]["resources"]
        return {resource["address"]: resource["values"] for resource in resources}

    def planned(self) -> dict[str, list[str]]:
        """Return the changes that a plan would make."""
        assert self.run("plan", "-detailed-exitcode", "-out=plan").returncode == CHANGED
        shown = json.loads(self.succeed("show", "-json", "plan"))
        actions = {change["address"]: change["change"]["actions"] for change in shown["resource_changes"]}
        return {address: names for address, names in actions.items() if names != ["no-op"]}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which Terraform finds the stand-in only."""
    folder = tmp_path_factory.mktemp("providers")
    found = find_terraform_providers(folder / "found", {"HOME": str(folder)}, offline=True, search_root=folder)
    assert found.random.kind == "stand-in"
    return without_aws(os.environ) | found.environment | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Terraform:
    """Return a folder in which one of each kind was applied."""
    terraform = Terraform(tmp_path_factory.mktemp("applied"), environment)
    terraform.write(RESOURCES)
    terraform.succeed("init", "-no-color")
    terraform.succeed("apply", "-auto-approve", "-no-color")
    return terraform


@pytest.fixture(scope="module")
def attributes(applied: Terraform) -> dict[str, dict[str, Any]]:
    """Return the attributes of each resource that was applied."""
    return applied.attributes()


def test_a_password_has_its_length_and_its_characters(attributes: dict[str, dict[str, Any]]) -> None:
    plain = attributes["random_password.plain"]["result"]
    reference = attributes["random_password.reference"]["result"]

    assert len(plain) == 16
    assert set(plain) <= set(string.ascii_letters + string.digits + SPECIAL_CHARACTERS)
    assert len(reference) == 32
    assert set(reference) <= set(string.ascii_letters + string.digits + "!#$%&*()-_=+[]{}<>:?")


def test_classes_of_characters_can_be_left_out(attributes: dict[str, dict[str, Any]]) -> None:
    assert set(attributes["random_password.digits"]["result"]) == set(string.digits)


def test_classes_of_characters_appear_as_often_as_demanded(attributes: dict[str, dict[str, Any]]) -> None:
    result = attributes["random_password.least"]["result"]

    classes = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SPECIAL_CHARACTERS)
    assert [sum(character in group for character in result) for group in classes] == [2, 2, 2, 2]


def test_the_defaults_are_those_of_the_real_provider(attributes: dict[str, dict[str, Any]]) -> None:
    plain = attributes["random_password.plain"]

    switches = ("lower", "upper", "numeric", "number", "special")
    assert {name: plain[name] for name in switches} == dict.fromkeys(switches, True)
    least = ("min_lower", "min_upper", "min_numeric", "min_special")
    assert {name: plain[name] for name in least} == dict.fromkeys(least, 0)
    assert plain["id"] == "none"
    assert plain["keepers"] is None
    assert plain["override_special"] is None


def test_an_id_is_one_number_in_several_spellings(attributes: dict[str, dict[str, Any]]) -> None:
    suffix = attributes["random_id.suffix"]
    drawn = bytes.fromhex(suffix["hex"])

    assert len(drawn) == 4
    assert suffix["dec"] == str(int.from_bytes(drawn))
    assert suffix["b64_std"] == base64.b64encode(drawn).decode()
    assert suffix["b64_url"] == suffix["id"] == base64.urlsafe_b64encode(drawn).decode().rstrip("=")


def test_a_prefix_is_in_every_spelling_but_the_id(attributes: dict[str, dict[str, Any]]) -> None:
    prefixed = attributes["random_id.prefixed"]

    assert all(prefixed[name].startswith("p-") for name in ("hex", "dec", "b64_std", "b64_url"))
    assert prefixed["b64_url"] == f"p-{prefixed['id']}"


def test_a_second_plan_is_empty(applied: Terraform) -> None:
    done = applied.run("plan", "-detailed-exitcode", "-no-color")

    assert done.returncode == 0, done.stdout


def test_no_password_is_shown(applied: Terraform, attributes: dict[str, dict[str, Any]]) -> None:
    shown = applied.succeed("show", "-no-color") + applied.succeed("output", "-no-color")

    assert attributes["random_password.reference"]["result"] not in shown
    assert "(sensitive value)" in shown


@pytest.mark.parametrize(
    ("before", "after", "replaced"),
    [
        ("byte_length = 4", "byte_length = 8", "random_id.suffix"),
        ('prefix      = "p-"', 'prefix      = "q-"', "random_id.prefixed"),
        ("length = 16", "length = 17", "random_password.plain"),
        ("length = 16", 'length = 16\n  keepers = { version = "2" }', "random_password.plain"),
        ("length = 16", "length = 16\n  special = false", "random_password.plain"),
        ('override_special = "!#', 'override_special = "#', "random_password.reference"),
        ("min_lower   = 2", "min_lower   = 1", "random_password.least"),
    ],
)
def test_a_changed_argument_replaces(applied: Terraform, before: str, after: str, replaced: str) -> None:
    assert before in RESOURCES
    applied.write(RESOURCES.replace(before, after, 1))
    try:
        assert applied.planned() == {replaced: ["delete", "create"]}
    finally:
        applied.write(RESOURCES)


def test_a_replaced_password_is_another(tmp_path: Path, environment: dict[str, str]) -> None:
    terraform = Terraform(tmp_path, environment)
    results = []
    for version in ("1", "2"):
        terraform.write(
            f'resource "random_password" "kept" {{\n  length = 32\n  keepers = {{ version = "{version}" }}\n}}\n'
        )
        terraform.succeed("init", "-no-color")
        terraform.succeed("apply", "-auto-approve", "-no-color")
        results.append(terraform.attributes()["random_password.kept"]["result"])

    assert results[0] != results[1]
    terraform.succeed("destroy", "-auto-approve", "-no-color")
    assert terraform.succeed("state", "list") == ""


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ('resource "random_password" "wrong" {\n  length = 0\n}', "length value must be at least 1, got: 0"),
        ('resource "random_password" "wrong" {\n  length = 3\n  min_lower = 4\n}', "must be at least 4, got: 3"),
        ('resource "random_id" "wrong" {\n  byte_length = 0\n}', "byte_length value must be at least 1"),
        ('resource "random_password" "wrong" {\n  special = true\n}', 'argument "length" is required'),
        ('resource "random_password" "wrong" {\n  length = 8\n  result = "mine"\n}', "result"),
        ('resource "random_pet" "wrong" {}', "random_pet"),
    ],
)
def test_wrong_arguments_are_refused(tmp_path: Path, environment: dict[str, str], resource: str, message: str) -> None:
    terraform = Terraform(tmp_path, environment)
    terraform.write(resource + "\n")
    terraform.succeed("init", "-no-color")

    done = terraform.run("validate", "-no-color")

    assert done.returncode == 1
    assert message in " ".join((done.stdout + done.stderr).split())


def test_an_empty_set_of_characters_is_refused_at_the_apply(tmp_path: Path, environment: dict[str, str]) -> None:
    terraform = Terraform(tmp_path, environment)
    terraform.write(
        'resource "random_password" "none" {\n'
        "  length = 8\n  lower = false\n  upper = false\n  numeric = false\n  special = false\n}\n"
    )
    terraform.succeed("init", "-no-color")

    done = terraform.run("apply", "-auto-approve", "-no-color")

    assert done.returncode == 1
    assert "the character set specified is empty" in done.stderr
