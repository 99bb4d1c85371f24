"""Promises about the project's own files."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT


def test_the_folder_constructs_never_shadows_the_package_constructs() -> None:
    assert not (ROOT / "constructs" / "__init__.py").exists(), "it would break every import of cdktf"
    code = "import constructs; print(constructs.Construct.__module__, constructs.__file__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "site-packages" in done.stdout


REQUIREMENTS = [
    str(path.relative_to(ROOT)) for path in sorted([*ROOT.glob("requirements*.*"), *ROOT.glob("requirements/*.*")])
]
COMPILED = sorted(name for name in REQUIREMENTS if name.endswith(".txt"))
LOCKED = ["package-lock.json", "requirements/cdktn-cli/package-lock.json"]


@pytest.mark.parametrize("name", COMPILED)
def test_every_requirement_is_pinned_exactly_and_by_hashes(name: str) -> None:
    text = re.sub(r"^ *#.*\n", "", (ROOT / name).read_text(), flags=re.MULTILINE)
    for requirement in text.replace("\\\n", "").splitlines():
        assert re.fullmatch(r"[\w.\[\]-]+==[\w.]+( ; [^\\]+?)?( +--hash=sha256:[0-9a-f]{64})+", requirement), (
            requirement
        )


@pytest.mark.parametrize("name", LOCKED)
def test_every_package_of_npm_is_pinned_by_a_hash(name: str) -> None:
    packages = json.loads((ROOT / name).read_text())["packages"]
    # What is bundled lies in the archive of the package that bundles it.
    unhashed = [
        name for name, package in packages.items() if not package.get("inBundle") and "integrity" not in package
    ]
    assert unhashed == [""], "the project itself has none, and nothing else"


def test_every_installation_takes_only_what_has_a_hash_and_builds_nothing() -> None:
    makefile = (ROOT / "Makefile").read_text()
    [command] = re.findall(r"^PIP_INSTALL := (.*)$", makefile, re.MULTILINE)
    assert {"--require-hashes", "--only-binary :all:"} <= set(re.findall(r"--[a-z-]+(?: :all:)?", command))
    installed = re.findall(
        r"^\$\(INSTALLED\w*\): (\S+) .*\n(?:\t.*\n)*?\t@\$\(\w+\)\S* \$\(PIP_INSTALL\) \$<(?: .*)?$", makefile, re.M
    )
    of_engines = re.findall(r"^REQUIREMENTS := (\S+)$", makefile, re.MULTILINE)
    assert sorted([*set(installed) - {"$(REQUIREMENTS)"}, *of_engines]) == COMPILED
    elsewhere = [
        ROOT / "Makefile",
        ROOT / "aurora-serverless",
        ROOT / ".ci/run",
        *(ROOT / ".github/workflows").glob("*.yml"),
    ]
    called = [
        line
        for path in elsewhere
        for line in path.read_text().splitlines()
        if re.search(r"(pip|uv) (pip )?install", line)
    ]
    assert called == [f"PIP_INSTALL := {command}"]
    assert not [line for line in makefile.splitlines() if "npm " in line and "@PATH" in line and "npm ci " not in line]


def test_the_requirements_are_compiled_with_their_hashes() -> None:
    makefile = (ROOT / "Makefile").read_text()
    [command] = re.findall(r"^PIP_COMPILE := (.*)$", makefile, re.MULTILINE)
    assert "--generate-hashes" in command
    compiled = re.findall(r"^\t@\$\(PIP_COMPILE\) .*--output-file (\S+)$", makefile, re.MULTILINE)
    assert sorted(compiled) == COMPILED


@pytest.mark.parametrize("name", [*REQUIREMENTS, *LOCKED])
def test_no_file_holds_the_address_of_an_index(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "index-url" not in text
    assert "find-links" not in text
    assert "resolved" not in text
    # npm's file names the pages of those who pay for a package.
    assert name in LOCKED or "://" not in re.sub(r"#.*", "", text)


def test_the_required_packages_are_required() -> None:
    wanted = {"cdktf", "cdktf-cdktf-provider-aws", "cdktf-cdktf-provider-random", "constructs", "pytest"}
    assert wanted <= set(re.findall(r"^([\w-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))


@pytest.mark.parametrize("module", ["stacks.environment_files", "stacks.environment", "stacks.command"])
def test_what_needs_no_cdktf_does_not_import_it(module: str) -> None:
    code = f"import sys, {module}; print([name for name in ('cdktf', 'jsii', 'constructs') if name in sys.modules])"
    path = f"{ROOT}:{ROOT / 'constructs'}"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_groups_tests_stay_together_when_many_run_side_by_side(request: pytest.FixtureRequest) -> None:
    """pytest-xdist loses its groups without a word on a pytest that it does not know: each test would deploy again."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        assert request.node.nodeid.endswith("@test_repository")
