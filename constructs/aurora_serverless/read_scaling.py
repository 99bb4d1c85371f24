"""Application Auto Scaling of a cluster's readers: how many, and what they are measured by."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf import ITerraformDependable, Token
from cdktf_cdktf_provider_aws.appautoscaling_policy import (
    AppautoscalingPolicy,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecification,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationDimensions,
    AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification,
)
from cdktf_cdktf_provider_aws.appautoscaling_target import AppautoscalingTarget
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.names import check_identifier
from aurora_serverless.rules.read_scaling import (
    DEFAULT_COOLDOWN_SECONDS,
    DEFAULT_METRIC,
    DEFAULT_TARGET_PERCENT,
    ReadScalingMetric,
    check_cooldown,
    check_metric,
    check_scaled_readers,
    scaling_policy_name,
)

SERVICE_NAMESPACE: Final = "rds"
SCALABLE_DIMENSION: Final = "rds:cluster:ReadReplicaCount"
# Source: Application Auto Scaling API, PredefinedMetricSpecification.
PREDEFINED_METRICS: Final = {
    "cpu": "RDSReaderAverageCPUUtilization",
    "connections": "RDSReaderAverageDatabaseConnections",
}
# Source: Amazon Aurora User Guide, "Instance-level metrics for Amazon Aurora". No predefined metric knows a capacity.
CAPACITY_METRIC: Final = "ACUUtilization"


class ReadScaling(AddressedConstruct):
    """Between two numbers of readers, as many as keep a metric of theirs near a target.

    AWS does not support this for serverless instances, though its API takes it, and advises readers that are made
    beforehand and stay at a low capacity until they are needed: it is faster, and interrupts nothing. Source: Amazon
    Aurora User Guide, "Requirements and limitations for Aurora serverless".

    The metrics are averages over the cluster's readers. With no reader there is nothing to measure: from 0, the
    number grows only once somebody makes a first one. The readers that it adds are not Terraform's: scale to the
    minimum, and delete what is left, before the cluster is destroyed.

    Attributes: `target`, `policy` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_identifier: str,
        minimum_readers: int,
        maximum_readers: int,
        metric: ReadScalingMetric = DEFAULT_METRIC,
        target_value: float | None = None,
        scale_in_cooldown_seconds: int = DEFAULT_COOLDOWN_SECONDS,
        scale_out_cooldown_seconds: int = DEFAULT_COOLDOWN_SECONDS,
        depends_on: Sequence[ITerraformDependable] = (),
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the scalable target and its policy.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster_identifier: Identifier of the cluster, or a token.
            minimum_readers: Fewest readers, 0 to 15, those that Terraform made included.
            maximum_readers: Most readers, 1 to 15, those that Terraform made included.
            metric: What is kept near the target: `capacity` (percent of the largest capacity, by ACU), `connections`
                (a number for each reader) or `cpu`, which AWS calls not meaningful here; by default `capacity`.
            target_value: The target in the unit of the metric; by default 70 percent. Connections have no default:
                how many a reader takes depends on its largest capacity.
            scale_in_cooldown_seconds: Seconds between two removals of a reader; by default 300.
            scale_out_cooldown_seconds: Seconds between two additions of a reader; by default 300.
            depends_on: What must exist first. AWS registers a cluster only once it has an instance: name them here.
            tags: Tags of the scalable target; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a value, or the target is missing.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        if not Token.is_unresolved(cluster_identifier):
            check_identifier(cluster_identifier, argument="cluster_identifier")
        check_scaled_readers(minimum_readers, maximum_readers)
        check_metric(metric, target_value)
        check_cooldown(scale_in_cooldown_seconds, argument="scale_in_cooldown_seconds")
        check_cooldown(scale_out_cooldown_seconds, argument="scale_out_cooldown_seconds")
        self.target = self._addressed(
            AppautoscalingTarget(
                self,
                "target",
                service_namespace=SERVICE_NAMESPACE,
                scalable_dimension=SCALABLE_DIMENSION,
                resource_id=f"cluster:{cluster_identifier}",
                min_capacity=minimum_readers,
                max_capacity=maximum_readers,
                depends_on=list(depends_on) or None,
                tags=self._tags,
            ),
            "readers",
        )
        self.policy = self._addressed(
            AppautoscalingPolicy(
                self,
                "policy",
                name=scaling_policy_name(cluster_identifier, metric),
                policy_type="TargetTrackingScaling",
                service_namespace=self.target.service_namespace,
                scalable_dimension=self.target.scalable_dimension,
                resource_id=self.target.resource_id,
                target_tracking_scaling_policy_configuration=_tracking(
                    cluster_identifier,
                    metric,
                    DEFAULT_TARGET_PERCENT if target_value is None else target_value,
                    scale_in_cooldown_seconds,
                    scale_out_cooldown_seconds,
                ),
            ),
            "readers",
        )


def _tracking(
    cluster_identifier: str,
    metric: ReadScalingMetric,
    target_value: float,
    scale_in_seconds: int,
    scale_out_seconds: int,
) -> AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration:
    predefined, customized = None, None
    if metric == "capacity":
        customized = _readers_capacity(cluster_identifier)
    else:
        predefined = AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification(
            predefined_metric_type=PREDEFINED_METRICS[metric]
        )
    return AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration(
        target_value=target_value,
        scale_in_cooldown=scale_in_seconds,
        scale_out_cooldown=scale_out_seconds,
        predefined_metric_specification=predefined,
        customized_metric_specification=customized,
    )


def _readers_capacity(
    cluster_identifier: str,
) -> AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecification:
    dimensions = {"DBClusterIdentifier": cluster_identifier, "Role": "READER"}
    return AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecification(
        namespace="AWS/RDS",
        metric_name=CAPACITY_METRIC,
        statistic="Average",
        dimensions=[
            AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationDimensions(
                name=name, value=value
            )
            for name, value in dimensions.items()
        ],
    )
