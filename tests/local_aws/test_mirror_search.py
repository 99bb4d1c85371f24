"""Where provider packages are looked for on this machine, and which are taken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local_aws import mirror_search
from local_aws.mirror_search import HOST, find_packages, terraform_platform

AWS = "hashicorp/aws"
NOTHING_ELSE: dict[str, str] = {
    "HOME": "/nonexistent",
    "XDG_DATA_HOME": "/nonexistent",
    "XDG_DATA_DIRS": "/nonexistent",
}


def unpacked(mirror: Path, version: str = "5.100.0", platform: str | None = None, address: str = AWS) -> Path:
    package = mirror / HOST / address / version / (platform or terraform_platform())
    package.mkdir(parents=True)
    (package / f"terraform-provider-{address.rpartition('/')[2]}_v{version}_x5").touch()
    return package


def packed(mirror: Path, version: str = "5.100.0") -> Path:
    package = mirror / HOST / AWS / f"terraform-provider-aws_{version}_{terraform_platform()}.zip"
    package.parent.mkdir(parents=True, exist_ok=True)
    package.touch()
    return package


@pytest.mark.parametrize("layout", [unpacked, packed])
def test_both_layouts_are_found_by_searching(tmp_path: Path, layout: Callable[[Path], Path]) -> None:
    package = layout(tmp_path / "somewhere" / "plugins")

    [found] = find_packages(AWS, 5, NOTHING_ELSE, search_root=tmp_path)

    assert (found.path, found.version) == (package, "5.100.0")


def test_the_mirror_of_the_cli_configuration_comes_first(tmp_path: Path) -> None:
    configured = unpacked(tmp_path / "configured", "5.99.0")
    unpacked(tmp_path / "elsewhere", "5.100.0")
    configuration = tmp_path / "terraform.rc"
    configuration.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}/configured"\n  }}\n}}'
    )

    [found] = find_packages(AWS, 5, NOTHING_ELSE | {"TF_CLI_CONFIG_FILE": str(configuration)}, search_root=tmp_path)

    assert found.path == configured


def test_a_cli_configuration_that_does_not_exist_is_passed_over(tmp_path: Path) -> None:
    package = unpacked(tmp_path / "mirror")
    environ = NOTHING_ELSE | {"TF_CLI_CONFIG_FILE": str(tmp_path / "missing.rc")}

    assert [found.path for found in find_packages(AWS, 5, environ, search_root=tmp_path)] == [package]


@pytest.mark.parametrize(
    ("folder", "variable"),
    [("cache", "TF_PLUGIN_CACHE_DIR"), (".terraform.d/plugins", "HOME"), ("terraform/plugins", "XDG_DATA_HOME")],
)
def test_terraform_s_own_places_are_looked_at_without_a_search(tmp_path: Path, folder: str, variable: str) -> None:
    package = unpacked(tmp_path / folder)
    environ = NOTHING_ELSE | {variable: str(tmp_path / folder if variable == "TF_PLUGIN_CACHE_DIR" else tmp_path)}

    assert [found.path for found in find_packages(AWS, 5, environ, search_root=None)] == [package]


def test_the_newest_version_comes_first(tmp_path: Path) -> None:
    for version in ("5.9.0", "5.100.0", "5.31.0"):
        unpacked(tmp_path, version)

    found = find_packages(AWS, 5, NOTHING_ELSE, search_root=tmp_path)

    assert [package.version for package in found] == ["5.100.0", "5.31.0", "5.9.0"]


def test_a_mirror_with_another_major_version_is_passed_by(tmp_path: Path) -> None:
    unpacked(tmp_path / "a", "6.1.0")
    unpacked(tmp_path / "b", "5.100.0")

    assert [found.version for found in find_packages(AWS, 5, NOTHING_ELSE, search_root=tmp_path)] == ["5.100.0"]


def test_other_versions_are_told_where_no_usable_one_exists(tmp_path: Path) -> None:
    unpacked(tmp_path, "6.1.0")

    assert [found.version for found in find_packages(AWS, 5, NOTHING_ELSE, search_root=tmp_path)] == ["6.1.0"]


def test_another_platform_s_package_is_passed_over(tmp_path: Path) -> None:
    unpacked(tmp_path, platform="plan9_mips")

    assert find_packages(AWS, 5, NOTHING_ELSE, search_root=tmp_path) == []


def test_an_empty_package_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / HOST / AWS / "5.100.0" / terraform_platform()).mkdir(parents=True)

    assert find_packages(AWS, 5, NOTHING_ELSE, search_root=tmp_path) == []


def test_a_folder_that_anybody_can_write_to_is_passed_over(tmp_path: Path) -> None:
    unpacked(tmp_path)
    (tmp_path / HOST / AWS).chmod(0o777)

    assert find_packages(AWS, 5, NOTHING_ELSE, search_root=tmp_path) == []


def test_a_mirror_of_our_own_is_no_source(tmp_path: Path) -> None:
    unpacked(tmp_path)
    (tmp_path / mirror_search.OWN_MIRROR_MARK).touch()
    configuration = tmp_path / "terraform.rc"
    configuration.write_text(f'provider_installation {{ filesystem_mirror {{ path = "{tmp_path}" }} }}')

    environ = NOTHING_ELSE | {"TF_CLI_CONFIG_FILE": str(configuration)}
    assert find_packages(AWS, 5, environ, search_root=tmp_path) == []


def test_the_search_ends_at_its_depth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked(tmp_path / "one" / "two" / "three")
    monkeypatch.setattr(mirror_search, "SEARCH_DEPTH", 2)

    assert find_packages(AWS, 5, NOTHING_ELSE, search_root=tmp_path) == []


def test_the_search_ends_after_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked(tmp_path)
    monkeypatch.setattr(mirror_search, "SEARCH_SECONDS", 0.0)

    assert find_packages(AWS, 5, NOTHING_ELSE, search_root=tmp_path) == []


def test_a_search_of_nothing_finds_nothing(tmp_path: Path) -> None:
    assert find_packages(AWS, 5, NOTHING_ELSE, search_root=tmp_path / "missing") == []
