"""Measures how long a database does not answer: SELECT 1 by the Data API, once a second."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from operations.availability.readiness import FIRST_STATEMENT
from operations.target.target import Target


@dataclass
class Absence:
    """Asks a target while somebody waits. A database that does not answer at the start cannot be measured."""

    target: Target
    clock: Callable[[], float] = time.monotonic
    seconds: float = 0.0
    _client: Any = field(default=None, repr=False)
    _gone_since: float | None = None

    def begin(self) -> None:
        """Make sure that it answers now; what has no Data API, secret or name of a database is not asked."""
        target = self.target
        if not target.data_api_enabled or target.secret_arn is None or target.database is None:
            return
        self._client = target.session.client("rds-data", attempts=1)
        if not self._answers():
            self._client = None

    @property
    def is_measured(self) -> bool:
        """Whether `seconds` means something."""
        return self._client is not None

    def look(self) -> None:
        """Ask once, and count the time since it was gone."""
        if self._client is None:
            return
        before = self.clock()
        if not self._answers():
            self._gone_since = before if self._gone_since is None else self._gone_since
        elif self._gone_since is not None:
            self.seconds += self.clock() - self._gone_since
            self._gone_since = None

    @property
    def is_over(self) -> bool:
        """Whether it answered when it was last asked."""
        return self._gone_since is None

    def _answers(self) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # noqa: PLC0415

        target = self.target
        try:
            self._client.execute_statement(
                resourceArn=target.cluster_arn,
                secretArn=target.secret_arn,
                database=target.database,
                sql=FIRST_STATEMENT,
            )
        except (ClientError, BotoCoreError):
            return False
        return True
