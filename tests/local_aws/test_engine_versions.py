"""Engine versions on local AWS."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from aurora_serverless.facts.engine_versions import engine_majors
from local_aws.patches.engine_versions import can_pause
from tests.local_aws.conftest import CreateCluster


@pytest.mark.parametrize("version", ["15.4", "17.7", "18.6"])
def test_a_version_of_aurora_is_accepted(create_cluster: CreateCluster, version: str) -> None:
    assert create_cluster(EngineVersion=version)["EngineVersion"] == version


@pytest.mark.parametrize("version", ["99.9", "17.99", "17.8", "12.7", "seventeen"])
def test_an_unknown_version_is_refused(create_cluster: CreateCluster, version: str) -> None:
    with pytest.raises(ClientError, match=f"Cannot find version {version} for aurora-postgresql"):
        create_cluster(EngineVersion=version)


def test_the_minor_version_of_a_major_one_is_chosen(create_cluster: CreateCluster) -> None:
    """hashicorp/terraform-provider-aws, aws_rds_cluster: engine_version_actual tells what AWS has made of it."""
    assert create_cluster(EngineVersion="16")["EngineVersion"].startswith("16.")


def test_an_upgrade_to_an_unknown_version_is_refused(rds: Any, create_cluster: CreateCluster) -> None:
    cluster = create_cluster()

    with pytest.raises(ClientError, match=r"Cannot find version 99\.9"):
        rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], EngineVersion="99.9")


@pytest.mark.parametrize(("requested", "runs"), [("17", "17.7"), ("17.10", "17.10"), ("18", "18.6")])
def test_a_change_that_asks_for_the_major_version_keeps_the_minor(
    rds: Any, create_cluster: CreateCluster, requested: str, runs: str
) -> None:
    name = create_cluster(EngineVersion="17.7")["DBClusterIdentifier"]
    changed = rds.modify_db_cluster(
        DBClusterIdentifier=name, EngineVersion=requested, AllowMajorVersionUpgrade=True, ApplyImmediately=True
    )["DBCluster"]
    assert changed["EngineVersion"] == runs


def described(rds: Any, **arguments: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rds.describe_db_engine_versions(Engine="aurora-postgresql", **arguments)[
        "DBEngineVersions"
    ]
    return found


@pytest.mark.parametrize(
    ("version", "targets"),
    [
        ("17.5", {"17.6": False, "17.7": False, "18.3": True}),
        ("16.9", {"16.10": False, "17.5": True, "18.6": True}),
        ("16.8", {"17.4": True}),
        ("15.4", {"15.10": False, "16.8": True, "17.4": True}),
    ],
)
def test_the_upgrade_targets_of_a_version_are_told(rds: Any, version: str, targets: dict[str, bool]) -> None:
    """Amazon Aurora User Guide, the table of upgrade targets; 16.4 to 18.3 is in aprin-labs/archimedes 1048."""
    [found] = described(rds, EngineVersion=version, IncludeAll=True)
    told = {each["EngineVersion"]: each["IsMajorVersionUpgrade"] for each in found["ValidUpgradeTarget"]}
    assert told.items() >= targets.items()


@pytest.mark.parametrize(
    ("version", "other"), [("17.7", "17.6"), ("17.7", "17.7"), ("16.9", "17.4"), ("17.7", "16.14")]
)
def test_an_older_version_is_no_upgrade_target(rds: Any, version: str, other: str) -> None:
    [found] = described(rds, EngineVersion=version)
    assert other not in [each["EngineVersion"] for each in found["ValidUpgradeTarget"]]


def test_retired_versions_are_told_on_demand(rds: Any) -> None:
    """Botocore's model of DescribeDBEngineVersions: IncludeAll lists versions that are not available."""
    assert described(rds, EngineVersion="15.4") == []
    [found] = described(rds, EngineVersion="15.4", IncludeAll=True)
    assert (found["Status"], found["DBParameterGroupFamily"]) == ("deprecated", "aurora-postgresql15")


def test_versions_are_found_by_major_version_and_family(rds: Any) -> None:
    of_major = described(rds, EngineVersion="16")
    assert {each["MajorEngineVersion"] for each in of_major} == {"16"}
    assert of_major == described(rds, DBParameterGroupFamily="aurora-postgresql16")
    [default] = described(rds, DefaultOnly=True)
    assert default["Status"] == "available"
    assert rds.describe_db_engine_versions(Engine="mysql")["DBEngineVersions"] == []


def test_every_major_version_is_told(rds: Any) -> None:
    assert {each["MajorEngineVersion"] for each in described(rds, IncludeAll=True)} == {*map(str, engine_majors())}


def test_the_capacity_of_a_version_is_told(rds: Any) -> None:
    [found] = described(rds, EngineVersion="17.7")
    assert found["ServerlessV2FeaturesSupport"] == {"MinCapacity": 0.0, "MaxCapacity": 256.0}


@pytest.mark.parametrize(
    ("version", "pauses"),
    [("13.14", False), ("13.15", True), ("15.4", False), ("15.7", True), ("16.3", True), ("17.4", True), ("99", False)],
)
def test_auto_pause_depends_on_the_version(version: str, pauses: bool) -> None:
    assert can_pause(version) is pauses
