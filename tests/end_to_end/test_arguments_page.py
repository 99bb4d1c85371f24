"""docs/arguments.md: every argument of the provider is in it, and what it says of each is what is synthesized."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import ROOT
from tests.end_to_end.provider_schema import ProviderSchemas
from tests.stacks.key_tables import NOTHING, tables
from tests.terraform_json import TerraformJson
from tests.transitions.environments import base, changed, synthesize_all

pytestmark = pytest.mark.xdist_group("provider-schema")

TABLES: Final = tables("arguments.md")


@cache
def _more_documents() -> list[TerraformJson]:
    """Return what is synthesized with keys that no environment keeps: an upgrade's, and one of secondaries only."""
    recovery = tomllib.loads((ROOT / "tests/end_to_end/recovery/secondary.toml").read_text())
    upgrading = changed(base("wide"), {"engine.version": "17.7", "engine.allow_major_version_upgrade": "17.7"})
    forwarding = changed(recovery, {"global_database.write_forwarding": True})
    found = [one.document for one in synthesize_all([upgrading, forwarding])]
    return [document for document in found if document is not None]


@pytest.mark.parametrize("type_", TABLES)
def test_every_argument_of_the_provider_has_a_row(type_: str, schemas: ProviderSchemas) -> None:
    assert list(TABLES[type_]) == sorted(schemas.settable(type_), key=lambda name: name.replace("_", "\x00"))


@pytest.mark.parametrize("type_", TABLES)
def test_what_is_set_is_set_in_some_environment_and_what_is_not_in_none(
    type_: str, every_document: dict[Path, TerraformJson]
) -> None:
    given = {
        name
        for document in (*every_document.values(), *_more_documents())
        for block in document["resource"].get(type_, {}).values()
        for name, value in block.items()
        if value is not None
    }
    assert {argument for argument, (set_by, _) in TABLES[type_].items() if set_by != NOTHING} == given & set(
        TABLES[type_]
    )
