"""Answers of AWS as a test wants them, in place of the network: botocore sends, reads and repeats as it always does.

botocore's Stubber answers before botocore's own repetitions, which would then go unseen.
"""

import io
import json
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSResponse  # type: ignore[import-untyped]
from botocore.exceptions import ConnectionClosedError  # type: ignore[import-untyped]

from aurora_serverless_data_api import DataApiClient, Transaction, Waiting, rds_data_client
from aurora_serverless_data_api.transaction import STILL_STANDS

CLUSTER_ARN = "arn:aws:rds:us-east-1:123456789012:cluster:alex"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:alex-AbCdEf"
ENDPOINT = "https://rds-data.us-east-1.amazonaws.com"

OPERATIONS = {
    "/Execute": "execute",
    "/BatchExecute": "batch",
    "/BeginTransaction": "begin",
    "/CommitTransaction": "commit",
    "/RollbackTransaction": "rollback",
}
DONE = {"numberOfRecordsUpdated": 1}
BEGUN = {"transactionId": "transaction-1"}
COMMITTED = {"transactionStatus": "Transaction Committed"}
ROLLED_BACK = {"transactionStatus": "Rollback Complete"}
ONE_ROW = {"records": [[{"longValue": 1}]], "columnMetadata": [{"label": "one", "typeName": "int4"}]}
FITTING: dict[str, Any] = {"a test's word for": "the answer that fits the statement"}

Step = dict[str, Any] | BaseException | tuple[int, str, str]


def error(code: str, status: int = 400, message: str = "") -> Step:
    """Return an answer with an error."""
    return status, code, message


def database_error(sqlstate: str, message: str = "it failed") -> Step:
    """Return an answer with PostgreSQL's error."""
    return error("DatabaseErrorException", message=f"ERROR: {message}; SQLState: {sqlstate}")


RESUMING = error(
    "DatabaseResumingException", message="The Aurora DB instance db-1 is resuming after being auto-paused."
)
THROTTLED = error("ThrottlingException", message="Rate exceeded")
GONE = error("TransactionNotFoundException", 404, "Transaction transaction-1 is not found.")
BUSY = error("DatabaseErrorException", message="Transaction is still running a query")
UNAVAILABLE = error("ServiceUnavailableError", 503)
INTERNAL = error("InternalServerErrorException", 500)
DENIED = error("AccessDeniedException", 403)
CONFLICT = database_error("40001")
SESSION_LOST = database_error("57P01")
LOST = ConnectionClosedError(endpoint_url=ENDPOINT)


def run_two_statements(client: DataApiClient) -> int:
    """Run a transaction: a begin, two statements and a commit, if all goes well."""

    def work(transaction: Transaction) -> int:
        transaction.execute("INSERT INTO notes VALUES (1)")
        return transaction.execute("INSERT INTO notes VALUES (2)")

    return client.run_in_transaction(work)


class Time:
    """Seconds that pass when somebody sleeps; chance is in the middle, so that delays are what they are said to be."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def waiting(self) -> Waiting:
        return Waiting(clock=lambda: self.now, sleep=self.sleep, chance=lambda: 0.5)


class ScriptIsOver(BaseException):
    """A call more than the test expects, which the client must not take for an answer that was lost."""


class Script:
    """A client whose calls are answered by `steps`, one after another; `calls` are the operations that were sent.

    The question before a commit, whether the transaction still stands, is answered with yes and is none of `calls`.
    """

    def __init__(self, *steps: Step, deadline_seconds: float = 90.0, **arguments: Any) -> None:
        self.time = Time()
        self.calls: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self._steps: Iterator[Step] = iter(steps)
        self.rds_data = rds_data_client(
            region_name="us-east-1", aws_access_key_id="not-real", aws_secret_access_key="not-real", **arguments
        )
        self.rds_data.meta.events.register("before-send.rds-data", self._answer)
        self.client = DataApiClient(
            cluster_arn=CLUSTER_ARN,
            secret_arn=SECRET_ARN,
            database="alex",
            deadline_seconds=deadline_seconds,
            rds_data=self.rds_data,
            waiting=self.time.waiting,
        )

    @property
    def is_over(self) -> bool:
        """Whether every step was taken."""
        return next(self._steps, None) is None

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        body = json.loads(request.body)
        if body.get("sql") == STILL_STANDS:
            return _answered(request.url, ONE_ROW)
        self.calls.append(OPERATIONS[request.url.removeprefix(ENDPOINT)])
        self.bodies.append(body)
        step = next(self._steps, None)
        if step is None:
            raise ScriptIsOver(self.calls)
        if isinstance(step, BaseException):
            raise step
        if step in (DONE, FITTING):
            step = _fitting(self.bodies[-1])
        return _answered(request.url, step)


def _answered(url: str, step: Step) -> AWSResponse:
    assert not isinstance(step, BaseException)
    status, code, document = (200, "", step) if isinstance(step, dict) else (*step[:2], {"message": step[2]})
    headers = {"x-amzn-errortype": code} if code else {}
    return AWSResponse(url, status, headers, _Raw(json.dumps(document).encode()))


def _fitting(request: dict[str, Any]) -> dict[str, Any]:
    if "parameterSets" in request:
        return {"updateResults": [{} for _ in request["parameterSets"]]}
    return ONE_ROW if request["sql"].startswith("SELECT") else DONE


class _Raw(io.BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()
