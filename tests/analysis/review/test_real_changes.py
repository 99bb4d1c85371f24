"""Changes of environment files, synthesized on both sides: one file a change, all of them at once."""

from collections.abc import Mapping
from typing import Final

import pytest

from analysis.review.base import both_sides
from analysis.review.changes import Kind
from analysis.review.finding import EffectKind, Severity
from analysis.review.review import EnvironmentReview, Presence, Review, review
from tests.analysis.review.projects import real_project

_PRODUCTION: Final = """
preset = "production"
name_prefix = "alex-NAME"
region = "us-east-1"
[engine]
version = "17.7"
[capacity]
minimum_acu = 2
maximum_acu = 8
"""
_DEV: Final = """
name_prefix = "alex-NAME"
region = "us-east-1"
[engine]
version = "17.7"
[capacity]
minimum_acu = 0
maximum_acu = 1
"""

CHANGES: Final[Mapping[str, tuple[str | None, str | None]]] = {
    "same": (_DEV, _DEV),
    "new": (None, _DEV),
    "gone": (_DEV, None),
    "bigger": (_DEV, _DEV.replace("maximum_acu = 1", "maximum_acu = 16")),
    "downgraded": (_PRODUCTION, _PRODUCTION.replace('"17.7"', '"16.8"')),
    "tuned": (
        _PRODUCTION,
        _PRODUCTION.replace('"17.7"', '"17.7"\n[engine.cluster_parameters]\nmax_prepared_transactions = "10"'),
    ),
    "unprotected": (_PRODUCTION, f"{_PRODUCTION}[protection]\ndeletion_protection = false\nprevent_destroy = false\n"),
    "renamed": (_PRODUCTION, _PRODUCTION.replace("alex-NAME", "other-NAME")),
    "opened": (_DEV, f'{_DEV}[network]\nallowed_cidr_blocks = ["203.0.113.0/24"]\n'),
    "password": (_PRODUCTION, f'{_PRODUCTION}[credentials]\nmode = "random"\n'),
    "shorter": (_PRODUCTION, f"{_PRODUCTION}[backup]\nretention_days = 7\n[monitoring]\nlog_retention_days = 30\n"),
    "moved": (_DEV, _DEV.replace("us-east-1", "eu-west-1")),
    "vpc": (_DEV, f'{_DEV}[network]\nvpc_id = "vpc-0123456789abcdef0"\n'),
    "remote": (_DEV, f'{_DEV}[backend]\ntype = "s3"\nbucket = "states"\n'),
}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Review:
    """Return the review of all changes: two syntheses."""
    project = real_project(tmp_path_factory.mktemp("project") / "project")
    for index in (0, 1):
        for name, texts in CHANGES.items():
            path = project.folder / "environments" / f"{name}.toml"
            path.unlink(missing_ok=True)
            if (text := texts[index]) is not None:
                path.write_text(text.replace("NAME", name))
        if index == 0:
            project.commit()
    sides = both_sides(project.folder, "HEAD")
    assert sides.notes == ()
    return review(sides.before, sides.after, base=sides.base)


@pytest.fixture
def of(reviewed: Review) -> Mapping[str, EnvironmentReview]:
    return {environment.name: environment for environment in reviewed.environments}


def kinds(environment: EnvironmentReview) -> dict[str, Kind]:
    return {change.address: change.kind for change in environment.resources}


def opens(environment: EnvironmentReview, least: Severity = Severity.MEDIUM) -> list[str]:
    return [f"{one.address}: {one.what}" for one in environment.findings if one.severity >= least]


def test_what_did_not_change_is_unchanged(reviewed: Review) -> None:
    assert reviewed.unchanged == ("same",)


def test_environments_come_and_go(of: Mapping[str, EnvironmentReview]) -> None:
    assert (of["new"].presence, of["gone"].presence) == (Presence.ADDED, Presence.REMOVED)
    assert set(kinds(of["new"]).values()) == {Kind.ADDED}
    assert of["gone"].resources == ()


def test_a_higher_maximum_shows_at_the_cluster_and_in_the_cost(of: Mapping[str, EnvironmentReview]) -> None:
    [cluster] = of["bigger"].resources
    assert [(one.path, one.before, one.after) for one in cluster.arguments] == [
        ("serverlessv2_scaling_configuration.max_capacity", 1, 16)
    ]
    cost = of["bigger"].cost
    assert cost is not None
    assert cost.before is not None
    assert cost.after is not None
    assert cost.before[2] is not None
    assert cost.after[2] is not None
    assert cost.after[2] > cost.before[2]
    assert opens(of["bigger"]) == []


