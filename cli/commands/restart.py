"""`aurora-serverless restart`: reboots instances so that what waits for a reboot takes effect."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from cli.arguments.options import Deadline, Json, by_name
from cli.commands.wait import DEADLINE_SECONDS
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.output.terminal import confirm_by_name
from operations.target.where import Where
from operations.times import duration

if TYPE_CHECKING:
    from operations.availability.restarting import Restarter, Step
    from operations.aws.cluster import Cluster, Instance


def run(
    where: Where,
    *,
    yes_restart: Annotated[str | None, by_name("--yes-restart")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Reboot every instance, even without pending changes.")
    ] = False,
    deadline_seconds: Deadline = DEADLINE_SECONDS,
    json_output: Json = False,
) -> ExitStatus:
    """Reboot the instances with pending changes, so that parameters and max_connections take effect.

    Readers first. Then the writer fails over to an available reader and is rebooted as a reader; without a reader the
    database is unavailable while it reboots. Without pending changes nothing is done, unless --force is given. After
    Ctrl-C the same command continues with the rest.
    """
    from operations.availability.restarting import Restarter  # noqa: PLC0415 (imports boto3)

    target = where.find()
    with terminal.progress(f"restarting {target.name}") as progress:

        def say(step: "Step") -> None:
            with progress.aside():
                _say_step(step)

        restarter = Restarter(
            target,
            deadline_seconds,
            all_instances=force,
            on_step=(lambda _: None) if json_output else say,
            on_change=lambda what: progress.say(f"restarting {target.name}: {what}"),
        )
        instances = restarter.plan()
        if instances:
            with progress.aside():
                _confirm(target.name, yes_restart, instances)
        cluster = restarter.restart(instances)
    if json_output:
        terminal.say_json(_as_json(restarter, cluster))
    else:
        _say(restarter)
    return ExitStatus.DONE


def _confirm(name: str, given: str | None, instances: "Sequence[Instance]") -> None:
    """Raise OperationsError (2) unless somebody says the name of what is to be restarted."""
    what = ", ".join(f"{one.identifier} ({'writer' if one.is_writer else 'reader'})" for one in instances)
    confirm_by_name(
        name,
        given,
        does=f"this reboots {what} of {name}",
        option="--yes-restart",
        warning=f"This reboots {what}, and connections to them break.",
        spared="nothing was rebooted",
    )


def _say_step(step: "Step") -> None:
    after = Text(f"  after {duration(step.seconds)}", style="dim")
    terminal.say(Text("✓ ", style="green"), f"{step.instance}  {step.action}", after)


def _say(restarter: "Restarter") -> None:
    name = restarter.target.name
    if not restarter.steps:
        terminal.say(f"{name}: nothing waits for a reboot, and nothing was rebooted; --force reboots all the same")
        return
    terminal.say(Text(f"{name}: everything is in effect{_away(restarter)}", style="bold green"))


def _away(restarter: "Restarter") -> str:
    absence = restarter.absence
    if not absence.is_measured:
        return ""
    if absence.seconds == 0:
        return "; the database answered throughout, asked once a second"
    return f"; the database was unavailable for {duration(absence.seconds)}, asked once a second"


def _as_json(restarter: "Restarter", cluster: "Cluster") -> dict[str, Any]:
    absence = restarter.absence
    return {
        "target": restarter.target.name,
        "cluster": cluster.identifier,
        "steps": [
            {"instance": step.instance, "action": step.action, "seconds": round(step.seconds, 3)}
            for step in restarter.steps
        ],
        "writer": None if cluster.writer is None else cluster.writer.identifier,
        "away_seconds": round(absence.seconds, 3) if absence.is_measured else None,
        "in_sync": True,
    }
