"""What is wrong with options, a line each: pydantic's errors as violations of rules, with the option's whole name."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aurora_serverless.rules.violation import RuleViolation

_TYPE_RULES: Final = {
    "bool_type": ("must be true or false", "write True or False"),
    "date_type": ("must be a date", "write, for example, date(2026, 11, 1)"),
    "datetime_type": ("must be a date and time", "write, for example, datetime(2026, 10, 31, 12, tzinfo=UTC)"),
    "dict_type": ("must be a table", "write a dictionary"),
    "extra_forbidden": ("unknown key", "leave it out"),
    "finite_number": ("must be a finite number", "write a number"),
    "float_type": ("must be a number", "write a number"),
    "int_from_float": ("must be a whole number", "write a whole number"),
    "int_type": ("must be a whole number", "write a whole number"),
    "literal_error": ("must be {expected}", "write one of these"),
    "missing": ("is required", "write it"),
    "model_type": ("must be a table", "write the options of that section"),
    "string_too_long": ("is longer than {max_length} characters", "write a shorter one"),
    "string_too_short": ("must not be empty", "write one, or leave it out"),
    "string_type": ("must be a string", "write a string"),
    "tuple_type": ("must be a list", "write a list or a tuple"),
}


class OptionsError(ValueError):
    """Options that AWS, or this library, would refuse, in a line each; `violations` are the parts of the lines."""

    def __init__(self, violations: Sequence[RuleViolation]) -> None:
        super().__init__("\n".join(map(str, violations)))
        self.violations = tuple(violations)


def refused(error: ValidationError, section: type[BaseModel]) -> OptionsError:
    """Return what pydantic says of the options of a section."""
    return OptionsError([_with_nearest(violation_of(one), one, section) for one in error.errors(include_url=False)])


def violation_of(details: ErrorDetails) -> RuleViolation:
    """Return one of pydantic's errors as the violation of a rule."""
    key = _dotted(details["loc"])
    value, context = details["input"], details.get("ctx", {})
    violation = context.get("error")
    if isinstance(violation, RuleViolation):
        if isinstance(value, (Mapping, BaseModel)) and violation.argument:
            # A rule over several keys is checked on their table: the violation names the key below it.
            key = f"{key}.{violation.argument}" if key else violation.argument
        return RuleViolation(key, violation.value, violation.rule, violation.remedy)
    rule, remedy = _TYPE_RULES.get(details["type"], (details["msg"], "write another value"))
    is_there = details["type"] != "missing"
    return RuleViolation(key, value if is_there else None, rule.format(**context), remedy)


def _with_nearest(violation: RuleViolation, details: ErrorDetails, section: type[BaseModel]) -> RuleViolation:
    """Return the violation of an unknown option with the option that may be meant."""
    if details["type"] != "extra_forbidden":
        return violation
    inner: Any = section
    for part in details["loc"][:-1]:
        annotation = inner.model_fields[part].annotation if part in getattr(inner, "model_fields", {}) else None
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        inner = next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None)
    names = get_close_matches(str(details["loc"][-1]), getattr(inner, "model_fields", {}), n=1)
    if not names:
        return violation
    return RuleViolation(violation.argument, violation.value, violation.rule, f"did you mean {names[0]}?")


def _dotted(location: Iterable[int | str]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
