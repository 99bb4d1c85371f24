"""What all sections of an environment file share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator

from aurora.rules import RuleViolation, refuse

_T = TypeVar("_T")


class Section(BaseModel):
    """A table of an environment file: no unknown keys, no changed types, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_expression(cls, value: object) -> object:
        if isinstance(value, str) and ("${" in value or "%{" in value):
            refuse("", value, "must not hold ${ or %{: Terraform would read it as an expression", "write plain text")
        return value


def checked_by(check: Callable[..., None]) -> AfterValidator:
    """Use a rule of the constructs for a field: one rule, one place."""

    def run(value: _T) -> _T:
        check(value)
        return value

    return AfterValidator(run)


@contextmanager
def under(section: str, *, argument: str | None = None) -> Iterator[None]:
    """Name a construct's argument as the key of the section that it comes from."""
    try:
        yield
    except RuleViolation as violation:
        key = f"{section}.{argument or violation.argument}"
        raise RuleViolation(key, violation.value, violation.rule, violation.remedy) from None
