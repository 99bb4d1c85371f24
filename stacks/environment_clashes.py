"""What environments must not share: a cluster, a name that an account has once, a state."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from aurora.rules import shown
from stacks.environment import Environment
from stacks.problem import Problem

Environments = Sequence[tuple[Path, Environment]]
"""Environments, each with its file."""


def clashes(environments: Environments) -> list[Problem]:
    """Return what is wrong with environments taken together."""
    return [*_cluster_clashes(environments), *_account_clashes(environments), *_state_clashes(environments)]


def _cluster_clashes(environments: Environments) -> list[Problem]:
    """Two environments must not fight over one cluster, unless they cannot meet: other Regions or other accounts."""
    problems = []
    for (path, environment), (other_path, other) in _pairs(environments):
        if _share_a_cluster(environment, other):
            key = "names.cluster" if environment.names.cluster else "name_prefix"
            value = environment.names.cluster or environment.name_prefix
            problems.append(
                Problem(
                    path,
                    f"{key} = {shown(value)}",
                    f"the cluster {environment.cluster_identifier} is that of {other_path.name} too",
                    "write another name, or other allowed_account_ids or another region for each",
                )
            )
    return problems


def _account_clashes(environments: Environments) -> list[Problem]:
    """Two environments of one account must not name one IAM role, nor both make one global cluster.

    Those two belong to the account, in whichever Region a cluster is. Of environments that share their cluster too,
    only that is told.
    """
    problems = []
    for (path, environment), (other_path, other) in _pairs(environments):
        if _share_a_cluster(environment, other) or not _may_share_an_account(environment, other):
            continue
        for key, value, what in _shared_names(environment, other):
            problems.append(
                Problem(
                    path,
                    f"{key} = {shown(value)}",
                    f"{what} is that of {other_path.name} too, and an account has one of that name in all Regions",
                    "write another name, or other allowed_account_ids for each",
                )
            )
    return problems


def _shared_names(one: Environment, other: Environment) -> Iterator[tuple[str, str, str]]:
    """Yield what two environments would both make in their account: key, value, and what it is."""
    for role in sorted(_roles(one) & _roles(other))[:1]:  # the others go with it, when the prefix is another
        if role == one.names.lambda_role:
            yield "names.lambda_role", role, f"the IAM role {role}"
        else:
            yield "name_prefix", one.name_prefix, f"the IAM role {role}"
    identifiers = [environment.global_cluster_identifier for environment in (one, other)]
    if not (one.is_secondary or other.is_secondary) and identifiers[0] is not None and len(set(identifiers)) == 1:
        yield "global_database.identifier", identifiers[0], f"the global cluster {identifiers[0]}"


def _state_clashes(environments: Environments) -> list[Problem]:
    """Two environments must not share a state: deploying the one would replace what the other made."""
    first: dict[tuple[str, str], Path] = {}
    problems = []
    for path, environment in environments:
        if environment.backend.bucket is None:
            continue
        other = first.setdefault((environment.backend.bucket, environment.backend_key), path)
        if other is not path:
            problems.append(
                Problem(
                    path,
                    f"backend.key = {shown(environment.backend_key)}",
                    f"the state {environment.backend.bucket}/{environment.backend_key} is that of {other.name} too",
                    "write another key, or leave it out: it is then made from the environment's name",
                )
            )
    return problems


def _roles(environment: Environment) -> set[str]:
    """Return the names of the IAM roles that an environment makes."""
    roles = {environment.lambda_role_name, *environment.role_names.values()}
    if environment.makes_monitoring_role:
        roles.add(environment.monitoring_role_name)
    if environment.proxy is not None:
        roles.add(environment.proxy_role_name)
    return roles


def _pairs(environments: Environments) -> Iterator[tuple[tuple[Path, Environment], tuple[Path, Environment]]]:
    """Yield each environment with each of those before it."""
    for index, environment in enumerate(environments):
        for other in environments[:index]:
            yield environment, other


def _share_a_cluster(one: Environment, other: Environment) -> bool:
    in_other_regions = one.region and other.region and one.region != other.region
    return (
        one.cluster_identifier == other.cluster_identifier
        and not in_other_regions
        and _may_share_an_account(one, other)
    )


def _may_share_an_account(one: Environment, other: Environment) -> bool:
    accounts, other_accounts = set(one.allowed_account_ids), set(other.allowed_account_ids)
    return not (accounts and other_accounts and accounts.isdisjoint(other_accounts))
