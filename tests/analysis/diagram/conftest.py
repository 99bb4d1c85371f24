"""The stacks that pictures are made of: every environment file of the project, synthesized once."""

from collections.abc import Mapping

import pytest

from analysis.synthesized.stack import SynthesizedStack, read_stacks
from tests.analysis.diagram.made_up import crowded, with_long_names
from tests.conftest import ROOT, TODAY
from tests.terraform_json import TerraformJson

FOLDERS = [ROOT / "tests" / "end_to_end" / name for name in ("environments", "options", "recovery")]


@pytest.fixture(scope="session")
def shipped(synthesized: dict[str, TerraformJson]) -> Mapping[str, SynthesizedStack]:
    """Return the stacks of the environments that ship."""
    return {name: SynthesizedStack(name, document) for name, document in synthesized.items()}


@pytest.fixture(scope="session")
def stacks(
    shipped: Mapping[str, SynthesizedStack], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, SynthesizedStack]:
    """Return the stacks of all environment files, and made-up ones."""
    from stacks.environment_files import read_environments  # noqa: PLC0415
    from stacks.synthesis import synthesize  # noqa: PLC0415

    found = dict(shipped)
    for folder in FOLDERS:
        output = tmp_path_factory.mktemp(folder.name)
        synthesize(read_environments(folder), output, today=TODAY)
        found |= read_stacks(output)
    found["crowded"] = crowded(found["high-scale"].document)
    found["long names"] = with_long_names(found["production"].document)
    found["long names behind a proxy"] = with_long_names(found["access"].document)
    return found
