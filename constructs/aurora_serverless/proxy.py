"""An RDS Proxy before a cluster: it pools connections, so that many short-lived functions share a few."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf import (
    DataResource,
    Fn,
    ITerraformDependable,
    Postcondition,
    TerraformLocal,
    TerraformResourceLifecycle,
    Token,
)
from cdktf_cdktf_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktf_cdktf_provider_aws.data_aws_subnets import DataAwsSubnets, DataAwsSubnetsFilter
from cdktf_cdktf_provider_aws.db_proxy import DbProxy, DbProxyAuth
from cdktf_cdktf_provider_aws.db_proxy_default_target_group import (
    DbProxyDefaultTargetGroup,
    DbProxyDefaultTargetGroupConnectionPoolConfig,
)
from cdktf_cdktf_provider_aws.db_proxy_endpoint import DbProxyEndpoint
from cdktf_cdktf_provider_aws.db_proxy_target import DbProxyTarget
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from aurora_serverless.ingress_rules import IngressRules
from aurora_serverless.lifecycles import reference, security_group_lifecycle
from aurora_serverless.rules.database_policy import Statement, policy, read_secrets, trust_policy
from aurora_serverless.rules.names import (
    check_identifier,
    check_policy_name,
    check_role_name,
    check_security_group_name,
)
from aurora_serverless.rules.network import POSTGRESQL_PORT, check_port
from aurora_serverless.rules.proxy import (
    DEFAULT_CONNECTION_BORROW_TIMEOUT_SECONDS,
    DEFAULT_IDLE_CLIENT_TIMEOUT_SECONDS,
    DEFAULT_MAXIMUM_CONNECTIONS_PERCENT,
    IamAuthentication,
    check_connection_borrow_timeout,
    check_idle_client_timeout,
    check_initialization_query,
    check_maximum_connections,
    check_maximum_idle_connections,
    check_proxy_secret_region,
    check_requires_tls,
    check_secret_count,
    idle_connections,
)
from aurora_serverless.rules.regions import check_offered, partition_of, zones_without
from aurora_serverless.rules.roles import check_boundary, check_policy_size, check_secret_arn, check_secret_key_arn
from aurora_serverless.rules.tags import check_role_tags
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.sources import Source
from aurora_serverless.way_to_database import ReachesDatabase

PROXY_SERVICE: Final = "rds.amazonaws.com"
ENGINE_FAMILY: Final = "POSTGRESQL"
AUTHENTICATION_SCHEME: Final = "SECRETS"
CLIENT_PASSWORD_AUTHENTICATION: Final = "POSTGRES_SCRAM_SHA_256"  # noqa: S105 (a method, not a password)
"""How a client proves its password to the proxy; MD5 would be the other way."""

_ID_IN_ARN: Final = 6
"""Where an ARN has the proxy's resource id: `arn:aws:rds:<region>:<account>:db-proxy:prx-…`."""


