"""`[credentials]`: how the master user's password is made and kept."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date
from itertools import chain
from typing import Annotated, ClassVar, Final, Literal

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.section import Listed, Rule, Section, checked_by, option
from aurora_serverless.options.told_prices import dollars
from aurora_serverless.rules.credentials import (
    check_password_version,
    check_recovery_window,
    check_rotation_date,
)
from aurora_serverless.rules.regions import check_region
from aurora_serverless.rules.roles import check_secret_arn, check_secret_key_arn
from aurora_serverless.rules.rotation import (
    HOURS_A_DAY,
    LONGEST_RATE_DAYS,
    LONGEST_ROTATION_DAYS,
    SHORTEST_RATE_HOURS,
    check_rotation_days,
    check_rotation_schedule,
    check_rotation_window,
    check_window_in_schedule,
)
from aurora_serverless.rules.violation import LARGEST_EXACT_INTEGER, RuleViolation, check_different

_KEYS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "random": ("version", "rotation_date", "recovery_window_days", "replica_regions"),
    "write_only": ("version", "rotation_date", "recovery_window_days", "replica_regions"),
    "managed": (),
    "existing": ("version", "rotation_date", "secret_arn", "secret_key_arn"),
}
"""Which keys say something in which mode; those of rotation have a rule of their own."""


class Credentials(Section):
    """The master password: made by Terraform and kept in its state, or not, owned and rotated by RDS, or given.

    docs/upgrading.md says how a running deployment moves from one mode to another.
    """

    token_keys: ClassVar[Set[str]] = frozenset({"secret_arn", "secret_key_arn"})

    mode: Literal["random", "write_only", "managed", "existing"] = option(
        "random: made by Terraform, and in its state; write_only: made by Terraform, never in its state (Terraform "
        "1.11); managed: made, kept and rotated every 7 days by RDS; existing: that of secret_arn, never in the state "
        "(Terraform 1.11).",
        default="random",
        makes="random: `random_password.db_password` and a secret; write_only: an ephemeral password and a secret; "
        "managed: `manage_master_user_password` of the cluster; existing: "
        "`ephemeral.aws_secretsmanager_secret_version.db_credentials`",
        costs=f"{dollars('secret_month')} a month for the secret, whoever makes it",
        example="managed",
    )
    version: Annotated[int, checked_by(check_password_version)] | None = option(
        "Version of the password: another one rotates it, or with existing sends what the secret holds then. Not with "
        "managed.",
        default=None,
        unset="none with random, 1 with write_only and existing",
        makes="`keepers` of the random password, or `master_password_wo_version` and `secret_string_wo_version`",
        example=2,
        schema={"minimum": 1, "maximum": LARGEST_EXACT_INTEGER},
    )
    rotation_date: Annotated[date, checked_by(check_rotation_date)] | None = option(
        "Day of the password, in place of its version: another day rotates it, or sends it, at the next deploy. Not "
        "with managed.",
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
    replica_regions: Listed[Annotated[str, checked_by(check_region)]] = option(
        "Other Regions into which the secret is replicated, for secondaries of a global database. With random and "
        "write_only only.",
        default=(),
        unset="none",
        allowed="Regions other than the deployment's",
        makes="`replica` of the secret, under AWS's own key there, and the output `aurora_secret_replica_arns`",
        costs=f"{dollars('secret_month')} a month a replica",
        example=("eu-west-1",),
    )
    secret_arn: Annotated[str, checked_by(check_secret_arn)] | None = option(
        "ARN of a secret that is there already, with the master user's name and password, as a JSON object of "
        "`username` and `password`: the plan refuses another name than database.master_username. With existing only.",
        default=None,
        unset="none",
        allowed="the whole ARN of a secret in the deployment's Region and account",
        makes="the password of the cluster, what the roles may read, and the output `aurora_secret_arn`",
        example="arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-master-AbCdEf",
    )
    secret_key_arn: Annotated[str, checked_by(check_secret_key_arn)] | None = option(
        "ARN of the customer key of that secret. With secret_arn only.",
        default=None,
        unset="the secret is under AWS's key",
        allowed="the ARN of a key in the deployment's Region",
        makes="a statement of the roles' policies: `kms:Decrypt` through Secrets Manager",
        example="arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    )
    rotation_days: Annotated[int, checked_by(check_rotation_days)] | None = option(
        "Days between two rotations by RDS. With managed only. There is no word for never: the provider has none for "
        "a managed secret, and 1000 days is the longest. Taking this or rotation_schedule out of a running deployment "
        "stops the rotation, and does not bring the 7 days back: write rotation_days = 7.",
        default=None,
        unset="7, as RDS sets it when it makes the secret",
        makes="`aws_secretsmanager_secret_rotation.managed_secret`, which rotates nothing at once",
        example=30,
        schema={"minimum": 1, "maximum": LONGEST_ROTATION_DAYS},
    )
    rotation_schedule: Annotated[str, checked_by(check_rotation_schedule)] | None = option(
        "When RDS rotates the secret, in UTC and in place of rotation_days. With managed only.",
        default=None,
        unset="none",
        allowed=f"a rate of {SHORTEST_RATE_HOURS} hours to {LONGEST_RATE_DAYS} days, such as `rate(12 hours)`, or a "
        "cron expression with 0 for the minutes and * for the year",
        makes="the same",
        example="cron(0 4 ? * SUN *)",
    )
    rotation_window_hours: Annotated[int, checked_by(check_rotation_window)] | None = option(
        "Hours from the beginning of a rotation's window, in which it happens, to its end. With rotation_days or "
        "rotation_schedule only.",
        default=None,
        unset="one hour with a rate in hours, else until the end of the day (UTC)",
        allowed="no longer than the day (UTC) lasts from the window's beginning, and than until the next one",
        makes="`rotation_rules.duration` of the same",
        example=3,
        schema={"minimum": 1, "maximum": HOURS_A_DAY},
    )
    rotate_immediately: bool = option(
        "Whether the secret is rotated at once whenever the schedule is set or changes, and not only by it. With "
        "rotation_days or rotation_schedule only.",
        default=False,
        makes="`rotate_immediately` of the same",
        example=True,
    )

    @property
    def rotates_by_schedule(self) -> bool:
        """Whether the file says when RDS rotates the secret."""
        return self.rotation_days is not None or self.rotation_schedule is not None

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
            self._rotation_suits_mode,
            self._rotation_has_one_schedule,
            self._window_fits_schedule,
            lambda: check_different("replica_regions", self.replica_regions),
        )

    def _keys_fit_mode(self) -> Iterator[RuleViolation]:
        owner = {"managed": "RDS owns", "existing": "others own"}.get(self.mode, "Terraform makes")
        for key in dict.fromkeys(chain.from_iterable(_KEYS_OF.values())):
            if key not in _KEYS_OF[self.mode] and getattr(self, key) not in (None, ()):
                modes = " or ".join(f'"{mode}"' for mode, keys in _KEYS_OF.items() if key in keys)
                yield RuleViolation(
                    key,
                    getattr(self, key),
                    f'{owner} the secret with mode "{self.mode}"',
                    f"leave it out, or write mode = {modes}",
                )
        if self.mode == "existing" and self.secret_arn is None:
            yield RuleViolation(
                "secret_arn",
                None,
                'the password is that of a secret with mode "existing"',
                "write the secret's ARN, or another mode",
            )

    def _password_has_one_version(self) -> Iterator[RuleViolation]:
        if self.rotation_date is not None and self.version is not None:
            yield RuleViolation(
                "rotation_date",
                self.rotation_date,
                f"the password has a version already, which is {self.version}",
                "leave one of the two out",
            )

    def _rotation_suits_mode(self) -> Iterator[RuleViolation]:
        if self.mode != "managed":
            for key in ("rotation_days", "rotation_schedule"):
                if getattr(self, key) is not None:
                    yield RuleViolation(
                        key,
                        getattr(self, key),
                        f'RDS rotates no secret with mode "{self.mode}"',
                        'write mode = "managed", or leave it out and rotate with version or rotation_date',
                    )

    def _rotation_has_one_schedule(self) -> Iterator[RuleViolation]:
        if self.rotation_days is not None and self.rotation_schedule is not None:
            yield RuleViolation(
                "rotation_schedule",
                self.rotation_schedule,
                f"the secret is rotated by days already, every {self.rotation_days}",
                "leave one of the two out",
            )
        if not self.rotates_by_schedule:
            for key in ("rotation_window_hours", "rotate_immediately"):
                if getattr(self, key) not in (None, False):
                    yield RuleViolation(
                        key, getattr(self, key), "there is no schedule of rotation", "write rotation_days too"
                    )

    def _window_fits_schedule(self) -> None:
        if self.rotation_window_hours is not None and self.rotation_schedule is not None:
            check_window_in_schedule(self.rotation_schedule, self.rotation_window_hours)
