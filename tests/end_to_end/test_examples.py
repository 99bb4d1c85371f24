"""The stacks of the examples with the real providers: some are applied and stay as they are, all others are planned."""

import shutil
from pathlib import Path

import pytest

from local_aws.process import LocalAws
from stacks.terraform_settings import PROVIDER_VERSIONS
from tests.examples import EXAMPLES, run_example, run_program
from tests.packages.installed import example
from tests.terraform_json import TerraformJson, blocks
from tests.terraform_providers.finding import TerraformProviders
from tests.transitions.side_by_side import Run, SideBySide

pytestmark = pytest.mark.xdist_group("examples")

INSTALLED = "installed"
REGION = "eu-central-1"
APPLIED = ("smallest_shop", "own_vpc_and_grants_store")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples")


@pytest.fixture(scope="module")
def stacks(folder: Path, python: Path) -> dict[str, TerraformJson]:
    """Return every stack of every example, as a module of one program that has the provider.

    One of them is of the installed package, with nothing of this checkout: the program that its page shows.
    """
    elsewhere = folder / "main.py"
    elsewhere.write_text(example("aurora-serverless"))
    written = {name: run_example(name, folder / name)[1] for name in EXAMPLES}
    written[INSTALLED] = run_program(elsewhere, folder / INSTALLED, python=python)[1]
    found = {}
    for program, documents in written.items():
        for name, document in documents.items():
            for variable in document.get("variable", {}).values():
                variable.setdefault("default", "given by whoever runs it")
            document.setdefault("variable", {})["aws_region"] = {"default": REGION}
            document["terraform"]["required_providers"] = PROVIDER_VERSIONS
            found[f"{program}_{name}"] = document
        # Files that Terraform reads lie beside the stack, where it runs.
        for assets in (folder / program).glob("stacks/*/assets"):
            shutil.copytree(assets, folder / "together" / "assets", dirs_exist_ok=True)
    return found


@pytest.fixture(scope="module")
def planned(stacks: dict[str, TerraformJson], folder: Path, aws: LocalAws, providers: TerraformProviders) -> Run:
    """Apply some stacks, plan all, and return what the plan says of each."""
    (group, *_) = aws.client("ec2", region=REGION).describe_security_groups()["SecurityGroups"]
    aws.client("rds", region=REGION).create_db_cluster(  # the one that is looked up
        DBClusterIdentifier="orders-aurora",
        Engine="aurora-postgresql",
        MasterUsername="orders",
        ManageMasterUserPassword=True,
        VpcSecurityGroupIds=[group["GroupId"]],
    )
    together = SideBySide(folder / "together", aws, providers)
    for name in APPLIED:
        together.put(name, stacks[name])
    applied = together.apply()
    assert {name: said.errors for name, said in applied.said.items() if said.errors} == {}
    for name, document in stacks.items():
        together.put(name, document)
    return together.plan()


def test_each_stack_is_planned_as_a_whole(stacks: dict[str, TerraformJson], planned: Run) -> None:
    assert {name: said.errors for name, said in planned.said.items() if said.errors} == {}
    assert f"{INSTALLED}_orders" in stacks
    for name in stacks.keys() - set(APPLIED):
        made = {address for address in blocks(stacks[name]) if not address.startswith("data.")}
        assert set(planned.said[name].planned) >= made, name
        assert set(planned.said[name].planned.values()) == {"create"}


def test_what_was_applied_stays_as_it_is(planned: Run) -> None:
    assert {name: planned.said[name].planned for name in APPLIED} == {name: {} for name in APPLIED}