class DatabaseProxy(ReachesDatabase):
    """A proxy with a role, a security group and a connection pool of its own, before one cluster.

    It listens on port 5432, whatever the cluster's is, for the given sources and passes on to the cluster's writer. It
    logs in as the users whose secrets it has, and nobody else comes through. The Data API does not pass through a
    proxy. A proxy keeps a connection open, so the cluster never pauses.

    Attributes: `role`, `role_policy`, `security_group`, `ingress_rules`, `egress`, `database_ingress` (None unless
    asked for), `proxy`, `target_group`, `target`, `read_only_endpoint` (the resources; the last one None unless asked
    for).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        proxy_name: str,
        role_name: str,
        policy_name: str,
        permissions_boundary_arn: str | None = None,
        security_group_name: str,
        cluster_identifier: str,
        secret_arns: Sequence[str],
        secret_key_arns: Sequence[str] = (),
        region: str,
        partition: str | None = None,
        vpc_id: str,
        subnet_ids: Sequence[str],
        sources: Sequence[Source],
        database_security_group_id: str,
        database_port: int = POSTGRESQL_PORT,
        opens_database_security_group: bool = False,
        require_tls: bool = True,
        iam_authentication: IamAuthentication = "DISABLED",
        idle_client_timeout_seconds: int = DEFAULT_IDLE_CLIENT_TIMEOUT_SECONDS,
        connection_borrow_timeout_seconds: int = DEFAULT_CONNECTION_BORROW_TIMEOUT_SECONDS,
        maximum_connections_percent: int = DEFAULT_MAXIMUM_CONNECTIONS_PERCENT,
        maximum_idle_connections_percent: int | None = None,
        init_query: str | None = None,
        debug_logging: bool = False,
        read_only_endpoint_name: str | None = None,
        depends_on: Sequence[ITerraformDependable] = (),
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the role, the security group, the proxy, its target group and its target.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            proxy_name: Name of the proxy, part of its endpoint.
            role_name: Name of the role with which the proxy reads the secrets.
            policy_name: Name of that role's inline policy.
            permissions_boundary_arn: ARN of the managed policy that bounds what the role may do; none by default.
            security_group_name: Name of the proxy's security group.
            cluster_identifier: Identifier of the cluster.
            secret_arns: ARNs of the secrets with the users' names and passwords, 1 to 200, a user each.
            secret_key_arns: ARNs of the customer keys of those secrets; none by default.
            region: Region of the secrets, or a token.
            partition: Partition of the Region; by default that of `region`, and `aws` where only Terraform knows it.
            vpc_id: Id of the VPC, which must be the cluster's.
            subnet_ids: Ids of the subnets, in two availability zones or more; those in zones without proxies are left
                out. Other subnets mean a new proxy.
            sources: Who is let in, for example `DatabaseNetwork.sources`.
            database_security_group_id: Id of the cluster's security group, to which the proxy may connect.
            database_port: The TCP port that the cluster listens on. The proxy's own is always 5432.
            opens_database_security_group: Whether that group gets a rule that lets the proxy in. Only for a group
                whose rules are resources of their own: one with inline rules would take it out in the next apply, and
                must let the proxy's subnets in by them.
            require_tls: Whether clients must use TLS.
            iam_authentication: REQUIRED lets clients in with IAM tokens only, DISABLED with passwords only.
            idle_client_timeout_seconds: Seconds, 1 to 28,800, after which an idle client is disconnected.
            connection_borrow_timeout_seconds: Seconds, 0 to 300, that a client waits for a connection of the pool.
            maximum_connections_percent: Share, 1 to 100, of the database's `max_connections` that the pool may use.
            maximum_idle_connections_percent: Share, 0 to that one, that stays open while idle; by default half of it.
            init_query: SQL that each new connection of the pool begins with. It is not a place for secrets.
            debug_logging: Whether the proxy logs each statement, for 24 hours.
            read_only_endpoint_name: Name of a second endpoint that leads to the cluster's readers, which must be there;
                none by default.
            depends_on: What must be there before the proxy connects: the cluster's instances, the secret's version.
            tags: Tags of the role, the security group and its rules, and the proxy; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a value. Values that are tokens are checked by Terraform instead.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_identifier, proxy_name, argument="proxy_name")
        if read_only_endpoint_name is not None:
            check_unless_token(check_identifier, read_only_endpoint_name, argument="read_only_endpoint_name")
        check_unless_token(check_role_name, role_name)
        check_unless_token(check_policy_name, policy_name)
        check_boundary(permissions_boundary_arn, partition or partition_of(region))
        check_unless_token(check_security_group_name, security_group_name)
        check_unless_token(check_port, database_port, argument="database_port")
        check_offered("rds_proxy", region, argument="region", value=region, remedy="leave the proxy out")
        _check_secrets(secret_arns, secret_key_arns, region)
        check_requires_tls(require_tls, iam_authentication)
        check_idle_client_timeout(idle_client_timeout_seconds)
        check_connection_borrow_timeout(connection_borrow_timeout_seconds)
        check_maximum_connections(maximum_connections_percent)
        idle_percent = idle_connections(maximum_idle_connections_percent, maximum_connections_percent)
        check_maximum_idle_connections(idle_percent, maximum_connections_percent)
        if init_query is not None:
            check_initialization_query(init_query)
        check_role_tags(self._tags or {})
        statements = read_secrets(secret_arns, secret_key_arns, region, partition)
        self._build_role(role_name, policy_name, permissions_boundary_arn, statements)
        self._build_security_group(security_group_name, proxy_name, vpc_id, sources)
        self._build_way_to_database(
            database_security_group_id,
            database_port,
            opens=opens_database_security_group,
            who="The RDS Proxy",
            addresses=("database_proxy", "database_from_proxy"),
        )
        # The provider renames a proxy in place, and its target group and target would keep the old name for that plan.
        name = self._addressed(DataResource(self, "proxy-name", input={"name": proxy_name}), "proxy_name")
        self.proxy = self._addressed(
            DbProxy(
                self,
                "proxy",
                name=proxy_name,
                engine_family=ENGINE_FAMILY,
                role_arn=self.role.arn,
                auth=[_authentication(arn, iam_authentication) for arn in secret_arns],
                require_tls=require_tls,
                idle_client_timeout=idle_client_timeout_seconds,
                debug_logging=debug_logging,
                vpc_subnet_ids=self._subnet_ids(vpc_id, subnet_ids),
                vpc_security_group_ids=[self.security_group.id],
                tags=self._tags,
                depends_on=[self.role_policy],  # or the proxy's first log-in fails
                lifecycle=TerraformResourceLifecycle(replace_triggered_by=[reference(name)]),
            ),
            "aurora",
        )
        self.target_group = self._addressed(
            DbProxyDefaultTargetGroup(
                self,
                "target-group",
                db_proxy_name=self.proxy.id,  # which is its name, but not known while the proxy is replaced
                connection_pool_config=DbProxyDefaultTargetGroupConnectionPoolConfig(
                    connection_borrow_timeout=connection_borrow_timeout_seconds,
                    max_connections_percent=maximum_connections_percent,
                    max_idle_connections_percent=idle_percent,
                    init_query=init_query,
                ),
                lifecycle=_runs_no_query(proxy_name) if init_query is None else None,
            ),
            "aurora",
        )
        self.target = self._addressed(
            DbProxyTarget(
                self,
                "target",
                db_proxy_name=self.proxy.id,
                target_group_name=self.target_group.name,
                db_cluster_identifier=cluster_identifier,
                depends_on=list(depends_on) or None,
            ),
            "aurora",
        )
        self.read_only_endpoint = (
            None if read_only_endpoint_name is None else self._build_read_only(read_only_endpoint_name)
        )
        # A local value, because the function's quotes would end the string of a policy that names the id.
        self._resource_id = self._addressed(
            TerraformLocal(self, "resource-id", Fn.element(Fn.split(":", self.proxy.arn), _ID_IN_ARN)),
            "proxy_resource_id",
        )

    def _build_read_only(self, name: str) -> DbProxyEndpoint:
        return self._addressed(
            DbProxyEndpoint(
                self,
                "read-only",
                db_proxy_name=self.proxy.id,
                db_proxy_endpoint_name=name,
                target_role="READ_ONLY",
                vpc_subnet_ids=self.proxy.vpc_subnet_ids_input,
                vpc_security_group_ids=[self.security_group.id],
                tags=self._tags,
                depends_on=[self.target],
            ),
            "read_only",
        )

    def _build_role(
        self, name: str, policy_name: str, boundary_arn: str | None, statements: Sequence[Statement]
    ) -> None:
        # Without the condition on aws:SourceAccount that other roles of RDS have, which would lock the proxy out: "RDS
        # Proxy doesn't support any global condition context keys" (Amazon Aurora User Guide, "Quotas and limitations
        # for RDS Proxy"). A proxy of another account cannot have the role, for iam:PassRole holds within an account.
        self.role = self._addressed(
            IamRole(
                self,
                "role",
                name=name,
                assume_role_policy=trust_policy(PROXY_SERVICE),
                permissions_boundary=boundary_arn,
                tags=self._tags,
            ),
            "database_proxy",
        )
        self.role_policy = self._addressed(
            IamRolePolicy(
                self,
                "role-policy",
                name=policy_name,
                role=self.role.id,
                policy=policy(*statements),
            ),
            "database_proxy",
        )

    def _build_security_group(self, name: str, proxy_name: str, vpc_id: str, sources: Sequence[Source]) -> None:
        self.security_group = self._addressed(
            SecurityGroup(
                self,
                "security-group",
                name=name,
                description=f"Security group for the RDS Proxy {proxy_name}",
                vpc_id=vpc_id,
                tags=self._tags,
                lifecycle=security_group_lifecycle(),
            ),
            "database_proxy",
        )
        self.ingress_rules = IngressRules(
            self,
            "ingress",
            security_group_id=self.security_group.id,
            service="Proxy",
            port=POSTGRESQL_PORT,
            sources=sources,
            tags=self._tags,
        )

    def _subnet_ids(self, vpc_id: str, subnet_ids: Sequence[str]) -> list[str]:
        """Return the subnets in zones that have proxies."""
        zones = self._addressed(
            DataAwsAvailabilityZones(self, "zones", exclude_zone_ids=list(zones_without("rds_proxy"))), "database_proxy"
        )
        subnets = self._addressed(
            DataAwsSubnets(
                self,
                "subnets",
                filter=[
                    DataAwsSubnetsFilter(name="vpc-id", values=[vpc_id]),
                    DataAwsSubnetsFilter(name="subnet-id", values=list(subnet_ids)),
                    DataAwsSubnetsFilter(name="availability-zone", values=zones.names),
                ],
            ),
            "database_proxy",
        )
        ids: list[str] = subnets.ids
        return ids

    @property
    def endpoint(self) -> str:
        """DNS name of the proxy, for clients instead of the cluster's endpoint."""
        return self.proxy.endpoint

    @property
    def resource_id(self) -> str:
        """Id of the proxy, `prx-…`, for `aurora_serverless.rules.database_policy.database_user_arn`."""
        return Token.as_string(self._resource_id.expression)


