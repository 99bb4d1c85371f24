"""`aurora-serverless check`: every part of a deployment, a line each, with what to do about what is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Final

import typer
from rich.cells import cell_len
from rich.text import Text

from cli.arguments.options import Json
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.output.terraform_program import as_called
from operations.checks.check import Check, Look, Outcome, Subject, guarded, unknown
from operations.errors import ErrorKind, OperationsError, wrong_input
from operations.target.where import Where

_MARKS: Final = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.WARNED: ("!", "yellow"),
    Outcome.FAILED: ("✗", "bold red"),
    Outcome.UNKNOWN: ("?", "yellow"),
    Outcome.ASKED: ("☐", "cyan"),
}
_BLOCK: Final = 3
"""So many commands get a line each."""
_WIDEST: Final = len("role's permissions")

Production = Annotated[bool, typer.Option("--production", help="Also check what production needs.")]


def run(where: Where, *, production: Production = False, json_output: Json = False) -> ExitStatus:
    """Check credentials, last deploy, cluster, secret, role, network, SQL, engine, capacity and pending changes.

    Each line is passed, warned, failed or unknown, and says what to do. Exit status 1 if any failed. It warns if
    support for the engine version ends, or if AWS disagrees with the facts. It queries the database, which wakes a
    paused cluster. After an interrupted deploy it says what would stop the next one.

    --production adds a production checklist: protection, backups, instances, alarms and their recipients, passwords,
    log, network, tags and state; before the first deploy from the file alone. What only a person can answer is asked,
    and never passed.
    """
    try:
        target = where.find()
    except OperationsError as error:
        return _check_undeployed(where, error, production=production, json_output=json_output)
    if target.url is not None:
        raise wrong_input(
            f"{target.name} is up by aurora-serverless local, and nothing of it was deployed: "
            f"{target.command('wait')} asks what there is"
        )
    subject = Subject(target, where.deploy_state)
    found: list[Check] = []
    with terminal.progress(f"checking {target.name}") as progress:
        for name, look in _looks(production=production):
            progress.say(f"checking {target.name}: {name}")
            if found and found[0].outcome is Outcome.FAILED:
                found.append(unknown(name, "not checked: the credentials failed"))
            else:
                found += guarded(name, look, subject)
    _report(target.name, found, json_output=json_output)
    return ExitStatus.FAILED if _failures(found) else ExitStatus.DONE


def _check_undeployed(where: Where, error: OperationsError, *, production: bool, json_output: bool) -> ExitStatus:
    """Tell what keeps a first deploy from its end, or what the file lacks. Raises the error where there is neither."""
    if error.kind is not ErrorKind.NOT_DEPLOYED or (state := where.deploy_state()) is None:
        raise error
    from operations.checks.deploy import deploy_problems  # noqa: PLC0415 (imports botocore)

    found = list(deploy_problems(state))
    if not _failures(found) and not production:
        raise error
    if production:
        from operations.checks.production.checklist import before_deploy  # noqa: PLC0415 (only what needs it)

        found = [*(_failures(found) or [unknown("deploy", str(error))]), *before_deploy(state.environment)]
    _report(state.environment.name, found, json_output=json_output)
    return ExitStatus.NOT_DEPLOYED


def _report(name: str, found: Sequence[Check], *, json_output: bool) -> None:
    if json_output:
        checks = [check_as_json(check) for check in found]
        terminal.say_json({"target": name, "passed": not _failures(found), "checks": checks})
        return
    for check in found:
        say_check(check)
    say_sum(name, found)


def _as_called(check: Check) -> Check:
    """Return a check that tells people the commands by the program that they run."""
    return replace(
        check,
        detail=as_called(check.detail),
        words=None if check.words is None else as_called(check.words),
        commands=tuple(map(as_called, check.commands)),
    )


def _looks(*, production: bool) -> Sequence[tuple[str, Look]]:
    """Return the checks by their names; one of production's takes the place of the one of the same name."""
    from operations.checks import (  # noqa: PLC0415 (import botocore)
        answers,
        capacity,
        cluster,
        deploy,
        network,
        pending,
        role,
        secret,
        support,
        users,
    )

    looks: tuple[tuple[str, Look], ...] = (
        ("credentials", cluster.credentials),
        ("deploy", deploy.deploy),
        ("cluster", cluster.cluster),
        ("instances", cluster.instances),
        ("endpoint", cluster.endpoint),
        ("secret", secret.secret),
        ("secret's rotation", secret.rotation),
        ("role", role.role),
        ("subnets", network.subnets),
        ("security group", network.security_groups),
        ("SQL", answers.sql),
        ("users", users.users),
        ("engine", answers.engine),
        ("support", support.support),
        ("facts", support.facts),
        ("capacity", capacity.capacity),
        ("encryption", cluster.encryption),
        ("pending", pending.pending),
    )
    if not production:
        return looks
    from operations.checks.production import checklist  # noqa: PLC0415 (only what needs it)

    more = checklist.looks()
    replaced = {name for name, _ in more}
    return (*(one for one in looks if one[0] not in replaced), *more)


def _failures(checks: Sequence[Check]) -> list[Check]:
    return [check for check in checks if check.outcome is Outcome.FAILED]


def check_as_json(check: Check) -> dict[str, str | None]:
    """Return a check as `--json` shows it."""
    check = _as_called(check)
    return {"name": check.name, "outcome": check.outcome, "detail": check.detail, "remedy": check.remedy}


def say_check(check: Check, width: int = _WIDEST) -> None:
    """Print a check, and below it what to do; `width` is that of the longest name."""
    check = _as_called(check)
    mark, style = _MARKS[check.outcome]
    lead = Text.assemble((f"{mark} {check.outcome:<7} ", style), f"{check.name:<{width}}  ")
    terminal.say_beside(lead, check.detail)
    arrow = Text(f"{'':<{lead.cell_len}}→ ", style="dim")
    if not check.commands:
        if check.remedy:
            terminal.say_beside(arrow, Text(terminal.printable(check.remedy), style="dim"))
        return
    lines = [check.remedy] if len(check.commands) < _BLOCK else [check.words, *continued(check.commands)]
    shown = [f"{' ' if number else '→'} {line}" for number, line in enumerate(line for line in lines if line)]
    # What is to be copied is not broken: where it is too long to stand below the detail, it begins further left.
    indent = lead.cell_len if lead.cell_len + max(map(cell_len, shown)) <= terminal.output().width else 2
    for line in shown:
        terminal.say(Text(" " * indent + line, style="dim"), folded=False)


def continued(commands: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a block that a shell takes for one command, which ends where one of them fails."""
    yield from (f"{command} && \\" for command in commands[:-1])
    yield commands[-1]


def say_sum(name: str, checks: Sequence[Check]) -> None:
    """Print how many checks passed, failed and are unknown."""
    counts = {outcome: sum(check.outcome is outcome for check in checks) for outcome in Outcome}
    parts = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count)
    terminal.say(Text(f"{name}: {parts}", style="bold red" if counts[Outcome.FAILED] else "bold green"))
