"""The master user's password, random, kept in Secrets Manager."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf import (
    DataResource,
    Fn,
    ITerraformDependable,
    Postcondition,
    TerraformResource,
    TerraformResourceLifecycle,
    Token,
)
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret, SecretsmanagerSecretReplica
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion
from cdktf_cdktf_provider_random.id import Id
from cdktf_cdktf_provider_random.password import Password
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.lifecycles import reference, removed_last
from aurora_serverless.master_password import MasterPassword
from aurora_serverless.rules.credentials import (
    LONGEST_RECOVERY_WINDOW_DAYS,
    check_password_version,
    check_recovery_window,
    check_replica_regions,
)
from aurora_serverless.rules.names import check_master_username, check_secret_name
from aurora_serverless.rules.tags import check_tags
from aurora_serverless.rules.tokens import check_unless_token

PASSWORD_LENGTH: Final = 32
PASSWORD_SPECIAL_CHARACTERS: Final = "!#$%&*()-_=+[]{}<>:?"  # noqa: S105
"""Every special character but `/`, `@`, `"` and space, which RDS refuses in a master password."""

PASSWORD_EXCLUDED_CHARACTERS: Final = "/@\"\\'`,;.~^| "  # noqa: S105
"""What a password made by Secrets Manager must leave out: what RDS refuses, and what shells and JSON stumble over."""

EPHEMERAL_PASSWORD: Final = "aws_secretsmanager_random_password"  # noqa: S105
SUFFIX_BYTES: Final = 4

SECRET_NAME: Final = "secret_name"  # noqa: S105
"""Name of the `terraform_data` that keeps the name for which the random suffix was drawn."""


class _Credentials(AddressedConstruct):
    """What makes the secret, whose name ends in a random suffix that is never used for two secrets of one name."""

    suffix: Id
    secret: SecretsmanagerSecret
    secret_version: SecretsmanagerSecretVersion

    def _make_secret(
        self,
        secret_name: str,
        *,
        kms_key_arn: str | None,
        recovery_window_days: int,
        replica_regions: Sequence[str],
        adopted: bool,
    ) -> None:
        drawn_for = (
            None
            if adopted
            else self._addressed(DataResource(self, "secret-name", input={"name": secret_name}), SECRET_NAME)
        )
        self.suffix = self._addressed(
            Id(self, "suffix", byte_length=SUFFIX_BYTES, lifecycle=drawn_again_with(drawn_for)), "suffix"
        )
        self.secret = self._addressed(
            SecretsmanagerSecret(
                self,
                "secret",
                name=f"{secret_name}-{self.suffix.hex}",
                kms_key_id=kms_key_arn,
                recovery_window_in_days=recovery_window_days,
                replica=_replicas(replica_regions),
                tags=self._tags,
                lifecycle=None if adopted else removed_last(postconditions=_keeps_no_replicas(replica_regions)),
            ),
            "db_credentials",
        )

    @property
    def secret_arn(self) -> str:
        """ARN of the secret."""
        return self.secret.arn

    @property
    def suffix_hex(self) -> str:
        """The random suffix of the secret's name."""
        return self.suffix.hex

    @property
    def versions(self) -> Sequence[ITerraformDependable]:
        """What writes the secret."""
        return [self.secret_version]


