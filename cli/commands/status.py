"""`aurora-serverless status`: what a cluster does, without waking it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli.arguments.options import Json
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.aws.cloudwatch import CAPACITY, CONNECTIONS, MINUTE, Point, Series, read_series
from operations.aws.cluster import Cluster, Standing, has_failed, read_cluster, remedy, standing
from operations.aws.events import Event, read_events
from operations.aws.pending import maintenance_actions, reboot_texts, value_texts
from operations.aws.unknowns import Unknowns
from operations.scaling.pause_state import STALE_AFTER, Activity, ActivityState, activity_state
from operations.state.deploy_state import DeployState
from operations.target.target import Target
from operations.target.where import Where
from operations.times import clock, duration

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
    deploy: DeployState | None
    unknown: Mapping[str, str]


def run(
    where: Where,
    *,
    events: Annotated[int, typer.Option(min=0, metavar="NUMBER", help="How many of the newest events.")] = 5,
    json_output: Json = False,
) -> ExitStatus:
    """Show whether it is paused or awake, its capacity, connections, members, maintenance and events.

    Never wakes the cluster: it queries RDS and CloudWatch, neither the database nor its logs. CloudWatch is a few
    minutes late.
    """
    target = where.find()
    with terminal.progress(f"asking RDS and CloudWatch about {target.name}"):
        status = _read(where, target)
    if json_output:
        terminal.say_json(_as_json(status, events))
    else:
        _say(status, events)
    return ExitStatus.FAILED if has_failed(status.cluster.status) else ExitStatus.DONE


def _read(where: Where, target: Target) -> Status:
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
    maintenance = unknown.ask("maintenance", lambda: maintenance_actions(rds, cluster))
    newest = _newest_point(capacity, now, unknown, "capacity")
    connected = None
    if state.activity is not Activity.PAUSED:
        connected = _newest_point(connections, now, unknown, "connections")
    deploy = unknown.ask("deploy", where.deploy_state)
    return Status(target, cluster, state, newest, connected, maintenance, events, deploy, unknown.reasons)


def _newest_point(series: Series, now: datetime, unknown: Unknowns, part: str) -> Point | None:
    """Return the newest point, unless it is too old to say something of now."""
    if series.last is not None and now - series.last.moment <= STALE_AFTER:
        return series.last
    unknown.reasons.setdefault(part, f"CloudWatch has no point of the last {duration(STALE_AFTER.total_seconds())}")
    return None


def _as_json(status: Status, count: int) -> dict[str, Any]:
    cluster, environment = status.cluster, status.target.environment
    return {
        "target": status.target.name,
        "cluster": cluster.identifier,
        "status": cluster.status,
        "engine_version": cluster.engine_version,
        "platform_version": cluster.platform_version,
        "file_engine_version": environment and str(environment.engine_version),
        "activity": status.state.activity,
        "since": status.state.since,
        "since_is_exact": status.state.is_exact,
        "capacity_acu": status.capacity.value if status.capacity else None,
        "capacity_at": status.capacity.moment if status.capacity else None,
        "minimum_acu": cluster.minimum_acu,
        "maximum_acu": cluster.maximum_acu,
        "storage_encryption_type": cluster.encryption.type,
        "kms_key_id": cluster.encryption.kms_key_id,
        "connections": status.connections.value if status.connections else None,
        "members": [
            {
                "identifier": instance.identifier,
                "role": "writer" if instance.is_writer else "reader",
                "status": instance.status,
                "zone": instance.zone,
                "class": instance.instance_class,
                "cluster_parameters": instance.cluster_parameters,
                "instance_parameters": instance.instance_parameters,
                "pending_changes": dict(instance.pending),
            }
            for instance in cluster.instances
        ],
        "pending_changes": dict(cluster.pending),
        "pending_reboot": [instance.identifier for instance in cluster.instances if instance.waits_for_reboot],
        "maintenance_window": cluster.window,
        "pending_maintenance": status.maintenance,
        "tainted": None if status.deploy is None else status.deploy.tainted,
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
            "cluster": f"{cluster.identifier}, {cluster.status}, {_engine(status)}",
            "activity": _activity(status.state),
            "capacity": _capacity(status),
            "connections": _connections(status),
            "encryption": str(cluster.encryption),
            "changes": "; ".join(value_texts(cluster)) or "none pending",
            "reboot": _reboot(status),
            **_deploy(status),
            "maintenance": _unknown(unknown["maintenance"]) if "maintenance" in unknown else _maintenances(status),
        }
    )
    if has_failed(cluster.status):
        terminal.say(
            Text(f"→ {remedy(cluster.status, cluster.identifier, status.target.command('status'))}", style="bold red")
        )
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
        rows = [(clock(event.moment), event.source, event.message) for event in _newest(status.events, count)]
        terminal.say_table(("newest events", "of", "message"), rows)
    else:
        terminal.say("events: ", _unknown(unknown["events"]) if "events" in unknown else "none in the last 14 days")


def _engine(status: Status) -> str:
    """Return the version that runs, and that of the file where the next deploy would be a downgrade."""
    running, environment = status.cluster.engine_version, status.target.environment
    platform = status.cluster.platform_version
    text = f"Aurora PostgreSQL {running}" + (f", platform version {platform}" if platform else "")
    if environment is None or standing(running, environment.engine_version) is not Standing.NEWER:
        return text
    file = f"{environment.engine_version} in environments/{environment.name}.toml"
    return f'{text}, newer than {file} → write version = "{running}" there'


def _unknown(reason: str) -> Text:
    return Text(f"unknown: {reason}", style="yellow")


def _activity(state: ActivityState) -> Text:
    text = Text(str(state.activity), style=_STYLES[state.activity])
    if state.since is not None:
        ago = duration((datetime.now(UTC) - state.since).total_seconds())
        when = f"{clock(state.since)} ({ago})"
        text.append(f" since {when}" if state.is_exact else f" at least since {when}", style="none")
    return text


def _capacity(status: Status) -> str | Text:
    cluster, point = status.cluster, status.capacity
    limits = "no Serverless v2 capacity"
    if cluster.minimum_acu is not None:
        limits = f"{cluster.minimum_acu:g} to {cluster.maximum_acu:g} ACU"
        if cluster.may_pause and cluster.auto_pause_seconds:
            limits += f", pauses after {duration(cluster.auto_pause_seconds)} without connections"
    if point is None:
        return Text.assemble(_unknown(status.unknown.get("capacity", "")), f"; {limits}")
    return f"{point.value:g} ACU at {clock(point.moment)}; {limits}"


def _connections(status: Status) -> str | Text:
    if status.state.activity is Activity.PAUSED:
        return "none while it is paused"
    if status.connections is None:
        return _unknown(status.unknown.get("connections", "CloudWatch did not report it"))
    return f"{status.connections.value:g} at {clock(status.connections.moment)}"


def _reboot(status: Status) -> str | Text:
    if not (found := reboot_texts(status.cluster)):
        return "nothing waits for one"
    return Text(f"{'; '.join(found)} → {status.target.command('restart')}", style="yellow")


def _deploy(status: Status) -> dict[str, Text]:
    """Return what the last deploy left half made, where it did."""
    if status.deploy is None or not status.deploy.tainted:
        return {}
    text = f"{', '.join(status.deploy.tainted)} tainted → {status.target.command('check')}"
    return {"deploy": Text(text, style="bold red")}


def _maintenances(status: Status) -> str:
    found = status.maintenance or []
    parts = [
        f"{item['action']} of {item['resource']}" + (f" on {clock(item['on'])}" if item["on"] else "") for item in found
    ]
    return "; ".join(parts) or "none pending"
