"""`[backup.aws_backup]`: backups that AWS Backup makes, keeps and copies."""

from collections.abc import Iterator, Sequence, Set
from typing import Annotated, ClassVar

from aurora_serverless.options.section import Change, Listed, Rule, Section, checked_by, option, told
from aurora_serverless.rules.aws_backup import (
    DEFAULT_PLAN_RETENTION_DAYS,
    DEFAULT_SCHEDULE,
    LONGEST_CONTINUOUS_DAYS,
    LONGEST_RETENTION_DAYS,
    SHORTEST_CHANGEABLE_DAYS,
    check_changeable_days,
    check_continuous_retention,
    check_lock,
    check_plan_id,
    check_plan_retention,
    check_schedule,
    check_vault_arn,
    check_vault_name,
)
from aurora_serverless.rules.service_roles import check_role_arn
from aurora_serverless.rules.violation import RuleViolation, check_different

_DAYS = {"minimum": 1, "maximum": LONGEST_RETENTION_DAYS}


class AwsBackup(Section):
    """A plan of AWS Backup with this cluster in it, by its ARN."""

    token_keys: ClassVar[Set[str]] = frozenset({"plan_id", "role_arn", "vault_name"})

    plan_id: Annotated[str, checked_by(check_plan_id)] | None = option(
        "Id of an existing plan, to which the cluster is added: it says where to, when, for how long and what is "
        "copied. Say continuous as its rules do.",
        default=None,
        unset="a plan made here",
        allowed="the id of a plan in the deployment's account and Region",
        makes="`plan_id` of `aws_backup_selection.aurora`",
        change=Change.REPLACES_OTHERS,
        example="a1b2c3d4-5678-90ab-cdef-0123456789ab",
    )
    vault_name: Annotated[str, checked_by(check_vault_name)] | None = option(
        "Name of an existing vault, for the plan created here. The vault made here goes then, which AWS refuses while "
        "there are backups in it.",
        default=None,
        unset="a vault made here, `<name_prefix>-backups`",
        allowed="the name of a vault in the deployment's account and Region",
        makes="`target_vault_name` of the rule of `aws_backup_plan.aurora`, in place of `aws_backup_vault.aurora`",
        example="databases",
    )
    role_arn: Annotated[str, checked_by(check_role_arn)] | None = option(
        "ARN of the role with which AWS Backup works. It is needed for as long as there are backups, which it deletes "
        "when they are old.",
        default=None,
        unset="a role made here with AWS's policy for backups",
        allowed="the ARN of a role that backup.amazonaws.com may assume",
        makes="`iam_role_arn` of `aws_backup_selection.aurora`, in place of `aws_iam_role.aws_backup`",
        change=Change.REPLACES_OTHERS,
        example="arn:aws:iam::123456789012:role/backup",
    )
    schedule: Annotated[str, checked_by(check_schedule)] | None = option(
        "When a backup is made, in UTC.",
        default=None,
        unset=f"`{DEFAULT_SCHEDULE}`: at 5 every day",
        allowed="`cron(minutes hours day-of-month month day-of-week year)`",
        makes="`schedule` of the rule",
        example="cron(0 3 * * ? *)",
    )
    delete_after_days: Annotated[int, checked_by(check_plan_retention)] | None = option(
        f"Days for which a backup is kept; of a continuous one, {LONGEST_CONTINUOUS_DAYS} at most.",
        default=None,
        unset=str(DEFAULT_PLAN_RETENTION_DAYS),
        makes="`delete_after` of the rule",
        costs="storage of each snapshot, beyond the size of the cluster",
        example=30,
        schema=_DAYS,
    )
    continuous: bool = option(
        "Whether the backup is a continuous one, from which any second can be restored. AWS Backup then sets how long "
        "RDS keeps its automated backups and when it makes them: backup.retention_days and backup.window do nothing, "
        "and RDS refuses a deploy that sets another retention while there is such a backup. A cluster may be in one "
        "continuous plan only.",
        default=False,
        makes="`enable_continuous_backup` of the rule; without `backup_retention_period` and "
        "`preferred_backup_window` of the cluster",
        example=True,
    )
    copy_vault_arns: Listed[Annotated[str, checked_by(check_vault_arn)]] = option(
        "Vaults of other Regions or accounts into which each backup is copied, under the key of that vault; a copy is "
        "a snapshot always. Another account must be of the same organization, and its vault's policy must let this one "
        "in; what is under AWS's own key cannot be copied there.",
        default=(),
        unset="none",
        allowed="ARNs of vaults",
        makes="`copy_action` of the rule",
        costs="storage of the copies, and their transfer",
        example=("arn:aws:backup:eu-west-1:123456789012:backup-vault:databases",),
    )
    copy_delete_after_days: Annotated[int, checked_by(check_plan_retention)] | None = option(
        "Days for which a copy is kept. With copy_vault_arns only.",
        default=None,
        unset="as the backup",
        makes="`delete_after` of `copy_action`",
        example=90,
        schema=_DAYS,
    )
    lock_minimum_days: Annotated[int, checked_by(check_plan_retention)] | None = option(
        "Days below which the vault created here keeps and deletes nothing: a vault lock. delete_after_days must fit.",
        default=None,
        unset="no lock, without lock_maximum_days either",
        makes="`min_retention_days` of `aws_backup_vault_lock_configuration.aurora`",
        change=Change.REPLACES_OTHERS,
        example=7,
        schema=_DAYS,
    )
    lock_maximum_days: Annotated[int, checked_by(check_plan_retention)] | None = option(
        "Days above which that lock lets nothing be kept.",
        default=None,
        unset="no lock, without lock_minimum_days either",
        makes="`max_retention_days` of the lock",
        change=Change.REPLACES_OTHERS,
        example=365,
        schema=_DAYS,
    )
    lock_changeable_days: Annotated[int, checked_by(check_changeable_days)] | None = option(
        "Days after which the lock is final: nobody, not even AWS, can then remove it, delete a backup before "
        "its time, or delete the vault. With lock_minimum_days or lock_maximum_days only.",
        default=None,
        unset="who may can take the lock off",
        makes="`changeable_for_days` of the lock",
        change=Change.REPLACES_OTHERS,
        example=14,
        schema={"minimum": SHORTEST_CHANGEABLE_DAYS, "maximum": LONGEST_RETENTION_DAYS},
    )
    force_destroy: bool = option(
        "Whether Terraform deletes the backups when it deletes the vault created here. With false AWS refuses to "
        "delete a "
        "vault that has any, and the deploy ends there. To count, a change must be deployed before the vault goes.",
        default=False,
        makes="`force_destroy` of `aws_backup_vault.aurora`",
        example=True,
    )

    @property
    def makes_vault(self) -> bool:
        """Whether the vault is made here."""
        return self.plan_id is None and self.vault_name is None

    @property
    def has_lock(self) -> bool:
        """Whether the vault made here is locked."""
        return self.lock_minimum_days is not None or self.lock_maximum_days is not None

    @property
    def kept_days(self) -> int:
        """Days for which the plan made here keeps a backup."""
        return DEFAULT_PLAN_RETENTION_DAYS if self.delete_after_days is None else self.delete_after_days

    @property
    def rules(self) -> Sequence[Rule]:
        """What is said of a plan, a vault and its lock is said of those made here, and goes together."""
        return (
            self._given_ones_are_as_they_are,
            self._copies_and_lock_are_there,
            self._retention_fits,
            lambda: check_different("copy_vault_arns", self.copy_vault_arns),
        )

    def _given_ones_are_as_they_are(self) -> Iterator[RuleViolation]:
        of_vault = {
            "lock_minimum_days": self.lock_minimum_days,
            "lock_maximum_days": self.lock_maximum_days,
            "lock_changeable_days": self.lock_changeable_days,
            "force_destroy": self.force_destroy,
        }
        of_plan = {
            "vault_name": self.vault_name,
            "schedule": self.schedule,
            "delete_after_days": self.delete_after_days,
            "copy_vault_arns": self.copy_vault_arns,
            "copy_delete_after_days": self.copy_delete_after_days,
            **of_vault,
        }
        given, keys = ("plan_id", of_plan) if self.plan_id is not None else ("vault_name", of_vault)
        if self.makes_vault:
            return
        for key, value in keys.items():
            if value not in (None, (), False):
                what = given.partition("_")[0]
                yield RuleViolation(
                    key,
                    value,
                    f"is about a {what} made here, and {given} names one that exists",
                    "leave one of the two out",
                )

    def _copies_and_lock_are_there(self) -> Iterator[RuleViolation]:
        if self.copy_delete_after_days is not None and not self.copy_vault_arns:
            rule = "nothing is copied"
            yield RuleViolation(
                "copy_delete_after_days", self.copy_delete_after_days, rule, "leave it out, or name vaults"
            )
        if self.lock_changeable_days is not None and not self.has_lock:
            yield RuleViolation(
                "lock_changeable_days",
                self.lock_changeable_days,
                "there is no lock",
                "leave it out, or write lock_minimum_days",
            )

    def _retention_fits(self) -> Iterator[RuleViolation]:
        if self.continuous and self.plan_id is None:
            yield from told(check_continuous_retention, self.kept_days)
        if self.has_lock:
            yield from told(check_lock, self.kept_days, self.lock_minimum_days, self.lock_maximum_days)
