"""AWS's limits on tags.

Source: AWS Tagging User Guide, "Tag naming limits and requirements".
"""

import difflib
import re
from collections.abc import Mapping
from typing import Final

from aurora.rules import RuleViolation, refuse
from aurora.tokens import is_token

MOST_TAGS: Final = 50

TAGGED_TYPES: Final = frozenset(
    """aws_appautoscaling_target aws_cloudwatch_log_group aws_cloudwatch_metric_alarm aws_db_parameter_group
    aws_db_proxy aws_db_subnet_group aws_iam_role aws_kms_key aws_rds_cluster aws_rds_cluster_instance
    aws_rds_cluster_parameter_group aws_rds_global_cluster aws_secretsmanager_secret aws_security_group
    aws_sns_topic aws_vpc_endpoint aws_vpc_security_group_egress_rule aws_vpc_security_group_ingress_rule""".split()
)
"""The types of resources that are made here and take tags, as the provider's schema has them."""

_KEY: Final = re.compile(r"[\w .:/=+@-]{1,128}")
_PROTOTYPE: Final = "__proto__"
_VALUE: Final = re.compile(r"[\w .:/=+@-]{0,256}")


def check_tags(tags: Mapping[str, str]) -> None:
    """Raise `RuleViolation` for tags that AWS refuses; the error's argument is the tag's key."""
    if len(tags) > MOST_TAGS:
        refuse("", f"{len(tags)} tags", f"AWS takes at most {MOST_TAGS} tags a resource", "leave some out")
    for key, value in tags.items():
        if is_token(key) or is_token(value):
            continue
        if not key:
            refuse('""', value, "a tag's key must not be empty", "name the tag, or leave it out")
        if _KEY.fullmatch(key) is None:
            refuse(
                key,
                value,
                "a tag's key is 1 to 128 letters, digits, spaces and _.:/=+-@",
                "write a shorter or plainer key",
            )
        if key.lower().startswith("aws:"):
            refuse(key, value, "a tag's key must not start with aws:, which AWS keeps for itself", "write another key")
        if key == _PROTOTYPE:
            refuse(key, value, "is a key that JavaScript, in which CDKTF runs, keeps for itself", "write another key")
        if _VALUE.fullmatch(value) is None:
            refuse(
                key,
                value,
                "a tag's value is at most 256 letters, digits, spaces and _.:/=+-@",
                "write a shorter or plainer value",
            )


def check_resource_tags(tags: Mapping[str, Mapping[str, str]]) -> None:
    """Raise `RuleViolation` unless each key is a type of resource that takes tags, with tags that AWS takes."""
    for type_, of_type in tags.items():
        if type_ not in TAGGED_TYPES:
            nearest = difflib.get_close_matches(type_, sorted(TAGGED_TYPES), n=1, cutoff=0.0)
            refuse(
                type_, of_type, "is no type of resource that is made here and takes tags", f"did you mean {nearest[0]}?"
            )
        if not of_type:
            refuse(type_, of_type, "the table is empty", "name at least one tag, or leave the table out")
        try:
            check_tags(of_type)
        except RuleViolation as violation:
            argument = f"{type_}.{violation.argument}" if violation.argument else type_
            raise RuleViolation(argument, violation.value, violation.rule, violation.remedy) from None
