"""Spares what jsii does again for every value that it sends, and sends no argument that was not given.

A resource has up to eighty arguments, of which a program gives ten. Stock, all eighty are looked at, written as `null`,
read by Node, and left out there; here they are left out at once.
"""

from collections.abc import Callable
from typing import Any, Final

from jsii import _kernel

_AS_IT_IS: Final = frozenset({type(None), str, int, float, bool})
_Prepare = Callable[[Any, Any], Any]


def enable() -> None:
    """Prepare values so from now on; whatever else than a plain value, a list, a dict or a struct is left to jsii."""
    if _kernel._make_reference_for_native.__module__ == __name__:
        return
    # Of these, jsii calls whatever its module has.
    vars(_kernel).update(
        _make_reference_for_native=_preparing(_kernel._make_reference_for_native),
        _get_overides=_finding_overrides(_kernel._get_overides),
    )


def _preparing(stock: _Prepare) -> _Prepare:
    """Wrap what makes JSON of a value; references, enums, functions, dates and unknown objects are left to `stock`."""

    def prepare(kernel: Any, value: Any) -> Any:
        kind = type(value)
        if kind in _AS_IT_IS:
            return value
        if kind is list:
            return [prepare(kernel, item) for item in value]
        if kind is dict:
            return {"$jsii.map": {key: prepare(kernel, item) for key, item in value.items()}}
        names = getattr(kind, "__jsii_name_mapping__", None)
        # What a generated struct was given: all that it requires, and of the rest what is not None.
        given = getattr(value, "_values", None) if names is not None else None
        if names is None or type(given) is not dict:
            return stock(kernel, value)
        data = {sent: prepare(kernel, getattr(value, name)) for name, sent in names.items() if name in given}
        return {"$jsii.struct": {"fqn": value.__jsii_type__, "data": data}}

    return prepare


def _finding_overrides(stock: Callable[[type, Any], list[Any]]) -> Callable[[type, Any], list[Any]]:
    """Wrap what looks for methods of Python that Node shall call; an object of a generated class itself has none."""

    def find_overrides(klass: type, instance: Any) -> list[Any]:
        if vars(type(instance)).get("__jsii_declared_type__") is not None:
            return []
        return stock(klass, instance)

    return find_overrides
