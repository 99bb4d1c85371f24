"""Who may reach a port of something that has a security group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from aurora_serverless.rules.tokens import is_token
from aurora_serverless.rules.violation import refuse
from aurora_serverless.sources import Source

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule


class Connectable(Protocol):
    """What has a security group of its own."""

    @property
    def connections(self) -> Connections:
        """Its security group, and who may reach it."""


class Connections:
    """A security group and the one port that clients reach behind it.

    `security_group_id` is the group's id, and `port` the TCP port.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        security_group_id: str,
        port: float,
        service: str = "PostgreSQL",
        rules: Mapping[Source, VpcSecurityGroupIngressRule] | None = None,
        closed: tuple[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Take a security group that is there.

        Args:
            scope: The construct to which the rules belong.
            security_group_id: Id of the security group, or a token.
            port: The TCP port that clients reach.
            service: What listens there, for descriptions.
            rules: Who is let in already, and by which rule; nobody by default.
            closed: Why no rule can be added, and what to do; by default rules can be.
            tags: Tags of the rules; by default those of `scope`, if it is a construct of this library.
        """
        self._scope, self._service, self._tags, self._closed = scope, service, tags, closed
        self.security_group_id = security_group_id
        self.port = port
        self._rules = dict(rules or {})

    def allow_from(
        self, source: str | SecurityGroup | Connectable | Source, *, name: str | None = None
    ) -> VpcSecurityGroupIngressRule:
        """Let a source reach the port, and return the rule; a source that is let in already gets no second one.

        Args:
            source: A range of IPv4 addresses (`10.0.0.0/16`), the id of a security group, the group itself, or a
                construct with `connections`.
            name: What the rule is called after; needed for an id that only Terraform knows.

        Raises:
            RuleViolation: The source is everybody, not IPv4, or an id without a name; another source has the name; or
                the rules are inline.
        """
        if self._closed is not None:
            refuse("source", source if isinstance(source, str) else type(source).__name__, *self._closed)
        found = _source(source, name)
        known = next((one for one in self._rules if one.name == found.name), None)
        if known is None:
            from aurora_serverless.ingress_rules import IngressRules

            made = IngressRules(
                self._scope,
                f"from-{found.name}",
                security_group_id=self.security_group_id,
                service=self._service,
                port=self.port,
                sources=[found],
                tags=self._tags,
            )
            self._rules[found] = made.rules[found.name]
            return self._rules[found]
        values = (_value(known), _value(found))
        if values[0] != values[1] and not any(map(is_token, values)):
            refuse("name", found.name, f"is the name of the rule for {values[0]}", "give it another name")
        return self._rules[known]


def _value(source: Source) -> str:
    return source.cidr_ipv4 or source.security_group_id or ""


def _source(source: str | SecurityGroup | Connectable | Source, name: str | None) -> Source:
    if isinstance(source, Source):
        return source
    if isinstance(source, SecurityGroup):
        return Source.security_group(source.id, name=name or _named_after(source))
    if isinstance(source, str):
        # A token is an id: a range is something that a person writes.
        is_range = "/" in source and "${" not in source
        return Source.cidr_block(source) if is_range else Source.security_group(source, name=name)
    return Source.security_group(source.connections.security_group_id, name=name or _named_after(source))


def _named_after(source: object) -> str | None:
    if not isinstance(source, Construct):
        return None
    return "_".join(source.node.path.split("/")[1:]).replace("-", "_").lower()
