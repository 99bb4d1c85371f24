from datetime import date, timedelta

import pytest

from aurora_serverless.rules.engine import DEFAULT_VERSION, EngineVersion, check_data_api
from aurora_serverless.rules.violation import RuleViolation


def test_a_version_reads_and_prints_the_same() -> None:
    assert str(EngineVersion.parse("15.4")) == "15.4"


def test_a_major_version_alone_stands_for_its_newest_minor_and_prints_alone() -> None:
    version = EngineVersion.parse("17")
    assert str(version) == "17"
    assert version.minor == 11
    assert version.supports_auto_pause
    assert version.warnings(date(2026, 11, 1)) == []


@pytest.mark.parametrize("text", ["15.", "v15.4", "15.4.1", "", "15.4 ", "15.04", "\uff11\uff15.4"])
def test_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match=r"must be major\.minor"):
        EngineVersion.parse(text)


@pytest.mark.parametrize("text", ["12.9", "19.1", "99.9"])
def test_an_unknown_major_version_is_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match="known for 13 to 18"):
        EngineVersion.parse(text)


@pytest.mark.parametrize(
    ("text", "next_one"),
    [
        *[("13.17", "13.18"), ("13.19", "13.20"), ("14.2", "14.3"), ("14.14", "14.15"), ("14.21", "14.22")],
        *[("15.9", "15.10"), ("15.11", "15.12"), ("15.16", "15.17"), ("16.5", "16.6"), ("16.7", "16.8")],
        *[("16.12", "16.13"), ("17.0", "17.1"), ("17.3", "17.4"), ("17.8", "17.9"), ("18.0", "18.3")],
    ],
)
def test_a_version_that_aurora_never_had_is_refused(text: str, next_one: str) -> None:
    with pytest.raises(RuleViolation, match=f'never had; write "{next_one}"'):
        EngineVersion.parse(text)


@pytest.mark.parametrize("text", ["13.24", "15.19", "16.15", "17.12", "18.7"])
def test_a_version_newer_than_those_known_passes_with_a_warning(text: str) -> None:
    (warning,) = EngineVersion.parse(text).warnings(date(2025, 1, 1))
    assert "AWS decides at apply whether it exists" in warning


@pytest.mark.parametrize("text", ["13.3", "13.5", "16.0", "17.1", "17.2"])
def test_a_version_before_serverless_v2_is_refused(text: str) -> None:
    with pytest.raises(RuleViolation, match=r"is older than Aurora Serverless v2, which needs 13\.6\+, 14\.3\+"):
        EngineVersion.parse(text)


def test_versions_are_ordered_by_number_not_by_text() -> None:
    assert EngineVersion.parse("15.10") > EngineVersion.parse("15.4")


@pytest.mark.parametrize(
    ("before", "since"),
    [("13.14", "13.15"), ("14.11", "14.12"), ("15.6", "15.7"), ("16.2", "16.3"), (None, "17.4"), (None, "18.3")],
)
def test_auto_pause_begins_with_its_version(before: str | None, since: str) -> None:
    assert EngineVersion.parse(since).supports_auto_pause
    assert EngineVersion.parse(since).smallest_capacity_acu == 0
    if before:
        assert not EngineVersion.parse(before).supports_auto_pause
        assert EngineVersion.parse(before).smallest_capacity_acu == 0.5


@pytest.mark.parametrize(
    ("before", "since"), [("13.12", "13.13"), ("14.9", "14.10"), ("15.4", "15.5"), (None, "16.1"), (None, "17.4")]
)
def test_256_acu_begin_with_their_version(before: str | None, since: str) -> None:
    assert EngineVersion.parse(since).largest_capacity_acu == 256
    if before:
        assert EngineVersion.parse(before).largest_capacity_acu == 128


@pytest.mark.parametrize(
    ("before", "since"),
    [("13.10", "13.11"), ("14.7", "14.8"), ("15.2", "15.3")],
)
def test_the_data_api_begins_with_its_version(before: str, since: str) -> None:
    check_data_api(EngineVersion.parse(since), enabled=True)
    check_data_api(EngineVersion.parse(before), enabled=False)
    with pytest.raises(RuleViolation, match=f"{before} has no Data API"):
        check_data_api(EngineVersion.parse(before), enabled=True)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("15.3", date(2025, 9, 30)),
        ("15.4", date(2025, 9, 30)),
        ("15.5", date(2025, 9, 30)),
        ("13", date(2026, 2, 28)),
        ("17", date(2030, 2, 28)),
        ("14.17", date(2026, 11, 30)),
        ("15.10", date(2028, 2, 29)),
        ("16.8", date(2029, 2, 28)),
        ("17.7", date(2030, 2, 28)),
        ("17.11", None),
    ],
)
def test_end_of_standard_support(text: str, end: date | None) -> None:
    assert EngineVersion.parse(text).end_of_standard_support == end


