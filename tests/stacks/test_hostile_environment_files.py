"""Environment files that nobody means well with: one line for each problem, and never a traceback or a wait."""

import os
import random
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from stacks.environment import Environment
from stacks.environment_files import LONGEST_NAME, MOST_BYTES, EnvironmentFileError, environment_of, read_environments
from stacks.known_keys import known_keys

GOOD: Final = 'name_prefix = "shop"\n[engine]\nversion = "17.7"\n'

VALUES: Final = (
    *("1e308", "-1e308", "nan", "inf", "-inf", "1" + "0" * 400, "-1" + "0" * 400, "9223372036854775808", "5e-324"),
    "0x" + "f" * 5000,
    *("-0.0", "-0", "0", "1", "0.5", "true", "false", '""', '" "', '"a"', '"constructor"', '"__proto__"', '"${x}"'),
    *(
        '"\\u0000"',
        '"\\u001b[2J"',
        '"\\U0010FFFF"',
        '"\\u00a0"',
        f'"{"a" * 5000}"',
        '"\u0661\u0667.7"',
        '"17.' + "9" * 5000 + '"',
    ),
    *("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z", "1979-05-27T07:32:00"),
    *("1979-05-27", "0001-01-01", "9999-12-31", "07:32:00", "23:59:59.999999"),
    *("[]", "[[]]", "{}", "[{}]", '["a", "a"]', '[1, "a"]', "{a = 1}", '{"__proto__" = "x"}', '{"constructor" = {}}'),
    *(
        '{"" = ""}',
        '{"a.b" = "x"}',
        "{a = {b = {c = 1}}}",
        '["\\u0000"]',
        '["0.0.0.0/99999999999999999999"]',
        "[1e308]",
    ),
)
"""What TOML can say and no key is made for, or only just."""


def text_of(values: dict[str, str]) -> str:
    """Return a file with these keys, by their dotted names."""
    sections: dict[str, list[str]] = {"": []}
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        sections.setdefault(section, []).append(f"{name} = {value}")
    return "\n".join(f"[{name}]\n" * bool(name) + "\n".join(lines) for name, lines in sections.items()) + "\n"


def read(text: str) -> Environment | None:
    """Read a file; None where it is refused, in lines that fit a terminal."""
    try:
        environment = environment_of(Path("shop.toml"), text.encode("utf-8", "surrogatepass"))
    except EnvironmentFileError as error:
        for problem in error.problems:
            assert str(problem).isprintable()
            assert len(str(problem)) < 1500
        return None
    environment.warnings(date(2026, 1, 1))
    if environment.restore is not None:
        assert environment.restore.source
    return environment


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(EnvironmentFileError) as raised:
        read_environments(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in raised.value.problems]


@pytest.mark.parametrize("key", known_keys())
def test_any_value_of_a_key_is_taken_or_refused_in_a_line(key: str) -> None:
    for value in VALUES:
        read(text_of({"name_prefix": '"shop"', "engine.version": '"17.7"', key: value}))


def test_any_values_of_several_keys_are_taken_or_refused_in_a_line() -> None:
    chance = random.Random(10)  # noqa: S311 (the same in each run)
    for _ in range(100):
        keys = chance.sample(known_keys(), 4)
        chosen = {key: chance.choice(VALUES) for key in keys}
        read(text_of({"name_prefix": '"shop"', "engine.version": '"17.7"'} | chosen))


@pytest.mark.parametrize(
    "nested",
    [
        "x = " + "[" * 400 + "]" * 400,
        "x = " + "{a = " * 400 + "1" + "}" * 400,
        ".".join("a" * 400) + " = 1",
        "[" + ".".join("a" * 400) + "]\nb = 1",
        "[[" + ".".join("a" * 400) + "]]\nb = 1",
        "[tags]\nOwner = " + "[" * 400 + "]" * 400,
        "x = " + "[" * 100_000,
        "x = " + "[" * 17 + "]" * 17,
    ],
    ids=["lists", "tables", "dotted key", "header", "list of tables", "in a section", "not closed", "just too deep"],
)
def test_deep_nesting_is_refused_in_a_line(nested: str) -> None:
    with pytest.raises(EnvironmentFileError) as raised:
        environment_of(Path("shop.toml"), f'name_prefix = "shop"\n{nested}\n'.encode())
    assert str(raised.value).startswith("shop.toml: is nested too deeply; ")


@pytest.mark.parametrize(
    "name", ["constructor", "__proto__", "prototype_", "toString", "-rf", "a b", "a.b", "ü", "\u2028"]
)
def test_a_name_that_no_stack_can_have_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.toml").write_text(GOOD)
    (problem,) = problems_of(tmp_path)
    assert "the file's name is the stack's name: " in problem
    assert problem.endswith("; rename the file, for example to dev.toml")


def test_a_name_leaves_room_for_what_terraform_adds(tmp_path: Path) -> None:
    (tmp_path / f"{'a' * LONGEST_NAME}.toml").write_text(GOOD)
    assert len(read_environments(tmp_path)) == 1
    (tmp_path / f"{'a' * (LONGEST_NAME + 1)}.toml").write_text(GOOD)
    (problem,) = problems_of(tmp_path)
    assert f"at most {LONGEST_NAME} characters" in problem


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.toml")).write_text(GOOD)
    (problem,) = problems_of(tmp_path)
    assert problem.startswith("\\udcff.toml: the file's name is the stack's name: ")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "shop.toml")
    assert problems_of(tmp_path) == ["shop.toml: is not a regular file; put a file in its place"]


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_refused(device: str, tmp_path: Path) -> None:
    (tmp_path / "shop.toml").symlink_to(device)
    (problem,) = problems_of(tmp_path)
    assert problem.startswith(("shop.toml: is not a regular file; ", "shop.toml: cannot be read: "))


def test_a_symlink_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").symlink_to("shop.toml")
    (problem,) = problems_of(tmp_path)
    assert problem.startswith("shop.toml: cannot be read: Too many levels of symbolic links; ")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "shop.toml").open("wb") as file:
        file.truncate(MOST_BYTES * 4096)  # 4 GB, of which the disk holds nothing
    (problem,) = problems_of(tmp_path)
    assert problem.startswith("shop.toml: is larger than 1,048,576 bytes; ")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_another_encoding_is_refused(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_bytes(GOOD.encode(encoding))
    assert len(problems_of(tmp_path)) == 1


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_bytes(GOOD.replace("\n", "\r\n").encode())
    assert [environment.name for environment in read_environments(tmp_path)] == ["shop"]


@pytest.mark.parametrize("acu", ["1e308", "-1e308", "1.7976931348623157e308"])
def test_a_capacity_beyond_all_is_refused_with_the_largest(acu: str) -> None:
    with pytest.raises(EnvironmentFileError, match=r"capacity\.maximum_acu"):
        environment_of(Path("shop.toml"), f"{GOOD}[capacity]\nmaximum_acu = {acu}\n".encode())


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_moment_that_has_no_year_in_utc_is_refused(time: str) -> None:
    restore = f'[restore]\ntype = "point_in_time"\nsource_cluster_identifier = "x"\ntime = {time}\n'
    with pytest.raises(EnvironmentFileError, match="is in UTC not within the years 1 to 9999"):
        environment_of(Path("shop.toml"), f"{GOOD}{restore}".encode())
