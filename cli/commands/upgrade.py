"""The command `upgrade`: prepares an engine upgrade, and finishes it; the deploy in between upgrades."""

import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.text import Text

from cli.arguments.options import Deadline, Json, by_name
from cli.commands.check import check_as_json, say_check, say_sum
from cli.exit_status import ExitStatus
from cli.output import terminal
from cli.output.terminal import confirm_by_name
from operations.checks.check import Check, Outcome, failed, passed
from operations.errors import failed as failure
from operations.errors import wrong_input
from operations.target.where import Where, deploy_command

if TYPE_CHECKING:
    from aurora_serverless.rules.engine import EngineVersion
    from operations.upgrade.file_change import FileChange
    from operations.upgrade.subject import UpgradeSubject

DEADLINE_SECONDS: Final = 3600.0
"""A snapshot of a large cluster, or its upgrade, takes many minutes."""

_WIDEST: Final = len("columns of PostgreSQL's own composite types")
_OPTION: Final = "--yes-upgrade"


def run(
    where: Where,
    *,
    to: Annotated[str, typer.Option("--to", metavar="VERSION", help="The version, such as 17.7.", show_default=False)],
    check: Annotated[bool, typer.Option("--check", help="Only check: change nothing.")] = False,
    yes_upgrade: Annotated[str | None, by_name(_OPTION)] = None,
    without_snapshot: Annotated[bool, typer.Option("--without-snapshot", help="Do not take a snapshot first.")] = False,
    deadline_seconds: Deadline = DEADLINE_SECONDS,
    json_output: Json = False,
) -> ExitStatus:
    """Prepare an upgrade of the engine, or finish it after the deploy.

    Before: it checks for what AWS would refuse, in every database, takes a snapshot, and changes the environment's
    file. The deploy then upgrades.

    After, with the same command: it checks that the new version runs, updates the extensions, gathers statistics,
    and removes the permission from the file. It wakes a paused cluster.
    """
    from operations.upgrade.subject import UpgradeSubject  # noqa: PLC0415 (imports boto3)

    version = _version(to)
    target = where.find()
    with terminal.progress(f"looking at {target.name}") as progress:
        subject = UpgradeSubject(
            target,
            version,
            again=shlex.join(["./aurora-serverless", "upgrade", *where.words(), "--to", to]),
            on_waiting=lambda: progress.say(f"{target.name} is resuming"),
        )
        upgrade = _Upgrade(where, subject, progress, deadline_seconds, is_silent=json_output)
        upgrade.await_its_end()
        if subject.is_behind:
            raise failure(
                f"{target.name} runs {subject.running}, and Aurora cannot downgrade to {version}: restore a snapshot "
                "taken before the upgrade into another environment ([restore])"
            )
        if subject.is_reached:
            upgrade.finish(only_looks=check, yes=yes_upgrade)
        else:
            upgrade.prepare(only_looks=check, yes=yes_upgrade, takes_snapshot=not without_snapshot)
    upgrade.tell()
    return upgrade.exit_status


def _version(text: str) -> "EngineVersion":
    from aurora_serverless.rules.engine import EngineVersion  # noqa: PLC0415
    from aurora_serverless.rules.violation import RuleViolation  # noqa: PLC0415

    try:
        return EngineVersion.parse(text, argument="--to")
    except RuleViolation as violation:
        raise wrong_input(str(violation)) from None


