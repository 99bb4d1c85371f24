"""`alexdb status`: what a cluster does, without waking it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from operations import terminal
from operations.activity_state import STALE_AFTER, Activity, ActivityState, activity_state
from operations.cloudwatch import CAPACITY, CONNECTIONS, MINUTE, Point, Series, read_series
from operations.cluster import Cluster, has_failed, read_cluster, way_out
from operations.events import Event, read_events
from operations.exit_status import ExitStatus
from operations.options import Json
from operations.target import Target
from operations.unknowns import Unknowns
from operations.where import Where

_HOURS: Final = 24.0
_STYLES: Final = {Activity.PAUSED: "blue", Activity.AWAKE: "green", Activity.UNKNOWN: "yellow"}


@dataclass(frozen=True)
class Status:
    """What was found out; what AWS did not tell is None, and in `unknown` with the reason."""

    target: Target
    cluster: Cluster
    state: ActivityState
    capacity: Point | None
    connections: Point | None
    maintenance: list[dict[str, Any]] | None
    events: list[Event] | None
    unknown: Mapping[str, str]


def run(
    where: Where,
    *,
    events: Annotated[int, typer.Option(min=0, metavar="NUMBER", help="How many of the newest events.")] = 5,
    json_output: Json = False,
) -> ExitStatus:
    """Show whether it is paused or awake, its capacity, connections, members, maintenance and events.

    Never wakes the cluster: it asks RDS and CloudWatch, and neither the database nor its logs. CloudWatch is a few
    minutes late.
    """
    target = where.find()
    with terminal.progress(f"asking RDS and CloudWatch about {target.name}"):
        status = _read(target)
    if json_output:
        terminal.say_json(_as_json(status, events))
    else:
        _say(status, events)
    return ExitStatus.FAILED if has_failed(status.cluster.status) else ExitStatus.DONE


def _read(target: Target) -> Status:
    rds, cloudwatch = target.session.client("rds"), target.session.client("cloudwatch")
    now, unknown = datetime.now(UTC), Unknowns(target.session)
    cluster = read_cluster(target, rds)
    series = unknown.ask(
        "capacity",
        lambda: read_series(
            cloudwatch, cluster.identifier, (CAPACITY, CONNECTIONS), hours=_HOURS, now=now, period_seconds=MINUTE
        ),
    )
    capacity, connections = series or [Series(CAPACITY, MINUTE, []), Series(CONNECTIONS, MINUTE, [])]
    events = unknown.ask("events", lambda: read_events(cluster, rds, hours=_HOURS * 14))
    state = activity_state(cluster, capacity, events or [], now)
    maintenance = unknown.ask("maintenance", lambda: _maintenance(rds, cluster))
    newest = _newest_point(capacity, now, unknown, "capacity")
    connected = None
    if state.activity is not Activity.PAUSED:
        connected = _newest_point(connections, now, unknown, "connections")
    return Status(target, cluster, state, newest, connected, maintenance, events, unknown.reasons)


def _newest_point(series: Series, now: datetime, unknown: Unknowns, part: str) -> Point | None:
    """Return the newest point, unless it is too old to say something of now."""
    if series.last is not None and now - series.last.moment <= STALE_AFTER:
        return series.last
    unknown.reasons.setdefault(
        part, f"CloudWatch has no point of the last {terminal.duration(STALE_AFTER.total_seconds())}"
    )
    return None


def _maintenance(rds: Any, cluster: Cluster) -> list[dict[str, Any]]:
    """Return what AWS wants to do to the cluster or its instances."""
    names = [("db-cluster-id", [cluster.identifier])]
    if cluster.instances:
        names.append(("db-instance-id", [instance.identifier for instance in cluster.instances]))
    found = []
    for name, values in names:
        pages = rds.get_paginator("describe_pending_maintenance_actions").paginate(
            Filters=[{"Name": name, "Values": values}]
        )
        for page in pages:
            for resource in page["PendingMaintenanceActions"]:
                who = resource["ResourceIdentifier"].rpartition(":")[2]
                found += [
                    {
                        "resource": who,
                        "action": action["Action"],
                        "description": action.get("Description", ""),
                        "on": action.get("CurrentApplyDate") or action.get("ForcedApplyDate"),
                    }
                    for action in resource["PendingMaintenanceActionDetails"]
                ]
    return found


def _as_json(status: Status, count: int) -> dict[str, Any]:
    cluster = status.cluster
    return {
        "target": status.target.name,
        "cluster": cluster.identifier,
        "status": cluster.status,
        "engine_version": cluster.engine_version,
        "activity": status.state.activity,
        "since": status.state.since,
        "since_is_exact": status.state.is_exact,
        "capacity_acu": status.capacity.value if status.capacity else None,
        "capacity_at": status.capacity.moment if status.capacity else None,
        "minimum_acu": cluster.minimum_acu,
        "maximum_acu": cluster.maximum_acu,
        "connections": status.connections.value if status.connections else None,
        "members": [
            {
                "identifier": instance.identifier,
                "role": "writer" if instance.is_writer else "reader",
                "status": instance.status,
                "zone": instance.zone,
                "class": instance.instance_class,
            }
            for instance in cluster.instances
        ],
        "pending_changes": dict(cluster.pending),
        "pending_maintenance": status.maintenance,
        "events": None if status.events is None else [_event(event) for event in _newest(status.events, count)],
        "unknown": dict(status.unknown),
    }


def _newest(events: list[Event], count: int) -> list[Event]:
    return events[-count:][::-1] if count else []


def _event(event: Event) -> dict[str, Any]:
    return {"at": event.moment, "source": event.source, "message": event.message}


def _say(status: Status, count: int) -> None:
    cluster, unknown = status.cluster, status.unknown
    terminal.say_facts(
        {
            "cluster": f"{cluster.identifier}, {cluster.status}, Aurora PostgreSQL {cluster.engine_version}",
            "activity": _activity(status.state),
            "capacity": _capacity(status),
            "connections": _connections(status),
            "changes": ", ".join(f"{name} = {value}" for name, value in cluster.pending.items()) or "none pending",
            "maintenance": _unknown(unknown["maintenance"]) if "maintenance" in unknown else _maintenances(status),
        }
    )
    if has_failed(cluster.status):
        terminal.say(Text(f"→ {way_out(cluster.status, cluster.identifier)}", style="bold red"))
    terminal.say()
    terminal.say_table(
        ("member", "role", "status", "zone", "class"),
        (
            (
                instance.identifier,
                "writer" if instance.is_writer else "reader",
                instance.status or "not there yet",
                instance.zone or "",
                instance.instance_class or "",
            )
            for instance in cluster.instances
        ),
    )
    if not count:
        return
    terminal.say()
    if status.events:
        rows = [(terminal.clock(event.moment), event.source, event.message) for event in _newest(status.events, count)]
        terminal.say_table(("newest events", "of", "message"), rows)
    else:
        terminal.say("events: ", _unknown(unknown["events"]) if "events" in unknown else "none in the last 14 days")


def _unknown(reason: str) -> Text:
    return Text(f"unknown: {reason}", style="yellow")


def _activity(state: ActivityState) -> Text:
    text = Text(str(state.activity), style=_STYLES[state.activity])
    if state.since is not None:
        ago = terminal.duration((datetime.now(UTC) - state.since).total_seconds())
        when = f"{terminal.clock(state.since)} ({ago})"
        text.append(f" since {when}" if state.is_exact else f" at least since {when}", style="none")
    return text


def _capacity(status: Status) -> str | Text:
    cluster, point = status.cluster, status.capacity
    limits = "no Serverless v2 capacity"
    if cluster.minimum_acu is not None:
        limits = f"{cluster.minimum_acu:g} to {cluster.maximum_acu:g} ACU"
        if cluster.may_pause and cluster.auto_pause_seconds:
            limits += f", pauses after {terminal.duration(cluster.auto_pause_seconds)} without connections"
    if point is None:
        return Text.assemble(_unknown(status.unknown.get("capacity", "")), f"; {limits}")
    return f"{point.value:g} ACU at {terminal.clock(point.moment)}; {limits}"


def _connections(status: Status) -> str | Text:
    if status.state.activity is Activity.PAUSED:
        return "none while it is paused"
    if status.connections is None:
        return _unknown(status.unknown.get("connections", "CloudWatch did not tell"))
    return f"{status.connections.value:g} at {terminal.clock(status.connections.moment)}"


def _maintenances(status: Status) -> str:
    found = status.maintenance or []
    parts = [
        f"{item['action']} of {item['resource']}" + (f" on {terminal.clock(item['on'])}" if item["on"] else "")
        for item in found
    ]
    return "; ".join(parts) or "none pending"
