"""The five operations: what a request does, and its answer."""

import functools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGconn

from aurora_serverless.facts.limits import limit
from local_aws.data_api.clusters import ClusterDatabases, Target
from local_aws.data_api.database import Session, using
from local_aws.data_api.errors import DataApiError, database_error
from local_aws.data_api.faults import SQLSTATES, Fault
from local_aws.data_api.metadata import column_metadata
from local_aws.data_api.parameters import rewrite
from local_aws.data_api.result_types import types_of
from local_aws.data_api.results import Formatting, formatted_records, records
from local_aws.data_api.settings import DataApiSettings
from local_aws.data_api.statements import (
    Limits,
    Outcome,
    TimeLimitExceededError,
    await_end,
    cancel,
    run,
    run_plainly,
)
from local_aws.data_api.transactions import Transactions
from local_aws.data_api.values import Parameter
from local_aws.data_api.wire import Request

JSON_RESULT_BYTES = limit("data_api_json_result_longest")


class Operations:
    """Answers checked requests. Everything that goes wrong is a DataApiError."""

    def __init__(self, databases: ClusterDatabases, transactions: Transactions, settings: DataApiSettings) -> None:
        self._databases = databases
        self._transactions = transactions
        self._settings = settings
        self._by_name: dict[str, Callable[[Request, Target, Fault | None], dict[str, Any]]] = {
            "ExecuteStatement": self._execute,
            "BatchExecuteStatement": self._batch_execute,
            "BeginTransaction": self._begin,
            "CommitTransaction": self._commit,
            "RollbackTransaction": self._roll_back,
        }

    def answer(self, request: Request, region: str, fault: Fault | None = None) -> dict[str, Any]:
        """Do what is asked for, and return the answer."""
        target = self._databases.find(request, region)
        return self._by_name[request.operation](request, target, fault)

    def _execute(self, request: Request, target: Target, fault: Fault | None) -> dict[str, Any]:
        with self._call(request, target) as call:
            _inflict(fault, call.connection, target)
            outcome = call.run(request.sql, request.parameters)
            return _execute_answer(request, outcome, call.connection)

    def _batch_execute(self, request: Request, target: Target, fault: Fault | None) -> dict[str, Any]:
        with self._call(request, target) as call:
            is_on_its_own = call.connection.transaction_status == TransactionStatus.IDLE
            if is_on_its_own:
                run_plainly(call.connection, "BEGIN")
            _inflict(fault, call.connection, target)
            for parameters in request.parameter_sets:
                call.run(request.sql, parameters)
            if is_on_its_own:
                run_plainly(call.connection, "COMMIT")
            return {"updateResults": [{"generatedFields": []} for _ in request.parameter_sets]}

    def _begin(self, _: Request, target: Target, fault: Fault | None) -> dict[str, Any]:
        session = target.lend()
        try:
            _inflict(fault, session.connection, target)
            run_plainly(session.connection, "BEGIN")
        except BaseException:
            session.close()
            raise
        return {"transactionId": self._transactions.add(target.database, target.login.database, session)}

    def _commit(self, request: Request, target: Target, fault: Fault | None) -> dict[str, Any]:
        with self._transactions.use(request.transaction_id, target.database) as transaction:
            connection = transaction.session.connection
            try:
                _inflict(fault, connection, target)
                run_plainly(connection, "COMMIT")
            finally:
                self._transactions.close(transaction)
        # PostgreSQL rolls back where a statement has failed; the Data API answers this all the same.
        return {"transactionStatus": "Transaction Committed"}

    def _roll_back(self, request: Request, target: Target, fault: Fault | None) -> dict[str, Any]:
        with self._transactions.use(request.transaction_id, target.database) as transaction:
            try:
                _inflict(fault, transaction.session.connection, target)
                run_plainly(transaction.session.connection, "ROLLBACK")
            finally:
                self._transactions.close(transaction)
        return {"transactionStatus": "Rollback Complete"}

    @contextmanager
    def _call(self, request: Request, target: Target) -> Iterator["_Call"]:
        """Return a call in the session of the request's transaction, or in one of its own."""
        if not request.transaction_id:
            session = target.lend()
            with using(session):
                yield _Call(session, session.close, self._limits(request), request.continues_after_timeout)
            return
        with self._transactions.use(request.transaction_id, target.database) as transaction:
            if request.database and request.database != transaction.database_name:
                raise DataApiError("BadRequestException", "Database name is not the same as transaction's")
            give_back = functools.partial(self._transactions.finish_call, transaction)
            yield _Call(transaction.session, give_back, self._limits(request), request.continues_after_timeout)

    def _limits(self, request: Request) -> Limits:
        """Return the limits of a call that begins now: PostgreSQL's start takes none of its time."""
        ends_at = time.monotonic() + self._settings.statement_seconds
        return Limits(ends_at, JSON_RESULT_BYTES, "10 MB") if request.formats_as_json else Limits(ends_at)


@dataclass(frozen=True)
class _Call:
    """One call in a session; a statement that `goes_on` after the time keeps the session until it ends."""

    session: Session
    give_back: Callable[[], None]
    limits: Limits
    goes_on: bool

    @property
    def connection(self) -> PGconn:
        return self.session.connection

    def run(self, sql: str, parameters: Sequence[Parameter]) -> Outcome:
        given = {parameter.name: parameter for parameter in parameters}
        rewritten = rewrite(sql, given)
        try:
            return run(self.connection, rewritten.text, [given[name] for name in rewritten.names], self.limits)
        except TimeLimitExceededError:
            if self.goes_on:
                self.session.is_kept = True
                threading.Thread(target=self._await_end, daemon=True).start()
            else:
                cancel(self.connection)
            raise DataApiError("StatementTimeoutException", "Request timed out") from None

    def _await_end(self) -> None:
        try:
            await_end(self.connection)
        finally:
            self.give_back()


def _execute_answer(request: Request, outcome: Outcome, connection: PGconn) -> dict[str, Any]:
    if not outcome.columns:
        return {"numberOfRecordsUpdated": outcome.changed_rows, "generatedFields": []}
    types = types_of(outcome.columns, connection)
    answer: dict[str, Any] = {"numberOfRecordsUpdated": 0}
    if request.formats_as_json and outcome.command.startswith("SELECT"):
        answer["formattedRecords"] = formatted_records(outcome, types)
    else:
        formatting = Formatting(request.decimals_as_numbers, request.longs_as_strings)
        answer["records"] = records(outcome, types, formatting)
    if request.includes_metadata:
        answer["columnMetadata"] = column_metadata(outcome.columns, types, connection)
    return answer


def _inflict(fault: Fault | None, connection: PGconn, target: Target) -> None:
    """Let a session, or what it runs, fail on demand."""
    if fault is Fault.DEAD_CONNECTION:
        target.database.terminate(connection)
    elif fault in SQLSTATES:
        sqlstate, message = SQLSTATES[fault]
        run_plainly(connection, f"DO 'BEGIN RAISE EXCEPTION ''{message}'' USING ERRCODE = ''{sqlstate}''; END'")
        raise database_error(message, sqlstate)  # never reached: the DO has raised it
