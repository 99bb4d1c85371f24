"""The secret of a database user beside the master: a random password, and where the database is."""

from collections.abc import Mapping
from typing import Final, Literal

from cdktf import DataResource, Fn, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.credentials import ephemeral_password, random_password
from aurora_serverless.lifecycles import reference, removed_last
from aurora_serverless.rules.credentials import (
    LONGEST_RECOVERY_WINDOW_DAYS,
    check_password_version,
    check_recovery_window,
)
from aurora_serverless.rules.names import check_secret_name
from aurora_serverless.rules.tags import check_tags
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.rules.users import check_declared_user

ENGINE: Final = "postgres"
"""Source: AWS Secrets Manager User Guide, "JSON structure of AWS Secrets Manager secrets"."""


class DatabaseUser(AddressedConstruct):
    """A password and a secret for one user; the user itself is made in SQL, with the password of the secret.

    The secret's value is AWS's JSON object of a database secret: `engine`, `host`, `port`, `dbname`, `username` and
    `password`, so that the Data API, an RDS Proxy and AWS's drivers read it. Attributes: `username`, `random_password`
    (None in the mode write_only), `secret`, `secret_version` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        username: str,
        secret_name_prefix: str,
        host: str,
        port: float,
        database_name: str,
        mode: Literal["random", "write_only"] = "random",
        version: int | None = None,
        kms_key_arn: str | None = None,
        recovery_window_days: int = LONGEST_RECOVERY_WINDOW_DAYS,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the password, the secret and its version.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            username: The user, in lower-case letters, digits and underscores.
            secret_name_prefix: Beginning of the secret's name; Terraform appends characters that no other secret has.
            host: The cluster's endpoint, or a proxy's.
            port: Its TCP port.
            database_name: Name of the database.
            mode: random: the password is in the state; write_only: it is not, which needs Terraform 1.11.
            version: Version of the password, 1 or more: another one makes a new password.
            kms_key_arn: ARN of the customer key of the secret; AWS's own by default.
            recovery_window_days: Days, 7 to 30, in which a deleted secret can be had back; 0 deletes at once.
            tags: Tags of the secret; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: PostgreSQL or AWS would refuse a value.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_declared_user(username)
        check_unless_token(check_secret_name, secret_name_prefix, argument="secret_name_prefix")
        check_unless_token(check_recovery_window, recovery_window_days)
        check_tags(self._tags or {})
        if version is not None:
            check_password_version(version)
        self.username = username
        self._address = f"user_{username}"
        self.secret = self._addressed(
            SecretsmanagerSecret(
                self,
                "secret",
                name_prefix=secret_name_prefix,
                description=f"Database user {username}",
                kms_key_id=kms_key_arn,
                recovery_window_in_days=recovery_window_days,
                tags=self._tags,
                lifecycle=removed_last(),
            ),
            self._address,
        )
        place = {"engine": ENGINE, "host": host, "port": port, "dbname": database_name, "username": username}
        self.random_password = (
            None if mode == "write_only" else self._addressed(random_password(self, version), self._address)
        )
        self.secret_version = self._addressed(
            self._write_only(place, version or 1)
            if self.random_password is None
            else SecretsmanagerSecretVersion(
                self,
                "secret-version",
                secret_id=self.secret.id,
                secret_string=Token.as_string(Fn.jsonencode({**place, "password": self.random_password.result})),
            ),
            self._address,
        )

    @property
    def secret_arn(self) -> str:
        """ARN of the secret."""
        return self.secret.arn

    def _write_only(self, place: Mapping[str, object], version: int) -> SecretsmanagerSecretVersion:
        # What the secret says of the place is sent with the password only: another place is another version.
        written = self._addressed(DataResource(self, "place", input=dict(place)), self._address)
        password = ephemeral_password(self, self._address)
        return SecretsmanagerSecretVersion(
            self,
            "secret-version",
            secret_id=self.secret.id,
            # Written out: CDKTF would escape a reference to an ephemeral value inside Fn.jsonencode. Not from the
            # output of the place, which is not known until it is made.
            secret_string_wo=f'${{jsonencode(merge({reference(written)}.input, {{"password" = {password}}}))}}',
            secret_string_wo_version=version,
            lifecycle=TerraformResourceLifecycle(replace_triggered_by=[reference(written)]),
        )
