"""What the alarms on an Aurora Serverless v2 cluster watch, and why; and what their thresholds and topic may be.

Every metric is in the namespace `AWS/RDS`. There is none called `AWS/RDS-Data`: calls of the Data API are CloudTrail
data events, and what they do to the database shows in the metrics here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.arns import TOPIC, check_arn
from aurora_serverless.rules.encryption import check_key_arn
from aurora_serverless.rules.violation import check_pattern, check_range, refuse

Comparison = Literal[
    "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"
]
Statistic = Literal["Average", "Maximum", "Minimum", "SampleCount", "Sum"]

METRICS: Final = "AWS/RDS"
ALARM_SERVICE: Final = "cloudwatch.amazonaws.com"

# Source: Amazon Aurora User Guide, "Performance and scaling for Aurora Serverless v2", maximum connections. The table
# says 189, 823, 1,669, 3,360 and 5,000 for a maximum of 1, 4, 8, 16 and 32 ACU and more: the whole part of the line
# 211.4 x ACU - 22, up to the limit. In tenths, so that Python and Terraform count alike.
CONNECTION_TENTHS_PER_ACU: Final = limit("max_connections_tenths_per_acu")
CONNECTION_TENTHS_RESERVED: Final = limit("max_connections_tenths_reserved")
MOST_CONNECTIONS: Final = limit("max_connections_default_cap")
MOST_CONNECTIONS_BELOW_1_ACU: Final = limit("max_connections_cap_min_0_or_0_5")
"""The limit while the minimum capacity is 0 or 0.5 ACU."""
# Source: the same guide, "Maximum connections to an Aurora PostgreSQL DB instance": the range of `max_connections`.
FEWEST_PARAMETER_CONNECTIONS: Final = limit("max_connections_parameter_lowest")
MOST_PARAMETER_CONNECTIONS: Final = limit("max_connections_parameter_highest")

BYTES_PER_ACU: Final = limit("bytes_per_acu")

# Source: the same guide, MaximumUsedTransactionIDs: there the database goes into read-only mode (2^31 - 1,000,000).
TRANSACTION_ID_LIMIT: Final = limit("transaction_id_limit")

OUT_OF_REACH_PERCENT: Final = 101
"""The threshold of the ACU utilization where even the minimum capacity is above what was asked for."""

LONGEST_REPLICA_LAG_MILLISECONDS: Final = 3_600_000
MOST_DEADLOCKS_PER_SECOND: Final = 1000

# Source: Amazon SNS API, CreateTopic.
_LONGEST_TOPIC_NAME: Final = limit("sns_topic_name_longest")
_TOPIC_NAME: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{_LONGEST_TOPIC_NAME}}}")
_EMAIL_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class AlarmRule:
    """What an alarm watches and how long; its threshold is an argument of `DatabaseAlarms`.

    `name` ends the alarm's name and is its fixed address. The alarm rings when `breaching` of the last `periods`
    are beyond the threshold.
    """

    name: str
    metric: str
    statistic: Statistic
    comparison: Comparison
    period_seconds: int
    periods: int
    breaching: int
    description: str


AT_LEAST: Final = "GreaterThanOrEqualToThreshold"
ABOVE: Final = "GreaterThanThreshold"
BELOW: Final = "LessThanThreshold"

# The statistic is over all instances of the cluster: the maximum is the busiest one, whether it writes or reads and
# whatever a failover makes of it, so no alarm is needed for each role or instance.
#
# Left out, because nothing derives a threshold for them: FreeLocalStorage and TempStorageIOPS (AWS documents no size
# for a capacity), DBLoad (it is measured in vCPUs, which an ACU does not have; Database Insights shows it), latencies
# and IOPS (what is slow depends on the application), VolumeBytesUsed (a question of cost: AWS Budgets).
# ServerlessDatabaseCapacity is ACUUtilization in another unit.

# The one number that says "raise the maximum": capacity as a share of it. A scale-up takes seconds, so a quarter of
# an hour near the maximum is not a peak on the way up.
ACU_UTILIZATION: Final = AlarmRule(
    "acu-utilization",
    "ACUUtilization",
    "Maximum",
    AT_LEAST,
    period_seconds=60,
    periods=15,
    breaching=15,
    description="An instance has been near the maximum capacity for 15 minutes and can hardly grow. Look for the "
    "queries that need it (Database Insights), then raise max_capacity or add a reader.",
)
# Relative to the maximum capacity too; apart from ACU utilization, because memory alone can hold the capacity up.
CPU: Final = AlarmRule(
    "cpu",
    "CPUUtilization",
    "Maximum",
    AT_LEAST,
    period_seconds=60,
    periods=15,
    breaching=15,
    description="An instance has used nearly all processor time of the maximum capacity for 15 minutes. Look for "
    "expensive queries and missing indexes, then raise max_capacity or add a reader.",
)
# A full instance refuses every further connection at once; 5 minutes leave out a wave of Lambda functions starting.
CONNECTIONS: Final = AlarmRule(
    "connections",
    "DatabaseConnections",
    "Maximum",
    AT_LEAST,
    period_seconds=60,
    periods=5,
    breaching=5,
    description="An instance is near max_connections and will refuse connections. Look for clients that do not close "
    "theirs (pg_stat_activity), use the Data API or a pool, or raise max_capacity and restart the instances: "
    "max_connections follows only then.",
)
# What would be free at the maximum capacity, so that it falls only when there is nothing more to grow into.
FREE_MEMORY: Final = AlarmRule(
    "free-memory",
    "FreeableMemory",
    "Minimum",
    BELOW,
    period_seconds=60,
    periods=15,
    breaching=15,
    description="An instance would have hardly any memory left even at the maximum capacity: out-of-memory restarts "
    "are near. Look for many connections and large sorts (work_mem), then raise max_capacity.",
)
# Readers share the writer's storage and usually lag by less than 100 ms; one that does not catch up shows old data.
REPLICA_LAG: Final = AlarmRule(
    "replica-lag",
    "AuroraReplicaLagMaximum",
    "Maximum",
    AT_LEAST,
    period_seconds=60,
    periods=5,
    breaching=5,
    description="A reader has been behind the writer for 5 minutes and answers with old data. Look for a burst of "
    "writes or long queries on the reader; give readers promotion tier 0 or 1, so that they scale with the writer.",
)
# Autovacuum starts at 200 million; at half of the limit something keeps it from its work, and there are days left.
TRANSACTION_IDS: Final = AlarmRule(
    "transaction-ids",
    "MaximumUsedTransactionIDs",
    "Maximum",
    AT_LEAST,
    period_seconds=300,
    periods=1,
    breaching=1,
    description="Vacuum does not keep up, and the database goes read-only at 2.1 billion transaction ids. Look for "
    "long transactions, prepared transactions and unused replication slots, end them, and vacuum the oldest tables.",
)
# A rate per second, so that 0 is none. One deadlock costs one transaction, which a client may try again; half an hour
# with several is a defect in the order in which transactions lock.
DEADLOCKS: Final = AlarmRule(
    "deadlocks",
    "Deadlocks",
    "Maximum",
    ABOVE,
    period_seconds=300,
    periods=6,
    breaching=3,
    description="Transactions have kept deadlocking for half an hour, and PostgreSQL aborts one of each pair. Read "
    "the statements in the PostgreSQL log, let transactions lock rows in one order, and keep them short.",
)


def rules_for(*, has_readers: bool) -> tuple[AlarmRule, ...]:
    """Return the alarms of a cluster: without readers there is no replica lag."""
    rules = (ACU_UTILIZATION, CPU, CONNECTIONS, FREE_MEMORY, TRANSACTION_IDS, DEADLOCKS)
    return (*rules, REPLICA_LAG) if has_readers else rules


def alarm_name(cluster_identifier: str, rule: AlarmRule) -> str:
    """Return the name of a cluster's alarm."""
    return f"{cluster_identifier}-{rule.name}"


