"""CloudWatch alarms on an Aurora Serverless v2 cluster, and the SNS topic to which they go.

What they watch, and why, is in `rules.alarms`.
"""

import math
from collections.abc import Mapping, Sequence

from cdktf import Fn, Op, TerraformIterator, Token
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.metrics import CLUSTER_DIMENSION, Metric
from aurora_serverless.rules.alarms import (
    ACU_UTILIZATION,
    ALARM_SERVICE,
    BYTES_PER_ACU,
    CONNECTION_TENTHS_PER_ACU,
    CONNECTION_TENTHS_RESERVED,
    CONNECTIONS,
    CPU,
    DEADLOCKS,
    FREE_MEMORY,
    MOST_CONNECTIONS,
    MOST_CONNECTIONS_BELOW_1_ACU,
    OUT_OF_REACH_PERCENT,
    REPLICA_LAG,
    TRANSACTION_IDS,
    AlarmRule,
    alarm_name,
    alarm_topic_name,
    check_alarm_percent,
    check_deadlocks,
    check_email_address,
    check_maximum_connections,
    check_replica_lag,
    check_topic_arn,
    check_topic_key,
    check_topic_made_or_given,
    check_topic_name,
    check_transaction_ids,
    connections_of_capacity,
    rules_for,
)
from aurora_serverless.rules.capacity import SMALLEST_MAXIMUM_ACU
from aurora_serverless.rules.database_policy import policy
from aurora_serverless.rules.engine import LARGEST_CAPACITY_ACU
from aurora_serverless.rules.events import EVENT_SERVICE
from aurora_serverless.rules.violation import check_range


