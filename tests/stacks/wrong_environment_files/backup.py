"""Files with a section [backup.aws_backup] that AWS Backup, or the rest of the section, does not allow."""

from tests.stacks.wrong_environment_files.wrong import Wrong, with_

_KEY = "backup.aws_backup."


def _backup(lines: str) -> str:
    return with_(f"[backup.aws_backup]\n{lines}")


WRONG: dict[str, Wrong] = {
    "a vault in a given plan": Wrong(
        _backup('plan_id = "a1b2c3d4-5678-90ab-cdef-0123456789ab"\nvault_name = "databases"'),
        f'{_KEY}vault_name = "databases"',
        "is about a plan made here, and plan_id names one that exists",
        "leave one of the two out",
    ),
    "a lock of a given vault": Wrong(
        _backup('vault_name = "databases"\nlock_minimum_days = 7'),
        f"{_KEY}lock_minimum_days = 7",
        "is about a vault made here, and vault_name names one that exists",
        "leave one of the two out",
    ),
    "a plan that is a name": Wrong(
        _backup('plan_id = "daily"'), f'{_KEY}plan_id = "daily"', "must be the id of a backup plan", "write"
    ),
    "a continuous backup of 36 days": Wrong(
        _backup("continuous = true\ndelete_after_days = 36"),
        f"{_KEY}delete_after_days = 36",
        "a continuous backup goes back 35 days at most",
        "write 35, or continuous = false",
    ),
    "a schedule in words": Wrong(
        _backup('schedule = "daily"'), f'{_KEY}schedule = "daily"', "a schedule is cron(minutes", "cron(0 5 ? * * *)"
    ),
    "days of copies without copies": Wrong(
        _backup("copy_delete_after_days = 90"),
        f"{_KEY}copy_delete_after_days = 90",
        "nothing is copied",
        "or name vaults",
    ),
    "a final lock without a lock": Wrong(
        _backup("lock_changeable_days = 14"), f"{_KEY}lock_changeable_days = 14", "there is no lock", "leave it out"
    ),
    "a retention below the lock": Wrong(
        _backup("delete_after_days = 5\nlock_minimum_days = 7"),
        f"{_KEY}delete_after_days = 5",
        "the vault lock accepts backups of 7 to 36500 days",
        "write 7",
    ),
    "a role of a user": Wrong(
        _backup('role_arn = "arn:aws:iam::123456789012:user/me"'),
        f"{_KEY}role_arn = ",
        "must be the ARN of a",
        "arn:aws:iam::123456789012:role/",
    ),
    "a copy to a plan": Wrong(
        _backup('copy_vault_arns = ["arn:aws:backup:eu-west-1:123456789012:backup-plan:a"]'),
        f"{_KEY}copy_vault_arns[0] = ",
        "must be the ARN of a backup vault",
        "backup-vault:databases",
    ),
    "a copy to another partition": Wrong(
        with_('[backup.aws_backup]\ncopy_vault_arns = ["arn:aws-cn:backup:cn-north-1:123456789012:backup-vault:far"]'),
        f"{_KEY}copy_vault_arns",
        "aws-cn",
        "region",
    ),
}
