"""Copies of the files of facts that a test may change, and a stand-in for the host of the Price List."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aurora_serverless.facts import files
from aurora_serverless.facts.files import FactFile
from operations.facts import price_files
from tests.deployed.deployment import Done, run
from tests.operations.facts.price_server import PriceServer, price_server

Facts = Callable[..., Done]


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, FactFile]:
    """Return the files of facts, by name, as copies that every command takes for the real ones."""
    copied = []
    for file in files.FACT_FILES:
        path = tmp_path / "facts" / file.path.name
        path.parent.mkdir(exist_ok=True)
        shutil.copy(file.path, path)
        copied.append(replace(file, path=path))
    monkeypatch.setattr(files, "FACT_FILES", tuple(copied))
    monkeypatch.setattr("operations.facts.rows.FACT_FILES", tuple(copied))
    return {file.name: file for file in copied}


@pytest.fixture
def price_host(monkeypatch: pytest.MonkeyPatch) -> Iterator[PriceServer]:
    """Return a server in the place of the Price List's host."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with price_server() as server:
        monkeypatch.setattr(price_files, "HOST", server.host)
        yield server


@pytest.fixture
def facts(capsys: pytest.CaptureFixture[str]) -> Facts:
    """Return a function that runs `aurora-serverless facts`."""

    def run_it(*arguments: str) -> Done:
        return run(capsys, "facts", *arguments)

    return run_it