def test_a_version_is_retired_the_day_after_its_last_day() -> None:
    version = EngineVersion.parse("17.5")
    assert not version.is_retired(date(2026, 12, 31))
    assert version.is_retired(date(2027, 1, 1))


def test_a_retired_version_warns_and_names_a_current_one() -> None:
    (warning,) = EngineVersion.parse("15.4").warnings(date(2026, 11, 1))
    assert "ended standard support on 2025-09-30" in warning
    assert str(DEFAULT_VERSION) in warning


def test_a_current_version_does_not_warn() -> None:
    assert EngineVersion.parse("17.7").warnings(date(2026, 11, 1)) == []


def test_a_version_newer_than_any_known_one_warns() -> None:
    (warning,) = EngineVersion.parse("17.12").warnings(date(2026, 11, 1))
    assert "newer than 17.11" in warning


@pytest.mark.parametrize("text", ["15.6", "15.8", "16.1", "16.6", "14.15", "13.22"])
def test_a_version_that_aws_no_longer_creates_warns(text: str) -> None:
    warning, *_ = EngineVersion.parse(text).warnings(date(2026, 11, 1))
    assert "is no longer offered: AWS creates no new cluster on it" in warning


@pytest.mark.parametrize(
    ("text", "warned_from", "to"),
    [
        ("17.4", date(2026, 6, 3), "17.7"),
        ("17.9", date(2027, 4, 3), "17.11"),
        ("16.9", date(2026, 7, 4), "16.14"),
        ("15.17", date(2027, 4, 3), "15.18"),
        ("18.3", date(2027, 6, 3), "18.6"),
    ],
)
def test_the_end_of_a_minor_version_is_told_180_days_ahead_with_the_version_to_go_to(
    text: str, warned_from: date, to: str
) -> None:
    version = EngineVersion.parse(text)
    assert version.warnings(warned_from - timedelta(days=1)) == []
    [warning] = version.warnings(warned_from)
    assert warning == (
        f"standard support of Aurora PostgreSQL {text} ends on {version.end_of_standard_support}, in 180 days: upgrade "
        f"to {to} before it (docs/upgrading.md)"
    )


def test_an_end_on_the_day_itself_is_told_as_today() -> None:
    [warning] = EngineVersion.parse("17.4").warnings(date(2026, 11, 30))
    assert warning.startswith("standard support of Aurora PostgreSQL 17.4 ends on 2026-11-30, today: upgrade to 17.7")


@pytest.mark.parametrize(("text", "to"), [("14", "17.7"), ("14.20", "17.7"), ("14.23", "17.11"), ("14.6", "17.7")])
def test_the_end_of_a_major_version_is_told_with_what_it_costs(text: str, to: str) -> None:
    """AWS upgrades to no version that was released before the one that runs."""
    *_, warning = EngineVersion.parse(text).warnings(date(2027, 2, 27))
    assert warning == (
        "standard support of Aurora PostgreSQL 14 ends on 2027-02-28, in 1 day: AWS then bills Extended Support by the "
        f"ACU-hour; upgrade to {to} before it (docs/upgrading.md)"
    )


@pytest.mark.parametrize("text", ["13", "13.9", "13.23"])
def test_a_major_version_in_extended_support_is_created_and_billed(text: str) -> None:
    [warning] = EngineVersion.parse(text).warnings(date(2026, 11, 1))
    assert "is in Extended Support since 2026-03-01, which AWS bills by the ACU-hour, until 2029-02-28" in warning
    assert "upgrade to 17.7" in warning


def test_only_what_aws_says_of_the_data_api_is_confirmed() -> None:
    assert EngineVersion.parse("17.7").is_confirmed("data_api")
    assert not EngineVersion.parse("18.4").is_confirmed("data_api")


def test_the_version_that_errors_suggest_is_a_long_term_one() -> None:
    assert DEFAULT_VERSION.is_long_term_support
    assert not EngineVersion.parse("15.4").is_long_term_support
