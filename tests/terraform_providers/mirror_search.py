"""Finds packages of a Terraform provider that lie on this machine, for when the registry cannot be reached.

Two layouts exist, both under HOST/NAMESPACE/TYPE: unpacked, VERSION/PLATFORM/terraform-provider-TYPE_v…, and
packed, terraform-provider-TYPE_VERSION_PLATFORM.zip.
https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror
"""

import os
import platform
import re
import stat
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.terraform_configuration import REGISTRY, VARIABLE

# Satisfies `~> 3.5`, and no release will ever have it: `terraform version` shows that a stand-in is at work. A mirror
# that has one was written by an earlier search.
STAND_IN_VERSION = "3.999.0"

# How far the search of the file system goes at most: it is a last resort, and must not become a nuisance.
SEARCH_DEPTH = 7
SEARCH_SECONDS = 15.0

_SKIPPED_AT_ROOT = {"boot", "dev", "lost+found", "proc", "run", "sys", "tmp"}
_SKIPPED = {".cache", ".git", ".terraform", ".venv", "__pycache__", "node_modules", "site-packages"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "i386": "386", "i686": "386"}


@dataclass(frozen=True)
class Package:
    """One provider package on this machine: an unpacked folder, or a zip, in the mirror of one registry `host`."""

    address: str
    version: str
    path: Path
    host: Path

    @property
    def is_packed(self) -> bool:
        """Whether `path` is a zip."""
        return self.path.suffix == ".zip"

    @property
    def major(self) -> int | None:
        """The first number of the version; None for what is not a released version."""
        return None if self.version == STAND_IN_VERSION else next(iter(version_key(self.version)), None)


def terraform_platform() -> str:
    """Return this machine's platform as Terraform names it, such as linux_amd64."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_MACHINES.get(machine, machine)}"


def version_key(version: str) -> tuple[int, ...]:
    """Return what released versions are compared by; anything else sorts below them."""
    return tuple(map(int, version.split("."))) if re.fullmatch(r"\d+(\.\d+)*", version) else ()


def find_package(address: str, major: int, hosts: Iterable[Path]) -> Package | None:
    """Return the newest package of one major version of provider `address`, such as hashicorp/aws.

    It is of the first mirror that has any. A folder that others than root or this user may have filled is passed over:
    providers are executed.
    """
    found = (package for host in hosts for package in _packages_of(host, address) if package.major == major)
    return next(found, None)


def named_mirrors(environ: Mapping[str, str]) -> Iterator[Path]:
    """Return the mirrors of the registry that the user's Terraform CLI configuration names."""
    configuration = Path(environ.get(VARIABLE) or f"{environ.get('HOME', '')}/.terraformrc")
    if configuration.is_file():
        for block in re.findall(r"filesystem_mirror\s*\{(.*?)\}", configuration.read_text(errors="replace"), re.DOTALL):
            yield from (Path(path).expanduser() / REGISTRY for path in re.findall(r'path\s*=\s*"([^"]+)"', block))


def _packages_of(host: Path, address: str) -> list[Package]:
    """Return the packages for this platform in one mirror, the newest version first."""
    folder = host / address
    here = terraform_platform()
    kind = address.rpartition("/")[2]
    if not folder.is_dir() or not _is_trustworthy(folder):
        return []
    unpacked = [
        Package(address, path.parent.name, path.resolve(), host)
        for path in folder.glob(f"*/{here}")
        if any(path.glob(f"terraform-provider-{kind}*"))
    ]
    packed = [
        Package(address, path.name.split("_")[1], path.resolve(), host)
        for path in folder.glob(f"terraform-provider-{kind}_*_{here}.zip")
    ]
    return sorted(unpacked + packed, key=lambda package: version_key(package.version), reverse=True)


def _is_trustworthy(folder: Path) -> bool:
    status = folder.stat()
    return status.st_uid in (0, os.getuid()) and not status.st_mode & stat.S_IWOTH


def search(root: Path) -> Iterator[Path]:
    """Yield folders named like the registry below `root`, the shallow ones first, on this file system only."""
    end = time.monotonic() + SEARCH_SECONDS
    device = root.stat().st_dev
    waiting = deque([(root, 0)])
    while waiting and time.monotonic() < end:
        folder, depth = waiting.popleft()
        for child in _folders_in(folder, device, at_root=depth == 0):
            if child.name == REGISTRY:
                yield child
            elif depth + 1 < SEARCH_DEPTH:
                waiting.append((child, depth + 1))


def _folders_in(folder: Path, device: int, *, at_root: bool) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name in _SKIPPED or (at_root and entry.name in _SKIPPED_AT_ROOT):
            continue
        try:
            if entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_dev == device:
                yield Path(entry.path)
        except OSError:
            continue
