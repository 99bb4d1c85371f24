"""`deploy` and `destroy`: what is run, with which environment, and what is said when something is missing.

The cdktf CLI and the project's program are small stand-ins here, so that these tests take seconds.
"""

import io
import json
import os
import re
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws import deployment, programs
from local_aws.deployment import LocalDeployer, Stack
from local_aws.errors import LocalAwsError
from local_aws.terraform_configuration import registry_answers
from tests.local_aws.conftest import take_any_port

MIRROR = 'provider_installation {\n  filesystem_mirror {\n    path = "/nonexistent"\n  }\n}\n'

SYNTHESIS = """
import json, pathlib, sys
output = pathlib.Path(sys.argv[sys.argv.index("--output") + 1])
for name, stack in json.loads(pathlib.Path("stacks.json").read_text()).items():
    folder = output / "stacks" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cdk.tf.json").write_text(json.dumps(stack))
"""

RECORDING = """#!PYTHON
import json, os, pathlib, sys
with pathlib.Path("LOG").open("a") as log:
    log.write(json.dumps({"arguments": sys.argv[1:], "environment": dict(os.environ)}) + "\\n")
if sys.argv[1:] == ["state", "pull"]:
    print(pathlib.Path("STATE").read_text())
if sys.argv[1:] == ["output", "-json"]:
    print(json.dumps({"arn": {"value": "a", "sensitive": False}, "key": {"value": "b", "sensitive": True}}))
sys.exit(STATUS)
"""


def stack(backend: dict[str, Any] | None = None, region: str | None = "eu-west-1", **provider: Any) -> dict[str, Any]:
    variable = {"type": "string"} if region is None else {"type": "string", "default": region}
    return {
        "provider": {"aws": [{"region": "${var.aws_region}", **provider}]},
        "terraform": {"backend": backend or {"local": {"path": "../../../terraform.dev.tfstate"}}},
        "variable": {"aws_region": variable},
    }


class Project:
    """A project folder with stand-ins for main.py, cdktf and terraform that write down how they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "calls"
        self.output = io.StringIO()
        (folder / "main.py").write_text(SYNTHESIS)
        self.write_stacks(dev=stack())
        self.write_program("node_modules/.bin/cdktf")
        self.write_program("bin/terraform")

    def write_stacks(self, **stacks: dict[str, Any]) -> None:
        (self.folder / "stacks.json").write_text(json.dumps(stacks))

    def write_program(self, path: str, status: int = 0) -> None:
        program = self.folder / path
        program.parent.mkdir(parents=True, exist_ok=True)
        text = RECORDING.replace("PYTHON", sys.executable).replace("LOG", str(self.log)).replace("STATUS", str(status))
        text = text.replace("STATE", str(self.folder / "state.json"))
        program.write_text(text)
        program.chmod(0o755)

    @property
    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project that reaches the registry."""
    created = Project(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("TF_VAR_aws_region", raising=False)
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    monkeypatch.setattr(deployment, "registry_answers", lambda: True)
    return created


@pytest.fixture
def deployer(project: Project) -> Iterator[LocalDeployer]:
    """Return a deployer of the project, and stop its local AWS after the test."""
    with (project.folder / "output").open("w") as output:
        created = LocalDeployer(project=project.folder, output=output)
        take_any_port(created.folder)
        yield created
        created.background.stop()


def said(project: Project) -> str:
    return (project.folder / "output").read_text()


def test_deploy_runs_cdktf_against_local_aws_and_returns_the_outputs(
    project: Project, deployer: LocalDeployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "real")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")

    deployed = deployer.deploy("dev")

    cdktf, terraform = project.calls
    output = project.folder / ".local-aws/cdktf.out"
    assert cdktf["arguments"][:5] == ["deploy", "dev", "--auto-approve", "--skip-synth", "--skip-provider-lock"]
    assert cdktf["arguments"][5:7] == ["--output", str(output)]
    assert terraform["arguments"] == ["output", "-json"]
    for call in (cdktf, terraform):
        assert call["environment"]["AWS_ENDPOINT_URL"] == deployed.endpoint_url
        assert call["environment"]["TF_VAR_aws_region"] == call["environment"]["AWS_REGION"] == "eu-west-1"
        assert "real" not in call["environment"].values()
        assert "TF_CLI_CONFIG_FILE" not in call["environment"], "Terraform is left as it is configured"
    assert deployed.outputs == {"arn": "a", "key": "<sensitive>"}
    assert deployed.destroy_command == "make local-destroy ENVIRONMENT=dev"
    assert deployer.background.deployed() == {"dev"}


def test_terraform_goes_by_the_configuration_that_is_named(
    project: Project, deployer: LocalDeployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployment, "registry_answers", lambda: pytest.fail("nobody needs the registry"))
    monkeypatch.chdir(project.folder)
    deployer.terraform_config = Path("terraform.rc")
    deployer.terraform_config.write_text(MIRROR)

    deployed = deployer.deploy("dev")
    deployer.destroy("dev")

    assert deployed.destroy_command == "make local-destroy ENVIRONMENT=dev ARGS='--terraform-config terraform.rc'"
    assert [call["arguments"][0] for call in project.calls] == ["deploy", "output", "destroy"]
    for call in project.calls:
        assert call["environment"]["TF_CLI_CONFIG_FILE"] == str(project.folder / "terraform.rc")
        assert call["environment"]["CDKTF_DISABLE_PLUGIN_CACHE_ENV"] == "true"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such file or directory; name a Terraform CLI configuration"),
        (b"\xff\xfe", "no text; name a Terraform CLI configuration"),
        (
            b"# provider_installation {}\ndisable_checkpoint = true\n",
            "it has no provider_installation block; name a Terraform CLI configuration with one",
        ),
    ],
)
def test_what_is_no_terraform_configuration_is_told(project: Project, content: bytes | None, reason: str) -> None:
    file = project.folder / "terraform.rc"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(LocalAwsError) as refusal:
        LocalDeployer(project=project.folder, terraform_config=file).deploy("dev")

    assert str(refusal.value) == f"--terraform-config {file}: {reason}"
    assert refusal.value.exit_status == 2


