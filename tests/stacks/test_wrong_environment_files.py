"""Wrong environment files, each run through the command: one clear line, exit status 2, nothing written.

The many of `WRONG` run in this process, which spares each a Python and a Node of its own; the others through `main.py`.
"""

import contextlib
import importlib
import io
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from stacks.command import run as run_command
from stacks.command_line import parse_arguments
from tests.conftest import ROOT
from tests.stacks import wrong_environment_files
from tests.stacks.wrong_environment_files.wrong import GOOD, Wrong, top, with_

WRONG: dict[str, Wrong] = {}
for _module in pkgutil.iter_modules(wrong_environment_files.__path__):
    _of_module = vars(importlib.import_module(f"{wrong_environment_files.__name__}.{_module.name}")).get("WRONG", {})
    assert not WRONG.keys() & _of_module.keys(), f"{_module.name}: a name stands in two modules"
    WRONG |= _of_module


def run(environments: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            str(ROOT / "main.py"),
            "--environments",
            environments.name,
            "--output",
            str(tmp_path / "cdktf.out"),
        ],
        cwd=environments.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def run_here(environments: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Do what `run` does, in this process; an exception that would be a traceback there fails the test."""
    arguments = ["--environments", environments.name, "--output", str(tmp_path / "cdktf.out")]
    with (
        contextlib.chdir(environments.parent),
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as errors,
    ):
        status = run_command(
            parse_arguments(arguments, root=ROOT, output_directory=None),
            summary=Mock(),
            say=lambda line: print(line, file=sys.stderr),
        )
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), errors.getvalue())


def refused(
    environments: Path, tmp_path: Path, run: Callable[[Path, Path], subprocess.CompletedProcess[str]] = run
) -> list[str]:
    """Return the error lines, after checking what holds for every refusal."""
    done = run(environments, tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "cdktf.out").exists(), "nothing is half written"
    return done.stderr.splitlines()


@pytest.fixture
def environments(tmp_path: Path) -> Path:
    folder = tmp_path / "environments"
    folder.mkdir()
    (folder / "good.toml").write_text('name_prefix = "good"\n[engine]\nversion = "17.7"\n')
    return folder


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused_in_one_line(case: str, environments: Path, tmp_path: Path) -> None:
    wrong = WRONG[case]
    (environments / wrong.name).write_text(wrong.text, encoding="utf-8")
    (line,) = refused(environments, tmp_path, run_here)
    assert line.startswith(f"error: environments/{wrong.name}: {wrong.where}")
    assert wrong.rule in line
    assert wrong.remedy in line.rpartition(";")[2], "the way out comes last"


def test_several_mistakes_are_told_at_once(environments: Path, tmp_path: Path) -> None:
    (environments / "a.toml").write_text(with_('[capacity]\nminimum_acu = "1"\n[backup]\nretention_days = 0'))
    (environments / "b.toml").write_text("")
    lines = refused(environments, tmp_path)
    assert [line.split(" = ")[0] for line in lines[:2]] == [
        "error: environments/a.toml: capacity.minimum_acu",
        "error: environments/a.toml: backup.retention_days",
    ]
    assert lines[2].startswith("error: environments/b.toml: the file is empty")


def test_a_file_that_is_not_utf_8_is_refused(environments: Path, tmp_path: Path) -> None:
    (environments / "shop.toml").write_bytes(b'name_prefix = "shop"\n[tags]\nOwner = "Ren\xe9"\n')
    (line,) = refused(environments, tmp_path)
    assert line == ("error: environments/shop.toml: line 3: is not UTF-8 (byte 0xe9); save the file as UTF-8")


def test_a_byte_order_mark_is_refused(environments: Path, tmp_path: Path) -> None:
    (environments / "shop.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    (line,) = refused(environments, tmp_path)
    assert "byte order mark" in line


def test_a_file_that_cannot_be_read_is_refused(environments: Path, tmp_path: Path) -> None:
    (environments / "shop.toml").symlink_to("nowhere.toml")
    (line,) = refused(environments, tmp_path)
    assert line.startswith("error: environments/shop.toml: cannot be read: No such file or directory; ")


def test_a_folder_that_looks_like_a_file_is_refused(environments: Path, tmp_path: Path) -> None:
    (environments / "shop.toml").mkdir()
    (line,) = refused(environments, tmp_path)
    assert line.startswith("error: environments/shop.toml: cannot be read: Is a directory; ")


def test_two_files_whose_names_differ_in_capitals_only_are_refused(environments: Path, tmp_path: Path) -> None:
    (environments / "GOOD.toml").write_text(GOOD)
    lines = refused(environments, tmp_path)
    assert any(
        "good.toml" in line and "has the same name as GOOD.toml; rename one of the two" in line for line in lines
    )


def test_two_environments_with_one_cluster_are_refused(environments: Path, tmp_path: Path) -> None:
    (environments / "other.toml").write_text('name_prefix = "good"\n[engine]\nversion = "17.7"\n')
    (line,) = refused(environments, tmp_path)
    assert line == (
        'error: environments/other.toml: name_prefix = "good": the cluster good-aurora is that of good.toml too (its '
        'name_prefix = "good"), and an account has one of that name in a Region; write another name, or other '
        "allowed_account_ids for each"
    )


@pytest.mark.parametrize("keys", ['region = "{0}"', 'allowed_account_ids = ["{1}"]'])
def test_one_cluster_name_is_allowed_where_the_two_cannot_meet(keys: str, environments: Path, tmp_path: Path) -> None:
    for name, values in (("one", ("us-east-1", "1" * 12)), ("two", ("us-west-2", "2" * 12))):
        # The IAM role is the account's, and so needs a name for each Region.
        role = f'[names]\nlambda_role = "{name}"\n'
        (environments / f"{name}.toml").write_text(top(keys.format(*values)) + role)
    assert run(environments, tmp_path).returncode == 0


def test_two_environments_of_one_account_with_one_role_are_refused(environments: Path, tmp_path: Path) -> None:
    for name, region in (("one", "us-east-1"), ("two", "eu-west-1")):
        (environments / f"{name}.toml").write_text(top(f'region = "{region}"'))
    (line,) = refused(environments, tmp_path)
    assert line == (
        'error: environments/two.toml: name_prefix = "shop": the IAM role shop-lambda-aurora-role is that of one.toml '
        'too (its name_prefix = "shop"), and an account has one of that name in all Regions; write another name, or '
        "other allowed_account_ids for each"
    )


def test_a_role_for_monitoring_is_one_of_the_accounts_too(environments: Path, tmp_path: Path) -> None:
    for name, region in (("one", "us-east-1"), ("two", "eu-west-1")):
        (environments / f"{name}.toml").write_text(
            top(f'region = "{region}"')
            + f'[names]\nlambda_role = "{name}"\n[monitoring]\nenhanced_monitoring_seconds = 60\n'
        )
    (line,) = refused(environments, tmp_path)
    assert "the IAM role shop-rds-monitoring-role is that of one.toml too" in line


def test_two_primaries_of_one_global_database_are_refused(environments: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (environments / f"{name}.toml").write_text(
            f'name_prefix = "{name}"\n[engine]\nversion = "17.7"\n'
            '[global_database]\nrole = "primary"\nidentifier = "orders"\n'
        )
    (line,) = refused(environments, tmp_path)
    assert line.startswith('error: environments/two.toml: global_database.identifier = "orders": ')
    assert "the global cluster orders is that of one.toml too" in line


def test_two_environments_with_one_state_are_refused(environments: Path, tmp_path: Path) -> None:
    backend = '[backend]\ntype = "s3"\nbucket = "abc"\nregion = "us-east-1"\nkey = "one"\n'
    for name in ("one", "two"):
        (environments / f"{name}.toml").write_text(f'name_prefix = "{name}"\n[engine]\nversion = "17.7"\n{backend}')
    (line,) = refused(environments, tmp_path)
    assert line == (
        'error: environments/two.toml: backend.key = "one": the state abc/one is that of one.toml too (its backend.key '
        '= "one"), and a deployment from the one would replace what the other made; write another key, or leave it '
        "out: it is then made from the environment's name"
    )


def test_a_folder_without_environments_is_refused(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    (line,) = refused(tmp_path / "environments", tmp_path)
    assert line == "error: environments: holds no environment file; add one, for example dev.toml"


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (line,) = refused(tmp_path / "environments", tmp_path)
    assert line.startswith("error: environments: cannot be read: No such file or directory; ")


def test_a_wrong_file_leaves_what_was_written_before(environments: Path, tmp_path: Path) -> None:
    assert run(environments, tmp_path).returncode == 0
    written = (tmp_path / "cdktf.out/stacks/good/cdk.tf.json").read_bytes()
    (environments / "good.toml").write_text(with_("[backup]\nretention_days = 0"))
    assert run(environments, tmp_path).returncode == 2
    assert (tmp_path / "cdktf.out/stacks/good/cdk.tf.json").read_bytes() == written
