"""The tools of every patch: replace or add a name of one of moto's classes, and fail loudly when moto has changed."""

import functools
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

MOTO_VERSION = "5.2.5"

Decorator = Callable[[Callable[..., Any]], None]


class UnexpectedMotoError(RuntimeError):
    """The installed moto is not the one that these patches were written for."""


def check_version() -> None:
    """Raise UnexpectedMotoError unless moto is exactly the pinned version: the patches use its private names."""
    try:
        installed = version("moto")
    except PackageNotFoundError:
        raise UnexpectedMotoError(
            "local AWS needs moto, which is not installed: run `pip install -r requirements/dev.txt`"
        ) from None
    if installed != MOTO_VERSION:
        raise UnexpectedMotoError(
            f"local AWS patches private parts of moto {MOTO_VERSION}, but moto {installed} is installed: "
            "install the pinned version, or adapt local_aws/patches and its tests to the new one"
        )


def replacing(owner: type, name: str) -> Decorator:
    """Replace the method `owner.name` with the decorated function, which gets moto's own as its first argument."""
    stock = _stock(owner, name)

    def decorate(function: Callable[..., Any]) -> None:
        @functools.wraps(stock)
        def patched(*args: Any, **kwargs: Any) -> Any:
            return function(stock, *args, **kwargs)

        setattr(owner, name, patched)

    return decorate


def replacing_static(owner: type, name: str) -> Decorator:
    """Replace the static method `owner.name`, as `replacing` does with a method."""
    stock = _stock(owner, name).__func__

    def decorate(function: Callable[..., Any]) -> None:
        setattr(owner, name, staticmethod(functools.partial(function, stock)))

    return decorate


def replacing_property(owner: type, name: str) -> Callable[[property], property]:
    """Replace the property `owner.name` with the property that is passed; returns moto's own."""
    stock = _stock(owner, name)
    if not isinstance(stock, property):
        raise UnexpectedMotoError(f"moto's {owner.__name__}.{name} is not a property any more: adapt local_aws/patches")

    def replace(patched: property) -> property:
        setattr(owner, name, patched)
        return stock

    return replace


def adding(owner: type, name: str) -> Decorator:
    """Add the decorated function to `owner` under a name that moto does not have."""
    if hasattr(owner, name):
        raise UnexpectedMotoError(f"moto has its own {owner.__name__}.{name} now: take this patch out of local_aws")

    def decorate(function: Callable[..., Any]) -> None:
        setattr(owner, name, function)

    return decorate


def adding_property(owner: type, name: str, added: property) -> None:
    """Add a property to `owner` under a name that moto does not have on this class itself."""
    if name in vars(owner):
        raise UnexpectedMotoError(f"moto has its own {owner.__name__}.{name} now: take this patch out of local_aws")
    setattr(owner, name, added)


def _stock(owner: type, name: str) -> Any:
    try:
        return vars(owner)[name]
    except KeyError:
        raise UnexpectedMotoError(
            f"moto's {owner.__name__} has no {name} any more: adapt local_aws/patches to this moto"
        ) from None
