"""Writes what people name: a file is replaced in one step, and what is not a file is written through or refused."""

import contextlib
import errno
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from operations.errors import OperationsError, wrong_input

NEW_MODE: Final = 0o666
"""Mode of a new file, from which the process's umask takes its part, as of any program's."""

_OF_THIS_PROCESS: Final = re.compile(r"/dev/fd|/proc/(?P<process>\d+)/fd")


def write_file(
    path: Path, content: bytes | str, *, new_mode: int = NEW_MODE, only_new: bool = False, shown: str | None = None
) -> bool:
    """Write all of it, or nothing; return whether it is a file now, and not something that it was written through.

    A file that is there keeps mode and owner; a link to a file stays, and the file that it leads to is replaced.
    Written through are a character device such as /dev/null, a pipe or FIFO that somebody reads, and a descriptor of
    this process such as /dev/stdout. Text is written as UTF-8. With `only_new` nothing may be there; `shown` is the
    name for people. Raises OperationsError (WRONG_INPUT), and BrokenPipeError where the reader of a pipe has ended.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    with _refused(shown or path):
        if (descriptor := _descriptor(path)) is not None:
            sys.stdout.flush()
            with os.fdopen(os.dup(descriptor), "wb") as stream:
                stream.write(data)
            return False
        found = _status(path)
        if only_new and found is not None:
            raise FileExistsError(errno.EEXIST, "it exists already")
        if found is None or stat.S_ISREG(found.st_mode):
            _replace(Path(os.path.realpath(path)), data, found, new_mode=new_mode, only_new=only_new)
            return True
        _write_through(path, data, found.st_mode)
        return False


def check_writable(path: Path) -> None:
    """Refuse early what `write_file` would refuse after all the work. Raises OperationsError (WRONG_INPUT)."""
    with _refused(path):
        if _descriptor(path) is not None:
            return
        found = _status(path)
        if found is None or stat.S_ISREG(found.st_mode):
            _check_place(Path(os.path.realpath(path)), found)
        elif not (stat.S_ISCHR(found.st_mode) or stat.S_ISFIFO(found.st_mode)):
            raise _no_place(path, _kind(found.st_mode))


def is_file(path: Path) -> bool:
    """Whether a file is there, whose content `write_file` would replace. Raises OperationsError (WRONG_INPUT)."""
    with _refused(path):
        found = None if _descriptor(path) is not None else _status(path)
        return found is not None and stat.S_ISREG(found.st_mode)


@contextlib.contextmanager
def _refused(path: Path | str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _no_place(path, error.strerror or type(error).__name__) from error
    except ValueError as error:  # a NUL in the name
        raise _no_place(path, str(error)) from error


def _no_place(path: Path | str, why: str) -> OperationsError:
    return wrong_input(f"{path} cannot be written: {why}; name another file")


def _descriptor(path: Path) -> int | None:
    """Return the descriptor of this process that a path names, such as /dev/stdout; None where it names none."""
    for _ in range(40):  # as many links as Linux follows
        found = _OF_THIS_PROCESS.fullmatch(os.path.realpath(path.parent))
        is_ours = found is not None and found["process"] in {None, str(os.getpid())}
        if is_ours and path.name.isdigit():
            return int(path.name)
        if not path.is_symlink():
            return None
        path = path.parent / path.readlink()
    return None


def _status(path: Path) -> os.stat_result | None:
    """Return what lies there, of a link what it leads to; None where nothing does."""
    try:
        return path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise OSError(errno.ENOENT, f"it is a link to {path.readlink()}, which is not there") from None
        if not path.parent.is_dir():
            raise OSError(errno.ENOENT, f"there is no folder {path.parent}") from None
        return None


def _check_place(place: Path, found: os.stat_result | None) -> None:
    if found is not None and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if found is not None and not os.path.samestat(place.stat(), found):
        raise OSError(errno.ESTALE, "the file that it leads to has no name any more")
    if not os.access(place.parent, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, f"no file can be made in {place.parent}")


def _replace(place: Path, data: bytes, found: os.stat_result | None, *, new_mode: int, only_new: bool) -> None:
    """Write beside the place, in the same folder, so that the last step is one of the file system alone."""
    _check_place(place, found)
    temporary = place.parent / f".aurora-{secrets.token_hex(8)}"  # short: the file's own name may be as long as allowed
    number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if found is not None else new_mode)
    try:
        with os.fdopen(number, "wb") as file:
            if found is not None:
                _take_over(number, found)
            file.write(data)
            file.flush()
            os.fsync(number)
        if only_new:
            place.hardlink_to(temporary)  # unlike a rename it refuses to replace what has come meanwhile
        else:
            temporary.replace(place)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _take_over(number: int, found: os.stat_result) -> None:
    """Give a new file the owner and the mode of the one in whose place it comes."""
    own = os.fstat(number)
    if (own.st_uid, own.st_gid) != (found.st_uid, found.st_gid):
        try:
            os.fchown(number, found.st_uid, found.st_gid)
        except PermissionError:
            raise PermissionError(errno.EPERM, "it belongs to another user or group, and would be yours then") from None
    os.fchmod(number, stat.S_IMODE(found.st_mode))


def _write_through(path: Path, data: bytes, mode: int) -> None:
    if not (stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)):
        raise OSError(errno.EINVAL, _kind(mode))
    try:
        number = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ENXIO and stat.S_ISFIFO(mode):
            raise OSError(errno.ENXIO, "it is a FIFO that nobody reads") from None
        raise
    with os.fdopen(number, "wb") as stream:
        os.set_blocking(number, True)
        stream.write(data)


def _kind(mode: int) -> str:
    kinds = {stat.S_IFDIR: "folder", stat.S_IFBLK: "block device", stat.S_IFSOCK: "socket"}
    return f"it is a {kinds.get(stat.S_IFMT(mode), 'special file')}"
