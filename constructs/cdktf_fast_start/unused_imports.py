"""Spares imports that jsii and typeguard make and that a program that only synthesizes never uses.

Together a tenth of what Python does until the first construct is made.
"""

import importlib.util
import sys
from types import ModuleType
from typing import Final

_FOR_LATER: Final = (
    "cattr",  # serializes requests and answers: `kernel` does that here
    "dateutil.parser",  # reads dates that Node answers with
)


def enable() -> None:
    """Import what is rarely used when it is used. To be called before jsii is imported."""
    for name in _FOR_LATER:
        _import_when_used(name)
    _import_typeguard_without_mock()


def _import_when_used(name: str) -> None:
    """Put a module into `sys.modules` that runs its code at the first use of an attribute."""
    if name in sys.modules:
        return
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:  # its package
        return
    if spec is None or spec.loader is None:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


class _MockOfWhoeverImportedIt(type):
    def __instancecheck__(cls, instance: object) -> bool:
        real = sys.modules.get("unittest.mock")
        return real is not None and isinstance(instance, real.Mock)


class _Mock(metaclass=_MockOfWhoeverImportedIt):
    """A class whose instances are those of `unittest.mock.Mock`, once somebody has imported that."""


def _import_typeguard_without_mock() -> None:
    """Import typeguard, which accepts mocks everywhere, but without `unittest.mock`, which imports asyncio and ssl."""
    if "unittest.mock" in sys.modules:
        return
    stand_in = ModuleType("unittest.mock")
    stand_in.Mock = _Mock  # type: ignore[attr-defined]
    sys.modules["unittest.mock"] = stand_in
    try:
        import typeguard  # noqa: F401, PLC0415
    finally:
        del sys.modules["unittest.mock"]
