"""Roles of clusters on local AWS: what AWS refuses of them, and that they come and go."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from aurora_serverless.rules.service_roles import MOST_CLUSTER_ROLES, Feature
from local_aws.process import LocalAws
from tests.local_aws.conftest import Cluster, CreateCluster, Describe, unique

CreateRole = Callable[..., str]
FEATURES = [str(feature) for feature in Feature]


@pytest.fixture(scope="module")
def create_role(aws: LocalAws) -> CreateRole:
    """Return a function that makes a role of IAM which a service may assume, and returns its ARN."""

    def create(service: str = "rds.amazonaws.com") -> str:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        role = aws.client("iam").create_role(RoleName=unique("role"), AssumeRolePolicyDocument=trust)
        arn: str = role["Role"]["Arn"]
        return arn

    return create


def add(rds: Any, cluster: Cluster, role: str, feature: str | None = "s3Import") -> None:
    named = {} if feature is None else {"FeatureName": feature}
    rds.add_role_to_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], RoleArn=role, **named)


def remove(rds: Any, cluster: Cluster, role: str, feature: str = "s3Import") -> None:
    rds.remove_role_from_db_cluster(
        DBClusterIdentifier=cluster["DBClusterIdentifier"], RoleArn=role, FeatureName=feature
    )


def roles(described: Cluster) -> set[tuple[str, str, str]]:
    return {(one["FeatureName"], one["RoleArn"], one["Status"]) for one in described.get("AssociatedRoles", [])}


def test_a_role_comes_and_goes(
    rds: Any, create_cluster: CreateCluster, create_role: CreateRole, describe: Describe
) -> None:
    cluster, role = create_cluster(), create_role()
    add(rds, cluster, role)
    add(rds, cluster, role, "s3Export")
    assert roles(describe(cluster)) == {("s3Import", role, "ACTIVE"), ("s3Export", role, "ACTIVE")}
    remove(rds, cluster, role)
    assert roles(describe(cluster)) == {("s3Export", role, "ACTIVE")}
    with pytest.raises(ClientError, match="DBClusterRoleNotFound"):
        remove(rds, cluster, role)


def test_a_feature_has_one_role(rds: Any, create_cluster: CreateCluster, create_role: CreateRole) -> None:
    cluster = create_cluster()
    add(rds, cluster, create_role())
    with pytest.raises(ClientError, match=r"DBClusterRoleAlreadyExists.*s3Import"):
        add(rds, cluster, create_role())


@pytest.mark.parametrize("feature", ["S3Import", "S3_INTEGRATION", None])
def test_a_feature_that_aurora_postgresql_has_not_is_refused(
    rds: Any, create_cluster: CreateCluster, create_role: CreateRole, feature: str | None
) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterValue.*s3Import, s3Export, Lambda"):
        add(rds, create_cluster(), create_role(), feature)


def test_a_role_that_rds_may_not_assume_is_refused(
    rds: Any, create_cluster: CreateCluster, create_role: CreateRole
) -> None:
    cluster = create_cluster()
    for role in ("arn:aws:iam::123456789012:role/nobody", create_role("lambda.amazonaws.com")):
        with pytest.raises(ClientError, match="IAM role ARN value is invalid or does not include the required"):
            add(rds, cluster, role)


def test_a_cluster_has_as_many_roles_as_the_quota_says(
    rds: Any, create_cluster: CreateCluster, create_role: CreateRole
) -> None:
    cluster = create_cluster()
    for feature in FEATURES[:MOST_CLUSTER_ROLES]:
        add(rds, cluster, create_role(), feature)
    with pytest.raises(ClientError, match="DBClusterRoleQuotaExceeded"):
        add(rds, cluster, create_role(), FEATURES[MOST_CLUSTER_ROLES])


def test_a_cluster_that_is_not_there_or_is_busy_takes_no_role(
    aws: LocalAws, rds: Any, create_cluster: CreateCluster, create_role: CreateRole
) -> None:
    role, nobody = create_role(), {"DBClusterIdentifier": "nobody"}
    for change in (add, remove):
        with pytest.raises(ClientError, match="DBClusterNotFoundFault"):
            change(rds, nobody, role)
    key = aws.client("kms").create_key()["KeyMetadata"]["KeyId"]
    cluster = create_cluster(StorageEncrypted=True, KmsKeyId=key)
    add(rds, cluster, role)
    aws.client("kms").disable_key(KeyId=key)
    for change in (add, remove):
        with pytest.raises(ClientError, match=r"InvalidDBClusterStateFault.*available state"):
            change(rds, cluster, role)


def test_a_version_tells_its_features(rds: Any) -> None:
    [version] = rds.describe_db_engine_versions(Engine="aurora-postgresql", EngineVersion="17.7")["DBEngineVersions"]
    assert version["SupportedFeatureNames"] == FEATURES
