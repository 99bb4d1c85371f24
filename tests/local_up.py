"""A project whose databases `aurora-serverless local` starts: a folder of its own, and free ports at each start."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.main import main
from local_aws.background import BackgroundAws
from local_aws.ports import Ports
from tests.conftest import ROOT
from tests.deployed.deployment import Done

_COMMAND = (sys.executable, "-P", "-m", "cli")
_WORDS = len(_COMMAND)
TUNED = """
name_prefix = "shop"
region = "eu-west-1"
[engine]
version = "17.7"
[engine.cluster_parameters]
work_mem = "65536"
[engine.instance_parameters]
random_page_cost = "1.5"
[capacity]
minimum_acu = 0.5
[database]
name = "orders"
master_username = "owner"
[users]
read_write = ["orders_app"]
read_only = ["reports"]
[access.lambda_role]
user = "orders_app"
"""


@dataclass
class LocalProject:
    """The folder, and the command run on it: in this process, or as a process of its own."""

    folder: Path

    @property
    def background(self) -> BackgroundAws:
        return BackgroundAws(self.folder / ".local-aws")

    def line(self, *arguments: str) -> list[str]:
        """Return a command line; what follows -- stays behind the options."""
        own: tuple[str, ...] = arguments
        more: tuple[str, ...] = ()
        if "--" in arguments:
            at = arguments.index("--")
            own, more = arguments[:at], arguments[at:]
        return [*_COMMAND, *own, "--project", str(self.folder), *more]

    def environment(self, **variables: str) -> dict[str, str]:
        return os.environ | {"PYTHONPATH": str(ROOT), "_AURORA_SERVERLESS_PYTHONPATH": "", **variables}

    def run(self, *arguments: str) -> Done:
        """Run a command in this process, which is quicker."""
        output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            status = main(self.line(*arguments)[_WORDS:])
        texts = []
        for stream in (output, errors):
            stream.seek(0)
            texts.append(stream.read())
        return Done(status, *texts)

    def process(self, *arguments: str, **variables: str) -> Done:
        """Run a command as a process of its own."""
        done = subprocess.run(
            self.line(*arguments),
            cwd=self.folder,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def up(self, *arguments: str) -> Mapping[str, Any]:
        """Start a database and return what is said of it."""
        done = self.process("local", "up", *arguments, "--json")
        assert done.status == 0, done.errors
        started: Mapping[str, Any] = json.loads(done.output)
        return started


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """Return a folder that others can pass through: PostgreSQL of root runs as somebody else. None of pytest's is."""
    folder = Path(tempfile.mkdtemp(prefix="local-up-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def local_project(**environments: str) -> Iterator[LocalProject]:
    """Return a project with dev and other environments, whose local AWS is stopped in the end."""
    with open_folder() as folder:
        made = LocalProject(folder)
        (folder / "environments").mkdir()
        shutil.copy(ROOT / "environments/dev.toml", folder / "environments")
        shutil.copytree(ROOT / "migrations", folder / "migrations")
        for name, text in environments.items():
            (folder / f"environments/{name}.toml").write_text(text)
        (folder / ".local-aws").mkdir()
        Ports(aws=0, postgresql=dict.fromkeys(("dev", *environments), 0)).keep(folder / ".local-aws")
        try:
            yield made
        finally:
            made.background.stop()
