"""`aurora-serverless upgrade` after a deploy: what the upgrade left is looked at, and what remains is done."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local_aws.process import LocalAws
from operations.aws.events import Event
from operations.checks.check import Outcome
from operations.upgrade import after, statistics
from operations.upgrade.file_change import ALLOWED
from operations.upgrade.outage import last_outage
from tests.operations.upgrade.conftest import Upgraded, deployed

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def test_an_upgrade_is_waited_for_looked_at_and_finished(
    aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One chain, because each upgrade moves the data: deployed, waited for, looked at, agreed to, and done."""
    upgraded = Upgraded(deployed(aws, tmp_path, "16.8"), capsys)
    upgraded.sql(
        "CREATE DATABASE reports",
        'CREATE TABLE "a Table" AS SELECT generate_series(1, 100) AS i',
        "CREATE EXTENSION pg_stat_statements VERSION '1.10'",
        "ANALYZE",
    )
    upgraded.sql("CREATE TABLE t AS SELECT 1 AS i", database="reports")
    text = upgraded.file.read_text()
    upgraded.file.write_text(text.replace('"16.8"', '"17.7"').replace("# chosen", f'# chosen\n{ALLOWED} = "17.7"'))

    upgraded.deploy()
    looked = upgraded.run("--check", "--json")
    assert looked.status == 1
    failures = upgraded.failures(looked)
    assert failures["extensions"] == "to update: alex: pg_stat_statements 1.10 to 1.12"
    assert failures["statistics"] == "not analyzed since the upgrade: 1 table of alex, 1 table of reports"
    assert set(failures) == {"extensions", "statistics", "file"}
    assert (looked.json["phase"], looked.json["running"]) == ("after", "17.7")
    assert ALLOWED in upgraded.file.read_text()

    unasked = upgraded.run("--json")
    assert set(upgraded.failures(unasked)) == {"extensions", "file"}
    [statistics_check] = [check for check in unasked.json["checks"] if check["name"] == "statistics"]
    assert statistics_check["detail"] == "analyzed 1 table of alex, 1 table of reports"

    done = upgraded.run("--yes-upgrade", "dev", "--json")
    assert (done.status, upgraded.failures(done)) == (0, {})
    details = {check["name"]: check["detail"] for check in done.json["checks"]}
    assert details["extensions"] == "updated: alex: pg_stat_statements 1.10 to 1.12"
    assert details["statistics"] == "every table was analyzed"
    assert details["parameter groups"] == "default.aurora-postgresql17: in sync"
    assert " s, from 2026" in details["time away"] or " min" in details["time away"]
    assert upgraded.file.read_text() == text.replace('"16.8"', '"17.7"')
    assert done.json["next"] == ["make local-deploy ENVIRONMENT=dev"]

    again = upgraded.run("--json").json
    assert (again["passed"], again["file"]["difference"], again["next"]) == (True, [], [])


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("in-sync", Outcome.PASSED), ("pending-reboot", Outcome.FAILED), ("applying", Outcome.FAILED)],
)
@pytest.mark.parametrize("of_cluster", [True, False])
def test_a_group_that_waits_for_a_reboot_is_told_with_the_command_for_it(
    status: str, outcome: Outcome, *, of_cluster: bool
) -> None:
    of_instance = "in-sync" if of_cluster else status
    instance = {
        "DBInstanceIdentifier": "alex-0",
        "DBParameterGroups": [{"DBParameterGroupName": "own", "ParameterApplyStatus": of_instance}],
    }
    member = {"DBInstanceIdentifier": "alex-0", "DBClusterParameterGroupStatus": status if of_cluster else "in-sync"}
    subject: Any = SimpleNamespace(
        described={"DBClusterParameterGroup": "all", "DBClusterMembers": [member]},
        target=SimpleNamespace(cluster_identifier="alex", command="aurora-serverless {} live --local".format),
        client=lambda _: _answering(DBInstances=[instance]),
    )
    [check] = after.parameter_groups(subject)
    assert check.outcome is outcome
    if outcome is Outcome.FAILED:
        assert check.detail == f"{'all' if of_cluster else 'own'} of alex-0 is {status}"
        assert check.remedy == "aurora-serverless restart live --local"


