"""A deployment of provider 5 goes on with 6, which comes with cdktn: its plan is empty. Skipped where there is no 6."""

import json
import shutil
from pathlib import Path
from typing import Final

import pytest

from local_aws.process import LocalAws
from tests.end_to_end.conftest import terraform_for
from tests.terraform_providers.finding import TerraformProviders, find_terraform_providers

VERSION: Final = 6
ENVIRONMENT: Final = "dev"

pytestmark = pytest.mark.xdist_group("provider-6")


@pytest.fixture(scope="module")
def provider_6(tmp_path_factory: pytest.TempPathFactory) -> TerraformProviders:
    """Find provider 6 in the registry or in a mirror that is configured, and search for it nowhere else."""
    folder = tmp_path_factory.mktemp("provider-6")
    found = find_terraform_providers(folder / "found", search_root=folder, aws_major=VERSION)
    if found.missing is not None:
        pytest.skip(found.missing)
    return found


def test_what_provider_5_has_deployed_is_what_provider_6_wants(
    provider_6: TerraformProviders, providers: TerraformProviders, aws: LocalAws, tmp_path: Path
) -> None:
    before = terraform_for(ENVIRONMENT, aws, providers, tmp_path / "before")
    before.init()
    before.apply()
    after = terraform_for(ENVIRONMENT, aws, provider_6, tmp_path / "after")
    stack = after.folder / "cdk.tf.json"
    document = json.loads(stack.read_text())
    # What cdktn synthesizes differs in nothing else that Terraform reads: tests/stacks/test_engines.py.
    document["terraform"]["required_providers"]["aws"]["version"] = f"~> {VERSION}.0"
    stack.write_text(json.dumps(document))
    state = f"terraform.{ENVIRONMENT}.tfstate"
    shutil.copy(tmp_path / "before" / state, tmp_path / "after" / state)
    after.init()
    plan = after.plan()
    assert (plan.exit_status, plan.actions) == (0, {}), plan.text
