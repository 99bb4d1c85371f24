"""Every argument that is synthesized, to any depth, is one that the real provider knows, takes and does not retire."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.review.arguments import UNORDERED
from analysis.review.secrets import sensitive_arguments
from aurora_serverless.rules.tags import TAGGED_TYPES
from stacks.environment_files import read_environment
from tests.conftest import ROOT
from tests.end_to_end.every_environment import FILES
from tests.end_to_end.provider_schema import ProviderSchemas
from tests.terraform_json import TerraformJson, blocks

pytestmark = pytest.mark.xdist_group("provider-schema")

PRODUCTION = Path("environments/production.toml")


@pytest.fixture
def production(every_document: dict[Path, TerraformJson]) -> TerraformJson:
    """Return a document that a test may spoil."""
    return copy.deepcopy(every_document[PRODUCTION])


@pytest.mark.parametrize("file", FILES, ids=str)
def test_the_provider_knows_every_argument(
    file: Path, every_document: dict[Path, TerraformJson], schemas: ProviderSchemas
) -> None:
    assert list(schemas.problems(every_document[file])) == []


@pytest.mark.parametrize("file", FILES, ids=str)
def test_everything_that_takes_tags_has_the_environments_tags(
    file: Path, every_document: dict[Path, TerraformJson], schemas: ProviderSchemas
) -> None:
    environment = read_environment(ROOT / file)
    taking = {
        address: block.get("tags")
        for address, block in blocks(every_document[file]).items()
        if schemas.takes("resource", address.partition(".")[0], "tags")
    }
    wanted = {
        address: {**(environment.tags or {}), **(environment.resource_tags or {}).get(address.partition(".")[0], {})}
        for address in taking
    }
    assert "aws_rds_cluster.aurora" in taking
    assert taking == {address: tags or None for address, tags in wanted.items()}


def test_the_types_that_may_have_tags_of_their_own_are_those_that_take_tags(
    every_document: dict[Path, TerraformJson], schemas: ProviderSchemas
) -> None:
    made = {type_ for document in every_document.values() for type_ in document["resource"]} | TAGGED_TYPES
    assert {type_ for type_ in made if schemas.takes("resource", type_, "tags")} == TAGGED_TYPES


def test_a_review_hides_what_the_provider_calls_sensitive(
    every_document: dict[Path, TerraformJson], schemas: ProviderSchemas
) -> None:
    known = sensitive_arguments()
    made = {type_ for document in every_document.values() for type_ in document["resource"]}
    found = {type_: schemas.secret_arguments(type_) for type_ in made}
    assert {type_: paths for type_, paths in found.items() if paths} == {
        type_: set(known[type_]) for type_ in made if type_ in known
    }
    assert "master_password" in found["aws_rds_cluster"]


def test_what_a_review_compares_as_sets_has_no_lists(schemas: ProviderSchemas) -> None:
    assert {type_: schemas.ordered_arguments(type_) for type_ in UNORDERED} == {type_: set() for type_ in UNORDERED}


def _resource(document: TerraformJson, type_: str) -> dict[str, Any]:
    body: dict[str, Any] = next(iter(document["resource"][type_].values()))
    return body


SPOILED: dict[str, tuple[Callable[[TerraformJson], object], str]] = {
    "an unknown argument": (
        lambda document: _resource(document, "aws_rds_cluster").update(backup_window="03:00-04:00"),
        "aws_rds_cluster.aurora.backup_window: the provider knows no such argument",
    ),
    "an unknown argument of a block": (
        lambda document: _resource(document, "aws_rds_cluster").update(
            serverlessv2_scaling_configuration={"min_capacity": 1, "max_capacity": 2, "auto_pause": True}
        ),
        "aws_rds_cluster.aurora.serverlessv2_scaling_configuration.auto_pause: the provider knows no such argument",
    ),
    "an unknown argument of one of many blocks": (
        lambda document: _resource(document, "aws_rds_cluster_parameter_group")["parameter"][1].update(method="x"),
        "aws_rds_cluster_parameter_group.aurora.parameter[1].method: the provider knows no such argument",
    ),
    "an unknown argument of a repeated block": (
        lambda document: _resource(document, "aws_rds_cluster_parameter_group").update(
            dynamic={"parameter": {"for_each": "${[]}", "content": {"name": "a", "value": "b", "method": "x"}}}
        ),
        "aws_rds_cluster_parameter_group.aurora.dynamic.parameter.method: the provider knows no such argument",
    ),
    "an unknown key of an object": (
        lambda document: _resource(document, "aws_security_group").update(ingress=[{"cidrs": ["10.0.0.0/8"]}]),
        "aws_security_group.aurora.ingress[0].cidrs: the provider knows no such argument",
    ),
    "an argument that only the provider sets": (
        lambda document: _resource(document, "aws_rds_cluster").update(endpoint="db.example.com"),
        "aws_rds_cluster.aurora.endpoint: the provider sets it, and nobody else may",
    ),
    "a deprecated argument": (
        lambda document: _resource(document, "aws_iam_role").update(managed_policy_arns=[]),
        "aws_iam_role.{role}.managed_policy_arns: the provider calls it deprecated",
    ),
    "a deprecated block": (
        lambda document: _resource(document, "aws_iam_role").update(inline_policy=[{"name": "x", "policy": "{}"}]),
        "aws_iam_role.{role}.inline_policy: the provider calls it deprecated",
    ),
    "an unknown argument of a data source": (
        lambda document: document["data"]["aws_caller_identity"]["current"].update(account="1"),
        "data.aws_caller_identity.current.account: the provider knows no such argument",
    ),
    "an unknown resource": (
        lambda document: document["resource"].update(aws_rds_databse={"aurora": {}}),
        "aws_rds_databse.aurora: the provider knows no such resource",
    ),
    "an unknown argument of the provider": (
        lambda document: document["provider"]["aws"][0].update(account_ids=["1"]),
        "provider.aws.account_ids: the provider knows no such argument",
    ),
    "an unknown provider": (
        lambda document: document["provider"].update(asw=[{}]),
        "provider.asw: there is no such provider",
    ),
    "an unknown section": (
        lambda document: document.update(resources={}),
        "resources: a section that nothing here looks at",
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_wrong_argument_is_told_with_its_address(
    name: str, production: TerraformJson, schemas: ProviderSchemas
) -> None:
    spoil, line = SPOILED[name]
    spoil(production)
    role = next(iter(production["resource"]["aws_iam_role"]))
    assert list(schemas.problems(production)) == [line.format(role=role)]


def test_a_deprecated_resource_is_told() -> None:
    provider = {"provider": {}, "resource_schemas": {"aws_old": {"block": {"deprecated": True}}}}
    printed = {"provider_schemas": {"registry.terraform.io/hashicorp/aws": provider}}
    schemas = ProviderSchemas(printed, {"aws_old"})
    assert list(schemas.problems({"resource": {"aws_old": {"aurora": {}}}})) == [
        "aws_old.aurora: the provider calls it deprecated"
    ]


def test_an_ephemeral_resource_is_looked_at(
    every_document: dict[Path, TerraformJson], schemas: ProviderSchemas
) -> None:
    document = copy.deepcopy(every_document[Path("tests/end_to_end/options/write-only.toml")])
    document["ephemeral"]["aws_secretsmanager_random_password"]["db_password"]["length"] = 32
    assert list(schemas.problems(document)) == [
        "ephemeral.aws_secretsmanager_random_password.db_password.length: the provider knows no such argument"
    ]
