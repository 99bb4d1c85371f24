"""`alexdb check`: every part of a deployment, a line each, with what to do about what is wrong."""

from collections.abc import Sequence
from typing import Final

from rich.text import Text

from operations import terminal
from operations.checks.check import Check, Look, Outcome, Subject, guarded, unknown
from operations.exit_status import ExitStatus
from operations.options import Json
from operations.where import Where

_MARKS: Final = {Outcome.PASSED: ("✓", "green"), Outcome.FAILED: ("✗", "bold red"), Outcome.UNKNOWN: ("?", "yellow")}
_WIDEST: Final = len("role's permissions")


def run(where: Where, *, json_output: Json = False) -> ExitStatus:
    """Check credentials, cluster, instances, secret, role, network, SQL, engine and capacity.

    Each line is passed, failed or unknown, and says what to do. Exit status 1 if any failed. It asks the database, and
    so wakes a paused cluster.
    """
    target = where.find()
    subject = Subject(target)
    found: list[Check] = []
    with terminal.progress(f"checking {target.name}") as progress:
        for name, look in _looks():
            progress.say(f"checking {target.name}: {name}")
            if found and found[0].outcome is Outcome.FAILED:
                found.append(unknown(name, "not looked at: the credentials failed"))
            else:
                found += guarded(name, look, subject)
    if json_output:
        checks = [_as_json(check) for check in found]
        terminal.say_json({"target": target.name, "passed": not _failures(found), "checks": checks})
    else:
        for check in found:
            _say(check)
        _say_sum(target.name, found)
    return ExitStatus.FAILED if _failures(found) else ExitStatus.DONE


def _looks() -> Sequence[tuple[str, Look]]:
    from operations.checks import answers, capacity, cluster, network, role, secret  # noqa: PLC0415 (import botocore)

    return (
        ("credentials", cluster.credentials),
        ("cluster", cluster.cluster),
        ("instances", cluster.instances),
        ("endpoint", cluster.endpoint),
        ("secret", secret.secret),
        ("role", role.role),
        ("subnets", network.subnets),
        ("security group", network.security_groups),
        ("SQL", answers.sql),
        ("engine", answers.engine),
        ("capacity", capacity.capacity),
    )


def _failures(checks: Sequence[Check]) -> list[Check]:
    return [check for check in checks if check.outcome is Outcome.FAILED]


def _as_json(check: Check) -> dict[str, str | None]:
    return {"name": check.name, "outcome": check.outcome, "detail": check.detail, "way_out": check.way_out}


def _say(check: Check) -> None:
    mark, style = _MARKS[check.outcome]
    terminal.say(
        Text(f"{mark} {check.outcome:<7} ", style=style), f"{check.name:<{_WIDEST}}  ", terminal.printable(check.detail)
    )
    if check.way_out is not None:
        terminal.say(Text(f"{'':<{_WIDEST + 12}}→ {check.way_out}", style="dim"))


def _say_sum(name: str, checks: Sequence[Check]) -> None:
    counts = {outcome: sum(check.outcome is outcome for check in checks) for outcome in Outcome}
    parts = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    terminal.say(Text(f"{name}: {parts}", style="bold red" if counts[Outcome.FAILED] else "bold green"))
