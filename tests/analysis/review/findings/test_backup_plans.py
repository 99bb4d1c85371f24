"""What a change of a plan of AWS Backup loses: one way is told, and the other is not."""

from typing import Any

import pytest

from tests.analysis.review.stacks import told

PLAN, VAULT = "aws_backup_plan.a", "aws_backup_vault.a"
SELECTION, LOCK = "aws_backup_selection.a", "aws_backup_vault_lock_configuration.a"


def rule(**more: Any) -> dict[str, Any]:
    return {"rule": [{"rule_name": "a", "target_vault_name": "v", "lifecycle": {"delete_after": 35}, **more}]}


@pytest.mark.parametrize(
    ("address", "before", "after", "expected"),
    [
        (VAULT, {}, {"force_destroy": True}, "medium force_destroy is on"),
        (PLAN, rule(), rule(lifecycle={"delete_after": 7}), "medium AWS Backup keeps backups for 7 days, not 35 days"),
        (PLAN, rule(lifecycle=None), rule(), "medium AWS Backup keeps backups for 35 days, not for ever"),
        (PLAN, rule(enable_continuous_backup=True), rule(), "medium AWS Backup makes no continuous backup"),
        (
            PLAN,
            rule(copy_action=[{"destination_vault_arn": "arn:v"}]),
            rule(),
            "medium nothing is copied to arn:v",
        ),
    ],
)
def test_one_way_loses_and_the_other_way_does_not(address: str, before: Any, after: Any, expected: str) -> None:
    assert [line.replace(f"{address}: ", "") for line in told({address: before}, {address: after})] == [expected]
    assert told({address: after}, {address: before}) == []


def test_a_selection_and_a_lock_that_go_are_told() -> None:
    both = {SELECTION: {"name": "a"}, LOCK: {"backup_vault_name": "v"}}
    assert told(both, {}) == [
        f"high {SELECTION}: AWS Backup no longer backs it up",
        f"high {LOCK}: the vault lock is removed",
    ]
    assert told({}, both) == []
