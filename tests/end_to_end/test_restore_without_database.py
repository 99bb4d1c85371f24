"""Clusters that are made from one without an initial database, by the real provider."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.deployments import Deployments
from tests.end_to_end.restoring import (
    CLUSTER,
    LEFT_OFF,
    SOURCE,
    running_source,
    text_of,
    without_database,
    without_restore,
)
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("restore-without-database")


@pytest.fixture(scope="module")
def deployments(providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployments]:
    text, folder = without_database(text_of("source")), tmp_path_factory.mktemp("restore-without-database")
    with running_source(text, providers, folder) as made:
        yield made


def test_the_source_plans_empty(deployments: Deployments) -> None:
    assert "DatabaseName" not in deployments.cluster(SOURCE)
    plan = deployments.plan("source", without_database(text_of("source")))
    assert plan.exit_status == 0, plan.text


def test_a_source_without_a_database_must_be_said_to_have_none(deployments: Deployments) -> None:
    named = text_of("clone").replace('"orders"', '"nodb"').replace('"clone"', '"named-clone"', 1)
    refused = deployments.terraform("named-clone", named).run("apply", "-auto-approve", allowed=(1,)).stdout
    told = " ".join(refused.replace("│", " ").split())
    assert (
        'The database of the source is null, and not "nodb": ask for none (initial_database = false).' in told
        or 'The database of the source is "", and not "nodb": ask for none (initial_database = false).' in told
    )


@pytest.mark.parametrize("name", LEFT_OFF)
def test_what_is_restored_has_none_and_only_what_a_restore_leaves_off_is_planned(
    name: str, deployments: Deployments
) -> None:
    text = without_database(text_of(name))
    terraform = deployments.terraform(name, text)
    terraform.apply()
    assert "DatabaseName" not in deployments.cluster(f"{name}-aurora")
    assert terraform.outputs()["database_name"] == "made-by-hand"
    plan = deployments.plan(name, without_restore(text))
    assert plan.actions == {CLUSTER: ["update"]}, plan.text
    assert plan.changed_arguments(CLUSTER) == LEFT_OFF[name]
