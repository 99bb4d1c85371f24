"""A stack that no environment file makes: what `lifecycle` does to replacements, and a block that has moved."""

import json
from typing import Any, Final

from tests.terraform_json import TerraformJson


def _document(resources: dict[str, dict[str, Any]], **sections: Any) -> TerraformJson:
    required = {"aws": {"source": "hashicorp/aws", "version": "~> 5.0"}, "random": {"source": "hashicorp/random"}}
    return {"terraform": {"required_providers": required}, "resource": resources, **sections}


def _group(description: str, **more: Any) -> dict[str, Any]:
    return {"description": description, **more}


def _topic_policy(topic: str) -> dict[str, Any]:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return {"arn": f"${{aws_sns_topic.{topic}.arn}}", "policy": policy}


def _alias(name: str, *triggers: str) -> dict[str, Any]:
    lifecycle = {"lifecycle": {"replace_triggered_by": list(triggers)}} if triggers else {}
    return {"name": f"alias/{name}", "target_key_id": "${aws_kms_key.used.key_id}", **lifecycle}


_TRIGGERED: Final = {
    "by_an_update": _alias("by-an-update", "aws_sns_topic.updated"),
    "by_a_replacement": _alias("by-a-replacement", "aws_security_group.replaced"),
    "by_its_argument": _alias("by-its-argument", "aws_sns_topic.updated.display_name"),
    "not_by_another_argument": _alias("not-by-another-argument", "aws_sns_topic.updated.kms_master_key_id"),
    "not_by_what_stays": _alias("not-by-what-stays", "aws_sns_topic.same"),
}

LIFECYCLES: Final = _document(
    {
        "aws_sns_topic": {
            "updated": {"name": "updated", "display_name": "before"},
            "same": {"name": "same"},
            "old": {"name": "moved"},
        },
        "aws_sns_topic_policy": {"of_moved": _topic_policy("old")},
        "aws_kms_key": {"used": {"description": "before"}},
        "aws_kms_alias": _TRIGGERED,
        "aws_security_group": {
            "replaced": _group("before", name="replaced"),
            "ignoring": _group("before", name="ignoring", lifecycle={"ignore_changes": ["description"]}),
            "ignoring_all": _group("before", name="ignoring-all", lifecycle={"ignore_changes": "all"}),
            "made_first": _group("before", name_prefix="made-first-", lifecycle={"create_before_destroy": True}),
            "needed": _group("before", name="needed"),
        },
        "aws_vpc_security_group_ingress_rule": {
            "of_needed": {
                "security_group_id": "${aws_security_group.needed.id}",
                "cidr_ipv4": "10.0.0.0/16",
                "ip_protocol": "-1",
                "lifecycle": {"create_before_destroy": True},
            },
        },
        "random_id": {"kept": {"byte_length": 4}},
        "aws_secretsmanager_secret": {"named": {"name": "before-${random_id.kept.hex}"}},
    }
)
"""Before."""

LIFECYCLES_CHANGED: Final = _document(
    {
        **LIFECYCLES["resource"],
        "aws_sns_topic": {
            "updated": {"name": "updated", "display_name": "after"},
            "same": {"name": "same"},
            "new": {"name": "moved"},
        },
        "aws_sns_topic_policy": {"of_moved": _topic_policy("new")},
        "aws_security_group": {
            name: {**group, "description": "after"}
            for name, group in LIFECYCLES["resource"]["aws_security_group"].items()
        },
        "aws_secretsmanager_secret": {"named": {"name": "after-${random_id.kept.hex}"}},
    },
    moved=[{"from": "aws_sns_topic.old", "to": "aws_sns_topic.new"}],
)
"""After."""
