from pathlib import Path

import pytest

from analysis.errors import AnalysisError, UnknownEnvironment
from analysis.synthesized.synthesis import stack_of, synthesize_project
from operations.target.where import PROJECT

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
    with pytest.raises(AnalysisError, match=r"has no main\.py"):
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
