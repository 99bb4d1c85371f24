"""The change of an environment's file: two keys, and all else as it was."""

import tomllib
from pathlib import Path

import pytest

from operations.errors import OperationsError
from operations.upgrade.file_change import ALLOWED, change_of

TABLE = """# A file with comments.
name_prefix = "alex"  # the prefix

[engine]  # which one
version = "16.8"   # pinned
# nothing by itself
automatic_minor_upgrades = false

[capacity]
minimum_acu = 0.5
maximum_acu = 2
"""
BELOW = '[engine.cluster_parameters]\n"rds.force_ssl" = "1"\n'
FORMS = {
    "a table": TABLE,
    "the last table": 'name_prefix = "alex"\n\n[engine]\nversion = "16.8"\n',
    "without an end of line": 'name_prefix = "alex"\n[engine]\nversion = "16.8"',
    "dotted keys": 'name_prefix = "alex"\nengine.version = "16.8" # why\nengine.pgaudit = true\n',
    "dotted keys apart": 'engine.version = "16.8"\nname_prefix = "alex"\nengine.pgaudit = true\n',
    "an inline table": 'name_prefix = "alex"\nengine = { version = "16.8", pgaudit = true } # why\n',
    "quoted keys": "name_prefix = \"alex\"\n['engine']\n\"version\" = '16.8'\n",
    "a table below it first": f'name_prefix = "alex"\n{BELOW}[engine]\nversion = "16.8"\n',
    "a table below it after": f'name_prefix = "alex"\n[engine]\nversion = "16.8"\n\n{BELOW}',
    "Windows line ends": TABLE.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + TABLE,
    "a version in a comment": '# version = "16.8"\nname_prefix = "alex"\n[engine]\nversion = "16.8" # not 16.8\n',
}


def _written(folder: Path, text: str) -> Path:
    path = folder / "live.toml"
    path.write_bytes(text.encode())
    return path


def _document(text: str) -> dict[str, object]:
    return tomllib.loads(text.removeprefix("\ufeff"))


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_only_the_two_keys_change_whatever_form_the_file_has(tmp_path: Path, text: str) -> None:
    expected = _document(text)
    expected["engine"] = {**expected["engine"], "version": "17.7", ALLOWED: "17.7"}  # type: ignore[dict-item]
    change = change_of(_written(tmp_path, text), version="17.7", allow_major=True)
    assert _document(change.after) == expected
    for comment in (line[line.index("#") :] for line in text.splitlines() if "#" in line):
        assert comment in change.after
    assert ("\r\n" in change.after, change.after.startswith("\ufeff")) == ("\r\n" in text, text.startswith("\ufeff"))
    assert change.after.count("\n") == change.after.count("\r\n") or "\r\n" not in text


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_taking_the_permission_out_leaves_the_file_with_the_new_version(tmp_path: Path, text: str) -> None:
    path = _written(tmp_path, text)
    change_of(path, version="17.7", allow_major=True).write()
    change = change_of(path, version="17.7", allow_major=False)
    expected = _document(text)
    expected["engine"] = {**expected["engine"], "version": "17.7"}  # type: ignore[dict-item]
    assert _document(change.after) == expected


def test_there_and_back_a_file_differs_in_the_version_alone(tmp_path: Path) -> None:
    path = _written(tmp_path, TABLE)
    change_of(path, version="17.7", allow_major=True).write()
    change_of(path, version="17.7", allow_major=False).write()
    assert path.read_text() == TABLE.replace("16.8", "17.7")


def test_the_difference_is_shown_as_lines(tmp_path: Path) -> None:
    change = change_of(_written(tmp_path, TABLE), version="17.7", allow_major=True)
    changed = [line for line in change.difference if line[0] in "+-"]
    assert changed == [
        "--- environments/live.toml",
        "+++ environments/live.toml",
        '-version = "16.8"   # pinned',
        '+version = "17.7"   # pinned',
        f'+{ALLOWED} = "17.7"',
    ]


def test_a_file_that_asks_for_it_already_needs_no_change(tmp_path: Path) -> None:
    text = TABLE.replace("16.8", "17.7")
    change = change_of(_written(tmp_path, text), version="17.7", allow_major=False)
    assert not change.is_needed
    assert change.difference == []


def test_what_the_model_refuses_of_the_new_version_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    text = TABLE + '\n[engine.cluster_parameters]\nvacuum_defer_cleanup_age = "0"\n'
    path = _written(tmp_path, text)
    problem = change_of(path, version="17.7", allow_major=False).problem
    assert problem is not None
    assert "vacuum_defer_cleanup_age" in problem.where
    assert path.read_text() == text


def test_a_file_that_somebody_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = _written(tmp_path, TABLE)
    change = change_of(path, version="17.7", allow_major=True)
    path.write_text(TABLE + "# and more\n")
    with pytest.raises(OperationsError, match="changed in the meantime: nothing was written; try again"):
        change.write()
    assert path.read_text() == TABLE + "# and more\n"
