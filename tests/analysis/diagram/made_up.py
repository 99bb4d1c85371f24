"""Stacks that nobody has: as large, and with names as long, as AWS allows."""

import copy
import json
from collections.abc import Mapping
from typing import Any

from analysis.synthesized.stack import SynthesizedStack

LONG = "a-name-of-sixty-three-characters-which-is-the-longest-there-is0"
"""As long as the identifier of a cluster may be."""


def crowded(document: Mapping[str, Any], *, readers: int = 15, ranges: int = 20, groups: int = 3) -> SynthesizedStack:
    """Return a stack with many readers and rules."""
    crowd = copy.deepcopy(dict(document))
    instances = crowd["resource"]["aws_rds_cluster_instance"]
    for number in range(1, readers + 1):
        instances[f"reader_{number}"] = {**instances["aurora"], "identifier": f"crowd-aurora-{number}"}
    rules = crowd["resource"]["aws_vpc_security_group_ingress_rule"]
    [first] = list(rules.values())
    base = {key: value for key, value in first.items() if key != "cidr_ipv4"}
    for number in range(ranges):
        rules[f"range_{number}"] = {**base, "cidr_ipv4": f"10.{number}.0.0/16"}
    for number in range(groups):
        rules[f"group_{number}"] = {**base, "referenced_security_group_id": f"sg-0123456789abcde{number:02}"}
    rules["everybody"] = {**base, "cidr_ipv4": "0.0.0.0/0"}
    rules["list"] = {**base, "prefix_list_id": "pl-0123456789abcdef0"}
    roles = crowd["resource"]["aws_iam_role"]
    policies = crowd["resource"]["aws_iam_role_policy"]
    for number in range(4):
        roles[f"role_{number}"] = {**roles["lambda_aurora_role"], "name": f"crowd-role-{number}"}
        policy = json.loads(policies["lambda_aurora_policy"]["policy"])
        policy["Statement"] = policy["Statement"][: number + 1]
        policies[f"role_{number}"] = {
            "name": f"crowd-policy-{number}",
            "role": f"${{aws_iam_role.role_{number}.id}}",
            "policy": json.dumps(policy),
        }
    return SynthesizedStack("crowded", crowd)


def with_long_names(document: Mapping[str, Any]) -> SynthesizedStack:
    """Return a stack in which everything that has a name has a long one."""
    long = copy.deepcopy(dict(document))
    named = {"name", "identifier", "cluster_identifier", "alarm_name", "dashboard_name", "database_name"}
    for of_type in long["resource"].values():
        for block in of_type.values():
            for argument in named & set(block):
                if "${" not in str(block[argument]):
                    block[argument] = LONG
    return SynthesizedStack(LONG, long)


def small(**resources: dict[str, Any]) -> SynthesizedStack:
    """Return a stack of a few resources, by type and name."""
    return SynthesizedStack("small", {"resource": resources})