def felt(environment: EnvironmentReview) -> list[tuple[EffectKind, str]]:
    return [(effect.kind, effect.what) for effect in environment.effects]


def test_what_the_running_database_feels_is_told(of: Mapping[str, EnvironmentReview]) -> None:
    assert felt(of["bigger"]) == [(EffectKind.PENDING_REBOOT, "max_connections 189 → 2,000 after a reboot")]
    assert felt(of["tuned"]) == [
        (EffectKind.PENDING_REBOOT, "max_prepared_transactions: in effect after a reboot"),
    ]
    assert (EffectKind.DOWNGRADE, "engine_version 17.7 → 16.8, a downgrade") in felt(of["downgraded"])
    assert [name for name in ("new", "gone", "moved", "unprotected") if of[name].effects] == []
    assert felt(of["opened"]) == [
        (EffectKind.LOCK_OUT, "data.aws_vpc.default.cidr_block perhaps may no longer connect to port 5432/tcp"),
    ]


def test_protection_that_goes_is_told(of: Mapping[str, EnvironmentReview]) -> None:
    assert opens(of["unprotected"]) == [
        "aws_rds_cluster.aurora: deletion_protection is off",
        "aws_rds_cluster.aurora: prevent_destroy is off",
    ]


def test_another_prefix_replaces_the_cluster_which_terraform_refuses(of: Mapping[str, EnvironmentReview]) -> None:
    [cluster] = [change for change in of["renamed"].resources if change.address == "aws_rds_cluster.aurora"]
    assert cluster.kind is Kind.REPLACED
    assert cluster.loses_data
    assert cluster.refusal == "Terraform refuses to plan it: prevent_destroy is on"


def test_a_public_range_is_told(of: Mapping[str, EnvironmentReview]) -> None:
    [line] = opens(of["opened"])
    assert line.endswith("203.0.113.0/24 may connect to port 5432/tcp")


def test_a_password_that_comes_into_the_state_is_told(of: Mapping[str, EnvironmentReview]) -> None:
    assert "aws_rds_cluster.aurora: master_password is in the state" in opens(of["password"], Severity.HIGH)
    assert "aws_rds_cluster.aurora: RDS no longer makes the password" in opens(of["password"])
    found = kinds(of["password"])
    assert {address for address, kind in found.items() if kind is Kind.REPLACED} == {"random_id.suffix"}


def test_what_is_kept_for_a_shorter_time_is_told(of: Mapping[str, EnvironmentReview]) -> None:
    assert opens(of["shorter"]) == [
        "aws_cloudwatch_log_group.postgresql: logs are kept for 30 days, not 365 days",
        "aws_rds_cluster.aurora: backups are kept for 7 days, not 35",
    ]


def test_another_region_is_critical(of: Mapping[str, EnvironmentReview]) -> None:
    assert opens(of["moved"], Severity.CRITICAL) == ["var.aws_region: the Region is eu-west-1, not us-east-1"]
    [why] = [finding.why for finding in of["moved"].findings if finding.address == "var.aws_region"]
    assert why.endswith("stays, unmanaged; its plan is refused")


def test_another_vpc_may_replace_what_lies_in_it(of: Mapping[str, EnvironmentReview]) -> None:
    found = kinds(of["vpc"])
    assert found["aws_security_group.aurora"] in {Kind.REPLACED, Kind.MAY_BE_REPLACED}
    assert "aws_rds_cluster.aurora" not in found or found["aws_rds_cluster.aurora"] is not Kind.REPLACED


def test_another_backend_is_told_with_what_to_do(of: Mapping[str, EnvironmentReview]) -> None:
    notes = {setting.note for setting in of["remote"].settings if setting.path.startswith("terraform.backend")}
    assert any("migrate-state" in note for note in notes)
    assert of["remote"].resources == ()


def test_no_secret_and_no_password_is_in_what_is_told(reviewed: Review) -> None:
    assert "random_password.db_password.result" not in repr(reviewed)


def test_worst_comes_first(reviewed: Review) -> None:
    assert reviewed.environments[0].name == "renamed"
