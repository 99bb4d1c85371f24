"""What Node is told to load before anything is imported: exactly what importing would tell it."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from cdktf_fast_start import ALWAYS_LOADED
from cdktf_fast_start.load_requests import load_requests

from tests.cdktf_fast_start.programs import output_of

pytestmark = pytest.mark.xdist_group("cdktf_fast_start")

ALL_PACKAGES = (
    *(package for package in ALWAYS_LOADED if find_spec(package)),
    "cdktf_cdktf_provider_aws",
    "cdktf_cdktf_provider_random",
)
LOAD = """
__jsii_assembly__ = jsii.JSIIAssembly.load(
    "some", "1.0.0", __name__[0:-6], "some@1.0.0.jsii.tgz"
)
"""


def test_requests_are_those_that_importing_makes() -> None:
    program = f"""
import attr, importlib, jsii
from cdktf_fast_start.load_requests import load_requests
made = []
jsii.kernel.provider.load = lambda request: made.append({{"api": "load", **attr.asdict(request)}})
for package in {ALL_PACKAGES}:
    importlib.import_module(package + "._jsii")
print(len(made), made == load_requests({ALL_PACKAGES}))
"""
    assert output_of(program).strip() == "4 True"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the `_jsii` folder of a package that looks like generated bindings."""
    folder = tmp_path / "some_bindings" / "_jsii"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "__init__.py").write_text(LOAD)
    (folder / "some@1.0.0.jsii.tgz").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_name_version_and_file_are_read(package: Path) -> None:
    tarball = str(package / "some@1.0.0.jsii.tgz")
    expected = {"api": "load", "name": "some", "version": "1.0.0", "tarball": tarball}
    assert load_requests(["some_bindings"]) == [expected]


def test_what_does_not_read_as_expected_is_left_out(package: Path) -> None:
    (package / "__init__.py").write_text(LOAD.replace("__name__[0:-6]", "__name__"))
    assert load_requests(["some_bindings", "no_such_package"]) == []
    (package / "__init__.py").write_text(LOAD)
    (package / "some@1.0.0.jsii.tgz").unlink()
    assert load_requests(["some_bindings"]) == []
    (package / "__init__.py").unlink()
    assert load_requests(["some_bindings"]) == []
