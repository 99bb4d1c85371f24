"""The Data API of one cluster, called once for each call: boto3 must not call again behind the scenes.

botocore repeats a request whose answer was late or lost. Of an INSERT that was done, that makes two.

boto3 is imported by what first needs it: pytest imports this package in every run, for its plugin.
"""

import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from .completeness import check_answer
from .errors import AnswerLost, DataApiError, InvalidConfiguration

LEAST_READ_TIMEOUT_SECONDS = 60  # a statement may take 45

_REMEMBERED_ANSWERS = 1000  # far more than calls that are under way at a time

_CLUSTER_ARN = re.compile(r"arn:aws[a-z-]*:rds:(?P<region>[a-z0-9-]+):\d{12}:cluster:[\w.-]+")
_SECRET_ARN = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+")


class RdsData(Protocol):
    """What is used of boto3's client of the service rds-data."""

    meta: Any

    def execute_statement(self, **arguments: Any) -> dict[str, Any]: ...  # noqa: D102
    def batch_execute_statement(self, **arguments: Any) -> dict[str, Any]: ...  # noqa: D102
    def begin_transaction(self, **arguments: Any) -> dict[str, Any]: ...  # noqa: D102
    def commit_transaction(self, **arguments: Any) -> dict[str, Any]: ...  # noqa: D102
    def rollback_transaction(self, **arguments: Any) -> dict[str, Any]: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102


class Endpoint:
    """Sends one request at a time; every error is a DataApiError. Safe for threads, as boto3's clients are."""

    def __init__(self, cluster_arn: str, secret_arn: str, database: str, rds_data: RdsData | None) -> None:
        found = _CLUSTER_ARN.fullmatch(cluster_arn)
        if found is None:
            raise InvalidConfiguration("cluster_arn is not the ARN of an RDS cluster")
        if not _SECRET_ARN.fullmatch(secret_arn):
            raise InvalidConfiguration("secret_arn is not the ARN of a secret")
        if not database:
            raise InvalidConfiguration("database is empty")
        self._client = _checked(rds_data) if rds_data is not None else _made(found["region"])
        self._target = {"resourceArn": cluster_arn, "secretArn": secret_arn}
        self._database = database
        self._request_ids: deque[str] = deque(maxlen=_REMEMBERED_ANSWERS)
        self._lock = threading.Lock()

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call an operation by the name of boto3's method, once. Raises DataApiError.

        After a call without a certain answer no connection is used again: its answer can still come, and would be taken
        for that of the next call.
        """
        names_database = operation not in {"commit_transaction", "rollback_transaction"}
        database = {"database": self._database} if names_database else {}
        try:
            with _translated():
                answer = self._answer(operation, **self._target, **database, **arguments)
                check_answer(operation, arguments, answer)
        except DataApiError as error:
            if error.is_ambiguous:
                self._client.close()
            raise
        return answer

    def _answer(self, operation: str, **arguments: Any) -> dict[str, Any]:
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # noqa: PLC0415

        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except ClientError as error:
            self._check_is_new(error.response)
            raise
        self._check_is_new(answer)
        return answer

    def _check_is_new(self, answer: dict[str, Any]) -> None:
        """Raise AnswerLost for the answer to an earlier call, which a cache or one that comes twice brings again.

        AWS gives each answer an identifier of its own, in the header x-amzn-RequestId.
        """
        request_id = answer.get("ResponseMetadata", {}).get("RequestId")
        if not request_id:
            return
        with self._lock:
            if request_id in self._request_ids:
                raise AnswerLost("the answer to an earlier call came again", code="RepeatedAnswer") from None
            self._request_ids.append(request_id)


def rds_data_client(**arguments: Any) -> RdsData:
    """Return boto3's client of the Data API, set up as it must be; arguments are boto3.client's, but for `config`."""
    import boto3  # type: ignore[import-untyped]  # noqa: PLC0415
    from botocore.config import Config  # type: ignore[import-untyped]  # noqa: PLC0415

    config = Config(
        retries={"total_max_attempts": 1},
        read_timeout=LEAST_READ_TIMEOUT_SECONDS,
        connect_timeout=10,
        max_pool_connections=50,
        parameter_validation=False,  # done here already, and a third of the time of a large batch
    )
    client: RdsData = boto3.client("rds-data", config=config, **arguments)
    return client


def _made(region: str) -> RdsData:
    with _translated():  # it looks for credentials
        return rds_data_client(region_name=region)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DataApiError:
        raise
    except Exception as raised:
        from .answers import error_of  # noqa: PLC0415

        raise error_of(raised) from None  # boto3's own text has the values in it


def _checked(rds_data: RdsData) -> RdsData:
    config = rds_data.meta.config
    if (config.retries or {}).get("total_max_attempts") != 1:
        raise InvalidConfiguration(
            "rds_data repeats calls by itself, which can do a statement twice: make it with rds_data_client(), or with "
            'Config(retries={"total_max_attempts": 1})'
        )
    if config.read_timeout is not None and config.read_timeout < LEAST_READ_TIMEOUT_SECONDS:
        raise InvalidConfiguration(
            f"rds_data waits {config.read_timeout} s for an answer, a statement may take 45: make it with "
            f"rds_data_client(), or with Config(read_timeout={LEAST_READ_TIMEOUT_SECONDS})"
        )
    return rds_data
