"""`[credentials]`: how the master user's password is made and kept."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.section import Rule, Section, checked_by, option
from aurora_serverless.options.told_prices import dollars
from aurora_serverless.rules.credentials import (
    check_password_version,
    check_recovery_window,
    check_rotation_date,
)
from aurora_serverless.rules.regions import check_region
from aurora_serverless.rules.violation import LARGEST_EXACT_INTEGER, RuleViolation, check_different


def _check_replica_region(value: str) -> None:
    check_region(value, argument="replica_regions")


class Credentials(Section):
    """The master password: made by Terraform and kept in its state, or not, or owned and rotated by RDS.

    docs/upgrading.md says how a running deployment moves from one mode to another.
    """

    mode: Literal["random", "write_only", "managed"] = option(
        "random: made by Terraform, and in its state; write_only: made by Terraform, never in its state (Terraform "
        "1.11); managed: made, kept and rotated every 7 days by RDS.",
        default="random",
        makes="random: `random_password.db_password` and a secret; write_only: an ephemeral password and a secret; "
        "managed: `manage_master_user_password` of the cluster",
        costs=f"{dollars('secret_month')} a month for the secret, whoever makes it",
        example="managed",
    )
    version: Annotated[int, checked_by(check_password_version)] | None = option(
        "Version of the password: another one rotates it. With random and write_only only.",
        default=None,
        unset="none with random, 1 with write_only",
        makes="`keepers` of the random password, or `master_password_wo_version` and `secret_string_wo_version`",
        example=2,
        schema={"minimum": 1, "maximum": LARGEST_EXACT_INTEGER},
    )
    rotation_date: Annotated[date, checked_by(check_rotation_date)] | None = option(
        "Day of the password, in place of its version: another day rotates it at the next deploy. With random and "
        "write_only only.",
        default=None,
        unset="none",
        allowed="a date, without quotes",
        makes="the same as `version`",
        example=date(2026, 11, 1),
    )
    recovery_window_days: Annotated[int, checked_by(check_recovery_window)] | None = option(
        "Days in which a deleted secret can be had back; 0 deletes at once. With random and write_only only.",
        default=None,
        unset="0",
        allowed=f"0, or {limit('secretsmanager_recovery_window_shortest')} to "
        f"{limit('secretsmanager_recovery_window_longest')}",
        makes="`recovery_window_in_days` of the secret",
        example=7,
        schema={"minimum": 0, "maximum": limit("secretsmanager_recovery_window_longest")},
    )
    replica_regions: tuple[Annotated[str, checked_by(_check_replica_region)], ...] = option(
        "Other Regions into which the secret is replicated, for secondaries of a global database. With random and "
        "write_only only.",
        default=(),
        unset="none",
        allowed="Regions other than the deployment's",
        makes="`replica` of the secret, under AWS's own key there, and the output `aurora_secret_replica_arns`",
        costs=f"{dollars('secret_month')} a month a replica",
        example=("eu-west-1",),
    )

    @property
    def password_version(self) -> int | None:
        """Version of the password: its number, or its day as a number, such as 20261101."""
        if self.rotation_date is not None:
            return int(self.rotation_date.isoformat().replace("-", ""))
        return self.version

    @property
    def rules(self) -> Sequence[Rule]:
        """The keys suit the mode, and the list names nothing twice."""
        return (
            self._keys_fit_mode,
            self._password_has_one_version,
            lambda: check_different("replica_regions", self.replica_regions),
        )

    def _keys_fit_mode(self) -> Iterator[RuleViolation]:
        if self.mode == "managed":
            for key in ("version", "rotation_date", "recovery_window_days", "replica_regions"):
                if getattr(self, key) not in (None, ()):
                    yield RuleViolation(
                        key,
                        getattr(self, key),
                        'RDS owns the secret with mode "managed"',
                        'leave it out, or write mode = "random" or "write_only"',
                    )

    def _password_has_one_version(self) -> Iterator[RuleViolation]:
        if self.rotation_date is not None and self.version is not None:
            yield RuleViolation(
                "rotation_date",
                self.rotation_date,
                f"the password has a version already, which is {self.version}",
                "leave one of the two out",
            )