class DatabaseCredentials(_Credentials):
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
        version: int | None = None,
        kms_key_arn: str | None = None,
        recovery_window_days: int = LONGEST_RECOVERY_WINDOW_DAYS,
        replica_regions: Sequence[str] = (),
        adopted: bool = False,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the password, the suffix, the secret and its version.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            master_username: The cluster's master user.
            secret_name: The secret's name before a hyphen and eight random hexadecimal digits: a deleted secret
                blocks its name for the recovery window, so another name gets other digits.
            version: Version of the password, 1 or more: a higher one rotates it; none by default.
            kms_key_arn: ARN of the customer key of the secret; AWS's own by default.
            recovery_window_days: Days, 7 to 30, in which a deleted secret can be had back; 0 deletes at once.
            replica_regions: Other Regions that get a replica of the secret, under AWS's own key there.
            adopted: Whether the secret was made by other hands: nothing is checked of it, and its suffix stays.
            tags: Tags of the secret; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a name, the recovery window or a Region.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_master_username, master_username)
        check_unless_token(check_secret_name, secret_name)
        check_tags(self._tags or {})
        check_unless_token(check_recovery_window, recovery_window_days)
        check_replica_regions(replica_regions)
        if version is not None:
            check_password_version(version)
        self.random_password = self._addressed(random_password(self, version), "db_password")
        self._make_secret(
            secret_name,
            kms_key_arn=kms_key_arn,
            recovery_window_days=recovery_window_days,
            replica_regions=replica_regions,
            adopted=adopted,
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
    def password(self) -> MasterPassword:
        """What a cluster is told of its password."""
        return MasterPassword.given(self.master_password)

    def attach(self, cluster: TerraformResource) -> None:
        """Do nothing: a cluster that is replaced takes the same password."""


class WriteOnlyCredentials(_Credentials):
    """A password that Terraform makes, hands to the secret and to the cluster, and never writes down.

    Needs Terraform 1.11: the password is an ephemeral value, new in every run, and is sent only when `version`
    changes. Attributes: `suffix`, `secret`, `secret_version` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        master_username: str,
        secret_name: str,
        version: int | None = None,
        kms_key_arn: str | None = None,
        recovery_window_days: int = LONGEST_RECOVERY_WINDOW_DAYS,
        replica_regions: Sequence[str] = (),
        adopted: bool = False,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the ephemeral password, the suffix, the secret and its version.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            master_username: The cluster's master user.
            secret_name: The secret's name before its random suffix.
            version: Version of the password, 1 or more: a higher one rotates it; 1 by default.
            kms_key_arn: ARN of the customer key of the secret; AWS's own by default.
            recovery_window_days: Days, 7 to 30, in which a deleted secret can be had back; 0 deletes at once.
            replica_regions: Other Regions that get a replica of the secret, under AWS's own key there.
            adopted: Whether the secret was made by other hands: nothing is checked of it, and its suffix stays.
            tags: Tags of the secret; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a name, the recovery window, a Region or the version.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_master_username, master_username)
        check_unless_token(check_secret_name, secret_name)
        check_tags(self._tags or {})
        check_unless_token(check_recovery_window, recovery_window_days)
        check_replica_regions(replica_regions)
        self.version = 1 if version is None else version
        check_password_version(self.version)
        self._make_secret(
            secret_name,
            kms_key_arn=kms_key_arn,
            recovery_window_days=recovery_window_days,
            replica_regions=replica_regions,
            adopted=adopted,
        )
        self._password = ephemeral_password(self, "db_password")
        self.secret_version = self._addressed(
            SecretsmanagerSecretVersion(
                self,
                "secret-version",
                secret_id=self.secret.id,
                # Written out: CDKTF knows no ephemeral values, and would escape a reference inside Fn.jsonencode.
                secret_string_wo=_credentials_expression(master_username, self._password),
                secret_string_wo_version=self.version,
            ),
            "db_credentials",
        )

    @property
    def password(self) -> MasterPassword:
        """What a cluster is told of its password."""
        return MasterPassword.write_only(self.master_password, version=self.version)

    def attach(self, cluster: TerraformResource) -> None:
        """Have the secret written again when the cluster is replaced.

        A new cluster takes the password of its run. The version's number stays, so the secret would keep that of the
        old cluster, and the Data API could not log in.
        """
        # Only the attribute: a change in place sends no password.
        self.secret_version.lifecycle = TerraformResourceLifecycle(
            replace_triggered_by=[f"{reference(cluster)}.cluster_resource_id"]
        )

    @property
    def master_password(self) -> str:
        """The password, as a reference to an ephemeral value: for write-only arguments only."""
        return f"${{{self._password}}}"


def random_password(scope: Construct, version: int | None) -> Password:
    """Return a new random password, which is in the state, and is another one with another version."""
    return Password(
        scope,
        "password",
        length=PASSWORD_LENGTH,
        special=True,
        override_special=PASSWORD_SPECIAL_CHARACTERS,
        keepers=None if version is None else {"version": str(version)},
    )


def ephemeral_password(construct: AddressedConstruct, name: str) -> str:
    """Make an ephemeral password of that name, and return the reference to it."""
    arguments = {"password_length": PASSWORD_LENGTH, "exclude_characters": PASSWORD_EXCLUDED_CHARACTERS}
    return f"{construct.ephemeral(EPHEMERAL_PASSWORD, name, arguments)}.random_password"


def drawn_again_with(secret_name: DataResource | None) -> TerraformResourceLifecycle | None:
    """Return the lifecycle of a random suffix that becomes another one when the secret's name does, or comes or goes.

    A deleted secret has its name until its recovery window ends, so that a name that comes back needs another suffix.
    Not by `keepers`: to give a running deployment some would replace its suffix, and with it its secret.
    """
    if secret_name is None:
        return None
    return TerraformResourceLifecycle(create_before_destroy=True, replace_triggered_by=[reference(secret_name)])


def _replicas(regions: Sequence[str]) -> list[SecretsmanagerSecretReplica] | None:
    return [SecretsmanagerSecretReplica(region=region) for region in regions] or None


def _keeps_no_replicas(regions: Sequence[str]) -> list[Postcondition]:
    # The provider (5.100) keeps all replicas where none is asked for: it removes one beside others only.
    if regions:
        return []
    return [
        Postcondition(
            condition="${length(self.replica) == 0}",
            error_message='The secret ${self.name} keeps its replicas in ${join(", ", self.replica[*].region)}, which '
            "Terraform cannot remove without leaving one: aws secretsmanager remove-regions-from-replication.",
        )
    ]


def _credentials_expression(master_username: str, password: str) -> str:
    return f'${{jsonencode({{"username" = "{master_username}", "password" = {password}}})}}'
