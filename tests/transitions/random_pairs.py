"""Random pairs of accepted environments by a seed, a few keys apart or far apart, in walks that one deployment goes."""

import itertools
import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.stacks.environment_strategies import KEYS
from tests.stacks.made_up_environments import (
    Document,
    environment_documents,
    keys_in,
    named_key,
    problems_of,
)
from tests.transitions.environments import ALONE, changed, value_of
from tests.transitions.fixed_list import Transition

NOT_IN_AWS: Final = (
    "backend.",  # the state lies elsewhere
    "region",  # one deployment becomes two
    "allowed_account_ids",  # local AWS is one account
    "restore",  # no source to restore from
    "global_database",  # a secondary needs a primary
    "network.vpc",
    "network.subnet",
    "network.allowed_security_group_ids",
    "network.security_group_ids",
    "network.network_type",
    "network.allowed_ipv6_cidr_blocks",
    "bastion.subnet_id",
    "engine.cluster_parameter_group",
    "engine.instance_parameter_group",
    "instances.each",
    "monitoring.enhanced_monitoring_role_arn",
    "monitoring.import_log_group",
    "backup.aws_backup",
    "provider",
    "encryption.key_arn",
    "encryption.key_allows_cloudwatch",
    "access.existing_role_names",
    "access.permissions_boundary_arn",
    "access.lambda_role.permissions_boundary_arn",
    "cluster_roles",  # roles that would have to be there, and more of them than the quota allows
    "monitoring.alarm_topic_arn",
)
"""What begins so names something that would have to be there in AWS."""

IDENTITY: Final = ("names.cluster", "names.subnet_group", "database.", "encryption.", "preset")
"""What makes another cluster; far pairs mostly keep it, or nothing but replacements would be tried."""

ALLOWED: Final = "engine.allow_major_version_upgrade"
SHARE_OF_ALLOWED: Final = 0.5

STEPS: Final = 8
FEW: Final = 3
SHARE_OF_NEAR, SHARE_OF_KEPT, SHARE_OF_VERSIONS_KEPT = 0.7, 0.7, 0.8
_MOST_MENDINGS: Final = 20
_PORTION: Final = 16
_MOST_PORTIONS: Final = 1_000_000


def random_chains(count: int, seed_of_all: int) -> list[list[Transition]]:
    """Return `count` transitions in walks of `STEPS`, the same ones for a seed while the project stays the same."""
    chains: list[list[Transition]] = []
    documents = _documents(seed_of_all)
    choose = random.Random(seed_of_all)  # noqa: S311  # repeatable
    while (left := count - sum(map(len, chains))) > 0:
        walk = list(_walk(documents, choose, min(STEPS, left)))
        number = len(chains) + 1
        chains.append([Transition(f"walk {number}", before, after) for before, after in pairwise(walk)])
    return chains


def _walk(documents: Iterator[Document], choose: random.Random, steps: int) -> Iterator[Document]:
    """Yield environments of which each comes from the one before it and another one."""
    here = next(found for document in documents if (found := _accepted(_in_aws(document))) is not None)
    yield here
    for _ in range(steps):
        here = next(found for document in documents if (found := _next(here, document, choose)) is not None)
        yield here


def _next(here: Document, other: Document, choose: random.Random) -> Document | None:
    """Return what `here` becomes: a few keys as the other has them, or all but some that make another cluster."""
    other = _in_aws(other)
    keys = sorted(key for key in keys_in(here) | keys_in(other) if value_of(here, key) != value_of(other, key))
    keys = [key for key in keys if key != "name_prefix"]
    if choose.random() < SHARE_OF_VERSIONS_KEPT and "engine.version" in keys:
        keys.remove("engine.version")
    if choose.random() < SHARE_OF_NEAR:
        keys = choose.sample(keys, min(len(keys), choose.randint(1, FEW)))
    elif choose.random() < SHARE_OF_KEPT:
        keys = [key for key in keys if not key.startswith(IDENTITY)]
    after = {key: value_of(other, key) for key in keys if key != ALLOWED}
    # The version to which an upgrade is allowed must be the version: else every major upgrade would be refused.
    version = after.get("engine.version")
    after[ALLOWED] = version if version and choose.random() < SHARE_OF_ALLOWED else None
    found = _accepted(changed(here, after))
    return None if found == here else found


def _in_aws(document: Document) -> Document:
    keys = [key for key in KEYS if key.startswith(NOT_IN_AWS)]
    found = changed(document, dict.fromkeys(keys)) | {"region": "us-east-1"}
    if value_of(found, "encryption.key") == "given":
        found = changed(found, {"encryption.key": None})
    return {name: table for name, table in found.items() if name in ALONE or table != {}}


def _accepted(document: Document) -> Document | None:
    """Return a document without the keys for which the model refuses it, None where that is of no use."""
    for _ in range(_MOST_MENDINGS):
        problems = problems_of(document)
        if not problems:
            return document
        document = changed(document, {named_key(problem): None for problem in problems})
    return None


def _documents(seed_of_all: int) -> Iterator[Document]:
    """Yield documents that the model accepts, without end."""
    for number in itertools.count():
        yield from _some_documents(seed_of_all * _MOST_PORTIONS + number)


def _some_documents(seed_of_these: int) -> list[Document]:
    found: list[Document] = []

    @seed(seed_of_these)
    @settings(
        max_examples=_PORTION,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(environment_documents())
    def collect(document: Document) -> None:
        found.append(document)

    collect()
    return found
