"""Statements that somebody else wrote: their columns, types and values as they come; and a transaction held by hand."""

import pytest

from aurora_serverless_data_api import Column, DataApiClient, OutcomeUnknown, Resuming
from tests.aurora_serverless_data_api.script import BEGUN, LOST, RESUMING, ROLLED_BACK, Script


def test_columns_of_one_name_types_and_values_come_as_they_are(client: DataApiClient) -> None:
    found = client.query_undecoded(
        "SELECT 1.50 AS a, NULL::date AS a, date '2026-11-01' AS b, ARRAY['x', 'y'] AS c, ':name'::text AS d"
    )
    assert found.columns == [
        Column("a", "numeric"), Column("a", "date"), Column("b", "date"), Column("c", "_text"), Column("d", "text")
    ]  # fmt: skip
    assert found.rows == [["1.50", None, "2026-11-01", ["x", "y"], ":name"]]


def test_a_statement_without_rows_says_how_many_it_changed(client: DataApiClient) -> None:
    made = client.query_undecoded("CREATE TABLE undecoded (a int)")
    assert (made.columns, made.rows, made.updated_rows) == ([], [], 0)
    assert client.query_undecoded("INSERT INTO undecoded VALUES (1), (2)").updated_rows == 2


def test_one_whose_answer_was_lost_is_not_sent_again_not_even_a_read() -> None:
    script = Script(LOST)
    with pytest.raises(OutcomeUnknown):
        script.client.query_undecoded("SELECT 1")
    assert script.calls == ["execute"]


def test_a_new_deadline_counts_for_an_open_transaction_too() -> None:
    script = Script(BEGUN, RESUMING, ROLLED_BACK)
    client = script.client
    transaction = client.begin()
    client.deadline_seconds = 0.0
    with pytest.raises(Resuming):
        transaction.query_undecoded("SELECT 1")
    transaction.roll_back()
    assert script.calls == ["begin", "execute", "rollback"]


def test_a_stream_of_any_size_comes_as_it_is(client: DataApiClient) -> None:
    sql = """SELECT n, 'Infinity' AS n, ':a' AS "A b", repeat('x', 1000) FROM generate_series(1, 2000) AS n"""
    with client.transaction() as transaction:
        pages = list(transaction.stream_undecoded(f"{sql} ORDER BY 1;"))
        [empty] = transaction.stream_undecoded(f"{sql} WHERE false")
        [one] = transaction.stream_undecoded("SELECT 1")
    assert one.rows == [[1]]
    assert len(pages) > 2
    for page in [*pages, empty]:
        assert [(column.name, column.type) for column in page.columns] == [
            ("n", "int4"),
            ("n", "text"),
            ("A b", "text"),
            ("repeat", "text"),
        ]
    assert [row[:3] for page in pages for row in page.rows] == [[n, "Infinity", ":a"] for n in range(1, 2001)]
    assert empty.rows == []
