"""What the client of the Data API costs over boto3 for the same calls, and what a batch saves, on local AWS."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from aurora_serverless_data_api import DataApiClient, RdsData, rds_data_client
from local_aws import process
from local_aws.environment import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_aws.process import LocalAws

ROWS_A_BATCH: Final = 1000
CALLS_A_ROUND: Final = {1: 100, ROWS_A_BATCH: 5}
DATABASE: Final = "bench"
CREATE: Final = "CREATE TABLE bench (id uuid, number bigint, total numeric, name text, at timestamptz)"
INSERT: Final = "INSERT INTO bench VALUES ({}, :number, {}, :name, {})"
CLIENT_INSERT: Final = INSERT.format(":id", ":total", ":at")
BOTO3_INSERT: Final = INSERT.format("CAST(:id AS uuid)", "CAST(:total AS numeric)", "CAST(:at AS timestamptz)")
SELECT: Final = "SELECT * FROM bench LIMIT :number"
AT: Final = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)

SINGLE, BATCH, ONE_ROW, MANY_ROWS = (
    "execute, an INSERT of one row",
    f"batch, an INSERT of {ROWS_A_BATCH} rows",
    "query, a SELECT of one row",
    f"query, a SELECT of {ROWS_A_BATCH} rows",
)
ROWS: Final = {SINGLE: 1, BATCH: ROWS_A_BATCH, ONE_ROW: 1, MANY_ROWS: ROWS_A_BATCH}


@dataclass(frozen=True)
class DataApiFigures:
    """By kind of call: how many times boto3's time the client takes, and the client's rows a second."""

    times_boto3: Mapping[str, float]
    rows_a_second: Mapping[str, float]

    @property
    def batch_against_single(self) -> float:
        """How many times the rows of single INSERTs a batch writes in the same time."""
        return self.rows_a_second[BATCH] / self.rows_a_second[SINGLE]


def measure_data_api(rounds: int, progress: Callable[[str], None]) -> DataApiFigures:
    """Measure client and boto3 in turn, call by call, so that whatever else the machine does meets both."""
    times_boto3, rows_a_second = {}, {}
    with process.start() as aws:
        for kind, (with_boto3, with_client) in _calls(aws).items():
            turns = [(with_boto3, with_client), (with_client, with_boto3)] * (rounds * CALLS_A_ROUND[ROWS[kind]])
            for call in turns[0]:
                call()
            taken = [(_seconds(first), _seconds(second)) for first, second in turns]
            boto3 = statistics.median([pair[number % 2] for number, pair in enumerate(taken)])
            client = statistics.median([pair[1 - number % 2] for number, pair in enumerate(taken)])
            times_boto3[kind], rows_a_second[kind] = client / boto3, ROWS[kind] / client
            progress(f"{kind}: {client / boto3:.2f} times boto3")
    return DataApiFigures(times_boto3, rows_a_second)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _calls(aws: LocalAws) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """Return each kind of call, with boto3 and with the client, on a new cluster."""
    target = _create_cluster(aws)
    rds_data = rds_data_client(
        endpoint_url=aws.endpoint_url,
        region_name=aws.region,
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
    )
    client = DataApiClient(
        cluster_arn=target["resourceArn"], secret_arn=target["secretArn"], database=DATABASE, rds_data=rds_data
    )
    client.execute(CREATE)
    arguments = target | {"database": DATABASE}

    def select(rows: int) -> tuple[Callable[[], object], Callable[[], object]]:
        return lambda: _select_with_boto3(rds_data, arguments, rows), lambda: client.query(SELECT, {"number": rows})

    return {
        SINGLE: (
            lambda: rds_data.execute_statement(**arguments, sql=BOTO3_INSERT, parameters=_boto3_row(1)),
            lambda: client.execute(CLIENT_INSERT, _row(1)),
        ),
        BATCH: (
            lambda: rds_data.batch_execute_statement(
                **arguments, sql=BOTO3_INSERT, parameterSets=[_boto3_row(number) for number in range(ROWS_A_BATCH)]
            ),
            lambda: client.batch(CLIENT_INSERT, (_row(number) for number in range(ROWS_A_BATCH))),
        ),
        ONE_ROW: select(1),
        MANY_ROWS: select(ROWS_A_BATCH),
    }


def _select_with_boto3(rds_data: RdsData, arguments: dict[str, str], rows: int) -> dict[str, Any]:
    parameters = [{"name": "number", "value": {"longValue": rows}}]
    return rds_data.execute_statement(**arguments, sql=SELECT, parameters=parameters, includeResultMetadata=True)


def _row(number: int) -> dict[str, Any]:
    return {"id": UUID(int=number), "number": number, "total": Decimal(number) / 8, "name": f"name {number}", "at": AT}


def _boto3_row(number: int) -> list[dict[str, Any]]:
    row = _row(number)
    return [
        {"name": "id", "value": {"stringValue": str(row["id"])}},
        {"name": "number", "value": {"longValue": row["number"]}},
        {"name": "total", "value": {"stringValue": str(row["total"])}},
        {"name": "name", "value": {"stringValue": row["name"]}},
        {"name": "at", "value": {"stringValue": row["at"].isoformat(" ")}},
    ]


def _create_cluster(aws: LocalAws) -> dict[str, str]:
    rds = aws.client("rds")
    cluster = rds.create_db_cluster(
        DBClusterIdentifier="bench",
        Engine="aurora-postgresql",
        MasterUsername="bench",
        MasterUserPassword="not-a-real-password",  # of a database that lives for this benchmark
        DatabaseName=DATABASE,
        EnableHttpEndpoint=True,
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 1},
    )["DBCluster"]
    rds.create_db_instance(
        DBInstanceIdentifier="bench-1",
        DBClusterIdentifier="bench",
        DBInstanceClass="db.serverless",
        Engine="aurora-postgresql",
    )
    secret = aws.client("secretsmanager").create_secret(
        Name="bench", SecretString='{"username": "bench", "password": "not-a-real-password"}'
    )
    return {"resourceArn": cluster["DBClusterArn"], "secretArn": secret["ARN"]}
