"""The commands on clusters of GovCloud and China: they are named by their ARNs, and their missing Data API is said."""

import tomllib
from pathlib import Path

import pytest

from analysis.diagram.services import services_of_key
from analysis.synthesized.stack import Block
from cli.exit_status import ExitStatus
from cli.new_environment.draft import Draft
from operations.aws.session import AwsSession
from operations.errors import ErrorKind, OperationsError
from operations.sql.database import Database
from operations.target.target import Target, check_secret_arn, parse_cluster_arn
from tests.deployed.deployment import run

CLUSTERS = {
    "us-gov-west-1": "arn:aws-us-gov:rds:us-gov-west-1:123456789012:cluster:shop",
    "cn-north-1": "arn:aws-cn:rds:cn-north-1:123456789012:cluster:shop",
}
SECRET_ARN = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:shop-AbCdEf"


@pytest.mark.parametrize("region", CLUSTERS)
def test_clusters_of_every_partition_are_named_by_their_arns(region: str) -> None:
    arn = parse_cluster_arn(CLUSTERS[region])
    assert (arn.region, arn.account_id, arn.identifier) == (region, "123456789012", "shop")


def test_secrets_of_every_partition_are_named_by_their_arns() -> None:
    check_secret_arn(SECRET_ARN)
    check_secret_arn(SECRET_ARN.replace("arn:aws-cn:", "arn:aws-us-gov:").replace("cn-north-1", "us-gov-east-1"))
    with pytest.raises(OperationsError, match="is not a secret's ARN"):
        check_secret_arn(SECRET_ARN.replace("arn:aws-cn:", "arn:aws-us-gov:"))


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "ca-west-1"])
def test_sql_is_refused_where_there_is_no_data_api(region: str) -> None:
    arn = f"arn:aws:rds:{region}:123456789012:cluster:shop"
    with pytest.raises(
        OperationsError, match=f"AWS does not offer the Data API in {region}: run SQL with psql"
    ) as told:
        Database(Target(AwsSession(region), arn, secret_arn=SECRET_ARN, database="shop"))
    assert told.value.kind is ErrorKind.FAILED


def test_the_command_says_so_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    target = ["--cluster-arn", CLUSTERS["cn-north-1"], "--secret-arn", SECRET_ARN, "--database", "shop"]
    done = run(capsys, "sql", "SELECT 1", *target)
    assert (done.status, done.output) == (ExitStatus.FAILED, "")
    assert done.error.startswith("error: AWS does not offer the Data API in cn-north-1: run SQL with psql")


@pytest.mark.parametrize(
    ("region", "access"), [("cn-north-1", {"data_api": False}), ("ca-west-1", {"data_api": False}), ("us-east-1", None)]
)
def test_a_new_file_has_no_data_api_where_there_is_none(region: str, access: object) -> None:
    answers = {
        "purpose": "production",
        "name_prefix": "shop",
        "region": region,
        "engine_version": "17.7",
        "minimum_acu": "1",
        "maximum_acu": "4",
    }
    draft = Draft.of_answers(Path("shop.toml"), answers)
    assert draft.problems([]) == []
    assert tomllib.loads(draft.text).get("access") == access


def test_a_key_of_china_is_drawn_with_all_its_services() -> None:
    policy = (
        '{"Statement": [{"Principal": {"Service": "logs.cn-north-1.amazonaws.com.cn"}, "Condition": '
        '{"StringEquals": {"kms:ViaService": ["rds.cn-north-1.amazonaws.com", "rds.cn-north-1.amazonaws.com.cn"]}}}]}'
    )
    block = Block("resource", "aws_kms_key", "aurora", {"policy": policy}, {}, (), "shop/key")
    assert services_of_key(block) == ["logs", "rds"]
