"""A cluster with the Data API, and the client's side of it, for the tests of this folder."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.environment import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_aws.process import LocalAws
from tests.local_aws.conftest import unique

PASSWORD = "not-a-real-password"
MASTER = "alexadmin"


@dataclass(frozen=True)
class Database:
    """One cluster of a local AWS, asked with its own secret."""

    aws: LocalAws
    name: str
    arn: str
    secret_arn: str
    client: Any

    @property
    def target(self) -> dict[str, str]:
        return {"resourceArn": self.arn, "secretArn": self.secret_arn}

    def execute(self, sql: str, *parameters: dict[str, Any], **arguments: Any) -> dict[str, Any]:
        database = {"database": "alex"}
        answer = self.client.execute_statement(
            **self.target, **(database | arguments), sql=sql, parameters=list(parameters)
        )
        del answer["ResponseMetadata"]
        result: dict[str, Any] = answer
        return result

    def value(self, sql: str, *parameters: dict[str, Any], **arguments: Any) -> Any:
        """Return the Field of a result with one row and one column."""
        [[field]] = self.execute(sql, *parameters, **arguments)["records"]
        return field

    def error(self, sql: str, *parameters: dict[str, Any], **arguments: Any) -> tuple[str, str]:
        """Return code and message of the error that a statement ends with."""
        return self.error_of(lambda: self.execute(sql, *parameters, **arguments))

    def error_of(self, call: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as raised:
            call()
        error = raised.value.response["Error"]
        return error["Code"], error.get("Message", "")

    def begin(self) -> str:
        transaction_id: str = self.client.begin_transaction(**self.target, database="alex")["transactionId"]
        return transaction_id

    def commit(self, transaction_id: str) -> str:
        status: str = self.client.commit_transaction(**self.target, transactionId=transaction_id)["transactionStatus"]
        return status

    def roll_back(self, transaction_id: str) -> str:
        status: str = self.client.rollback_transaction(**self.target, transactionId=transaction_id)["transactionStatus"]
        return status

    def inflict(self, **fault: Any) -> None:
        ask(self.aws, "/_local_aws/faults", [fault])


def parameter(name: str, hint: str | None = None, **value: Any) -> dict[str, Any]:
    """Return a SqlParameter."""
    return {"name": name, "value": value} | ({"typeHint": hint} if hint else {})


def create_database(
    aws: LocalAws, *, has_instance: bool = True, instance: dict[str, Any] | None = None, **arguments: Any
) -> Database:
    """Create a cluster and the secret of its master user; arguments are those of CreateDBCluster.

    `instance` has arguments of its instance.
    """
    name = unique("database")
    defaults = {
        "DBClusterIdentifier": name,
        "Engine": "aurora-postgresql",
        "EngineVersion": "17.7",
        "MasterUsername": MASTER,
        "MasterUserPassword": PASSWORD,
        "DatabaseName": "alex",
        "EnableHttpEndpoint": True,
        "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 1},
    }
    cluster = aws.client("rds").create_db_cluster(**(defaults | arguments))["DBCluster"]
    if has_instance:
        aws.client("rds").create_db_instance(
            DBInstanceIdentifier=f"{name}-1",
            DBClusterIdentifier=name,
            DBInstanceClass="db.serverless",
            Engine="aurora-postgresql",
            **(instance or {}),
        )
    return Database(aws, name, cluster["DBClusterArn"], create_secret(aws, MASTER, PASSWORD), data_api_client(aws))


def data_api_client(aws: LocalAws) -> Any:
    """Return a client that never calls twice."""
    import boto3  # type: ignore[import-untyped]  # noqa: PLC0415

    return boto3.client(
        "rds-data",
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )


def create_secret(aws: LocalAws, username: str, password: str) -> str:
    text = json.dumps({"username": username, "password": password})
    arn: str = aws.client("secretsmanager").create_secret(Name=unique("database-secret"), SecretString=text)["ARN"]
    return arn


def delete_cluster(database: Database) -> None:
    rds = database.aws.client("rds")
    rds.delete_db_instance(DBInstanceIdentifier=f"{database.name}-1", SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier=database.name, SkipFinalSnapshot=True)


def ask(aws: LocalAws, path: str, document: Any = None, method: str | None = None) -> Any:
    """Ask one of local AWS's own paths."""
    body = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(aws.endpoint_url + path, data=body, method=method)  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as answer:
        return json.load(answer)


def state_of(database: Database) -> dict[str, Any]:
    """Return what local AWS says that a cluster's database does."""
    clusters = ask(database.aws, "/_local_aws/clusters")["clusters"]
    [found] = [cluster for cluster in clusters if cluster["arn"] == database.arn]
    state: dict[str, Any] = found
    return state


def string(value: str) -> dict[str, Any]:
    """Return the Field of a text."""
    return {"stringValue": value}


def array(**values: Any) -> dict[str, Any]:
    """Return the Field of an array."""
    return {"arrayValue": values}
