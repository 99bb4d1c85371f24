"""`[proxy]`: an RDS Proxy, which pools connections to the database."""

from collections.abc import Sequence
from typing import Annotated

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.section import Change, Listed, Rule, Section, checked_by, option
from aurora_serverless.options.told_prices import HOURS_A_MONTH, dollars
from aurora_serverless.rules.names import check_identifier
from aurora_serverless.rules.proxy import (
    DEFAULT_CONNECTION_BORROW_TIMEOUT_SECONDS,
    DEFAULT_IDLE_CLIENT_TIMEOUT_SECONDS,
    DEFAULT_MAXIMUM_CONNECTIONS_PERCENT,
    LONGEST_CONNECTION_BORROW_TIMEOUT_SECONDS,
    LONGEST_IDLE_CLIENT_TIMEOUT_SECONDS,
    IamAuthentication,
    check_connection_borrow_timeout,
    check_idle_client_timeout,
    check_initialization_query,
    check_maximum_connections,
    check_maximum_idle_connections,
    check_secret_count,
)
from aurora_serverless.rules.roles import check_secret_arn, check_secret_key_arn, check_secret_keys
from aurora_serverless.rules.violation import check_different

_LONGEST = limit("rds_cluster_identifier_longest")

_POOL = "`connection_pool_config` of `aws_db_proxy_default_target_group.aurora`"


class Proxy(Section):
    """An RDS Proxy in front of the cluster; the table alone, even empty, creates it.

    Clients inside the VPC connect to it instead of the cluster, and share its connections to the writer. The Data API
    does not pass through a proxy.
    """

    name: Annotated[str, checked_by(check_identifier)] | None = option(
        "Name of the proxy, part of its endpoint: after a change clients need the new one.",
        default=None,
        unset="`<name_prefix>-aurora-proxy`",
        allowed=f"1 to {_LONGEST} lower-case letters, digits and single hyphens, starting with a letter",
        makes="`name` of `aws_db_proxy.aurora`",
        change=Change.REPLACES_OTHERS,
        example="orders-proxy",
    )
    require_tls: bool = option(
        "Whether clients must use TLS.",
        default=True,
        allowed="true where clients log in with IAM tokens",
        makes="`require_tls` of the proxy",
        example=False,
    )
    iam_authentication: IamAuthentication | None = option(
        "REQUIRED lets clients in with IAM tokens only, as one of access.iam_users; DISABLED with passwords only. The "
        "proxy itself logs in with the passwords of its secrets. AWS asks for REQUIRED where access.iam_authentication "
        "is on.",
        default=None,
        unset="REQUIRED where access.iam_authentication is on, else DISABLED",
        makes="`iam_auth` of the proxy",
        example="REQUIRED",
    )
    secret_arns: Listed[Annotated[str, checked_by(check_secret_arn)]] = option(
        "ARNs of secrets with the name and password of a database user each. The proxy lets those users in, beside the "
        "master user, and nobody else.",
        default=(),
        unset="the master user's only",
        allowed="at most 199 whole ARNs of secrets in the deployment's Region, with the six characters that Secrets "
        "Manager adds, and no more than fit into the 10,240 characters of a role's inline policies: some 110 to 140",
        makes="`auth` of the proxy, and a statement of its role's policy",
        example=("arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-app-AbCdEf",),
    )
    secret_key_arns: Listed[Annotated[str, checked_by(check_secret_key_arn)]] = option(
        "ARNs of the customer keys of those secrets. With secret_arns only.",
        default=(),
        unset="the secrets are under AWS's key",
        allowed="ARNs of keys in the deployment's Region",
        makes="a statement of the policy of the proxy's role: `kms:Decrypt` through Secrets Manager",
        example=("arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",),
    )
    idle_client_timeout_seconds: Annotated[int, checked_by(check_idle_client_timeout)] = option(
        "Seconds after which an idle client is disconnected.",
        default=DEFAULT_IDLE_CLIENT_TIMEOUT_SECONDS,
        makes="`idle_client_timeout` of the proxy",
        example=900,
        schema={"minimum": 1, "maximum": LONGEST_IDLE_CLIENT_TIMEOUT_SECONDS},
    )
    connection_borrow_timeout_seconds: Annotated[int, checked_by(check_connection_borrow_timeout)] = option(
        "Seconds that a client waits for a connection while the pool has none free.",
        default=DEFAULT_CONNECTION_BORROW_TIMEOUT_SECONDS,
        makes=_POOL,
        example=30,
        schema={"minimum": 0, "maximum": LONGEST_CONNECTION_BORROW_TIMEOUT_SECONDS},
    )
    maximum_connections_percent: Annotated[int, checked_by(check_maximum_connections)] = option(
        "Share of the database's max_connections that the pool may use.",
        default=DEFAULT_MAXIMUM_CONNECTIONS_PERCENT,
        makes=_POOL,
        example=80,
        schema={"minimum": 1, "maximum": 100},
    )
    maximum_idle_connections_percent: int | None = option(
        "Share of the database's max_connections that stays open while idle.",
        default=None,
        unset="half of maximum_connections_percent",
        allowed="0 to maximum_connections_percent",
        makes=_POOL,
        example=20,
        schema={"minimum": 0, "maximum": 100},
    )
    init_query: Annotated[str, checked_by(check_initialization_query)] | None = option(
        "SQL that each new connection of the pool begins with, such as SET statements, which would pin a client to its "
        "connection. Whoever sees the proxy's settings sees it: no place for secrets.",
        default=None,
        unset="none",
        allowed="SQL statements, with semicolons between them",
        makes=_POOL,
        example="SET statement_timeout = '5s'",
    )
    read_only_endpoint: bool = option(
        "Whether the proxy has a second endpoint, which leads to the readers. With readers only.",
        default=False,
        makes="`aws_db_proxy_endpoint.read_only`, called `<name of the proxy>-read-only`, and the output "
        "`proxy_read_only_endpoint`",
        costs="an interface endpoint in each zone of the subnets: about "
        f"{dollars('interface_endpoint_hour', HOURS_A_MONTH)} a month and zone",
        example=True,
    )
    debug_logging: bool = option(
        "Whether the proxy logs each statement, for 24 hours; for debugging only, since the log then contains data.",
        default=False,
        makes="`debug_logging` of the proxy",
        costs="CloudWatch Logs bills the log, which RDS makes without an expiry",
        example=True,
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """The keys suit each other."""
        return (
            lambda: check_different("secret_arns", self.secret_arns),
            lambda: check_different("secret_key_arns", self.secret_key_arns),
            lambda: check_secret_keys(self.secret_arns, self.secret_key_arns),
            lambda: check_secret_count(len(self.secret_arns)),
            self._idle_connections_are_few_enough,
        )

    def _idle_connections_are_few_enough(self) -> None:
        if self.maximum_idle_connections_percent is not None:
            check_maximum_idle_connections(self.maximum_idle_connections_percent, self.maximum_connections_percent)
