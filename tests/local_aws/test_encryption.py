"""Encryption at rest on local AWS: each cluster is encrypted, and StorageEncryptionType says with what, as on AWS."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.local_aws.conftest import Cluster, CreateCluster, unique

Encryption = tuple[str, bool]
OWNED, KMS = ("sse-rds", False), ("sse-kms", True)


def encryption(described: dict[str, Any]) -> Encryption:
    return described["StorageEncryptionType"], described["StorageEncrypted"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [({}, OWNED), ({"StorageEncrypted": False}, OWNED), ({"StorageEncrypted": True}, KMS)],
    ids=["nothing said", "said to be off", "on"],
)
def test_a_new_cluster_and_what_is_made_of_it_are_encrypted_whatever_is_asked(
    rds: Any,
    create_cluster: CreateCluster,
    create_instance: Callable[..., dict[str, Any]],
    describe: Callable[[Cluster], Cluster],
    arguments: dict[str, Any],
    expected: Encryption,
) -> None:
    cluster = create_cluster(**arguments)
    name = cluster["DBClusterIdentifier"]
    snapshot = rds.create_db_cluster_snapshot(DBClusterIdentifier=name, DBClusterSnapshotIdentifier=unique("snapshot"))
    assert encryption(describe(cluster)) == expected
    assert encryption(create_instance(cluster)) == expected
    assert encryption(snapshot["DBClusterSnapshot"]) == expected


def test_a_global_database_is_encrypted_as_its_primary_is(rds: Any, create_cluster: CreateCluster) -> None:
    made = rds.create_global_cluster(
        GlobalClusterIdentifier=unique("global"), SourceDBClusterIdentifier=create_cluster()["DBClusterArn"]
    )
    assert encryption(made["GlobalCluster"]) == OWNED


def test_without_a_named_key_a_cluster_is_under_the_one_that_aws_manages(
    aws: Any, create_cluster: CreateCluster
) -> None:
    key = create_cluster(StorageEncrypted=True)["KmsKeyId"]
    assert aws.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyManager"] == "AWS"


def test_a_key_that_is_not_there_is_refused_for_the_managed_secret_too(rds: Any) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    with pytest.raises(ClientError, match="KMSKeyNotAccessibleFault"):
        rds.create_db_cluster(
            DBClusterIdentifier=unique("cluster"),
            Engine="aurora-postgresql",
            MasterUsername="alexadmin",
            ManageMasterUserPassword=True,
            MasterUserSecretKmsKeyId=key,
        )
