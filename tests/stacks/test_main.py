"""The program as people and the cdktf CLI run it: what it prints, and what it writes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.terraform_json import read_stacks


def main(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


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
    assert another.split() == ["another", "13", "44.20", "89.13"]
    assert one.split() == ["one", "13", "175.60", "363.45"]
    assert re.fullmatch(r"US dollars a month: prices of us-east-1, .+, up to \d+ days old", prices)
    assert re.fullmatch(rf"2 environments in \d+\.\d s: {tmp_path}/out/stacks/NAME/cdk\.tf\.json", last)


def test_the_cdktf_cli_sees_a_line_for_each_environment_and_the_time(tmp_path: Path) -> None:
    done = main(*two_environments(tmp_path)[:2], CDKTF_OUTDIR=str(tmp_path / "chosen"))
    lines = done.stdout.splitlines()
    assert lines[:-1] == [
        f"another   13 resources  {tmp_path}/chosen/stacks/another/cdk.tf.json",
        f"one       13 resources  {tmp_path}/chosen/stacks/one/cdk.tf.json",
    ]
    assert re.fullmatch(r"2 environments in \d+\.\d s", lines[-1])


def test_the_table_fits_80_columns_and_counts_warnings(tmp_path: Path) -> None:
    done = main("--output", "out", cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert max(len(line) for line in lines) <= 80
    [reference] = [line for line in lines if line.startswith("reference")]
    assert reference.split() == ["reference", "11", "unknown", "unknown", "1"]
    assert "what is unknown, and why: ./alexdb cost reference" in lines


def test_warnings_go_to_standard_error_and_name_the_environment(tmp_path: Path) -> None:
    done = main("--output", str(tmp_path / "out"))
    (warning,) = done.stderr.splitlines()
    assert warning.startswith("warning: reference: Aurora PostgreSQL 15.4 ended standard support on 2025-09-30")


def test_the_cdktf_cli_chooses_the_output_folder(tmp_path: Path) -> None:
    done = main(CDKTF_OUTDIR=str(tmp_path / "chosen"))
    assert done.returncode == 0
    assert (tmp_path / "chosen/manifest.json").exists()


def test_the_cdktf_cli_is_left_to_print_the_warnings_itself(tmp_path: Path) -> None:
    assert main(CDKTF_OUTDIR=str(tmp_path / "chosen")).stderr == ""


def test_paths_are_told_from_the_working_directory(tmp_path: Path) -> None:
    done = main("--output", "here", cwd=tmp_path)
    assert " here/stacks/NAME/cdk.tf.json" in done.stdout
    assert (tmp_path / "here/stacks/dev/cdk.tf.json").exists()


def test_the_output_is_byte_identical_in_every_folder_and_time_zone(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    main("--output", str(tmp_path / "one"))
    main(
        "--output",
        str(tmp_path / "elsewhere" / "two"),
        cwd=tmp_path,
        TZ="Pacific/Kiritimati",
        HOME=str(tmp_path),
        LANG="C",
    )
    for name in ("manifest.json", "stacks/dev/cdk.tf.json", "stacks/reference/cdk.tf.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "elsewhere/two" / name).read_bytes(), name


def test_an_environment_that_is_gone_leaves_no_json_behind(tmp_path: Path) -> None:
    environments = tmp_path / "environments"
    environments.mkdir()
    for name in ("one", "two"):
        (environments / f"{name}.toml").write_text(f'name_prefix = "{name}"\n[engine]\nversion = "17.7"\n')
    arguments = ("--environments", str(environments), "--output", str(tmp_path / "out"))
    main(*arguments)
    (environments / "two.toml").unlink()
    main(*arguments)
    assert list(read_stacks(tmp_path / "out")) == ["one"]


def test_help_says_what_the_program_does_and_its_exit_statuses() -> None:
    done = main("--help")
    assert done.returncode == 0
    for part in ("--environments", "--output", "Exit status: 0", "2 when a file is wrong", "LAZY_BINDINGS=off"):
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
