"""Files are read up to a size, never waited for without end, and refused in one line."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from analysis import files as reading
from analysis.errors import FileError
from analysis.files import json_object, read_bytes, read_if_there, read_json_object, read_text
from tests.conftest import ROOT


def refusal(path: Path) -> str:
    started = time.monotonic()
    with pytest.raises(FileError) as caught:
        read_text(path)
    assert time.monotonic() - started < 10
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none", "No such file or directory"),
        (".", "it is a folder, and not a file"),
        ("x" * 256, "File name too long"),
        ("nul\0", "embedded null byte"),
        ("/dev/zero", "it is a device, and not a file"),
        ("/dev/null", "it is a device, and not a file"),
        ("loop", "Too many levels of symbolic links"),
        ("to-zero", "it is a device, and not a file"),
        ("fifo", "it is a pipe that nobody writes into"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "to-zero").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "fifo")
    assert f"cannot be read: {words}" in refusal(tmp_path / name)


def test_a_file_that_is_too_large_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as stream:
        stream.truncate(10**12)
    assert "it has more than 64 MiB" in refusal(file)


def test_a_pipe_may_come_late_and_in_pieces(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)

    def write() -> None:
        time.sleep(0.3)
        with fifo.open("wb", buffering=0) as stream:
            time.sleep(0.3)
            stream.write(b"one\r\n")
            time.sleep(0.3)
            stream.write(b"two")

    thread = threading.Thread(target=write)
    thread.start()
    assert read_text(fifo) == "one\ntwo"
    thread.join()


def test_a_pipe_whose_writer_is_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_IDLE_SECONDS", 0.2)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    number = os.open(fifo, os.O_RDWR)
    assert "a pipe that gave nothing for" in refusal(fifo)
    os.close(number)


def test_what_is_not_there_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_if_there(tmp_path / "none")
    (tmp_path / "file").write_bytes(b"x")
    assert read_if_there(tmp_path / "file") == read_bytes(tmp_path / "file") == b"x"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        (b"\xef\xbb\xbfa\r\nb\rc", "a\nb\nc"),
        ("\u00fc".encode(), "\u00fc"),
    ],
)
def test_a_text_is_utf_8(tmp_path: Path, content: bytes, text: str) -> None:
    (tmp_path / "file").write_bytes(content)
    assert read_text(tmp_path / "file") == text


@pytest.mark.parametrize("content", [b"a\nb\xfc", "a\n\u00fc".encode("latin-1"), "SELECT 1".encode("utf-16")])
def test_a_text_that_is_not_utf_8_is_refused_with_the_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    line = 1 if content.startswith(b"\xff") else 2
    assert f"file is not UTF-8 (line {line}): save it as UTF-8" in refusal(tmp_path / "file")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("[]", ""),
        ("null", ""),
        ("7", ""),
        ('"a"', ""),
        ("{", ""),
        ('{"a": 1}x', ""),
        (b"\xff\xfe\x00", ""),
        (b'{"a": "\xff"}', ""),
        ("[" * 100_000, ""),
        ('{"a":' * 100_000, ""),
        ('{"a":' * 200 + "1" + "}" * 200, "it has more than 100 levels"),
        ('{"a":' + "[" * 150 + "]" * 150 + "}", "it has more than 100 levels"),
        ('{"a": 1, "b": 2, "a": 3}', "the key 'a' stands twice in an object"),
        ('{"a": [{"b": {"c": 1, "c": 1}}]}', "the key 'c' stands twice"),
        ('{"a": NaN}', "NaN is not a number of JSON"),
        ('{"a": -Infinity}', "-Infinity is not a number of JSON"),
        ('{"a": 1e999}', "1e999 is not a number of JSON"),
        ('{"a": ' + "9" * 5000 + "}", ""),
        ('{"a": "\\ud800"}', "half of a surrogate pair"),
        ('{"\\uDFFF": 1}', "half of a surrogate pair"),
    ],
)
def test_what_is_not_a_json_object_is_one_line(text: str | bytes, words: str) -> None:
    with pytest.raises(FileError) as caught:
        json_object(text, "state.json")
    assert str(caught.value) == f"state.json is not a JSON object{': ' if words else ''}{words}" or words in str(
        caught.value
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_object_may_come_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    """Windows PowerShell writes `terraform output -json > FILE` in UTF-16."""
    document = {"a": ["\u00fc", "\U0001f600", 1.5, None]}
    (tmp_path / "file").write_text(json.dumps(document), encoding=encoding)
    assert read_json_object(tmp_path / "file") == document


@pytest.mark.parametrize("redirection", ["<(cat {file})", "/dev/stdin < {file}", "/dev/fd/7 7< {file}"])
def test_what_a_shell_hands_over_is_read(tmp_path: Path, redirection: str) -> None:
    (tmp_path / "file").write_text('{"a": 1}')
    code = "import sys; from pathlib import Path; from analysis.files import read_json_object as r; "
    code += "print(r(Path(sys.argv[1])))"
    line = f"{sys.executable} -c '{code}' {redirection.format(file=tmp_path / 'file')}"
    done = subprocess.run(
        ["bash", "-c", line],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("{'a': 1}\n", "")
