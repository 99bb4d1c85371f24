"""Where the things of an environment are, as far as its file says it, and who was first at a place."""

from collections.abc import Hashable, Iterator
from itertools import product
from typing import Final, Generic, TypeVar

from aurora_serverless.options.name_kinds import Scope
from stacks.environment import Environment

Place = tuple[Hashable | None, ...]
"""Partition, account, Region, id of the VPC and tags of the VPC, or the first of these; None for what is not known."""

_DEPTHS: Final = {Scope.WORLD: 0, Scope.ACCOUNT: 2, Scope.REGION: 3, Scope.VPC: 5}
_ANYTHING: Final = object()

_Item = TypeVar("_Item")


def places(environment: Environment, scope: Scope) -> Iterator[Place]:
    """Yield each place, as exact as `scope` tells places apart, at which the environment may be deployed.

    An account is in one partition. VPCs that are named by different tags count as two.
    """
    tags = environment.network.vpc_tags
    vpc = (environment.network.vpc_id, None if tags is None else frozenset(tags.items()))
    for account in environment.allowed_account_ids or (None,):
        yield (environment.partition, account, environment.region, *vpc)[: _DEPTHS[scope]]


class FirstAtPlace(Generic[_Item]):
    """Finds what was put first at a place that may be the same, in a time that does not grow with what is there.

    Two places may be the same unless they differ in something that is known of both. Each item is put at all that its
    place may be: with each part as it is, and with the part left open for whoever does not know it.
    """

    def __init__(self) -> None:
        self._first: dict[Hashable, tuple[int, _Item]] = {}
        self._count = 0

    def put(self, what: Hashable, place: Place, item: _Item) -> None:
        """Put an item, such as the file that makes the name `what`, at a place."""
        self._count += 1
        for exact_or_open in product(*((part, _ANYTHING) for part in place)):
            self._first.setdefault((what, exact_or_open), (self._count, item))

    def find(self, what: Hashable, place: Place) -> _Item | None:
        """Return the item that was put first, of those for `what` at a place that may be the same."""
        may_be = product(*((_ANYTHING,) if part is None else (part, None) for part in place))
        found = [self._first[what, known] for known in may_be if (what, known) in self._first]
        return min(found, key=lambda numbered: numbered[0])[1] if found else None
