"""Clients that answer what local AWS cannot show: slow, failed and refused states. Answers are checked by botocore."""

from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.stub import Stubber  # type: ignore[import-untyped]

from operations.aws.session import AwsSession
from operations.target.target import Target

CLUSTER_ARN = "arn:aws:rds:us-east-1:123456789012:cluster:alex"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:alex-AbCdEf"
TARGET = Target(AwsSession("us-east-1"), CLUSTER_ARN, secret_arn=SECRET_ARN, database="alex")


def stubbed(service: str) -> tuple[Any, Stubber]:
    """Return a client that calls nobody, and what its answers are put into, in their order."""
    client = boto3.client(
        service,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
    )
    stubber = Stubber(client)
    stubber.activate()
    return client, stubber


def described_cluster(status: str = "available", *, arn: str = CLUSTER_ARN, **more: Any) -> dict[str, Any]:
    """Return an answer of DescribeDBClusters."""
    cluster = {
        "DBClusterArn": arn,
        "DBClusterIdentifier": "alex",
        "Status": status,
        "EngineVersion": "17.7",
        "Endpoint": "alex.example",
        "HttpEndpointEnabled": True,
        "DBClusterMembers": [{"DBInstanceIdentifier": "alex-0", "IsClusterWriter": True}],
        "ServerlessV2ScalingConfiguration": {"MinCapacity": 0, "MaxCapacity": 1, "SecondsUntilAutoPause": 300},
    }
    return {"DBClusters": [cluster | more]}


def described_instances(status: str | None = "available", **more: Any) -> dict[str, Any]:
    """Return an answer of DescribeDBInstances: one instance, or none where the status is None."""
    if status is None:
        return {"DBInstances": []}
    return {"DBInstances": [{"DBInstanceIdentifier": "alex-0", "DBInstanceStatus": status} | more]}


def add_cluster(stubber: Stubber, status: str = "available", instance: str | None = "available", **more: Any) -> None:
    """Let the next look at the cluster find this."""
    stubber.add_response("describe_db_clusters", described_cluster(status, **more))
    stubber.add_response("describe_db_instances", described_instances(instance))


def one_number(value: int = 1) -> dict[str, Any]:
    """Return an answer of ExecuteStatement to SELECT 1."""
    return {
        "records": [[{"longValue": value}]],
        "columnMetadata": [{"label": "?column?", "typeName": "int4"}],
        "numberOfRecordsUpdated": 0,
    }
