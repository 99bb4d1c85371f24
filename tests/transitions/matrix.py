"""Takes chains of transitions through, many deployments side by side, and tells what became of each."""

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.stacks.made_up_environments import Document
from tests.terraform_json import TerraformJson
from tests.terraform_providers.finding import TerraformProviders
from tests.transitions.environments import own_names, synthesize_all, value_of
from tests.transitions.fixed_list import Transition
from tests.transitions.outcome import Announced, Outcome, Result, announced, differs, lost, staying
from tests.transitions.side_by_side import APPLY_SECONDS, Run, Said, SideBySide
from tests.transitions.world import let_window_come, make_world

Report = Callable[[Result], None]

_BESIDE: Final = {"network.security_group_rules"}
"""Keys with which a resource has in it what was beside it before: its state must have read that."""

_PASSWORD: Final = {
    *("credentials", "credentials.mode", "credentials.version", "credentials.rotation_date", "credentials.secret_arn"),
    *("names.secret", "database.master_username", "encryption.key"),
}
"""Keys with which the master user may get another password, or another secret."""

_MADE: Final = (Outcome.APPLIED, Outcome.WAITS)


@dataclass
class _Slot:
    """One deployment: `runs` is what it is, None before it is created; `chain` is what it is to go through."""

    name: str
    number: int
    chain: deque[Transition] = field(default_factory=deque)
    runs: Document | None = None
    synthesized: TerraformJson | None = None
    has_endpoints: bool = False
    """Whether it ever had them: one that is left must not keep them."""


def _has_endpoints(chain: Iterable[Transition]) -> bool:
    key = "network.interface_endpoints"
    return any(value_of(document, key) for one in chain for document in (one.before, one.after))


@dataclass
class _Step:
    """What a slot does in a round: a transition, or, with None, the creation of what the next one starts from."""

    slot: _Slot
    transition: Transition | None
    document: Document
    synthesized: TerraformJson
    said: Announced | None = None
    cluster_before: str | None = None
    cluster_after: str | None = None

    def result(self, outcome: Outcome, says: Iterable[str] = (), **more: Any) -> Result:
        transition = self.transition or self.slot.chain[0]
        review = [] if self.said is None else sorted(self.said.gone | self.said.may_be_gone) + list(self.said.findings)
        return Result(transition.name, transition.differing, outcome, list(says), review, **more)


def _waits(step: _Step) -> bool:
    """Whether AWS makes the changes of a step in the maintenance window."""
    return step.synthesized["resource"]["aws_rds_cluster"]["aurora"].get("apply_immediately") is False


