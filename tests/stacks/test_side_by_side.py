"""Many environments in several processes: what one process writes, whatever becomes of the others."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from stacks import forks
from stacks.command_line import LEAST_ENVIRONMENTS_A_PROCESS, processes_for_files
from stacks.forks import MOST_PROCESSES
from tests.conftest import ROOT

SHIPPED = ("dev", "production", "high-scale", "reference")

SYNTHESIZE = """
import sys
import cdktf_fast_start
folder, output, further, most, fails = sys.argv[1:]
cdktf_fast_start.enable(start_node=True, send_ahead=True, further_nodes=int(further))
import os
from datetime import date
from pathlib import Path
from stacks import side_by_side, synthesis
from stacks.environment_files import read_environments
side_by_side.MOST_ENVIRONMENTS_A_PROCESS = int(most)
first, make = os.getpid(), synthesis.DatabaseStack
def make_or_fail(app, environment, *, today):
    if environment.name in fails.split(",") and (os.getpid() != first or "everywhere" in fails):
        if "killed" in fails:
            os.abort()
        raise RuntimeError(f"{environment.name} fails")
    return make(app, environment, today=today)
synthesis.DatabaseStack = make_or_fail
examination = synthesis.Examination(lambda: None, lambda name, document: (name, len(document["resource"])))
print("printed once")
stacks = synthesis.synthesize(
    read_environments(Path(folder)), Path(output), today=date(2026, 1, 1), examination=examination
)
for stack in stacks:
    print(stack.name, stack.resource_count, stack.path.is_file(), stack.warnings, stack.examined)
"""


def environments(folder: Path, count: int) -> Path:
    folder.mkdir()
    texts = [(ROOT / "environments" / f"{name}.toml").read_text() for name in SHIPPED]
    for number in range(count):
        # In the order of files `shop` comes behind `shop-1`, and in that of names before it.
        name = f"shop-{number}" if number else "shop"
        text = re.sub(r'^name_prefix = ".*"$', f'name_prefix = "shop-{number}"', texts[number % 4], flags=re.MULTILINE)
        (folder / f"{name}.toml").write_text(text)
    return folder


def synthesized(
    folder: Path, output: Path, *, further: int = 1, most: int = 250, fails: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SYNTHESIZE, str(folder), str(output), str(further), str(most), fails],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'constructs'}", "CDKTF_FAST_START": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def written(output: Path) -> dict[str, bytes]:
    return {str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def nine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, bytes]]:
    """Return nine environments, and what one process prints and writes of them."""
    folder = tmp_path_factory.mktemp("side-by-side")
    done = synthesized(environments(folder / "environments", 9), folder / "one", further=0)
    assert done.returncode == 0, done.stderr
    return folder / "environments", done.stdout, written(folder / "one")


@pytest.mark.parametrize(
    ("further", "most", "fails"),
    [
        pytest.param(1, 250, "", id="two processes"),
        pytest.param(2, 2, "", id="three processes at a time, five in all"),
        pytest.param(1, 250, "shop-8", id="one that fails, and the first does its share"),
        pytest.param(1, 2, "shop-4,killed", id="one that is killed"),
    ],
)
def test_output_and_order_are_those_of_one_process(
    further: int, most: int, fails: str, nine: tuple[Path, str, dict[str, bytes]], tmp_path: Path
) -> None:
    folder, printed, files = nine
    done = synthesized(folder, tmp_path / "out", further=further, most=most, fails=fails)
    assert done.returncode == 0, done.stderr
    assert done.stdout == printed
    assert written(tmp_path / "out") == files
    assert len(files) == 10
    assert re.search(rb"\[\s*\]", files["manifest.json"]), "of a stack without warnings"
    assert b'"level": "@cdktf/warn"' in files["manifest.json"]


def test_what_fails_everywhere_is_the_error_of_the_first_and_leaves_nothing(
    nine: tuple[Path, str, dict[str, bytes]], tmp_path: Path
) -> None:
    done = synthesized(nine[0], tmp_path / "out", most=2, fails="shop-3,shop-8,everywhere")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "RuntimeError: shop-3 fails"
    assert written(tmp_path / "out") == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux more than one process is used")
def test_ctrl_c_ends_all_processes_and_leaves_nothing(tmp_path: Path) -> None:
    folder = environments(tmp_path / "environments", 4 * LEAST_ENVIRONMENTS_A_PROCESS)
    main = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "--environments", str(folder), "--output", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while main.poll() is None and not list(tmp_path.glob("out/.synthesis-*/*/stacks")):
        time.sleep(0.01)
    os.killpg(main.pid, signal.SIGINT)
    said, errors = main.communicate(timeout=60)
    assert (main.returncode, said, errors) == (130, "", "error: stopped by Ctrl-C\n")
    assert list(tmp_path.glob("out/*")) == list(tmp_path.glob("out/.*")) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(main.pid, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux more than one process is used")
@pytest.mark.parametrize(
    ("files", "processors", "quota", "processes"),
    [
        (0, 64, None, 1),
        (LEAST_ENVIRONMENTS_A_PROCESS * 2 - 1, 64, None, 1),
        (LEAST_ENVIRONMENTS_A_PROCESS * 2, 64, None, 2),
        (LEAST_ENVIRONMENTS_A_PROCESS * 3, 2, None, 2),
        (LEAST_ENVIRONMENTS_A_PROCESS * 3, 1, None, 1),
        (LEAST_ENVIRONMENTS_A_PROCESS * 3, 64, "max 100000", 3),
        (LEAST_ENVIRONMENTS_A_PROCESS * 3, 64, "150000 100000", 2),
        (LEAST_ENVIRONMENTS_A_PROCESS * (MOST_PROCESSES + 1), 64, None, MOST_PROCESSES),
    ],
)
def test_there_are_as_many_processes_as_processors_and_enough_for_each_to_do(
    files: int, processors: int, quota: str | None, processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "environments"
    folder.mkdir()
    for number in range(files):
        (folder / f"{number}.toml").touch()
    (folder / "README.md").touch()
    if quota is not None:
        (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr(forks, "QUOTA_FILE", tmp_path / "cpu.max")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(processors))
    monkeypatch.setattr(threading, "active_count", lambda: 1)  # other tests may have left some
    assert processes_for_files(folder) == processes
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert processes_for_files(folder) == 1


def test_elsewhere_than_on_linux_there_is_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    for number in range(100):
        (tmp_path / f"{number}.toml").touch()
    assert processes_for_files(tmp_path) == 1
