"""Who waits for whom, as chains: whoever waits for nobody first, with what ends that."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from operations.activity.blockers import Blocker, short

Wait = Mapping[str, Any]
"""A row of WAITS."""


def chains(waits: Sequence[Wait], where: Sequence[str]) -> Iterator[str]:
    """Yield the lines of all chains; `where` is what names the database on a command line."""
    told: set[Any] = set()
    for blocker in _roots(waits):
        if _node(blocker) in told and blocker.pid:
            continue
        yield str(blocker)
        yield from _waiting(waits, _node(blocker), told, depth=1)
        yield f"  to end it: {blocker.command(where)}"


def _roots(waits: Sequence[Wait]) -> list[Blocker]:
    """Return who waits for nobody; of sessions that wait for one another in a circle, all."""
    waiting = {wait["waiting_pid"] for wait in waits}
    blockers = {_node(blocker): blocker for blocker in map(Blocker.of, waits)}
    first = [blocker for blocker in blockers.values() if blocker.pid not in waiting]
    return [*first, *(blocker for blocker in blockers.values() if blocker.pid in waiting)]


def _node(blocker: Blocker) -> Any:
    return blocker.pid or (0, blocker.gid)


def _waiting(waits: Sequence[Wait], node: Any, told: set[Any], depth: int) -> Iterator[str]:
    told.add(node)
    for wait in waits:
        if _node(Blocker.of(wait)) != node:
            continue
        pid = wait["waiting_pid"]
        yield (
            f"{'  ' * depth}blocks pid {pid} ({wait['waiting_user']}), which waits for {wait['waiting_seconds']} s, "
            f"since {wait['waiting_since']}, for {wait['waiting_lock'] or 'a lock'}: {short(wait['waiting_query'])}"
        )
        if pid not in told:
            yield from _waiting(waits, pid, told, depth + 1)
