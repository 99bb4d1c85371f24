"""What is sent, held against the service's model that boto3 comes with; the client leaves out boto3's own check."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from botocore.stub import Stubber  # type: ignore[import-untyped]
from botocore.validate import validate_parameters  # type: ignore[import-untyped]

from aurora_serverless_data_api import Array, DataApiClient, Json, RdsData, WithoutTimeZone, rds_data_client
from aurora_serverless_data_api.transaction import STILL_STANDS
from tests.aurora_serverless_data_api.script import CLUSTER_ARN, COMMITTED, SECRET_ARN

TARGET = {"resourceArn": CLUSTER_ARN, "secretArn": SECRET_ARN}
IN_ALEX = TARGET | {"database": "alex"}
TRANSACTION = {"transactionId": "transaction-1"}


@pytest.fixture
def rds_data() -> RdsData:
    return rds_data_client(region_name="us-east-1", aws_access_key_id="not-real", aws_secret_access_key="not-real")


@pytest.fixture
def stubber(rds_data: RdsData) -> Iterator[Stubber]:
    """Return a stub of boto3's client that holds every request against the model."""

    def check(params: dict[str, Any], model: Any, **_: Any) -> None:
        validate_parameters(params, model.input_shape)

    rds_data.meta.events.register("before-parameter-build.rds-data", check)
    with Stubber(rds_data) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def client(rds_data: RdsData) -> DataApiClient:
    return DataApiClient(cluster_arn=CLUSTER_ARN, secret_arn=SECRET_ARN, database="alex", rds_data=rds_data)


def parameter(name: str, **field: Any) -> dict[str, Any]:
    return {"name": name, "value": field}


@pytest.mark.parametrize(
    ("value", "sql", "field"),
    [
        (None, ":value", {"isNull": True}),
        (True, ":value", {"booleanValue": True}),
        (1, ":value", {"longValue": 1}),
        (1.5, ":value", {"doubleValue": 1.5}),
        ("a", ":value", {"stringValue": "a"}),
        (b"a", ":value", {"blobValue": b"a"}),
        (bytearray(b"a"), ":value", {"blobValue": b"a"}),
        (Decimal("1.50"), "CAST(:value AS numeric)", {"stringValue": "1.50"}),
        (date(2026, 1, 2), "CAST(:value AS date)", {"stringValue": "2026-01-02"}),
        (time(1, 2, 3, 4), "CAST(:value AS time)", {"stringValue": "01:02:03.000004"}),
        (datetime(2026, 1, 2, tzinfo=UTC), "CAST(:value AS timestamptz)", {"stringValue": "2026-01-02 00:00:00+00:00"}),
        (
            WithoutTimeZone(datetime(2026, 1, 2)),
            "CAST(:value AS timestamp)",
            {"stringValue": "2026-01-02 00:00:00"},
        ),
        (UUID(int=1), "CAST(:value AS uuid)", {"stringValue": "00000000-0000-0000-0000-000000000001"}),
        ({"a": "ä"}, "CAST(:value AS json)", {"stringValue": '{"a": "ä"}'}),
        (Json([1]), "CAST(:value AS json)", {"stringValue": "[1]"}),
        (Array(["a", None, '"'], "text"), "CAST(:value AS text[])", {"stringValue": '{"a",NULL,"\\""}'}),
    ],
    ids=repr,
)
def test_a_value_on_the_wire(
    client: DataApiClient, stubber: Stubber, value: Any, sql: str, field: dict[str, Any]
) -> None:
    expected = IN_ALEX | {"sql": f"SELECT {sql}, {sql}", "parameters": [parameter("value", **field)]}
    stubber.add_response("execute_statement", {"numberOfRecordsUpdated": 0, "records": []}, expected)

    client.execute("SELECT :value, :value", {"value": value})


def test_a_query_asks_for_the_types_of_its_columns(client: DataApiClient, stubber: Stubber) -> None:
    answer = {"records": [[{"stringValue": "1.50"}]], "columnMetadata": [{"label": "total", "typeName": "numeric"}]}
    stubber.add_response(
        "execute_statement",
        answer,
        IN_ALEX | {"sql": "SELECT total FROM orders", "parameters": [], "includeResultMetadata": True},
    )

    assert client.query("SELECT total FROM orders") == [{"total": Decimal("1.50")}]


def test_a_transaction_on_the_wire(client: DataApiClient, stubber: Stubber) -> None:
    stubber.add_response("begin_transaction", TRANSACTION, IN_ALEX)
    batch = {"sql": "INSERT INTO notes VALUES (:id)", "parameterSets": [[parameter("id", longValue=1)]]}
    stubber.add_response("batch_execute_statement", {"updateResults": [{}]}, IN_ALEX | TRANSACTION | batch)
    ddl = {"sql": "CREATE TABLE more (id bigint)", "parameters": [], "continueAfterTimeout": True}
    stubber.add_response("execute_statement", {"numberOfRecordsUpdated": 0}, IN_ALEX | TRANSACTION | ddl)
    stubber.add_response("execute_statement", {"records": [[]]}, IN_ALEX | TRANSACTION | {"sql": STILL_STANDS})
    stubber.add_response("commit_transaction", COMMITTED, TARGET | TRANSACTION)

    with client.transaction() as transaction:
        transaction.batch("INSERT INTO notes VALUES (:id)", [{"id": 1}])
        transaction.execute("CREATE TABLE more (id bigint)", continue_after_timeout=True)
