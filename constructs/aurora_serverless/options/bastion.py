"""`[bastion]`: a small instance through which a laptop reaches the database."""

from collections.abc import Set
from typing import Annotated, ClassVar

from aurora_serverless.options.section import Change, Section, checked_by, option
from aurora_serverless.rules.bastion import DEFAULT_INSTANCE_TYPE, check_instance_type
from aurora_serverless.rules.network import check_subnet_id


class Bastion(Section):
    """An instance for `aurora-serverless tunnel`; the table alone, even empty, makes it.

    It has no public address, no key and no open port: Session Manager of AWS Systems Manager leads through it, for
    whoever IAM lets start a session on it.
    """

    token_keys: ClassVar[Set[str]] = frozenset({"subnet_id"})

    instance_type: Annotated[str, checked_by(check_instance_type)] = option(
        "Type of the instance. A change stops it, and with it the sessions, and starts it again.",
        default=DEFAULT_INSTANCE_TYPE,
        allowed="a type with a Graviton processor, which the subnet's availability zone offers",
        makes="`instance_type` of `aws_instance.bastion`",
        costs="by the hour, whether there is a session or not",
        example="t4g.micro",
    )
    subnet_id: Annotated[str, checked_by(check_subnet_id)] | None = option(
        "Id of the subnet in which it is. It needs a way to Systems Manager: NAT, or network.interface_endpoints with "
        "ssm and ssmmessages.",
        default=None,
        unset="the first of network.subnet_ids; of subnets that are looked up, that with the first id",
        allowed="a subnet of the VPC: `subnet-` and 8 or 17 digits of 0-9 and a-f",
        makes="`subnet_id` of `aws_instance.bastion`",
        change=Change.REPLACES_OTHERS,
        example="subnet-0123456789abcdef0",
    )
