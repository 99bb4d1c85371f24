"""Standard input, output and error as people give them: closed, full, without a reader, in any encoding."""

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deployed.deployment import Deployment

PIPE = 141
MANY = "SELECT repeat('x', 100) AS x FROM generate_series(1, 5000)"

OUTPUTS: dict[str, Sequence[str]] = {
    "help": ["--help"],
    "a command's help": ["sql", "--help"],
    "table": ["sql", "dev", MANY],
    "a few lines": ["sql", "dev", "SELECT 1"],
    "CSV": ["sql", "dev", "--csv", MANY],
    "JSON": ["sql", "dev", "--json", MANY],
    "env": ["env", "dev"],
    "check": ["check", "dev"],
    "status": ["status", "dev", "--json"],
    "activity": ["activity", "dev"],
    "explain": ["explain"],
    "explain as JSON": ["explain", "--json"],
    "cost": ["cost", "dev"],
    "diagram": ["diagram", "dev", "--format", "svg"],
    "through a descriptor": ["env", "dev", "--output", "/dev/stdout"],
}
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""As in a locale without UTF-8; what Python does by itself in the locale C is switched off."""


def command_of(deployed: Deployment, arguments: Sequence[str]) -> list[str]:
    is_deployed = "dev" in arguments and arguments[0] not in {"cost", "diagram"}
    where = ["--local", "--project", str(deployed.project)] if is_deployed else []
    return [sys.executable, "-P", "-m", "cli", *arguments, *where]


def line_of(deployed: Deployment, arguments: Sequence[str]) -> str:
    return shlex.join(command_of(deployed, arguments))


def shell(script: str, **variables: str) -> "subprocess.CompletedProcess[bytes]":
    environment = {name: value for name, value in os.environ.items() if name not in {"LC_ALL", "PYTHONIOENCODING"}}
    return subprocess.run(
        ["bash", "-c", script],
        env=environment | {"PYTHONPATH": str(ROOT)} | variables,
        capture_output=True,
        check=False,
    )


def without_a_reader(deployed: Deployment, arguments: Sequence[str], stream: str) -> tuple[int, bytes]:
    """Return how a command ends, and what it says, when nobody reads one of its streams any more."""
    reader, writer = os.pipe()
    os.close(reader)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command_of(deployed, arguments),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=writer if stream == "stdout" else subprocess.PIPE,
        stderr=writer if stream == "stderr" else subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    return done.returncode, (done.stdout or b"") + (done.stderr or b"")


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_reader_that_has_ended_is_141_and_no_word_for_every_command(deployed: Deployment, output: str) -> None:
    status, said = without_a_reader(deployed, OUTPUTS[output], "stdout")
    assert (status, [line for line in said.splitlines() if b"AWS_ENDPOINT_URL" not in line]) == (PIPE, [])


@pytest.mark.parametrize("arguments", [["sql", "dev", "SELECT nope"], ["sql", "dev"], ["nope"], ["env", "none"]])
def test_a_reader_of_errors_that_has_ended_is_141_too(deployed: Deployment, arguments: Sequence[str]) -> None:
    assert without_a_reader(deployed, arguments, "stderr") == (PIPE, b"")


@pytest.mark.parametrize("arguments", [["sql", "dev", MANY], ["sql", "dev", "SELECT 1"], ["--help"], ["explain"]])
def test_a_full_disk_is_one_line(deployed: Deployment, arguments: Sequence[str]) -> None:
    done = shell(f"{line_of(deployed, arguments)} > /dev/full")
    assert (done.returncode, done.stderr) == (2, b"error: standard output: No space left on device\n")


def test_errors_that_nobody_can_be_told_keep_their_status(deployed: Deployment) -> None:
    line = line_of(deployed, ["sql", "dev", "SELECT nope"])
    assert shell(f"{line} 2> /dev/full").returncode == 1
    assert shell(f"{line} 2>&-").returncode == 1


@pytest.mark.parametrize(("closed", "status"), [("<&-", 2), (">&-", 2), ("2>&-", 2), ("<&- >&- 2>&-", 2)])
def test_what_the_caller_closed_is_no_mistake_of_the_command(deployed: Deployment, closed: str, status: int) -> None:
    done = shell(f"{line_of(deployed, ['sql', 'dev'])} </dev/null {closed}")
    assert done.returncode == status
    assert b"mistake" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize("output", ["help", "table", "check", "explain", "activity"])
def test_people_are_shown_all_that_an_encoding_has(deployed: Deployment, output: str, encoding: str) -> None:
    arguments = ["sql", "dev", "SELECT U&'\\20AC\\00FC' AS money"] if output == "table" else OUTPUTS[output]
    done = shell(line_of(deployed, arguments), **ASCII, PYTHONIOENCODING=encoding)
    assert (done.returncode, b"error" in done.stderr) == (0, False)
    text = done.stdout.decode(encoding)
    if output == "table":
        euro, umlaut = "\u20ac".encode(encoding, "backslashreplace"), "\u00fc".encode(encoding, "backslashreplace")
        assert (euro + umlaut).decode(encoding) in text
    if output == "check":
        assert ("\u2713 passed" if encoding == "utf-8" else "+ passed") in text


def test_a_real_locale_that_is_not_utf_8_will_do(deployed: Deployment, tmp_path: Path) -> None:
    locale = tmp_path / "de_DE.ISO-8859-1"
    made = subprocess.run(
        ["localedef", "-i", "de_DE", "-f", "ISO-8859-1", str(locale)], capture_output=True, check=False
    )
    variables = {"LOCPATH": str(tmp_path), "LC_ALL": "de_DE.ISO-8859-1"} if made.returncode <= 1 else ASCII
    done = shell(line_of(deployed, ["check", "dev"]), **variables)
    assert (done.returncode, b"+ passed" in done.stdout, done.stderr) == (0, True, b"")
    umlaut = shell(line_of(deployed, ["sql", "dev", "--csv", "SELECT U&'\\00FC' AS u"]), **variables)
    assert (umlaut.returncode, umlaut.stdout) in {(0, b"u\n\xfc\n"), (2, b"")}
    cost = shell(line_of(deployed, ["cost", "dev"]), **variables)
    assert (cost.returncode, cost.stderr) == (0, b"")


def test_json_loses_nothing_in_ascii(deployed: Deployment) -> None:
    line = line_of(deployed, ["sql", "dev", "--json", "SELECT U&'\\20AC' AS money"])
    done = shell(line, **ASCII)
    assert (done.returncode, b"\\u20ac" in done.stdout) == (0, True)


def test_csv_is_refused_rather_than_changed(deployed: Deployment) -> None:
    line = line_of(deployed, ["sql", "dev", "--csv", "SELECT U&'\\20AC' AS money"])
    done = shell(line, PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"standard output is in iso8859-1, which does not have the character U+20AC" in done.stderr
    assert shell(line, PYTHONIOENCODING="utf-8").stdout == "money\n\u20ac\n".encode()


@pytest.mark.parametrize("variables", [{}, ASCII, {"PYTHONIOENCODING": "latin-1"}])
def test_statements_on_standard_input_are_utf_8_in_any_locale(deployed: Deployment, variables: dict[str, str]) -> None:
    line = line_of(deployed, ["sql", "dev", "--json", "-"])
    for mark in ("", "\\xef\\xbb\\xbf"):
        done = shell(f"printf '{mark}SELECT ascii('\"'\"'\\xc3\\xbc'\"'\"') AS n' | {line}", **variables)
        assert (done.returncode, b"252" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize("arguments", [[], ["-"], ["--file", "-"], ["--file", "/dev/stdin"]])
def test_statements_that_are_not_utf_8_are_one_line(deployed: Deployment, arguments: Sequence[str]) -> None:
    done = shell(f"printf 'SELECT 1;\\nSELECT \\xfc' | {line_of(deployed, ['sql', 'dev', *arguments])}")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"is not UTF-8 (line 2): save it as UTF-8\n" in done.stderr


def test_a_name_of_a_file_that_is_not_utf_8_is_shown(deployed: Deployment, tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.env")
    done = shell(f"{line_of(deployed, ['env', 'dev'])} --output $'{tmp_path}/\\xff.env'")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/\\udcff.env: 12 lines set\n".encode())
    assert Path(name).exists()
