"""Tests of the function on a real PostgreSQL: `../../aurora-serverless run dev --local -- pytest` in this folder."""

from collections.abc import Callable
from typing import Any

import pytest

from aurora_serverless_data_api import DataApiClient

Answer = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def orders_of(aurora_database: DataApiClient) -> Answer:
    """Return what asks the function for the orders of a customer."""
    del aurora_database  # it is there, and the environment names it
    from handler import handler  # type: ignore[import-not-found]  # noqa: PLC0415 (its client is made now)

    return lambda customer: handler({"customer": customer}, None)["orders"]


def test_there_are_no_orders_of_a_stranger(orders_of: Answer) -> None:
    assert orders_of("Ada") == []


def test_the_newest_order_is_the_first(orders_of: Answer, aurora_database: DataApiClient) -> None:
    orders = [{"customer": customer, "total": total} for customer, total in (("Ada", 5), ("Bob", 7), ("Ada", 12))]
    aurora_database.batch("INSERT INTO orders (customer, total) VALUES (:customer, :total)", orders)
    assert orders_of("Ada") == [{"id": 3, "total": "12.00"}, {"id": 1, "total": "5.00"}]


def test_what_another_test_wrote_is_gone(orders_of: Answer, aurora_database: DataApiClient) -> None:
    aurora_database.execute("INSERT INTO orders (customer, total) VALUES ('Ada', 1)")
    assert orders_of("Ada") == [{"id": 1, "total": "1.00"}]
