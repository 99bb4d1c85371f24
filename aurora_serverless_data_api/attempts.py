"""How often, how soon and how long a call is tried again: all tries of one call share one deadline."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from .endpoint import Endpoint
from .errors import DataApiError, TransactionConflict

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waiting:
    """How long is waited between tries, in seconds.

    A cluster resumes in about 15, or 30 and more after 24 hours of pause; after the last of `delays_seconds` it is
    repeated. Two transactions in conflict need only to miss each other, which takes less. Each delay is made up to
    `jitter` longer or shorter, by chance, so that many callers do not come back together. `clock`, `sleep` and `chance`
    (from 0 to 1) are for tests.
    """

    delays_seconds: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 10.0)
    conflict_delays_seconds: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4, 0.8)
    jitter: float = 0.25
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


class Deadline:
    """A moment that no wait may pass, `seconds` from now on."""

    def __init__(self, seconds: float, waiting: Waiting) -> None:
        self.waiting = waiting
        self.seconds = seconds
        self._begun_at = waiting.clock()

    def taken_seconds(self) -> float:
        """Return how long ago it began."""
        return self.waiting.clock() - self._begun_at


class Attempts:
    """The tries of one call, or of one transaction as a whole.

    `lost` is the last error of a try that may have been done; what comes after it does not make that untrue.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.lost: DataApiError | None = None
        self._failed = 0

    def wait_after(self, error: DataApiError) -> bool:
        """Wait until the next try is due. False, at once, when that would be after the deadline."""
        waiting = self.deadline.waiting
        delays = waiting.conflict_delays_seconds if isinstance(error, TransactionConflict) else waiting.delays_seconds
        delay = delays[min(self._failed, len(delays) - 1)] * (1 + waiting.jitter * (2 * waiting.chance() - 1))
        self._failed += 1
        taken = self.deadline.taken_seconds()
        if taken + delay > self.deadline.seconds:
            error.add_note(f"given up after {self._failed} tries, {taken:.0f} s after the beginning")
            return False
        _log.info("waiting %.2f s after %s", delay, type(error).__name__)
        waiting.sleep(delay)
        return True


def call_repeatedly(
    endpoint: Endpoint, operation: str, arguments: dict[str, object], attempts: Attempts, *, is_repeatable: bool
) -> dict[str, object]:
    """Call until there is an answer, or an error after which another try would be wrong, or too late.

    A refusal has done nothing, so any call may follow it. After an error that leaves open whether the call was done,
    only one that `is_repeatable` is sent again.
    """
    while True:
        try:
            return endpoint.call(operation, arguments)
        except DataApiError as error:
            if error.is_ambiguous:
                attempts.lost = error
            may_repeat = error.is_refusal or (error.is_ambiguous and is_repeatable)
            if not may_repeat or not attempts.wait_after(error):
                raise
