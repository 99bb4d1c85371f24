"""The two rules by which what has a security group of its own, such as a proxy, reaches the database."""

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.lifecycles import removed_last


class ReachesDatabase(AddressedConstruct):
    """A construct with a security group that is let in by the database's.

    Attributes: `security_group`, `egress` out of it, and `database_ingress` (None where the database's group has inline
    rules, which whoever owns that group writes).
    """

    security_group: SecurityGroup
    egress: VpcSecurityGroupEgressRule
    database_ingress: VpcSecurityGroupIngressRule | None

    def _build_way_to_database(
        self, database_security_group_id: str, port: int, *, opens: bool, who: str, addresses: tuple[str, str]
    ) -> None:
        """Make the rule out, and with `opens` the rule in, which names `who` comes; `addresses` are the fixed ones."""
        rule = {
            "ip_protocol": "tcp",
            "from_port": port,
            "to_port": port,
            "tags": self._tags,
            "lifecycle": removed_last(),
        }
        out, in_ = addresses
        self.egress = self._addressed(
            VpcSecurityGroupEgressRule(
                self,
                "egress",
                security_group_id=self.security_group.id,
                description="The database",
                referenced_security_group_id=database_security_group_id,
                **rule,
            ),
            out,
        )
        self.database_ingress = None
        if opens:
            self.database_ingress = self._addressed(
                VpcSecurityGroupIngressRule(
                    self,
                    "database-ingress",
                    security_group_id=database_security_group_id,
                    description=who,
                    referenced_security_group_id=self.security_group.id,
                    **rule,
                ),
                in_,
            )
