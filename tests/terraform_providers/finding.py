"""Finds providers for tests: of the registry, else of a mirror on this machine, else a stand-in for hashicorp/random.

The product does nothing of the kind: `make local-deploy` goes by what the user has configured.
"""

import os
import shlex
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal

from local_aws.process import PROJECT
from local_aws.programs import engine
from local_aws.terraform_configuration import REGISTRY, VARIABLE, configuration_variables, registry_answers
from tests.terraform_providers.mirror_search import (
    STAND_IN_VERSION,
    Package,
    find_package,
    named_mirrors,
    search,
    terraform_platform,
)

AWS = "hashicorp/aws"
RANDOM = "hashicorp/random"
MAJOR_VERSIONS = {AWS: 6 if engine() == "cdktn" else 5, RANDOM: 3}

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
    def environment(self) -> dict[str, str]:
        """What to add to the environment of Terraform, and of a cdktf that runs it."""
        return configuration_variables(self.cli_configuration)


def find_terraform_providers(
    folder: Path,
    environ: Mapping[str, str] = os.environ,
    *,
    offline: bool = False,
    search_root: Path = Path("/"),
    aws_major: int = MAJOR_VERSIONS[AWS],
) -> TerraformProviders:
    """Find both providers; where the registry does not answer, write a mirror and a CLI configuration to `folder`.

    `folder` is new. `offline` skips the question to the registry. The folders below `search_root` are searched, within
    bounds, for what no mirror has that the user's own CLI configuration names.
    """
    if not offline and registry_answers():
        answer = f"{REGISTRY} answers"
        return TerraformProviders(
            ProviderSource(AWS, "registry", answer), ProviderSource(RANDOM, "registry", answer), None
        )
    mirror = folder.absolute() / "mirror"
    named = list(named_mirrors(environ))
    aws = find_package(AWS, aws_major, chain(named, search(search_root)))
    random = find_package(RANDOM, MAJOR_VERSIONS[RANDOM], [*named, *([aws.host] if aws else [])])
    configuration = folder.absolute() / "terraform.rc"
    random_source = _offered(random, mirror) if random else _stand_in(mirror)
    configuration.write_text(
        "# Written for tests: the registry did not answer.\n"
        "disable_checkpoint = true\n"
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
    )
    return TerraformProviders(_offered(aws, mirror) if aws else _missing_aws(aws_major), random_source, configuration)


def _missing_aws(major: int) -> ProviderSource:
    return ProviderSource(
        AWS,
        "missing",
        f"{REGISTRY} does not answer, and no mirror with version {major} for {terraform_platform()} was "
        "found; connect to the registry, or fill a mirror elsewhere with `terraform providers mirror` and name it in "
        f"the file that {VARIABLE} names",
    )


def _offered(package: Package, mirror: Path) -> ProviderSource:
    """Put a package into our mirror, unpacked, so that `terraform init` links it instead of copying it."""
    _place(mirror, package.address, package.version, _unpacked(package, mirror) if package.is_packed else package.path)
    return ProviderSource(package.address, "mirror", f"{package.version} in {package.path}")


def _unpacked(package: Package, mirror: Path) -> Path:
    unpacked = mirror.parent / "unpacked" / package.path.stem
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(unpacked)
    for executable in unpacked.glob("terraform-provider-*"):
        executable.chmod(0o755)
    return unpacked


def _place(mirror: Path, address: str, version: str, target: Path) -> None:
    place = mirror / REGISTRY / address / version / terraform_platform()
    place.parent.mkdir(parents=True)
    place.symlink_to(target)


def _stand_in(mirror: Path) -> ProviderSource:
    """Offer the stand-in for hashicorp/random: a shell script that runs it with this Python."""
    folder = mirror.parent / "stand-in"
    home = folder / "home"
    package = folder / "package"
    for needed in (home, package):
        needed.mkdir(parents=True)
    script = package / f"terraform-provider-random_v{STAND_IN_VERSION}"
    script.write_text(
        "#!/bin/sh\n"
        "# A stand-in for hashicorp/random, written for tests: the real provider could not be had.\n"
        "# Its framework keeps a certificate under HOME, and shall not do so in the user's.\n"
        f"export HOME={shlex.quote(str(home))} PYTHONPATH={shlex.quote(str(PROJECT))}\n"
        f"exec {shlex.quote(sys.executable)} -m tests.terraform_providers.random_stand_in\n"
    )
    script.chmod(0o755)
    _place(mirror, RANDOM, STAND_IN_VERSION, package)
    return ProviderSource(RANDOM, "stand-in", f"{STAND_IN_VERSION}, by the PyPI package tf")
