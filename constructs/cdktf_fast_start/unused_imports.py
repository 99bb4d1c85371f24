"""Spares imports that jsii and typeguard make and that a program that only synthesizes never uses.

Together a tenth of what Python does until the first construct is made.
"""

import functools
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Final

_FOR_LATER: Final = (
    "cattr",  # serializes requests and answers: `kernel` does that here
    "dateutil.parser",  # reads dates that Node answers with
)


def enable() -> None:
    """Import what is rarely used when it is used. To be called before jsii is imported."""
    for name in _FOR_LATER:
        _import_when_used(name)
    _import_metadata_when_used()
    _import_typeguard_without_mock()


class _ModuleWhenUsed(ModuleType):
    """A module that runs its code when something asks for what that makes.

    Not by `importlib.util.LazyLoader`, whose modules run in some versions of Python as soon as they are imported again:
    looking at their `__spec__` is enough.
    """

    def __getattr__(self, name: str) -> Any:
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec = self.__spec__
        assert spec is not None and spec.loader is not None  # noqa: S101, PT018 (made with both)
        spec.loader.exec_module(self)
        return getattr(self, name)


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
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    module.__class__ = _ModuleWhenUsed
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


def _import_metadata_when_used() -> None:
    """Put `importlib.metadata` into `sys.modules`, with what others import from it at once."""
    _import_when_used("importlib.metadata")
    module = sys.modules["importlib.metadata"]
    if type(module) is _ModuleWhenUsed:
        vars(module).update(version=_version, entry_points=_entry_points)


def _entry_points(**parameters: Any) -> Any:
    """Return entry points: for pydantic, which imports the function and calls it unless its plugins are off."""
    return _metadata().entry_points(**parameters)


def _metadata() -> Any:
    """Return `importlib.metadata` after it has run its code, which puts its own functions in place of these."""
    module = sys.modules["importlib.metadata"]
    module.Distribution  # noqa: B018 (something that it has not before)
    return module


@functools.cache
def _version(name: str) -> str:
    """Return the version of a package, as the function of the same name does, without what that imports."""
    spec = importlib.util.find_spec(name) if name == "typeguard" else None
    folder = Path(spec.origin).parent.parent if spec is not None and spec.origin is not None else None
    found = [] if folder is None else [path.stem for path in folder.glob(f"{name}-*.dist-info")]
    if len(found) == 1:
        return found[0].removeprefix(f"{name}-")
    return str(_metadata().distribution(name).version)


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
