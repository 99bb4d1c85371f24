"""The master user's password, random, kept in Secrets Manager."""

from collections.abc import Mapping
from typing import Final

from cdktf import Fn, Token
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from cdktf_cdktf_provider_random.id import Id
from cdktf_cdktf_provider_random.password import Password
from constructs import Construct

from aurora.addresses import AddressedConstruct
from aurora.names import check_master_username, check_secret_name
from aurora.rules import refuse

PASSWORD_LENGTH: Final = 32
PASSWORD_SPECIAL_CHARACTERS: Final = "!#$%&*()-_=+[]{}<>:?"  # noqa: S105
"""Every special character but `/`, `@`, `"` and space, which RDS refuses in a master password."""

SUFFIX_BYTES: Final = 4
SHORTEST_RECOVERY_WINDOW_DAYS: Final = 7
LONGEST_RECOVERY_WINDOW_DAYS: Final = 30


class DatabaseCredentials(AddressedConstruct):
    """A random password and the secret that holds it with the master user's name.

    The secret's value is a JSON object of `username` and `password`, as the Data API reads it. Attributes:
    `random_password`, `suffix`, `secret`, `secret_version` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        master_username: str,
        secret_name: str,
        recovery_window_days: int = LONGEST_RECOVERY_WINDOW_DAYS,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool = False,
    ) -> None:
        """Make the password, the suffix, the secret and its version.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            master_username: The cluster's master user.
            secret_name: The secret's name before a hyphen and eight random hexadecimal digits: a deleted secret
                blocks its name for the recovery window.
            recovery_window_days: Days, 7 to 30, in which a deleted secret can be had back; 0 deletes at once.
            tags: Tags of the secret; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a name or the recovery window.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        check_master_username(master_username)
        check_secret_name(secret_name)
        check_recovery_window(recovery_window_days)
        self.random_password = self._addressed(
            Password(
                self,
                "password",
                length=PASSWORD_LENGTH,
                special=True,
                override_special=PASSWORD_SPECIAL_CHARACTERS,
            ),
            "db_password",
        )
        self.suffix = self._addressed(Id(self, "suffix", byte_length=SUFFIX_BYTES), "suffix")
        self.secret = self._addressed(
            SecretsmanagerSecret(
                self,
                "secret",
                name=f"{secret_name}-{self.suffix.hex}",
                recovery_window_in_days=recovery_window_days,
                tags=tags,
            ),
            "db_credentials",
        )
        self.secret_version = self._addressed(
            SecretsmanagerSecretVersion(
                self,
                "secret-version",
                secret_id=self.secret.id,
                # Terraform's own jsonencode, as the reference has it: another spelling of the same object (order of the
                # keys, escaped characters of the password) would be a new version of the secret.
                secret_string=Token.as_string(
                    Fn.jsonencode({"username": master_username, "password": self.master_password})
                ),
            ),
            "db_credentials",
        )

    @property
    def master_password(self) -> str:
        """The password, as a reference that only Terraform resolves."""
        return self.random_password.result

    @property
    def secret_arn(self) -> str:
        """ARN of the secret."""
        return self.secret.arn


def check_recovery_window(days: int, *, argument: str = "recovery_window_days") -> None:
    """Raise `RuleViolation` unless Secrets Manager takes `days` (API DeleteSecret, RecoveryWindowInDays)."""
    if days != 0 and not SHORTEST_RECOVERY_WINDOW_DAYS <= days <= LONGEST_RECOVERY_WINDOW_DAYS:
        refuse(
            argument,
            days,
            f"must be 0, or {SHORTEST_RECOVERY_WINDOW_DAYS} to {LONGEST_RECOVERY_WINDOW_DAYS} days",
            f"write {0 if days < SHORTEST_RECOVERY_WINDOW_DAYS else LONGEST_RECOVERY_WINDOW_DAYS}",
        )
