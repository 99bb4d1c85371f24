"""An interrupted `make local-deploy`: Terraform gets one interrupt, is awaited, and nothing runs when make has ended.

The processes are real: make, the command, and stand-ins for the cdktf CLI, which starts its Terraform in a terminal of
its own as the real one does, and for a Terraform that needs a moment to write its state.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_aws import terraform_guard
from local_aws.process import PROJECT

DEADLINE_SECONDS = 60.0

COMMAND = """
import sys
from local_aws import background, command_line
from local_aws.process import LocalAws
background.BackgroundAws.ensure_running = lambda *_, **__: LocalAws("http://127.0.0.1:9", "us-east-1", 1)
sys.exit(command_line.main(sys.argv[3:]))
"""
SYNTHESIS = """
import pathlib, sys, time
stack = pathlib.Path(sys.argv[sys.argv.index("--output") + 1]) / "stacks/dev"
stack.mkdir(parents=True, exist_ok=True)
(stack / "cdk.tf.json").write_text('{"provider": {"aws": [{}]}, "terraform": {}}')
if pathlib.Path("slow-synthesis").exists():
    pathlib.Path("synthesis.pid").touch()
    time.sleep(60)
"""
CDKTF = """
import os, pathlib, pty, signal, sys
signal.signal(signal.SIGINT, lambda *_: os._exit(9))
child, terminal = pty.fork()
if child == 0:
    os.execvp(os.environ["TERRAFORM_BINARY_NAME"], ["terraform", "apply", "-auto-approve"])
try:
    while os.read(terminal, 1024):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) and 1)
"""
TERRAFORM = """
import json, os, pathlib, signal, sys, time
got = []
signal.signal(signal.SIGINT, lambda *_: got.append("interrupt"))
pathlib.Path("terraform.pid").write_text(str(os.getpid()))
while not got:
    time.sleep(0.01)
