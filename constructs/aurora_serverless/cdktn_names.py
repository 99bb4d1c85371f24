"""Runs on cdktn, CDKTF's successor, where CDKTF is not installed: what is imported as cdktf is then cdktn.

Both have the same classes, and only the names of their packages differ. So the source is written once, for cdktf.
"""

import importlib
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from importlib.abc import Loader
else:
    Loader = object  # the real one is slow to import, and adds nothing

_NAMES: Final = {
    "cdktf": "cdktn",
    "cdktf_cdktf_provider_aws": "cdktn_provider_aws",
    "cdktf_cdktf_provider_random": "cdktn_provider_random",
}


class _SameModule(Loader):
    """Gives `cdktf.x` the module `cdktn.x` itself: a class is the same, by whichever name it was imported."""

    def __init__(self, real: str) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002 (of another name, and not used)
        """Return the module of cdktn, imported now if nothing has done so before."""
        module = importlib.import_module(self._real)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module as it is: it has run, and its spec is the one it had."""
        module.__spec__ = self._spec


class CdktnNames:
    """Finds, for `sys.meta_path`, the modules of cdktn under the names of cdktf."""

    @staticmethod
    def find_spec(name: str, *_: object) -> ModuleSpec | None:
        """Return a spec for what cdktf calls `name`; None where cdktn has nothing of it either."""
        package, dot, rest = name.partition(".")
        real = _NAMES.get(package, "") + dot + rest
        found = importlib.util.find_spec(real) if package in _NAMES else None
        return found and ModuleSpec(name, _SameModule(real), origin=found.origin)


def enable() -> None:
    """Let imports of cdktf be answered with cdktn, unless cdktf is installed."""
    if importlib.util.find_spec("cdktf") is None:
        # Before Python's own finder, which would run a file of cdktn a second time under its other name.
        sys.meta_path.insert(0, CdktnNames)
