"""The four ways in which a master user has a password and a secret, as a cluster and its users see them.

`credentials` makes both, in two ways; here are those in which somebody else does.
"""

from collections.abc import Sequence
from typing import Protocol

from cdktf import ITerraformDependable, TerraformResource
from constructs import Construct

from aurora_serverless.managed_secret import ManagedSecret
from aurora_serverless.master_password import MasterPassword


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
        self._secret = ManagedSecret(self._scope, "managed-secret", cluster=cluster)

    @property
    def secret_arn(self) -> str:
        """ARN of the secret that RDS made."""
        assert self._secret is not None, "attach a cluster first"  # noqa: S101
        return self._secret.arn


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
