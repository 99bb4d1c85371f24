"""Promises about the project's own files."""

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


def test_every_requirement_is_pinned_exactly() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-operations.txt", "requirements-checkov.txt"):
        for line in (ROOT / name).read_text().splitlines():
            requirement = line.partition("#")[0].strip()
            assert not requirement or re.match(r"[\w.\[\]-]+==[\w.]+( ;.*)?$", requirement), line


@pytest.mark.parametrize("name", [*sorted(path.name for path in ROOT.glob("requirements*")), "package-lock.json"])
def test_no_file_holds_the_address_of_an_index(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "index-url" not in text
    assert "find-links" not in text
    assert "resolved" not in text


def test_the_required_packages_are_required() -> None:
    wanted = {"cdktf", "cdktf-cdktf-provider-aws", "cdktf-cdktf-provider-random", "constructs", "pytest"}
    assert wanted <= set(re.findall(r"^([\w-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    "module",
    [
        "stacks.environment_files",
        "stacks.environment",
        "stacks.command",
        "aurora.engine",
        "aurora.capacity",
        "aurora.names",
    ],
)
def test_what_needs_no_cdktf_does_not_import_it(module: str) -> None:
    code = f"import sys, {module}; print([name for name in ('cdktf', 'jsii', 'constructs') if name in sys.modules])"
    path = f"{ROOT}:{ROOT / 'constructs'}"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_groups_tests_stay_together_when_many_run_side_by_side(request: pytest.FixtureRequest) -> None:
    """pytest-xdist loses its groups without a word on a pytest that it does not know: each test would deploy anew."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        assert request.node.nodeid.endswith("@test_repository")