def test_without_a_registry_terraform_is_used_as_it_is_configured(
    project: Project, deployer: LocalDeployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = project.folder / "terraform.rc"
    configuration.write_text(MIRROR)
    monkeypatch.setattr(deployment, "registry_answers", lambda: False)
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(configuration))

    deployer.deploy("dev")

    assert [call["arguments"][0] for call in project.calls] == ["init", "deploy", "output"]
    assert {call["environment"]["TF_CLI_CONFIG_FILE"] for call in project.calls} == {str(configuration)}


@pytest.mark.parametrize(
    ("named", "told"),
    [(None, ""), ("/nowhere.rc", " (TF_CLI_CONFIG_FILE names /nowhere.rc, which is not there)")],
)
def test_a_registry_that_does_not_answer_is_told_with_the_remedy(
    project: Project, deployer: LocalDeployer, monkeypatch: pytest.MonkeyPatch, named: str | None, told: str
) -> None:
    project.write_program("bin/terraform", status=1)
    monkeypatch.setattr(deployment, "registry_answers", lambda: False)
    if named is not None:
        monkeypatch.setenv("TF_CLI_CONFIG_FILE", named)

    with pytest.raises(LocalAwsError) as refusal:
        deployer.deploy("dev")

    assert str(refusal.value) == (
        "registry.terraform.io does not answer, and as it is configured Terraform finds its providers nowhere else"
        f'{told}; connect to it, or name a Terraform CLI configuration with a mirror: ARGS="--terraform-config FILE"'
    )
    assert refusal.value.exit_status == 2
    assert deployer.background.running() is None


