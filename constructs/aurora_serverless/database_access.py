"""What a program does with a database, made here or there already: grants, metrics and connections."""

from functools import cached_property
from typing import Any, Final, TypeAlias

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.connections import Connections
from aurora_serverless.lambda_role import LambdaRole
from aurora_serverless.metrics import CLUSTER_DIMENSION, Metric
from aurora_serverless.rules.alarms import (
    ACU_UTILIZATION,
    CONNECTIONS,
    CPU,
    DEADLOCKS,
    FREE_MEMORY,
    REPLICA_LAG,
    TRANSACTION_IDS,
    AlarmRule,
    Statistic,
)
from aurora_serverless.rules.database_policy import (
    CONNECT_ACTIONS,
    DATA_API_ACTIONS,
    Statement,
    allow,
    database_user_arn,
    policy,
    read_secrets,
)
from aurora_serverless.rules.names import check_policy_name, check_role_name
from aurora_serverless.rules.tokens import check_unless_token, is_token
from aurora_serverless.rules.violation import refuse

Role: TypeAlias = "IamRole | LambdaRole | str"
"""A role to which something is granted: the resource, a `LambdaRole`, or the name of one that exists."""

_CAPACITY: Final = "ServerlessDatabaseCapacity"
_VOLUME: Final = "VolumeBytesUsed"


class DatabaseAccess(AddressedConstruct):
    """What is the same of every database, whoever made it.

    Attributes, of which those of a database that exists already may be None: `arn`, `cluster_identifier`, `resource_id`
    (`cluster-…`), `endpoint`, `reader_endpoint`, `port`, `region`, `account_id`, `partition`, `secret_arn`,
    `secret_key_arn` (of the secret's customer key, None without one) and `connections`.
    """

    arn: str
    cluster_identifier: str
    resource_id: str | None
    endpoint: str | None
    reader_endpoint: str | None
    port: float
    region: str
    account_id: str
    partition: str
    secret_arn: str | None
    secret_key_arn: str | None
    connections: Connections

    def grant_data_api(self, role: Role) -> IamRolePolicy:
        """Let a role call the Data API of the cluster with its secret, and return the inline policy.

        The secret is that of the roles' user where the options name one, else the master user's. Raises `RuleViolation`
        where no secret is known. Granted again it is the same policy, as with the other grants.
        """
        return self._grant(role, "data-api", allow(DATA_API_ACTIONS, self.arn), *self._reading_the_secret())

    def grant_read_secret(self, role: Role) -> IamRolePolicy:
        """Let a role read the secret with a user's name and password, and return the inline policy.

        The secret is that of the roles' user where the options name one, else the master user's. Raises `RuleViolation`
        where no secret is known.
        """
        return self._grant(role, "read-secret", *self._reading_the_secret())

    def grant_connect(self, role: Role, user: str) -> IamRolePolicy:
        """Let a role log in as a database user with IAM tokens, and return the inline policy.

        The cluster needs IAM authentication, and the user the role `rds_iam` in the database. Raises `RuleViolation`
        where the cluster's resource id is not known.
        """
        arn = database_user_arn(
            region=self.region,
            account_id=self.account_id,
            resource_id=self._known("resource_id"),
            user=user,
            partition=self.partition,
        )
        return self._grant(role, f"connect-{user}", allow(CONNECT_ACTIONS, arn))

    def _reading_the_secret(self) -> list[Statement]:
        keys = [] if self.secret_key_arn is None else [self.secret_key_arn]
        return read_secrets([self._granted_secret_arn()], keys, self.region, self.partition)

    def _granted_secret_arn(self) -> str:
        return self._known("secret_arn")

    def _known(self, name: str) -> str:
        value: str | None = getattr(self, name)
        if value is None:
            refuse(name, None, f"it was not said of the cluster {self.cluster_identifier}", f"say it: {name}=…")
        return value

    def _grant(self, role: Role, what: str, *statements: Statement) -> IamRolePolicy:
        name = f"{self.cluster_identifier}-{what}"
        check_unless_token(check_policy_name, name)
        granted: Any = role.role if isinstance(role, LambdaRole) else role
        if isinstance(granted, str):
            check_unless_token(check_role_name, granted, argument="role")
            whose = granted
        else:
            whose = "-".join(granted.node.path.split("/")[1:])
            # By the id, which is the name, but not known while the role is replaced.
            granted = granted.id
        if (what, whose) not in self._granted:
            known_later = [other for made, other in self._granted if made == what and is_token(other)]
            number = f"-{len(known_later) + 1}" if known_later else ""
            path = f"{what}-of-role{number}" if is_token(whose) else f"{what}-of-{whose}"
            made = IamRolePolicy(self, path, name=name, role=granted, policy=policy(*statements))
            self._granted[what, whose] = made
        return self._granted[what, whose]

    @cached_property
    def _granted(self) -> dict[tuple[str, str], IamRolePolicy]:
        """What is granted, by what it is and to whom: a path, or a name."""
        return {}

    def metric(self, name: str, *, statistic: Statistic = "Average", period_seconds: int = 60) -> Metric:
        """Return a metric of the cluster by CloudWatch's name, over all of its instances."""
        dimensions = {CLUSTER_DIMENSION: self.cluster_identifier}
        return Metric(self, name, dimensions, statistic, period_seconds, self._tags)

    def metric_acu_utilization(self) -> Metric:
        """Return the capacity of the busiest instance, in percent of the maximum."""
        return self._metric_of(ACU_UTILIZATION)

    def metric_serverless_capacity(self) -> Metric:
        """Return the capacity of an instance in ACU, on average."""
        return self.metric(_CAPACITY)

    def metric_connections(self) -> Metric:
        """Return the connections of the instance with the most."""
        return self._metric_of(CONNECTIONS)

    def metric_cpu_utilization(self) -> Metric:
        """Return the processor time of the busiest instance, in percent of that at the maximum capacity."""
        return self._metric_of(CPU)

    def metric_freeable_memory(self) -> Metric:
        """Return what would be free at the maximum capacity, of the instance with the least, in bytes."""
        return self._metric_of(FREE_MEMORY)

    def metric_deadlocks(self) -> Metric:
        """Return the deadlocks a second."""
        return self._metric_of(DEADLOCKS)

    def metric_replica_lag(self) -> Metric:
        """Return by how many milliseconds the slowest reader lags; nothing without readers."""
        return self._metric_of(REPLICA_LAG)

    def metric_transaction_ids(self) -> Metric:
        """Return the age of the oldest transaction id that vacuum has left."""
        return self._metric_of(TRANSACTION_IDS)

    def metric_volume_bytes_used(self) -> Metric:
        """Return the storage of the cluster in bytes, which is billed."""
        return self.metric(_VOLUME, period_seconds=300)

    def _metric_of(self, rule: AlarmRule) -> Metric:
        return self.metric(rule.metric, statistic=rule.statistic, period_seconds=rule.period_seconds)
