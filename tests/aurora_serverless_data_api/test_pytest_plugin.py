"""The plugin of pytest: a database as migrated for each test, and one line where it cannot be had."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from aurora_serverless_data_api import pytest_plugin
from local_aws.environment import HEALTH_PATH
from local_aws.process import LocalAws
from tests.conftest import ROOT
from tests.local_aws.data_api.database import Database, create_database
from tests.local_server import LocalHandler, LocalServer

NAMING = {"AURORA_CLUSTER_ARN", "AURORA_SECRET_ARN", "DATABASE_NAME", "DATABASE_URL", "AWS_ENDPOINT_URL"}
"""What names a database or an AWS, which this process may have."""
MIGRATION = """
CREATE TABLE orders (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer TEXT NOT NULL);
CREATE FUNCTION two() RETURNS INT LANGUAGE plpgsql AS $$ BEGIN RETURN 1; RETURN 2; END $$;
INSERT INTO orders (customer) VALUES ('of the migration; not of a test');
"""
TESTS = """
import os
import pytest
from aurora_serverless_data_api import DataApiClient

@pytest.mark.parametrize("run", range(3))
def test_it_is_as_migrated_although_tests_commit(aurora_database, run):
    own = DataApiClient.from_environment()
    assert own.query("SELECT id FROM orders") == aurora_database.query("SELECT id FROM orders") == [{"id": 1}]
    own.execute("INSERT INTO orders (customer) VALUES ('Ada')")
    with aurora_database.transaction() as transaction:
        transaction.execute("INSERT INTO orders (customer) VALUES ('Bob')")
    assert aurora_database.query("SELECT id FROM orders ORDER BY id") == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert os.environ["DATABASE_URL"] == "postgresql://a:b@127.0.0.1:1/" + os.environ["DATABASE_NAME"]

def test_the_environment_is_as_it_was():
    assert os.environ["DATABASE_NAME"] == "alex"
"""


@pytest.fixture(scope="module")
def database(aws: LocalAws) -> Database:
    return create_database(aws)


@pytest.fixture
def named(database: Database) -> dict[str, str]:
    """Return what names a database on local AWS."""
    return {
        **database.aws.variables,
        "AURORA_CLUSTER_ARN": database.arn,
        "AURORA_SECRET_ARN": database.secret_arn,
        "DATABASE_NAME": "alex",
        "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/alex",
    }


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Return a folder with tests and migrations."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema/0001_orders.sql").write_text(MIGRATION)
    (tmp_path / "schema/seed.sql").write_text("no SQL")
    (tmp_path / "pytest.ini").write_text("[pytest]\naurora_migrations = schema\n")
    (tmp_path / "test_orders.py").write_text(TESTS)
    return tmp_path


def run(folder: Path, variables: Mapping[str, str]) -> tuple[int, str]:
    own = {name: value for name, value in os.environ.items() if name not in NAMING}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", pytest_plugin.__name__, "-p", "no:cacheprovider"],
        cwd=folder,
        env={**own, "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_each_test_finds_it_as_migrated(suite: Path, named: dict[str, str], database: Database) -> None:
    status, output = run(suite, named)
    assert (status, "4 passed" in output) == (0, True), output
    left = database.execute("SELECT datname FROM pg_database WHERE datname LIKE 'alex%'")["records"]
    assert left == [[{"stringValue": "alex"}]], "what it made is gone"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"AURORA_CLUSTER_ARN": "", "DATABASE_NAME": ""}, "no database is named, AURORA_CLUSTER_ARN, DATABASE_NAME"),
        ({"AWS_ENDPOINT_URL": ""}, "AWS_ENDPOINT_URL does not lead to local AWS"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "nothing answers at http://127.0.0.1:1 ("),
    ],
)
def test_without_a_database_it_says_in_one_line_what_to_do(
    suite: Path, named: dict[str, str], changed: dict[str, str], told: str
) -> None:
    status, output = run(suite, named | changed)
    assert (status, "Traceback" in output) == (1, False)
    [line] = {line for line in output.splitlines() if line.startswith("aurora_database: ")}
    assert told in line
    assert line.endswith(
        "; ./aurora-serverless local up starts one, and ./aurora-serverless run dev --local -- pytest names it"
    )


def test_real_aws_is_refused(suite: Path, named: dict[str, str]) -> None:
    """Whatever answers there: tests make and drop databases."""

    class Handler(LocalHandler):
        def do_GET(self) -> None:  # noqa: N802 (the module's)
            self.send_response(403)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = LocalServer(Handler)
    try:
        _, output = run(suite, named | {"AWS_ENDPOINT_URL": server.url})
    finally:
        server.close()
    assert f"tests make and drop databases, and {server.url} is not local AWS" in output


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT 1;\n\nSELECT nothing;", "0002_more.sql:3: "),
        ("SELECT 'open", "0002_more.sql: a ' has no end"),
    ],
)
def test_a_migration_that_fails_is_one_line_with_its_place(
    suite: Path, named: dict[str, str], database: Database, sql: str, told: str
) -> None:
    (suite / "schema/0002_more.sql").write_text(sql)
    _, output = run(suite, named)
    assert f"aurora_database: {told}" in output
    left = database.execute("SELECT datname FROM pg_database WHERE datname LIKE 'alex%'")["records"]
    assert left == [[{"stringValue": "alex"}]]


def test_a_missing_folder_is_one_line_with_the_option(suite: Path, named: dict[str, str]) -> None:
    (suite / "pytest.ini").write_text("[pytest]\n")
    _, output = run(suite, named)
    assert f"there is no folder {suite}/migrations: name that of the migrations, aurora_migrations = FOLDER" in output


def test_a_run_that_does_not_use_it_loads_no_boto3(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text("import sys\ndef test_it():\n    assert 'boto3' not in sys.modules\n")
    status, output = run(tmp_path, {})
    assert status == 0, output


def test_it_knows_local_aws_by_the_path_that_local_aws_answers() -> None:
    assert pytest_plugin.HEALTH_PATH == HEALTH_PATH
