"""What programs are told so that they use local AWS and nothing else."""

import os
from pathlib import Path

import pytest

from local_aws.environment import isolated_environment, without_aws

ENDPOINT = "http://127.0.0.1:5000"


@pytest.mark.parametrize(
    "name",
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL_RDS",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "TF_CLI_ARGS_apply",
        "TF_WORKSPACE",
        "TF_DATA_DIR",
    ],
)
def test_what_leads_to_a_real_aws_is_taken_out(name: str) -> None:
    isolated = isolated_environment({name: "real"}, ENDPOINT)

    assert "real" not in isolated.values()
    assert name not in without_aws({name: "real"})


@pytest.mark.parametrize("name", ["TF_VAR_min_capacity", "PATH", "TF_LOG"])
def test_what_a_deployment_may_need_stays(name: str) -> None:
    assert isolated_environment({name: "value"}, ENDPOINT)[name] == "value"


def test_local_aws_is_put_in() -> None:
    isolated = isolated_environment({}, ENDPOINT, "eu-west-1")

    assert isolated["AWS_ENDPOINT_URL"] == ENDPOINT
    assert isolated["AWS_REGION"] == isolated["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert isolated["AWS_ACCESS_KEY_ID"]
    assert isolated["AWS_SHARED_CREDENTIALS_FILE"] == isolated["AWS_CONFIG_FILE"] == os.devnull
    assert isolated["AWS_EC2_METADATA_DISABLED"] == "true"


def test_a_proxy_is_passed_by() -> None:
    assert isolated_environment({"NO_PROXY": "example.com"}, ENDPOINT)["NO_PROXY"] == "example.com,127.0.0.1,localhost"


def test_a_cli_configuration_that_does_not_exist_is_dropped(tmp_path: Path) -> None:
    missing = tmp_path / "terraform.rc"
    assert "TF_CLI_CONFIG_FILE" not in without_aws({"TF_CLI_CONFIG_FILE": str(missing)})

    missing.touch()
    assert without_aws({"TF_CLI_CONFIG_FILE": str(missing)})["TF_CLI_CONFIG_FILE"] == str(missing)
