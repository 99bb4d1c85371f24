"""A run that is killed at any of its calls: the next run ends as if nothing had happened."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws import process
from local_aws.data_api.settings import DataApiSettings
from tests.conftest import ROOT
from tests.deployed.deployment import Deployment, deploy
from tests.operations.migrations.conftest import Migrated, new_database
from tests.operations.migrations.schema import schema_and_ledger

pytestmark = pytest.mark.xdist_group("kills")

BATCH = 16
FILES = {
    "_0001_notes": "CREATE TABLE notes (id int PRIMARY KEY, text text);\nINSERT INTO notes VALUES (1, 'a'), (2, 'b');",
    "_0002_indexes": "-- migrate: no-transaction\nCREATE INDEX CONCURRENTLY notes_text ON notes (text);\n"
    "CREATE UNIQUE INDEX CONCURRENTLY notes_both ON notes (id, text);",
    "_0003_more": "ALTER TABLE notes ADD COLUMN more text DEFAULT 'more';",
}


@pytest.fixture(scope="module")
def forgetful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Return a deployment whose transactions end after three seconds without a call, and not after three minutes."""
    with process.start(data_api=DataApiSettings(transaction_idle_seconds=3)) as aws:
        yield deploy(aws, tmp_path_factory.mktemp("project"))


def killed(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Run command lines in processes of their own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.operations.migrations.killer"],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}", "PATH": "", "AWS_EC2_METADATA_DISABLED": "true"},
        input=json.dumps(runs),
        capture_output=True,
        text=True,
        check=True,
    )
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def test_a_run_that_is_killed_anywhere_is_finished_by_the_next(
    forgetful: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clean = new_database(forgetful, tmp_path, capsys)
    clean.write(**FILES)
    line = ["migrate", "dev", "--folder", str(clean.folder), "--local", "--project", str(forgetful.project)]
    [counted] = killed([{"line": [*line, "--database", clean.database]}])
    assert counted["status"] == 0, counted
    expected = schema_and_ledger(clean.client)
    count = len(counted["calls"].splitlines())
    assert count > 40
    points = [(number, is_before) for number in range(1, count + 1) for is_before in (True, False)]
    # Not all at once: each database has sessions of its own, and PostgreSQL has a limit.
    for start in range(0, len(points), BATCH):
        _kill_and_run_again(clean, line, points[start : start + BATCH], expected)


def _kill_and_run_again(clean: Migrated, line: list[str], points: list[tuple[int, bool]], expected: Any) -> None:
    names = [f"killed_{number}_{'before' if is_before else 'during'}" for number, is_before in points]
    lines = [[*line, "--database", name] for name in names]
    for name in names:
        clean.client.execute(f"CREATE DATABASE {name}")
    kills = [{"line": one, "kill_at": at, "is_before": before} for one, (at, before) in zip(lines, points, strict=True)]
    first = killed(kills)
    second = killed([{"line": one} for one in lines])
    for name, before, after in zip(names, first, second, strict=True):
        assert (name, before["status"]) == (name, -9), before["output"]
        assert (name, after["status"]) == (name, 0), after["output"]
        assert schema_and_ledger(clean.connect(name)) == expected, name
        clean.client.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_killed_run_is_waited_for_until_its_transaction_ends(
    forgetful: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = new_database(forgetful, tmp_path, capsys)
    database.write(**FILES)
    line = ["migrate", "dev", "--folder", str(database.folder), *database.where]
    [first, at_once, patient] = [
        killed([{"line": one, "kill_at": kill_at}])[0]
        for one, kill_at in ((line, 9), ([*line, "--lock-seconds", "0"], None), (line, None))
    ]
    assert first["status"] == -9
    assert at_once["status"] in {0, 7}  # the second begins about a second after the kill
    assert patient["status"] == 0
    assert [state for _, _, state in database.ledger()] == ["applied"] * 3


def test_of_runs_at_once_each_file_is_applied_by_one(
    forgetful: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = new_database(forgetful, tmp_path, capsys)
    database.write(**FILES)
    line = ["migrate", "dev", "--json", "--folder", str(database.folder), *database.where]
    both = killed([{"line": line}, {"line": line}])
    assert [run["status"] for run in both] == [0, 0], both
    applied = [one["version"] for run in both for one in json.loads(run["output"])["applied"]]
    assert sorted(applied) == [1, 2, 3]


def test_of_runs_at_once_that_do_not_wait_one_applies_and_others_say_locked(
    forgetful: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = new_database(forgetful, tmp_path, capsys)
    database.write(_0001_slow="CREATE TABLE slow (a int);\nSELECT pg_sleep(0.8);")
    line = ["migrate", "dev", "--lock-seconds", "0", "--folder", str(database.folder), *database.where]
    both = sorted(killed([{"line": line}, {"line": line}]), key=lambda run: int(run["status"]))
    assert [run["status"] for run in both] == [0, 7]
    assert both[1]["output"].startswith("error: locked: another run is migrating this database")
    assert database.ledger() == [(1, "slow", "applied")]
