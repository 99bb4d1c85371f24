"""Imports a package of provider bindings without its modules; each of those is imported when it is asked for.

Stock, `import cdktf_cdktf_provider_aws.rds_cluster` first runs the package's `__init__`, which imports all of its 2,139
modules: ten seconds and 400 MB for the dozen that a stack uses. The modules need nothing of that `__init__`.
"""

import importlib
import importlib.util
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

# The end of an `__init__` that holds nothing of its own: its names are its modules. A package with classes of its own
# (cdktf itself, for one) has them before `__all__`; newer generators, which load lazily themselves, end differently.
_ONLY_MODULES = re.compile(
    r"""
    \nfrom\ \._jsii\ import\ \*\n
    \n__all__\ =\ \[\n(?P<names>(?:\ \ \ \ "\w+",\n)+)\]\n
    \npublication\.publish\(\)\n
    \n\#\ Loading\ modules\ [^\n]*\n(?P<imports>(?:from\ \.\ import\ \w+\n)+)\Z
    """,
    re.VERBOSE,
)


def import_lazily(package: str) -> bool:
    """Put a lazy module for `package` into `sys.modules` and say whether it could be done.

    It cannot where the package is imported already, not installed, or of another layout: then `import` does what it
    always does.
    """
    if package in sys.modules:
        return False
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None or not spec.submodule_search_locations:
        return False
    names = _modules_of(Path(spec.origin))
    if not names:
        return False
    module = importlib.util.module_from_spec(spec)
    _make_lazy(module, names)
    sys.modules[package] = module
    return True


def import_every_module(package: str) -> bool:
    """Import all that a lazy `package` has left out so far; False if it is not lazy."""
    module = sys.modules.get(package)
    if module is None or not hasattr(module, "__lazy_modules__"):
        return False
    for name in module.__lazy_modules__:
        importlib.import_module(f"{package}.{name}")
    return True


def _modules_of(init: Path) -> Sequence[str]:
    """Return the names of the modules that `init` imports, or none where it is not known to do only that."""
    try:
        layout = _ONLY_MODULES.search(init.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return ()
    if layout is None:
        return ()
    names = re.findall(r"\w+", layout["names"])
    imports = re.findall(r"import (\w+)", layout["imports"])
    return names if sorted(names) == sorted(imports) else ()


def _make_lazy(module: ModuleType, names: Sequence[str]) -> None:
    """Give `module` the attributes that its `__init__` would have made, to be imported at their first use."""
    known = frozenset(names)

    def get_attribute(name: str) -> ModuleType:
        if name not in known:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        # The import sets the attribute, so that this runs once for each name.
        return importlib.import_module(f"{module.__name__}.{name}")

    def list_attributes() -> list[str]:
        return sorted({*vars(module), *known})

    vars(module).update(
        __all__=list(names), __lazy_modules__=tuple(names), __getattr__=get_attribute, __dir__=list_attributes
    )
