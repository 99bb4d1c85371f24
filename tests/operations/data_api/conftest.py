"""A database on local AWS, and the client that these tests are about; each test makes its own tables."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local_aws import process
from local_aws.environment import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_aws.process import LocalAws
from operations.data_api import DataApiClient, RdsData, Waiting, rds_data_client
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


def local_rds_data(aws: LocalAws) -> RdsData:
    """Return boto3's client of a local AWS, made by the package."""
    return rds_data_client(
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
    )
