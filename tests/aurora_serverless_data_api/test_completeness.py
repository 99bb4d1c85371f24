"""What counts as an answer of the Data API: all that the operation answers, in the right types."""

from typing import Any

import pytest

from aurora_serverless_data_api import AnswerLost
from aurora_serverless_data_api.completeness import check_answer
from tests.aurora_serverless_data_api.script import BEGUN, COMMITTED, DONE, ONE_ROW, ROLLED_BACK

SELECT = {"sql": "SELECT 1 AS one", "includeResultMetadata": True}
INSERT = {"sql": "INSERT INTO notes VALUES (1)"}
TWO_SETS: dict[str, Any] = INSERT | {"parameterSets": [[], []]}
INT, UUID = ({"label": "a", "typeName": name} for name in ("int4", "uuid"))


def rows(*records: Any, columns: Any = (INT,)) -> dict[str, Any]:
    return {"numberOfRecordsUpdated": 0, "records": list(records), "columnMetadata": list(columns)}


@pytest.mark.parametrize(
    ("operation", "arguments", "answer"),
    [
        ("begin_transaction", {}, BEGUN),
        ("commit_transaction", {}, COMMITTED),
        ("rollback_transaction", {}, ROLLED_BACK),
        ("execute_statement", INSERT, DONE),
        ("execute_statement", INSERT | {"includeResultMetadata": True}, DONE),
        ("execute_statement", {"sql": "SELECT 1"}, {"records": []}),
        ("execute_statement", SELECT, ONE_ROW),
        ("execute_statement", SELECT, rows()),
        ("execute_statement", SELECT, {"numberOfRecordsUpdated": 0, "columnMetadata": [INT]}),
        ("execute_statement", SELECT, rows([{"arrayValue": {"longValues": [1, None]}}], [{"arrayValue": {}}])),
        ("execute_statement", SELECT, rows([{"isNull": True}], [{"stringValue": "a"}], columns=[UUID])),
        ("batch_execute_statement", TWO_SETS, {"updateResults": [{}, {"generatedFields": []}]}),
    ],
    ids=str,
)
def test_an_answer_of_the_data_api(operation: str, arguments: dict[str, Any], answer: dict[str, Any]) -> None:
    check_answer(operation, arguments, answer | {"ResponseMetadata": {"HTTPStatusCode": 200}})


@pytest.mark.parametrize(
    ("operation", "arguments", "answer"),
    [
        ("begin_transaction", {}, {}),
        ("begin_transaction", {}, {"transactionId": ""}),
        ("begin_transaction", {}, {"transactionId": 1}),
        ("begin_transaction", {}, BEGUN | {"ResponseMetadata": {"HTTPStatusCode": 206}}),
        ("commit_transaction", {}, ROLLED_BACK),
        ("commit_transaction", {}, {"transactionStatus": ["Transaction Committed"]}),
        ("rollback_transaction", {}, DONE),
        ("execute_statement", INSERT, {}),
        ("execute_statement", INSERT, {"numberOfRecordsUpdated": -1}),
        ("execute_statement", INSERT, {"numberOfRecordsUpdated": "1"}),
        ("execute_statement", INSERT, rows([{"longValue": 1}])),
        ("execute_statement", {"sql": "SELECT 1"}, DONE),
        ("execute_statement", SELECT, DONE),
        ("execute_statement", {"sql": "DELETE FROM a RETURNING b"}, DONE),
        ("execute_statement", SELECT, {"records": [[{"longValue": 1}]]}),
        ("execute_statement", SELECT, rows([{"longValue": 1}, {"longValue": 2}])),
        ("execute_statement", SELECT, rows([])),
        ("execute_statement", SELECT, rows({"longValue": 1})),
        ("execute_statement", SELECT, rows([None])),
        ("execute_statement", SELECT, rows([{}])),
        ("execute_statement", SELECT, rows([{"longValue": 1, "isNull": True}])),
        ("execute_statement", SELECT, rows([{"longValue": "1"}])),
        ("execute_statement", SELECT, rows([{"isNull": False}])),
        ("execute_statement", SELECT, rows([{"SDK_UNKNOWN_MEMBER": {"name": "a"}}])),
        ("execute_statement", SELECT, rows([{"arrayValue": {"longValues": ["1"]}}])),
        ("execute_statement", SELECT, rows([{"arrayValue": {"other": []}}])),
        ("execute_statement", SELECT, rows([{"longValue": 1}], columns=[UUID])),
        ("execute_statement", SELECT, rows([{"longValue": 1}], columns=[{"label": "a"}])),
        ("execute_statement", SELECT, rows([{"longValue": 1}], columns=[None])),
        ("batch_execute_statement", TWO_SETS, {}),
        ("batch_execute_statement", TWO_SETS, DONE),
        ("batch_execute_statement", TWO_SETS, {"updateResults": [{}]}),
        ("batch_execute_statement", TWO_SETS, {"updateResults": [{}, {}, {}]}),
        ("batch_execute_statement", TWO_SETS, {"updateResults": [{}, None]}),
    ],
    ids=str,
)
def test_what_is_not_an_answer_of_the_data_api(
    operation: str, arguments: dict[str, Any], answer: dict[str, Any]
) -> None:
    with pytest.raises(AnswerLost, match="not one of the Data API"):
        check_answer(operation, arguments, answer)
