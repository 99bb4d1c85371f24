"""A database on local AWS, and the client that these tests are about; each test makes its own tables."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from aurora_serverless_data_api import DataApiClient, RdsData, Waiting, endpoint, rds_data_client
from local_aws import process
from local_aws.data_api.settings import DataApiSettings
from local_aws.environment import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_aws.process import LocalAws
from tests.aurora_serverless_data_api.intermediary import Intermediary
from tests.local_aws.data_api.database import Database, create_database

_numbers = itertools.count(1)

NewClient = Callable[..., DataApiClient]

# A hundred times as fast as the real one, with the same relation between its waits and its deadline.
HASTE = 100
HASTY = Waiting(clock=lambda: time.monotonic() * HASTE, sleep=lambda seconds: time.sleep(seconds / HASTE))


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAws]:
    """Return a running local AWS."""
    with process.start() as running:
        yield running


@pytest.fixture(scope="session")
def database(aws: LocalAws) -> Database:
    """Return a cluster with the Data API, a database alex and a secret."""
    return create_database(aws)


@pytest.fixture(scope="session")
def new_client(database: Database) -> NewClient:
    """Return a function that makes a client of the database; options are the client's own."""

    def make(**options: Any) -> DataApiClient:
        return client_of(database, **({"waiting": HASTY} | options))

    return make


@pytest.fixture(scope="session")
def client(new_client: NewClient) -> DataApiClient:
    """Return a client of the database, which waits a hundredth of the time between tries."""
    return new_client()


@dataclass(frozen=True)
class BadWay:
    """A database of its own, asked through an intermediary by `client`, and past it by `direct`."""

    database: Database
    intermediary: Intermediary
    client: DataApiClient
    direct: DataApiClient


@pytest.fixture(scope="session")
def bad_way() -> Iterator[BadWay]:
    """Return a bad way to a database, whose client waits 2 seconds for an answer.

    On it transactions are begun that nobody knows of; they end after 5 seconds instead of 3 minutes.
    """
    settings = DataApiSettings(transaction_idle_seconds=5)
    with process.start(data_api=settings) as aws:
        database = create_database(aws)
        intermediary = Intermediary(aws.endpoint_url)
        waiting = Waiting(delays_seconds=(0.01, 0.02, 0.05, 0.1), conflict_delays_seconds=(0.01, 0.02, 0.05))
        with pytest.MonkeyPatch.context() as patch:  # of this one client: others wait as long as they must
            patch.setattr(endpoint, "LEAST_READ_TIMEOUT_SECONDS", 2.0)
            client = client_of(database, rds_data=local_rds_data(aws, intermediary.url), waiting=waiting)
        yield BadWay(database, intermediary, client, client_of(database))
        intermediary.close()


@pytest.fixture
def table(client: DataApiClient) -> str:
    """Return the name of a new table with a number and a text."""
    name = f"notes_{next(_numbers)}"
    client.execute(f"CREATE TABLE {name} (number bigint PRIMARY KEY, text text)")
    return name


def client_of(database: Database, /, **options: Any) -> DataApiClient:
    """Return a client of a database on local AWS."""
    arguments: dict[str, Any] = {
        "cluster_arn": database.arn,
        "secret_arn": database.secret_arn,
        "database": "alex",
        "rds_data": local_rds_data(database.aws),
    }
    return DataApiClient(**(arguments | options))


def local_rds_data(aws: LocalAws, url: str | None = None) -> RdsData:
    """Return boto3's client of a local AWS, made by the package; `url` is of what is on the way there."""
    return rds_data_client(
        endpoint_url=url or aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
    )
