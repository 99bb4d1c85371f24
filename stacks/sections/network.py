"""`[network]`: where the cluster lives and who reaches it."""

from typing import Annotated

from pydantic import Field

from aurora.names import check_security_group_description
from stacks.sections.section import Section, checked_by


class Network(Section):
    """Subnet group and security group, in the default VPC."""

    security_group_description: Annotated[str, checked_by(check_security_group_description)] | None = Field(
        default=None,
        description="Description of the security group; by default Security group for Aurora cluster <cluster>. EC2 "
        "cannot change it: a new text means a new group.",
    )
