"""docs/behaviours.md: each behaviour has a key or a part of the library, and a test, that are there; or a reason."""

import ast
import inspect
import re
from functools import cache
from typing import Final

import pytest

import aurora_serverless
from stacks.described_keys import described_file
from tests.conftest import ROOT

PAGE: Final = (ROOT / "docs/behaviours.md").read_text(encoding="utf-8")
ROWS: Final = [
    (behaviour, here, test)
    for behaviour, here, test in re.findall(r"^\| (.+?) \| (.+?) \| ?(.*?) ?\|$", PAGE, re.MULTILINE)
    if behaviour != "behaviour"
]
_REASONS: Final = ("no: ", "not yet: ")
PROGRAM: Final = "the program"
OURS: Final = [row for row in ROWS if not row[1].startswith(_REASONS)]


@cache
def functions(file: str) -> frozenset[str]:
    """Return the names of the tests of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def is_of_the_library(name: str) -> bool:
    """Whether `Class.attribute`, or `Class(argument)`, is one of the construct library."""
    found = re.fullmatch(r"([A-Z]\w+)(?:\.(\w+)|\((\w+)\))", name)
    if found is None:
        return False
    class_ = getattr(aurora_serverless, found[1], None)
    if class_ is None:
        return False
    return hasattr(class_, found[2]) if found[2] else found[3] in inspect.signature(class_.__init__).parameters


def is_key(name: str) -> bool:
    """Whether it is a key of environment files, or a table of them."""
    path = name.replace("<number>", "1").replace("<short name>", "reports")
    return any(key.path == path or key.path.startswith(f"{path}.") for key in described_file().all_keys())


def test_every_row_of_the_page_is_read() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| behaviour ")]
    assert len(ROWS) == len(lines)


@pytest.mark.parametrize(("behaviour", "here", "test"), OURS, ids=[row[0] for row in OURS])
def test_what_is_ours_is_there_and_has_a_test(behaviour: str, here: str, test: str) -> None:
    named = re.findall(r"`([^`]+)`", here)
    assert named or here == PROGRAM, behaviour
    assert [name for name in named if not (is_key(name) or is_of_the_library(name))] == []
    found = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", test)
    assert found is not None, f"{behaviour}: which test holds it?"
    assert found[2] in functions(found[1])


def test_what_is_not_ours_has_a_reason_and_no_test() -> None:
    others = [row for row in ROWS if row not in OURS]
    assert [behaviour for behaviour, here, test in others if test or len(here) <= max(map(len, _REASONS))] == []
    for _, here, _ in others:
        named = [name for name in re.findall(r"`([^`]+)`", here) if "." in name]
        assert [name for name in named if not is_key(name)] == []


@pytest.mark.parametrize("name", ["AuroraDatabase.grant_nothing", "AuroraServerlessCluster(nothing)", "capacity.none"])
def test_a_name_that_is_nowhere_would_be_seen(name: str) -> None:
    assert not is_key(name)
    assert not is_of_the_library(name)
