"""What all sections of an environment file share."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator
from pydantic.fields import FieldInfo

from aurora.rules import RuleViolation, refuse

_T = TypeVar("_T")


class Section(BaseModel):
    """A table of an environment file: no unknown keys, no changed types, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_expression(cls, value: object) -> object:
        for path, text in _texts(value):
            if "${" in text or "%{" in text:
                refuse(
                    path, text, "must not hold ${ or %{: Terraform would read it as an expression", "write plain text"
                )
        return value


def _texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in a value, the keys and values of tables and lists too, with its dotted path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            inner = f"{path}.{key}" if path else str(key)
            yield inner, str(key)
            yield from _texts(item, inner)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item, path)


class Change(StrEnum):
    """What a change of a key does to a deployment that runs, as the documentation says it."""

    IN_PLACE = "in place"
    REPLACES_CLUSTER = "replaces the cluster, and so deletes its data, unless prevent_destroy refuses"
    REPLACES_OTHERS = "replaces other resources, which hold no data of the database"
    REFUSED = "refused by AWS while the deployment runs"
    AT_CREATION = "nothing: it is for what is made anew"
    MOVES_STATE = "Terraform looks for the state elsewhere: terraform init -migrate-state before the next deploy"
    LEAVES_DEPLOYMENT = "makes a second deployment; Terraform forgets the running one, which stays and is billed"


def option(
    description: str,
    *,
    default: Any = ...,
    unset: str | None = None,
    allowed: str | None = None,
    makes: str | None = None,
    costs: str | None = None,
    change: Change = Change.IN_PLACE,
    example: Any = None,
    schema: Mapping[str, Any] | None = None,
) -> Any:
    """Return a key of an environment file, with all that its documentation and the JSON schema say of it.

    Args:
        description: What the key is, in a sentence or two.
        default: Its value where the file does not name it; without one the key is required.
        unset: What holds then, where the default is None: `<name_prefix>-aurora`, `off`, `AWS's own key`.
        allowed: The values that are allowed, where type, list of words and `schema` do not say it.
        makes: What it makes or changes in AWS: resources and arguments in Terraform's words.
        costs: What it costs, where it is not free.
        change: What another value does to a deployment that runs. tests/stacks/test_changes.py holds it true.
        example: A value that is allowed, as the file has it (lists as tuples).
        schema: Keywords of JSON schema for editors, such as `minimum` and `maximum`.
    """
    documented = {"unset": unset, "allowed": allowed, "makes": makes, "costs": costs}
    if change is not Change.IN_PLACE:
        documented["change"] = change.value
    extra: dict[str, Any] = {f"x-{name}": text for name, text in documented.items() if text is not None}
    return Field(
        default=default,
        description=description,
        examples=None if example is None else [example],
        json_schema_extra={**extra, **(schema or {})},
    )


def section_of(field: FieldInfo) -> type["Section"] | None:
    """Return the section that a key is, whether it must be there or not; None for a value."""
    for type_ in (field.annotation, *get_args(field.annotation)):
        if isinstance(type_, type) and issubclass(type_, Section):
            return type_
    return None


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
