"""What the wheels hold and say of themselves."""

import ast
import importlib.metadata
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from packages.package import PACKAGES, ROOT

pytestmark = pytest.mark.xdist_group("packages")

NAMES = sorted(PACKAGES)
COMES_ALONG = {
    "cdktf-fast-start": {"attrs", "jsii", "typeguard"},  # with the program's cdktf
    "aurora-serverless": {"pydantic_core"},  # with pydantic
    "aurora-serverless-data-api": {"botocore", "urllib3"},  # with boto3
}
"""What a package imports and does not require by itself."""


def module(name: str) -> str:
    return name.replace("-", "_")


def files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def read(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(name).decode()


def metadata(wheel: Path) -> Message:
    (path,) = [name for name in files(wheel) if name.endswith(".dist-info/METADATA")]
    return Parser().parsestr(read(wheel, path))


def requirements(wheel: Path, engine: str = "cdktf") -> list[Requirement]:
    """Return what a package requires, with what its extras bring; of those of the engines, only one."""
    found = [Requirement(line) for line in metadata(wheel).get_all("Requires-Dist", [])]
    return [
        each
        for each in found
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in (engine, "test"))
    ]


def imported(wheel: Path) -> Iterator[str]:
    """Yield the top-level name of each absolute import in the code."""
    for name in files(wheel):
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(read(wheel, name))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield node.module.partition(".")[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_wheel_holds_the_package_as_it_is_here_and_nothing_else(name: str, wheels: Mapping[str, Path]) -> None:
    folder = PACKAGES[name].folder
    kept = {".py", ".csv", ".js"}
    expected = {
        f"{module(name)}/{path.relative_to(folder)}"
        for path in folder.rglob("*")
        if path.suffix in kept or path.name == "py.typed"
    }
    about = f"{module(name)}-{PACKAGES[name].version}.dist-info"
    listed = {f"{about}/{file}" for file in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}
    if "entry-points" in (folder / "pyproject.toml").read_text():
        listed.add(f"{about}/entry_points.txt")
    assert files(wheels[name]) == expected | listed
    assert f"{module(name)}/py.typed" in expected
    assert read(wheels[name], f"{about}/licenses/LICENSE") == (ROOT / "LICENSE").read_text()


def test_the_facts_come_with_the_construct_library(wheels: Mapping[str, Path]) -> None:
    facts = [name for name in files(wheels["aurora-serverless"]) if name.endswith(".csv")]
    assert len(facts) > 5
    assert {name.rpartition("/")[0] for name in facts} == {"aurora_serverless/facts"}


@pytest.mark.parametrize("name", NAMES)
def test_a_package_requires_what_it_imports_and_nothing_else(name: str, wheels: Mapping[str, Path]) -> None:
    of_module = importlib.metadata.packages_distributions()
    others = set(imported(wheels[name])) - sys.stdlib_module_names - {module(name)}
    needed = {of_module[other][0] for other in others} - COMES_ALONG.get(name, set())
    assert needed == {requirement.name for requirement in requirements(wheels[name])}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_package_requires_allows_what_is_tested_here(name: str, wheels: Mapping[str, Path]) -> None:
    for requirement in requirements(wheels[name]):
        assert importlib.metadata.version(requirement.name) in requirement.specifier, requirement


def test_the_library_runs_on_either_engine_as_it_is_pinned_here(wheels: Mapping[str, Path]) -> None:
    pinned = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements/cdktn.txt").read_text(), re.MULTILINE))
    wanted = requirements(wheels["aurora-serverless"], "cdktn")
    assert {each.name for each in wanted} >= {"cdktn", "cdktn-provider-aws", "cdktn-provider-random", "constructs"}
    assert not {each.name for each in wanted} & {"cdktf", "cdktf-cdktf-provider-aws", "cdktf-cdktf-provider-random"}
    for requirement in wanted:
        assert pinned[requirement.name] in requirement.specifier, requirement


@pytest.mark.parametrize("name", NAMES)
def test_a_package_says_what_it_is(name: str, wheels: Mapping[str, Path]) -> None:
    said = metadata(wheels[name])
    assert (said["Name"], said["Version"]) == (name, PACKAGES[name].version)
    assert (said["License-Expression"], said["Requires-Python"]) == ("MIT", ">=3.11")
    classifiers = said.get_all("Classifier", [])
    assert "Typing :: Typed" in classifiers
    tested = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["run"]["strategy"]["matrix"]
    assert re.findall(r"Python :: (3\.\d+)", " ".join(classifiers)) == tested["python-version"]
    assert said.get_payload() == (PACKAGES[name].folder / "README.md").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_version_is_the_first_of_the_changes(name: str) -> None:
    changes = (PACKAGES[name].folder / "CHANGELOG.md").read_text()
    assert re.findall(r"^## (\S+)", changes, re.MULTILINE)[0] == PACKAGES[name].version


@pytest.mark.parametrize("name", NAMES)
def test_the_packages_page_has_each(name: str) -> None:
    page = (ROOT / "docs" / "packages.md").read_text()
    folder = PACKAGES[name].folder.relative_to(ROOT)
    assert f"| `{name}` | `{module(name)}` |" in page
    assert f"(../{folder}/README.md)" in page
