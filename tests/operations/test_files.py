"""Files are written in one step, or not at all; what is not a file is written through or refused."""

import os
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from operations import files as writing
from operations.errors import ErrorKind, OperationsError
from operations.files import check_writable, is_file, write_file
from tests.conftest import ROOT


def refusal(path: Path, content: bytes = b"new") -> str:
    """Return why the path is refused; it must take no time, and be found out before the work as well."""
    started = time.monotonic()
    with pytest.raises(OperationsError) as caught:
        write_file(path, content)
    assert time.monotonic() - started < 5
    assert caught.value.kind is ErrorKind.WRONG_INPUT
    return str(caught.value)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("umask", "expected"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_mode_that_any_program_gives(tmp_path: Path, umask: int, expected: int) -> None:
    before = os.umask(umask)
    try:
        assert write_file(tmp_path / "new", "text")
        assert write_file(tmp_path / "secret", b"", new_mode=0o600)
    finally:
        os.umask(before)
    assert (mode(tmp_path / "new"), mode(tmp_path / "secret")) == (expected, 0o600 & ~umask)


@pytest.mark.parametrize("kept", [0o600, 0o644, 0o755, 0o440])
def test_a_file_that_is_there_keeps_mode_and_owner(tmp_path: Path, kept: int) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    os.chown(file, 1234, 5678)  # these tests run as root
    file.chmod(kept)
    write_file(file, "new", new_mode=0o600)
    found = file.stat()
    assert (file.read_text(), mode(file), found.st_uid, found.st_gid) == ("new", kept, 1234, 5678)


def test_an_owner_that_cannot_be_kept_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    os.chown(file, 1234, 5678)

    def no_right(*_: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", no_right)
    assert "belongs to another user or group" in refusal(file)
    assert (file.read_text(), list(tmp_path.iterdir())) == ("old", [file])


@pytest.mark.parametrize("links", [1, 3])
def test_what_a_link_leads_to_is_replaced_and_not_the_link(tmp_path: Path, links: int) -> None:
    (tmp_path / "folder").mkdir()
    real = tmp_path / "folder/real"
    real.write_text("old")
    real.chmod(0o640)
    target = real
    for number in range(links):
        link = tmp_path / f"link{number}"
        link.symlink_to(target)
        target = link
    assert write_file(target, "new")
    assert (target.is_symlink(), real.read_text(), mode(real)) == (True, "new", 0o640)
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == ["real"]


def test_a_name_may_be_as_long_as_the_file_system_takes_it(tmp_path: Path) -> None:
    file = tmp_path / ("x" * 255)
    write_file(file, "1")
    write_file(file, "2")
    assert file.read_text() == "2"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (".", "it is a folder"),
        ("folder", "it is a folder"),
        ("link-to-folder", "it is a folder"),
        ("dangling", "it is a link to nowhere, which is not there"),
        ("loop", "Too many levels of symbolic links"),
        ("none/file", "there is no folder"),
        ("file/below", "Not a directory"),
        ("x" * 256, "File name too long"),
        ("nul\0", "embedded null byte"),
        ("fifo", "it is a FIFO that nobody reads"),
        ("link-to-fifo", "it is a FIFO that nobody reads"),
        ("socket", "it is a socket"),
        ("block", "it is a block device"),
        ("/proc/none", "cannot be written"),
        ("/dev/full", "No space left on device"),
        ("/dev/fd/987", "Bad file descriptor"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_line_and_stays_as_it_was(
    tmp_path: Path, name: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link-to-folder").symlink_to("folder")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("old")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "link-to-fifo").symlink_to("fifo")
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    server = socket.socket(socket.AF_UNIX)
    server.bind("socket")
    os.mknod(tmp_path / "block", stat.S_IFBLK | 0o600, os.makedev(7, 250))
    before = sorted((path.name, path.lstat().st_mode, path.lstat().st_size) for path in tmp_path.iterdir())
    message = refusal(tmp_path / name)
    server.close()
    assert words in message
    assert "\n" not in message
    after = sorted((path.name, path.lstat().st_mode, path.lstat().st_size) for path in tmp_path.iterdir())
    assert after == before


@pytest.mark.parametrize("function", ["fchmod", "fsync", "replace"])
def test_a_write_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    file = tmp_path / "file"
    file.write_text("old")

    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path if function == "replace" else os, function, full)
    assert refusal(file).endswith("cannot be written: No space left on device; name another file")
    assert (file.read_text(), list(tmp_path.iterdir())) == ("old", [file])


def test_a_file_without_the_right_to_write_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    file.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != file)  # root may do anything
    assert "Permission denied" in refusal(file)
    with pytest.raises(OperationsError, match="Permission denied"):
        check_writable(file)


def test_a_folder_without_the_right_to_write_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path)
    assert "no file can be made in" in refusal(tmp_path / "new")


def test_only_new_refuses_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(OperationsError, match="it exists already"):
        write_file(tmp_path / "file", "new", only_new=True)
    assert (tmp_path / "file").read_text() == "old"


def test_only_new_refuses_what_comes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stock = writing._status

    def late(path: Path) -> Any:
        found = stock(path)
        path.write_text("another's")
        return found

    monkeypatch.setattr(writing, "_status", late)
    with pytest.raises(OperationsError, match="File exists"):
        write_file(tmp_path / "file", "new", only_new=True)
    assert (tmp_path / "file").read_text() == "another's"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_device_is_written_through_and_stays_one(tmp_path: Path) -> None:
    null = tmp_path / "null"
    os.mknod(null, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    (tmp_path / "link").symlink_to(null)
    for path in (null, tmp_path / "link"):
        assert not write_file(path, "lost")
        assert not is_file(path)
        check_writable(path)
    assert null.is_char_device()


def test_a_fifo_that_somebody_reads_gets_all_of_it(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    number = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    got: list[bytes] = []

    def read() -> None:
        os.set_blocking(number, True)
        while piece := os.read(number, 65536):
            got.append(piece)

    thread = threading.Thread(target=read)
    content = b"x" * 1_000_000
    writer = os.open(fifo, os.O_WRONLY)  # or the reader would see the end before the beginning
    thread.start()
    assert not write_file(fifo, content)
    os.close(writer)
    thread.join(10)
    os.close(number)
    assert b"".join(got) == content
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_a_pipe_without_a_reader_is_a_broken_pipe(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    (tmp_path / "link").symlink_to(f"/proc/self/fd/{writer}")
    for path in (Path(f"/dev/fd/{writer}"), tmp_path / "link"):
        with pytest.raises(BrokenPipeError):
            write_file(path, b"x")
    os.close(writer)


def test_a_descriptor_of_a_file_is_written_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with file.open("w") as stream:
        stream.write("before\n")
        stream.flush()
        inode = file.stat().st_ino
        assert not write_file(Path(f"/dev/fd/{stream.fileno()}"), "after\n")
    assert (file.read_text(), file.stat().st_ino) == ("before\nafter\n", inode)


def test_text_is_utf_8_in_any_locale(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from operations.files import write_file; "
    code += "write_file(Path(sys.argv[1]), '\\u2713 \\u20ac \\udcff')"
    variables = {"PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "file")], env=variables, check=True)
    assert (tmp_path / "file").read_bytes() == "\u2713 \u20ac \\udcff".encode()
