"""Which source each provider gets: registry, mirror, stand-in, or a sentence on what is missing."""

import zipfile
from pathlib import Path

import pytest

from local_aws.terraform_configuration import REGISTRY
from tests.terraform_providers import finding
from tests.terraform_providers.finding import AWS, MAJOR_VERSIONS, RANDOM, TerraformProviders, find_terraform_providers
from tests.terraform_providers.mirror_search import STAND_IN_VERSION, terraform_platform
from tests.terraform_providers.test_mirror_search import unpacked

WANTED = f"{MAJOR_VERSIONS[AWS]}.100.0"
STAND_IN = f"{RANDOM}: stand-in, {STAND_IN_VERSION}, by the PyPI package tf"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return a folder that is searched for mirrors."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def find(folder: Path, elsewhere: Path, **environ: str) -> TerraformProviders:
    return find_terraform_providers(folder, {"HOME": "/nonexistent"} | environ, offline=True, search_root=elsewhere)


def offered(folder: Path, address: str, version: str) -> Path:
    return folder / "mirror" / REGISTRY / address / version / terraform_platform()


def test_where_the_registry_answers_there_is_nothing_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "registry_answers", lambda: True)

    found = find_terraform_providers(tmp_path / "written")

    assert [source.kind for source in found.sources] == ["registry", "registry"]
    assert (found.cli_configuration, found.environment) == (None, {})
    assert not (tmp_path / "written").exists()


def test_without_a_registry_a_mirror_and_the_stand_in_are_offered(tmp_path: Path, elsewhere: Path) -> None:
    package = unpacked(elsewhere, WANTED)

    found = find(tmp_path, elsewhere)

    assert [str(source) for source in found.sources] == [f"{AWS}: mirror, {WANTED} in {package}", STAND_IN]
    assert found.missing is None
    assert offered(tmp_path, AWS, WANTED).resolve() == package
    assert list(offered(tmp_path, RANDOM, STAND_IN_VERSION).iterdir())
    assert found.cli_configuration is not None
    assert f'path = "{tmp_path / "mirror"}"' in found.cli_configuration.read_text()
    assert found.environment["TF_CLI_CONFIG_FILE"] == str(found.cli_configuration)


def test_the_real_random_provider_is_used_where_the_mirror_has_it(tmp_path: Path, elsewhere: Path) -> None:
    unpacked(elsewhere, WANTED)
    real = unpacked(elsewhere, "3.7.2", address=RANDOM)

    found = find(tmp_path, elsewhere)

    assert found.random.kind == "mirror"
    assert offered(tmp_path, RANDOM, "3.7.2").resolve() == real


def test_what_was_written_before_is_no_source_of_the_real_random_provider(tmp_path: Path, elsewhere: Path) -> None:
    package = unpacked(elsewhere, WANTED)
    before = find(tmp_path / "before", elsewhere)

    again = find(tmp_path / "again", elsewhere, **before.environment)

    assert [str(source) for source in again.sources] == [f"{AWS}: mirror, {WANTED} in {package}", STAND_IN]


def test_a_packed_provider_is_unpacked(tmp_path: Path, elsewhere: Path) -> None:
    package = elsewhere / REGISTRY / AWS / f"terraform-provider-aws_{WANTED}_{terraform_platform()}.zip"
    package.parent.mkdir(parents=True)
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr(f"terraform-provider-aws_v{WANTED}_x5", "#!/bin/sh\n")

    find(tmp_path, elsewhere)

    [executable] = offered(tmp_path, AWS, WANTED).iterdir()
    assert executable.stat().st_mode & 0o111


def test_a_missing_aws_provider_is_told_with_a_remedy(tmp_path: Path, elsewhere: Path) -> None:
    unpacked(elsewhere, f"{MAJOR_VERSIONS[AWS] + 1}.1.0")

    missing = find(tmp_path, elsewhere).missing

    assert missing is not None
    assert missing.startswith("hashicorp/aws: missing, registry.terraform.io does not answer")
    assert "terraform providers mirror" in missing
