import pytest

from aurora_serverless.rules.violation import RuleViolation
from aurora_serverless.rules.windows import check_backup_window, check_maintenance_window, check_windows_apart


@pytest.mark.parametrize("window", ["03:00-04:00", "23:45-00:15", "00:00-23:59"])
def test_backup_windows(window: str) -> None:
    check_backup_window(window)


@pytest.mark.parametrize(
    "window", ["3:00-4:00", "03:00", "24:00-25:00", "03:00-03:60", "03:00 - 04:00", "sun:03:00-04:00"]
)
def test_a_malformed_backup_window_is_refused(window: str) -> None:
    with pytest.raises(RuleViolation, match="must be hh:mm-hh:mm in UTC"):
        check_backup_window(window)


@pytest.mark.parametrize("window", ["03:00-03:29", "03:00-03:00"])
def test_a_backup_window_under_half_an_hour_is_refused(window: str) -> None:
    with pytest.raises(RuleViolation, match="must be 30 minutes to 24 hours long"):
        check_backup_window(window)


@pytest.mark.parametrize("window", ["sun:04:00-sun:05:00", "sun:23:45-mon:00:15", "mon:00:00-tue:00:00"])
def test_maintenance_windows(window: str) -> None:
    check_maintenance_window(window)


@pytest.mark.parametrize("window", ["04:00-05:00", "Sun:04:00-Sun:05:00", "sun:04:00-05:00", "xyz:04:00-xyz:05:00"])
def test_a_malformed_maintenance_window_is_refused(window: str) -> None:
    with pytest.raises(RuleViolation, match="must be ddd:hh:mm-ddd:hh:mm in UTC"):
        check_maintenance_window(window)


@pytest.mark.parametrize("window", ["sun:04:00-sun:04:20", "mon:00:00-tue:00:30", "sun:05:00-sun:04:00"])
def test_a_maintenance_window_of_a_wrong_length_is_refused(window: str) -> None:
    with pytest.raises(RuleViolation, match="must be 30 minutes to 24 hours long"):
        check_maintenance_window(window)


@pytest.mark.parametrize(
    ("backup", "maintenance"),
    [
        ("03:00-04:00", "sun:04:00-sun:05:00"),  # they touch
        ("05:00-06:00", "sun:04:00-sun:05:00"),
        ("23:00-00:00", "sun:22:00-sun:23:00"),
    ],
)
def test_windows_apart(backup: str, maintenance: str) -> None:
    check_windows_apart(backup, maintenance)


@pytest.mark.parametrize(
    ("backup", "maintenance"),
    [
        ("03:00-04:01", "sun:04:00-sun:05:00"),
        ("04:59-05:59", "sun:04:00-sun:05:00"),
        ("04:10-04:40", "sun:04:00-sun:05:00"),
        ("03:00-06:00", "sun:04:00-sun:05:00"),
        ("23:30-00:30", "mon:00:00-mon:01:00"),  # over midnight, from the day before
        ("23:30-00:30", "sun:23:45-mon:00:15"),  # over the week's end
        ("00:00-00:30", "sun:23:45-mon:00:15"),
    ],
)
def test_overlapping_windows_are_refused(backup: str, maintenance: str) -> None:
    with pytest.raises(RuleViolation, match=f"must not overlap the backup window, which is {backup}"):
        check_windows_apart(backup, maintenance)