class DatabaseAlarms(AddressedConstruct):
    """Alarms on capacity, processor, connections, memory, replica lag, transaction ids and deadlocks.

    While the cluster is paused most metrics are not sent and the others are 0; missing data is not a breach, so that an
    alarm rests then. A topic made here gets a message when an alarm rings and when it is over.

    Attributes: `alarms` (the resources by name, such as `free-memory`), `topic`, `topic_policy`, `subscriptions` (each
    `None` where it is not made here).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_identifier: str,
        minimum_acu: float,
        maximum_acu: float,
        has_readers: bool = False,
        topic_arn: str | None = None,
        topic_name: str | None = None,
        email_addresses: Sequence[str] = (),
        kms_key_arn: str | None = None,
        database_events: bool = False,
        acu_utilization_percent: float = 90,
        cpu_percent: float = 90,
        connections_percent: float = 80,
        maximum_connections: int | None = None,
        free_memory_percent: float = 10,
        replica_lag_milliseconds: float = 1000,
        transaction_ids: float = 1_000_000_000,
        deadlocks_per_second: float = 0,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the alarms, and the topic unless there is one.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster_identifier: Identifier of the cluster; the alarms' names begin with it.
            minimum_acu: Smallest capacity in ACU, a number or a token.
            maximum_acu: Largest capacity in ACU, a number or a token.
            has_readers: Whether the cluster has, or may get, readers; without them there is no replica lag.
            topic_arn: ARN of the SNS topic to which the alarms go; by default one is made here.
            topic_name: Name of the topic made here, by default `<cluster>-alarms`; a new one means a new topic.
            email_addresses: Addresses subscribed to the topic made here, none by default; SNS sends each a link to
                confirm.
            kms_key_arn: ARN of the customer key of the topic made here, whose policy must let CloudWatch alarms use it
                (`EncryptionKey` with `alarm_topic`); by default the topic is not encrypted, because CloudWatch cannot
                use AWS's key.
            database_events: Whether RDS may publish events to the topic made here too, for `EventSubscriptions`; off
                by default.
            acu_utilization_percent: Share of the maximum capacity, 1 to 100, at which it rings. Out of reach where
                the minimum is at or above that share already: it would never rest.
            cpu_percent: Share of the processor time at the maximum capacity, 1 to 100.
            connections_percent: Share of `max_connections`, 1 to 100.
            maximum_connections: `max_connections`, 6 to 262,143, where a parameter group sets it; by default what
                Aurora derives from the capacity.
            free_memory_percent: Share of the memory at the maximum capacity, 1 to 100, below which it rings.
            replica_lag_milliseconds: Milliseconds, 1 to 3,600,000, by which a reader may lag.
            transaction_ids: Age of the oldest transaction id, 1 to 2,146,483,648, at which it rings.
            deadlocks_per_second: Deadlocks a second, 0 to 1,000, above which it rings.
            tags: Tags of alarms and topic; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: A threshold can never be reached, AWS would refuse a value, or an argument about the topic
                made here meets `topic_arn`.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        _check_capacity(minimum_acu, maximum_acu)
        check_alarm_percent(acu_utilization_percent, argument="acu_utilization_percent")
        check_alarm_percent(cpu_percent, argument="cpu_percent")
        check_alarm_percent(connections_percent, argument="connections_percent")
        check_alarm_percent(free_memory_percent, argument="free_memory_percent")
        if maximum_connections is not None:
            check_maximum_connections(maximum_connections)
        check_replica_lag(replica_lag_milliseconds)
        check_transaction_ids(transaction_ids)
        check_deadlocks(deadlocks_per_second)
        _check_topic(topic_arn, topic_name, email_addresses, kms_key_arn)
        self._cluster_identifier, self._database_events = cluster_identifier, database_events
        self.topic: SnsTopic | None = None
        self.topic_policy: SnsTopicPolicy | None = None
        self.subscriptions: SnsTopicSubscription | None = None
        self._topic_arn = topic_arn or self._build_topic(
            topic_name or alarm_topic_name(cluster_identifier), kms_key_arn, email_addresses
        )
        connections = (
            default_max_connections(minimum_acu, maximum_acu) if maximum_connections is None else maximum_connections
        )
        thresholds: dict[AlarmRule, float] = {
            ACU_UTILIZATION: _acu_utilization(minimum_acu, maximum_acu, acu_utilization_percent),
            CPU: cpu_percent,
            CONNECTIONS: _share(connections, connections_percent),
            FREE_MEMORY: _share(_memory_bytes(maximum_acu), free_memory_percent),
            TRANSACTION_IDS: transaction_ids,
            DEADLOCKS: deadlocks_per_second,
            REPLICA_LAG: replica_lag_milliseconds,
        }
        self.alarms = {
            rule.name: self._build_alarm(rule, thresholds[rule]) for rule in rules_for(has_readers=has_readers)
        }

    @property
    def topic_arn(self) -> str:
        """ARN of the topic, made here or given."""
        return self._topic_arn

    @property
    def alarm_arns(self) -> list[str]:
        """ARNs of the alarms, for a dashboard."""
        return [alarm.arn for alarm in self.alarms.values()]

    def _build_topic(self, name: str, kms_key_arn: str | None, email_addresses: Sequence[str]) -> str:
        self.topic = self._addressed(
            SnsTopic(self, "topic", name=name, kms_master_key_id=kms_key_arn, tags=self._tags), "alarms"
        )
        self.topic_policy = self._addressed(
            SnsTopicPolicy(
                self,
                "topic-policy",
                arn=self.topic.arn,
                policy=policy(*self._publishers(self.topic.arn, self.topic.owner)),
            ),
            "alarms",
        )
        if email_addresses:
            # One address in the state for each mailbox, so that taking one out touches no other.
            mailboxes = TerraformIterator.from_list(list(email_addresses))
            self.subscriptions = self._addressed(
                SnsTopicSubscription(
                    self,
                    "subscriptions",
                    for_each=mailboxes,
                    topic_arn=self.topic.arn,
                    protocol="email",
                    endpoint=Token.as_string(mailboxes.value),
                ),
                "alarms",
            )
        arn: str = self.topic.arn
        return arn

    def _publishers(self, topic_arn: str, account_id: str) -> list[dict[str, object]]:
        """Return who publishes to the topic, in place of SNS's default policy: any principal of the account."""
        # Partition and Region are those of the topic anyway: an alarm reaches no other.
        alarms = f"arn:*:cloudwatch:*:{account_id}:alarm:{self._cluster_identifier}-*"
        of_account = {"StringEquals": {"aws:SourceAccount": account_id}}
        statements = [
            _publishes(
                "AlarmsOfTheCluster", ALARM_SERVICE, topic_arn, {**of_account, "ArnLike": {"aws:SourceArn": alarms}}
            )
        ]
        if self._database_events:
            # Not by the ARN of what has the event: the message with which RDS tries a new subscription is of none.
            statements.append(_publishes("EventsOfDatabases", EVENT_SERVICE, topic_arn, of_account))
        return statements

    def _build_alarm(self, rule: AlarmRule, threshold: float) -> CloudwatchMetricAlarm:
        dimensions = {CLUSTER_DIMENSION: self._cluster_identifier}
        metric = Metric(self, rule.metric, dimensions, rule.statistic, rule.period_seconds, self._tags)
        return self._addressed(
            metric.create_alarm(
                rule.name,
                alarm_name=alarm_name(self._cluster_identifier, rule),
                description=rule.description,
                threshold=threshold,
                comparison=rule.comparison,
                evaluation_periods=rule.periods,
                datapoints_to_alarm=rule.breaching,
                action_arns=[self._topic_arn],
            ),
            rule.name.replace("-", "_"),
        )