def alarm_topic_name(cluster_identifier: str) -> str:
    """Return the name of the topic of a cluster's alarms, where nobody gives another."""
    return f"{cluster_identifier}-alarms"


def connections_of_capacity(minimum_acu: float, maximum_acu: float) -> int:
    """Return the `max_connections` that Aurora gives an instance of this capacity when it starts."""
    most = MOST_CONNECTIONS_BELOW_1_ACU if minimum_acu < 1 else MOST_CONNECTIONS
    return int(min(most, (maximum_acu * CONNECTION_TENTHS_PER_ACU - CONNECTION_TENTHS_RESERVED) // 10))


def check_alarm_percent(percent: float, *, argument: str) -> None:
    """Raise `RuleViolation` unless `percent` is a share that can be reached."""
    check_range(argument, percent, 1, 100, "percent")


def check_maximum_connections(connections: int, *, argument: str = "maximum_connections") -> None:
    """Raise `RuleViolation` unless a parameter group can set `max_connections` to this."""
    check_range(argument, connections, FEWEST_PARAMETER_CONNECTIONS, MOST_PARAMETER_CONNECTIONS, "connections")


def check_replica_lag(milliseconds: float, *, argument: str = "replica_lag_milliseconds") -> None:
    """Raise `RuleViolation` unless `milliseconds` is a lag that somebody would wait for."""
    check_range(argument, milliseconds, 1, LONGEST_REPLICA_LAG_MILLISECONDS, "milliseconds")


def check_transaction_ids(transaction_ids: float, *, argument: str = "transaction_ids") -> None:
    """Raise `RuleViolation` unless the database still takes writes at this age."""
    check_range(argument, transaction_ids, 1, TRANSACTION_ID_LIMIT, "transaction ids")


def check_deadlocks(deadlocks_per_second: float, *, argument: str = "deadlocks_per_second") -> None:
    """Raise `RuleViolation` unless it is a rate; 0 means that every deadlock counts."""
    check_range(argument, deadlocks_per_second, 0, MOST_DEADLOCKS_PER_SECOND, "deadlocks a second")


def check_topic_name(value: str, *, argument: str = "topic_name") -> None:
    """Raise `RuleViolation` unless `value` may name a standard SNS topic."""
    check_pattern(
        argument,
        value,
        _TOPIC_NAME,
        "a topic's name is 1 to 256 letters, digits, hyphens and underscores",
        'write, for example, "alex-aurora-alarms"',
    )


def check_topic_arn(value: str, *, argument: str = "topic_arn") -> None:
    """Raise `RuleViolation` unless `value` is the ARN of an SNS topic."""
    check_arn(value, TOPIC, argument=argument)


def check_email_address(value: str, *, argument: str = "email_addresses") -> None:
    """Raise `RuleViolation` unless SNS could send mail to `value`."""
    check_pattern(
        argument,
        value,
        _EMAIL_ADDRESS,
        "must be an email address",
        'write, for example, "database-team@example.com"',
    )


def check_topic_key(kms_key_arn: str, *, argument: str = "kms_key_arn") -> None:
    """Raise `RuleViolation` for a key that CloudWatch cannot use.

    Source: AWS re:Post knowledge center, "How do I configure a CloudWatch alarm with an encrypted SNS topic".
    """
    if "alias/aws/" in kms_key_arn:
        refuse(
            argument,
            kms_key_arn,
            "CloudWatch cannot publish to a topic encrypted with an AWS managed key, whose policy cannot be changed",
            "name a customer key, or leave it out",
        )
    check_key_arn(kms_key_arn, argument=argument)


def check_topic_made_or_given(topic_arn: str | None, made_here: Mapping[str, object]) -> None:
    """Raise `RuleViolation` where `topic_arn` names a topic and an argument of `made_here` is about making one."""
    for argument, value in made_here.items():
        if topic_arn is not None and value:
            refuse(
                argument,
                value,
                "is about a topic created here, but topic_arn names an existing one",
                "leave one of the two out",
            )
