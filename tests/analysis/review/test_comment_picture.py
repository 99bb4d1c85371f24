"""The picture of a pull request's comment is what a review says today of a change to the environments that ship."""

import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
import tomli_w

from analysis.review.markdown_report import markdown
from analysis.review.review import review
from analysis.synthesized.stack import SynthesizedStack, read_stacks
from stacks.environment_files import read_environments
from stacks.synthesis import synthesize
from tests.accepted import Accepted
from tests.analysis.review.comment_picture import comment_picture
from tests.conftest import ROOT, TODAY
from tests.terraform_json import TerraformJson

PICTURE = ROOT / "docs/images/review.svg"
CHANGE: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "dev": {"database": {"name": "orders", "master_username": "orders"}},
    "production": {
        "backup": {"retention_days": 7},
        "capacity": {"maximum_acu": 16},
        "network": {"allowed_cidr_blocks": ["203.0.113.0/24"]},
        "protection": {"deletion_protection": False},
    },
    "high-scale": {"monitoring": {"log_retention_days": 30}},
}


@pytest.fixture(scope="module")
def comment(synthesized: dict[str, TerraformJson], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what a review says of the change."""
    folder = tmp_path_factory.mktemp("change")
    (folder / "environments").mkdir()
    before = {}
    for name, change in CHANGE.items():
        before[name] = SynthesizedStack(name, synthesized[name])
        file: dict[str, Any] = tomllib.loads((ROOT / f"environments/{name}.toml").read_text())
        changed = {section: {**file.get(section, {}), **keys} for section, keys in change.items()}
        (folder / f"environments/{name}.toml").write_text(tomli_w.dumps({**file, **changed}))
    synthesize(read_environments(folder / "environments"), folder / "out", today=TODAY)
    return markdown(review(before, read_stacks(folder / "out"), base="main (80e37fd)", today=TODAY))


def test_the_picture_is_of_what_a_review_says(comment: str, accepted: Accepted) -> None:
    drawn = comment_picture(comment, unfolded=["production"])
    assert accepted.text(PICTURE, drawn) == drawn, "look at it, drawn again by: make snapshots"


def test_it_has_every_word_that_is_not_folded(comment: str) -> None:
    drawn = comment_picture(comment, unfolded=list(CHANGE))
    for word in ("aws_rds_cluster.aurora", "deletion_protection:", "Caution", "lost", "US", "203.0.113.0/24"):
        assert f'aria-label="{word}' in drawn, word
