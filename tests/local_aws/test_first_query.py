"""The first query of a deployment."""

import time
from collections.abc import Iterator

import pytest

from local_aws import process
from local_aws.data_api.settings import DataApiSettings
from local_aws.errors import LocalAwsError
from local_aws.first_query import ask_version
from local_aws.process import LocalAws
from tests.local_aws.data_api.database import Database, create_database

PAUSE_SECONDS = 1.0


@pytest.fixture(scope="module")
def paused() -> Iterator[Database]:
    """Return a cluster that has paused, and takes a moment to wake up."""
    with process.start(data_api=DataApiSettings(pause_seconds=PAUSE_SECONDS, resume_seconds=0.7)) as running:
        scaling = {"MinCapacity": 0, "MaxCapacity": 1, "SecondsUntilAutoPause": 300}
        database = create_database(running, ServerlessV2ScalingConfiguration=scaling)
        time.sleep(PAUSE_SECONDS + 0.2)
        yield database


def outputs(database: Database) -> dict[str, str]:
    return {
        "aurora_cluster_arn": database.arn,
        "aurora_secret_arn": database.secret_arn,
        "database_name": "alex",
    }


def test_the_version_is_postgresql_s_own(aws: LocalAws) -> None:
    version = ask_version(aws, outputs(create_database(aws)))

    assert version is not None
    assert version.startswith("PostgreSQL 18.")


def test_a_database_that_goes_on_resuming_fails_the_deployment(
    paused: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_aws.first_query.RESUME_SECONDS", 0.0)

    with pytest.raises(LocalAwsError, match="is resuming after being auto-paused"):
        ask_version(paused.aws, outputs(paused))


def test_a_paused_database_is_waited_for(paused: Database) -> None:
    assert ask_version(paused.aws, outputs(paused)) is not None


def test_a_database_that_does_not_answer_fails_the_deployment(aws: LocalAws) -> None:
    with pytest.raises(LocalAwsError, match=r"does not answer: .*HttpEndpointNotEnabledException") as failure:
        ask_version(aws, outputs(create_database(aws, EnableHttpEndpoint=False)))

    assert failure.value.exit_status == 1


def test_outputs_without_a_database_are_no_failure(aws: LocalAws) -> None:
    assert ask_version(aws, {"other": "output"}) is None
