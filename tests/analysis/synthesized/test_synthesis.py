import json
import sys
from pathlib import Path

import pytest

from analysis.errors import AnalysisError, UnknownEnvironment
from analysis.synthesized.synthesis import stack_of, synthesize_project
from local_aws.programs import engine
from operations.target.where import PROJECT
from tests.conftest import ROOT

WRITING = """
import os, pathlib, sys
assert sys.argv[1:] == [], "a program of its own takes no options of this one"
folder = pathlib.Path(os.environ["CDKTF_OUTDIR"], "stacks", "shop")
folder.mkdir(parents=True)
(folder / "cdk.tf.json").write_text("{}")
"""
"""What any CDKTF program does: it writes where the variable says."""

GOOD = """
name_prefix = "a"
region = "us-east-1"
[engine]
version = "17.7"
[capacity]
minimum_acu = 0
maximum_acu = 4
"""


def test_the_files_as_they_are_now_are_synthesized_and_nothing_else_is_written(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(GOOD)
    stacks = synthesize_project(PROJECT, environments=tmp_path)
    assert list(stacks) == ["one"]
    cluster = stack_of(stacks, "one").one("aws_rds_cluster")
    assert cluster is not None
    assert cluster.get("serverlessv2_scaling_configuration", "max_capacity") == 4
    assert [path.name for path in tmp_path.iterdir()] == ["one.toml"]


def test_a_wrong_file_is_told_as_the_program_tells_it(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(GOOD.replace("minimum_acu = 0", "minimum_acu = 0.3"))
    (tmp_path / "two.toml").write_text(GOOD.replace("maximum_acu = 4", "maximum_acu = 0"))
    with pytest.raises(AnalysisError, match=r"one\.toml: capacity\.minimum_acu = 0\.3.*\(and 1 more: "):
        synthesize_project(PROJECT, environments=tmp_path)


def test_a_folder_that_is_no_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match=r"has no main\.py and no cdktf\.json"):
        synthesize_project(tmp_path)


def test_a_program_of_another_project_is_told_where_to_write_as_the_cdktf_cli_tells_it(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(WRITING)
    assert list(synthesize_project(tmp_path)) == ["shop"]


def test_a_program_that_is_no_main_py_runs_as_its_cdktf_json_says(tmp_path: Path) -> None:
    (tmp_path / "app with a space.py").write_text(WRITING)
    command = f"true && '{sys.executable}' 'app with a space.py'"
    (tmp_path / "cdktf.json").write_text(json.dumps({"language": "python", "app": command}))
    assert list(synthesize_project(tmp_path)) == ["shop"]


def test_a_project_may_be_named_from_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "main.py").write_text(WRITING)
    monkeypatch.chdir(tmp_path)
    assert list(synthesize_project(Path("below"))) == ["shop"]


@pytest.mark.skipif(engine() == "cdktn", reason="the examples import cdktf, which is not installed beside cdktn")
def test_an_example_of_the_library_is_synthesized_with_its_region() -> None:
    stacks = synthesize_project(ROOT / "examples" / "smallest")
    assert {name: stack.region for name, stack in stacks.items()} == {"shop": "eu-central-1"}


def test_a_program_that_writes_elsewhere_is_told_how_it_would_not(tmp_path: Path) -> None:
    (tmp_path / "main.py").touch()
    with pytest.raises(AnalysisError, match=r"no stack into the folder that CDKTF_OUTDIR names; leave outdir out"):
        synthesize_project(tmp_path)


@pytest.mark.parametrize("settings", ["{}", '{"app": " "}', '{"app": 1}'])
def test_a_cdktf_json_without_an_app_is_refused(tmp_path: Path, settings: str) -> None:
    (tmp_path / "cdktf.json").write_text(settings)
    with pytest.raises(AnalysisError, match="has no app, which is the command that runs the program"):
        synthesize_project(tmp_path)


def test_a_program_that_breaks_is_told_by_its_last_line(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("raise ValueError('no')")
    with pytest.raises(AnalysisError, match="cannot be synthesized: ValueError: no"):
        synthesize_project(tmp_path)


def test_an_environment_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        UnknownEnvironment, match="no environment prod: there are dev, production; did you mean production"
    ):
        stack_of({"dev": None, "production": None}, "prod")  # type: ignore[dict-item]


def test_one_that_has_no_file_is_refused_before_anything_is_synthesized(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("raise ValueError('synthesized')")
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "production.toml").touch()
    with pytest.raises(UnknownEnvironment, match="there are production; did you mean production"):
        synthesize_project(tmp_path, environment="Prod")
    with pytest.raises(AnalysisError, match="synthesized"):
        synthesize_project(tmp_path, environment="production")
