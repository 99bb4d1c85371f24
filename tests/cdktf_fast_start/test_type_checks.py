"""Arguments of the bindings: what is refused, and how, is what stock refuses."""

import pytest

from tests.cdktf_fast_start.programs import output_of

pytestmark = pytest.mark.xdist_group("cdktf_fast_start")

WRONG_TYPES = """
from cdktf import App, TerraformOutput, TerraformStack, TerraformVariable
from cdktf_cdktf_provider_random.password import Password, PasswordConfig

stack = TerraformStack(App(outdir="."), "stack")
for number, (kind, arguments) in enumerate([
    (Password, dict(length=8)),
    (Password, dict(length=8, special=True, override_special="!")),
    (Password, dict(length="8")),
    (Password, dict(length=None)),
    (Password, dict(length=8, special="yes")),
    (Password, dict(length=8, override_special=1)),
    (Password, dict(length=8, override_special=True)),
    (Password, dict(length=8, override_special=None)),
    (Password, dict(length=8, keepers={"a": 1})),
    (Password, dict(length=8, keepers="a")),
    (Password, dict(length=8, lifecycle=3)),
    (Password, dict(length=8, lifecycle={"prevent_destroy": "yes"})),
    (Password, dict(length=8, depends_on=["password"])),
    (Password, dict(length=8, count="two")),
    (Password, dict(length=8, min_lower=[1])),
    (Password, dict(width=8)),
    (TerraformVariable, dict(description="words")),
    (TerraformVariable, dict(description=1.5)),
    (TerraformVariable, dict(nullable="no")),
    (TerraformOutput, dict(value=object)),
    (TerraformOutput, dict(value=1, sensitive=0)),
]):
    for scope, name in [(stack, f"construct{number}"), (None, "x"), ("stack", "x"), (stack, 1), (stack, None)]:
        try:
            kind(scope, name, **arguments)
            print("accepted", kind.__name__, arguments)
        except Exception as error:
            print(type(error).__name__, str(error).splitlines()[0])
"""


def test_what_is_refused_is_what_stock_refuses() -> None:
    lazy = output_of(WRONG_TYPES)
    assert lazy == output_of(WRONG_TYPES, lazy=False)
    assert "TypeError" in lazy


def test_a_wrong_type_raises_type_error_also_after_a_right_one() -> None:
    program = """
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_random.password import Password
from cdktf_cdktf_provider_random.shuffle import Shuffle
stack = TerraformStack(App(outdir="."), "stack")
for kind, right, wrongs in (
    (Password, dict(length=8), (dict(length="8"), dict(length=None))),
    (Password, dict(length=8, override_special="!"), (dict(override_special=False), dict(override_special=1))),
    (Password, dict(length=8, min_lower=None), (dict(min_lower="8"),)),
    (Password, dict(length=8, keepers={"a": "1"}), (dict(keepers=["a"]),)),
    (Shuffle, dict(input=["a"]), (dict(input=[1]), dict(input=["a", None]), dict(input={"a"}))),
):
    kind(stack, f"right{len(stack.node.children)}", **right)
    for wrong in wrongs:
        try:
            kind(stack, "wrong", **(right | wrong))
        except TypeError as error:
            print(str(error).split(" must be ")[0].removeprefix("type of argument "))
"""
    refused = ["length", "length", "override_special", "override_special", "min_lower", "keepers"]
    assert output_of(program).splitlines() == [*refused, "input[0]", "input[1]", "input"]


def test_a_mock_is_accepted_for_anything_as_typeguard_has_it() -> None:
    program = """
import typeguard
from unittest.mock import Mock
typeguard.check_type("argument", Mock(), int)
try:
    typeguard.check_type("argument", "mock", int)
except TypeError as error:
    print(error)
"""
    assert output_of(program).strip() == "type of argument must be int; got str instead"
