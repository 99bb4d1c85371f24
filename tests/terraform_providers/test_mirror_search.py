"""Where provider packages are looked for on this machine, and which are taken."""

from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from local_aws.terraform_configuration import REGISTRY
from tests.terraform_providers import mirror_search
from tests.terraform_providers.mirror_search import Package, find_package, named_mirrors, search, terraform_platform

AWS = "hashicorp/aws"


def unpacked(mirror: Path, version: str = "5.100.0", platform: str | None = None, address: str = AWS) -> Path:
    package = mirror / REGISTRY / address / version / (platform or terraform_platform())
    package.mkdir(parents=True)
    (package / f"terraform-provider-{address.rpartition('/')[2]}_v{version}_x5").touch()
    return package


def packed(mirror: Path, version: str = "5.100.0") -> Path:
    package = mirror / REGISTRY / AWS / f"terraform-provider-aws_{version}_{terraform_platform()}.zip"
    package.parent.mkdir(parents=True, exist_ok=True)
    package.touch()
    return package


def found(root: Path, environ: dict[str, str] | None = None) -> Package | None:
    return find_package(AWS, 5, chain(named_mirrors(environ or {"HOME": "/nonexistent"}), search(root)))


@pytest.mark.parametrize("layout", [unpacked, packed])
def test_both_layouts_are_found_by_searching(tmp_path: Path, layout: Callable[[Path], Path]) -> None:
    package = layout(tmp_path / "somewhere" / "plugins")

    assert found(tmp_path) == Package(AWS, "5.100.0", package, tmp_path / "somewhere" / "plugins" / REGISTRY)


def test_the_mirror_of_the_cli_configuration_comes_first(tmp_path: Path) -> None:
    configured = unpacked(tmp_path / "configured", "5.99.0")
    unpacked(tmp_path / "a", "5.100.0")
    configuration = tmp_path / "terraform.rc"
    configuration.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}/configured"\n  }}\n}}'
    )

    package = found(tmp_path, {"TF_CLI_CONFIG_FILE": str(configuration)})

    assert package is not None
    assert package.path == configured


def test_a_cli_configuration_that_does_not_exist_is_passed_over(tmp_path: Path) -> None:
    unpacked(tmp_path / "mirror")

    assert found(tmp_path, {"TF_CLI_CONFIG_FILE": str(tmp_path / "missing.rc")})


def test_the_newest_version_is_taken(tmp_path: Path) -> None:
    for version in ("5.9.0", "5.100.0", "5.31.0"):
        unpacked(tmp_path, version)

    package = found(tmp_path)

    assert package is not None
    assert package.version == "5.100.0"


def test_a_mirror_with_another_major_version_is_passed_by(tmp_path: Path) -> None:
    unpacked(tmp_path / "a", "6.1.0")
    assert found(tmp_path) is None

    unpacked(tmp_path / "b", "5.100.0")
    assert found(tmp_path)


def test_another_platform_s_package_is_passed_over(tmp_path: Path) -> None:
    unpacked(tmp_path, platform="plan9_mips")

    assert found(tmp_path) is None


def test_an_empty_package_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / REGISTRY / AWS / "5.100.0" / terraform_platform()).mkdir(parents=True)

    assert found(tmp_path) is None


def test_a_folder_that_anybody_can_write_to_is_passed_over(tmp_path: Path) -> None:
    unpacked(tmp_path)
    (tmp_path / REGISTRY / AWS).chmod(0o777)

    assert found(tmp_path) is None


def test_the_search_ends_at_its_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked(tmp_path / "one" / "two" / "three")
    monkeypatch.setattr(mirror_search, "SEARCH_DEPTH", 2)

    assert found(tmp_path) is None


def test_the_search_ends_after_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked(tmp_path)
    monkeypatch.setattr(mirror_search, "SEARCH_SECONDS", 0.0)

    assert found(tmp_path) is None
