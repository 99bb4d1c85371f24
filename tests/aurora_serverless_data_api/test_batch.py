"""Many sets of parameters: in as few calls as the limits allow, in order, and all or nothing if asked for."""

# ruff: noqa: S608  # the tests name their tables themselves

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from aurora_serverless_data_api import (
    DataApiClient,
    InvalidParameter,
    OutcomeUnknown,
    Throttled,
    Timeout,
    UniqueViolation,
)
from tests.aurora_serverless_data_api.script import (
    BEGUN,
    COMMITTED,
    DONE,
    ROLLED_BACK,
    THROTTLED,
    Script,
    database_error,
)
from tests.local_aws.data_api.database import Database

INSERT = "INSERT INTO notes VALUES (:number, :text)"
MEBIBYTE = 1024 * 1024


def sets(count: int, text: str = "x") -> list[dict[str, Any]]:
    return [{"number": number, "text": text} for number in range(count)]


def sizes(script: Script) -> list[int]:
    return [len(body["parameterSets"]) for body in script.bodies]


@pytest.mark.parametrize(
    ("count", "text", "calls"),
    [
        (0, "x", []),
        (1, "x", [1]),
        (1000, "x", [1000]),
        (1001, "x", [1000, 1]),
        (2500, "x", [1000, 1000, 500]),
        (7, "x" * MEBIBYTE, [3, 3, 1]),
        (3, "ä" * (MEBIBYTE // 4), [2, 1]),
        (5, '"' * MEBIBYTE, [1, 1, 1, 1, 1]),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_batch_is_as_many_calls_as_the_limits_want(count: int, text: str, calls: list[int]) -> None:
    script = Script(*[DONE] * len(calls))

    assert script.client.batch(INSERT, sets(count, text)) == count

    assert sizes(script) == calls
    numbers = [parameters[0]["value"]["longValue"] for body in script.bodies for parameters in body["parameterSets"]]
    assert numbers == list(range(count))


def test_no_request_is_larger_than_4_mebibytes() -> None:
    requests: list[int] = []
    script = Script(*[DONE] * 100)
    script.rds_data.meta.events.register_first(
        "before-send.rds-data", lambda request, **_: requests.append(len(request.body))
    )
    texts = ["x" * 500_000, "ä🐘" * 50_000, '"\\\n\x01' * 60_000]
    values = [{"number": number, "text": texts[number % 3]} for number in range(60)]
    values += [{"number": number, "text": b"\xff" * 400_000} for number in range(20)]

    script.client.batch(INSERT, values)

    assert max(requests) <= 4 * MEBIBYTE
    assert sum(requests) / len(requests) > 3 * MEBIBYTE


def test_the_sets_are_read_as_they_are_sent() -> None:
    read: list[int] = []

    def endless() -> Iterator[dict[str, Any]]:
        number = 0
        while True:
            read.append(number)
            yield {"number": number, "text": "x"}
            number += 1

    script = Script(DONE, database_error("23505"))

    with pytest.raises(UniqueViolation) as raised:
        script.client.batch(INSERT, endless())

    assert raised.value.sets_done == 1000
    assert len(read) == 2001


def test_an_error_says_how_many_sets_were_done_before() -> None:
    script = Script(DONE, THROTTLED, DONE, *[THROTTLED] * 20)

    with pytest.raises(Throttled) as raised:
        script.client.batch(INSERT, sets(3000))

    assert raised.value.sets_done == 2000


def test_a_lost_answer_leaves_open_only_the_sets_of_its_call() -> None:
    script = Script(DONE, (503, "ServiceUnavailableError", ""))

    with pytest.raises(OutcomeUnknown) as raised:
        script.client.batch(INSERT, sets(2000))

    assert raised.value.sets_done == 1000


def test_all_or_nothing_is_one_transaction_that_is_run_again_as_a_whole() -> None:
    script = Script(
        BEGUN, DONE, database_error("40001"), ROLLED_BACK,
        BEGUN, DONE, DONE, COMMITTED,
    )  # fmt: skip

    assert script.client.batch(INSERT, iter(sets(1500)), all_or_nothing=True) == 1500

    assert script.is_over
    assert [len(body["parameterSets"]) for body in script.bodies if "parameterSets" in body] == [1000, 500, 1000, 500]


@pytest.mark.parametrize("all_or_nothing", [False, True])
def test_what_stays_of_a_batch_that_fails(client: DataApiClient, table: str, all_or_nothing: bool) -> None:
    values = [*sets(1500), {"number": 7, "text": "again"}]

    with pytest.raises(UniqueViolation):
        client.batch(f"INSERT INTO {table} VALUES (:number, :text)", values, all_or_nothing=all_or_nothing)

    count = 0 if all_or_nothing else 1000
    assert client.query_one(f"SELECT count(*) FROM {table}") == {"count": count}


def test_a_large_batch_arrives_in_order(client: DataApiClient, table: str) -> None:
    client.execute(f"ALTER TABLE {table} ADD COLUMN place bigint GENERATED ALWAYS AS IDENTITY, ADD COLUMN id uuid")
    values = [{"number": number, "text": "ä" * 900, "id": UUID(int=1)} for number in range(3000, 0, -1)]

    client.batch(f"INSERT INTO {table} (number, text, id) VALUES (:number, :text, :id)", values)

    found = list(client.stream(f"SELECT number, text, id FROM {table} ORDER BY place"))
    assert found == values


def test_a_batch_in_a_transaction_is_part_of_it(client: DataApiClient, table: str) -> None:
    with pytest.raises(ZeroDivisionError), client.transaction() as transaction:
        1 / transaction.batch(f"INSERT INTO {table} VALUES (:number, :text)", [])
    with client.transaction() as transaction:
        assert transaction.batch(f"INSERT INTO {table} VALUES (:number, :text)", sets(5)) == 5

    assert client.query_one(f"SELECT count(*) FROM {table}") == {"count": 5}


def test_a_value_may_be_missing_in_some_sets(client: DataApiClient, table: str) -> None:
    client.execute(f"ALTER TABLE {table} ADD COLUMN id uuid")
    first = UUID(int=1)

    client.batch(
        f"INSERT INTO {table} (number, id) VALUES (:number, :id)",
        [{"number": 1, "id": None}, {"number": 2, "id": first}, {"number": 3, "id": None}],
    )

    rows = client.query(f"SELECT id FROM {table} ORDER BY number")
    assert [row["id"] for row in rows] == [None, first, None]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([{"number": 1, "text": "a"}, {"number": 2}], "set 2: the statement has :text, for which there is no value"),
        ([{"number": 1, "text": "a"}, {"number": 2, "text": float("nan")}], "set 2: parameter text is NaN"),
        ([{"number": 1, "text": "a" * 4_200_000}], "set 1: the parameters have"),
        (
            [{"number": 1, "text": UUID(int=1)}, {"number": 2, "text": Decimal(1)}],
            "set 2: parameter text has another type",
        ),
        ([{"number": 1, "text": "a"}, {"number": 2, "text": UUID(int=1)}], "set 2: parameter text has another type"),
        ([1], "set 1: parameters are a mapping such as"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_wrong_set_is_refused_by_its_number(values: list[Any], reason: str) -> None:
    script = Script()

    with pytest.raises(InvalidParameter, match=reason) as raised:
        script.client.batch(INSERT, values)

    assert script.calls == []
    assert raised.value.sets_done == 0


def test_a_batch_that_does_not_fit_into_the_time_of_a_call_is_an_error_of_its_own(
    client: DataApiClient, database: Database, table: str
) -> None:
    database.inflict(kind="statement_timeout", operation="BatchExecuteStatement")

    with pytest.raises(Timeout, match="took too long") as raised:
        client.batch(f"INSERT INTO {table} VALUES (:number, :text)", sets(1))

    assert raised.value.sets_done == 0
