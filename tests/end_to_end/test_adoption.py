"""A running deployment that was written by hand in HCL goes over to the synthesized stack without a change."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from local_aws.process import LocalAws
from tests.conftest import COMMAND_PACKAGES, ROOT
from tests.end_to_end.conftest import VARIABLES, terraform_for
from tests.end_to_end.terraform import Terraform
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("adoption")

HAND_WRITTEN = Path(__file__).parent / "adoption"
GUIDE = ROOT / "docs" / "adopting.md"

_BLOCK = re.compile(r"^ +```(?P<language>sh|toml)\n(?P<text>.*?)^ +```$", re.MULTILINE | re.DOTALL)
STAND_IN_FOR_MAKE = """#!/bin/sh
# The Makefile's commands without what they install.
case "$1" in
  synth) exec {python} main.py ;;
  cdktf) eval "set -- ${{2#ARGS=}}"
         exec node node_modules/.bin/cdktf "$@" --skip-synth --no-color --skip-provider-lock ;;
esac
exit 64
"""


def copied(folder: Path, *, leaving_out: str = "") -> Path:
    shutil.copytree(HAND_WRITTEN, folder, ignore=shutil.ignore_patterns("environments"))
    main = folder / "main.tf"
    text = main.read_text()
    assert leaving_out in text
    main.write_text(text.replace(leaving_out, ""))
    return folder


def test_a_hand_written_deployment_is_adopted_by_the_words_of_the_guide(
    aws: LocalAws, providers: TerraformProviders, tmp_path: Path
) -> None:
    by_hand = copied(tmp_path / "by-hand")
    before = Terraform(by_hand, aws, providers, VARIABLES)
    before.init()
    before.apply()

    done = follow_guide(project(tmp_path / "project"), before)
    assert "No changes." in done.stdout or not re.search(r"will be|must be", done.stdout), done.stdout
    (actions,) = re.findall(r"Plan: .*|No changes\..*|Changes to Outputs:", done.stdout)
    assert not actions.startswith("Plan:"), done.stdout

    after = Terraform(tmp_path / "project" / "cdktf.out" / "stacks" / "live", aws, providers, VARIABLES)
    plan = after.plan()
    assert plan.actions == {}, plan.text
    assert set(after.managed()) == set(before.managed())
    before.destroy()


def project(folder: Path) -> Path:
    """Return a copy of this project, with `make` as a stand-in that installs nothing."""
    folder.mkdir()
    for name in ("main.py", "cdktf.json", "Makefile", "constructs", "stacks", "environments", *COMMAND_PACKAGES):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


def follow_guide(folder: Path, before: Terraform) -> subprocess.CompletedProcess[str]:
    """Do in `folder` what the guide says, word for word: its commands, and its file where it says so."""
    make = folder / "bin" / "make"
    make.parent.mkdir()
    make.write_text(STAND_IN_FOR_MAKE.format(python=sys.executable))
    make.chmod(0o755)
    script = ["set -e"]
    for block in _BLOCK.finditer(GUIDE.read_text()):
        text = textwrap.dedent(block["text"])
        script.append(text if block["language"] == "sh" else f"cat > environments/live.toml <<'END'\n{text}END\n")
    assert len(script) > 1, "the guide has no commands"
    path = os.pathsep.join([str(make.parent), str(ROOT / ".venv" / "bin"), before.environment["PATH"]])
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env=before.environment | {"PATH": path, "CI": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_a_cluster_without_an_initial_database_is_adopted_without_a_change(
    aws: LocalAws, providers: TerraformProviders, tmp_path: Path
) -> None:
    by_hand = copied(tmp_path / "by-hand", leaving_out='  database_name      = "alex"\n')
    before = Terraform(by_hand, aws, providers, VARIABLES)
    before.init()
    before.apply()

    environments = tmp_path / "environments"
    environments.mkdir()
    text = (HAND_WRITTEN / "environments" / "adopted.toml").read_text()
    for named, replaced in ((True, True), (False, False)):
        database = 'name = "alex"' + ("" if named else "\ninitial_database = false")
        (environments / "adopted.toml").write_text(text.replace('name = "alex"\nmaster', f"{database}\nmaster"))
        after = terraform_for("adopted", aws, providers, tmp_path, environments=environments)
        shutil.copy(by_hand / "terraform.tfstate", tmp_path / "terraform.adopted.tfstate")
        after.init()
        plan = after.plan()
        assert ("aws_rds_cluster.aurora" in plan.actions) is replaced, plan.text
        assert replaced or plan.actions == {}, plan.text
    assert not after.outputs().get("database_name")
    after.apply()
    assert after.outputs()["database_name"] == "alex"
    before.destroy()
