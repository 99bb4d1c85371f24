"""A database for tests: migrated once a session, and to each test as it was then.

pytest finds this by itself where the package is installed. It needs a database on this machine, which the environment
names: `./aurora-serverless run dev --local -- pytest`. In it each session makes a database of its own, and drops it in
the end: nothing of the one that is named changes.

    def test_an_order_is_kept(aurora_database):
        aurora_database.execute("INSERT INTO orders (customer) VALUES (:customer)", {"customer": "Ada"})
"""

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NoReturn

import pytest

from .client import CLUSTER_ARN, DATABASE_NAME, SECRET_ARN, DataApiClient
from .errors import DataApiError
from .splitting import NotClosed, split

DATABASE_URL: Final = "DATABASE_URL"
HEALTH_PATH: Final = "/_local_aws/health"
"""What only local AWS answers: tests make and drop databases, which they must not do elsewhere."""

_MIGRATIONS: Final = "aurora_migrations"
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_RDS_DATA", "AWS_ENDPOINT_URL")
_WAY_OUT: Final = "./aurora-serverless local up starts one, and ./aurora-serverless run dev --local -- pytest names it"
_NUMBERED: Final = re.compile(r"\d+[_-].*\.sql")
_ANSWER_SECONDS: Final = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the migrations."""
    parser.addini(
        _MIGRATIONS,
        "folder of the numbered SQL files that aurora_database applies, from the folder of this file",
        default="migrations",
    )


@pytest.fixture
def aurora_database(_aurora_databases: "_Databases", monkeypatch: pytest.MonkeyPatch) -> Iterator[DataApiClient]:
    """Return a client of a database that is migrated and has nothing else; what the test writes goes with it.

    While the test runs, DATABASE_NAME and DATABASE_URL name that database too: code under test can make clients of its
    own, and commit.
    """
    for name, value in _aurora_databases.variables.items():
        monkeypatch.setenv(name, value)
    yield _aurora_databases.client
    _aurora_databases.clean()


@pytest.fixture(scope="session")
def _aurora_databases(request: pytest.FixtureRequest) -> Iterator["_Databases"]:
    """Make the databases of a session, and drop them."""
    folder = request.config.inipath.parent if request.config.inipath is not None else request.config.rootpath
    _check_environment()
    databases = _Databases(folder / request.config.getini(_MIGRATIONS))
    try:
        databases.make()
        yield databases
    finally:
        databases.drop()


class _Databases:
    """The database of the tests, and the one that it is made from again: migrated, and never used."""

    def __init__(self, migrations: Path) -> None:
        self._migrations = migrations
        self._named = DataApiClient.from_environment()
        # Each process of pytest-xdist, and each run beside another, has its own.
        self.name = f"{os.environ[DATABASE_NAME]}_test_{os.getpid()}"
        self._migrated = f"{self.name}_migrated"
        self.client = self._client_of(self.name)
        self._written = ""

    @property
    def variables(self) -> Mapping[str, str]:
        """What names the database to code under test."""
        url = os.environ.get(DATABASE_URL)
        named = {} if url is None else {DATABASE_URL: f"{url.rpartition('/')[0]}/{self.name}"}
        return {DATABASE_NAME: self.name, **named}

    def make(self) -> None:
        """Make both, and apply the migrations. Ends the test with a line where one fails."""
        statements = list(_statements(self._migrations))
        self._named.execute(f'CREATE DATABASE "{self._migrated}"')
        client = self._client_of(self._migrated)
        for place, statement in statements:
            try:
                client.execute(statement)
            except DataApiError as error:
                _fail(f"{place}: {error}")
        self._copy()

    def clean(self) -> None:
        """Make the database again if anything was written."""
        if self._position() != self._written:
            self._drop(self.name)
            self._copy()

    def drop(self) -> None:
        """Drop both."""
        self._drop(self.name)
        self._drop(self._migrated)

    def _copy(self) -> None:
        # A session that is open in the original keeps PostgreSQL from copying it.
        self._named.query(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name",
            {"name": self._migrated},
        )
        self._named.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self._migrated}"')
        self._written = self._position()

    def _position(self) -> str:
        """Return what is another one after each transaction that has written, in whatever database."""
        return str(self._named.query_one("SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS here")["here"])

    def _drop(self, name: str) -> None:
        self._named.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _client_of(self, database: str) -> DataApiClient:
        return DataApiClient.from_environment({**os.environ, DATABASE_NAME: database})


def _check_environment() -> None:
    """End the test with a line unless the environment names a database of local AWS."""
    if missing := [name for name in (CLUSTER_ARN, SECRET_ARN, DATABASE_NAME) if not os.environ.get(name)]:
        _fail(f"no database is named, {', '.join(missing)} is not set; {_WAY_OUT}")
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), None)
    if endpoint is None:
        _fail(f"tests make and drop databases, and AWS_ENDPOINT_URL does not lead to local AWS; {_WAY_OUT}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(endpoint.rstrip("/") + HEALTH_PATH, timeout=_ANSWER_SECONDS) as answer:
            is_local = "pid" in json.load(answer)
    except urllib.error.HTTPError:
        is_local = False
    except (OSError, ValueError) as error:
        _fail(f"nothing answers at {endpoint} ({error}); {_WAY_OUT}")
    if not is_local:
        _fail(f"tests make and drop databases, and {endpoint} is not local AWS; {_WAY_OUT}")


def _statements(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each statement of the migrations."""
    if not folder.is_dir():
        _fail(f"there is no folder {folder}: name that of the migrations, {_MIGRATIONS} = FOLDER in the file of pytest")
    for path in sorted(path for path in folder.iterdir() if _NUMBERED.fullmatch(path.name)):
        try:
            found = split(path.read_text(encoding="utf-8"))
        except (NotClosed, UnicodeDecodeError) as error:
            _fail(f"{path.name}: {error}")
        for statement in found:
            yield f"{path.name}:{statement.line}", statement.text


def _fail(why: str) -> NoReturn:
    pytest.fail(f"aurora_database: {why}", pytrace=False)
