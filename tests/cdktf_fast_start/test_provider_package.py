"""Python's side of the provider bindings: modules alone, packages as stock."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from cdktf_fast_start.provider_package import LazyBindings, import_every_module

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
    """Return the `__init__.py` of a package that looks like generated bindings, and have such load lazily."""
    folder = tmp_path / "cdktf_cdktf_provider_some"
    folder.mkdir()
    for name in ("_jsii", "bucket", "queue"):
        (folder / f"{name}.py").write_text(f"NAME = {name!r}\n")
    init = folder / "__init__.py"
    init.write_text(IMPORTS + INIT)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [LazyBindings, *sys.meta_path])
    yield init
    for name in [name for name in sys.modules if name.startswith("cdktf_cdktf_provider_some")]:
        del sys.modules[name]


def _imported() -> set[str]:
    return {name.partition(".")[2] for name in sys.modules if name.startswith("cdktf_cdktf_provider_some.")}


@pytest.mark.usefixtures("package")
def test_a_module_is_imported_alone() -> None:
    importlib.import_module("cdktf_cdktf_provider_some")
    assert _imported() == set()
    assert importlib.import_module("cdktf_cdktf_provider_some.queue").NAME == "queue"
    assert _imported() == {"queue"}


@pytest.mark.usefixtures("package")
def test_attributes_of_the_package_are_those_of_stock() -> None:
    lazy = importlib.import_module("cdktf_cdktf_provider_some")
    assert lazy.bucket.NAME == "bucket"
    assert _imported() == {"bucket"}
    assert lazy.__all__ == ["bucket", "queue"]
    assert {"bucket", "queue"} <= set(dir(lazy))
    assert not hasattr(lazy, "topic")
    namespace: dict[str, object] = {}
    exec("from cdktf_cdktf_provider_some import queue\nfrom cdktf_cdktf_provider_some import *", namespace)  # noqa: S102
    assert {"bucket", "queue"} <= set(namespace)
    with pytest.raises(ImportError, match="cannot import name 'topic'"):
        exec("from cdktf_cdktf_provider_some import topic", {})  # noqa: S102


@pytest.mark.usefixtures("package")
def test_the_rest_can_be_imported_at_once() -> None:
    assert not import_every_module("cdktf_cdktf_provider_some")
    importlib.import_module("cdktf_cdktf_provider_some")
    assert import_every_module("cdktf_cdktf_provider_some")
    assert _imported() == {"bucket", "queue"}


@pytest.mark.parametrize(
    "init",
    [
        pytest.param(INIT.replace("__all__", "class Root:\n    pass\n\n__all__"), id="a class of its own"),
        pytest.param(INIT + "from .queue import NAME\n", id="one more import"),
        pytest.param(INIT.replace("from . import queue\n", ""), id="a name that is not a module"),
        pytest.param(INIT.replace("# Loading", "# Importing"), id="another generator"),
        pytest.param(INIT + "\xff", id="not UTF-8"),
        pytest.param("", id="nothing"),
    ],
)
def test_another_layout_is_imported_as_always(package: Path, init: str) -> None:
    package.write_text(IMPORTS + init, encoding="latin-1")
    assert LazyBindings.find_spec("cdktf_cdktf_provider_some") is None


@pytest.mark.usefixtures("package")
def test_a_package_that_is_not_installed_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("cdktf_cdktf_provider_none")


@pytest.mark.usefixtures("package")
def test_the_files_of_a_package_are_found_and_read_as_always() -> None:
    lazy = importlib.import_module("cdktf_cdktf_provider_some")
    assert inspect.getsource(lazy) == IMPORTS + INIT
    assert resources.files(lazy).joinpath("queue.py").read_text() == "NAME = 'queue'\n"
    assert [module.name for module in pkgutil.iter_modules(lazy.__path__)] == ["_jsii", "bucket", "queue"]


def test_what_is_no_package_of_bindings_is_found_as_always() -> None:
    assert LazyBindings.find_spec("cdktf") is None
    assert LazyBindings.find_spec("bytes", ["cdktf_cdktf_provider_random"]) is None


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
