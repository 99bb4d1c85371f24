"""The key of a log group is given, changed and taken away, as Terraform does when `kms_key_id` changes."""

import pytest

from local_aws.process import LocalAws
from tests.local_aws.conftest import unique

KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def test_a_log_group_s_key_is_given_and_taken_away(aws: LocalAws) -> None:
    logs, name = aws.client("logs"), unique("log-group")
    logs.create_log_group(logGroupName=name)

    def key() -> object:
        [group] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        return group.get("kmsKeyId")

    logs.associate_kms_key(logGroupName=name, kmsKeyId=KEY)
    assert key() == KEY
    logs.disassociate_kms_key(logGroupName=name)
    assert key() is None


def test_the_key_of_a_log_group_that_is_not_there_is_refused(aws: LocalAws) -> None:
    logs = aws.client("logs")

    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.disassociate_kms_key(logGroupName="none")
    with pytest.raises(logs.exceptions.ClientError, match="does not have logs:AssociateKmsKey: keys of query results"):
        logs.associate_kms_key(resourceIdentifier="arn:aws:logs:us-east-1:123456789012:query-result:*", kmsKeyId=KEY)


@pytest.mark.parametrize(
    ("asked", "told"), [({}, "STANDARD"), ({"logGroupClass": "INFREQUENT_ACCESS"}, "INFREQUENT_ACCESS")]
)
def test_a_log_group_tells_its_class(aws: LocalAws, asked: dict[str, str], told: str) -> None:
    logs, name = aws.client("logs"), unique("log-group")
    logs.create_log_group(logGroupName=name, **asked)
    [group] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert group["logGroupClass"] == told
