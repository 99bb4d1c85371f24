"""Every cluster is encrypted, as each is that AWS creates since 18 February 2026: with a KMS key or an AWS-owned one.

Stock moto answers no StorageEncryptionType, which tells the two apart: StorageEncrypted is false with an AWS-owned key.
Of a cluster that asks for encryption and names no key it reports a key id that KMS does not know, and no key of which
KMS says that AWS manages it. At a key for the managed secret that is not there it fails.
"""

from collections.abc import Callable
from typing import Any

from moto.kms.models import KmsBackend
from moto.rds.models import DBCluster, DBClusterSnapshot, DBInstanceClustered, GlobalCluster

from aurora_serverless.rules.encryption import AWS_OWNED_KEY, KMS_KEY
from local_aws.patches.replacing import adding_property, replacing

RDS_ALIAS = "alias/aws/rds"


def patch() -> None:
    """Answer the type of encryption, and put a cluster without a named key under the one of its account and Region."""

    @replacing(DBCluster, "__init__")
    def creation(stock: Callable[..., None], cluster: Any, *args: Any, **kwargs: Any) -> None:
        if key := kwargs.get("master_user_secret_kms_key_id"):
            args[0]._validate_kms_key(key)
        stock(cluster, *args, **kwargs)
        if cluster.storage_encrypted and not kwargs.get("kms_key_id"):
            cluster.kms_key_id = _managed_key_arn(cluster.backend.kms)

    for described in (DBCluster, DBClusterSnapshot, DBInstanceClustered, GlobalCluster):
        adding_property(described, "storage_encryption_type", property(_type))


def _type(described: Any) -> str:
    return KMS_KEY if described.storage_encrypted else AWS_OWNED_KEY


def _managed_key_arn(kms: KmsBackend) -> str:
    key = kms.describe_key(RDS_ALIAS)
    key.key_manager = "AWS"
    arn: str = key.arn
    return arn
