"""`aurora-serverless scaling`: when a cluster paused, resumed and changed its capacity, and what nobody knows of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli.arguments.options import Json, finite
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.plots.metrics import bars
from operations.aws.cloudwatch import CAPACITY, LONGEST_HOURS, Series, read_series
from operations.aws.cluster import Cluster, read_cluster
from operations.aws.events import Event, read_events
from operations.aws.unknowns import Unknowns
from operations.scaling.history import Change, changes, summary, unknowns
from operations.target.target import Target
from operations.target.where import Where
from operations.times import clock, duration

_MOST_ROWS: Final = 50


@dataclass(frozen=True)
class History:
    """What AWS tells of the past hours; `unknown` has in sentences what it does not tell."""

    cluster: Cluster
    hours: float
    capacity: Series
    pauses: Sequence[Event]
    unknown: Sequence[str]


def run(
    where: Where,
    *,
    hours: Annotated[
        float, typer.Option(min=0.1, max=LONGEST_HOURS, callback=finite, metavar="HOURS", help="How far back.")
    ] = 24.0,
    json_output: Json = False,
) -> ExitStatus:
    """Show pauses, resumes and the capacity over time, from RDS events and CloudWatch.

    Does not wake the cluster. Also says what AWS does not report.
    """
    target = where.find()
    with terminal.progress(f"asking RDS and CloudWatch about {target.name}"):
        history = _read(target, hours)
    if json_output:
        terminal.say_json({"target": target.name, **_as_json(history)})
    else:
        say_history(history, now=datetime.now(UTC))
    return ExitStatus.DONE


def _read(target: Target, hours: float) -> History:
    rds, cloudwatch = target.session.client("rds"), target.session.client("cloudwatch")
    missing = Unknowns(target.session)
    cluster = read_cluster(target, rds)
    [capacity] = read_series(cloudwatch, cluster.identifier, (CAPACITY,), hours=hours)
    events = missing.ask("pauses and resumes", lambda: read_events(cluster, rds, hours=hours))
    pauses = None if events is None else [event for event in events if event.pause is not None]
    unknown = [f"{part}: {reason}" for part, reason in missing.reasons.items()]
    unknown += unknowns(capacity, pauses, hours=hours, created=cluster.created, metrics=target.command("metrics"))
    return History(cluster, hours, capacity, pauses or [], unknown)


def _as_json(history: History) -> dict[str, Any]:
    return {
        "hours": history.hours,
        "period_seconds": history.capacity.period_seconds,
        "summary": asdict(summary(history.capacity, history.hours)),
        "pauses": [{"at": event.moment, "instance": event.source, "what": event.pause} for event in history.pauses],
        "changes": [
            {"at": change.moment, "before_acu": change.before_acu, "after_acu": change.after_acu}
            for change in changes(history.capacity)
        ],
        "unknown": list(history.unknown),
    }


def say_history(history: History, *, now: datetime) -> None:
    """Print it for people: its figures, what happened, the newest first, and what is not known."""
    terminal.say_facts(_facts(history, now))
    terminal.say()
    rows = sorted([*map(_of_pause, history.pauses), *map(_of_change, changes(history.capacity))], reverse=True)
    if rows:
        if len(rows) > _MOST_ROWS:
            terminal.note(f"the newest {_MOST_ROWS} of {len(rows)}; --json has all")
        terminal.say_table(("when", "what", "of"), rows[:_MOST_ROWS])
    else:
        terminal.say("no pause, resume or change of capacity is known")
    terminal.say()
    for sentence in history.unknown:
        terminal.say_beside(Text("? unknown ", style="yellow"), sentence)


def _facts(history: History, now: datetime) -> dict[str, str | Text]:
    cluster, hours, total = history.cluster, history.hours, summary(history.capacity, history.hours)
    limits = "none" if cluster.minimum_acu is None else f"{cluster.minimum_acu:g} to {cluster.maximum_acu:g} ACU"
    facts: dict[str, str | Text] = {"cluster": cluster.identifier, "limits": limits}
    past = f"the past {duration(hours * 3600)}"
    if total.average_acu is None or total.paused_percent is None:
        facts["capacity"] = Text(f"unknown: CloudWatch has no points of {past}", style="yellow")
        return facts
    end = now.timestamp()
    course = bars(history.capacity, end - hours * 3600, end, maximum_acu=cluster.maximum_acu)
    return facts | {
        "capacity": f"{total.lowest_acu:.2g} to {total.highest_acu:.2g} ACU, on average {total.average_acu:.2f}",
        "course": Text.assemble((course, "cyan"), f" {past}"),
        "used": f"{total.acu_hours:.2f} ACU-hours an instance",
        "paused": f"{total.paused_percent:.0f} % of the time that is known",
    }


def _of_pause(event: Event) -> tuple[str, str, str]:
    return clock(event.moment), str(event.pause), event.source


def _of_change(change: Change) -> tuple[str, str, str]:
    return clock(change.moment), f"{change.before_acu:.2g} → {change.after_acu:.2g} ACU", "cluster"
