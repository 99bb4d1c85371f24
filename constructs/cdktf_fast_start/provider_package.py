"""Imports a package of provider bindings without its modules; each of those is imported when it is asked for.

Stock, `import cdktf_cdktf_provider_aws.rds_cluster` first runs the package's `__init__`, which imports all of its 2,139
modules: ten seconds and 400 MB for the dozen that a stack uses. The modules need nothing of that `__init__`.
"""

import importlib
import re
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Final

PREFIX: Final = "cdktf_cdktf_provider_"
"""What the names of prebuilt bindings begin with. Those of `cdktf get` load lazily as they are."""

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


class _LazyLoader(SourceFileLoader):
    """Makes the attributes of a package's `__init__` without running it; in all else it is what loads any module."""

    def __init__(self, package: str, init: str, names: Sequence[str]) -> None:
        super().__init__(package, init)
        self._names = names

    def exec_module(self, module: ModuleType) -> None:
        """Give `module` the attributes that its `__init__` would have made, to be imported at their first use."""
        names = frozenset(self._names)

        def get_attribute(name: str) -> ModuleType:
            if name not in names:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            # The import sets the attribute, so that this runs once for each name.
            return importlib.import_module(f"{module.__name__}.{name}")

        def list_attributes() -> list[str]:
            return sorted({*vars(module), *names})

        vars(module).update(
            __all__=list(self._names),
            __lazy_modules__=tuple(self._names),
            __getattr__=get_attribute,
            __dir__=list_attributes,
        )


class LazyBindings:
    """Finds, for `sys.meta_path`, packages of provider bindings whose `__init__` does nothing but import modules."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return a spec that loads lazily; None for whatever else, which is then found as always."""
        if path is not None or not name.startswith(PREFIX):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or type(spec.loader) is not SourceFileLoader:
            return None
        names = _modules_of(Path(spec.origin))
        if not names:
            return None
        spec.loader = _LazyLoader(name, spec.origin, names)
        return spec


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
