"""The snapshot before an upgrade is waited for, and nothing goes on without it."""

from types import SimpleNamespace
from typing import Any

import pytest

from operations.errors import ErrorKind, OperationsError
from operations.upgrade.snapshot import POLL_SECONDS, free_name, take


class Rds:
    """Snapshots that are in these states at one look after another, and the last one from then on."""

    def __init__(self, *states: str, taken: tuple[str, ...] = ()) -> None:
        self.made: list[str] = []
        self._states = list(states)
        self._taken = taken

    def create_db_cluster_snapshot(self, **arguments: str) -> None:
        self.made.append(arguments["DBClusterSnapshotIdentifier"])

    def describe_db_cluster_snapshots(self, **_: str) -> dict[str, Any]:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        return {"DBClusterSnapshots": [{"Status": state, "PercentProgress": 40}]}

    def get_paginator(self, _: str) -> Any:
        page = {"DBClusterSnapshots": [{"DBClusterSnapshotIdentifier": name} for name in self._taken]}
        return SimpleNamespace(paginate=lambda **_: [page])


def _subject(rds: Rds) -> Any:
    target = SimpleNamespace(cluster_identifier="alex")
    return SimpleNamespace(client=lambda _: rds, target=target, to="17.7")


def _take(rds: Rds, deadline_seconds: float = 60) -> list[str]:
    """Take it on a clock that only waiting moves; return what was told."""
    now, told = [0.0], list[str]()

    def sleep(seconds: float) -> None:
        now[0] += seconds

    take(
        _subject(rds),
        "name",
        deadline_seconds=deadline_seconds,
        on_progress=told.append,
        clock=lambda: now[0],
        sleep=sleep,
    )
    return told


def test_it_is_waited_for_with_its_progress() -> None:
    rds = Rds("creating", "creating", "available")
    assert _take(rds) == ["snapshot name: 40 %"] * 2
    assert rds.made == ["name"]


def test_one_that_fails_ends_the_upgrade() -> None:
    with pytest.raises(OperationsError, match="the snapshot name is failed: nothing was changed") as raised:
        _take(Rds("creating", "failed"))
    assert raised.value.kind is ErrorKind.FAILED


def test_one_that_takes_too_long_ends_the_upgrade_and_goes_on() -> None:
    with pytest.raises(
        OperationsError, match="AWS is still creating it; try again with a longer --deadline-seconds"
    ) as raised:
        _take(Rds("creating"), deadline_seconds=2 * POLL_SECONDS)
    assert raised.value.kind is ErrorKind.TOO_LATE


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        ((), "alex-before-17-7"),
        (("alex-before-17-7",), "alex-before-17-7-2"),
        (("alex-before-17-7", "alex-before-17-7-2", "other"), "alex-before-17-7-3"),
    ],
)
def test_its_name_is_free(taken: tuple[str, ...], free: str) -> None:
    assert free_name(_subject(Rds("available", taken=taken))) == free
