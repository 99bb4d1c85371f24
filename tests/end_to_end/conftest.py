"""Real Terraform, the real AWS provider, local AWS: each deployment has a local AWS of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aurora_serverless.rules.tags import TAGGED_TYPES
from local_aws import process
from local_aws.process import LocalAws
from stacks.environment_files import read_environments
from stacks.synthesis import synthesize
from tests.conftest import ROOT, TODAY
from tests.end_to_end.called_actions import CalledActions
from tests.end_to_end.every_environment import synthesize_every
from tests.end_to_end.initialized_folder import InitializedFolder
from tests.end_to_end.provider_schema import ProviderSchemas, types_in
from tests.end_to_end.terraform import Terraform, terraform_on_path
from tests.terraform_json import TerraformJson
from tests.terraform_providers.finding import TerraformProviders, find_terraform_providers

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


@pytest.fixture(scope="session")
def every_document(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, TerraformJson]:
    """Return what every environment file of the tree synthesizes to, by its path."""
    return synthesize_every(tmp_path_factory.mktemp("every-environment"))


@pytest.fixture(scope="session")
def initialized(
    every_document: dict[Path, TerraformJson], providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory
) -> InitializedFolder:
    """Return a folder in which every environment can be looked at; they all ask for the same providers."""
    folder = tmp_path_factory.mktemp("initialized")
    return InitializedFolder(folder, providers, next(iter(every_document.values())))


@pytest.fixture(scope="session")
def schemas(every_document: dict[Path, TerraformJson], initialized: InitializedFolder) -> ProviderSchemas:
    """Return the providers' own schema of what any environment uses, or may tag."""
    return initialized.provider_schemas(types_in(*every_document.values()) | TAGGED_TYPES)


def terraform_for(
    name: str,
    aws: LocalAws,
    providers: TerraformProviders,
    folder: Path,
    *,
    environments: Path = ROOT / "environments",
    called: CalledActions | None = None,
) -> Terraform:
    """Synthesize the environments of a folder below `folder`, and return Terraform on the one called `name`."""
    synthesize(read_environments(environments), folder / "cdktf.out", today=TODAY)
    return Terraform(folder / "cdktf.out" / "stacks" / name, aws, providers, VARIABLES, called)
