"""The CloudWatch metric from which one learns, without waking a cluster, that it sleeps: ServerlessDatabaseCapacity.

It is 0 ACU while a cluster is paused. Awake it is the least that the cluster may have: there is no load to measure.
"""

import time
from collections.abc import Callable
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from aurora_serverless.facts.limits import fractional_limit
from local_aws.data_api.pausing import Activity
from local_aws.moto_lock import MOTO_LOCK

# Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
METRIC = "ServerlessDatabaseCapacity"
LEAST_AWAKE_ACU = fractional_limit("rds_min_running_acu")
PERIOD_SECONDS = 60.0


class CapacityMetric:
    """Reports a cluster's capacity once a minute, and at once when it changes. `clock` counts seconds."""

    def __init__(self, cluster: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._cluster = cluster
        self._clock = clock
        self._reported: tuple[float, float] | None = None

    def report(self, activity: Activity) -> None:
        """Write a data point for the cluster, and for its writer, if one is due."""
        with MOTO_LOCK:
            self._report(activity)

    def _report(self, activity: Activity) -> None:
        scaling = self._cluster.serverless_v2_scaling_configuration
        if not scaling:
            return
        least = max(float(scaling["min_capacity"]), LEAST_AWAKE_ACU)
        capacity = 0.0 if activity is Activity.PAUSED else least
        now = self._clock()
        if self._reported is not None and self._reported[0] == capacity and now < self._reported[1] + PERIOD_SECONDS:
            return
        self._reported = (capacity, now)
        dimensions = [{"Name": "DBClusterIdentifier", "Value": self._cluster.db_cluster_identifier}]
        if self._cluster.writer is not None:
            name = self._cluster.writer.db_instance_identifier
            dimensions.append({"Name": "DBInstanceIdentifier", "Value": name})
        cloudwatch_backends[self._cluster.account_id][self._cluster.region].put_metric_data(
            "AWS/RDS",
            [
                {"MetricName": METRIC, "Value": capacity, "Unit": "None", "Dimensions": [dimension]}
                for dimension in dimensions
            ],
        )
