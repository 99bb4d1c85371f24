"""Keeps the bindings from repeating, at every call, checks of arguments that can only end as they did before.

Every generated constructor resolves the type hints of its eighty parameters again, and hands each argument to
typeguard. Here hints are resolved once, and a None, a string, a number or a truth value that passed for a parameter's
type is not checked against that type again: for those, the type alone decides. Everything else goes to typeguard, and
so does whatever did not pass; its TypeError is the same.
"""

import sys
import typing
from collections.abc import Callable
from typing import Any, Final

import typeguard

STUB_PREFIX: Final = "_typecheckingstub__"
"""What jsii's generator calls the functions that hold the hints and do nothing else."""

_DECIDED_BY_TYPE: Final = frozenset({type(None), str, bool, int, float})
_CHECKED: Final = ("argname", "value", "expected_type")
"""What `typeguard.check_type` takes first in the version that jsii requires; later ones take something else."""


def enable() -> None:
    """Remember resolved hints and passed checks from now on, if typeguard is the version that is known."""
    if typing.get_type_hints.__module__ == __name__ or typeguard.check_type.__code__.co_varnames[:3] != _CHECKED:
        return
    # Types of parameters of stubs, by identity: hashing a typing.Union costs more than the check would. The hints are
    # kept for good, so an identity stays what it is.
    passed: dict[int, set[type]] = {}
    # Generated modules call both functions by way of their modules, so there is one place to put these in.
    typing.get_type_hints = _remembering_hints(typing.get_type_hints, passed)
    typeguard.check_type = _remembering_checks(typeguard.check_type, passed)


def _remembering_hints(resolve: Callable[..., dict[str, Any]], passed: dict[int, set[type]]) -> Callable[..., Any]:
    """Wrap `typing.get_type_hints`; for anything but a generated stub it stays what it is."""
    hints_of: dict[Any, dict[str, Any]] = {}

    def get_type_hints(obj: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if not getattr(obj, "__name__", "").startswith(STUB_PREFIX):
            return resolve(obj, *args, **kwargs)
        hints = hints_of.get(obj)
        if hints is None:
            hints = hints_of[obj] = resolve(obj, *args, **kwargs)
            passed.update((id(hint), set()) for hint in hints.values() if id(hint) not in passed)
        return hints

    return get_type_hints


def _remembering_checks(check: Callable[..., None], passed: dict[int, set[type]]) -> Callable[..., None]:
    """Wrap `typeguard.check_type`; for a type that no stub has it stays what it is."""

    def check_type(argname: str, value: object, expected_type: Any, *args: Any, **kwargs: Any) -> None:
        kind = type(value)
        seen = passed.get(id(expected_type)) if kind in _DECIDED_BY_TYPE else None
        if seen is not None and kind in seen:
            return
        if not args and not kwargs:
            # Where typeguard would look for forward references: in its caller, which is now one frame further up.
            caller = sys._getframe(1)
            kwargs = {"globals": caller.f_globals, "locals": caller.f_locals}
        check(argname, value, expected_type, *args, **kwargs)
        if seen is not None:
            seen.add(kind)

    return check_type
