"""`aurora-serverless restart`: readers first, then the writer, and what it says when it cannot come to its end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from operations.availability import restarting
from operations.availability.absence import Absence
from operations.availability.restarting import Restarter
from operations.errors import ErrorKind, OperationsError
from tests.deployed.deployment import Deployment, deploy
from tests.deployed.fixtures import CommandLine
from tests.deployed.stubs import TARGET, described_cluster, described_instances, one_number, stubbed

Answering = Callable[[str, Any], None]
SYNC, PENDING = "in-sync", "pending-reboot"


@dataclass
class Rds:
    """A stand-in for RDS, which answers as a cluster of some instances would while it is rebooted.

    An instance is `rebooting` for two looks. Local AWS shows the calls, and nothing that takes time or waits.
    """

    parameters: dict[str, str]
    writer: str | None = "alex-0"
    status: str = "available"
    stays: Sequence[str] = ()
    calls: list[tuple[str, str]] = field(default_factory=list)
    _busy: dict[str, int] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)

    def describe_db_clusters(self, **_: Any) -> Mapping[str, Any]:
        if self.failures:
            raise self.failures.pop()
        members = [
            {
                "DBInstanceIdentifier": name,
                "IsClusterWriter": name == self.writer,
                "DBClusterParameterGroupStatus": state,
            }
            for name, state in self.parameters.items()
        ]
        return described_cluster(self.status, DBClusterMembers=members)

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: Any) -> Any:
        instances = []
        for tier, name in enumerate(self.parameters):
            left = self._busy.get(name, 0)
            self._busy[name] = max(left - 1, 0)
            status = self.statuses.get(name, "rebooting" if left else "available")
            more = {"DBInstanceIdentifier": name, "PromotionTier": tier}
            instances += described_instances(status, **more)["DBInstances"]
        return [{"DBInstances": instances}]

    def reboot_db_instance(self, *, DBInstanceIdentifier: str) -> Mapping[str, Any]:  # noqa: N803 (boto3's)
        self.calls.append(("reboot", DBInstanceIdentifier))
        self._restart(DBInstanceIdentifier)
        return {"DBInstance": {"DBInstanceStatus": "rebooting"}}

    def failover_db_cluster(self, *, DBClusterIdentifier: str, TargetDBInstanceIdentifier: str) -> None:  # noqa: N803
        assert DBClusterIdentifier == "alex"
        self.calls.append(("failover", TargetDBInstanceIdentifier))
        self.writer = TargetDBInstanceIdentifier

    def _restart(self, name: str) -> None:
        self._busy[name] = 2
        if name not in self.stays:
            self.parameters[name] = SYNC


@dataclass
class Clock:
    """Time that passes when somebody sleeps; `at` are things that happen then."""

    now: float = 0
    at: dict[int, Callable[[], None]] = field(default_factory=dict)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if (happens := self.at.get(int(self.now))) is not None:
            happens()


def restarter(answering: Answering, rds: Rds, **more: Any) -> Restarter:
    answering("rds", rds)
    clock = more.pop("clock", Clock())
    target = more.pop("target", None) or without_sql()
    return Restarter(target, 900, clock=clock, sleep=clock.sleep, **more)


def without_sql() -> Any:
    return replace(TARGET, secret_arn=None)


def restarted(answering: Answering, rds: Rds, **more: Any) -> Restarter:
    found = restarter(answering, rds, **more)
    found.restart(found.plan())
    return found


def test_a_writer_alone_is_rebooted(answering: Answering) -> None:
    rds = Rds({"alex-0": PENDING})
    done = restarted(answering, rds)
    assert rds.calls == [("reboot", "alex-0")]
    assert [(step.instance, step.action) for step in done.steps] == [("alex-0", "rebooted")]
    assert done.steps[0].seconds >= 10


def test_readers_come_first_and_the_writer_hands_over_to_the_first_of_them(answering: Answering) -> None:
    rds = Rds({"alex-0": PENDING, "alex-1": PENDING, "alex-2": PENDING})
    done = restarted(answering, rds)
    assert rds.calls == [("reboot", "alex-1"), ("reboot", "alex-2"), ("failover", "alex-1"), ("reboot", "alex-0")]
    assert [step.action for step in done.steps] == ["rebooted", "rebooted", "the writer now", "rebooted"]
    assert rds.writer == "alex-1"


def test_only_what_waits_is_rebooted(answering: Answering) -> None:
    rds = Rds({"alex-0": SYNC, "alex-1": PENDING, "alex-2": SYNC})
    restarted(answering, rds)
    assert rds.calls == [("reboot", "alex-1")]


def test_a_reader_that_waits_for_nothing_takes_over(answering: Answering) -> None:
    rds = Rds({"alex-0": PENDING, "alex-1": SYNC})
    restarted(answering, rds)
    assert rds.calls == [("failover", "alex-1"), ("reboot", "alex-0")]


def test_a_writer_that_the_failover_restarted_is_not_rebooted_again(answering: Answering) -> None:
    class Restarting(Rds):
        def failover_db_cluster(self, **arguments: Any) -> None:
            self.parameters["alex-0"] = SYNC
            super().failover_db_cluster(**arguments)

    rds = Restarting({"alex-0": PENDING, "alex-1": SYNC})
    done = restarted(answering, rds)
    assert rds.calls == [("failover", "alex-1")]
    assert done.left == []


def test_with_all_instances_those_that_wait_for_nothing_too(answering: Answering) -> None:
    rds = Rds({"alex-0": SYNC, "alex-1": SYNC})
    restarted(answering, rds, all_instances=True)
    assert rds.calls == [("reboot", "alex-1"), ("failover", "alex-1"), ("reboot", "alex-0")]


def test_a_secondary_of_a_global_database_has_readers_only(answering: Answering) -> None:
    rds = Rds({"alex-0": PENDING, "alex-1": PENDING}, writer=None)
    restarted(answering, rds)
    assert rds.calls == [("reboot", "alex-0"), ("reboot", "alex-1")]


def test_an_instance_group_that_waits_counts_too(answering: Answering) -> None:
    client, stubber = stubbed("rds")
    stubber.add_response("describe_db_clusters", described_cluster())
    group = [{"DBParameterGroupName": "mine", "ParameterApplyStatus": PENDING}]
    stubber.add_response("describe_db_instances", described_instances(DBParameterGroups=group))
    answering("rds", client)
    [found] = Restarter(TARGET, 900).plan()
    assert found.identifier == "alex-0"


@pytest.mark.parametrize(
    ("rds", "words"),
    [
        (Rds({"alex-0": PENDING}, status="modifying"), "the cluster is modifying; first ./aurora-serverless wait"),
        (Rds({"alex-0": PENDING}, status="stopped"), "the cluster is stopped: start it"),
        (Rds({"alex-0": PENDING}, statuses={"alex-0": "backing-up"}), "alex-0 is backing-up"),
        (Rds({"alex-0": SYNC}, statuses={"alex-0": "incompatible-parameters"}), "alex-0 is incompatible-parameters"),
    ],
)
def test_a_cluster_that_is_not_available_is_refused(answering: Answering, rds: Rds, words: str) -> None:
    with pytest.raises(OperationsError, match=words) as caught:
        restarter(answering, rds).plan()
    assert caught.value.kind is ErrorKind.FAILED
    assert rds.calls == []


def test_a_deadline_says_what_is_done_and_what_is_left(answering: Answering) -> None:
    rds = Rds({"alex-0": PENDING, "alex-1": PENDING, "alex-2": PENDING}, stays=("alex-2",))
    with pytest.raises(OperationsError) as caught:
        restarted(answering, rds)
    assert caught.value.kind is ErrorKind.TOO_LATE
    assert "alex-2 is not ready yet" in str(caught.value)
    assert "rebooted: alex-1; alex-2 is being rebooted, which AWS completes" in str(caught.value)
    assert "not rebooted: alex-0; continue with ./aurora-serverless restart" in str(caught.value)


def test_a_failed_state_ends_it(answering: Answering) -> None:
    rds = Rds({"alex-0": PENDING})
    clock = Clock(at={3: lambda: rds.statuses.update({"alex-0": "incompatible-parameters"})})
    with pytest.raises(OperationsError, match="alex-0 is incompatible-parameters") as caught:
        restarted(answering, rds, clock=clock)
    assert caught.value.kind is ErrorKind.FAILED


def test_ctrl_c_says_how_far_it_came_and_the_next_run_goes_on(answering: Answering) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    rds = Rds({"alex-0": PENDING, "alex-1": PENDING, "alex-2": PENDING})
    found = restarter(answering, rds, clock=Clock(at={20: stop}))
    with pytest.raises(KeyboardInterrupt) as caught:
        found.restart(found.plan())
    [note] = caught.value.__notes__
    assert note.startswith("rebooted: alex-1; alex-2 is being rebooted, which AWS completes; not rebooted: alex-0")
    rds.calls.clear()
    restarted(answering, rds)
    assert rds.calls == [("failover", "alex-1"), ("reboot", "alex-0")]


@pytest.mark.parametrize(
    ("code", "kind"), [("InvalidDBInstanceState", ErrorKind.FAILED), ("AccessDenied", ErrorKind.NO_ACCESS)]
)
def test_an_instance_whose_reboot_aws_refuses_is_left(answering: Answering, code: str, kind: ErrorKind) -> None:
    class Refusing(Rds):
        def reboot_db_instance(self, **_: Any) -> Mapping[str, Any]:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "RebootDBInstance")

    with pytest.raises(OperationsError, match="rebooted: nothing; not rebooted: alex-0; continue with") as caught:
        restarted(answering, Refusing({"alex-0": PENDING}))
    assert caught.value.kind is kind


def test_a_writer_that_aws_made_a_reader_meanwhile_is_rebooted_as_one(answering: Answering) -> None:
    rds = Rds({"alex-0": PENDING, "alex-1": PENDING})

    def fail_over() -> None:
        rds.writer = "alex-1"

    restarted(answering, rds, clock=Clock(at={7: fail_over}))
    assert rds.calls == [("reboot", "alex-1"), ("reboot", "alex-0")]


def test_throttling_on_the_way_is_waited_out(answering: Answering) -> None:
    rds = Rds({"alex-0": PENDING})
    busy = OperationsError("AWS throttles", ErrorKind.AWS_UNAVAILABLE)
    assert restarted(answering, rds, clock=Clock(at={3: lambda: rds.failures.append(busy)})).left == []


def test_the_time_without_an_answer_is_measured(answering: Answering) -> None:
    client, stubber = stubbed("rds-data")
    for answers in (True, True, True, False, False, False, True, *([True] * 40)):
        if answers:
            stubber.add_response("execute_statement", one_number())
        else:
            stubber.add_client_error("execute_statement", "DatabaseUnavailableException")
    answering("rds-data", client)
    done = restarted(answering, Rds({"alex-0": PENDING}), target=TARGET)
    assert done.absence.is_measured
    assert done.absence.seconds == 3


def test_a_database_that_does_not_answer_before_is_not_measured(answering: Answering) -> None:
    client, stubber = stubbed("rds-data")
    stubber.add_client_error("execute_statement", "AccessDeniedException")
    answering("rds-data", client)
    absence = Absence(TARGET)
    absence.begin()
    absence.look()
    assert (absence.is_measured, absence.is_over) == (False, True)


@pytest.fixture
def _looking_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarting, "POLL_SECONDS", 1)


@pytest.fixture(scope="module")
def with_reader(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Return a deployment with a reader on local AWS."""
    deployment = deploy(aws, tmp_path_factory.mktemp("restart"))
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier=f"{deployment.cluster}-1",
        DBClusterIdentifier=deployment.cluster,
        DBInstanceClass="db.serverless",
        Engine="aurora-postgresql",
    )
    return deployment


