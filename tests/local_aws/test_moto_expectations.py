"""The patches fail loudly when moto is not the one they were written for."""

from collections.abc import Callable
from typing import Any

import pytest

from local_aws import patches
from local_aws.patches import Durations, replacing
from local_aws.patches.replacing import UnexpectedMotoError


class Stock:
    """Stands for one of moto's classes."""

    @property
    def colour(self) -> str:
        return "grey"

    def greet(self, name: str) -> str:
        return f"hello {name}"


def test_another_version_of_moto_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replacing, "version", lambda _: "6.0.0")

    with pytest.raises(UnexpectedMotoError, match=r"moto 5\.2\.5, but moto 6\.0\.0 is installed"):
        replacing.check_version()


def test_the_pinned_moto_is_installed() -> None:
    replacing.check_version()


def test_a_method_that_moto_lost_is_named() -> None:
    with pytest.raises(UnexpectedMotoError, match="Stock has no part any more"):
        replacing.replacing(Stock, "part")


def test_a_property_that_became_something_else_is_named() -> None:
    with pytest.raises(UnexpectedMotoError, match=r"Stock\.greet is not a property any more"):
        replacing.replacing_property(Stock, "greet")


@pytest.mark.parametrize(
    "add", [replacing.adding, lambda owner, name: replacing.adding_property(owner, name, property())]
)
def test_a_name_that_moto_has_gained_is_named(add: Callable[[type, str], Any]) -> None:
    with pytest.raises(UnexpectedMotoError, match=r"moto has its own Stock\.greet now"):
        add(Stock, "greet")


def test_a_replaced_method_can_call_moto_s_own() -> None:
    class Patched(Stock):
        def greet(self, name: str) -> str:
            return super().greet(name)

    @replacing.replacing(Patched, "greet")
    def greet(stock: Callable[..., str], patched: Patched, name: str) -> str:
        return stock(patched, name.upper())

    assert Patched().greet("world") == "hello WORLD"


def test_fixing_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patches, "_done", [Durations()])

    with pytest.raises(UnexpectedMotoError, match="patched already"):
        patches.patch_moto(Durations())
