"""Serverless v2 capacity on local AWS: refused and reported as on AWS."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.local_aws.conftest import Cluster, CreateCluster

Describe = Callable[[Cluster], Cluster]


def capacity(minimum: float | None = None, maximum: float | None = None, pause: int | None = None) -> dict[str, Any]:
    given = {"MinCapacity": minimum, "MaxCapacity": maximum, "SecondsUntilAutoPause": pause}
    return {name: value for name, value in given.items() if value is not None}


def test_a_range_is_kept_and_no_serverless_v1_configuration_is_reported(
    create_cluster: CreateCluster, describe: Describe
) -> None:
    described = describe(create_cluster(ServerlessV2ScalingConfiguration=capacity(0.5, 1)))

    assert described["ServerlessV2ScalingConfiguration"] == capacity(0.5, 1)
    assert "ScalingConfigurationInfo" not in described


def test_a_serverless_v1_configuration_is_still_reported(create_cluster: CreateCluster, describe: Describe) -> None:
    described = describe(
        create_cluster(
            EngineMode="serverless",
            ServerlessV2ScalingConfiguration={},
            ScalingConfiguration={"MinCapacity": 2, "MaxCapacity": 4},
        )
    )

    assert described["ScalingConfigurationInfo"]["MaxCapacity"] == 4


def test_a_pause_is_kept(create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster(ServerlessV2ScalingConfiguration=capacity(0, 1, pause=600))

    assert describe(cluster)["ServerlessV2ScalingConfiguration"] == capacity(0, 1, pause=600)


def test_a_minimum_of_0_pauses_after_300_seconds_by_default(create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster(ServerlessV2ScalingConfiguration=capacity(0, 1))

    assert describe(cluster)["ServerlessV2ScalingConfiguration"] == capacity(0, 1, pause=300)


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        (capacity(0, 1, pause=600), capacity(0, 1, pause=900), capacity(0, 1, pause=900)),
        (capacity(0, 1, pause=600), capacity(0, 2), capacity(0, 2, pause=600)),
        (capacity(0, 1, pause=600), capacity(1, 2), capacity(1, 2)),
        (capacity(1, 2), capacity(0, 2), capacity(0, 2, pause=300)),
        (capacity(0.5, 2), capacity(maximum=4), capacity(0.5, 4)),
    ],
    ids=["new pause", "pause stays", "pause goes with a higher minimum", "pause by default", "what is left out stays"],
)
def test_a_change_is_reported_as_aws_does(
    rds: Any,
    create_cluster: CreateCluster,
    describe: Describe,
    before: dict[str, Any],
    change: dict[str, Any],
    after: dict[str, Any],
) -> None:
    cluster = create_cluster(ServerlessV2ScalingConfiguration=before)

    rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], ServerlessV2ScalingConfiguration=change)

    assert describe(cluster)["ServerlessV2ScalingConfiguration"] == after


REFUSED = [
    (capacity(4, 2), "minimum capacity 4.0 isn't valid.*must not exceed the maximum capacity 2.0"),
    (capacity(0.5, 0.5), "maximum capacity 0.5 isn't valid.*at least 1.0"),
    (capacity(0.5, 300), "maximum capacity 300.0 isn't valid.*must not exceed 256"),
    (capacity(0.3, 2), "minimum capacity 0.3 isn't valid.*steps of 0.5"),
    (capacity(maximum=2), "Both MinCapacity and MaxCapacity must be specified"),
    (capacity(0.5, 2, pause=300), "SecondsUntilAutoPause can only be specified when minimum capacity is 0"),
    (capacity(0, 2, pause=60), "SecondsUntilAutoPause 60 isn't valid.*between 300 and 86400"),
]


@pytest.mark.parametrize(("wrong", "message"), REFUSED)
def test_a_wrong_range_is_refused_at_creation(
    create_cluster: CreateCluster, wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=f"InvalidParameterValue.*{message}"):
        create_cluster(ServerlessV2ScalingConfiguration=wrong)


@pytest.mark.parametrize(("wrong", "message"), [case for case in REFUSED if "Both" not in case[1]])
def test_a_wrong_range_is_refused_at_a_change_and_changes_nothing(
    rds: Any, create_cluster: CreateCluster, describe: Describe, wrong: dict[str, Any], message: str
) -> None:
    cluster = create_cluster(ServerlessV2ScalingConfiguration=capacity(1, 2))

    with pytest.raises(ClientError, match=f"InvalidParameterValue.*{message}"):
        rds.modify_db_cluster(
            DBClusterIdentifier=cluster["DBClusterIdentifier"], ServerlessV2ScalingConfiguration=wrong
        )

    assert describe(cluster)["ServerlessV2ScalingConfiguration"] == capacity(1, 2)


def test_a_minimum_of_0_is_refused_on_a_version_that_cannot_pause(create_cluster: CreateCluster) -> None:
    with pytest.raises(ClientError, match=r"minimum capacity 0\.0 isn't valid.*at least 0\.5"):
        create_cluster(EngineVersion="15.4", ServerlessV2ScalingConfiguration=capacity(0, 1))


def test_a_serverless_instance_is_refused_in_a_cluster_without_a_range(
    create_cluster: CreateCluster, create_instance: Callable[..., dict[str, Any]]
) -> None:
    cluster = create_cluster(ServerlessV2ScalingConfiguration={})

    with pytest.raises(ClientError, match="Set the Serverless v2 scaling configuration on the parent DB cluster"):
        create_instance(cluster)
