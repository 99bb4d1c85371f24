"""`[names]`: the name of each resource, where it is not the one made from `name_prefix`."""

import re
from typing import Annotated, Final

from pydantic import Field

from aurora.names import (
    check_identifier,
    check_policy_name,
    check_role_name,
    check_secret_name,
    check_security_group_name,
    check_subnet_group_name,
)
from aurora.rules import check_pattern, refuse
from stacks.sections.section import Section, checked_by

LONGEST_NAME_PREFIX: Final = 40
"""Leaves room for the longest name made from it, `<prefix>-lambda-aurora-policy`, in the shortest of AWS's limits."""

_NAME_PREFIX: Final = re.compile(r"[a-z](-?[a-z0-9])*")


def check_name_prefix(value: str) -> None:
    """Raise `RuleViolation` unless every name made from `value` is one that AWS takes."""
    rule = (
        f"a name prefix is 1 to {LONGEST_NAME_PREFIX} lower-case letters, digits and single hyphens, starts with a "
        "letter and does not end with a hyphen"
    )
    check_pattern("name_prefix", value, _NAME_PREFIX, rule, 'write, for example, "alex"')
    if len(value) > LONGEST_NAME_PREFIX:
        refuse("name_prefix", value, rule, "write a shorter one")


def _check_identifier(value: str) -> None:
    check_identifier(value, argument="identifier")


class Names(Section):
    """The name of each resource, where it is not the one made from `name_prefix`.

    Set these to adopt a deployment that has other names: a new name means a new resource.
    """

    cluster: Annotated[str, checked_by(_check_identifier)] | None = Field(
        default=None, description="Identifier of the cluster; by default <name_prefix>-aurora."
    )
    instances: tuple[Annotated[str, checked_by(_check_identifier)], ...] = Field(
        default=(),
        description="Identifiers of the instances, the first one first; by default <cluster>-0, <cluster>-1 and so on.",
    )
    secret: Annotated[str, checked_by(check_secret_name)] | None = Field(
        default=None,
        description="Name of the secret before its random suffix; by default <name_prefix>-db-credentials.",
    )
    subnet_group: Annotated[str, checked_by(check_subnet_group_name)] | None = Field(
        default=None, description="Name of the DB subnet group; by default <name_prefix>-aurora-subnet-group."
    )
    security_group: Annotated[str, checked_by(check_security_group_name)] | None = Field(
        default=None, description="Name of the security group; by default <name_prefix>-aurora-sg."
    )
    lambda_role: Annotated[str, checked_by(check_role_name)] | None = Field(
        default=None, description="Name of the Lambda role; by default <name_prefix>-lambda-aurora-role."
    )
    lambda_policy: Annotated[str, checked_by(check_policy_name)] | None = Field(
        default=None, description="Name of the Lambda role's policy; by default <name_prefix>-lambda-aurora-policy."
    )
