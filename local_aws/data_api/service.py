"""The Data API as a whole: what local AWS starts, asks and ends."""

import threading
from pathlib import Path
from typing import Any

from local_aws.data_api.clusters import ClusterDatabases
from local_aws.data_api.errors import DataApiError
from local_aws.data_api.faults import REFUSALS, Fault, Faults
from local_aws.data_api.kept_data import KeptData
from local_aws.data_api.operations import Operations
from local_aws.data_api.settings import DataApiSettings
from local_aws.data_api.transactions import Transactions
from local_aws.data_api.wire import read_request
from local_aws.errors import LocalAwsError

HOUSEKEEPING_SECONDS = 0.2


class LostAnswerError(Exception):
    """The call was answered, and the answer shall not arrive."""


class DataApi:
    """Answers calls until it is closed. PostgreSQL is started by the first call for a cluster."""

    def __init__(self, settings: DataApiSettings) -> None:
        self.faults = Faults()
        self._databases = ClusterDatabases(settings)
        self._transactions = Transactions(settings)
        self._operations = Operations(self._databases, self._transactions, settings)
        self._closing = threading.Event()
        self._housekeeper = threading.Thread(target=self._keep_house, daemon=True)
        self._housekeeper.start()

    def answer(self, operation: str, body: bytes, region: str) -> dict[str, Any]:
        """Answer one call. Raises DataApiError for an error, LostAnswerError when the answer shall get lost."""
        request = read_request(operation, body)
        fault = self.faults.next(operation, request.sql)
        if fault in REFUSALS:
            raise REFUSALS[fault]()
        try:
            answer = self._operations.answer(request, region, fault)
        except LocalAwsError as error:
            raise DataApiError("DatabaseErrorException", str(error)) from None
        if fault is Fault.LOST_ANSWER:
            raise LostAnswerError
        return answer

    def describe_clusters(self) -> list[dict[str, Any]]:
        """Return what each cluster does."""
        return self._databases.describe(self._transactions.count)

    def keep(self, arn: str, folder: Path, name: str, port: int) -> int:
        """Let a cluster have its data in a folder that stays; return its TCP port. Raises LocalAwsError."""
        return self._databases.keep(arn, KeptData(folder, name), port)

    def close(self) -> None:
        """End every transaction and every PostgreSQL, and remove their data, but for those that are kept."""
        self._closing.set()
        self._housekeeper.join()
        self._transactions.close_all()
        self._databases.close()

    def _keep_house(self) -> None:
        while not self._closing.wait(HOUSEKEEPING_SECONDS):
            self._transactions.expire()
            self._databases.keep_house()
