"""Who may reach a port: a VPC's addresses, a range of addresses, or the members of a security group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from aurora_serverless.rules.network import (
    check_cidr_block,
    check_cidr_blocks,
    check_group_name,
    check_ipv6_cidr_block,
    check_security_group_id,
)
from aurora_serverless.rules.tokens import check_unless_token, is_token
from aurora_serverless.rules.violation import check_different, refuse


@dataclass(frozen=True)
class Source:
    """One source of traffic. One of `cidr_ipv4`, `cidr_ipv6` and `security_group_id` is set.

    `name` is what its rule is called after, and stays when other sources come and go; `description` is for people.
    Raises `RuleViolation` for a range that nobody should be let in from, or that is not IPv4.
    """

    name: str
    description: str
    cidr_ipv4: str | None = None
    security_group_id: str | None = None
    cidr_ipv6: str | None = None

    def __post_init__(self) -> None:
        if self.cidr_ipv6 is not None:
            check_unless_token(check_ipv6_cidr_block, self.cidr_ipv6)
        if self.cidr_ipv4 is not None:
            check_unless_token(check_cidr_block, self.cidr_ipv4)

    @classmethod
    def vpc(cls, cidr_block: str) -> Self:
        """Return the addresses of a VPC, given its IPv4 range, or a token. Raises `RuleViolation`."""
        return cls("vpc", "the VPC", cidr_ipv4=cidr_block)

    @classmethod
    def cidr_block(cls, value: str) -> Self:
        """Return the addresses of a CIDR block. Raises `RuleViolation`."""
        name = "".join(character if character.isalnum() else "_" for character in value)
        return cls(name, value, cidr_ipv4=value)

    @classmethod
    def ipv6_cidr_block(cls, value: str) -> Self:
        """Return the addresses of a CIDR block of IPv6. Raises `RuleViolation`."""
        name = "".join(character if character.isalnum() else "_" for character in value)
        return cls(name, value, cidr_ipv6=value)

    @classmethod
    def security_group(cls, security_group_id: str, *, name: str | None = None) -> Self:
        """Return the members of a security group; by default it is called after its id. Raises `RuleViolation`.

        A token has no id yet to be called after, and needs a name.
        """
        check_unless_token(check_security_group_id, security_group_id)
        if name is not None:
            check_group_name(name)
            return cls(name, f"security group {name}", security_group_id=security_group_id)
        if is_token(security_group_id):
            refuse(
                "allowed_security_group_ids",
                security_group_id,
                "only Terraform knows this id, so that its rule cannot be called after it",
                'give the group a name: {"functions": group.id}',
            )
        called = security_group_id.replace("-", "_")
        return cls(called, f"security group {security_group_id}", security_group_id=security_group_id)


def allowed_sources(
    cidr_blocks: Sequence[str], security_group_ids: Sequence[str] | Mapping[str, str]
) -> tuple[Source, ...]:
    """Return the sources that two lists name. Groups by a name of one's own may be tokens. Raises `RuleViolation`."""
    check_cidr_blocks(cidr_blocks)
    if isinstance(security_group_ids, Mapping):
        groups = [Source.security_group(id_, name=name) for name, id_ in security_group_ids.items()]
    else:
        check_different("allowed_security_group_ids", security_group_ids)
        groups = [Source.security_group(id_) for id_ in security_group_ids]
    return (*(Source.cidr_block(block) for block in cidr_blocks), *groups)
