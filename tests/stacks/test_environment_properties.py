"""What holds for every environment file, tried on files that are made up from the model.

A run tries the same files as long as the project stays the same; HYPOTHESIS_PROFILE=thorough tries others, and more.
"""

import copy
import json
from collections import Counter
from tempfile import gettempdir
from typing import Any

import jsonschema
import pytest
from cdktf import App
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stacks.database import DatabaseStack
from stacks.problem import Problem
from tests.conftest import TODAY
from tests.nets import caught
from tests.stacks.environment_strategies import KEYS, SCHEMA, STRATEGIES, strategy_for
from tests.stacks.made_up_environments import (
    COUNTS,
    Document,
    environment_documents,
    keys_in,
    named_key,
    problems_of,
    put,
    read,
    sample,
)
from tests.stacks.name_table import assert_table_is_complete
from tests.stacks.production_rules import POLICY_RULES
from tests.stacks.wrong_values import wrong_values
from tests.terraform_json import synthesize_stack

pytestmark = pytest.mark.xdist_group("environment-properties")

FEW = settings(max_examples=max(15, settings().max_examples // 10))
"""For a property that is tried for each key."""

VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
"""Made once: `jsonschema.validate` checks the schema each time too, as `test_generated_files` does."""

SAMPLE, FOR_A_KEY = 400, 60
SMALLEST_SHARE_ACCEPTED = 0.9


@pytest.mark.parametrize("key", KEYS)
def test_there_is_a_strategy_for_each_key(key: str) -> None:
    assert strategy_for(key) is not None, f"add a strategy for {key} to tests/stacks/environment_strategies.py"


def test_no_strategy_is_left_of_a_key_that_is_gone() -> None:
    assert STRATEGIES.keys() - KEYS.keys() == set()


def test_every_key_occurs_in_files_that_are_accepted() -> None:
    before = copy.copy(COUNTS)
    occurred = Counter(key for document in sample(SAMPLE) for key in keys_in(document))
    made_up, given_up = COUNTS.made_up - before.made_up, COUNTS.given_up - before.given_up
    # Which ones are made up changes with any line of the project; a key that is rare is asked for.
    rare = [key for key in KEYS if not occurred[key]]
    assert len(rare) < len(KEYS) / 10
    assert [key for key in rare if not any(key in keys_in(document) for document in sample(FOR_A_KEY, key))] == []
    assert (made_up - given_up) / made_up >= SMALLEST_SHARE_ACCEPTED, COUNTS


@given(environment_documents())
def test_what_the_model_accepts_synthesizes_without_a_mistake_and_with_narrow_policies(document: Document) -> None:
    # Else the net for lost values would catch a name that is meant.
    assume("undefined" not in str(document) and "NaN" not in str(document))
    environment = read(document)
    synthesized = synthesize_stack(DatabaseStack(App(outdir=gettempdir()), environment, today=TODAY))
    assert caught(synthesized) == []
    # These here too, because the synthesis is what takes the time.
    assert [problem for rule in POLICY_RULES for problem in rule(synthesized)] == [], "a policy is too wide"
    assert_table_is_complete(environment, synthesized)


@given(environment_documents())
def test_what_the_model_accepts_the_schema_for_editors_allows(document: Document) -> None:
    as_json = json.loads(json.dumps(document, default=lambda moment: moment.isoformat()))
    VALIDATOR.validate(as_json)


def is_told_well(problem: Problem) -> None:
    """Check what holds for every error line."""
    line = str(problem)
    assert line.isprintable(), "one line, and nothing that moves the cursor"
    assert line.startswith(str(problem.file))
    assert problem.rule
    assert problem.remedy
    assert not line.endswith(".")
    assert "Input should" not in line, "pydantic's words, and not ours"
    assert "Value error" not in line


def smallest_with(key: str, value: object) -> Document:
    """Return a file with what is required, there and in the key's section, and the key."""
    document: Document = {"name_prefix": "shop", "engine": {"version": "17.7"}}
    node: Any = SCHEMA
    section = ""
    for part in key.split(".")[:-1]:
        node, section = node["properties"][part], f"{section}{part}."
        for name in node.get("required", ()):
            put(document, section + name, KEYS[section + name]["examples"][0])
    put(document, key, value)
    return document


@pytest.mark.parametrize("key", KEYS)
@FEW
@given(data=st.data())
def test_a_wrong_value_is_refused_by_the_name_of_its_key(key: str, data: st.DataObject) -> None:
    problems = problems_of(smallest_with(key, data.draw(wrong_values(KEYS[key]))))
    assert key in {named_key(problem) for problem in problems}
    for problem in problems:
        is_told_well(problem)


@pytest.mark.parametrize("key", [key for key, node in KEYS.items() if node["type"] == "string"])
@FEW
@given(text=st.text())
def test_any_text_is_accepted_or_refused_by_the_name_of_its_key(key: str, text: str) -> None:
    for problem in problems_of(smallest_with(key, text)):
        assert named_key(problem) == key or named_key(problem).partition(".")[0] in SCHEMA["properties"]
        is_told_well(problem)


@given(environment_documents(), st.data())
def test_a_wrong_value_is_refused_whatever_else_the_file_says(document: Document, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(keys_in(document))))
    put(document, key, data.draw(wrong_values(KEYS[key])))
    problems = problems_of(document)
    assert key in {named_key(problem) for problem in problems}
    for problem in problems:
        is_told_well(problem)


@given(environment_documents(), st.text(min_size=1, max_size=20), st.sampled_from(["", "engine.", "backup."]))
def test_an_unknown_key_is_refused_by_its_name(document: Document, name: str, section: str) -> None:
    document.setdefault("backup", {})
    table = document[section.rstrip(".")] if section else document
    table[f"x_{name}"] = 1
    (problem,) = problems_of(document)
    assert problem.where == f"{section}x_{name} = 1"
    assert problem.rule == "unknown key"
    is_told_well(problem)
