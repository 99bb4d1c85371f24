"""A CloudWatch dashboard of an Aurora Serverless v2 cluster: capacity, load, latency, I/O and storage on one page."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cdktf import Token
from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.alarms import METRICS
from aurora_serverless.rules.engine import EngineVersion
from aurora_serverless.rules.violation import check_pattern

# Source: Amazon CloudWatch User Guide, "Dashboard body structure and syntax": a grid of 24 columns.
COLUMNS: Final = limit("cloudwatch_dashboard_columns")
GRAPH_WIDTH: Final = 8
GRAPH_HEIGHT: Final = 6
ALARMS_HEIGHT: Final = 3
TEXT_HEIGHT: Final = 2

MINUTE: Final = 60
FIVE_MINUTES: Final = 300
"""How often Aurora reports what is of the cluster's volume."""

_LONGEST_NAME: Final = limit("cloudwatch_dashboard_name_longest")
_DASHBOARD_NAME: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{_LONGEST_NAME}}}")

Graph = dict[str, Any]


class DatabaseDashboard(AddressedConstruct):
    """A dashboard on which each alarm of `DatabaseAlarms` finds its metric, beside what explains it.

    Attributes: `dashboard` (the resource).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_identifier: str,
        region: str,
        dashboard_name: str | None = None,
        minimum_acu: float | None = None,
        maximum_acu: float | None = None,
        has_readers: bool = False,
        alarm_arns: Sequence[str] = (),
        engine_version: EngineVersion | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the dashboard.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster_identifier: Identifier of the cluster.
            region: Region of the cluster, or a token.
            dashboard_name: Name of the dashboard, by default the cluster's identifier; a new one means a new dashboard.
            minimum_acu: Smallest capacity in ACU, a number or a token, drawn as a line; none by default.
            maximum_acu: Largest capacity in ACU, a number or a token, drawn as a line; none by default.
            has_readers: Whether the cluster has, or may get, readers: they then have lines of their own.
            alarm_arns: ARNs of alarms whose state is shown on top; none by default.
            engine_version: Version of the engine, whose end of standard support stands at the bottom; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: CloudWatch would refuse the name.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        if dashboard_name is not None and not Token.is_unresolved(dashboard_name):
            check_pattern(
                "dashboard_name",
                dashboard_name,
                _DASHBOARD_NAME,
                f"a dashboard's name is 1 to {_LONGEST_NAME} letters, digits, hyphens and underscores",
                'write, for example, "alex-aurora"',
            )
        self._cluster_identifier = cluster_identifier
        self._has_readers = has_readers
        graphs = [
            self._capacity(minimum_acu, maximum_acu),
            *self._load(),
            self._latency(),
            *self._volume(),
            *self._health(),
        ]
        widgets = _widgets(graphs, region, alarm_arns)
        if engine_version is not None:
            widgets.append(_support(engine_version, top=max(widget["y"] + widget["height"] for widget in widgets)))
        self.dashboard = self._addressed(
            CloudwatchDashboard(
                self,
                "dashboard",
                dashboard_name=dashboard_name or cluster_identifier,
                dashboard_body=json.dumps({"widgets": widgets}),
            ),
            "aurora",
        )

    @property
    def arn(self) -> str:
        """ARN of the dashboard."""
        return self.dashboard.dashboard_arn

    def _capacity(self, minimum_acu: float | None, maximum_acu: float | None) -> Graph:
        limits = {"minimum": minimum_acu, "maximum": maximum_acu}
        return _graph(
            "Capacity (ACU)",
            self._of_cluster("ServerlessDatabaseCapacity", label="busiest instance", stat="Maximum"),
            self._of_cluster("ServerlessDatabaseCapacity", label="average of the instances", stat="Average"),
            lines={label: value for label, value in limits.items() if value is not None},
        )

    def _load(self) -> list[Graph]:
        return [
            _graph(
                "Capacity used (% of the maximum)",
                self._of_cluster("ACUUtilization", label="busiest instance", stat="Maximum"),
                highest=100,
            ),
            _graph("CPU (% of the maximum)", *self._of_instances("CPUUtilization", stat="Maximum"), highest=100),
            _graph("Connections", *self._of_instances("DatabaseConnections", stat="Maximum")),
            _graph(
                "Memory free at the maximum capacity (bytes)", *self._of_instances("FreeableMemory", stat="Minimum")
            ),
        ]

    def _latency(self) -> Graph:
        # Aurora reports reads and writes in seconds, commits in milliseconds.
        graph = _graph(
            "Latency",
            *self._of_instances("ReadLatency", label="read", stat="Average"),
            *self._of_writer("WriteLatency", label="write", stat="Average"),
            *self._of_writer("CommitLatency", label="commit", stat="Average", yAxis="right"),
        )
        graph["yAxis"] = {
            "left": {"min": 0, "label": "read, write (seconds)", "showUnits": False},
            "right": {"min": 0, "label": "commit (milliseconds)", "showUnits": False},
        }
        return graph

    def _volume(self) -> list[Graph]:
        return [
            _graph(
                "I/O operations in 5 minutes",
                self._of_cluster("VolumeReadIOPs", label="read", stat="Average"),
                self._of_cluster("VolumeWriteIOPs", label="write", stat="Average"),
                period=FIVE_MINUTES,
            ),
            _graph(
                "Storage (bytes)",
                self._of_cluster("VolumeBytesUsed", label="used", stat="Average"),
                period=FIVE_MINUTES,
            ),
        ]

    def _health(self) -> list[Graph]:
        graphs = [
            _graph("Deadlocks a second", self._of_cluster("Deadlocks", label="deadlocks", stat="Maximum")),
            _graph(
                "Age of the oldest transaction id",
                self._of_cluster("MaximumUsedTransactionIDs", label="transactions", stat="Maximum"),
            ),
        ]
        if self._has_readers:
            lag = self._of_cluster("AuroraReplicaLagMaximum", label="slowest reader", stat="Maximum")
            graphs.append(_graph("Replica lag (milliseconds)", lag))
        return graphs

    def _of_cluster(self, metric: str, **options: object) -> list[Any]:
        return [METRICS, metric, "DBClusterIdentifier", self._cluster_identifier, options]

    def _of_writer(self, metric: str, **options: object) -> list[list[Any]]:
        if not self._has_readers:
            return [self._of_cluster(metric, **options)]
        return [self._of_role("WRITER", metric, options)]

    def _of_instances(self, metric: str, *, label: str = "", **options: object) -> list[list[Any]]:
        """Return one line, or one for the writer and one for all readers."""
        if not self._has_readers:
            return [self._of_cluster(metric, label=label or metric, **options)]
        return [
            self._of_role(role.upper(), metric, {"label": f"{label} ({role})" if label else role, **options})
            for role in ("writer", "reader")
        ]

    def _of_role(self, role: str, metric: str, options: Mapping[str, object]) -> list[Any]:
        # Source: Amazon Aurora User Guide, "Amazon CloudWatch dimensions for Aurora".
        return [METRICS, metric, "DBClusterIdentifier", self._cluster_identifier, "Role", role, dict(options)]


def _support(version: EngineVersion, top: int) -> dict[str, Any]:
    """Return a text that says until when the version is supported: the same every day, so that no plan changes."""
    end = version.end_of_standard_support
    until = "the end of its standard support is not known" if end is None else f"standard support until {end}"
    text = f"**Aurora PostgreSQL {version}**: {until}"
    return {
        "type": "text",
        "x": 0,
        "y": top,
        "width": COLUMNS,
        "height": TEXT_HEIGHT,
        "properties": {"markdown": text},
    }


def _graph(
    title: str,
    *metrics: list[Any],
    period: int = MINUTE,
    highest: float | None = None,
    lines: Mapping[str, float] | None = None,
) -> Graph:
    left = {"min": 0} if highest is None else {"min": 0, "max": highest}
    graph: Graph = {
        "title": title,
        "view": "timeSeries",
        "period": period,
        "metrics": list(metrics),
        "yAxis": {"left": left},
    }
    if lines:
        graph["annotations"] = {"horizontal": [{"label": label, "value": value} for label, value in lines.items()]}
    return graph


def _widgets(graphs: Sequence[Graph], region: str, alarm_arns: Sequence[str]) -> list[dict[str, Any]]:
    widgets: list[dict[str, Any]] = []
    top = 0
    if alarm_arns:
        alarms = {"title": "Alarms", "alarms": list(alarm_arns)}
        widgets.append(
            {"type": "alarm", "x": 0, "y": 0, "width": COLUMNS, "height": ALARMS_HEIGHT, "properties": alarms}
        )
        top = ALARMS_HEIGHT
    for index, graph in enumerate(graphs):
        row, column = divmod(index, COLUMNS // GRAPH_WIDTH)
        widgets.append(
            {
                "type": "metric",
                "x": column * GRAPH_WIDTH,
                "y": top + row * GRAPH_HEIGHT,
                "width": GRAPH_WIDTH,
                "height": GRAPH_HEIGHT,
                "properties": {"region": region, **graph},
            }
        )
    return widgets
