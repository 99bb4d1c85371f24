"""The five ways in which a master user has a password and a secret, as a cluster and its users see them.

`credentials` makes both, in two ways; here are those in which somebody else does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from cdktf import Fn, ITerraformDependable, TerraformResource, Token
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.master_password import MasterPassword
from aurora_serverless.rules.credentials import check_password_version
from aurora_serverless.rules.names import check_master_username
from aurora_serverless.rules.roles import check_secret_arn
from aurora_serverless.rules.tokens import check_unless_token

if TYPE_CHECKING:
    from aurora_serverless.managed_secret import ManagedSecret


class MasterCredentials(Protocol):
    """What a database needs of its master user's password and secret."""

    @property
    def password(self) -> MasterPassword:
        """What the cluster is told of its password."""

    @property
    def secret_arn(self) -> str:
        """ARN of the secret with name and password; where RDS makes it, only once the cluster is attached."""

    @property
    def suffix_hex(self) -> str | None:
        """The random suffix of the secret's name; None of a secret that is not made here."""

    @property
    def versions(self) -> Sequence[ITerraformDependable]:
        """What writes the secret: whoever reads it waits for this."""

    def attach(self, cluster: TerraformResource) -> None:
        """Do what needs the `aws_rds_cluster` that has the password."""


class ManagedCredentials:
    """RDS makes the password, keeps it in a secret of its own, and rotates it."""

    suffix_hex = None
    versions: Sequence[ITerraformDependable] = ()

    def __init__(self, scope: Construct, *, kms_key_arn: str | None) -> None:
        """Keep where the secret is looked up, once there is a cluster, and its customer key."""
        self._scope = scope
        self.password = MasterPassword.managed(kms_key_arn=kms_key_arn)
        self._secret: ManagedSecret | None = None

    def attach(self, cluster: TerraformResource) -> None:
        """Look up the secret of the cluster."""
        from aurora_serverless.managed_secret import ManagedSecret

        self._secret = ManagedSecret(self._scope, "managed-secret", cluster=cluster)

    @property
    def secret_arn(self) -> str:
        """ARN of the secret that RDS made."""
        assert self._secret is not None, "attach a cluster first"  # noqa: S101
        return self._secret.arn


class ExistingCredentials(AddressedConstruct):
    """A secret that is there already has the name and the password, which Terraform reads and never writes down.

    Needs Terraform 1.11. The cluster is sent the password when it is made, and whenever the secret's ARN or `version`
    changes: not when another password is written into the secret.
    """

    suffix_hex = None
    versions: Sequence[ITerraformDependable] = ()

    def __init__(
        self, scope: Construct, id_: str, *, master_username: str, secret_arn: str, version: int | None = None
    ) -> None:
        """Read the secret.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            master_username: The cluster's master user, whose name the secret must hold.
            secret_arn: ARN of the secret, a JSON object of `username` and `password`.
            version: Version of the password, 1 or more; 1 by default.

        Raises:
            RuleViolation: The ARN is not that of a secret, or RDS would refuse the name or the version.
        """
        super().__init__(scope, id_)
        check_unless_token(check_master_username, master_username)
        check_unless_token(partial(check_secret_arn, argument="secret_arn"), secret_arn)
        version = 1 if version is None else version
        check_password_version(version)
        self.secret_arn = secret_arn
        found = self.ephemeral(
            "aws_secretsmanager_secret_version",
            "db_credentials",
            {"secret_id": secret_arn, "lifecycle": {"postcondition": [_holds_password(secret_arn, master_username)]}},
        )
        # Of the ARN too: the password of another secret is another one, and so is that of one that was made again.
        # Seven hexadecimal digits of a digest fit into a version, which is a whole number of 32 bits or more.
        sent_for = Token.as_number(Fn.parseint(Fn.substr(Fn.sha256(f"{version} {secret_arn}"), 0, 7), 16))
        self.password = MasterPassword.write_only(f"${{jsondecode({found}.secret_string).password}}", version=sent_for)

    def attach(self, cluster: TerraformResource) -> None:
        """Do nothing: the secret is there already."""


def _holds_password(secret_arn: str, master_username: str) -> Mapping[str, str]:
    # Terraform shows no message that refers to the ephemeral resource.
    return {
        "condition": f'${{try(jsondecode(self.secret_string).username == "{master_username}" '
        "&& length(jsondecode(self.secret_string).password) > 0, false)}",
        "error_message": f"The secret {secret_arn} does not hold the master user's name and a password: write a "
        f'JSON object with username = "{master_username}" and password into it, or its username as '
        "database.master_username.",
    }


class ReplicatedCredentials:
    """The primary of a global database has them, and a replica of its secret is in this Region."""

    suffix_hex = None
    versions: Sequence[ITerraformDependable] = ()

    def __init__(self, secret_arn: str) -> None:
        """Take the replica, by its ARN."""
        self.secret_arn = secret_arn
        self.password = MasterPassword.replicated()

    def attach(self, cluster: TerraformResource) -> None:
        """Do nothing: the secret is there already."""
