"""Ten thousand random values of each type, through the client, the wire and PostgreSQL, unchanged."""

# ruff: noqa: S608, DTZ  # the tests write their SQL themselves, and naive datetimes on purpose

import random
import string
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aurora_serverless_data_api import Array, DataApiClient, Json, WithoutTimeZone

VALUES = 10_000
TRICKY = ["", "[1,2]", "{}", "NULL", "null", '"', "\\", "'", "\x7f", "\u2028", "é", "🐘", "\ufeff", ":a", "$1", "a\r\n"]
CHARACTERS = string.printable + "äß€漢字🐘\u0301\u200d"

Random = random.Random


def a_text(chance: Random) -> str:
    return "".join(chance.choices([*CHARACTERS, *TRICKY], k=chance.choice([0, 1, 5, 30])))


def a_float(chance: Random) -> float:
    return chance.choice(
        [0.0, -0.0, 0.1, chance.gauss(0, 1), chance.uniform(-1, 1) * 10.0 ** chance.randint(-300, 300)]
    )


def a_decimal(chance: Random) -> Decimal:
    return Decimal(chance.randint(-(10**30), 10**30)).scaleb(chance.randint(-40, 40))


def an_integer(chance: Random) -> int:
    return chance.choice([0, -1, 2**63 - 1, -(2**63), chance.randint(-(2**63), 2**63 - 1), chance.randint(-99, 99)])


def a_date(chance: Random) -> date:
    return date.fromordinal(chance.randint(1, date.max.toordinal()))


def a_time(chance: Random) -> time:
    return (datetime.min + timedelta(microseconds=chance.randrange(86_400_000_000))).time()


def a_naive_datetime(chance: Random) -> datetime:
    return datetime.combine(a_date(chance), a_time(chance))


def a_datetime(chance: Random) -> datetime:
    moment = datetime(2, 1, 1, tzinfo=UTC) + timedelta(
        days=chance.randrange(3_650_000), microseconds=chance.randrange(86_400_000_000)
    )
    return moment.astimezone(timezone(timedelta(minutes=chance.randint(-14 * 60, 14 * 60))))


def a_json(chance: Random, depth: int = 0) -> Any:
    kinds: list[Callable[[], Any]] = [
        lambda: None,
        lambda: chance.choice([True, False]),
        lambda: chance.randint(-(10**18), 10**18),
        lambda: chance.uniform(-1e6, 1e6),
        lambda: a_text(chance),
    ]
    if depth < 2:
        kinds.append(lambda: [a_json(chance, depth + 1) for _ in range(chance.randint(0, 3))])
        kinds.append(lambda: {a_text(chance): a_json(chance, depth + 1) for _ in range(chance.randint(0, 3))})
    return chance.choice(kinds)()


MAKERS: dict[str, tuple[str, Callable[[Random], Any]]] = {
    "a_boolean": ("boolean", lambda chance: chance.choice([True, False])),
    "an_integer": ("bigint", an_integer),
    "a_float": ("double precision", a_float),
    "a_decimal": ("numeric", a_decimal),
    "a_text": ("text", a_text),
    "some_bytes": ("bytea", lambda chance: chance.randbytes(chance.choice([0, 1, 20]))),
    "a_date": ("date", a_date),
    "a_time": ("time", a_time),
    "a_moment": ("timestamptz", a_datetime),
    "a_local_time": ("timestamp", a_naive_datetime),
    "an_id": ("uuid", lambda chance: UUID(int=chance.getrandbits(128))),
    "a_json": ("jsonb", a_json),
    "a_document": ("json", lambda chance: {"value": a_json(chance)}),
    "texts": ("text[]", lambda chance: [chance.choice([None, a_text(chance)]) for _ in range(chance.randint(0, 4))]),
    "numbers": ("bigint[]", lambda chance: [an_integer(chance) for _ in range(chance.randint(0, 4))]),
}


def wrapped(column: str, value: Any) -> Any:
    """Return `value` as it must be given to the client: where it could mean two things, it says which."""
    match MAKERS[column][0]:
        case "timestamp":
            return WithoutTimeZone(value)
        case "jsonb":
            return Json(value)
        case type_name if type_name.endswith("[]"):
            return Array(value, type_name.removesuffix("[]"))
    return value


@pytest.fixture(scope="module")
def values() -> list[dict[str, Any]]:
    chance = Random(20_260_301)
    return [{name: make(chance) for name, (_, make) in MAKERS.items()} for _ in range(VALUES)]


def written(values: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(values):
        yield {"number": number} | {name: wrapped(name, value) for name, value in row.items()}


def test_ten_thousand_values_of_each_type_come_back_as_they_went(
    client: DataApiClient, values: list[dict[str, Any]]
) -> None:
    columns = ", ".join(f"{name} {type_name}" for name, (type_name, _) in MAKERS.items())
    names = ", ".join(f":{name}" for name in MAKERS)
    client.execute(f"CREATE TABLE everything (number integer PRIMARY KEY, {columns})")

    assert client.batch(f"INSERT INTO everything VALUES (:number, {names})", written(values)) == VALUES

    found = list(client.stream(f"SELECT {', '.join(MAKERS)} FROM everything ORDER BY number"))
    assert len(found) == VALUES
    for name in MAKERS:
        assert [row[name] for row in found] == [row[name] for row in values], name
        assert {type(row[name]) for row in found} == {type(row[name]) for row in values}, name


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**100), max_value=10**100)
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9999, 1, 1), timezones=st.timezones())
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, number=DECIMALS, moment=MOMENTS, document=DOCUMENTS, texts=st.lists(st.none() | TEXTS, max_size=5))
def test_values_that_nobody_thought_of_come_back_as_they_went(
    client: DataApiClient, text: str, number: Decimal, moment: datetime, document: Any, texts: list[str | None]
) -> None:
    row = client.query_one(
        "SELECT :text AS text, :number AS number, :moment AS moment, :document AS document, :texts AS texts",
        {
            "text": text,
            "number": number,
            "moment": moment,
            "document": Json(document),
            "texts": Array(texts, "text"),
        },
    )

    # In UTC: Python says of a datetime in the hour that a clock repeats that it equals none of another time zone.
    utc = moment.astimezone(UTC)
    assert row == {"text": text, "number": number, "moment": utc, "document": document, "texts": texts}
