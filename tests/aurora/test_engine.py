from datetime import date

import pytest

from aurora.engine import DEFAULT_VERSION, EngineVersion, check_data_api
from aurora.rules import RuleViolation


def test_a_version_reads_and_prints_the_same() -> None:
    assert str(EngineVersion.parse("15.4")) == "15.4"


def test_a_major_version_alone_stands_for_its_newest_minor_and_prints_alone() -> None:
    version = EngineVersion.parse("17")
    assert str(version) == "17"
    assert version.minor == 10
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


def test_versions_are_ordered_by_number_not_by_text() -> None:
    assert EngineVersion.parse("15.10") > EngineVersion.parse("15.4")


@pytest.mark.parametrize(
    ("before", "since"),
    [("13.14", "13.15"), ("14.11", "14.12"), ("15.6", "15.7"), ("16.2", "16.3"), (None, "17.0"), (None, "18.0")],
)
def test_auto_pause_begins_with_its_version(before: str | None, since: str) -> None:
    assert EngineVersion.parse(since).supports_auto_pause
    assert EngineVersion.parse(since).smallest_capacity_acu == 0
    if before:
        assert not EngineVersion.parse(before).supports_auto_pause
        assert EngineVersion.parse(before).smallest_capacity_acu == 0.5


@pytest.mark.parametrize(
    ("before", "since"), [("13.12", "13.13"), ("14.9", "14.10"), ("15.4", "15.5"), ("16.0", "16.1"), (None, "17.0")]
)
def test_256_acu_begin_with_their_version(before: str | None, since: str) -> None:
    assert EngineVersion.parse(since).largest_capacity_acu == 256
    if before:
        assert EngineVersion.parse(before).largest_capacity_acu == 128


@pytest.mark.parametrize(
    ("before", "since"),
    [("13.10", "13.11"), ("14.7", "14.8"), ("15.2", "15.3"), ("16.0", "16.1"), ("17.3", "17.4"), ("18.2", "18.3")],
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
        ("13.20", date(2026, 2, 28)),
        ("15.10", date(2028, 2, 29)),
        ("16.8", date(2029, 2, 28)),
        ("17.7", date(2030, 2, 28)),
        ("17.9", None),
    ],
)
def test_end_of_standard_support(text: str, end: date | None) -> None:
    assert EngineVersion.parse(text).end_of_standard_support == end


def test_a_version_is_retired_the_day_after_its_last_day() -> None:
    version = EngineVersion.parse("15.4")
    assert not version.is_retired(date(2025, 9, 30))
    assert version.is_retired(date(2025, 10, 1))


def test_a_retired_version_warns_and_names_a_current_one() -> None:
    (warning,) = EngineVersion.parse("15.4").warnings(date(2026, 11, 1))
    assert "ended standard support on 2025-09-30" in warning
    assert str(DEFAULT_VERSION) in warning


def test_a_current_version_does_not_warn() -> None:
    assert EngineVersion.parse("17.7").warnings(date(2026, 11, 1)) == []


def test_a_version_newer_than_any_known_one_warns() -> None:
    (warning,) = EngineVersion.parse("17.11").warnings(date(2026, 11, 1))
    assert "newer than 17.10" in warning


def test_the_version_that_errors_suggest_is_a_long_term_one() -> None:
    assert DEFAULT_VERSION.is_long_term_support
    assert not EngineVersion.parse("15.4").is_long_term_support
