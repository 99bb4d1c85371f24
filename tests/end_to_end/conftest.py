"""Real Terraform, the real AWS provider, local AWS: each deployment has a local AWS of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_aws import process
from local_aws.process import LocalAws
from local_aws.terraform_providers import TerraformProviders, find_terraform_providers
from stacks.environment_files import read_environments
from stacks.synthesis import synthesize
from tests.conftest import ROOT, TODAY
from tests.end_to_end.terraform import Terraform, terraform_on_path

Deploy = Callable[..., Terraform]

# The reference names no Region; everything else has its own default.
VARIABLES = {"aws_region": "us-east-1"}


@pytest.fixture(scope="session")
def providers(tmp_path_factory: pytest.TempPathFactory) -> TerraformProviders:
    """Find the providers, or skip and say which are missing."""
    if not terraform_on_path():
        pytest.skip("terraform is not on PATH")
    found = find_terraform_providers(tmp_path_factory.mktemp("providers"))
    if found.missing is not None:
        pytest.skip(found.missing)
    return found


@pytest.fixture(autouse=True)
def _providers_are_told(providers: TerraformProviders, record_property: Callable[[str, object], None]) -> None:
    """Let the summary say which providers the tests ran with."""
    for source in providers.sources:
        record_property("provider", f"{source.address}: {source.kind}")


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """Return a local AWS that nobody else uses."""
    with process.start() as running:
        yield running


def terraform_for(
    name: str,
    aws: LocalAws,
    providers: TerraformProviders,
    folder: Path,
    *,
    environments: Path = ROOT / "environments",
) -> Terraform:
    """Synthesize the environments of a folder below `folder`, and return Terraform on the one called `name`."""
    synthesize(read_environments(environments), folder / "cdktf.out", today=TODAY)
    return Terraform(folder / "cdktf.out" / "stacks" / name, aws, providers, VARIABLES)
