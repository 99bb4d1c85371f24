"""One database that the tests of this folder share; each makes its own tables."""

import pytest

from local_aws.process import LocalAws
from tests.local_aws.data_api.database import Database, create_database


@pytest.fixture(scope="session")
def database(aws: LocalAws) -> Database:
    """Return a cluster with the Data API, a database alex and a secret."""
    return create_database(aws)
