"""Environments that are made up are planned by the real provider: it refuses none of what the model accepts.

They are the few of many that together have the most keys, the same ones as long as the project stays the same. Nothing
is applied: that is what `options/` is for.
"""

import copy
import json
from tempfile import gettempdir

import pytest
import tomli_w
from cdktf import App

from local_aws.process import LocalAws
from stacks.database import DatabaseStack
from stacks.terraform_settings import PROVIDER_VERSIONS
from tests.conftest import TODAY
from tests.end_to_end.conftest import VARIABLES
from tests.end_to_end.terraform import Terraform
from tests.stacks.environment_strategies import KEYS
from tests.stacks.made_up_environments import Document, few_that_cover_most, find, keys_in, read, sample
from tests.terraform_json import TerraformJson, synthesize_stack
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("random-environments")

MADE_UP = 300
PLANNED = 14
NOT_PLANNED = {
    "allowed_account_ids",  # local AWS is one account
    "backend",  # a plan needs no state
    "provider",  # local AWS has one endpoint, and no role to assume
    # A VPC and subnets that are made up are nowhere to be found.
    "network.vpc_id",
    "network.vpc_tags",
    "network.subnet_ids",
    "network.subnet_tags",
    "network.network_type",
    "bastion.subnet_id",
    # Nor what exists already, which the plan looks up.
    "network.subnet_group_name",
    "network.security_group_ids",
    "network.own_security_group",
    "engine.cluster_parameter_group",
    "engine.instance_parameter_group",
    "monitoring.enhanced_monitoring_role_arn",
    "monitoring.import_log_group",
    "network.allowed_ipv6_cidr_blocks",
}


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return few_that_cover_most(sample(MADE_UP), PLANNED)


@pytest.fixture(scope="module")
def terraform(aws: LocalAws, providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Return Terraform in a folder that is initialized for the providers of every environment."""
    folder = tmp_path_factory.mktemp("random-environments")
    terraform = Terraform(folder, aws, providers, VARIABLES)
    write(terraform, {"terraform": {"required_providers": PROVIDER_VERSIONS}})
    terraform.run("init", "-input=false")
    return terraform


def write(terraform: Terraform, document: TerraformJson) -> None:
    (terraform.folder / "cdk.tf.json").write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.parametrize("number", range(PLANNED))
def test_the_provider_plans_it(number: int, documents: list[Document], terraform: Terraform) -> None:
    document = copy.deepcopy(documents[number])
    for key in NOT_PLANNED:
        if found := find(document, key):
            del found[0][found[1]]
    if document.get("credentials", {}).get("mode") == "existing":  # whose secret is read by the plan
        del document["credentials"]
    for instance in document.get("instances", {}).get("each", {}).values():
        instance.pop("parameter_group", None)
    synthesized = synthesize_stack(DatabaseStack(App(outdir=gettempdir()), read(document), today=TODAY))
    del synthesized["terraform"]["backend"]
    write(terraform, synthesized)
    planned = terraform.run("plan", allowed=(0, 1))
    assert planned.returncode == 0, f"{tomli_w.dumps(document)}\n{planned.stdout}"
    assert "to add, 0 to change, 0 to destroy" in planned.stdout


def test_those_that_are_planned_have_nearly_every_key(documents: list[Document]) -> None:
    planned = set[str]().union(*map(keys_in, documents))
    assert len(planned) >= 0.9 * len(KEYS), sorted(KEYS.keys() - planned)
