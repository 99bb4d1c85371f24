"""`aurora-serverless wait`: until a deployed database answers SQL."""

from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from cli.arguments.options import Deadline, Json
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.target.where import Where
from operations.times import duration

if TYPE_CHECKING:
    from operations.availability.readiness import Stage

DEADLINE_SECONDS: Final = 900.0
"""A new cluster and its instance take about ten minutes."""


def run(
    where: Where,
    *,
    deadline_seconds: Deadline = DEADLINE_SECONDS,
    json_output: Json = False,
) -> ExitStatus:
    """Wait until cluster, instances and Data API are available and SELECT 1 is answered.

    Stops at once if the cluster is in a state from which it cannot recover by itself. The SELECT 1 resumes a paused
    cluster.
    """
    from operations.availability.readiness import Waiter  # noqa: PLC0415 (imports boto3)

    target = where.find()
    with terminal.progress(f"waiting for {target.name}") as progress:

        def say(stage: "Stage") -> None:
            with progress.aside():
                _say(stage)

        waiter = Waiter(
            target,
            deadline_seconds,
            on_stage=(lambda _: None) if json_output else say,
            on_change=lambda what: progress.say(f"waiting for {target.name}: {what}"),
        )
        waiter.wait()
    if json_output:
        terminal.say_json(
            {"target": target.name, "ready": True, "stages": [_as_json(stage) for stage in waiter.stages]}
        )
    else:
        terminal.say(Text(f"{target.name} is ready", style="bold green"))
    return ExitStatus.DONE


def _say(stage: "Stage") -> None:
    after = Text(f"  after {duration(stage.seconds)}" if stage.seconds >= 1 else "", style="dim")
    terminal.say(Text("✓ ", style="green"), f"{stage.name:<10}", terminal.printable(stage.detail), after)


def _as_json(stage: "Stage") -> dict[str, Any]:
    return {"stage": stage.name, "detail": stage.detail, "seconds": round(stage.seconds, 3)}
