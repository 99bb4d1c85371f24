"""The kinds of names that stacks make: where AWS has one thing of a name, and how it compares names."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Scope(Enum):
    """Where AWS has one thing of a name, from wide to narrow: the rule, and what sets two environments apart."""

    WORLD = ("there is one of that name in all of AWS", "")
    ACCOUNT = ("an account has one of that name in all Regions", ", or other allowed_account_ids for each")
    REGION = (
        "an account has one of that name in a Region",
        ", or other allowed_account_ids or another region for each",
    )
    VPC = ("a VPC has one of that name", ", or another network.vpc_id for each")

    def __init__(self, rule: str, way_apart: str) -> None:
        self.rule = rule
        self.way_apart = way_apart


@dataclass(frozen=True)
class Comparison:
    """How AWS compares names: what it compares of one, and in which words it takes two for one that are not alike."""

    compared: Callable[[str], str]
    words: str = ""


EXACT: Final = Comparison(str)
IGNORES_CAPITALS: Final = Comparison(str.lower, ", whatever its capitals")


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of name: what has it, the argument of Terraform that takes it, its scope, and how AWS compares it.

    `rule` and `remedy` are told instead of those of the scope, where these do not say it. `refuses_another` is whether
    AWS refuses to make another of the name; where not, it takes it for the one that is there.
    """

    what: str
    argument: str
    scope: Scope
    comparison: Comparison = EXACT
    rule: str | None = None
    remedy: str | None = None
    refuses_another: bool = True


