"""The command on what the real Terraform and provider deployed to local AWS, from the deploy to the destroy."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws.background import BackgroundAws
from local_aws.deployment import LocalDeployer
from local_aws.errors import LocalAwsError
from local_aws.process import PROJECT
from local_aws.terraform_providers import find_terraform_providers
from tests.operations.deployment import run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project folder of links to this one, with a `.local-aws` of its own; skip what cannot run here."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH")
    if not (PROJECT / "node_modules/.bin/cdktf").is_file():
        pytest.skip("the cdktf CLI is not installed: run `make cdktf ARGS=--version` once")
    providers = find_terraform_providers(tmp_path / "providers")
    if providers.missing is not None:
        pytest.skip(providers.missing)
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("main.py", "cdktf.json", "node_modules", "environments"):
        (folder / name).symlink_to(PROJECT / name)
    return folder


@pytest.mark.xdist_group("alexdb-after-local-deploy")
def test_from_deploy_to_destroy(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["dev", "--local", "--project", str(project)]
    assert run(capsys, "wait", *where).status == 3
    background = BackgroundAws(project / ".local-aws")
    with (project / "output").open("w") as output:
        deployer = LocalDeployer(project=project, output=output)
        try:
            deployer.deploy("dev")
            _use(capsys, where)
            deployer.destroy("dev")
        except LocalAwsError as error:
            pytest.fail(f"{error}\n{(project / 'output').read_text()}")
        finally:
            background.stop()
    assert run(capsys, "wait", *where).status == 3


def _use(capsys: pytest.CaptureFixture[str], where: list[str]) -> None:
    assert run(capsys, "wait", *where).status == 0
    found = run(capsys, "check", *where, "--json")
    assert found.status == 0, found.output
    outcomes = {check["name"]: check["outcome"] for check in found.json["checks"]}
    assert {name for name, outcome in outcomes.items() if outcome != "passed"} == {"role's permissions"}
    values = run(capsys, "env", *where, "--json").json
    assert values["AWS_REGION"] == "us-east-1"
    # What `env` names is enough for a program of its own, with any credentials.
    code = (
        "import boto3, os; e = os.environ; print(boto3.client('rds-data').execute_statement("
        "resourceArn=e['AURORA_CLUSTER_ARN'], secretArn=e['AURORA_SECRET_ARN'], database=e['DATABASE_NAME'], "
        "sql='SELECT current_database()')['records'][0][0]['stringValue'])"
    )
    variables = {**values, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("alex\n", "")
    for command in ("status", "activity", "metrics", "scaling"):
        assert run(capsys, command, *where).status == 0
