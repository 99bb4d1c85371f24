"""Rules beside a security group that let sources in on one port."""

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.lifecycles import removed_last
from aurora_serverless.rules.tags import check_tags
from aurora_serverless.sources import Source


class IngressRules(AddressedConstruct):
    """One rule for each source, called after it, so that taking one source out touches no other.

    Terraform sees to these rules only: one that somebody adds by hand stays, and no plan shows it.

    Attributes: `rules` (the resources by their sources' names).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        security_group_id: str,
        service: str,
        port: float,
        sources: Sequence[Source],
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the rules.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            security_group_id: Id of the security group, which must hold no rules inside itself.
            service: What listens on the port, for names and descriptions: `PostgreSQL`.
            port: The TCP port.
            sources: Who may reach it.
            tags: Tags of the rules; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a tag.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_tags(self._tags or {})
        self.rules = {
            source.name: self._addressed(
                VpcSecurityGroupIngressRule(
                    self,
                    source.name,
                    security_group_id=security_group_id,
                    description=f"{service} from {source.description}",
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    cidr_ipv4=source.cidr_ipv4,
                    cidr_ipv6=source.cidr_ipv6,
                    referenced_security_group_id=source.security_group_id,
                    tags=self._tags,
                    lifecycle=removed_last(),
                ),
                f"{service.lower()}_from_{source.name}",
            )
            for source in sources
        }