def _check_secrets(secret_arns: Sequence[str], secret_key_arns: Sequence[str], region: str) -> None:
    check_secret_count(len(secret_arns) - 1)
    for arn in secret_arns:
        check_unless_token(check_secret_arn, arn)
        check_proxy_secret_region(arn, region)
    for arn in secret_key_arns:
        check_unless_token(check_secret_key_arn, arn, region=region)
    check_policy_size(
        policy(*read_secrets(secret_arns, secret_key_arns, region)),
        argument="secret_arns",
        value=f"{len(secret_arns)} secrets",
        remedy="name fewer, or split them between two proxies",
    )


def _runs_no_query(proxy_name: str) -> TerraformResourceLifecycle:
    # The provider does not send an empty query (`expandDBProxyConnectionPoolConfig`), and would plan it for ever.
    running = "self.connection_pool_config[0].init_query"
    return TerraformResourceLifecycle(
        ignore_changes=["connection_pool_config[0].init_query"],
        postcondition=[
            Postcondition(
                condition=f'${{coalesce({running}, "-") == "-"}}',
                error_message=f"The proxy {proxy_name} runs ${{jsonencode({running})}} on each connection, which "
                "Terraform's provider cannot take out: ask for a query that does nothing (init_query = "
                '"SELECT 1" in [proxy]), or give the proxy another name, which makes a new one.',
            )
        ],
    )


def _authentication(secret_arn: str, iam_authentication: IamAuthentication) -> DbProxyAuth:
    passwords = iam_authentication == "DISABLED"
    return DbProxyAuth(
        auth_scheme=AUTHENTICATION_SCHEME,
        iam_auth=iam_authentication,
        client_password_auth_type=CLIENT_PASSWORD_AUTHENTICATION if passwords else None,
        secret_arn=secret_arn,
    )