def test_on_local_aws_nothing_waits_and_nothing_is_done(command_line: CommandLine) -> None:
    done = command_line("restart")
    assert (done.status, done.errors) == (0, "")
    assert done.output == "dev: nothing waits for a reboot, and nothing was rebooted; --force reboots all the same\n"


@pytest.mark.usefixtures("_looking_often")
def test_on_local_aws_it_reboots_the_reader_and_fails_over(
    with_reader: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = f"{with_reader.cluster}-0", f"{with_reader.cluster}-1"
    done = with_reader.run(capsys, "restart", "--force", "--yes-restart", "dev", "--json")
    assert done.status == 0, done.errors
    assert [(step["instance"], step["action"]) for step in done.json["steps"]] == [
        (second, "rebooted"),
        (second, "the writer now"),
        (first, "rebooted"),
    ]
    assert (done.json["writer"], done.json["in_sync"]) == (second, True)
    assert done.json["away_seconds"] is not None
    assert set(done.json) == {"target", "cluster", "steps", "writer", "away_seconds", "in_sync"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "(writer) of dev: say so with --yes-restart dev"),
        (("--yes-restart", "production"), "production is not dev: nothing was rebooted"),
        (("--deadline-seconds", "nan"), "--deadline-seconds"),
    ],
)
def test_without_the_name_nothing_is_rebooted(
    command_line: CommandLine, arguments: tuple[str, ...], words: str
) -> None:
    done = command_line("restart", "--force", *arguments)
    assert done.status == 2
    assert words in done.errors


@pytest.mark.usefixtures("_looking_often")
def test_for_people_each_instance_is_a_line(deployed: Deployment, command_line: CommandLine) -> None:
    lines = command_line("restart", "--force", "--yes-restart", "dev").output.splitlines()
    assert lines[0].startswith(f"✓ {deployed.cluster}-0  rebooted  after ")
    assert lines[-1].startswith("dev: everything is in effect; the database ")
