"""Descriptions of security group rules whose other side is a group.

Stock moto tells the description of a rule for an address range only: the next plan would write that of a rule for a
group again.
"""

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule

from local_aws.mending.replacing import replacing_property


def mend() -> None:
    """Tell the description of every rule."""

    def description(rule: Any) -> str | None:
        told: str | None = stock.__get__(rule) or rule.source_group.get("Description")
        return told

    stock = replacing_property(SecurityGroupRule, "description")(property(description))