@pytest.mark.parametrize("failure", [OSError("no route"), ValueError("not a URL")])
def test_a_registry_that_fails_does_not_answer(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    assert registry_answers.__wrapped__() is False


def test_a_stack_without_a_region_is_deployed_to_us_east_1(project: Project, deployer: LocalDeployer) -> None:
    project.write_stacks(reference=stack(region=None))

    deployer.deploy("reference")

    assert project.calls[0]["environment"]["TF_VAR_aws_region"] == "us-east-1"


def test_the_user_s_region_is_deployed_to(
    project: Project, deployer: LocalDeployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_aws_region", "ap-southeast-2")

    deployer.deploy("dev")

    environment = project.calls[0]["environment"]
    assert environment["TF_VAR_aws_region"] == environment["AWS_REGION"] == "ap-southeast-2"


def test_the_bucket_of_an_s3_backend_is_made_once(project: Project, deployer: LocalDeployer) -> None:
    project.write_stacks(dev=stack({"s3": {"bucket": "example-state", "key": "k", "region": "eu-west-1"}}))

    deployer.deploy("dev")
    deployer.deploy("dev")

    running = deployer.background.running()
    assert running is not None
    assert [bucket["Name"] for bucket in running.client("s3").list_buckets()["Buckets"]] == ["example-state"]


def test_local_aws_takes_an_account_that_the_environment_allows(project: Project, deployer: LocalDeployer) -> None:
    project.write_stacks(dev=stack(allowed_account_ids=["210987654321"]))

    deployer.deploy("dev")

    running = deployer.background.running()
    assert running is not None
    assert running.client("sts").get_caller_identity()["Account"] == "210987654321"


def test_a_stale_lock_file_is_taken_away(project: Project, deployer: LocalDeployer) -> None:
    lock = project.folder / ".local-aws/cdktf.out/stacks/dev/.terraform.lock.hcl"
    lock.parent.mkdir(parents=True)
    lock.touch()

    deployer.deploy("dev")

    assert not lock.exists()


def test_destroying_the_last_environment_stops_local_aws(project: Project, deployer: LocalDeployer) -> None:
    deployer.deploy("dev")

    deployer.destroy("dev")

    assert project.calls[-1]["arguments"][:2] == ["destroy", "dev"]
    assert deployer.background.running() is None
    assert "local AWS is stopped" in said(project)


def test_destroying_one_of_two_environments_keeps_local_aws(project: Project, deployer: LocalDeployer) -> None:
    project.write_stacks(dev=stack(), other=stack())
    deployer.deploy("dev")
    deployer.deploy("other")

    deployer.destroy("dev")

    assert deployer.background.running() is not None
    assert "local AWS keeps running: other still on it" in said(project)


def test_destroying_without_a_local_aws_does_nothing(project: Project, deployer: LocalDeployer) -> None:
    deployer.destroy("dev")

    assert not project.log.exists()
    assert "nothing to destroy" in said(project)


def test_destroying_what_is_not_deployed_is_refused(deployer: LocalDeployer) -> None:
    deployer.deploy("dev")

    with pytest.raises(LocalAwsError, match="other is not deployed to local AWS: dev is"):
        deployer.destroy("other")


def protected_stack() -> dict[str, Any]:
    cluster = {"deletion_protection": True, "lifecycle": {"prevent_destroy": True, "ignore_changes": ["x"]}}
    return stack() | {"resource": {"aws_rds_cluster": {"aurora": cluster}, "random_id": {"suffix": {}}}}


def test_a_protected_environment_is_not_destroyed_and_both_ways_out_are_told(
    project: Project, deployer: LocalDeployer
) -> None:
    project.write_stacks(production=protected_stack())
    deployed = deployer.deploy("production")

    assert deployed.destroy_command == "make local-destroy ENVIRONMENT=production ARGS=--remove-protection"
    with pytest.raises(LocalAwsError) as refusal:
        deployer.destroy("production")

    assert str(refusal.value) == (
        "production is protected (prevent_destroy of aws_rds_cluster.aurora, deletion_protection of "
        "aws_rds_cluster.aurora), and Terraform refuses to destroy it; to take that off and destroy it here: "
        "make local-destroy ENVIRONMENT=production ARGS=--remove-protection; to end local AWS with all that is on it: "
        "make local-stop"
    )
    assert refusal.value.exit_status == 2
    assert [call["arguments"][0] for call in project.calls] == ["deploy", "output"]
    assert deployer.background.deployed() == {"production"}


def test_a_protected_environment_is_destroyed_when_asked_plainly(project: Project, deployer: LocalDeployer) -> None:
    project.write_stacks(production=protected_stack(), other=stack())
    deployer.deploy("production")
    deployer.deploy("other")
    running = deployer.background.running()
    assert running is not None
    rds = running.client("rds", region="eu-west-1")
    for name in ("its-own", "another"):
        rds.create_db_cluster(
            DBClusterIdentifier=name,
            Engine="aurora-postgresql",
            MasterUsername="alexadmin",
            MasterUserPassword="not-a-real-password",
            DeletionProtection=True,
        )
    arn = "arn:aws:rds:eu-west-1:123456789012:cluster:its-own"
    attributes = {"cluster_identifier": "its-own", "deletion_protection": True, "arn": arn}
    resources = [{"mode": "managed", "type": "aws_rds_cluster", "instances": [{"attributes": attributes}]}]
    (project.folder / "state.json").write_text(json.dumps({"resources": resources}))

    deployer.destroy("production", removes_protection=True)

    assert [call["arguments"][0] for call in project.calls[-3:]] == ["init", "state", "destroy"]
    folder = project.folder / ".local-aws/cdktf.out/stacks/production"
    [cluster] = json.loads((folder / "cdk.tf.json").read_text())["resource"]["aws_rds_cluster"].values()
    assert cluster == {"deletion_protection": False, "lifecycle": {"ignore_changes": ["x"]}}
    protected = {
        one["DBClusterIdentifier"]: one["DeletionProtection"] for one in rds.describe_db_clusters()["DBClusters"]
    }
    assert protected == {"its-own": False, "another": True}
    assert deployer.background.deployed() == {"other"}


def test_stopping_ends_local_aws_and_forgets_what_was_on_it(project: Project, deployer: LocalDeployer) -> None:
    deployer.deploy("dev")
    state = project.folder / ".local-aws/terraform.dev.tfstate"
    state.write_text("{}")
    running = deployer.background.running()
    assert running is not None

    assert LocalDeployer(project=project.folder, output=deployer._stream).stop() == ["dev"]
    assert deployer.stop() == []

    assert "local AWS is stopped; gone with it: dev\nno local AWS is running\n" in said(project)
    assert deployer.background.running() is None
    assert deployer.background.deployed() == set()
    assert not state.exists()


def test_a_failed_deployment_is_told_and_can_be_destroyed(project: Project, deployer: LocalDeployer) -> None:
    project.write_program("node_modules/.bin/cdktf", status=3)

    with pytest.raises(LocalAwsError, match="cdktf deploy dev failed") as failure:
        deployer.deploy("dev")

    assert failure.value.exit_status == 1
    assert deployer.background.deployed() == {"dev"}


def test_unreadable_outputs_fail_the_deployment(project: Project, deployer: LocalDeployer) -> None:
    project.write_program("bin/terraform", status=1)

    with pytest.raises(LocalAwsError, match="terraform output -json failed") as failure:
        deployer.deploy("dev")

    assert failure.value.exit_status == 1


@pytest.mark.parametrize("name", ["nope", "", ".", "dev/.", "dev/../dev", "/"])
def test_an_unknown_environment_is_refused_with_the_known_ones(deployer: LocalDeployer, name: str) -> None:
    with pytest.raises(LocalAwsError, match=re.escape(f"there is no environment {name}: there are dev")) as refusal:
        deployer.deploy(name)

    assert refusal.value.exit_status == 2
    assert deployer.background.running() is None


def test_a_failed_synthesis_ends_the_deployment_with_its_exit_status(project: Project, deployer: LocalDeployer) -> None:
    (project.folder / "main.py").write_text("import sys; sys.exit(2)")

    with pytest.raises(LocalAwsError, match="could not be synthesized") as failure:
        deployer.deploy("dev")

    assert failure.value.exit_status == 2


def test_a_missing_cdktf_cli_is_told(project: Project, deployer: LocalDeployer) -> None:
    (project.folder / "node_modules/.bin/cdktf").unlink()

    with pytest.raises(LocalAwsError, match=r"the cdktf CLI is not installed at node_modules/.bin/cdktf"):
        deployer.deploy("dev")


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("", "terraform is not on PATH: install Terraform 1.5 or newer"),
        ("tofu", "tofu is not on PATH: install OpenTofu 1.6 or newer"),
    ],
)
def test_a_missing_terraform_is_told(
    deployer: LocalDeployer, monkeypatch: pytest.MonkeyPatch, named: str, told: str
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", named)

    with pytest.raises(LocalAwsError, match=told):
        deployer.deploy("dev")


def test_opentofu_runs_wherever_terraform_would(
    project: Project, deployer: LocalDeployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "bin/terraform").rename(project.folder / "bin/tofu")
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    monkeypatch.setattr("local_aws.deployment.shutil.which", lambda name: None if name == "terraform" else name)

    assert deployer.deploy("dev").outputs == {"arn": "a", "key": "<sensitive>"}
    [of_cli] = [call for call in project.calls if call["arguments"][0] == "deploy"]
    assert of_cli["environment"]["LOCAL_AWS_TERRAFORM"] == "tofu"


def test_where_only_cdktn_is_installed_its_cli_deploys_and_every_command_says_so(
    project: Project, deployer: LocalDeployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "engine", lambda: "cdktn")
    with pytest.raises(LocalAwsError, match=r"the cdktn CLI .* requirements/cdktn-cli/.*: run .* ENGINE=cdktn`"):
        deployer.deploy("dev")
    project.write_program("requirements/cdktn-cli/node_modules/.bin/cdktn")
    (project.folder / "node_modules/.bin/cdktf").unlink()

    assert deployer.deploy("dev").destroy_command == "make local-destroy ENVIRONMENT=dev ENGINE=cdktn"
    assert "deploy" in {call["arguments"][0] for call in project.calls}


def test_what_has_no_stand_in_is_taken_out(project: Project, deployer: LocalDeployer) -> None:
    there = stack(use_fips_endpoint=True, use_dualstack_endpoint=True, max_retries=3)
    there["terraform"] = {"cloud": {"organization": "shop", "workspaces": {"name": "dev"}}}
    project.write_stacks(dev=there)

    deployer.deploy("dev")

    here = json.loads((project.folder / ".local-aws/cdktf.out/stacks/dev/cdk.tf.json").read_text())
    assert here["terraform"] == {"backend": {"local": {"path": "../../../terraform.dev.tfstate"}}}
    assert here["provider"]["aws"] == [{"region": "${var.aws_region}", "max_retries": 3}]


def test_the_account_is_that_of_the_role_in_which_the_provider_works(tmp_path: Path) -> None:
    path = tmp_path / "cdk.tf.json"
    path.write_text(json.dumps(stack(assume_role=[{"role_arn": "arn:aws:iam::210987654321:role/deployer"}])))
    assert Stack(path).account_id == "210987654321"


def test_a_stack_tells_what_its_deployment_needs(tmp_path: Path) -> None:
    path = tmp_path / "cdk.tf.json"
    path.write_text(json.dumps(stack({"s3": {"bucket": "b"}}, region=None, allowed_account_ids=["210987654321"])))

    read = Stack(path)

    assert (read.folder, read.default_region, read.account_id) == (tmp_path, None, "210987654321")
    assert read.s3_backend == {"bucket": "b"}


def test_an_environment_that_is_up_is_not_deployed_beside_that(deployer: LocalDeployer) -> None:
    deployer.background.ensure_running("eu-west-1")
    deployer.background.record_of("dev").write_text("{}")

    with pytest.raises(
        LocalAwsError, match=r"dev is up on this local AWS .*: \./aurora-serverless local down dev first"
    ):
        deployer.deploy("dev")


def test_local_aws_goes_on_for_a_database_that_is_up(project: Project, deployer: LocalDeployer) -> None:
    deployer.deploy("dev")
    deployer.background.record_of("other").write_text("{}")

    deployer.destroy("dev")

    assert "local AWS keeps running: other still on it" in said(project)
    assert deployer.stop() == []
    assert "gone with it: nothing was on it; the data of other stay" in said(project)


def test_a_server_that_runs_takes_no_other_port(project: Project, deployer: LocalDeployer) -> None:
    deployer.deploy("dev")

    with pytest.raises(LocalAwsError, match=r"answers at .* already: end it first, make local-stop"):
        LocalDeployer(project=project.folder, output=deployer._stream, port=1).deploy("dev")


def test_of_other_environments_nobody_is_warned_and_no_output_is_shown_twice(
    project: Project, deployer: LocalDeployer
) -> None:
    """The environment's own warning comes once: cdktf repeats those of all."""
    main = project.folder / "main.py"
    main.write_text(
        main.read_text() + "print('warning: dev: own', file=sys.stderr)\nprint('warning: other: not', flush=True)"
    )
    cdktf = project.folder / "node_modules/.bin/cdktf"
    lines = [
        "WARN [dev/database]: own",
        "WARN [other/database]: not",
        "dev  Apply complete!",
        "     Outputs:",
        "     arn = 1",
    ]
    cdktf.write_text(cdktf.read_text().replace("sys.exit(", f"print({chr(10).join(lines)!r})\nsys.exit("))

    deployer.deploy("dev")

    assert said(project).splitlines()[0] == "warning: dev: own"
    assert said(project).splitlines()[2:] == ["dev  Apply complete!"]
