"""Work in copies of this process: the same results in the same order, whatever becomes of a copy."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux a process is forked")

# Of a process of its own: one of pytest has threads.
START = """
import os, sys
from stacks import forks
os.sched_getaffinity = lambda _: range(3)
forks.QUOTA_FILE = forks.Path("none")
first, shares, each_of = os.getpid(), [], forks._each
def counted(work, items):
    if os.getpid() == first:
        shares.append(list(items))
    return each_of(work, items)
forks._each = counted
"""


def printed(program: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", START + program],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'constructs'}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("before", "work", "shares"),
    [
        pytest.param("", "lambda n: n * n", "[[0, 1]]", id="each in its process"),
        pytest.param(
            "", "lambda n: n * n if n != 3 or os.getpid() == first else 1 / 0", "[[0, 1], [2, 3]]", id="failed"
        ),
        pytest.param(
            "", "lambda n: n * n if n != 5 or os.getpid() == first else os.abort()", "[[0, 1], [4, 5]]", id="killed"
        ),
        pytest.param("", "lambda n: n * n if n < 4 or os.getpid() == first else print", "[[0, 1]]", id="any result"),
        pytest.param(
            "def none(): raise BlockingIOError\nos.fork = none",
            "lambda n: n * n",
            "[[0, 1], [2, 3], [4, 5]]",
            id="no process",
        ),
    ],
)
def test_results_are_those_of_one_process(before: str, work: str, shares: str) -> None:
    program = f"{before}\nprint('once')\nfound = forks.each({work}, range(6), least=2)\nprint(found, shares)"
    functions = ["<built-in function print>"] * 2 if "print" in work else ["16", "25"]
    assert printed(program) == ["once", f"[{', '.join(['0', '1', '4', '9', *functions])}] {shares}"]


def test_what_fails_here_too_is_raised() -> None:
    program = (
        "try:\n    forks.each(lambda n: 1 / (n - 5), range(6), least=2)\nexcept ZeroDivisionError as e:\n    print(e)"
    )
    assert printed(program) == ["division by zero"]


def test_environments_are_reviewed_in_several_processes() -> None:
    program = """
import json
from analysis.review.review import review
from analysis.synthesized.stack import SynthesizedStack
text = (forks.Path("tests/snapshots") / "production.json").read_text()
before = {f"shop-{n}": SynthesizedStack(f"shop-{n}", json.loads(text)) for n in range(30)}
changed = text.replace('"deletion_protection": true', '"deletion_protection": false')
after = {name: SynthesizedStack(name, json.loads(changed)) for name in before}
several = review(before, after, base="main")
print([len(share) for share in shares], len(several.environments), len(several.findings) > 0)
forks.MOST_PROCESSES = 1
print(review(before, after, base="main") == several)
"""
    assert printed(program) == ["[10] 30 True", "True"]
