"""AWS's limits on tags.

Source: AWS Tagging User Guide, "Tag naming limits and requirements".
"""

import difflib
import unicodedata
from collections.abc import Mapping
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.tokens import is_token
from aurora_serverless.rules.violation import RuleViolation, refuse

MOST_TAGS: Final = limit("tags_per_resource")
ROLE_TYPE: Final = "aws_iam_role"

TAGGED_TYPES: Final = frozenset(
    """aws_appautoscaling_target aws_backup_plan aws_backup_vault aws_cloudwatch_log_group aws_cloudwatch_metric_alarm
    aws_db_event_subscription aws_db_parameter_group aws_db_proxy aws_db_proxy_endpoint aws_db_subnet_group
    aws_iam_instance_profile aws_iam_role aws_instance aws_kms_key aws_rds_cluster aws_rds_cluster_endpoint
    aws_rds_cluster_instance aws_rds_cluster_parameter_group aws_rds_global_cluster aws_secretsmanager_secret
    aws_security_group aws_sns_topic aws_vpc_endpoint aws_vpc_security_group_egress_rule
    aws_vpc_security_group_ingress_rule""".split()
)
"""The types of resources that are made here and take tags, as the provider's schema has them."""

# Source: Amazon RDS API, Tag, and IAM API, Tag: letters, white space and digits of any script, and a few signs. EC2
# takes more, and RDS keeps more beginnings for AWS than others do: a tag of all resources is one that all of them take.
_SIGNS: Final = frozenset("_.:/=+-@")
_CATEGORIES: Final = frozenset("LZN")
LONGEST_KEY: Final = limit("tag_key_longest")
LONGEST_VALUE: Final = limit("tag_value_longest")
_KEPT_BEGINNINGS: Final = ("aws:", "rds:")
PROTOTYPE: Final = "__proto__"


def check_tags(tags: Mapping[str, str]) -> None:
    """Raise `RuleViolation` for tags that AWS refuses; the error's argument is the tag's key."""
    if len(tags) > MOST_TAGS:
        refuse("", f"{len(tags)} tags", f"AWS takes at most {MOST_TAGS} tags a resource", "leave some out")
    for key, value in tags.items():
        if is_token(key) or is_token(value):
            continue
        _check_tag(key, value)


def _check_tag(key: str, value: str) -> None:
    if not key:
        refuse('""', value, "a tag's key must not be empty", "name the tag, or leave it out")
    if len(key) > LONGEST_KEY or not _is_of_tags(key):
        refuse(
            key,
            value,
            "a tag's key is 1 to 128 letters, digits, spaces and _.:/=+-@",
            "write a shorter or plainer key",
        )
    for beginning in _KEPT_BEGINNINGS:
        if key.lower().startswith(beginning):
            rule = f"a tag's key must not start with {beginning}, which AWS keeps for itself"
            refuse(key, value, rule, "write another key")
        if value.lower().startswith(beginning):
            rule = f"a tag's value must not start with {beginning}, which AWS keeps for itself"
            refuse(key, value, rule, "write another value")
    if key == PROTOTYPE:
        refuse(key, value, "is a key that JavaScript, in which CDKTF runs, keeps for itself", "write another key")
    if len(value) > LONGEST_VALUE or not _is_of_tags(value):
        refuse(
            key,
            value,
            "a tag's value is at most 256 letters, digits, spaces and _.:/=+-@",
            "write a shorter or plainer value",
        )


def _is_of_tags(text: str) -> bool:
    return all(character in _SIGNS or unicodedata.category(character)[0] in _CATEGORIES for character in text)


def check_role_tags(tags: Mapping[str, str]) -> None:
    """Raise `RuleViolation` for tags that IAM refuses of a role; the error's argument is the tag's key.

    IAM takes keys that differ in capitals only for one, unlike other services. Source: IAM User Guide, "Tags for AWS
    Identity and Access Management resources", case sensitivity.
    """
    check_tags(tags)
    first: dict[str, str] = {}
    for key, value in tags.items():
        other = first.setdefault(key.lower(), key)
        if other != key:
            refuse(
                key,
                value,
                f"differs from the tag {other} in capitals only, and IAM tells tags of a role apart by nothing else",
                "leave one of the two out, or spell both alike",
            )


def check_resource_tags(tags: Mapping[str, Mapping[str, str]]) -> None:
    """Raise `RuleViolation` unless each key is a type of resource that takes tags, with tags that AWS takes."""
    for type_, of_type in tags.items():
        if type_ not in TAGGED_TYPES:
            nearest = difflib.get_close_matches(type_, sorted(TAGGED_TYPES), n=1, cutoff=0.0)
            refuse(
                type_,
                of_type,
                "is not a type of resource that is made here and takes tags",
                f"did you mean {nearest[0]}?",
            )
        if not of_type:
            refuse(type_, of_type, "the table is empty", "name at least one tag, or leave the table out")
        try:
            check_tags(of_type)
        except RuleViolation as violation:
            argument = f"{type_}.{violation.argument}" if violation.argument else type_
            raise RuleViolation(argument, violation.value, violation.rule, violation.remedy) from None
