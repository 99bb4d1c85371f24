"""Evaluates the part of Terraform's expressions that says something before a deploy: variables, numbers, conditions.

Stacks write `${(var.min_capacity < 0.5) ? 300 : null}` where an operator may turn a variable. A reader of the
synthesized JSON wants to know what comes of the defaults. What needs AWS, such as an attribute of a resource, is not
evaluated: it stays as it is written. python-hcl2 parses such expressions too, but it evaluates none.
"""

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)
    | (?P<string>"(?:[^"\\$%]|\\["\\nt])*")
    | (?P<name>[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)
    | (?P<operator>&&|\|\||[<>=!]=|[-+*/%<>!?:(),])
    )""",
    re.VERBOSE,
)
_CONSTANTS: Final[Mapping[str, Any]] = {"true": True, "false": False, "null": None}
_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "max": max,
    "min": min,
}
_BINARY: Final[tuple[Mapping[str, Callable[[Any, Any], Any]], ...]] = (
    {"||": lambda a, b: a or b},
    {"&&": lambda a, b: a and b},
    {"==": operator.eq, "!=": operator.ne},
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    {"+": operator.add, "-": operator.sub},
    {"*": operator.mul, "/": operator.truediv, "%": math.fmod},
)
"""The operators, loosest first. Source: Terraform's documentation, "Arithmetic and Logical Operators"."""


_ARITHMETIC: Final = frozenset("+-*/%")

LARGEST_NUMBER: Final = 2**53
"""Up to here every whole number is exact in JSON as most programs read it; nothing that is deployed is as large."""


class NotKnownError(Exception):
    """The expression needs more than the names at hand: AWS, or a function that is not evaluated here."""


def evaluate(expression: str, names: Mapping[str, Any]) -> Any:
    """Return the value of what stands between `${` and `}`; `names` are such as `var.min_capacity`.

    Raises NotKnownError.
    """
    return _Evaluation(expression, names).value()


def filled_in(value: Any, names: Mapping[str, Any]) -> Any:
    """Return a value of the JSON, however deep, with each `${...}` that can be evaluated replaced by its value.

    A string that is one expression becomes what that expression is: a number, null, a list.
    """
    return with_texts(value, lambda text: _filled_in_text(text, names))


def with_texts(value: Any, change: Callable[[str], Any]) -> Any:
    """Return a value in which each text with an expression, however deep, is what `change` makes of it."""
    if isinstance(value, str):
        return change(value) if "${" in value else value
    if isinstance(value, dict):  # and not any Mapping: to ask for that takes as long as all the rest
        return {key: with_texts(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_texts(inner, change) for inner in value]
    return value


_STRING_OR_BRACE: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}]', re.DOTALL)


def expressions(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each `${...}` begins and ends in a string; `$${` is text."""
    position = 0
    while (start := text.find("${", position)) >= 0:
        if text[start - 1 : start] == "$":
            position = start + 2
            continue
        position = _end(text, start + 2)
        yield start, position


def _end(text: str, position: int) -> int:
    """Return the place after the brace that ends the expression which begins at `position`."""
    depth = 1
    for found in _STRING_OR_BRACE.finditer(text, position):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(text)


def _filled_in_text(text: str, names: Mapping[str, Any]) -> Any:
    pieces, last = [], 0
    for start, end in expressions(text):
        try:
            value = evaluate(text[start + 2 : end - 1], names)
        except NotKnownError:
            continue
        if (start, end) == (0, len(text)):
            return value
        if isinstance(value, (list, dict)) or value is None:
            continue
        pieces += [text[last:start], _as_text(value)]
        last = end
    return "".join([*pieces, text[last:]])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


class _Evaluation:
    """One expression, read from left to right: precedence climbing over its tokens."""

    def __init__(self, expression: str, names: Mapping[str, Any]) -> None:
        self._names = names
        self._tokens: list[tuple[str, str]] = []
        position, end = 0, len(expression.rstrip())
        while position < end:
            found = _TOKEN.match(expression, position)
            if found is None or found.lastgroup is None:
                raise NotKnownError(expression)
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            position = found.end()
        self._next = 0

    def value(self) -> Any:
        try:
            value = self._conditional()
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise NotKnownError(str(error)) from error
        if self._next < len(self._tokens):
            raise NotKnownError(self._peek())
        if isinstance(value, (int, float)) and not abs(value) <= LARGEST_NUMBER:
            raise NotKnownError(str(value))
        return value

    def _conditional(self) -> Any:
        condition = self._binary(0)
        if not self._take("?"):
            return condition
        # Both are read: Terraform, too, refuses a branch that it does not know.
        if_true = self._conditional()
        self._expect(":")
        if_false = self._conditional()
        return if_true if condition else if_false

    def _binary(self, level: int) -> Any:
        if level == len(_BINARY):
            return self._unary()
        left = self._binary(level + 1)
        while (symbol := self._peek()) in _BINARY[level]:
            self._next += 1
            right = self._binary(level + 1)
            if symbol in _ARITHMETIC and not (_is_number(left) and _is_number(right)):
                raise NotKnownError(symbol)  # Python would repeat a text
            left = _BINARY[level][symbol](left, right)
        return left

    def _unary(self) -> Any:
        if self._take("!"):
            return not self._unary()
        if self._take("-"):
            return -self._unary()
        if self._take("("):
            value = self._conditional()
            self._expect(")")
            return value
        return self._operand()

    def _operand(self) -> Any:
        kind, text = self._tokens[self._next] if self._next < len(self._tokens) else ("", "")
        self._next += 1
        if kind == "number":
            number = float(text)
            return int(number) if number.is_integer() else number
        if kind == "string":
            return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text[1:-1])
        if kind == "name" and text in _CONSTANTS:
            return _CONSTANTS[text]
        if kind == "name" and text in self._names:
            return self._names[text]
        if kind == "name" and text in _FUNCTIONS and self._take("("):
            return _FUNCTIONS[text](*self._arguments())
        raise NotKnownError(text)

    def _arguments(self) -> list[Any]:
        arguments = [self._conditional()]
        while self._take(","):
            arguments.append(self._conditional())
        self._expect(")")
        return arguments

    def _peek(self) -> str:
        if self._next < len(self._tokens) and self._tokens[self._next][0] == "operator":
            return self._tokens[self._next][1]
        return ""

    def _take(self, symbol: str) -> bool:
        if self._peek() != symbol:
            return False
        self._next += 1
        return True

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            raise NotKnownError(symbol)


LITERAL: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
"""A string inside an expression."""

ATTRIBUTE: Final = re.compile(
    r"(?<![\w.-])(?P<address>(?:(?:data|ephemeral)\.)?(?:aws|random|terraform)_\w+\.[A-Za-z_][\w-]*)(?:\.(?P<attribute>\w+))?"
)
"""A block, and which of its attributes."""


def references(value: Any) -> frozenset[str]:
    """Return the addresses that the expressions in a value name, however deep."""
    return frozenset(address for expression in expressions_in(value) for address in addresses_in(expression))


def expressions_in(value: Any) -> Iterator[str]:
    """Yield each `${...}` in a value, however deep."""
    if isinstance(value, str):
        yield from (value[start:end] for start, end in expressions(value))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from expressions_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from expressions_in(inner)


def addresses_in(expression: str) -> Iterator[str]:
    """Yield the addresses that an expression names, outside its strings."""
    yield from (found["address"] for found in ATTRIBUTE.finditer(LITERAL.sub('""', expression)))
