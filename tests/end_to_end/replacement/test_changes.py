"""What the review says of a change of an environment file is what Terraform plans for it, resource by resource."""

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from analysis.review.changes import Kind, ResourceChange
from analysis.review.review import review
from analysis.synthesized.stack import SynthesizedStack
from stacks.environment_files import read_environment
from stacks.synthesis import synthesize
from tests.conftest import TODAY
from tests.end_to_end.replacement.conftest import ENVIRONMENTS, Bases
from tests.end_to_end.replacement.environment_changes import CHANGES, KNOWN_IN_AWS_ONLY
from tests.end_to_end.replacement.lifecycles import LIFECYCLES_CHANGED
from tests.end_to_end.replacement.side_by_side import (
    PlannedChange,
    Plans,
    copied,
    planned,
    terraform_for_modules,
    without_refusals,
)
from tests.terraform_json import TerraformJson, read_stacks

pytestmark = pytest.mark.xdist_group("replacement")

NOTHING, CREATED, UPDATED, DESTROYED = ("no-op",), ("create",), ("update",), ("delete",)
REPLACED, MADE_FIRST = ("delete", "create"), ("create", "delete")

ACTIONS = {
    Kind.ADDED: {CREATED},
    Kind.DESTROYED: {DESTROYED},
    Kind.CHANGED: {UPDATED},
    Kind.MAY_CHANGE: {NOTHING, UPDATED},
    Kind.MOVED: {NOTHING},
    Kind.KEPT: {NOTHING},
}

ALL = [
    *(pytest.param(base, change, id=f"{base}-{change}") for base, changes in CHANGES.items() for change in changes),
    pytest.param("lifecycles", "changed", id="lifecycles"),
]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TerraformJson]:
    """Return what each changed file synthesizes to, by the name of its module."""
    folder = tmp_path_factory.mktemp("changes")
    environments = [
        read_environment(_write(folder, base, change, keys))
        for base, changes in CHANGES.items()
        for change, keys in changes.items()
    ]
    synthesize(environments, folder / "cdktf.out", today=TODAY)
    return read_stacks(folder / "cdktf.out") | {_module("lifecycles", "changed"): LIFECYCLES_CHANGED}


@pytest.fixture(scope="module")
def plans(bases: Bases, documents: dict[str, TerraformJson], tmp_path_factory: pytest.TempPathFactory) -> Plans:
    """Return what Terraform plans for each change: one run for all of them.

    One that a postcondition or prevent_destroy refuses would end the plan of all, so nothing refuses here.
    """
    folder = tmp_path_factory.mktemp("changes") / "modules"
    unrefused = {name: without_refusals(document) for name, document in documents.items()}
    terraform = terraform_for_modules(folder, bases.aws, bases.providers, unrefused)
    return planned(terraform, copied(bases.state, {name: name.partition("_")[0] for name in documents}))


@dataclass(frozen=True)
class Said:
    """What the review says of a resource: what Terraform may do, and by which arguments it replaces, or may replace."""

    actions: frozenset[tuple[str, ...]]
    paths: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()

    @property
    def is_certain(self) -> bool:
        return len(self.actions) == 1 and not self.possible

    def agrees(self, planned_change: PlannedChange) -> bool:
        if planned_change.actions not in self.actions:
            return False
        if planned_change.actions not in (REPLACED, MADE_FIRST):
            return True
        return self.paths <= planned_change.replace_paths <= self.paths | self.possible


@pytest.mark.parametrize(("base", "change"), ALL)
def test_the_review_says_what_terraform_plans(
    base: str, change: str, bases: Bases, documents: dict[str, TerraformJson], plans: Plans
) -> None:
    module = _module(base, change)
    said, plan = _said(bases.documents[base], documents[module]), plans[module]
    assert set(said) == set(plan)
    wrong = {
        address: (said[address], found) for address, found in plan.items() if not all(map(said[address].agrees, found))
    }
    assert not wrong


@pytest.mark.parametrize(("base", "change"), ALL)
def test_the_review_says_may_only_of_what_is_known_in_aws_alone(
    base: str, change: str, bases: Bases, documents: dict[str, TerraformJson]
) -> None:
    said = _said(bases.documents[base], documents[_module(base, change)])
    may = {address for address, what in said.items() if not what.is_certain}
    _, expected = KNOWN_IN_AWS_ONLY.get(base, {}).get(change, ("", set()))
    assert may == expected


def _said(before: TerraformJson, after: TerraformJson) -> dict[str, Said]:
    """Return by address what the review says; of a resource that it does not name, that nothing happens."""
    addresses = SynthesizedStack("", after).resources
    said = {address: Said(frozenset({NOTHING})) for address in addresses}
    for environment in review(
        {"": SynthesizedStack("", before)}, {"": SynthesizedStack("", after)}, base=""
    ).environments:
        for change in environment.resources:
            if not change.address.startswith("data."):
                repeated = change.address in addresses and "for_each" in addresses[change.address].arguments
                said[change.address] = _said_of(change, repeated=repeated)
    return said


def _said_of(change: ResourceChange, *, repeated: bool) -> Said:
    if (replacement := change.replacement) is not None:
        replaced = MADE_FIRST if replacement.create_before_destroy else REPLACED
        actions = {replaced} if change.kind is Kind.REPLACED else {NOTHING, UPDATED, replaced}
        return Said(frozenset(actions), frozenset(replacement.paths), frozenset(replacement.possible))
    if change.kind is Kind.CHANGED and repeated:
        return Said(frozenset({NOTHING, CREATED, UPDATED, DESTROYED}))  # single ones of it
    return Said(frozenset(ACTIONS[change.kind]))


def _write(folder: Path, base: str, change: str, keys: Mapping[str, Any]) -> Path:
    document = copy.deepcopy(tomllib.loads((ENVIRONMENTS / f"{base}.toml").read_text()))
    for key, value in keys.items():
        *tables, name = key.split(".")
        table = document
        for inner in tables:
            table = table.setdefault(inner, {})
        if value is None:
            table.pop(name, None)
        else:
            table[name] = value
    path = folder / f"{_module(base, change)}.toml"
    path.write_text(tomli_w.dumps(document))
    return path


def _module(base: str, change: str) -> str:
    return f"{base}_{change}"
