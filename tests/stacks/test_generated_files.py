"""The JSON schema of environment files, docs/options.md and docs/facts.md: made, current, and complete.

`make snapshots` writes them.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic.fields import FieldInfo

from aurora_serverless.facts.files import FACT_FILES
from aurora_serverless.facts.prices import load_prices
from aurora_serverless.options.section import Section, named_section_of, section_of
from stacks.described_keys import described_file, toml
from stacks.environment import Environment
from stacks.facts_page import facts_page
from stacks.json_schema import NOT_IN_THE_FILE, environment_schema
from stacks.options_page import options_page
from stacks.presets import PRESETS
from tests.accepted import Accepted
from tests.conftest import ROOT

SCHEMA = ROOT / "environments" / "environment.schema.json"
PAGE = ROOT / "docs" / "options.md"
FILES = sorted((ROOT / "environments").glob("*.toml")) + sorted((ROOT / "tests").rglob("*.toml"))


def keys(model: type[Section] = Environment, prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Yield every key that is not a section, by its dotted name."""
    for name, field in model.model_fields.items():
        named = named_section_of(field)
        section = section_of(field) if named is None else named[1]
        if section is not None:
            yield from keys(section, f"{prefix}{name}." if named is None else f"{prefix}{name}.{named[0]}.")
        elif prefix or name != NOT_IN_THE_FILE:
            yield prefix + name, field


KEYS = dict(keys())


def schema_of(key: str) -> dict[str, Any]:
    node = environment_schema()
    for part in key.split("."):
        node = node["properties"][part] if "properties" in node else node["additionalProperties"]
    return node


def as_json(value: Any) -> Any:
    """Return a value of a TOML file as an editor's plugin hands it to a JSON schema."""
    return json.loads(json.dumps(value, default=lambda moment: moment.isoformat()))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(SCHEMA, json.dumps(environment_schema(), indent=2) + "\n", id="schema"),
        pytest.param(PAGE, options_page(), id="options"),
        pytest.param(ROOT / "docs" / "facts.md", facts_page(), id="facts"),
    ],
)
def test_the_generated_file_is_current(path: Path, text: str, accepted: Accepted) -> None:
    if accepted.text(path, text) != text:
        message = (
            f"{path.relative_to(ROOT)} is not what the model and the facts say\nwrite it again with: make snapshots"
        )
        pytest.fail(message, pytrace=False)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_says_what_it_is_and_makes_and_has_an_example(key: str) -> None:
    field = KEYS[key]
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    assert field.description, "a description"
    assert field.description.endswith("."), "a sentence"
    assert "x-makes" in extra, "what it makes"
    assert field.examples, "an example"
    if not field.is_required() and field.default in (None, ()):
        assert "x-unset" in extra, "what holds without it"


@pytest.mark.parametrize("key", KEYS)
def test_a_key_says_which_values_are_allowed(key: str) -> None:
    schema, extra = schema_of(key), KEYS[key].json_schema_extra
    assert isinstance(extra, dict)
    told = "x-allowed" in extra or schema.get("type") == "boolean" or "enum" in schema or "const" in schema
    assert told or "minimum" in schema or "enum" in schema.get("items", {}), "allowed values"


@pytest.mark.parametrize("key", KEYS)
def test_the_example_of_a_key_is_one_that_its_schema_allows(key: str) -> None:
    [example] = KEYS[key].examples or []
    jsonschema.validate(as_json(example), schema_of(key))
    assert tomllib.loads(f"x = {toml(example)}")


@pytest.mark.parametrize("key", [key for key, field in KEYS.items() if not field.is_required()])
def test_the_example_of_a_key_is_not_its_default(key: str) -> None:
    [example] = KEYS[key].examples or []
    assert example != KEYS[key].default or type(example) is not type(KEYS[key].default)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_schema_allows_every_environment_file_of_the_project(path: Path) -> None:
    jsonschema.validate(as_json(tomllib.loads(path.read_text(encoding="utf-8"))), environment_schema())


