"""What stands between Terraform and local AWS: it counts what changes something, and stops when AWS has one of them."""

import dataclasses
from collections.abc import Iterator

import pytest

from local_aws import process
from local_aws.process import LocalAws
from tests.transitions.stopping import Stopping


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with process.start() as running:
        yield running


def test_it_stops_at_the_request_that_was_asked_for_when_aws_has_it(aws: LocalAws) -> None:
    seen: list[int] = []
    topics = aws.client("sns")
    stopping = Stopping(aws.endpoint_url, at=2, stop=lambda: seen.append(len(topics.list_topics()["Topics"])))
    through = dataclasses.replace(aws, endpoint_url=stopping.url).client("sns")
    for name in ("one", "two", "three"):
        through.create_topic(Name=name)
        through.list_topics()
    stopping.close()

    assert stopping.changes == ["CreateTopic"] * 3
    assert seen == [2]


def test_answers_come_back_as_they_are_of_every_protocol(aws: LocalAws) -> None:
    stopping = Stopping(aws.endpoint_url)
    through = dataclasses.replace(aws, endpoint_url=stopping.url)
    through.client("s3").create_bucket(Bucket="a-bucket")
    key = through.client("kms").create_key()["KeyMetadata"]["Arn"]
    through.client("ec2").create_security_group(GroupName="a-group", Description="a group")
    stopping.close()

    assert stopping.changes == ["PUT /a-bucket", "CreateKey", "CreateSecurityGroup"]
    assert aws.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key
    with pytest.raises(aws.client("iam").exceptions.NoSuchEntityException):
        aws.client("iam").get_role(RoleName="none")
