"""A plan of AWS Backup for one Aurora cluster: vault, lock, role and selection, each made here or given."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf_cdktf_provider_aws.backup_plan import (
    BackupPlan,
    BackupPlanRule,
    BackupPlanRuleCopyAction,
    BackupPlanRuleCopyActionLifecycle,
    BackupPlanRuleLifecycle,
)
from cdktf_cdktf_provider_aws.backup_selection import BackupSelection
from cdktf_cdktf_provider_aws.backup_vault import BackupVault
from cdktf_cdktf_provider_aws.backup_vault_lock_configuration import BackupVaultLockConfiguration
from constructs import Construct

from aurora_serverless.lifecycles import removed_last
from aurora_serverless.rules.aws_backup import (
    DEFAULT_PLAN_RETENTION_DAYS,
    DEFAULT_SCHEDULE,
    check_continuous_retention,
    check_lock,
    check_plan_retention,
    check_schedule,
    check_vault_arn,
    check_vault_name,
)
from aurora_serverless.rules.database_policy import trust_policy
from aurora_serverless.rules.regions import DEFAULT_PARTITION
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.service_role import HasServiceRole

BACKUP_SERVICE: Final = "backup.amazonaws.com"
BACKUP_POLICY: Final = "service-role/AWSBackupServiceRolePolicyForBackup"


class AwsBackupPlan(HasServiceRole):
    """Backups of a cluster by AWS Backup.

    With `continuous` it sets the cluster's own retention and window: make the cluster without them.

    Attributes: `vault`, `vault_lock`, `plan`, `role`, `policy_attachment` (each None where it is given or not asked
    for), `selection` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        cluster_arn: str,
        plan_id: str | None = None,
        vault_name: str | None = None,
        role_arn: str | None = None,
        role_name: str | None = None,
        schedule: str | None = None,
        delete_after_days: int | None = None,
        continuous: bool = False,
        copy_vault_arns: Sequence[str] = (),
        copy_delete_after_days: int | None = None,
        lock_minimum_days: int | None = None,
        lock_maximum_days: int | None = None,
        lock_changeable_days: int | None = None,
        force_destroy: bool = False,
        permissions_boundary_arn: str | None = None,
        partition: str = DEFAULT_PARTITION,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make what is not given, and add the cluster to the plan.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            name: Name of vault, plan and selection, 2 to 50 characters.
            cluster_arn: ARN of the cluster.
            plan_id: Id of a plan that is there; by default one is made, as the arguments from `schedule` on say.
            vault_name: Name of a vault that is there, for the plan made here; by default one is made.
            role_arn: ARN of a role that AWS Backup may assume; by default one is made.
            role_name: Name of the role made here, by default `<name>-role`.
            schedule: When, as a CRON expression in UTC; by default at 5 every day.
            delete_after_days: Days for which a backup is kept, by default 35.
            continuous: Whether any second of those days, 35 at most, can be restored; snapshots by default.
            copy_vault_arns: ARNs of vaults into which each backup is copied, none by default.
            copy_delete_after_days: Days for which a copy is kept; by default as the backup.
            lock_minimum_days: Days below which a vault made here lets nothing be kept or deleted; no lock by default.
            lock_maximum_days: Days above which it lets nothing be kept.
            lock_changeable_days: Days after which nobody can take the lock off any more; by default one always can.
            force_destroy: Whether the backups go with a vault made here; by default AWS refuses to delete one that has
                any.
            permissions_boundary_arn: ARN of the managed policy that bounds what the role made here may do; none by
                default.
            partition: Partition of AWS's policy; by default `aws`.
            tags: Tags of vault, plan and role; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a value, or the lock what the plan keeps.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_vault_name, name, argument="name")
        kept_days = DEFAULT_PLAN_RETENTION_DAYS if delete_after_days is None else delete_after_days
        check_plan_retention(kept_days)
        if continuous:
            check_continuous_retention(kept_days)
        if schedule is not None:
            check_schedule(schedule)
        for arn in copy_vault_arns:
            check_unless_token(check_vault_arn, arn)
        check_lock(kept_days, lock_minimum_days, lock_maximum_days)
        self.vault: BackupVault | None = None
        self.vault_lock: BackupVaultLockConfiguration | None = None
        self.plan: BackupPlan | None = None
        self.role = self.policy_attachment = None
        if plan_id is None:
            if vault_name is None:
                vault_name = self._build_vault(name, force_destroy)
                if lock_minimum_days is not None or lock_maximum_days is not None:
                    self._build_lock(vault_name, lock_minimum_days, lock_maximum_days, lock_changeable_days)
            copies = [_copy(arn, copy_delete_after_days or kept_days) for arn in copy_vault_arns]
            rule = BackupPlanRule(
                rule_name=name,
                target_vault_name=vault_name,
                schedule=DEFAULT_SCHEDULE if schedule is None else schedule,
                lifecycle=BackupPlanRuleLifecycle(delete_after=kept_days),
                enable_continuous_backup=continuous or None,
                copy_action=copies or None,
                recovery_point_tags=self._tags,
            )
            self.plan = self._addressed(BackupPlan(self, "plan", name=name, rule=[rule], tags=self._tags), "aurora")
            plan_id = self.plan.id
        if role_arn is None:
            role_arn = self._build_service_role(
                role_name or f"{name}-role",
                trust=trust_policy(BACKUP_SERVICE),
                aws_policy=BACKUP_POLICY,
                permissions_boundary_arn=permissions_boundary_arn,
                partition=partition,
                address="aws_backup",
            ).arn
        self.selection = self._addressed(
            BackupSelection(
                self,
                "selection",
                name=name,
                plan_id=plan_id,
                iam_role_arn=role_arn,
                resources=[cluster_arn],
                depends_on=None if self.policy_attachment is None else [self.policy_attachment],
            ),
            "aurora",
        )

    def _build_vault(self, name: str, force_destroy: bool) -> str:
        # Without a key of its own: a backup of Aurora is under the cluster's.
        self.vault = self._addressed(
            BackupVault(
                self,
                "vault",
                name=name,
                force_destroy=force_destroy or None,
                tags=self._tags,
                lifecycle=removed_last(),
            ),
            "aurora",
        )
        vault_name: str = self.vault.name
        return vault_name

    def _build_lock(self, vault_name: str, least: int | None, most: int | None, changeable: int | None) -> None:
        self.vault_lock = self._addressed(
            BackupVaultLockConfiguration(
                self,
                "vault-lock",
                backup_vault_name=vault_name,
                min_retention_days=least,
                max_retention_days=most,
                changeable_for_days=changeable,
            ),
            "aurora",
        )


def _copy(vault_arn: str, days: int) -> BackupPlanRuleCopyAction:
    return BackupPlanRuleCopyAction(
        destination_vault_arn=vault_arn, lifecycle=BackupPlanRuleCopyActionLifecycle(delete_after=days)
    )
