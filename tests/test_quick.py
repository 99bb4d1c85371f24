"""`make test-quick` says what it leaves out, and leaves out nothing else."""

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.quick import LEFT_OUT, TESTS, is_left_out, summary


@pytest.mark.parametrize("path", LEFT_OUT)
def test_what_is_left_out_is_there(path: str) -> None:
    assert (TESTS / path).exists()
    assert is_left_out(TESTS / path)


def test_what_is_not_in_the_table_is_not_left_out() -> None:
    assert not is_left_out(TESTS)
    assert not is_left_out(TESTS / "aurora_serverless")
    assert not is_left_out(ROOT)


def test_a_quick_run_says_what_it_leaves_out_and_does_not_collect_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--quick", "--collect-only", "tests/local_aws"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert summary() in done.stdout
    assert "test_capacity.py" in done.stdout
    assert "<Package data_api>" not in done.stdout
    assert "<Module test_local_deploy.py>" not in done.stdout


def test_the_target_of_make_runs_pytest_with_that_option() -> None:
    (recipe,) = re.findall(r"^test-quick:.*\n\t(.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert "-m pytest --quick " in recipe