@dataclass
class _Upgrade:
    """One run of the command: its findings, its changes and the next step."""

    where: Where
    subject: "UpgradeSubject"
    progress: terminal.Progress
    deadline_seconds: float
    is_silent: bool
    phase: str = "before"
    checks: list[Check] = field(default_factory=list)
    change: "FileChange | None" = None
    is_written: bool = False
    snapshot: str | None = None
    next: list[str] = field(default_factory=list)
    conclusion: str = ""

    @property
    def name(self) -> str:
        return self.subject.target.name

    @property
    def exit_status(self) -> ExitStatus:
        return ExitStatus.FAILED if self._has_failed else ExitStatus.DONE

    @property
    def _has_failed(self) -> bool:
        return any(check.outcome is Outcome.FAILED for check in self.checks)

    def await_its_end(self) -> None:
        """Wait while AWS upgrades. Raises OperationsError (1, 5)."""
        from operations.availability.readiness import Waiter  # noqa: PLC0415 (imports boto3)

        if self.subject.described["Status"] != "upgrading":
            return
        self.progress.say(f"{self.name} is being upgraded")
        on_change = lambda what: self.progress.say(f"waiting for {self.name}: {what}")  # noqa: E731
        Waiter(self.subject.target, self.deadline_seconds, on_change=on_change).wait()
        self.subject.forget()

    def prepare(self, *, only_looks: bool, yes: str | None, takes_snapshot: bool) -> None:
        """Look for what AWS would refuse; then take the snapshot and change the file, unless only checking."""
        from operations.upgrade.before import checks_before  # noqa: PLC0415 (imports boto3)

        path = self._file(needed=not only_looks)
        self._see(checks_before(self.subject))
        if path is not None:
            self._see([self._file_check(path, allow_major=self.subject.needs_permission)])
        if self._has_failed or only_looks or self.change is None:
            self.conclusion, self.next = "nothing was changed", [self.subject.again]
            return
        if self._waits_for_window():
            return
        if self.change.is_needed:
            self._confirm(yes, takes_snapshot=takes_snapshot)
            if takes_snapshot:
                self._take_snapshot()
            self.change.write()
            self.is_written = True
        self.conclusion = f"{self.change.path.name} says {self.subject.to}"
        self.next = [deploy_command(self.name, local=self.where.local), self.subject.again]

    def finish(self, *, only_looks: bool, yes: str | None) -> None:
        """Check the cluster after the upgrade, and finish what is left to do."""
        from operations.upgrade.after import Work, checks_after  # noqa: PLC0415 (imports boto3)

        self.phase = "after"
        path = self._file(needed=False)
        file_check = None if path is None else self._file_check(path, allow_major=False)
        agrees = not only_looks and self._agrees(yes)
        work = Work(agrees, not only_looks, self.deadline_seconds, on_progress=self.progress.say)
        self._see(checks_after(self.subject, work))
        if file_check is not None:
            self._see([self._finished_file(file_check, agrees=agrees)])
        self.conclusion = f"it runs {self.subject.running}"
        if self._has_failed:
            self.next = [self.subject.again]
        elif self.is_written:
            self.next = [deploy_command(self.name, local=self.where.local)]

    def tell(self) -> None:
        """Print the result."""
        if self.is_silent:
            terminal.say_json(self._as_json())
            return
        say_sum(f"{self.name}, {self.phase} the upgrade to {self.subject.to}", self.checks)
        if self.snapshot is not None:
            terminal.say(f"snapshot {self.snapshot} is available")
        terminal.say(Text(f"{self.name}: {self.conclusion}", style="bold"))
        for number, command in enumerate(self.next):
            terminal.say(Text("next: " if number == 0 else "then: ", style="dim"), command)

    def _see(self, checks: Iterable[Check]) -> None:
        for check in checks:
            self.checks.append(check)
            self.progress.say(f"looking at {self.name}: {check.name}")
            if not self.is_silent:
                with self.progress.aside():
                    say_check(check, _WIDEST)

    def _file(self, *, needed: bool) -> Path | None:
        """Return the environment's file. Raises OperationsError (2) if one is needed and none was named."""
        if self.subject.environment is not None:
            return self.where.project / "environments" / f"{self.subject.environment.name}.toml"
        if needed:
            raise wrong_input("name an environment, whose file is changed; --check works without one")
        return None

    def _file_check(self, path: Path, *, allow_major: bool) -> Check:
        """Compute the change of the file, and check that the changed file is valid."""
        from operations.upgrade.file_change import change_of  # noqa: PLC0415

        self.change = change_of(path, version=str(self.subject.to), allow_major=allow_major)
        shown = f"environments/{path.name}"
        if not self.change.is_needed:
            return passed("file", f"{shown} says {self.subject.to}")
        if (problem := self.change.problem) is not None:
            return failed("file", f"{shown} with {self.subject.to}: {problem.where}: {problem.rule}", problem.remedy)
        return passed("file", f"{shown} accepts {self.subject.to}")

    def _waits_for_window(self) -> bool:
        """Whether the upgrade is accepted, and waits for the maintenance window."""
        pending = self.subject.described.get("PendingModifiedValues") or {}
        if pending.get("EngineVersion") != str(self.subject.to):
            return False
        window = self.subject.described.get("PreferredMaintenanceWindow", "its maintenance window")
        self.conclusion = f"AWS upgrades it in {window} UTC; this command again afterwards"
        return True

    def _confirm(self, yes: str | None, *, takes_snapshot: bool) -> None:
        self._say_difference()
        kind = "major" if self.subject.is_major else "minor"
        first = "takes a snapshot and " if takes_snapshot else ""
        self._ask(
            yes,
            does=f"this {first}changes the file of {self.name} for a {kind} upgrade to {self.subject.to}",
            warning=f"This {first}changes the file. The deploy after it upgrades {self.name} from "
            f"{self.subject.running} to {self.subject.to}: minutes of downtime, and no downgrade.",
        )

    def _agrees(self, yes: str | None) -> bool:
        """Whether to update extensions and change the file: asks for confirmation if there is anything to do."""
        from operations.upgrade.extensions import outdated  # noqa: PLC0415 (imports boto3)

        behind = outdated(self.subject) if self.subject.can_be_asked else []
        is_needed = self.change is not None and self.change.is_needed
        if not behind and not is_needed:
            return True
        if yes is None and not sys.stdin.isatty():
            return False
        if is_needed:
            self._say_difference()
        updates = [f"{one.update} in {one.database}" for one in behind]
        self._ask(
            yes,
            does=f"this finishes the upgrade of {self.name}",
            warning="; ".join([*updates, *(["the file is changed as above"] if is_needed else [])]),
        )
        return True

    def _ask(self, yes: str | None, *, does: str, warning: str) -> None:
        with self.progress.aside():
            confirm_by_name(self.name, yes, does=does, option=_OPTION, warning=warning, spared="nothing was changed")

    def _finished_file(self, check: Check, *, agrees: bool) -> Check:
        if self.change is None or check.outcome is Outcome.FAILED or not self.change.is_needed:
            return check
        shown = f"environments/{self.change.path.name}"
        if not agrees:
            remedy = f"{self.subject.again} {_OPTION} {self.name}"
            return failed("file", f"{shown} still names the old version, or still allows the upgrade", remedy)
        self.change.write()
        self.is_written = True
        return passed("file", f"{shown} says {self.subject.to}, and allows no major upgrade")

    def _take_snapshot(self) -> None:
        from operations.upgrade.snapshot import free_name, take  # noqa: PLC0415

        name = free_name(self.subject)
        self.progress.say(f"snapshot {name}")
        take(self.subject, name, deadline_seconds=self.deadline_seconds, on_progress=self.progress.say)
        self.snapshot = name

    def _say_difference(self) -> None:
        if self.is_silent or self.change is None:
            return
        with self.progress.aside():
            for line in self.change.difference:
                style = {"+": "green", "-": "red"}.get(line[:1], "dim")
                terminal.say(Text(terminal.printable(line), style=style))

    def _as_json(self) -> dict[str, Any]:
        change = self.change
        return {
            "target": self.name,
            "phase": self.phase,
            "running": str(self.subject.running),
            "to": str(self.subject.to),
            "passed": not self._has_failed,
            "checks": [check_as_json(check) for check in self.checks],
            "snapshot": self.snapshot,
            "file": None
            if change is None
            else {"path": str(change.path), "difference": change.difference, "written": self.is_written},
            "next": self.next,
        }
