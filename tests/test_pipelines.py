"""Pipelines that are made from the environments: what each service would take of them, and that waves are kept."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

from operations.errors import OperationsError
from operations.pipelines.atlantis import atlantis
from operations.pipelines.fleet import fleet_of
from operations.pipelines.github import DEPLOY, DRIFT, github
from operations.pipelines.gitlab import gitlab
from tests.conftest import ROOT
from tests.deployed.deployment import run

FLEETS: Final[dict[str, Mapping[str, int]]] = {
    "none": {},
    "one": {"dev": 1},
    "several": {"dev": 1, "no": 4, "null": 4, "orders_eu-west": 4, "production": 100},
    "hundreds": {f"environment-{number}": number % 3 + 1 for number in range(600)},
}
_TEXT: Final = {"type": "string"}
_GROUPS: Final = {"type": "array", "items": {"enum": ["approved", "mergeable", "undiverged"]}}
ATLANTIS: Final = {
    "type": "object",
    "required": ["version"],
    "additionalProperties": False,
    "properties": {
        "version": {"enum": [2, 3]},
        "automerge": {"type": "boolean"},
        "parallel_plan": {"type": "boolean"},
        "parallel_apply": {"type": "boolean"},
        "abort_on_execution_order_fail": {"type": "boolean"},
        "workflows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    stage: {
                        "type": "object",
                        "required": ["steps"],
                        "additionalProperties": False,
                        "properties": {
                            "steps": {
                                "type": "array",
                                "items": {
                                    "anyOf": [
                                        {"enum": ["init", "plan", "apply"]},
                                        {
                                            "type": "object",
                                            "required": ["run"],
                                            "properties": {"run": {"type": "string"}},
                                        },
                                    ]
                                },
                            }
                        },
                    }
                    for stage in ("plan", "apply")
                },
            },
        },
        "projects": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["dir"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string", "pattern": r"\A[A-Za-z0-9_.~/-]+\Z"},
                    "dir": {"type": "string", "pattern": r"\A(?!.*\.\.)[^*?\[]+\Z"},
                    "workflow": {"type": "string"},
                    "execution_order_group": {"type": "integer"},
                    "autoplan": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "enabled": {"type": "boolean"},
                            "when_modified": {"type": "array", "items": {"type": "string"}},
                        },
                    },
                    "apply_requirements": _GROUPS,
                },
            },
        },
    },
}
"""What we use of the keys that Atlantis knows, and its rules for them. It publishes no schema.