time.sleep(0.5)
pathlib.Path("terraform.end").write_text(json.dumps({"arguments": sys.argv[1:], "got": got}))
sys.exit(1)
"""


class Project:
    """A folder with the Makefile and the package, and stand-ins for what would take minutes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("local_aws", "constructs"):
            shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(PROJECT / "Makefile", folder)
        (folder / "requirements").mkdir()
        for name in ("requirements.txt", "requirements/dev.txt", "requirements/operations.txt", "package-lock.json"):
            (folder / name).touch()
            os.utime(folder / name, (0, 0))
        (folder / "main.py").write_text(SYNTHESIS)
        (folder / "command.py").write_text(COMMAND)
        (folder / "terraform.rc").write_text("provider_installation {}\n")
        self._write(".venv/bin/python", f'#!/bin/sh\nPYTHONPATH={folder} exec {sys.executable} command.py "$@"\n')
        self._write(".venv/bin/pip", "")
        self._write(".venv/.requirements-installed", "")
        self._write(".venv/.requirements-dev-installed", "")
        self._write("node_modules/.package-lock.json", "")
        self._write("node_modules/.bin/cdktf", f"#!{sys.executable}\n{CDKTF}")
        self._write(".venv/bin/terraform", f"#!{sys.executable}\n{TERRAFORM}")

    def _write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def deploy(self) -> "subprocess.Popen[str]":
        """Start `make local-deploy` as a terminal does, in a process group of its own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        return subprocess.Popen(
            ["make", "local-deploy", "ARGS=--terraform-config terraform.rc"],
            cwd=self.folder,
            env=kept,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_for(self, name: str) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (self.folder / name).exists():
            assert time.monotonic() < deadline, f"no {name}"
            time.sleep(0.02)

    def processes(self) -> dict[str, int]:
        """Return what runs for this project: numbers by the names of the programs."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().decode().replace("\0", " ")
                here = str(self.folder) in command or (entry / "cwd").readlink().is_relative_to(self.folder)
            except OSError:
                continue
            if here and command:  # one that has ended has no command line any more
                found[command] = int(entry.name)
        return found

    def pid_of(self, part: str) -> int:
        [pid] = [pid for command, pid in self.processes().items() if part in command]
        return pid


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Return a project of which nothing is left after the test, also when it fails."""
    made = Project(tmp_path)
    yield made
    for pid in made.processes().values():
        os.kill(pid, signal.SIGKILL)


def to_everybody(project: Project, make: "subprocess.Popen[str]") -> None:
    """As Ctrl-C in a terminal does."""
    del project
    os.killpg(make.pid, signal.SIGINT)


def to_make(project: Project, make: "subprocess.Popen[str]") -> None:
    del project
    make.terminate()


def to_the_command(project: Project, make: "subprocess.Popen[str]") -> None:
    del make
    os.kill(project.pid_of("command.py"), signal.SIGTERM)


def twice(project: Project, make: "subprocess.Popen[str]") -> None:
    for _ in range(2):
        os.kill(project.pid_of("command.py"), signal.SIGINT)
        time.sleep(0.1)
    del make


def hang_up(project: Project, make: "subprocess.Popen[str]") -> None:
    """As a terminal does whose window is closed."""
    del make
    os.kill(project.pid_of("command.py"), signal.SIGHUP)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize(
    ("interrupt", "status"),
    [(to_everybody, 130), (to_make, 143), (to_the_command, 143), (twice, 130), (hang_up, 129)],
)
def test_terraform_gets_one_interrupt_is_awaited_and_nothing_runs_when_make_has_ended(
    project: Project, interrupt: Callable[[Project, "subprocess.Popen[str]"], None], status: int
) -> None:
    with project.deploy() as make:
        project.wait_for("terraform.pid")
        interrupt(project, make)
        output, errors = make.communicate(timeout=DEADLINE_SECONDS)
        left = project.processes()

    assert left == {}
    end = json.loads((project.folder / "terraform.end").read_text())
    assert end == {"arguments": ["apply", "-auto-approve"], "got": ["interrupt"]}
    assert make.returncode == 2 or make.returncode < 0  # make's own, for any recipe that failed
    assert f"Error {status}" in errors or make.returncode < 0
    assert "interrupted: waiting for Terraform to end" in output
    assert "error: interrupted, and nothing of it runs any more; to go on: make local-deploy ENVIRONMENT=dev" in errors
    assert "make local-stop" in errors
    assert "Traceback" not in output + errors
    assert list((project.folder / ".local-aws/runs").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("victim", ["command.py", "cdktf", "terraform_guard.py"])
def test_when_a_process_above_it_is_killed_terraform_is_interrupted_all_the_same(project: Project, victim: str) -> None:
    with project.deploy() as make:
        project.wait_for("terraform.pid")
        os.kill(project.pid_of(victim), signal.SIGKILL)
        make.communicate(timeout=DEADLINE_SECONDS)
        project.wait_for("terraform.end")

    end = json.loads((project.folder / "terraform.end").read_text())
    assert end["got"] == ["interrupt"]
    deadline = time.monotonic() + DEADLINE_SECONDS
    while project.processes():
        assert time.monotonic() < deadline, project.processes()
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
def test_an_interrupted_synthesis_ends_too(project: Project) -> None:
    (project.folder / "slow-synthesis").touch()
    with project.deploy() as make:
        project.wait_for("synthesis.pid")
        to_everybody(project, make)
        _, errors = make.communicate(timeout=DEADLINE_SECONDS)
        left = project.processes()

    assert left == {}
    assert not (project.folder / "terraform.pid").exists()
    assert "Traceback" not in errors


def test_no_terraform_is_started_for_a_deployment_that_is_gone(tmp_path: Path) -> None:
    for name in ("alive", "guards"):
        (tmp_path / name).touch()
    terraform = tmp_path / "terraform"
    terraform.write_text("#!/bin/sh\ntouch started\n")
    terraform.chmod(0o755)

    done = subprocess.run(
        [sys.executable, terraform_guard.__file__],
        cwd=tmp_path,
        env={terraform_guard.RUN: str(tmp_path), terraform_guard.TERRAFORM: str(terraform)},
        check=False,
    )

    assert done.returncode == 1
    assert not (tmp_path / "started").exists()