def default_max_connections(minimum_acu: float, maximum_acu: float) -> float:
    """Return the `max_connections` that Aurora gives an instance of this capacity, as a token where one of them is."""
    if not (Token.is_unresolved(minimum_acu) or Token.is_unresolved(maximum_acu)):
        return connections_of_capacity(minimum_acu, maximum_acu)
    most: float
    if Token.is_unresolved(minimum_acu):
        most = Token.as_number(Fn.conditional(Op.lt(minimum_acu, 1), MOST_CONNECTIONS_BELOW_1_ACU, MOST_CONNECTIONS))
    else:
        most = MOST_CONNECTIONS_BELOW_1_ACU if minimum_acu < 1 else MOST_CONNECTIONS
    by_memory: float
    if Token.is_unresolved(maximum_acu):
        tenths = Op.sub(Op.mul(maximum_acu, CONNECTION_TENTHS_PER_ACU), CONNECTION_TENTHS_RESERVED)
        by_memory = Token.as_number(Fn.floor(Token.as_number(Op.div(tenths, 10))))
    else:
        by_memory = (maximum_acu * CONNECTION_TENTHS_PER_ACU - CONNECTION_TENTHS_RESERVED) // 10
    return Token.as_number(Fn.min([most, by_memory]))


def _memory_bytes(acu: float) -> float:
    if Token.is_unresolved(acu):
        return Token.as_number(Op.mul(acu, BYTES_PER_ACU))
    return int(acu * BYTES_PER_ACU)


def _share(value: float, percent: float) -> float:
    if Token.is_unresolved(value):
        return Token.as_number(Fn.floor(Token.as_number(Op.div(Op.mul(value, percent), 100))))
    return math.floor(value * percent / 100)


def _acu_utilization(minimum_acu: float, maximum_acu: float, percent: float) -> float:
    if Token.is_unresolved(minimum_acu) or Token.is_unresolved(maximum_acu):
        if not Token.is_unresolved(minimum_acu) and minimum_acu == 0:
            return percent  # and CDKTF writes `undefined` for a 0 in an expression
        never_rests = Op.gte(Op.mul(minimum_acu, 100), Op.mul(maximum_acu, percent))
        return Token.as_number(Fn.conditional(never_rests, OUT_OF_REACH_PERCENT, percent))
    return OUT_OF_REACH_PERCENT if minimum_acu * 100 >= maximum_acu * percent else percent


def _publishes(sid: str, service: str, topic_arn: str, condition: Mapping[str, object]) -> dict[str, object]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": condition,
    }


def _check_capacity(minimum_acu: float, maximum_acu: float) -> None:
    if not Token.is_unresolved(maximum_acu):
        check_range("maximum_acu", maximum_acu, SMALLEST_MAXIMUM_ACU, LARGEST_CAPACITY_ACU, "ACU")
    if not Token.is_unresolved(minimum_acu):
        largest = LARGEST_CAPACITY_ACU if Token.is_unresolved(maximum_acu) else maximum_acu
        check_range("minimum_acu", minimum_acu, 0, largest, "ACU")


def _check_topic(
    topic_arn: str | None, topic_name: str | None, email_addresses: Sequence[str], kms_key_arn: str | None
) -> None:
    made_here = {"topic_name": topic_name, "email_addresses": email_addresses, "kms_key_arn": kms_key_arn}
    check_topic_made_or_given(topic_arn, made_here)
    if topic_arn is not None and not Token.is_unresolved(topic_arn):
        check_topic_arn(topic_arn)
    if topic_name is not None and not Token.is_unresolved(topic_name):
        check_topic_name(topic_name)
    if kms_key_arn is not None and not Token.is_unresolved(kms_key_arn):
        check_topic_key(kms_key_arn)
    for address in email_addresses:
        check_email_address(address)
