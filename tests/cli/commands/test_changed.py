"""`aurora-serverless changed` as a command: what a pipeline is given to deploy, and in which order."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.review.projects import Project, copying_project
from tests.analysis.review.stacks import document
from tests.deployed.deployment import Done, run

CLUSTER = "aws_rds_cluster.aurora"


def cluster(name: str, engine: str = "a") -> dict[str, Any]:
    return document({CLUSTER: {"cluster_identifier": name, "engine": engine}})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project of which every kind of change has an environment, in three waves."""
    project = copying_project(tmp_path_factory.mktemp("project") / "project")
    for name in ("dev", "live", "orders", "same"):
        project.write(f"{name}.json", cluster(name))
    project.write("gone.json", document({"aws_sns_topic.a": {"display_name": "nothing like any other"}}))
    project.commit()
    for name, wave in (("live", "wave = 3"), ("new", "wave = 2"), ("dev", ""), ("same", "wave = 2")):
        project.write(f"{name}.toml", f'{wave}\nname_prefix = "shop"\n')
    project.write("dev.json", cluster("dev", engine="b"))
    project.write("live.json", cluster("live", engine="b"))
    project.write("new.json", cluster("new"))
    project.write("shop.json", cluster("orders"))
    for name in ("gone", "orders"):
        (project.folder / f"environments/{name}.json").unlink()
    return project


@pytest.fixture
def asking(project: Project, capsys: pytest.CaptureFixture[str]) -> Any:
    def run_it(*arguments: str) -> Done:
        return run(capsys, "changed", *arguments, "--project", str(project.folder))

    return run_it


def test_a_pipeline_gets_what_it_deploys_and_in_which_order(asking: Any) -> None:
    found = json.loads(asking("HEAD", "--json").output)
    assert found["base"].startswith("HEAD (")
    assert found["include"] == [
        {"environment": "dev", "change": "changed", "former_name": None, "wave": 1},
        {"environment": "shop", "change": "renamed", "former_name": "orders", "wave": 1},
        {"environment": "new", "change": "added", "former_name": None, "wave": 2},
        {"environment": "live", "change": "changed", "former_name": None, "wave": 3},
    ]
    assert found["waves"] == {"1": ["dev", "shop"], "2": ["new"], "3": ["live"]}
    assert (found["removed"], found["unchanged"]) == (["gone"], ["same"])


def test_people_get_a_table(asking: Any) -> None:
    done = asking()
    assert (done.status, done.errors) == (0, "")
    lines = done.output.splitlines()
    assert [line.split() for line in lines[2:-1] if line.strip()] == [
        ["dev", "changed", "1"],
        ["shop", "renamed,", "was", "orders", "1"],
        ["new", "added", "2"],
        ["live", "changed", "3"],
        ["gone", "removed"],
    ]
    assert lines[-1].startswith("against main (")
    assert lines[-1].endswith("): 5 environments (1 unchanged)")


def test_a_change_that_touches_nothing_is_an_empty_matrix(asking: Any, project: Project, tmp_path: Path) -> None:
    for path in (project.folder / "environments").glob("*.json"):
        folder = tmp_path / "stacks" / path.stem
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_bytes(path.read_bytes())
    found = json.loads(asking(str(tmp_path), "--json").output)
    assert (found["include"], found["waves"], found["removed"]) == ([], {}, [])
    done = asking(str(tmp_path), "--change", str(tmp_path))
    assert done.output == f"against {tmp_path}: 0 environments (5 unchanged)\n"


def test_a_wrong_base_is_one_line(asking: Any) -> None:
    done = asking("no-such-branch")
    assert (done.status, done.output) == (2, "")
    assert 'git knows no revision "no-such-branch"' in done.error
