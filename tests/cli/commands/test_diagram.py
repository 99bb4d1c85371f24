"""`aurora-serverless diagram`: what it writes where, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.synthesized.stack import SynthesizedStack
from cli.exit_status import ExitStatus
from tests.deployed.deployment import Done, run
from tests.terraform_json import TerraformJson

Diagram = Callable[..., Done]


@pytest.fixture
def diagram(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, synthesized: dict[str, TerraformJson]
) -> Diagram:
    """Return a function that runs the command on stacks that are synthesized already."""
    shipped = {name: SynthesizedStack(name, document) for name, document in synthesized.items()}
    monkeypatch.setattr("cli.commands.diagram.synthesize_project", lambda _, **_options: shipped)
    return lambda *arguments: run(capsys, "diagram", *map(str, arguments))


def test_without_a_place_to_write_to_it_prints_mermaid(diagram: Diagram) -> None:
    done = diagram("dev")
    assert done.status == ExitStatus.DONE
    assert done.output.startswith("flowchart LR\n")
    assert diagram("dev", "--format", "svg").output.startswith("<svg ")


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("a.svg", b"<svg "), ("a.PNG", b"\x89PNG"), ("a.mmd", b"flowchart LR"), ("b/c.svg", b"<svg ")],
)
def test_the_extension_says_what_to_write(diagram: Diagram, tmp_path: Path, name: str, beginning: bytes) -> None:
    done = diagram("dev", "--output", tmp_path / name)
    assert (done.status, done.output.strip()) == (ExitStatus.DONE, str(tmp_path / name))
    assert (tmp_path / name).read_bytes().startswith(beginning)


def test_the_format_wins_over_the_extension(diagram: Diagram, tmp_path: Path) -> None:
    assert diagram("dev", "-o", tmp_path / "a.txt", "--format", "mermaid").status == ExitStatus.DONE
    assert (tmp_path / "a.txt").read_text().startswith("flowchart")


def test_all_environments_go_to_a_folder(diagram: Diagram, tmp_path: Path) -> None:
    done = diagram("--output", tmp_path / "new")
    assert done.status == ExitStatus.DONE
    names = ["dev.svg", "high-scale.svg", "production.svg", "reference.svg"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == names
    assert done.output.splitlines() == [str(tmp_path / "new" / name) for name in names]
    diagram("dev", "--output", tmp_path, "--format", "mermaid")
    assert (tmp_path / "dev.mmd").exists()


def test_json_lists_the_parts(diagram: Diagram) -> None:
    parts = json.loads(diagram("dev", "--json").output)
    assert {"name", "title", "groups", "nodes", "edges"} == set(parts)
    assert {"source": "data-api", "target": "aws_rds_cluster.aurora", "arrow": "use", "label": ""} in parts["edges"]
    assert list(json.loads(diagram("--json").output)) == ["dev", "high-scale", "production", "reference"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["prod"], ExitStatus.NOT_DEPLOYED, "there is no environment prod: there are dev, high-scale"),
        ([], ExitStatus.WRONG_INPUT, "name an environment, or a folder for the pictures of all"),
        (["dev", "-o", "a.gif"], ExitStatus.WRONG_INPUT, "a.gif: no picture has that extension; write one of .svg"),
        (["dev", "-o", "picture"], ExitStatus.WRONG_INPUT, "picture: no picture has that extension"),
        (["dev", "--format", "png"], ExitStatus.WRONG_INPUT, "a PNG cannot be printed: write it with --output"),
        (["-o", "all.svg"], ExitStatus.WRONG_INPUT, "all.svg is one file: name an environment, or a folder"),
        (["-o", __file__], ExitStatus.WRONG_INPUT, "is one file: name an environment, or a folder"),
        (["dev", "--json", "-o", "a.svg"], ExitStatus.WRONG_INPUT, "leave out --output and --format"),
        (["dev", "-o", f"{__file__}/a.svg"], ExitStatus.WRONG_INPUT, "cannot be written: "),
        (["dev", "--format", "gif"], ExitStatus.WRONG_INPUT, "'gif' is not one of 'svg', 'png', 'mermaid'"),
    ],
)
def test_a_wrong_command_line_is_one_line(
    diagram: Diagram, arguments: list[str], status: ExitStatus, words: str
) -> None:
    done = diagram(*arguments)
    assert (done.status, done.output) == (status, "")
    assert words in done.error
    assert "\n" not in done.error


def test_another_folder_is_asked_for_its_program(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    done = run(capsys, "diagram", "dev", "--project", str(tmp_path))
    assert done.status == ExitStatus.WRONG_INPUT
    assert "has no main.py" in done.error
