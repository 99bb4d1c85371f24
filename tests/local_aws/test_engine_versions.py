"""Engine versions on local AWS."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.mending.engine_versions import can_pause
from tests.local_aws.conftest import CreateCluster


@pytest.mark.parametrize("version", ["15.4", "17.7", "18.4", "16"])
def test_a_version_of_aurora_is_accepted(create_cluster: CreateCluster, version: str) -> None:
    assert create_cluster(EngineVersion=version)["EngineVersion"] == version


@pytest.mark.parametrize("version", ["99.9", "17.99", "12.7", "seventeen"])
def test_an_unknown_version_is_refused(create_cluster: CreateCluster, version: str) -> None:
    with pytest.raises(ClientError, match=f"Cannot find version {version} for aurora-postgresql"):
        create_cluster(EngineVersion=version)


def test_an_upgrade_to_an_unknown_version_is_refused(rds: Any, create_cluster: CreateCluster) -> None:
    cluster = create_cluster()

    with pytest.raises(ClientError, match=r"Cannot find version 99\.9"):
        rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], EngineVersion="99.9")


@pytest.mark.parametrize(("requested", "runs"), [("17", "17.7"), ("17.10", "17.10"), ("18", "18")])
def test_a_change_that_asks_for_the_major_version_keeps_the_minor(
    rds: Any, create_cluster: CreateCluster, requested: str, runs: str
) -> None:
    name = create_cluster(EngineVersion="17.7")["DBClusterIdentifier"]
    changed = rds.modify_db_cluster(
        DBClusterIdentifier=name, EngineVersion=requested, AllowMajorVersionUpgrade=True, ApplyImmediately=True
    )["DBCluster"]
    assert changed["EngineVersion"] == runs


@pytest.mark.parametrize(
    ("version", "pauses"),
    [("13.14", False), ("13.15", True), ("15.4", False), ("15.7", True), ("16.3", True), ("17.4", True), ("99", False)],
)
def test_auto_pause_depends_on_the_version(version: str, pauses: bool) -> None:
    assert can_pause(version) is pauses