class Matrix:
    """A local AWS on which chains of transitions are taken through, `width` of them side by side."""

    def __init__(
        self,
        folder: Path,
        aws: LocalAws,
        providers: TerraformProviders,
        report: Report,
        *,
        width: int,
        seconds: float = APPLY_SECONDS,
    ) -> None:
        self._deployments = SideBySide(folder, aws, providers)
        self._aws, self._report, self._width, self._seconds = aws, report, width, seconds
        self._world: Mapping[str, Any] = make_world(aws)
        self._slots: list[_Slot] = []
        self._count = 0

    def run(self, chains: Iterable[list[Transition]], *, until: float = math.inf) -> None:
        """Take every chain through; a result is reported as soon as it is known.

        No transition is begun after `until`, by the monotonic clock.
        """
        waiting = deque(deque(chain) for chain in chains)
        while time.monotonic() < until:
            self._fill(waiting)
            if not self._slots:
                return
            self._round()

    def outcomes(self, transitions: Sequence[Transition]) -> list[Outcome]:
        """Return what becomes of transitions, each by itself; nothing is reported."""
        found: dict[str, Outcome] = {}
        reported, self._report = self._report, lambda result: found.update({result.name: result.outcome})
        try:
            self.run([[transition] for transition in transitions])
        finally:
            self._report = reported
        return [found[transition.name] for transition in transitions]

    def _fill(self, waiting: deque[deque[Transition]]) -> None:
        """Give each slot that has nothing left a chain, one that starts from what it runs if there is one."""
        for slot in list(self._slots):
            if not slot.chain and (possible := self._possible(waiting)):
                slot.chain = next((one for one in possible if one[0].before == slot.runs), possible[0])
                waiting.remove(slot.chain)
                slot.has_endpoints |= _has_endpoints(slot.chain)
            if not slot.chain:
                self._drop(slot)
        while len(self._slots) < self._width and (possible := self._possible(waiting)):
            self._slots.append(self._new(possible[0]))
            waiting.remove(possible[0])

    def _possible(self, waiting: Iterable[deque[Transition]]) -> list[deque[Transition]]:
        """Return the chains that may begin now: a VPC takes an endpoint of a service once."""
        is_taken = any(slot.has_endpoints for slot in self._slots)
        return [chain for chain in waiting if not (is_taken and _has_endpoints(chain))]

    def _new(self, chain: deque[Transition]) -> _Slot:
        self._count += 1
        return _Slot(f"deployment_{self._count}", self._count, chain, has_endpoints=_has_endpoints(chain))

    def _drop(self, slot: _Slot) -> None:
        if slot.name in self._deployments.documents:
            self._deployments.forget(slot.name)
        if slot.has_endpoints:
            ec2 = self._aws.client("ec2")
            left = [one["VpcEndpointId"] for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]]
            if left:
                ec2.delete_vpc_endpoints(VpcEndpointIds=left)
        self._slots.remove(slot)

    def _start_again(self, slot: _Slot) -> None:
        """Leave a deployment in which something went wrong as it is, and go on with a new one."""
        position = self._slots.index(slot)
        self._drop(slot)
        self._slots.insert(position, self._new(slot.chain))

    def _round(self) -> None:
        steps = self._steps()
        if not steps:
            return
        before = {step.slot.name: self._deployments.documents.get(step.slot.name) for step in steps}
        for step in steps:
            step.cluster_before = self._cluster(step.slot)
            self._deployments.put(step.slot.name, step.synthesized)
        run, refused = self._applied(steps, before)
        for step, errors in refused:
            self._finish(step, step.result(Outcome.REFUSED_BY_THE_PLAN, errors))
        self._judge([step for step in steps if step.slot.name in run.said], run)

    def _steps(self) -> list[_Step]:
        """Return what each slot does next; a transition that synthesis refuses is told and passed over."""
        steps: list[_Step] = []
        open_ = list(self._slots)
        while open_:
            wanted = [(slot, *self._wanted(slot)) for slot in open_]
            found = synthesize_all(own_names(document, slot.number, self._world) for slot, _, document in wanted)
            open_ = []
            for (slot, transition, document), synthesized in zip(wanted, found, strict=True):
                if synthesized.document is not None:
                    step = _Step(slot, transition, document, synthesized.document)
                    if transition is not None:
                        assert slot.synthesized is not None
                        step.said = announced(slot.synthesized, synthesized.document)
                    steps.append(step)
                    continue
                refused = _Step(slot, transition, document, {})
                self._finish(refused, refused.result(Outcome.REFUSED_AT_SYNTHESIS, synthesized.refusal.splitlines()))
                if slot.chain and slot in self._slots:
                    open_.append(slot)
        return steps

    def _wanted(self, slot: _Slot) -> tuple[Transition | None, Document]:
        """Return the next transition, or None and the environment to create; one that does not start here is made."""
        first = slot.chain[0]
        if slot.runs == first.before:
            return first, first.after
        if slot.runs is not None:
            # What runs is another one: it becomes the one from which the transition starts.
            return Transition(f"{first.name}: to its beginning", slot.runs, first.before), first.before
        return None, first.before

    def _applied(
        self, steps: list[_Step], before: Mapping[str, TerraformJson | None]
    ) -> tuple[Run, list[tuple[_Step, list[str]]]]:
        """Apply, each time without those that the plan has refused."""
        refused: list[tuple[_Step, list[str]]] = []
        while self._deployments.documents:
            # Each was planned since it was applied: nothing has changed in between, but what is beside a resource.
            looks = any(step.transition and _BESIDE & step.transition.differing.keys() for step in steps)
            run = self._deployments.apply(seconds=self._seconds, refresh=looks)
            gone = {step.slot.name for step, _ in refused}
            if not run.refused:
                return Run(
                    {name: said for name, said in run.said.items() if name not in gone}, True, run.timed_out
                ), refused
            for step in steps:
                name = step.slot.name
                if name in run.refused:
                    refused.append((step, run.said[name].errors))
                    if (document := before[name]) is None:
                        self._deployments.forget(name)
                    else:
                        self._deployments.put(name, document)

        return Run({}, is_applied=False), refused

    def _judge(self, steps: list[_Step], run: Run) -> None:
        for step in steps:
            step.cluster_after = self._cluster(step.slot)
        again, waiting = self._planned_after_the_window(steps)
        failed = [step for step in steps if run.said[step.slot.name].errors]
        healed: Mapping[str, Said] = {}
        if failed and not run.timed_out:
            others = self._deployments.documents.keys() - {step.slot.name for step in failed}
            for name in others:  # one whose plan was refused is forgotten already
                if again.get(name):
                    self._deployments.forget(name)
            healed = self._deployments.apply(seconds=self._seconds).said
        for step in steps:
            name = step.slot.name
            said, messages = run.said[name], again[name]
            outcome, says = self._outcome(step, said, messages, waits=name in waiting)
            if said.errors:
                outcome, says = Outcome.HALF_APPLIED, said.errors
                if run.timed_out:
                    says = [*says, f"not ended after {self._seconds:.0f} s: {', '.join(sorted(said.unfinished))}"]
            self._finish(
                step,
                step.result(
                    outcome,
                    says,
                    review_differs=[] if step.said is None else differs(step.said, said.planned),
                    seconds=round(said.last, 1),
                    heals=not healed[name].errors if said.errors and name in healed else None,
                ),
            )

    def _outcome(self, step: _Step, said: Said, messages: list[str], *, waits: bool) -> tuple[Outcome, list[str]]:
        """Return what became of a step that was applied, of which a second plan says `messages`."""
        before = step.slot.synthesized
        if step.said is not None and (gone := lost(step.said, said.done) + self._another_cluster(step)):
            return Outcome.LOST_DATA, gone
        if messages:
            return Outcome.COMES_BACK, messages
        if before is not None and (stays := staying(before, step.synthesized, said.planned)):
            return Outcome.STAYS, stays
        if step.transition is not None and _PASSWORD & step.transition.differing.keys():
            refusal = self._login_refused(step)
            if refusal is not None:
                return Outcome.LOCKED_OUT, [refusal]
        return (Outcome.WAITS if waits else Outcome.APPLIED), []

    def _planned_after_the_window(self, steps: Iterable[_Step]) -> tuple[dict[str, list[str]], set[str]]:
        """Return what plans show at last, and which show something until the maintenance window."""
        again = self._planned_again()
        waiting = {step.slot.name for step in steps if again[step.slot.name] and _waits(step)}
        if waiting:
            let_window_come(self._aws)
            again |= {name: messages for name, messages in self._planned_again().items() if name in waiting}
        return again, waiting

    def _planned_again(self) -> dict[str, list[str]]:
        """Return what a second plan would change in each deployment, or why it is refused."""
        refused: dict[str, list[str]] = {}
        while self._deployments.documents:
            run = self._deployments.plan()
            found = {name: said.errors for name, said in run.said.items() if said.errors}
            refused |= found
            if not found:
                break
            for name in found:
                self._deployments.forget(name)
        else:
            return refused
        coming = self._deployments.changed_arguments() if any(said.planned for said in run.said.values()) else {}
        return refused | {
            name: [f"{address}: {', '.join(what)}" for (of, address), what in coming.items() if of == name]
            for name in run.said
        }

    def _cluster(self, slot: _Slot) -> str | None:
        """Return what AWS gives a cluster once: another one is another cluster."""
        cluster = self._deployments.state(slot.name).get("aws_rds_cluster.aurora", {})
        return cluster.get("cluster_resource_id")

    def _login_refused(self, step: _Step) -> str | None:
        """Return how the Data API refuses the master user's secret, None where it does not, or there is none."""
        state = self._deployments.state(step.slot.name)
        cluster = state["aws_rds_cluster.aurora"]
        managed = cluster.get("master_user_secret") or [{}]
        made = state.get("aws_secretsmanager_secret.db_credentials", {}).get("arn")
        given = value_of(own_names(step.document, step.slot.number, self._world), "credentials.secret_arn")
        if not cluster["enable_http_endpoint"]:
            return None
        try:
            self._aws.client("rds-data").execute_statement(
                resourceArn=cluster["arn"],
                secretArn=managed[0].get("secret_arn") or made or given,
                database="postgres",
                sql="SELECT 1",
            )
        except ClientError as error:
            return str(error)
        return None

    def _another_cluster(self, step: _Step) -> list[str]:
        assert step.said is not None
        address = "aws_rds_cluster.aurora"
        # A finding says it where everything is made again elsewhere.
        is_same = step.said.moves or step.cluster_before in {None, step.cluster_after}
        return [] if is_same or address in step.said.gone | step.said.may_be_gone else [f"{address} is another one"]

    def _finish(self, step: _Step, result: Result) -> None:
        """Report, and go on: past the transition, to what runs now, or with a new deployment after a fault."""
        slot = step.slot
        if step.transition is None and result.outcome not in _MADE:
            result.says.insert(0, result.outcome)
            result.outcome = Outcome.NOT_CREATED
        if step.transition is not None or result.is_fault:
            self._report(result)
        if result.outcome in {*_MADE, Outcome.LOST_DATA, Outcome.LOCKED_OUT, Outcome.STAYS}:
            slot.runs, slot.synthesized = step.document, step.synthesized
        # One that could not be created, or not be come to, would be tried for ever.
        is_first = slot.chain[0] is step.transition or result.outcome is Outcome.NOT_CREATED
        if is_first:
            slot.chain.popleft()
        if result.outcome is Outcome.REFUSED_AT_SYNTHESIS:  # nothing starts from what can never run
            while slot.chain and slot.chain[0].before == step.document:
                slot.chain.popleft()
        if result.outcome in {Outcome.HALF_APPLIED, Outcome.COMES_BACK, Outcome.NOT_CREATED} or not (
            is_first or result.outcome in _MADE or step.transition is None
        ):
            self._start_again(slot)
