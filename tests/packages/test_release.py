"""Which package a tag releases, and the zip for a Lambda layer."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from packages.package import PACKAGES, UnknownTagError, package_of_tag, write_layer

pytestmark = pytest.mark.xdist_group("packages")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_tag_releases_the_package_that_it_names(name: str) -> None:
    tag = f"{name}-v{PACKAGES[name].version}"
    assert package_of_tag(tag) is package_of_tag(f"refs/tags/{tag}") is PACKAGES[name]


@pytest.mark.parametrize("tag", ["v0.1.0", "nothing-v0.1.0", "aurora-serverless", "refs/heads/main"])
def test_a_tag_of_no_package_is_refused_with_the_names(tag: str) -> None:
    with pytest.raises(UnknownTagError, match=r"names no package; write NAME-vVERSION.* cdktf-fast-start"):
        package_of_tag(tag)


def test_a_tag_of_another_version_is_refused_with_both() -> None:
    version = PACKAGES["cdktf-fast-start"].version
    with pytest.raises(UnknownTagError, match=rf"-v9\.9\.9: .*pyproject.toml has version {version}; .*-v{version}$"):
        package_of_tag("cdktf-fast-start-v9.9.9")


def test_a_layer_has_the_wheel_where_lambda_looks_and_the_same_bytes_each_time(
    wheels: Mapping[str, Path], tmp_path: Path
) -> None:
    wheel = wheels["aurora-serverless"]
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    for layer in (first, second):
        write_layer(wheel, layer)
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(first) as written:
        assert {f"python/{name}": source.read(name) for name in source.namelist()} == {
            name: written.read(name) for name in written.namelist()
        }
