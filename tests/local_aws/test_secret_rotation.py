"""Who rotates a secret on local AWS, and when: RDS those that it manages, and nobody one without a function."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import unique


@pytest.fixture
def secrets(aws: LocalAws) -> Any:
    return aws.client("secretsmanager")


@pytest.fixture
def managed(rds: Any) -> str:
    cluster = rds.create_db_cluster(
        DBClusterIdentifier=unique("rotated"),
        Engine="aurora-postgresql",
        MasterUsername="alexadmin",
        ManageMasterUserPassword=True,
    )["DBCluster"]
    arn: str = cluster["MasterUserSecret"]["SecretArn"]
    return arn


def password(secrets: Any, arn: str) -> Any:
    return json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])["password"]


def test_a_managed_secret_is_rotated_every_seven_days_and_by_no_function(secrets: Any, managed: str) -> None:
    described = secrets.describe_secret(SecretId=managed)
    assert (described["RotationEnabled"], described["RotationRules"]) == (True, {"AutomaticallyAfterDays": 7})
    assert "RotationLambdaARN" not in described


def test_its_schedule_changes_and_the_password_only_where_that_is_asked(secrets: Any, managed: str) -> None:
    before, rules = password(secrets, managed), {"ScheduleExpression": "rate(12 hours)", "Duration": "2h"}
    secrets.rotate_secret(SecretId=managed, RotationRules=rules, RotateImmediately=False)
    assert secrets.describe_secret(SecretId=managed)["RotationRules"] == rules
    assert password(secrets, managed) == before
    secrets.rotate_secret(SecretId=managed)
    assert password(secrets, managed) != before
    assert secrets.describe_secret(SecretId=managed)["RotationRules"] == rules


def test_its_rotation_stops(secrets: Any, managed: str) -> None:
    secrets.cancel_rotate_secret(SecretId=managed)
    assert not secrets.describe_secret(SecretId=managed).get("RotationEnabled")


@pytest.mark.parametrize(
    "rules",
    [
        {"AutomaticallyAfterDays": 1000, "ScheduleExpression": "rate(1 day)"},
        {"ScheduleExpression": "rate(1 hour)"},
        {"ScheduleExpression": "rate(4 hours)", "Duration": "5h"},
        {"AutomaticallyAfterDays": 1, "Duration": "25h"},
    ],
)
def test_a_schedule_that_aws_does_not_take_is_refused(secrets: Any, managed: str, rules: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        secrets.rotate_secret(SecretId=managed, RotationRules=rules)


def test_a_function_cannot_rotate_a_managed_secret(secrets: Any, managed: str) -> None:
    function = "arn:aws:lambda:us-east-1:123456789012:function:rotate"
    with pytest.raises(ClientError, match="InvalidRequestException"):
        secrets.rotate_secret(SecretId=managed, RotationLambdaARN=function)


def test_nobody_rotates_another_secret_without_a_function(secrets: Any) -> None:
    arn = secrets.create_secret(Name=unique("own"), SecretString="{}")["ARN"]
    with pytest.raises(ClientError, match="InvalidRequestException"):
        secrets.rotate_secret(SecretId=arn, RotationRules={"AutomaticallyAfterDays": 30})


def test_a_secret_that_is_managed_stays_the_same_and_under_its_key(
    aws: LocalAws, rds: Any, secrets: Any, managed: str
) -> None:
    [cluster] = [
        one["DBClusterIdentifier"]
        for one in rds.describe_db_clusters()["DBClusters"]
        if one.get("MasterUserSecret", {}).get("SecretArn") == managed
    ]
    before = password(secrets, managed)
    asked = {"DBClusterIdentifier": cluster, "ManageMasterUserPassword": True}
    changed = rds.modify_db_cluster(**asked)["DBCluster"]
    assert (changed["MasterUserSecret"]["SecretArn"], password(secrets, managed)) == (managed, before)
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    with pytest.raises(ClientError, match="change the KMS key"):
        rds.modify_db_cluster(**asked, MasterUserSecretKmsKeyId=key)
