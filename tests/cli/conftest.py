"""What each of these tests has: no AWS that this machine may know. Fixtures are those of `tests/deployed`."""

import pytest


@pytest.fixture(autouse=True)
def _apart(no_aws_of_ones_own: None) -> None:
    """Keep the tests away from it."""
