"""`aurora-serverless upgrade` before a deploy: it finds what AWS would refuse, and prepares what it accepts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local_aws.process import LocalAws
from operations.aws.cluster import describe_cluster
from operations.upgrade import before, extensions
from operations.upgrade.file_change import ALLOWED
from tests.deployed.deployment import Deployment
from tests.local_aws.conftest import unique
from tests.operations.upgrade.conftest import Upgraded, deployed

ALL = {"cluster", "instances", "version", "global database", "parameters", "connections", "long transactions"}


@pytest.fixture(scope="module")
def deployment(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return deployed(aws, tmp_path_factory.mktemp("project"), "16.8")


@pytest.fixture
def running(deployment: Deployment, capsys: pytest.CaptureFixture[str]) -> Iterator[Upgraded]:
    """Return a deployment of 16.8 that the tests of this file share; its file is put back."""
    made = Upgraded(deployment, capsys)
    text = made.file.read_text()
    yield made
    made.file.write_text(text)


def test_a_look_finds_nothing_wrong_and_changes_nothing(running: Upgraded) -> None:
    text = running.file.read_text()
    done = running.run("--check", "--json")
    assert (done.status, done.errors) == (0, "")
    document = done.json
    assert {check["outcome"] for check in document["checks"]} == {"passed"}
    assert ALL | {"prepared transactions", "columns of reg* types", "extensions", "file"} <= {
        check["name"] for check in document["checks"]
    }
    assert (document["phase"], document["running"], document["to"]) == ("before", "16.8", "17.7")
    assert (document["snapshot"], document["file"]["written"]) == (None, False)
    assert f'+{ALLOWED} = "17.7"' in document["file"]["difference"]
    assert running.file.read_text() == text
    assert running.rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"] == []


def test_every_database_of_the_cluster_is_looked_through(running: Upgraded) -> None:
    running.sql("CREATE DATABASE reports")
    running.sql("CREATE TABLE t (f regproc)", database="reports")
    try:
        done = running.run("--yes-upgrade", "dev", "--json")
    finally:
        running.sql("DROP DATABASE reports WITH (FORCE)")
    assert done.status == 1
    assert running.failures(done) == {"columns of reg* types": "reports: public.t.f"}
    assert done.json["file"]["written"] is False
    assert '"16.8"' in running.file.read_text()


@pytest.mark.parametrize(
    ("to", "detail", "remedy"),
    [
        ("16.12", "is a version that Aurora PostgreSQL never had", 'write "16.13"'),
        ("12.9", "is known for 13 to 18", "write a version such as"),
        ("latest", "must be major.minor", "write a version such as"),
    ],
)
def test_a_version_that_does_not_exist_is_refused_in_one_line(
    running: Upgraded, to: str, detail: str, remedy: str
) -> None:
    done = running.run(to=to)
    assert (done.status, done.output) == (2, "")
    assert detail in done.error
    assert remedy in done.error


def test_a_version_that_is_no_target_is_refused_with_those_that_are(running: Upgraded) -> None:
    done = running.run("--json", "--check", to="17.99")
    assert running.failures(done) == {"version": "AWS does not upgrade 16.8 to 17.99"}
    [remedy] = [check["remedy"] for check in done.json["checks"] if check["name"] == "version"]
    assert remedy.startswith("give one of 17.")


@pytest.mark.parametrize("to", ["16.4", "15.18"])
def test_a_downgrade_is_refused_with_the_way_back(running: Upgraded, to: str) -> None:
    done = running.run(to=to)
    assert done.status == 1
    assert f"dev runs 16.8, and Aurora cannot downgrade to {to}: restore a snapshot" in done.error


def test_without_a_person_and_without_the_name_nothing_is_changed(running: Upgraded) -> None:
    text = running.file.read_text()
    for arguments in ([], ["--yes-upgrade", "production"]):
        done = running.run(*arguments)
        assert done.status == 2
        assert "dev" in done.error
    assert running.file.read_text() == text
    assert running.rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"] == []


def test_it_is_prepared_by_a_snapshot_with_a_free_name_and_a_change_of_the_file(running: Upgraded) -> None:
    first = f"{running.deployment.cluster}-before-17-7"
    running.rds.create_db_cluster_snapshot(
        DBClusterIdentifier=running.deployment.cluster, DBClusterSnapshotIdentifier=first
    )
    done = running.run("--yes-upgrade", "dev", "--json")
    assert done.status == 0
    document = done.json
    assert document["snapshot"] == f"{first}-2"
    [made] = running.rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=f"{first}-2")["DBClusterSnapshots"]
    assert made["Status"] == "available"
    assert document["file"]["written"] is True
    assert f'version = "17.7"  # chosen\n{ALLOWED} = "17.7"\n' in running.file.read_text()
    assert document["next"][0] == "make local-deploy ENVIRONMENT=dev"
    assert document["next"][1].startswith("./aurora-serverless upgrade dev --local")

    again = running.run("--json").json
    assert (again["snapshot"], again["file"]["difference"], again["next"]) == (None, [], document["next"])


def test_without_a_snapshot_only_the_file_is_changed(running: Upgraded) -> None:
    before_it = len(running.rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"])
    assert running.run("--yes-upgrade", "dev", "--without-snapshot").status == 0
    after = len(running.rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"])
    assert after == before_it
    assert '"17.7"' in running.file.read_text()


def test_a_minor_upgrade_needs_no_permission_and_no_look_into_the_catalogs(running: Upgraded) -> None:
    done = running.run("--yes-upgrade", "dev", "--json", to="16.13")
    assert done.status == 0
    assert "columns of reg* types" not in {check["name"] for check in done.json["checks"]}
    assert 'version = "16.13"  # chosen\n\n' in running.file.read_text()
    assert ALLOWED not in running.file.read_text()


def test_parameters_that_the_new_version_does_not_have_are_named(running: Upgraded) -> None:
    text = (
        running.file.read_text()
        + '\n[engine.cluster_parameters]\nold_snapshot_threshold = "10"\nlog_connections = "1"\n'
    )
    running.file.write_text(text)
    done = running.run("--json", "--yes-upgrade", "dev")
    failures = running.failures(done)
    assert set(failures) == {"parameters", "file"}
    assert "old_snapshot_threshold = 10: Aurora PostgreSQL 17 has no such parameter" in failures["parameters"]
    assert "log_connections" not in failures["parameters"]
    assert running.file.read_text() == text


def test_what_only_the_new_version_takes_is_written_after_the_upgrade(running: Upgraded) -> None:
    lines = '\n[engine.cluster_parameters]\nlog_connections = "1"\nssl_ecdh_curve = "prime256v1"\nwork_mem = "65536"\n'
    running.file.write_text(running.file.read_text() + lines)
    done = running.run("--json", "--yes-upgrade", "dev", to="18.4")
    [check] = [check for check in done.json["checks"] if check["name"] == "parameters"]
    assert check["outcome"] == "failed"
    assert "log_connections = 1: takes receipt, authentication" in check["detail"]
    assert check["remedy"] == (
        "leave log_connections, ssl_ecdh_curve out, under [engine] in environments/dev.toml; after the upgrade "
        'log_connections: write "all", or some of the others; ssl_ecdh_curve: write ssl_groups, its name there'
    )


def test_an_upgrade_that_waits_for_the_maintenance_window_is_told_and_not_prepared_again(
    running: Upgraded, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = {"PendingModifiedValues": {"EngineVersion": "17.7"}, "PreferredMaintenanceWindow": "sun:03:00-sun:04:00"}
    monkeypatch.setattr(
        "operations.upgrade.subject.describe_cluster", lambda *arguments: describe_cluster(*arguments) | waiting
    )
    done = running.run("--yes-upgrade", "dev")
    assert done.status == 0
    assert "dev: AWS upgrades it in sun:03:00-sun:04:00 UTC; this command again afterwards" in done.output
    assert ALLOWED not in running.file.read_text()


def test_a_major_version_alone_leaves_the_minor_to_aws(running: Upgraded) -> None:
    assert running.run("--yes-upgrade", "dev", "--without-snapshot", to="17").status == 0
    assert f'version = "17"  # chosen\n{ALLOWED} = "17"\n' in running.file.read_text()


def test_long_transactions_and_used_up_connections_are_found(
    running: Upgraded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(before, "LONG_SECONDS", -1)
    monkeypatch.setattr(before, "FREE_CONNECTIONS", 1_000_000)
    with running.transaction() as pid:
        failures = running.failures(running.run("--json", "--check"))
    assert set(failures) == {"long transactions", "connections"}
    assert f"pid {pid} (alexadmin in alex, for " in failures["long transactions"]
    assert " are used" in failures["connections"]


def test_extensions_that_the_version_lacks_and_those_to_update_first_are_found(
    running: Upgraded, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.sql("CREATE EXTENSION pg_stat_statements VERSION '1.10'", "CREATE EXTENSION hstore")
    monkeypatch.setattr(extensions, "_offered", lambda *_: frozenset({"pg_stat_statements"}))
    monkeypatch.setattr(extensions, "UPDATED_BEFORE", {"pg_stat_statements"})
    done = running.run("--json", "--check")
    running.sql("DROP EXTENSION pg_stat_statements", "DROP EXTENSION hstore")
    assert running.failures(done) == {
        "extensions": "Aurora PostgreSQL 17 does not have alex: hstore 1.8",
        "extensions to update before": "alex: pg_stat_statements 1.10, newest 1.12",
    }


def test_extensions_that_can_wait_are_told(running: Upgraded) -> None:
    running.sql("CREATE EXTENSION pg_stat_statements VERSION '1.10'")
    done = running.run("--json", "--check")
    running.sql("DROP EXTENSION pg_stat_statements")
    [detail] = [check["detail"] for check in done.json["checks"] if check["name"] == "extensions to update before"]
    assert detail == "none; updated after the upgrade: alex: pg_stat_statements 1.10"


def test_extensions_are_unknown_where_aws_does_not_list_them(
    running: Upgraded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensions, "_offered", lambda *_: None)
    [check] = [one for one in running.run("--json", "--check").json["checks"] if one["name"] == "extensions"]
    assert check["outcome"] == "unknown"
    assert "Extension versions for Amazon Aurora PostgreSQL" in check["remedy"]


def test_without_the_data_api_the_rest_is_looked_at_and_sql_is_unknown(
    aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Upgraded(deployed(aws, tmp_path, "16.8", EnableHttpEndpoint=False), capsys).run("--check", "--json")
    outcomes = {check["name"]: check["outcome"] for check in found.json["checks"]}
    assert (found.status, outcomes["SQL"], outcomes["version"]) == (0, "unknown", "passed")


def test_a_cluster_by_its_arn_is_looked_at_and_not_prepared(running: Upgraded) -> None:
    arn = running.deployment.outputs["aurora_cluster_arn"]
    words = ["upgrade", "--cluster-arn", arn, "--to", "17.7"]
    done = running.deployment.run(running.capsys, *words, where="")
    assert (done.status, "name an environment, whose file is changed" in done.error) == (2, True)
    done = running.deployment.run(running.capsys, *words, "--check", "--json", where="")
    assert (done.status, done.json["file"]) == (0, None)


@dataclass(frozen=True)
class GlobalMember:
    """A deployment that is the primary of a global database, and a secondary of it."""

    upgraded: Upgraded
    identifier: str
    abroad: Any
    secondary: str


@pytest.fixture
def member(aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> GlobalMember:
    primary = Upgraded(deployed(aws, tmp_path, "16.8"), capsys)
    identifier = unique("global")
    arn = primary.deployment.outputs["aurora_cluster_arn"]
    primary.rds.create_global_cluster(GlobalClusterIdentifier=identifier, SourceDBClusterIdentifier=arn)
    abroad, secondary = aws.client("rds", region="eu-west-1"), unique("secondary")
    abroad.create_db_cluster(
        DBClusterIdentifier=secondary,
        Engine="aurora-postgresql",
        EngineVersion="16.8",
        GlobalClusterIdentifier=identifier,
    )
    return GlobalMember(primary, identifier, abroad, secondary)


def test_the_primary_of_a_global_database_waits_for_its_secondaries(member: GlobalMember) -> None:
    done = member.upgraded.run("--check", "--json", to="16.13")
    assert member.upgraded.failures(done) == {
        "global database": f"the secondaries of {member.identifier} are upgraded before the primary: "
        f"{member.secondary} in eu-west-1"
    }
    member.abroad.modify_db_cluster(DBClusterIdentifier=member.secondary, EngineVersion="16.13", ApplyImmediately=True)
    assert member.upgraded.run("--check", to="16.13").status == 0


def test_a_major_version_of_a_global_database_is_left_to_aws_with_the_command_for_it(member: GlobalMember) -> None:
    done = member.upgraded.run("--check", "--json")
    assert set(member.upgraded.failures(done)) == {"global database"}
    [remedy] = [check["remedy"] for check in done.json["checks"] if check["name"] == "global database"]
    assert remedy.startswith(
        f"aws rds modify-global-cluster --global-cluster-identifier {member.identifier} "
        "--engine-version 17.7 --allow-major-version-upgrade; then this command again"
    )