Source: Atlantis, "Repo Level atlantis.yaml Config", and the checks that its server makes on reading.
"""


class Yaml(yaml.SafeLoader):  # type: ignore[misc]  # untyped
    """YAML as the services read it, where `on` is a word."""


Yaml.yaml_implicit_resolvers = {
    first: [found for found in resolvers if found[0] != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])


def read(text: str) -> Any:
    return yaml.load(text, Yaml)  # noqa: S506 (a safe loader)


def shipped_schema(name: str) -> Any:
    package = find_spec("check_jsonschema")
    assert package is not None, "run make test: it installs what tests need"
    assert package.origin is not None
    return json.loads((Path(package.origin).parent / f"builtin_schemas/vendor/{name}.json").read_text(encoding="utf-8"))


def problems(document: Any, schema: Any) -> Iterator[str]:
    validator = jsonschema.validators.validator_for(schema)
    for error in validator(schema).iter_errors(document):
        yield f"{error.json_path}: {error.message[:200]}"


@pytest.mark.parametrize("path", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda path: path.stem)
def test_a_workflow_is_as_the_schema_of_github_says(path: Path) -> None:
    schema = shipped_schema("github-workflows")
    document = read(path.read_text(encoding="utf-8"))
    assert list(problems(document, schema)) == []
    assert list(problems(document | {"jobs": {"a": {"uses": 1}}}, schema))


@pytest.mark.parametrize("name", FLEETS)
def test_what_is_made_for_a_service_is_as_its_schema_says(name: str) -> None:
    fleet = fleet_of(FLEETS[name])
    for text in github(fleet, ROOT).values() if FLEETS[name] else ():
        assert list(problems(read(text), shipped_schema("github-workflows"))) == []
    for text in gitlab(fleet).values():
        assert list(problems(read(text), shipped_schema("gitlab-ci"))) == []
    for text in atlantis(fleet).values():
        assert list(problems(read(text), ATLANTIS)) == []


def test_the_block_of_the_documentation_is_as_the_schema_of_gitlab_says() -> None:
    page = (ROOT / "docs/fleets.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```yaml\n(# \.gitlab-ci\.yml\n.*?)```", page, re.DOTALL)
    assert list(problems(read(block), shipped_schema("gitlab-ci"))) == []


def test_a_wave_of_gitlab_is_a_stage_after_all_plans() -> None:
    [text] = gitlab(fleet_of(FLEETS["several"], at_once=3)).values()
    found = read(text)
    assert found["stages"] == ["plan", "wave-1", "wave-4", "wave-100"]
    deploys = {name.removeprefix("deploy "): job for name, job in found.items() if name.startswith("deploy ")}
    assert {name: job["stage"] for name, job in deploys.items()} == {
        name: f"wave-{wave}" for name, wave in FLEETS["several"].items()
    }
    for name, job in deploys.items():
        assert "needs" not in job, "it would not wait for its stage"
        assert (job["dependencies"], job["environment"]) == ([f"plan {name}"], {"name": name})
        assert f"plan {name}" in found
    assert {job["resource_group"] for job in deploys.values()} <= {f"deploy-{number}" for number in range(3)}
    manual = found[".deploy"]
    assert (manual["when"], manual["allow_failure"]) == ("manual", False), "else the next stage would not wait for it"
    assert manual["script"][-1] == './aurora-serverless check "$ENVIRONMENT"'


def test_an_environment_of_gitlab_is_never_deployed_twice_at_a_time() -> None:
    [few], [many] = (gitlab(fleet_of(fleet)).values() for fleet in (FLEETS["one"], FLEETS["several"]))
    assert read(few)["deploy dev"]["resource_group"] == read(many)["deploy dev"]["resource_group"]


def test_a_wave_of_atlantis_is_a_group_that_the_next_one_waits_for() -> None:
    [text] = atlantis(fleet_of(FLEETS["several"])).values()
    found = read(text)
    groups = {project["name"]: project["execution_order_group"] for project in found["projects"]}
    assert groups == FLEETS["several"]
    assert found["abort_on_execution_order_fail"] is True
    assert "check" in found["workflows"]["aurora-serverless"]["apply"]["steps"][-1]["run"]


def test_github_has_a_job_for_each_wave_and_plans_all_in_matrices_that_it_takes() -> None:
    fleet = fleet_of(FLEETS["hundreds"], at_once=7)
    made = github(fleet, ROOT)
    jobs, nights = (read(made[place])["jobs"] for place in (DEPLOY, DRIFT))
    assert [name for name in jobs if name.startswith("wave-")] == ["wave-1", "wave-2", "wave-3"]
    assert jobs["wave-3"]["needs"] == ["changed", "wave-1", "wave-2"]
    assert {job["strategy"]["max-parallel"] for job in jobs.values() if "strategy" in job} == {7}
    matrices = [job["strategy"]["matrix"]["environment"] for job in nights.values() if "strategy" in job]
    assert [name for names in matrices for name in names] == list(fleet.names)
    assert max(map(len, matrices)) <= 256
    assert nights["issue"]["needs"] == ["stacks", "plan-1", "plan-2", "plan-3"]


def test_github_is_refused_a_wave_that_no_matrix_takes() -> None:
    with pytest.raises(OperationsError, match=r"^wave 2 has 257 environments: GitHub takes 256 in a matrix; give "):
        github(fleet_of({f"environment-{number}": 2 for number in range(257)}), ROOT)


def test_what_github_has_beside_the_waves_and_how_many_at_once_stays(tmp_path: Path) -> None:
    for place, text in github(fleet_of(FLEETS["one"], at_once=3), ROOT).items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(text.replace("fetch-depth: 0", "fetch-depth: 99"))
    made = github(fleet_of(FLEETS["several"]), tmp_path)
    assert "fetch-depth: 99" in made[DEPLOY]
    assert read(made[DEPLOY])["jobs"]["wave-100"]["strategy"]["max-parallel"] == 3
    (tmp_path / DEPLOY).write_text("jobs: {}\n")
    with pytest.raises(OperationsError, match="has no place for the jobs of the waves"):
        github(fleet_of({}), tmp_path)


TOML: Final = 'name_prefix = "{}"\nregion = "us-east-1"\nwave = {}\n[engine]\nversion = "17.7"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "environments").mkdir()
    for name, wave in (("dev", 1), ("live", 2)):
        (tmp_path / f"environments/{name}.toml").write_text(TOML.format(name, wave))
    return tmp_path


@pytest.mark.parametrize("service", ["github", "gitlab", "atlantis"])
def test_what_is_printed_is_what_is_written_and_checked(
    capsys: pytest.CaptureFixture[str], project: Path, service: str
) -> None:
    line = ("ci", "--for", service, "--project", str(project))
    note = 'the state must outlive the runner: write [backend] type = "s3" into dev, live\n'
    printed = run(capsys, *line)
    assert (printed.status, printed.errors) == (0, note)
    missing = run(capsys, *line, "--check")
    assert (missing.status, missing.output) == (1, "")
    assert f"is not what the environments say: write it with ./aurora-serverless ci --for {service} --write" in (
        missing.errors
    )
    assert run(capsys, *line, "--write").status == 0
    written = [path for path in project.rglob("*") if path.is_file() and path.suffix in {".yml", ".yaml"}]
    assert printed.output == "---\n".join(path.read_text() for path in sorted(written))
    assert run(capsys, *line, "--check").status == 0
    (project / "environments/new.toml").write_text(TOML.format("new", 3))
    assert run(capsys, *line, "--check").status == 1
    found = json.loads(run(capsys, *line, "--json").output)
    assert found["waves"] == {"1": ["dev"], "2": ["live"], "3": ["new"]}
    assert not all(file["is_current"] for file in found["files"])
    assert {file["path"] for file in found["files"]} == {str(path.relative_to(project)) for path in written}


def test_the_workflows_here_are_what_the_environments_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "ci", "--for", "github", "--check").status == 0


def test_a_pipeline_may_have_only_what_a_change_touches(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    for side, engine in (("before", "a"), ("after", "b")):
        for name in ("dev", "live", "gone") if side == "before" else ("dev", "live"):
            folder = project / side / "stacks" / name
            folder.mkdir(parents=True)
            topic = {"aws_sns_topic": {"a": {"name": engine if name == "live" else "same"}}}
            (folder / "cdk.tf.json").write_text(json.dumps({"resource": topic}))
    (project / "main.py").write_text(
        "import os, pathlib, shutil\n"
        "shutil.copytree(pathlib.Path(__file__).parent / 'after', os.environ['CDKTF_OUTDIR'], dirs_exist_ok=True)\n"
    )
    done = run(capsys, "ci", "--for", "atlantis", "--changed", str(project / "before"), "--project", str(project))
    assert done.status == 0
    assert [found["name"] for found in read(done.output)["projects"]] == ["live"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--for", "github", "--changed", "main"], "find out themselves what a change touches: leave out --changed"),
        (["--for", "gitlab", "--write", "--check"], "give --write or --check, not both"),
        (["--for", "jenkins"], "'jenkins' is not one of 'github', 'gitlab', 'atlantis'"),
        ([], "say what runs the pipeline: --for github, gitlab, atlantis"),
        (["--for", "gitlab", "--at-once", "0"], "greater than or equal to 1"),
    ],
)
def test_a_wrong_command_line_is_one_line(
    capsys: pytest.CaptureFixture[str], project: Path, arguments: list[str], words: str
) -> None:
    done = run(capsys, "ci", *arguments, "--project", str(project))
    assert (done.status, done.output) == (2, "")
    assert words in done.error


def test_a_wrong_file_is_one_line(capsys: pytest.CaptureFixture[str], project: Path) -> None:
    (project / "environments/dev.toml").write_text(TOML.format("dev", 0))
    (project / "environments/live.toml").write_text(TOML.format("live", 101))
    done = run(capsys, "ci", "--for", "gitlab", "--project", str(project))
    assert (done.status, done.output) == (2, "")
    assert done.error.endswith(
        "dev.toml: wave = 0: must be 1 to 100 in the order of the deploys; write 1 (and 1 more: make synth lists them)"
    )
