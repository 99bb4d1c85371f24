"""Which source each provider gets: registry, mirror, stand-in, or a sentence on what is missing."""

import importlib.util
import urllib.request
import zipfile
from pathlib import Path

import pytest

from local_aws import terraform_providers
from local_aws.mirror_search import HOST, terraform_platform
from local_aws.random_provider import VERSION
from local_aws.terraform_providers import AWS, RANDOM, find_terraform_providers
from tests.local_aws.test_mirror_search import NOTHING_ELSE, unpacked


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return a folder that is searched for mirrors."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def offered(folder: Path, address: str, version: str) -> Path:
    return folder / "mirror" / HOST / address / version / terraform_platform()


def test_where_the_registry_answers_there_is_nothing_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terraform_providers, "registry_answers", lambda: True)

    found = find_terraform_providers(tmp_path / "written", NOTHING_ELSE)

    assert [source.kind for source in found.sources] == ["registry", "registry"]
    assert found.registry_answers
    assert found.cli_configuration is None
    assert found.environment == {}
    assert not (tmp_path / "written").exists()


def test_without_a_registry_a_mirror_and_the_stand_in_are_offered(tmp_path: Path, elsewhere: Path) -> None:
    package = unpacked(elsewhere)

    found = find_terraform_providers(tmp_path, NOTHING_ELSE, offline=True, search_root=elsewhere)

    assert [str(source) for source in found.sources] == [
        f"{AWS}: mirror, 5.100.0 in {package}",
        f"{RANDOM}: stand-in, {VERSION} of local_aws, by the PyPI package tf",
    ]
    assert found.missing is None
    assert not found.registry_answers
    assert offered(tmp_path, AWS, "5.100.0").resolve() == package
    assert list(offered(tmp_path, RANDOM, VERSION).iterdir())
    assert found.cli_configuration is not None
    assert f'path = "{tmp_path / "mirror"}"' in found.cli_configuration.read_text()
    assert found.environment["TF_CLI_CONFIG_FILE"] == str(found.cli_configuration)


def test_the_real_random_provider_is_used_where_the_mirror_has_it(tmp_path: Path, elsewhere: Path) -> None:
    unpacked(elsewhere)
    real = unpacked(elsewhere, "3.7.2", address=RANDOM)

    found = find_terraform_providers(tmp_path, NOTHING_ELSE, offline=True, search_root=elsewhere)

    assert found.random.kind == "mirror"
    assert offered(tmp_path, RANDOM, "3.7.2").resolve() == real


def test_the_real_random_provider_takes_the_place_of_the_stand_in(tmp_path: Path, elsewhere: Path) -> None:
    unpacked(elsewhere)
    find_terraform_providers(tmp_path, NOTHING_ELSE, offline=True, search_root=elsewhere)
    unpacked(elsewhere, "3.7.2", address=RANDOM)

    find_terraform_providers(tmp_path, NOTHING_ELSE, offline=True, search_root=elsewhere)

    assert [folder.name for folder in (tmp_path / "mirror" / HOST / RANDOM).iterdir()] == ["3.7.2"]


def test_finding_again_with_what_was_exported_changes_nothing(tmp_path: Path, elsewhere: Path) -> None:
    package = unpacked(elsewhere)
    first = find_terraform_providers(tmp_path, NOTHING_ELSE, offline=True, search_root=elsewhere)

    again = find_terraform_providers(tmp_path, NOTHING_ELSE | first.environment, offline=True, search_root=elsewhere)

    assert again == first
    assert offered(tmp_path, AWS, "5.100.0").resolve() == package


def test_a_packed_provider_is_unpacked_once(tmp_path: Path, elsewhere: Path) -> None:
    package = elsewhere / HOST / AWS / f"terraform-provider-aws_5.100.0_{terraform_platform()}.zip"
    package.parent.mkdir(parents=True)
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("terraform-provider-aws_v5.100.0_x5", "#!/bin/sh\n")

    for _ in range(2):
        find_terraform_providers(tmp_path, NOTHING_ELSE, offline=True, search_root=elsewhere)

    [executable] = offered(tmp_path, AWS, "5.100.0").iterdir()
    assert executable.stat().st_mode & 0o111


def test_a_missing_aws_provider_is_told_with_a_way_out(tmp_path: Path, elsewhere: Path) -> None:
    found = find_terraform_providers(tmp_path, NOTHING_ELSE, offline=True, search_root=elsewhere)

    assert found.aws.kind == "missing"
    assert found.missing is not None
    assert found.missing.startswith("hashicorp/aws: missing, registry.terraform.io does not answer")
    assert "terraform providers mirror" in found.missing


def test_a_mirror_of_another_major_version_is_named(tmp_path: Path, elsewhere: Path) -> None:
    unpacked(elsewhere, "6.1.0")

    found = find_terraform_providers(tmp_path, NOTHING_ELSE, offline=True, search_root=elsewhere)

    assert found.missing is not None
    assert "only 6.1.0 was found" in found.missing


def test_a_missing_framework_for_the_stand_in_is_told(
    tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked(elsewhere)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tf" else 1)

    found = find_terraform_providers(tmp_path, NOTHING_ELSE, offline=True, search_root=elsewhere)

    assert found.random.kind == "missing"
    assert found.missing is not None
    assert "pip install" in found.missing


@pytest.mark.parametrize("failure", [OSError("no route"), ValueError("not a URL")])
def test_a_registry_that_fails_does_not_answer(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(urllib.request, "urlopen", fail)
    terraform_providers.registry_answers.cache_clear()
    try:
        assert terraform_providers.registry_answers() is False
    finally:
        terraform_providers.registry_answers.cache_clear()
