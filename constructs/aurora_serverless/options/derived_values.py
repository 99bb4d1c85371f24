"""What follows from the options of a database: names that they do not give, and what is made."""

from collections.abc import Sequence
from typing import Literal

from aurora_serverless.options.instance import AS_THE_OTHERS, Instance
from aurora_serverless.options.keys import OptionKeys
from aurora_serverless.rules.engine import EngineVersion
from aurora_serverless.rules.insights import InsightsMode
from aurora_serverless.rules.instances import SERVERLESS_CLASS
from aurora_serverless.rules.names import EVERY_CLUSTERS_DATABASE
from aurora_serverless.rules.proxy import IamAuthentication
from aurora_serverless.rules.regions import partition_of
from aurora_serverless.rules.service_roles import Feature


class DerivedValues(OptionKeys):
    """The options, and what is made from them."""

    @property
    def account_ids(self) -> Sequence[str]:
        """Accounts in which the database may be, empty where any will do."""
        return ()

    @property
    def engine_version(self) -> EngineVersion:
        """The engine version, with what it can do."""
        return EngineVersion.parse(self.engine.version)

    @property
    def partition(self) -> str:
        """Partition of the deployment: that of its Region, and `aws` while the file names none."""
        return partition_of(self.region)

    @property
    def is_adopted(self) -> bool:
        """Whether the deployment was made by other hands, and keeps what they left to AWS."""
        return self.network.security_group_rules == "inline"

    @property
    def automatic_minor_upgrades(self) -> bool | None:
        """Whether AWS upgrades minor versions; None leaves an adopted deployment as it runs."""
        if self.engine.automatic_minor_upgrades is None and not self.engine_version.any_minor:
            return None if self.is_adopted else False
        return self.engine.automatic_minor_upgrades

    @property
    def applies_immediately(self) -> bool:
        """Whether changes are made at once; those of a deploy that may upgrade to another major version always are.

        The parameter groups of the older version go in the same deploy, and AWS refuses that while it runs.
        """
        return self.maintenance.apply_immediately or self.engine.allow_major_version_upgrade is not None

    @property
    def instances_follow_maintenance(self) -> bool:
        """Whether the instances have what [maintenance] says."""
        return not self.is_adopted if self.maintenance.instances is None else self.maintenance.instances

    @property
    def cluster_identifier(self) -> str:
        """Identifier of the cluster."""
        return self.names.cluster or f"{self.name_prefix}-aurora"

    @property
    def instance_identifiers(self) -> tuple[str, ...]:
        """Identifier of each instance, the first one first."""
        named = self.names.instances
        numbers = range(len(named), 1 + self.instances.readers)
        return (*named, *(f"{self.cluster_identifier}-{number}" for number in numbers))

    @property
    def instance_numbers(self) -> dict[str, int]:
        """Number of each instance, 0 of the first one, by that number as a text and by its identifier."""
        each = enumerate(self.instance_identifiers)
        return {name: number for number, identifier in each for name in (str(number), identifier)}

    @property
    def endpoint_identifiers(self) -> dict[str, str]:
        """Identifier of each custom endpoint, by its short name."""
        return {short_name: f"{self.cluster_identifier}-{short_name}" for short_name in self.instances.endpoints or {}}

    @property
    def each_instance(self) -> tuple[Instance, ...]:
        """What each instance has of its own, the first one first."""
        each = self.instances.each or {}
        return tuple(
            each.get(str(number), each.get(identifier, AS_THE_OTHERS))
            for number, identifier in enumerate(self.instance_identifiers)
        )

    @property
    def provisioned_instances(self) -> int:
        """How many instances are of a class with a size of its own."""
        return sum(one.instance_class not in {None, SERVERLESS_CLASS} for one in self.each_instance)

    @property
    def reader_promotion_tiers(self) -> tuple[int, ...]:
        """Tier in which each reader is promoted."""
        tier = 1 if self.instances.promotion_tier is None else self.instances.promotion_tier
        return tuple(self.instances.promotion_tiers) or (tier,) * self.instances.readers

    @property
    def global_cluster_identifier(self) -> str | None:
        """Identifier of the global database's cluster; None without one."""
        if self.global_database is None:
            return None
        return self.global_database.identifier or f"{self.name_prefix}-global"

    @property
    def is_secondary(self) -> bool:
        """Whether the cluster follows another one in another Region."""
        return self.global_database is not None and self.global_database.role == "secondary"

    @property
    def makes_credentials(self) -> bool:
        """Whether a password and its secret are made here: neither RDS, others nor a primary own them."""
        return self.credentials.mode in {"random", "write_only"} and not self.is_secondary

    @property
    def secret_name(self) -> str:
        """Name of the secret before its random suffix."""
        return self.names.secret or f"{self.name_prefix}-db-credentials"

    @property
    def subnet_group_name(self) -> str:
        """Name of the DB subnet group."""
        return self.network.subnet_group_name or self.names.subnet_group or f"{self.name_prefix}-aurora-subnet-group"

    @property
    def security_group_name(self) -> str:
        """Name of the security group."""
        return self.names.security_group or f"{self.name_prefix}-aurora-sg"

    @property
    def security_group_description(self) -> str:
        """Description of the security group."""
        return self.network.security_group_description or f"Security group for Aurora cluster {self.cluster_identifier}"

    @property
    def endpoint_security_group_name(self) -> str:
        """Name of the interface endpoints' security group."""
        return f"{self.security_group_name}-endpoints"

    @property
    def lambda_role_name(self) -> str:
        """Name of the Lambda role."""
        return self.names.lambda_role or f"{self.name_prefix}-lambda-aurora-role"

    @property
    def lambda_policy_name(self) -> str:
        """Name of the Lambda role's policy."""
        return self.names.lambda_policy or f"{self.name_prefix}-lambda-aurora-policy"

    @property
    def role_names(self) -> dict[str, str]:
        """Name of each role of access.roles, by its short name."""
        return {short_name: f"{self.name_prefix}-{short_name}-aurora-role" for short_name in self.access.roles}

    def role_policy_name(self, short_name: str) -> str:
        """Return the name of the policy of a role of access.roles."""
        return f"{self.name_prefix}-{short_name}-aurora-policy"

    @property
    def iam_login_to_cluster(self) -> bool:
        """Whether database users may log in to the cluster with IAM tokens."""
        return bool(self.access.iam_authentication)

    @property
    def iam_login_to_proxy(self) -> bool:
        """Whether there is a proxy, and clients log in to it with IAM tokens."""
        return self.proxy is not None and self.proxy_iam_authentication == "REQUIRED"

    def logs_in_with_iam(self, user: str) -> bool:
        """Whether a user of [users] logs in to the cluster with IAM tokens, and so has neither password nor secret.

        Not where there is a proxy: it logs in with the password, which rds_iam would take away.
        """
        return user in self.access.iam_users and self.iam_login_to_cluster and self.proxy is None

    @property
    def users_with_secrets(self) -> tuple[str, ...]:
        """Users of [users] who have a secret."""
        return tuple(name for name in self.users.names if not self.logs_in_with_iam(name))

    @property
    def role_iam_users(self) -> tuple[str, ...]:
        """Of access.iam_users those as whom the roles log in: where they are one user, that one."""
        user = self.access.lambda_role.user
        return tuple(one for one in self.access.iam_users if user in {None, one})

    @property
    def roles_read_a_secret(self) -> bool:
        """Whether the roles log in with a secret, and so may call the Data API, which takes one with each call."""
        user = self.access.lambda_role.user
        return user is None or not self.logs_in_with_iam(user)

    @property
    def user_passwords(self) -> Literal["random", "write_only"]:
        """How the passwords of users are made."""
        return self.users.mode or ("write_only" if self.credentials.mode in {"write_only", "existing"} else "random")

    def user_secret_name_prefix(self, user: str) -> str:
        """Return the beginning of the name of a user's secret."""
        return f"{self.name_prefix}-db-user-{user}-"

    @property
    def proxy_iam_authentication(self) -> IamAuthentication:
        """How clients of a proxy log in; as to the cluster, unless the file says otherwise."""
        if self.proxy is not None and self.proxy.iam_authentication is not None:
            return self.proxy.iam_authentication
        return "REQUIRED" if self.iam_login_to_cluster else "DISABLED"

    @property
    def proxy_name(self) -> str:
        """Name of the RDS Proxy."""
        return (self.proxy and self.proxy.name) or f"{self.name_prefix}-aurora-proxy"

    @property
    def proxy_read_only_endpoint_name(self) -> str:
        """Name of the endpoint of the RDS Proxy that leads to the readers."""
        return f"{self.proxy_name}-read-only"

    @property
    def proxy_role_name(self) -> str:
        """Name of the role with which the proxy reads its secrets."""
        return f"{self.name_prefix}-aurora-proxy-role"

    @property
    def proxy_policy_name(self) -> str:
        """Name of that role's policy."""
        return f"{self.name_prefix}-aurora-proxy-policy"

    @property
    def proxy_security_group_name(self) -> str:
        """Name of the proxy's security group."""
        return f"{self.name_prefix}-aurora-proxy-sg"

    @property
    def bastion_role_name(self) -> str:
        """Name of the bastion's role, and of its instance profile."""
        return f"{self.name_prefix}-aurora-bastion-role"

    @property
    def bastion_security_group_name(self) -> str:
        """Name of the bastion's security group."""
        return f"{self.name_prefix}-aurora-bastion-sg"

    @property
    def cluster_role_names(self) -> dict[Feature, str]:
        """Name of each role of the cluster that is made here."""
        return {
            feature: f"{self.name_prefix}-aurora-{feature.key.replace('_', '-')}-role"
            for feature, role in self.cluster_roles.by_feature.items()
            if role.role_arn is None
        }

    @property
    def knowledge_base_role_name(self) -> str:
        """Name of the role of a knowledge base of Bedrock."""
        return f"{self.name_prefix}-knowledge-base-role"

    @property
    def backups_name(self) -> str:
        """Name of AWS Backup's vault and plan, and of the selection in it."""
        return f"{self.name_prefix}-backups"

    @property
    def backup_role_name(self) -> str:
        """Name of the role with which AWS Backup works."""
        return f"{self.name_prefix}-aurora-backup-role"

    @property
    def aws_backup_owns_retention(self) -> bool:
        """Whether AWS Backup sets how long RDS keeps automated backups, and when it makes them."""
        return self.backup.aws_backup is not None and self.backup.aws_backup.continuous

    @property
    def monitoring_role_name(self) -> str:
        """Name of the role for enhanced monitoring."""
        return f"{self.name_prefix}-rds-monitoring-role"

    @property
    def makes_monitoring_role(self) -> bool:
        """Whether a role for enhanced monitoring is made here."""
        monitoring = self.monitoring
        return monitoring.enhanced_monitoring_seconds > 0 and monitoring.enhanced_monitoring_role_arn is None

    @property
    def has_readers(self) -> bool:
        """Whether there are readers, or may be."""
        return self.instances.readers > 0 or self.instances.read_scaling is not None

    @property
    def insights_mode(self) -> InsightsMode | None:
        """Mode of Database Insights; None where they are off."""
        return None if self.monitoring.insights == "off" else self.monitoring.insights

    @property
    def makes_alarm_topic(self) -> bool:
        """Whether the alarms go to a topic made here."""
        return self.monitoring.alarms and self.monitoring.alarm_topic_arn is None

    @property
    def database_name(self) -> str:
        """Name of the database that the outputs lead to: the first one, or one that was made by hand."""
        return self.initial_database_name or self.database.name or EVERY_CLUSTERS_DATABASE

    @property
    def initial_database_name(self) -> str | None:
        """Name of the database that AWS makes with the cluster; None where it makes none."""
        if not self.database.initial_database:
            return None
        return self.database.name or self._first_of_name_prefix

    @property
    def master_username(self) -> str:
        """Name of the master user."""
        return self.database.master_username or f"{self.initial_database_name or self._first_of_name_prefix}admin"

    @property
    def _first_of_name_prefix(self) -> str:
        return self.name_prefix.partition("-")[0]
