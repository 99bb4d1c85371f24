"""A local AWS that the tests of this folder share: each names its own resources."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws import process
from local_aws.ports import Ports
from local_aws.process import LocalAws

Cluster = dict[str, Any]
CreateCluster = Callable[..., Cluster]
CreateInstance = Callable[..., dict[str, Any]]
Describe = Callable[[Cluster], Cluster]

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAws]:
    """Return a running local AWS."""
    with process.start() as running:
        yield running


def default_subnets(aws: LocalAws) -> list[dict[str, Any]]:
    """Return the subnets of the default VPC; other tests make others beside them."""
    found = aws.client("ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])
    subnets: list[dict[str, Any]] = found["Subnets"]
    return subnets


@pytest.fixture(scope="session")
def rds(aws: LocalAws) -> Any:
    """Return a client of its RDS."""
    return aws.client("rds")


@pytest.fixture(scope="session")
def create_cluster(rds: Any) -> CreateCluster:
    """Return a function that creates a serverless cluster of a fresh name; arguments are RDS's own."""

    def create(**arguments: Any) -> Cluster:
        defaults = {
            "DBClusterIdentifier": unique("cluster"),
            "Engine": "aurora-postgresql",
            "EngineVersion": "17.7",
            "MasterUsername": "alexadmin",
            "MasterUserPassword": "not-a-real-password",
            "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 2},
        }
        cluster: Cluster = rds.create_db_cluster(**(defaults | arguments))["DBCluster"]
        return cluster

    return create


@pytest.fixture(scope="session")
def describe(rds: Any) -> Describe:
    """Return a function that asks for a cluster again."""

    def ask(cluster: Cluster) -> Cluster:
        [found] = rds.describe_db_clusters(DBClusterIdentifier=cluster["DBClusterIdentifier"])["DBClusters"]
        described: Cluster = found
        return described

    return ask


@pytest.fixture(scope="session")
def create_instance(rds: Any) -> CreateInstance:
    """Return a function that adds a serverless instance to a cluster; arguments are RDS's own."""

    def create(cluster: Cluster, **arguments: Any) -> dict[str, Any]:
        instance: dict[str, Any] = rds.create_db_instance(
            DBInstanceIdentifier=unique("instance"),
            DBClusterIdentifier=cluster["DBClusterIdentifier"],
            DBInstanceClass="db.serverless",
            Engine="aurora-postgresql",
            **arguments,
        )["DBInstance"]
        return instance

    return create


def take_any_port(folder: Path) -> None:
    """Let the local AWS of a folder take a free port at each start: tests run side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    Ports(aws=0).keep(folder)


def unique(kind: str) -> str:
    """Return a name that no other test has."""
    return f"{kind}-{next(_numbers)}"
