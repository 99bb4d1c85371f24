"""Decides where Terraform gets its providers from: the registry, else a mirror on this machine, else a stand-in."""

import functools
import importlib.util
import os
import shlex
import shutil
import sys
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from local_aws.mirror_search import HOST, OWN_MIRROR_MARK, Package, find_packages, terraform_platform

AWS = "hashicorp/aws"
RANDOM = "hashicorp/random"
MAJOR_VERSIONS = {AWS: 5, RANDOM: 3}

PROBE_SECONDS = 3.0
PROJECT = Path(__file__).resolve().parents[1]

Kind = Literal["registry", "mirror", "stand-in", "missing"]


@dataclass(frozen=True)
class ProviderSource:
    """Where one provider comes from; for a missing one `detail` says why, and what to do."""

    address: str
    kind: Kind
    detail: str

    def __str__(self) -> str:
        return f"{self.address}: {self.kind}, {self.detail}"


@dataclass(frozen=True)
class TerraformProviders:
    """Where the providers come from, and the CLI configuration file that makes Terraform take them from there.

    `cli_configuration` is None where the registry answers: Terraform then needs no help.
    """

    aws: ProviderSource
    random: ProviderSource
    cli_configuration: Path | None

    @property
    def sources(self) -> tuple[ProviderSource, ProviderSource]:
        """Both sources, for printing."""
        return self.aws, self.random

    @property
    def missing(self) -> str | None:
        """Why Terraform cannot run here, in a sentence, or None when it can."""
        return next((str(source) for source in self.sources if source.kind == "missing"), None)

    @property
    def registry_answers(self) -> bool:
        """Whether `terraform providers lock`, and so cdktf without --skip-provider-lock, can work."""
        return self.cli_configuration is None and self.missing is None

    @property
    def environment(self) -> dict[str, str]:
        """What to add to the environment of Terraform, and of a cdktf that runs it."""
        if self.cli_configuration is None:
            return {}
        # The plugin cache, which cdktf turns on, would keep links to our mirror in the user's home.
        return {"TF_CLI_CONFIG_FILE": str(self.cli_configuration), "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "true"}


def find_terraform_providers(
    folder: Path,
    environ: Mapping[str, str] = os.environ,
    *,
    offline: bool = False,
    search_root: Path | None = Path("/"),
) -> TerraformProviders:
    """Find both providers; where the registry does not answer, write a mirror and a CLI configuration to `folder`.

    `offline` skips the question to the registry. `search_root` is as for `mirror_search.find_packages`.
    """
    if not offline and registry_answers():
        answer = f"{HOST} answers"
        return TerraformProviders(
            ProviderSource(AWS, "registry", answer), ProviderSource(RANDOM, "registry", answer), None
        )
    mirror = folder.absolute() / "mirror"
    mirror.mkdir(parents=True, exist_ok=True)
    (mirror / OWN_MIRROR_MARK).touch()
    aws = find_packages(AWS, MAJOR_VERSIONS[AWS], environ, search_root=search_root)
    beside = aws[0].host if aws else None
    random = find_packages(RANDOM, MAJOR_VERSIONS[RANDOM], environ, beside=beside, search_root=None)
    random_source = _from_mirror(RANDOM, random, mirror)
    if random_source.kind == "missing":
        random_source = _stand_in(mirror)
    configuration = folder.absolute() / "terraform.rc"
    configuration.write_text(
        "# Written by local_aws: the registry did not answer.\n"
        "disable_checkpoint = true\n"
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
    )
    return TerraformProviders(_from_mirror(AWS, aws, mirror), random_source, configuration)


@functools.cache
def registry_answers() -> bool:
    """Whether Terraform's registry answers within PROBE_SECONDS; asked once in a process."""
    answers: list[bool] = []
    # In a thread, because no timeout of urllib's holds for the look-up of the name.
    probe = threading.Thread(target=lambda: answers.append(_registry_found()), daemon=True)
    probe.start()
    probe.join(PROBE_SECONDS)
    return answers == [True]


def _registry_found() -> bool:
    try:
        with urllib.request.urlopen(f"https://{HOST}/.well-known/terraform.json", timeout=PROBE_SECONDS) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004
    except (OSError, urllib.error.URLError, ValueError):
        return False


def _from_mirror(address: str, packages: list[Package], mirror: Path) -> ProviderSource:
    major = MAJOR_VERSIONS[address]
    usable = [package for package in packages if package.major == major]
    if usable:
        _offer(usable[0], mirror)
        return ProviderSource(address, "mirror", f"{usable[0].version} in {usable[0].path}")
    found = f"only {', '.join(package.version for package in packages)} was found" if packages else "none was found"
    return ProviderSource(
        address,
        "missing",
        f"{HOST} does not answer, and of mirrors with version {major} for {terraform_platform()} {found}; "
        "connect to the registry, or fill a mirror elsewhere with `terraform providers mirror` and name it in "
        "the file that TF_CLI_CONFIG_FILE names",
    )


def _offer(package: Package, mirror: Path) -> None:
    """Put a package into our mirror, unpacked, so that `terraform init` links it instead of copying it."""
    _place(mirror, package.address, package.version, _unpacked(package, mirror) if package.is_packed else package.path)


def _unpacked(package: Package, mirror: Path) -> Path:
    unpacked = mirror.parent / "unpacked" / package.path.stem
    if not unpacked.is_dir():
        partial = unpacked.with_name(f"{unpacked.name}.{os.getpid()}")
        with zipfile.ZipFile(package.path) as archive:
            archive.extractall(partial)
        for executable in partial.glob("terraform-provider-*"):
            executable.chmod(0o755)
        partial.rename(unpacked)
    return unpacked


def _place(mirror: Path, address: str, version: str, target: Path) -> None:
    """Make `target` the only package of a provider; a link that is right stays, because a Terraform may be using it."""
    provider = mirror / HOST / address
    place = provider / version / terraform_platform()
    if place.is_symlink() and place.readlink() == target:
        return
    shutil.rmtree(provider, ignore_errors=True)
    place.parent.mkdir(parents=True)
    place.symlink_to(target)


def _stand_in(mirror: Path) -> ProviderSource:
    """Offer the stand-in for hashicorp/random: a shell script that runs it with this Python."""
    if importlib.util.find_spec("tf") is None:
        return ProviderSource(
            RANDOM,
            "missing",
            f"{HOST} does not answer, no mirror has it, and its stand-in needs the PyPI package tf: "
            "run `pip install -r requirements-dev.txt`",
        )
    from local_aws.random_provider import VERSION  # noqa: PLC0415  # it imports tf, which may be missing

    folder = mirror.parent / "stand-in"
    home = folder / "home"
    package = folder / "package"
    for needed in (home, package):
        needed.mkdir(parents=True, exist_ok=True)
    script = package / f"terraform-provider-random_v{VERSION}"
    text = (
        "#!/bin/sh\n"
        "# A stand-in for hashicorp/random, written by local_aws: the real provider could not be had.\n"
        "# Its framework keeps a certificate under HOME, and shall not do so in the user's.\n"
        f"export HOME={shlex.quote(str(home))} PYTHONPATH={shlex.quote(str(PROJECT))}\n"
        f"exec {shlex.quote(sys.executable)} -m local_aws.random_provider\n"
    )
    if not script.is_file() or script.read_text() != text:
        script.write_text(text)
        script.chmod(0o755)
    _place(mirror, RANDOM, VERSION, package)
    return ProviderSource(RANDOM, "stand-in", f"{VERSION} of local_aws, by the PyPI package tf")