@pytest.mark.parametrize("path", sorted((ROOT / "environments").glob("*.toml")), ids=lambda path: path.stem)
def test_a_file_that_ships_names_its_schema_first(path: Path) -> None:
    assert path.read_text(encoding="utf-8").splitlines()[0] == f"#:schema ./{SCHEMA.name}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": 1},
        {"capacity": {"minimum_acu": 0.3}},
        {"capacity": {"maximum_acu": 300}},
        {"backup": {"retention_days": "7"}},
        {"credentials": {"mode": "plain"}},
        {"region": "us-east-9"},
        {"preset": "staging"},
        {"monitoring": {"log_retention_days": 6}},
    ],
    ids=str,
)
def test_the_schema_refuses_what_an_editor_can_tell(wrong: Mapping[str, Any]) -> None:
    good = {"name_prefix": "shop", "engine": {"version": "17.7"}}
    jsonschema.validate(good, environment_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**good, **wrong}, environment_schema())


def test_the_schema_asks_for_what_is_required() -> None:
    schema = environment_schema()
    assert schema["required"] == ["name_prefix", "engine"]
    assert schema["properties"]["engine"]["required"] == ["version"]


def test_the_schema_stands_alone_and_knows_no_null() -> None:
    text = json.dumps(environment_schema())
    for word in ("$ref", "$defs", "anyOf", "null", '"x-'):
        assert word not in text, word


def test_the_page_has_every_key_and_every_section() -> None:
    page = options_page()
    for key in KEYS:
        assert f"- **`{key.rpartition('.')[2]}`**" in page
        section = key.rpartition(".")[0]
        assert not section or f" `[{section}]`\n" in page


def test_the_page_says_what_each_preset_sets() -> None:
    page = options_page()
    for preset, sections in PRESETS.items():
        assert f"| key | with `{preset}` |" in page
        for section, values in sections.items():
            for name, value in values.items():
                assert f"| `{section}.{name}` | `{toml(value)}` |" in page


def test_the_page_says_what_is_not_possible() -> None:
    page = options_page()
    for what in ("Parallel Query", "Backtrack", "Blue/green", "AWS/RDS-Data"):
        assert what in page


def test_the_page_of_facts_has_every_row_with_its_date_and_its_source() -> None:
    page = facts_page()
    for file in FACT_FILES:
        assert f"[{file.path.name}](" in page
        rows, table = file.read(), page.partition(f"\n## {file.name.capitalize()}\n")[2].partition("\n## ")[0]
        if file.name == "parameters":
            assert table == ""
            continue
        lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
        assert len(lines) == len(rows)
        for row, line in zip(rows, lines, strict=True):
            certainty, seen, number = (cell.strip() for cell in line.strip("| ").split(" | ")[-3:])
            assert (certainty, seen) == (row.certainty, row.seen)
            [source] = [one for one in table.splitlines() if one.startswith(f"{number}. ")]
            assert re.sub(r"\\(.)", r"\1", source) == f"{number}. {row.source}".replace("<", "&lt;")


def test_the_page_of_facts_says_what_is_otherwise_on_aurora_serverless() -> None:
    table = facts_page().partition("\n## Parameters on Aurora Serverless\n")[2].partition("\n## ")[0]
    assert "| shared\\_buffers |  | ignored |" in table
    assert table.count(" | derived | ") == 7  # autovacuum_max_workers has two rows


@pytest.mark.parametrize("page", [options_page, facts_page])
def test_nothing_on_the_page_is_taken_for_html(page: Callable[[], str]) -> None:
    outside_code = re.sub(r"`[^`\n]*`|<a id=\"[\w.]+\"></a>|<!--.*?-->", "", page(), flags=re.DOTALL)
    assert re.findall(r"<[^ ]", outside_code) == []


def test_what_a_key_costs_is_said_with_the_price_that_is_known() -> None:
    [costs] = [key.costs for key in described_file().all_keys() if key.path == "capacity.minimum_acu"]
    price = load_prices().find("acu_hour_standard", "us-east-1")
    assert price is not None
    assert f"${price.usd:f} an ACU-hour" in costs
    assert f"${price.usd * 730:.2f} a month" in costs
