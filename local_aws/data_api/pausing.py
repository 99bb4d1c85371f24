"""A cluster that may shrink to 0 ACU pauses when it is idle, and the first call after that wakes it up."""

import time
from collections.abc import Callable
from enum import StrEnum


class Activity(StrEnum):
    """What a cluster does at the moment."""

    AVAILABLE = "available"
    PAUSED = "paused"
    RESUMING = "resuming"


class AutoPause:
    """Whether a cluster is awake; not safe for threads by itself.

    `clock` counts seconds. A cluster begins awake.
    """

    def __init__(self, resume_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._resume_seconds = resume_seconds
        self._clock = clock
        self._is_paused = False
        self._used_at = clock()
        self._awake_from = clock()

    @property
    def activity(self) -> Activity:
        """What the cluster does at the moment."""
        if self._is_paused:
            return Activity.PAUSED
        return Activity.AVAILABLE if self._clock() >= self._awake_from else Activity.RESUMING

    def is_due(self, pause_seconds: float | None) -> bool:
        """Whether an awake cluster has been idle for `pause_seconds`; None is a cluster that never pauses."""
        is_awake = self.activity is Activity.AVAILABLE
        return is_awake and pause_seconds is not None and self._clock() - self._used_at >= pause_seconds

    def pause(self) -> None:
        """Note that the cluster sleeps."""
        self._is_paused = True

    def use(self) -> Activity:
        """Note a use, which wakes a sleeping cluster, and return what the user finds."""
        if self._is_paused:
            self._is_paused = False
            self._awake_from = self._clock() + self._resume_seconds
        # The wait for idleness begins when the cluster is awake.
        self._used_at = max(self._clock(), self._awake_from)
        return self.activity
