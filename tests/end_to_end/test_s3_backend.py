"""The state in S3, with Terraform's own lock file."""

import json
from pathlib import Path

import pytest

from local_aws.process import LocalAws
from tests.end_to_end.conftest import terraform_for
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("s3-backend")

BUCKET = "alex-terraform-state"
KEY = "team/terraform.tfstate"


def test_the_state_lies_in_its_bucket_and_a_held_lock_keeps_a_second_run_out(
    aws: LocalAws, providers: TerraformProviders, tmp_path: Path
) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    terraform = terraform_for("team", aws, providers, tmp_path, environments=Path(__file__).parent / "environments")
    # Local AWS has one host name only; a real bucket is reached by its own.
    terraform.init("-backend-config=use_path_style=true")
    terraform.run("apply", "-auto-approve", "-target=random_id.suffix")

    state = json.loads(s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read())
    assert [resource["type"] for resource in state["resources"]] == ["random_id", "terraform_data"]
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == [KEY], "the lock is gone again"
    assert list(tmp_path.glob("*.tfstate")) == []

    lock = {"ID": "9db590f1-b6fe-c5f2-2678-8804f089deba", "Operation": "OperationTypeApply", "Who": "somebody else"}
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.tflock", Body=json.dumps(lock))
    refusal = terraform.run("apply", "-auto-approve", "-target=random_id.suffix", allowed=(1,)).stdout
    assert "Error acquiring the state lock" in refusal
    assert "somebody else" in refusal
