"""When RDS rotates the secret that it manages, in place of its seven days."""

from cdktf_cdktf_provider_aws.secretsmanager_secret_rotation import (
    SecretsmanagerSecretRotation,
    SecretsmanagerSecretRotationRotationRules,
)
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.rotation import (
    check_rotation_days,
    check_rotation_schedule,
    check_rotation_window,
    check_window_in_schedule,
)
from aurora_serverless.rules.violation import refuse


class ManagedSecretRotation(AddressedConstruct):
    """The schedule on which RDS rotates a managed secret, by itself and without a Lambda function.

    Taking it out again stops the rotation (the provider, 5.100, calls CancelRotateSecret) and does not bring the seven
    days back. Attributes: `rotation` (the resource).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        secret_arn: str,
        days: int | None = None,
        schedule: str | None = None,
        window_hours: int | None = None,
        immediately: bool = False,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Set the schedule.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            secret_arn: ARN of the managed secret, such as `ManagedSecret.arn`.
            days: Days between rotations, 1 to 1000; or else:
            schedule: A rate or cron expression in UTC, such as `cron(0 4 ? * SUN *)`.
            window_hours: Hours in which a rotation happens; by default one with a schedule in hours, and the rest of
                the day with one in days.
            immediately: Whether each change of the schedule, its first setting too, rotates the secret at once.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: Secrets Manager would refuse a value, or there is not one of `days` and `schedule`.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        if (days is None) == (schedule is None):
            refuse("days", days, "there is one of days and schedule", "give one of the two")
        if days is not None:
            check_rotation_days(days, argument="days")
        if schedule is not None:
            check_rotation_schedule(schedule, argument="schedule")
        if window_hours is not None:
            check_rotation_window(window_hours, argument="window_hours")
            check_window_in_schedule(schedule or f"rate({days} days)", window_hours, argument="window_hours")
        self.rotation = self._addressed(
            SecretsmanagerSecretRotation(
                self,
                "rotation",
                secret_id=secret_arn,
                rotate_immediately=immediately,
                rotation_rules=SecretsmanagerSecretRotationRotationRules(
                    automatically_after_days=days,
                    schedule_expression=schedule,
                    duration=None if window_hours is None else f"{window_hours}h",
                ),
            ),
            "managed_secret",
        )
