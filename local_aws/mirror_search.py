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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HOST = "registry.terraform.io"

# A file in each mirror that local_aws writes: those hold links and a stand-in, and are no source themselves,
# though TF_CLI_CONFIG_FILE names one wherever a user has exported what `serve` says.
OWN_MIRROR_MARK = "written-by-local-aws"

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
        """The first number of the version; None for what is no released version."""
        return next(iter(version_key(self.version)), None)


def terraform_platform() -> str:
    """Return this machine's platform as Terraform names it, such as linux_amd64."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_MACHINES.get(machine, machine)}"


def version_key(version: str) -> tuple[int, ...]:
    """Return what released versions are compared by; anything else sorts below them."""
    return tuple(map(int, version.split("."))) if re.fullmatch(r"\d+(\.\d+)*", version) else ()


def find_packages(
    address: str,
    major: int,
    environ: Mapping[str, str],
    *,
    beside: Path | None = None,
    search_root: Path | None = Path("/"),
) -> list[Package]:
    """Return the packages of one major version of provider `address`, such as hashicorp/aws, newest first.

    They are those of the first mirror that has any; where none has, what was found of other versions is returned.
    Looked at, in this order: the filesystem mirrors of the user's Terraform CLI configuration, the plugin cache,
    the mirrors that Terraform implies, the mirror `beside` which another provider was found, and at last every
    folder below `search_root` (None: not at all) within bounds. A folder that others than root or this user may
    have filled is passed over: providers are executed.
    """
    others: list[Package] = []
    for host in _hosts(environ, beside, search_root):
        packages = _packages_of(host, address)
        if usable := [package for package in packages if package.major == major]:
            return usable
        others += packages
    return others


def _hosts(environ: Mapping[str, str], beside: Path | None, search_root: Path | None) -> Iterator[Path]:
    yield from (mirror / HOST for mirror in _known_mirrors(environ) if not (mirror / OWN_MIRROR_MARK).exists())
    if beside is not None:
        yield beside
    if search_root is not None:
        yield from _search(search_root)


def _known_mirrors(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environ.get("HOME") or Path.home())
    configuration = Path(environ.get("TF_CLI_CONFIG_FILE") or home / ".terraformrc")
    if configuration.is_file():
        text = configuration.read_text(errors="replace")
        for block in re.findall(r"filesystem_mirror\s*\{(.*?)\}", text, re.DOTALL):
            yield from (Path(path).expanduser() for path in re.findall(r'path\s*=\s*"([^"]+)"', block))
        yield from (Path(path).expanduser() for path in re.findall(r'plugin_cache_dir\s*=\s*"([^"]+)"', text))
    if cache := environ.get("TF_PLUGIN_CACHE_DIR"):
        yield Path(cache).expanduser()
    yield Path("terraform.d/plugins").absolute()
    yield home / ".terraform.d/plugins"
    data_folders = (environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    for folder in (environ.get("XDG_DATA_HOME") or str(home / ".local/share"), *data_folders):
        yield Path(folder) / "terraform/plugins"


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


def _search(root: Path) -> Iterator[Path]:
    """Yield folders named like the registry below `root`, the shallow ones first, on this file system only."""
    end = time.monotonic() + SEARCH_SECONDS
    try:
        device = root.stat().st_dev
    except OSError:
        return
    waiting = deque([(root, 0)])
    while waiting and time.monotonic() < end:
        folder, depth = waiting.popleft()
        for child in _folders_in(folder, device, at_root=depth == 0):
            if child.name == HOST:
                if not (folder / OWN_MIRROR_MARK).exists():
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
