"""`[names]`: the name of each resource, where it is not the one made from `name_prefix`."""

import re
from typing import Annotated, Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.section import Change, Listed, Section, checked_by, option
from aurora_serverless.rules.names import (
    check_identifier,
    check_policy_name,
    check_role_name,
    check_secret_name,
    check_security_group_name,
    check_subnet_group_name,
)
from aurora_serverless.rules.violation import check_pattern, refuse

_LONGEST = limit("rds_cluster_identifier_longest")

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


class Names(Section):
    """The name of each resource, where it is not the one made from `name_prefix`.

    Set these to adopt a deployment that has other names: a new name means a new resource.
    """

    cluster: Annotated[str, checked_by(check_identifier)] | None = option(
        "Identifier of the cluster. Another one means a new cluster.",
        default=None,
        unset="`<name_prefix>-aurora`",
        allowed=f"1 to {_LONGEST} lower-case letters, digits and single hyphens",
        makes="`cluster_identifier`",
        change=Change.REPLACES_CLUSTER,
        example="alex-aurora-cluster",
    )
    instances: Listed[Annotated[str, checked_by(check_identifier)]] = option(
        "Identifiers of the instances, the first one first; the rest keep the names that they have without it.",
        default=(),
        unset="`<cluster>-0`, `<cluster>-1` and so on",
        allowed=f"no more names than instances, each 1 to {_LONGEST} lower-case letters, digits and single hyphens",
        makes="`identifier` of the instances",
        change=Change.REPLACES_OTHERS,
        example=("alex-aurora-instance-1",),
    )
    secret: Annotated[str, checked_by(check_secret_name)] | None = option(
        "Name of the secret before its random suffix, which changes with it.",
        default=None,
        unset="`<name_prefix>-db-credentials`",
        allowed="1 to 503 letters, digits and /_+=.@-",
        makes="`name` of `aws_secretsmanager_secret.db_credentials`",
        change=Change.REPLACES_OTHERS,
        example="alex-aurora-credentials",
    )
    subnet_group: Annotated[str, checked_by(check_subnet_group_name)] | None = option(
        "Name of the DB subnet group. Another one means a new cluster.",
        default=None,
        unset="`<name_prefix>-aurora-subnet-group`",
        allowed="1 to 255 lower-case letters, digits, dots, underscores, spaces and hyphens, first a letter",
        makes="`name` of `aws_db_subnet_group.aurora`",
        change=Change.REPLACES_CLUSTER,
        example="databases",
    )
    security_group: Annotated[str, checked_by(check_security_group_name)] | None = option(
        "Name of the security group.",
        default=None,
        unset="`<name_prefix>-aurora-sg`",
        allowed="1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, no space at an end",
        makes="`name` of `aws_security_group.aurora`",
        change=Change.REPLACES_OTHERS,
        example="database",
    )
    lambda_role: Annotated[str, checked_by(check_role_name)] | None = option(
        "Name of the Lambda role.",
        default=None,
        unset="`<name_prefix>-lambda-aurora-role`",
        allowed=f"1 to {limit('iam_role_name_longest')} letters, digits and +=,.@_-",
        makes="`name` of `aws_iam_role.lambda_aurora_role`",
        change=Change.REPLACES_OTHERS,
        example="orders-lambda",
    )
    lambda_policy: Annotated[str, checked_by(check_policy_name)] | None = option(
        "Name of the Lambda role's policy.",
        default=None,
        unset="`<name_prefix>-lambda-aurora-policy`",
        allowed=f"1 to {limit('iam_policy_name_longest')} letters, digits and +=,.@_-",
        makes="`name` of `aws_iam_role_policy.lambda_aurora_policy`",
        change=Change.REPLACES_OTHERS,
        example="database",
    )
