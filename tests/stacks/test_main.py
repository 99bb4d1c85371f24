"""The program as people and the cdktf CLI run it: what it prints, and what it writes."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.programs import write_environments
from tests.conftest import ROOT
from tests.terraform_json import read_stacks

Ran = tuple[subprocess.CompletedProcess[str], Path]


def main(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return a run on the environments that ship, and its output folder."""
    output = tmp_path_factory.mktemp("shipped") / "out"
    return main("--output", str(output)), output


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return the same run in another folder, time zone and language."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / ".cache").symlink_to(Path.home() / ".cache")  # where jsii unpacks the bindings, for seven seconds
    done = main("--output", "here", cwd=folder, TZ="Pacific/Kiritimati", HOME=str(folder), LANG="C")
    return done, folder / "here"


@pytest.fixture(scope="module")
def by_cdktf(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return a run as the cdktf CLI starts it, and the output folder that it chose."""
    output = tmp_path_factory.mktemp("by-cdktf") / "chosen"
    return main(CDKTF_OUTDIR=str(output)), output


def two_environments(tmp_path: Path) -> tuple[str, ...]:
    environments = tmp_path / "environments"
    environments.mkdir()
    for name, more in (("one", "[capacity]\nminimum_acu = 2\nmaximum_acu = 4\n"), ("another", "")):
        text = f'name_prefix = "{name}"\nregion = "us-east-1"\n[engine]\nversion = "17.7"\n{more}'
        (environments / f"{name}.toml").write_text(text)
    return "--environments", str(environments), "--output", str(tmp_path / "out")


def test_a_synthesis_ends_with_a_table_of_the_environments_and_the_time(tmp_path: Path) -> None:
    done = main(*two_environments(tmp_path))
    assert done.returncode == 0
    header, another, one, prices, last = done.stdout.splitlines()
    assert header.split() == ["environment", "resources", "floor", "ceiling", "warnings"]
    assert another.split() == ["another", "16", "44.20", "89.13"]
    assert one.split() == ["one", "16", "175.60", "363.45"]
    assert re.fullmatch(r"US dollars a month: prices of us-east-1, .+, up to \d+ days old", prices)
    assert re.fullmatch(rf"2 environments in \d+\.\d s: {tmp_path}/out/stacks/NAME/cdk\.tf\.json", last)


def test_a_full_standard_output_is_told_in_a_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *two_environments(tmp_path)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "error: standard output: No space left on device"
    assert "Traceback" not in done.stderr


def test_a_closed_standard_output_loses_nothing_but_the_table(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *two_environments(tmp_path)],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 141
    assert not re.search("Traceback|error|Exception", done.stderr)
    assert (tmp_path / "out" / "stacks" / "one" / "cdk.tf.json").is_file()


def test_ctrl_c_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    program = importlib.import_module("main")
    monkeypatch.setattr(program, "_run", interrupted)
    assert program.main() == 130
    assert capsys.readouterr().err == "error: stopped by Ctrl-C\n"


def test_the_cdktf_cli_sees_a_line_for_each_environment_and_the_time(tmp_path: Path) -> None:
    done = main(*two_environments(tmp_path)[:2], CDKTF_OUTDIR=str(tmp_path / "chosen"))
    lines = done.stdout.splitlines()
    assert lines[:-1] == [
        f"another   16 resources  {tmp_path}/chosen/stacks/another/cdk.tf.json",
        f"one       16 resources  {tmp_path}/chosen/stacks/one/cdk.tf.json",
    ]
    assert re.fullmatch(r"2 environments in \d+\.\d s", lines[-1])


def test_the_table_fits_80_columns_and_counts_warnings(tmp_path: Path) -> None:
    done = main("--output", "out", cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert max(len(line) for line in lines) <= 80
    [reference] = [line for line in lines if line.startswith("reference")]
    assert reference.split() == ["reference", "11", "unknown", "unknown", "1"]
    assert "what is unknown, and why: ./aurora-serverless cost reference" in lines


def test_warnings_go_to_standard_error_and_name_the_environment(shipped: Ran) -> None:
    (warning,) = shipped[0].stderr.splitlines()
    assert warning.startswith("warning: reference: Aurora PostgreSQL 15.4 ended standard support on 2025-09-30")


def test_the_cdktf_cli_chooses_the_output_folder(by_cdktf: Ran) -> None:
    done, output = by_cdktf
    assert done.returncode == 0
    assert (output / "manifest.json").exists()


def test_the_cdktf_cli_is_left_to_print_the_warnings_itself(by_cdktf: Ran) -> None:
    assert by_cdktf[0].stderr == ""


def test_paths_are_told_from_the_working_directory(elsewhere: Ran) -> None:
    done, output = elsewhere
    assert " here/stacks/NAME/cdk.tf.json" in done.stdout
    assert (output / "stacks/dev/cdk.tf.json").exists()


def test_the_output_is_byte_identical_in_every_folder_and_time_zone(shipped: Ran, elsewhere: Ran) -> None:
    for name in ("manifest.json", "stacks/dev/cdk.tf.json", "stacks/reference/cdk.tf.json"):
        assert (shipped[1] / name).read_bytes() == (elsewhere[1] / name).read_bytes(), name


def test_an_environment_that_is_gone_leaves_nothing_generated_behind(tmp_path: Path) -> None:
    environments, stacks = tmp_path / "environments", tmp_path / "out/stacks"
    environments.mkdir()
    for name in ("one", "two", "three"):
        (environments / f"{name}.toml").write_text(f'name_prefix = "{name}"\n[engine]\nversion = "17.7"\n')
    arguments = ("--environments", str(environments), "--output", str(tmp_path / "out"))
    main(*arguments)
    for name in ("one", "two", "three"):
        (stacks / name / ".terraform/providers").mkdir(parents=True)
        for file in (".terraform.lock.hcl", "plan"):
            (stacks / name / file).touch()
    (stacks / "three/errored.tfstate").touch()
    (environments / "two.toml").unlink()
    (environments / "three.toml").unlink()
    main(*arguments)
    assert list(read_stacks(tmp_path / "out")) == ["one"]
    assert sorted(path.name for path in stacks.iterdir()) == ["one", "three"]
    assert [path.name for path in (stacks / "three").iterdir()] == ["errored.tfstate"], (
        "it is all that knows of a deploy"
    )
    assert (stacks / "one/.terraform/providers").is_dir()


def test_help_says_what_the_program_does_and_its_exit_statuses() -> None:
    done = main("--help")
    assert done.returncode == 0
    for part in ("--environments", "--output", "Exit status: 0", "2 when a file is wrong", "CDKTF_FAST_START=off"):
        assert part in " ".join(done.stdout.split())


@pytest.mark.parametrize("arguments", [("--nonsense",), ("extra",)])
def test_a_wrong_argument_is_refused_with_the_usage(arguments: tuple[str, ...]) -> None:
    done = main(*arguments)
    assert done.returncode == 2
    assert "usage: main.py" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_folder_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = main("--output", str(tmp_path / "file" / "out"))
    assert done.returncode == 2
    (error,) = (line for line in done.stderr.splitlines() if line.startswith("error: "))
    assert "cannot be written: Not a directory" in error
    assert "Traceback" not in done.stderr


def written(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def errors_of(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return what standard error says beside warnings, which must be no traceback of any language."""
    return [line for line in done.stderr.splitlines() if not line.startswith("warning: ")]


def test_a_full_disk_is_told_in_one_line_and_leaves_what_was_there(tmp_path: Path) -> None:
    """A limit of the size of files stands in for a full disk: Node's write fails in the middle of a file as there."""
    arguments = two_environments(tmp_path)
    assert main(*arguments).returncode == 0
    before = written(tmp_path / "out")
    (tmp_path / "environments" / "new.toml").write_text('name_prefix = "new"\n[engine]\nversion = "17.7"\n')
    command = ["bash", "-c", 'ulimit -f 4; exec "$@"', "-", sys.executable, str(ROOT / "main.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert errors_of(done) == [
        f"error: {tmp_path}/out: cannot be written: EFBIG: file too large, write; make room, or name another folder"
    ]
    assert written(tmp_path / "out") == before
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["manifest.json", "stacks"]


def test_a_folder_that_takes_no_files_leaves_no_manifest(tmp_path: Path) -> None:
    """A file where a folder must be stands in for a folder that is read-only: root writes into such a one."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "stacks").write_text("")
    done = main(*two_environments(tmp_path))
    assert done.returncode == 2
    (error,) = errors_of(done)
    assert error.startswith(f"error: {tmp_path}/out: cannot be written: ")
    assert written(tmp_path / "out") == {"stacks": b""}


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("exit 0", "exit status 0"),
        ("kill -9 $$", "signal 9"),
        ('echo "Error: Cannot find module" >&2; exit 1', "Error: Cannot find module"),
        ('for line in $(seq 40); do echo "  at $line" >&2; done; exit 1', "exit status 1"),
    ],
)
def test_a_node_that_fails_is_told_in_one_line(program: str, why: str, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\n{program}\n")
    node.chmod(0o755)
    done = main(*two_environments(tmp_path), JSII_NODE=str(node))
    assert (done.returncode, done.stdout) == (1, "")
    assert errors_of(done) == [f"error: Node failed, and nothing is written: Node ended before it answered: {why}"]
    assert not (tmp_path / "out").exists()


def test_a_node_without_memory_is_told_in_one_line(tmp_path: Path) -> None:
    from cdktf_fast_start.node import node_of_wheel  # noqa: PLC0415

    node = tmp_path / "node"
    node.write_text(f'#!/bin/sh\nshift\nexec {node_of_wheel()} --max-old-space-size=12 "$@"\n')
    node.chmod(0o755)
    done = main(*two_environments(tmp_path), JSII_NODE=str(node))
    assert done.returncode == 1
    (error,) = errors_of(done)
    assert "JavaScript heap out of memory" in error


LOADED = """
import sys
{run}
names = {{name.removesuffix("._private") for name in sys.modules if name.startswith("cdktf_cdktf_provider_")}}
print(*sorted(names), file=sys.stderr)
"""


def loaded_bindings(run: str, folder: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(run=run)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.splitlines()[-1].split())


def test_the_bindings_that_are_imported_first_are_all_that_the_smallest_database_has(tmp_path: Path) -> None:
    environments = write_environments(1, tmp_path / "environments").folder
    run = f"""
import main
sys.argv[1:] = ["--environments", {str(environments)!r}, "--output", {str(tmp_path / "out")!r}]
assert main.main() == 0
"""
    enabled = "import cdktf_fast_start; cdktf_fast_start.enable(); import stacks.first_bindings"
    assert loaded_bindings(run, tmp_path) == loaded_bindings(enabled, tmp_path) != set()


def test_pydantic_is_imported_without_types_for_type_checkers_and_nothing_else_is_changed() -> None:
    code = """
import sys, typing, typing_extensions
before = typing.TypedDict, typing_extensions.TypedDict
import main
main._import_pydantic_core()
import pydantic_core.core_schema as schema
assert (typing.TypedDict, typing_extensions.TypedDict) == before
assert not typing_extensions.is_typeddict(schema.AnySchema)
assert schema.any_schema() == {"type": "any"}
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
