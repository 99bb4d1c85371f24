"""Every environment file of this tree, the tests' own among them: what is promised for one holds for all."""

from pathlib import Path
from typing import Final

from stacks.environment_files import read_environments
from stacks.synthesis import synthesize
from tests.conftest import ROOT, TODAY
from tests.terraform_json import TerraformJson, read_stacks

FILES: Final = tuple(
    sorted(
        path.relative_to(ROOT)
        for folder in (ROOT / "environments", ROOT / "tests" / "end_to_end")
        for path in folder.rglob("*.toml")
    )
)
"""Their paths, seen from the root of the project."""


def synthesize_every(output: Path) -> dict[Path, TerraformJson]:
    """Return what each of `FILES` synthesizes to; a folder of them is read as one, as `main.py` does it."""
    documents: dict[Path, TerraformJson] = {}
    for number, folder in enumerate(sorted({path.parent for path in FILES})):
        to = output / str(number)
        synthesize(read_environments(ROOT / folder), to, today=TODAY)
        documents |= {folder / f"{name}.toml": document for name, document in read_stacks(to).items()}
    return documents
