"""The ways in which a cluster gets its master password, which exclude one another."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class MasterPassword:
    """Where the master password comes from: make one with `given`, `write_only`, `managed` or `replicated`."""

    value: str | None = None
    write_only_value: str | None = None
    write_only_version: float | None = None
    is_managed: bool = False
    managed_kms_key_arn: str | None = None
    is_replicated: bool = False

    @classmethod
    def given(cls, value: str) -> Self:
        """Take the password from `value`, a token: it is in the state, and never in the synthesized JSON."""
        return cls(value=value)

    @classmethod
    def write_only(cls, value: str, *, version: float) -> Self:
        """Send `value`, an ephemeral token, whenever `version` changes: it is never in the state.

        Needs Terraform 1.11.
        """
        return cls(write_only_value=value, write_only_version=version)

    @classmethod
    def managed(cls, *, kms_key_arn: str | None = None) -> Self:
        """Let RDS make the password, keep it in a secret of its own, and rotate it every seven days.

        `kms_key_arn` is the key of that secret; AWS's own by default.
        """
        return cls(is_managed=True, managed_kms_key_arn=kms_key_arn)

    @classmethod
    def replicated(cls) -> Self:
        """Take the password of the primary, as the secondary of a global database does."""
        return cls(is_replicated=True)
