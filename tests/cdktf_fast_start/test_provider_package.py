"""Python's side of the provider bindings: modules alone, packages as stock."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdktf_fast_start.provider_package import import_every_module, import_lazily
from tests.cdktf_fast_start.programs import output_of

pytestmark = pytest.mark.xdist_group("cdktf_fast_start")

INIT = """
from ._jsii import *

__all__ = [
    "bucket",
    "queue",
]

publication.publish()

# Loading modules to ensure their types are registered with the jsii runtime library
from . import bucket
from . import queue
"""
IMPORTS = "import types\npublication = types.SimpleNamespace(publish=lambda: None)\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the `__init__.py` of a package that looks like generated bindings."""
    folder = tmp_path / "some_provider"
    folder.mkdir()
    for name in ("_jsii", "bucket", "queue"):
        (folder / f"{name}.py").write_text(f"NAME = {name!r}\n")
    init = folder / "__init__.py"
    init.write_text(IMPORTS + INIT)
    monkeypatch.syspath_prepend(tmp_path)
    yield init
    for name in [name for name in sys.modules if name.startswith("some_provider")]:
        del sys.modules[name]


def _imported() -> set[str]:
    return {name.partition(".")[2] for name in sys.modules if name.startswith("some_provider.")}


@pytest.mark.usefixtures("package")
def test_a_module_is_imported_alone() -> None:
    assert import_lazily("some_provider")
    assert _imported() == set()
    assert importlib.import_module("some_provider.queue").NAME == "queue"
    assert _imported() == {"queue"}


@pytest.mark.usefixtures("package")
def test_attributes_of_the_package_are_those_of_stock() -> None:
    import_lazily("some_provider")
    lazy = importlib.import_module("some_provider")
    assert lazy.bucket.NAME == "bucket"
    assert _imported() == {"bucket"}
    assert lazy.__all__ == ["bucket", "queue"]
    assert {"bucket", "queue"} <= set(dir(lazy))
    assert not hasattr(lazy, "topic")
    namespace: dict[str, object] = {}
    exec("from some_provider import queue\nfrom some_provider import *", namespace)  # noqa: S102
    assert {"bucket", "queue"} <= set(namespace)
    with pytest.raises(ImportError, match="cannot import name 'topic'"):
        exec("from some_provider import topic", {})  # noqa: S102


@pytest.mark.usefixtures("package")
def test_the_rest_can_be_imported_at_once() -> None:
    assert not import_every_module("some_provider")
    import_lazily("some_provider")
    assert import_every_module("some_provider")
    assert _imported() == {"bucket", "queue"}


@pytest.mark.parametrize(
    "init",
    [
        pytest.param(INIT.replace("__all__", "class Root:\n    pass\n\n__all__"), id="a class of its own"),
        pytest.param(INIT + "from .queue import NAME\n", id="one more import"),
        pytest.param(INIT.replace("from . import queue\n", ""), id="a name that is no module"),
        pytest.param(INIT.replace("# Loading", "# Importing"), id="another generator"),
        pytest.param(INIT + "\xff", id="not UTF-8"),
        pytest.param("", id="nothing"),
    ],
)
def test_another_layout_is_imported_as_always(package: Path, init: str) -> None:
    package.write_text(IMPORTS + init, encoding="latin-1")
    assert not import_lazily("some_provider")
    assert "some_provider" not in sys.modules


def test_a_package_that_is_not_installed_is_left_to_the_import_that_wants_it() -> None:
    assert not import_lazily("no_such_provider")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_provider")


@pytest.mark.usefixtures("package")
def test_a_package_that_is_imported_already_stays_what_it_is() -> None:
    stock = importlib.import_module("some_provider")
    assert not import_lazily("some_provider")
    assert sys.modules["some_provider"] is stock


@pytest.mark.parametrize(
    ("package", "module", "name"),
    [
        ("cdktf_cdktf_provider_aws", "rds_cluster", "RdsCluster"),
        ("cdktf_cdktf_provider_random", "password", "Password"),
    ],
)
def test_the_installed_bindings_are_recognised(package: str, module: str, name: str) -> None:
    program = f"""
import sys
import {package} as bindings
print(len(bindings.__lazy_modules__) > 5, bindings.{module}.{name}.__name__)
from {package} import {module}
print(sorted({{name.split(".")[1] for name in sys.modules if name.startswith("{package}.")}}))
"""
    assert output_of(program).splitlines() == [f"True {name}", f"['_jsii', '{module}']"]


def test_constructs_is_still_the_package_from_pypi() -> None:
    program = "import constructs\nprint(constructs.Construct.__module__, 'site-packages' in constructs.__file__)"
    assert output_of(program).strip() == "constructs True"
