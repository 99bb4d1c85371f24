"""How the storage of a cluster is encrypted, as RDS tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aurora_serverless.rules.encryption import AWS_OWNED_KEY, KMS_KEY, NOT_ENCRYPTED, encrypted_since


@dataclass(frozen=True)
class Encryption:
    """`type` is RDS's `StorageEncryptionType`; None where it is not told, and no KMS key is."""

    type: str | None = None
    kms_key_id: str | None = None

    @property
    def has_kms_key(self) -> bool:
        """Whether it is under a KMS key, AWS's or the customer's."""
        return self.type == KMS_KEY

    @property
    def is_missing(self) -> bool:
        """Whether nothing is encrypted."""
        return self.type == NOT_ENCRYPTED

    def __str__(self) -> str:
        """Say it in words."""
        if self.type == KMS_KEY:
            key = "a KMS key" if self.kms_key_id is None else f"the KMS key {self.kms_key_id}"
            return f"with {key} ({self.type})"
        if self.type == AWS_OWNED_KEY:
            return f"with an AWS-owned key ({self.type})"
        if self.type == NOT_ENCRYPTED:
            return f"not encrypted ({self.type}): AWS encrypts what is created since {encrypted_since()}"
        if self.type is None:
            return "under no KMS key; RDS did not tell whether an AWS-owned key encrypts it"
        return self.type


def encryption_of(described: Mapping[str, Any]) -> Encryption:
    """Return the encryption of what RDS describes: by `StorageEncryptionType`, else by `StorageEncrypted`.

    Source: Amazon RDS API, DBCluster: under an AWS-owned key `StorageEncrypted` is false, so that false alone says
    nothing, and true that there is a KMS key.
    """
    type_ = described.get("StorageEncryptionType") or (KMS_KEY if described.get("StorageEncrypted") else None)
    return Encryption(type_, described.get("KmsKeyId") if type_ == KMS_KEY else None)
