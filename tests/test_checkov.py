"""checkov finds no weakness in what production and high-scale become, apart from the ones that .checkov.yaml explains.

It runs in an environment of its own, offline, and sees neither policies, which are JSON in a string, nor what AWS does
by default: tests/stacks/test_production_rules.py looks at those.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import ROOT
from tests.stacks.test_options import stack_of
from tests.terraform_json import TerraformJson

CHECKOV: Final = ROOT / ".venv-checkov" / "bin" / "checkov"
CONFIGURATION: Final = ROOT / ".checkov.yaml"
SKIP: Final = re.compile(r"^  - (?P<check>CKV2?_[A-Z]+_\d+)(?P<reason> # \w.{19,})?$", re.MULTILINE)

LOOKED_AT: Final = ("production", "high-scale")
FEWEST_PASSED: Final = 100
"""An empty run has no failed check either; the two environments pass 111 checks and more."""

pytestmark = pytest.mark.skipif(not CHECKOV.exists(), reason="checkov is not installed: `make test` installs it")


@dataclass(frozen=True)
class Findings:
    """What checkov says of some documents."""

    passed: int
    failed: tuple[str, ...]

    @property
    def failed_checks(self) -> set[str]:
        """Return the ids of the checks that failed anywhere."""
        return {line.partition(" ")[0] for line in self.failed}


def look_at(documents: Mapping[str, TerraformJson], folder: Path, *, configuration: Path = CONFIGURATION) -> Findings:
    files = []
    for name, document in documents.items():
        files.append(folder / f"{name}.tf.json")
        # checkov cannot read a `terraform` section with a required_version (bridgecrewio/checkov#7454).
        read = {section: content for section, content in document.items() if section != "terraform"}
        files[-1].write_text(json.dumps(read), encoding="utf-8")
    done = subprocess.run(
        [CHECKOV, "--config-file", configuration, "--output", "json", "--compact", "--file", *files],
        # Nothing of the user's: no API key, no configuration at home; and a proxy that lets nothing through.
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "HTTPS_PROXY": "http://127.0.0.1:9"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0, done.stderr
    failed = [
        f"{check['check_id']} {check['resource']} in {Path(check['file_path']).name}: {check['check_name']}"
        for check in report["results"]["failed_checks"]
    ]
    return Findings(report["summary"]["passed"], tuple(failed))


@pytest.fixture(scope="module")
def shipped(synthesized: dict[str, TerraformJson]) -> dict[str, TerraformJson]:
    return {name: synthesized[name] for name in LOOKED_AT}


def skips() -> list[re.Match[str]]:
    return list(SKIP.finditer(CONFIGURATION.read_text(encoding="utf-8")))


def test_no_check_fails(shipped: dict[str, TerraformJson], tmp_path: Path) -> None:
    findings = look_at(shipped, tmp_path)
    assert findings.failed == ()
    assert findings.passed >= FEWEST_PASSED


def test_each_check_that_is_skipped_would_fail(shipped: dict[str, TerraformJson], tmp_path: Path) -> None:
    all_checks = tmp_path / "all-checks.yaml"
    all_checks.write_text(SKIP.sub("", CONFIGURATION.read_text(encoding="utf-8")), encoding="utf-8")
    findings = look_at(shipped, tmp_path, configuration=all_checks)
    assert {skip["check"] for skip in skips()} == findings.failed_checks, "leave out a skip that nothing needs any more"


def test_each_check_that_is_skipped_has_a_reason() -> None:
    listed = CONFIGURATION.read_text(encoding="utf-8").partition("skip-check:")[2].strip("\n").splitlines()
    assert [skip[0] for skip in skips()] == listed
    assert [skip["check"] for skip in skips() if skip["reason"] is None] == []


def test_a_production_that_is_neither_under_a_key_of_its_own_nor_protected_fails(tmp_path: Path) -> None:
    weak = stack_of(preset="production", encryption={"key": "aws-owned"}, protection={"deletion_protection": False})
    assert look_at({"weak": weak}, tmp_path).failed_checks == {
        "CKV_AWS_26",  # the topic of the alarms
        "CKV_AWS_96",  # the cluster's storage
        "CKV_AWS_139",  # deletion protection
        "CKV_AWS_158",  # the log group
        "CKV_AWS_327",  # a customer key for the storage
    }
