"""Events of a cluster and of its instances, sent to an SNS topic: failovers, failures, maintenance and others."""

from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.db_event_subscription import DbEventSubscription
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.events import (
    check_cluster_category,
    check_event_topic,
    check_instance_category,
    cluster_subscription_name,
    instance_subscription_name,
)
from aurora_serverless.rules.names import check_identifier
from aurora_serverless.rules.tokens import check_unless_token


class EventSubscriptions(AddressedConstruct):
    """Subscriptions to the events of one cluster, and of the instances that are named.

    Attributes: `cluster`, `instances` (the resources; None without a category).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_identifier: str,
        instance_identifiers: Sequence[str],
        topic_arn: str,
        cluster_categories: Sequence[str] = (),
        instance_categories: Sequence[str] = (),
        depends_on: Sequence[ITerraformDependable] = (),
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the subscriptions.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster_identifier: Identifier of the cluster, which must be there before: read it from the cluster.
            instance_identifiers: Identifiers of its instances, likewise.
            topic_arn: ARN of the SNS topic, whose policy, and that of its key, must let RDS publish to it
                (`DatabaseAlarms` and `EncryptionKey` with `database_events`): RDS refuses a subscription otherwise.
            cluster_categories: Categories of the cluster's events that are sent, none by default.
            instance_categories: Categories of the instances' events that are sent, none by default.
            depends_on: What must be there before: the topic's policy.
            tags: Tags of the subscriptions; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: RDS has no such category, or sends no events to such a topic.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_identifier, cluster_identifier, argument="cluster_identifier")
        for category in cluster_categories:
            check_cluster_category(category)
        for category in instance_categories:
            check_instance_category(category)
        check_event_topic(topic_arn)
        self._topic_arn, self._depends_on = topic_arn, list(depends_on) or None
        self.cluster = self._subscribed(
            "cluster",
            cluster_subscription_name(cluster_identifier),
            [cluster_identifier],
            cluster_categories,
        )
        self.instances = self._subscribed(
            "instances",
            instance_subscription_name(cluster_identifier),
            instance_identifiers,
            instance_categories,
        )

    def _subscribed(
        self, id_: str, name: str, sources: Sequence[str], categories: Sequence[str]
    ) -> DbEventSubscription | None:
        if not categories:
            return None
        return self._addressed(
            DbEventSubscription(
                self,
                id_,
                name=name,
                sns_topic=self._topic_arn,
                source_type=f"db-{id_.removesuffix('s')}",
                source_ids=list(sources),
                event_categories=list(categories),
                tags=self._tags,
                depends_on=self._depends_on,
            ),
            id_,
        )
