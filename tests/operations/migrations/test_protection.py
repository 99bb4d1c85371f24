"""The command `reset` and `seed` of a protected database: refused, by whatever name it is given."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from operations.errors import ErrorKind, OperationsError
from operations.migrations.protection import protected_by, refuse_protected
from operations.target.where import Where
from tests.conftest import ROOT
from tests.deployed.deployment import Done, run, state_with
from tests.deployed.stubs import described_cluster, stubbed

ACCOUNT = "123456789012"
ARN = f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:alex-production-aurora"
OTHER = f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:alex"
SECRET = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:alex-AbCdEf"
DEV = 'name_prefix = "alex-dev"\nregion = "us-east-1"\n[engine]\nversion = "17.7"\n'
PRODUCTION = DEV.replace("alex-dev", "alex-production") + "[protection]\n{} = true\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with an environment without protection, and one with it."""
    folder = tmp_path / "project"
    (folder / "environments").mkdir(parents=True)
    (folder / "environments/dev.toml").write_text(DEV)
    (folder / "environments/production.toml").write_text(PRODUCTION.format("prevent_destroy"))
    return folder


@pytest.fixture(autouse=True)
def _no_environments_but_those(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """Leave out those of this repository, which are looked at wherever `--project` is."""
    monkeypatch.setattr("operations.migrations.protection.PROJECT", project)


@pytest.fixture
def rds(answering: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what the next answers of RDS are put into."""
    client, stubber = stubbed("rds")
    answering("rds", client)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    return stubber


def outputs(arn: str) -> dict[str, str]:
    return {
        "aurora_cluster_arn": arn,
        "aurora_cluster_endpoint": "alex.example",
        "aurora_secret_arn": SECRET,
        "database_name": "alex",
        "lambda_role_arn": f"arn:aws:iam::{ACCOUNT}:role/alex",
    }


def described(arn: str, **more: Any) -> dict[str, Any]:
    return described_cluster(arn=arn, **({"DeletionProtection": False} | more))


def refusal(where: Where) -> str:
    with pytest.raises(OperationsError) as raised:
        refuse_protected(where, where.find(), "is not reset")
    assert raised.value.kind is ErrorKind.FAILED
    return str(raised.value)


def by_arn(arn: str, project: Path, **more: Any) -> Where:
    return Where(cluster_arn=arn, secret_arn=SECRET, database="alex", project=project, **more)


def test_an_arn_that_an_environment_makes_is_that_environment(project: Path) -> None:
    expected = "alex-production-aurora is not reset: it has protection.prevent_destroy of the environment production"
    assert refusal(by_arn(ARN, project)) == expected


@pytest.mark.parametrize("database", ["postgres", "other"])
def test_another_database_of_the_cluster_is_as_protected(project: Path, database: str) -> None:
    where = Where(cluster_arn=ARN, secret_arn=SECRET, database=database, project=project)
    assert "protection.prevent_destroy of the environment production" in refusal(where)


def test_an_arn_in_the_state_of_an_environment_is_that_environment(project: Path) -> None:
    """As after `names.cluster` was changed in the file, and not deployed."""
    (project / "terraform.production.tfstate").write_text(state_with(outputs(OTHER)))
    assert "it has protection.prevent_destroy of the environment production" in refusal(by_arn(OTHER, project))


@pytest.mark.parametrize("environment", [None, "dev"])
def test_outputs_of_a_protected_environment_are_that_environment(project: Path, environment: str | None) -> None:
    file = project / "outputs.json"
    file.write_text(json.dumps({name: {"value": value} for name, value in outputs(ARN).items()}))
    where = Where(environment=environment, outputs=file, project=project)
    assert "it has protection.prevent_destroy of the environment production" in refusal(where)


def test_the_state_of_another_environment_counts_too(project: Path) -> None:
    """As when somebody copies a state to the name of an environment without protection."""
    (project / "terraform.dev.tfstate").write_text(state_with(outputs(ARN)))
    expected = "dev is not reset: it has protection.prevent_destroy of the environment production"
    assert refusal(Where("dev", project=project)) == expected


def test_a_copy_of_the_project_takes_no_protection_away(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    (copy / "environments/production.toml").write_text(DEV.replace("alex-dev", "alex-production"))
    (copy / "terraform.production.tfstate").write_text(state_with(outputs(ARN)))
    assert "it has protection.prevent_destroy of" in refusal(Where("production", project=copy))
    assert "it has protection.prevent_destroy of" in refusal(by_arn(ARN, copy))


@pytest.mark.parametrize(
    ("line", "is_protected"),
    [
        ('allowed_account_ids = ["210987654321"]', False),
        (f'allowed_account_ids = ["{ACCOUNT}"]', True),
        ('region = "eu-west-1"', False),
        ("", True),
    ],
)
def test_a_cluster_of_that_name_elsewhere_is_another(project: Path, rds: Any, line: str, is_protected: bool) -> None:
    text = PRODUCTION.format("deletion_protection").replace('region = "us-east-1"', line)
    (project / "environments/production.toml").write_text(text)
    if is_protected:
        assert "protection.deletion_protection" in refusal(by_arn(ARN, project))
        return
    rds.add_response("describe_db_clusters", described(ARN))
    where = by_arn(ARN, project)
    refuse_protected(where, where.find(), "is not reset")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"DeletionProtection": True}, "DeletionProtection of the cluster alex"),
        ({"TagList": [{"Key": "Environment", "Value": "production"}]}, "the tag Environment = production of the clus"),
        ({"TagList": [{"Key": "env", "Value": "PROD"}]}, "the tag env = PROD of the cluster alex"),
        ({"TagList": [{"Key": "Stage", "Value": "live"}]}, "the tag Stage = live of the cluster alex"),
        ({"TagList": [{"Key": "Environment", "Value": "shop"}]}, "the tag Environment = shop of the cluster alex"),
    ],
)
@pytest.mark.parametrize("named", ["ARN", "environment"])
def test_the_living_cluster_itself_counts(project: Path, rds: Any, answer: Any, words: str, named: str) -> None:
    shop = PRODUCTION.format("deletion_protection").replace("alex-production", "alex-shop")
    (project / "environments/shop.toml").write_text(shop)
    (project / "terraform.dev.tfstate").write_text(state_with(outputs(OTHER)))
    rds.add_response("describe_db_clusters", described(OTHER, **answer))
    where = by_arn(OTHER, project) if named == "ARN" else Where("dev", project=project)
    assert words in refusal(where)


@pytest.mark.parametrize(
    "tags", [[], [{"Key": "Environment", "Value": "dev"}, {"Key": "Project", "Value": "production"}]]
)
def test_what_nothing_protects_is_not_refused(project: Path, rds: Any, tags: Any) -> None:
    rds.add_response("describe_db_clusters", described(OTHER, TagList=tags))
    where = by_arn(OTHER, project)
    refuse_protected(where, where.find(), "is not reset")


@pytest.mark.parametrize(
    ("code", "kind"),
    [("AccessDenied", ErrorKind.NO_ACCESS), ("DBClusterNotFoundFault", ErrorKind.NOT_DEPLOYED)],
)
def test_a_cluster_that_cannot_be_described_is_spared(project: Path, rds: Any, code: str, kind: ErrorKind) -> None:
    rds.add_client_error("describe_db_clusters", code, "no")
    where = by_arn(OTHER, project)
    with pytest.raises(
        OperationsError, match="alex is not reset, since nobody knows whether it is protected: "
    ) as raised:
        refuse_protected(where, where.find(), "is not reset")
    assert raised.value.kind is kind


def test_a_description_of_another_cluster_spares_it(project: Path, rds: Any) -> None:
    """Such as that of a cluster whose identifier is written in capitals, which RDS does not tell apart."""
    rds.add_response("describe_db_clusters", described(OTHER))
    where = by_arn(OTHER.replace("cluster:alex", "cluster:ALEX"), project)
    with pytest.raises(OperationsError, match="nobody knows whether it is protected"):
        refuse_protected(where, where.find(), "is not reset")


def test_an_environment_that_cannot_be_read_is_no_way_around(project: Path) -> None:
    (project / "environments/production.toml").write_text("name_prefix = 1")
    with pytest.raises(OperationsError, match=r"production\.toml"):
        refuse_protected(by_arn(ARN, project), by_arn(ARN, project).find(), "is not reset")


@pytest.mark.parametrize(
    "name", ["../../evil/dev", "../environments/dev", "./dev", "{project}/evil/dev", "dev.toml", "DEV", "dev ", ""]
)
@pytest.mark.parametrize(
    "line", [["env"], ["reset", "--yes-destroy", "dev"], ["seed", "--file", str(ROOT / "migrations/seed.sql")]]
)
def test_an_environment_is_a_name_and_no_path(
    project: Path, capsys: pytest.CaptureFixture[str], line: Sequence[str], name: str
) -> None:
    (project / "evil").mkdir()
    (project / "evil/dev.toml").write_text(DEV)
    name = name.format(project=project)
    done: Done = run(capsys, line[0], name, *line[1:], "--project", str(project))
    assert (done.status, done.output) == (2, "")
    assert f'error: "{name}" is not the name of an environment (lower-case' in done.error
    assert done.error.endswith("environments has dev, production")


def test_a_name_in_other_letters_is_no_environment_where_capitals_are_ignored(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On such a file system, asking for dev.toml finds Dev.toml too."""
    (project / "environments/dev.toml").rename(project / "environments/Dev.toml")
    monkeypatch.setattr(Path, "is_file", lambda _: True)
    done = run(capsys, "env", "dev", "--project", str(project))
    assert (done.status, "there is no environment dev: there are Dev, production; did you mean Dev?" in done.error) == (
        3,
        True,
    )


def test_what_protects_is_told_to_who_only_wants_to_know(project: Path, rds: Any) -> None:
    rds.add_response("describe_db_clusters", described(OTHER))
    rds.add_client_error("describe_db_clusters", "AccessDenied")
    where = by_arn(OTHER, project)
    assert protected_by(by_arn(ARN, project), by_arn(ARN, project).find()) == (
        "protection.prevent_destroy of the environment production"
    )
    assert protected_by(where, where.find()) is None
    with pytest.raises(OperationsError, match=r"^nobody knows whether it is protected: access denied"):
        protected_by(where, where.find())