# Sources: Amazon RDS API, CreateDBCluster, CreateDBInstance, CreateDBSubnetGroup and CreateGlobalCluster: each name "is
# stored as a lowercase string"; Amazon Aurora User Guide, "Quotas and constraints", naming constraints: unique for each
# account and Region, and a global cluster for each account.
CLUSTER: Final = Kind("cluster", "aws_rds_cluster.cluster_identifier", Scope.REGION, IGNORES_CAPITALS)
# Source: Amazon RDS API, CreateDBClusterSnapshot: "This parameter is stored as a lowercase string".
FINAL_SNAPSHOT: Final = Kind(
    "snapshot of a cluster",
    "aws_rds_cluster.final_snapshot_identifier",
    Scope.REGION,
    IGNORES_CAPITALS,
    refuses_another=False,  # it is made by a deletion
)
INSTANCE: Final = Kind("instance", "aws_rds_cluster_instance.identifier", Scope.REGION, IGNORES_CAPITALS)
# Source: Amazon Aurora User Guide, "Considerations for custom endpoints": one of a name in an account and Region.
CUSTOM_ENDPOINT: Final = Kind(
    "custom endpoint", "aws_rds_cluster_endpoint.cluster_endpoint_identifier", Scope.REGION, IGNORES_CAPITALS
)
SUBNET_GROUP: Final = Kind("DB subnet group", "aws_db_subnet_group.name", Scope.REGION, IGNORES_CAPITALS)
GLOBAL_CLUSTER: Final = Kind(
    "global cluster", "aws_rds_global_cluster.global_cluster_identifier", Scope.ACCOUNT, IGNORES_CAPITALS
)
# Source: Amazon Aurora User Guide, "Configuration requirements of an Amazon Aurora global database": each of its
# clusters is in another Region.
MEMBER: Final = Kind(
    "cluster of the global database",
    "aws_rds_cluster.global_cluster_identifier",
    Scope.REGION,
    IGNORES_CAPITALS,
    rule="a global database has one cluster in a Region",
    remedy="write another region, or another identifier",
)
# Source: Amazon RDS API, CreateDBProxy.
PROXY: Final = Kind("RDS Proxy", "aws_db_proxy.name", Scope.REGION, IGNORES_CAPITALS)
# Source: Amazon RDS API, CreateDBProxyEndpoint.
PROXY_ENDPOINT: Final = Kind(
    "endpoint of an RDS Proxy", "aws_db_proxy_endpoint.db_proxy_endpoint_name", Scope.REGION, IGNORES_CAPITALS
)
# Source: Amazon EC2 API, CreateSecurityGroup: "Names are case-insensitive and must be unique within the VPC"; Amazon
# VPC User Guide, "Security groups": spaces at the end are cut off, and refused here before.
SECURITY_GROUP: Final = Kind("security group", "aws_security_group.name", Scope.VPC, IGNORES_CAPITALS)
# Source: AWS PrivateLink Guide, "Access an AWS service using an interface VPC endpoint", private DNS names: EC2 answers
# "there is already a conflicting DNS domain" to the second endpoint of a service.
ENDPOINT: Final = Kind(
    "interface endpoint of",
    "aws_vpc_endpoint.service_name",
    Scope.VPC,
    rule="an endpoint takes over the service's name in its whole VPC",
    remedy="leave it out, since both use the one that is there, or write another network.vpc_id for each",
)
# Source: IAM API, CreateRole: unique in the account, "names are not distinguished by case"; the path does not count.
ROLE: Final = Kind("IAM role", "aws_iam_role.name", Scope.ACCOUNT, IGNORES_CAPITALS)
# Source: IAM API, CreateInstanceProfile: unique in the account, as a role's name is.
INSTANCE_PROFILE: Final = Kind("instance profile", "aws_iam_instance_profile.name", Scope.ACCOUNT, IGNORES_CAPITALS)
# Source: IAM API, PutRolePolicy, which writes over a policy of the name that the role has already.
ROLE_POLICY: Final = Kind(
    "inline policy",
    "aws_iam_role_policy.name",
    Scope.ACCOUNT,
    rule="a role has one inline policy of a name",
    refuses_another=False,
)
# Source: AWS KMS API, CreateAlias.
KEY_ALIAS: Final = Kind("alias of a key", "aws_kms_alias.name", Scope.REGION)
# Source: Amazon CloudWatch Logs API, CreateLogGroup.
LOG_GROUP: Final = Kind("log group", "aws_cloudwatch_log_group.name", Scope.REGION)
# Source: Amazon CloudWatch API, PutMetricAlarm, which writes over an alarm of the name.
ALARM: Final = Kind("alarm", "aws_cloudwatch_metric_alarm.alarm_name", Scope.REGION, refuses_another=False)
# Source: Amazon SNS API, CreateTopic, which answers with the topic that has the name already.
TOPIC: Final = Kind("SNS topic", "aws_sns_topic.name", Scope.REGION, refuses_another=False)
# Source: Amazon RDS API, CreateEventSubscription, SubscriptionAlreadyExist; capitals may be told apart or not.
EVENT_SUBSCRIPTION: Final = Kind("event subscription", "aws_db_event_subscription.name", Scope.REGION, IGNORES_CAPITALS)
# Source: AWS Backup API, CreateBackupVault; names of plans and of their selections may be those of others too.
BACKUP_VAULT: Final = Kind("backup vault", "aws_backup_vault.name", Scope.REGION)
# Source: Amazon CloudWatch API, PutDashboard: "All dashboards in your account are global, not region-specific"; it
# writes over a dashboard of the name.
DASHBOARD: Final = Kind("dashboard", "aws_cloudwatch_dashboard.dashboard_name", Scope.ACCOUNT, refuses_another=False)
# Source: Application Auto Scaling API, PutScalingPolicy: the name is one of the scalable target, which is the cluster.
SCALING_POLICY: Final = Kind("scaling policy", "aws_appautoscaling_policy.name", Scope.REGION, refuses_another=False)
# Source: Terraform, backend s3: the object of the state; Amazon S3 User Guide: keys tell capitals apart, and a bucket's
# name is one of its kind in the partition.
STATE: Final = Kind(
    "state",
    "terraform.backend.s3.key",
    Scope.WORLD,
    rule="a deployment from the one would replace what the other made",
    remedy="write another key, or leave it out: it is then made from the environment's name",
)

KINDS: Final = (
    *(CUSTOM_ENDPOINT, PROXY_ENDPOINT),
    *(CLUSTER, FINAL_SNAPSHOT, INSTANCE, SUBNET_GROUP, GLOBAL_CLUSTER, MEMBER, PROXY, SECURITY_GROUP, ENDPOINT),
    *(
        ROLE,
        INSTANCE_PROFILE,
        ROLE_POLICY,
        KEY_ALIAS,
        LOG_GROUP,
        ALARM,
        TOPIC,
        EVENT_SUBSCRIPTION,
        BACKUP_VAULT,
        DASHBOARD,
        SCALING_POLICY,
        STATE,
    ),
)

RANDOM_NAMES: Final = frozenset(
    {
        "aws_db_parameter_group.name_prefix",
        "aws_rds_cluster.final_snapshot_identifier",
        "aws_rds_cluster_parameter_group.name_prefix",
        "aws_secretsmanager_secret.name",
        "aws_secretsmanager_secret.name_prefix",
    }
)
"""Arguments whose names end in characters that are drawn at random, or in the moment: no two are alike.

The name of a last snapshot that the file gives is not one of these, but a `FINAL_SNAPSHOT`.
"""
