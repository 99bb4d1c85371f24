"""The whole synthesized JSON of each environment, so that a pull request shows what a change does to it.

`make snapshots` accepts a change. A snapshot only says that something changed; the rules have tests of their own.
"""

import json
from pathlib import Path

import pytest

from tests.accepted import Accepted
from tests.conftest import ROOT
from tests.terraform_json import TerraformJson, differences

SNAPSHOTS = Path(__file__).parent / "snapshots"
ENVIRONMENTS = sorted(path.stem for path in (ROOT / "environments").glob("*.toml"))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_synthesized_json_is_the_snapshot(name: str, synthesized: dict[str, TerraformJson], accepted: Accepted) -> None:
    text = json.dumps(synthesized[name], indent=2, sort_keys=True, ensure_ascii=False)
    found = accepted.text(SNAPSHOTS / f"{name}.json", text + "\n")
    if not found:
        pytest.fail(f"{name} has no snapshot yet\naccept it with: make snapshots", pytrace=False)
    lines = list(differences(json.loads(found), synthesized[name]))
    if lines:
        head = f"the synthesized JSON of {name} is not its snapshot:"
        pytest.fail("\n  ".join([head, *lines]) + "\naccept it with: make snapshots", pytrace=False)


def test_no_snapshot_is_left_of_an_environment_that_is_gone(accepted: Accepted) -> None:
    assert accepted.keep_only(SNAPSHOTS, ".json", ENVIRONMENTS) == ENVIRONMENTS


def test_a_difference_is_told_by_resource_and_argument() -> None:
    before = {"resource": {"aws_rds_cluster": {"aurora": {"backup_retention_period": 7, "tags": {"Part": "5"}}}}}
    after = {"resource": {"aws_rds_cluster": {"aurora": {"backup_retention_period": 14, "apply_immediately": True}}}}
    assert list(differences(before, after)) == [
        "aws_rds_cluster.aurora.apply_immediately: (absent) -> true",
        "aws_rds_cluster.aurora.backup_retention_period: 7 -> 14",
        'aws_rds_cluster.aurora.tags.Part: "5" -> (absent)',
    ]


def test_a_list_that_grows_is_a_difference() -> None:
    assert list(differences({"a": []}, {"a": [1]})) == ["a: [] -> (absent)", "a[0]: (absent) -> 1"]


def test_of_a_long_text_only_the_lines_that_differ_are_told() -> None:
    assert list(differences({"text": "one\ntwo\nthree"}, {"text": "one\n2\nthree"})) == ["text: - two", "text: + 2"]
