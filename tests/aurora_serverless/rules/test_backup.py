import pytest

from aurora_serverless.rules.backup import check_backup_retention
from aurora_serverless.rules.violation import RuleViolation


@pytest.mark.parametrize("days", [1, 7, 35])
def test_retention_that_aurora_takes(days: int) -> None:
    check_backup_retention(days)


@pytest.mark.parametrize(("days", "remedy"), [(0, "write 1"), (36, "write 35"), (-1, "write 1")])
def test_retention_that_aurora_refuses(days: int, remedy: str) -> None:
    with pytest.raises(RuleViolation, match=f"must be 1 to 35 days; {remedy}"):
        check_backup_retention(days)