def test_an_instance_that_stayed_behind_is_told() -> None:
    subject: Any = SimpleNamespace(
        running="17.7",
        again="./aurora-serverless upgrade live --to 17.7",
        target=SimpleNamespace(cluster_identifier="alex"),
        client=lambda _: _answering(DBInstances=[{"DBInstanceIdentifier": "alex-1", "EngineVersion": "16.8"}]),
    )
    [check] = after.version(subject)
    assert (check.outcome, check.detail) == (Outcome.FAILED, "the cluster runs 17.7, and alex-1 16.8")


def _answering(**page: Any) -> Any:
    return SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=lambda **_: [page]))


def _events(*messages: tuple[int, str, str]) -> list[Event]:
    return [Event(NOON + timedelta(seconds=seconds), source, message) for seconds, source, message in messages]


def test_the_time_away_is_between_the_shutdown_and_the_restart_of_the_writer() -> None:
    events = _events(
        (0, "alex-0", "DB instance shutdown"),
        (5, "alex-0", "DB instance restarted"),
        (100, "alex", "Database cluster engine version upgrade started"),
        (110, "alex-0", "DB instance shutdown"),
        (120, "alex-1", "DB instance restarted"),
        (290, "alex-0", "DB instance restarted"),
        (300, "alex", "Database cluster engine major version has been upgraded"),
    )
    found = last_outage(events, "alex-0")
    assert found is not None
    assert (found.seconds, found.begin) == (180, NOON + timedelta(seconds=110))


@pytest.mark.parametrize(
    "events", [[], [(0, "alex-0", "DB instance shutdown")], [(0, "alex-0", "DB instance restarted")]]
)
def test_events_that_do_not_tell_both_ends_tell_no_time(events: list[tuple[int, str, str]]) -> None:
    assert last_outage(_events(*events), "alex-0") is None


class Tables:
    """A database whose ANALYZE takes as long as a test says; `analyzed_after` counts the looks."""

    def __init__(self, *, is_in_time: bool, analyzed_after: int | None) -> None:
        self.statements: list[str] = []
        self._is_in_time = is_in_time
        self._looks_left = analyzed_after

    def database(self, _: str) -> "Tables":
        return self

    def run_to_its_end(self, sql: str) -> bool:
        self.statements.append(sql)
        return self._is_in_time

    def ask(self, _: str, sql: str) -> list[dict[str, int]]:
        assert "WHERE relid = 7" in sql
        if self._looks_left is None:
            return [{"rows": 0}]
        self._looks_left -= 1
        return [{"rows": 1 if self._looks_left < 0 else 0}]


@pytest.mark.parametrize(
    ("is_in_time", "analyzed_after", "is_left"),
    [(True, 0, False), (True, None, True), (False, 3, False), (False, None, True)],
    ids=["in time", "of another owner", "after the limit of the Data API", "not before the deadline"],
)
def test_a_table_is_left_where_postgresql_has_not_counted_its_analyze(
    *, is_in_time: bool, analyzed_after: int | None, is_left: bool
) -> None:
    tables = Tables(is_in_time=is_in_time, analyzed_after=analyzed_after)
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    table = statistics.Table("alex", 7, 'public."a Table"')
    left = statistics.gather(
        tables,  # type: ignore[arg-type]
        [table],
        deadline_seconds=60,
        on_progress=lambda _: None,
        clock=lambda: now[0],
        sleep=sleep,
    )
    assert list(left) == ([table] if is_left else [])
    assert tables.statements == ['ANALYZE public."a Table"']
    assert now[0] <= 62
