"""Clusters that are made from another one's data: by the real provider, and never replaced for where they came from."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.deployments import Deployments
from tests.end_to_end.restoring import (
    CLUSTER,
    LEFT_OFF,
    SNAPSHOT,
    running_source,
    text_of,
    without_database,
    without_restore,
)
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("restore")


@pytest.fixture(scope="module")
def deployments(providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployments]:
    with running_source(text_of("source"), providers, tmp_path_factory.mktemp("restore")) as made:
        yield made


def test_a_running_cluster_is_left_as_it_is(deployments: Deployments) -> None:
    for section in (
        f'type = "snapshot"\nsnapshot_identifier = "{SNAPSHOT}"',
        'type = "clone"\nsource_cluster_identifier = "another"',
    ):
        plan = deployments.plan("source", f"{text_of('source')}\n[restore]\n{section}\n")
        assert plan.exit_status == 0, plan.text


def test_what_the_source_decides_must_be_named_so(deployments: Deployments) -> None:
    wrong = text_of("point-in-time").replace('"orders"', '"another"').replace('"17.7"', '"16.8"')
    refused = deployments.terraform("point-in-time", wrong).run("apply", "-auto-approve", allowed=(1,)).stdout
    told = " ".join(refused.replace("│", " ").split())
    assert 'The database of the source is "orders", and not "another": name it so.' in told
    assert "What is restored runs 17.7, as its source does, and not 16.8: ask for 17.7." in told
    right = deployments.plan("point-in-time", text_of("point-in-time"))
    assert ["delete", "create"] not in right.actions.values(), "the cluster is there, and is kept"
    assert right.changed_arguments(CLUSTER) == {"enable_http_endpoint"}, right.text


@pytest.mark.parametrize("name", LEFT_OFF)
def test_a_cluster_is_restored_and_a_second_apply_turns_on_what_is_off(name: str, deployments: Deployments) -> None:
    terraform = deployments.terraform(name, text_of(name))
    terraform.apply()
    cluster = deployments.cluster(f"{name}-aurora")
    assert (cluster["DatabaseName"], cluster["MasterUsername"]) == ("orders", "keeper")
    assert cluster["StorageEncrypted"] is (name == "snapshot")
    if name != "point-in-time":  # of which the apply that was refused has been the first
        second = terraform.plan()
        assert second.actions == {CLUSTER: ["update"]}, second.text
        assert second.changed_arguments(CLUSTER) == LEFT_OFF[name]
        terraform.apply()
    assert deployments.cluster(f"{name}-aurora")["HttpEndpointEnabled"] is True
    plan = terraform.plan()
    assert plan.exit_status == 0, plan.text


@pytest.mark.parametrize("name", LEFT_OFF)
def test_a_restored_cluster_outlives_its_section(name: str, deployments: Deployments) -> None:
    plan = deployments.plan(name, without_restore(text_of(name)))
    assert plan.exit_status == 0, plan.text


def test_an_initial_database_that_the_source_has_must_be_named(deployments: Deployments) -> None:
    text = without_database(text_of("clone")).replace('"clone"', '"other-clone"', 1)
    refused = deployments.terraform("other-clone", text).run("apply", "-auto-approve", allowed=(1,)).stdout
    told = " ".join(refused.replace("│", " ").split())
    assert 'The source was made with the initial database "orders": ask for it.' in told
