"""What all sections of an environment file share: how their keys are described, and how all that is wrong is told."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from enum import StrEnum
from functools import cache, partial
from inspect import signature
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, cast, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import InitErrorDetails

from aurora_serverless.options.refusals import refused
from aurora_serverless.rules.tokens import is_token
from aurora_serverless.rules.violation import RuleViolation

Rule = Callable[[], Iterable[RuleViolation] | None]
"""A rule over several keys: it raises what is wrong, or yields it where several things may be."""


if TYPE_CHECKING:
    Listed = Sequence
else:

    class Listed:
        """The type of a list: `Listed[str]` is `tuple[str, ...]`, which cannot change; a list may be given."""

        def __class_getitem__(cls, item: Any) -> Any:
            """Return the type that pydantic checks."""
            return tuple[item, ...]


Path = tuple[int | str, ...]
"""Where a key is: the names of its tables and its own."""


NO_TOKENS: Final = {"no_tokens": True}
"""The context in which a file is checked: what only Terraform knows, a program has, and a file has not."""


class WrongKeyError(Exception):
    """A rule reads a key whose own value is wrong, which is told already."""


def _with_signature(function: Any) -> Any:
    """Work out its signature once: pydantic does for each of the 400 keys that it checks, a tenth of its start."""
    function.__signature__ = signature(function)
    return function


class Section(BaseModel):
    """A table of an environment file: no unknown keys, no changed types, and nothing changes after reading.

    All that is wrong is told together: each wrong key, and each of `rules` whose keys are right by themselves. Who
    calls the class gets an `OptionsError`, and who validates a document pydantic's `ValidationError`.
    `token_keys` are those whose value may be one that only Terraform knows, such as the id of what the same program
    makes.
    """

    token_keys: ClassVar[Set[str]] = frozenset()

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True)

    @property
    def rules(self) -> Sequence[Rule]:
        """The rules over several keys, in the order in which they are told."""
        return ()

    @model_validator(mode="wrap")
    @classmethod
    def _tells_everything(cls, document: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        errors: list[InitErrorDetails] = []
        document = _with_tuples(document)
        try:
            section = handler(document)
        except ValidationError as error:
            if not isinstance(document, Mapping):
                raise
            errors.extend(_again(error))
            section = cls._of_right_keys(document, {_path(details) for details in errors})
        for rule in section.rules:
            with suppress(WrongKeyError):
                errors.extend(_as_error(violation, document) for violation in violations_of(rule))
        if errors:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return section

    @classmethod
    def _of_right_keys(cls, document: Mapping[str, Any], wrong: Set[Path]) -> Self:
        """Return the section without the keys at the paths `wrong`: reading one of those raises `WrongKeyError`.

        Beside an unknown key, those that are not given are not read either: it may be one of them, misspelled.
        """
        section = cast("Self", cls.model_construct())  # pydantic's plugin of mypy takes it for a Section
        is_unclear = any(path and path[0] not in cls.model_fields for path in wrong)
        for name in cls.model_fields:
            within = {path[1:] for path in wrong if path[:1] == (name,)}
            inner, value = _section_at(cls, name), document.get(name)
            if name in document and not within:
                known_later = name in cls.token_keys and is_token(value)
                adapted = value if known_later else _adapter(cls, name).validate_python(value, strict=True)
                section.__dict__[name] = adapted
            elif inner is not None and isinstance(value, Mapping) and () not in within:
                section.__dict__[name] = inner._of_right_keys(value, within)
            elif within or is_unclear:
                section.__dict__.pop(name, None)
        return section

    if not TYPE_CHECKING:  # else mypy would take every attribute for one, and every option for right

        def __init__(self, /, **options: Any) -> None:
            try:
                super().__init__(**options)
            except ValidationError as error:
                raise refused(error, type(self)) from None

        # pydantic then makes sections within others as if this were its own `__init__`, and tells what is wrong itself.
        __init__.__pydantic_base_init__ = True

        def __getattr__(self, name: str) -> Any:
            if name in type(self).model_fields:
                raise WrongKeyError(name)
            return super().__getattr__(name)

    @field_validator("*", mode="wrap")
    @classmethod
    @_with_signature
    def _is_no_expression(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        """Tell each text that Terraform would read as an expression, and what else is wrong with the other texts."""
        is_section = _section_at(cls, info.field_name or "") is not None  # whose keys come here themselves
        if info.field_name in cls.token_keys and info.context != NO_TOKENS:
            return value if is_token(value) else handler(value)
        wrong = {} if is_section else {path: text for path, text in _texts(value) if "${" in text or "%{" in text}
        if not wrong:
            return handler(value)
        rule, remedy = "must not hold ${ or %{: Terraform would read it as an expression", "write plain text"
        errors = [_as_error(RuleViolation("", text, rule, remedy), text, path) for path, text in wrong.items()]
        try:
            handler(value)
        except ValidationError as error:
            told_already = tuple(".".join(map(str, (*path, ""))) for path in wrong)
            errors.extend(
                details
                for details in _again(error)
                if not ".".join(map(str, (*_path(details), ""))).startswith(told_already)
            )
        raise ValidationError.from_exception_data("", errors)


@cache
def _section_at(section: type[Section], name: str) -> type[Section] | None:
    """Return `section_of` a key of a section, which is asked for each key of each file."""
    return section_of(section.model_fields[name])


@cache
def _adapter(section: type[Section], name: str) -> TypeAdapter[Any]:
    """Return what checks one key of a section alone; making it is slow."""
    return TypeAdapter(section.model_fields[name].rebuild_annotation())


def _with_tuples(value: Any) -> Any:
    """Make lists tuples, which strict pydantic wants for a field that cannot change."""
    if isinstance(value, dict):
        return {key: _with_tuples(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    return value


def _texts(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every text in a value, the keys and values of tables and lists too, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield (*path, key), key
            yield from _texts(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))


class Change(StrEnum):
    """What a change of a key does to a deployment that runs, as the documentation says it."""

    IN_PLACE = "in place"
    RESTARTS = "restarts every instance, at once whatever maintenance.apply_immediately says"
    REPLACES_CLUSTER = "replaces the cluster, and so deletes its data, unless prevent_destroy refuses"
    REPLACES_OTHERS = "replaces other resources, which hold no data of the database"
    REFUSED = "refused, by Terraform or by AWS, while the deployment runs"
    AT_CREATION = "nothing: it takes effect when the resource is created"
    MOVES_STATE = "Terraform looks for the state elsewhere: terraform init -migrate-state before the next deploy"


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


def named_section_of(field: FieldInfo) -> tuple[str, type["Section"]] | None:
    """Return the section that each entry of a table is, with the name that its example gives one; None for others.

    Such a key is `dict[str, Section] | None`: whoever writes the file chooses the names.
    """
    for type_ in (field.annotation, *get_args(field.annotation)):
        entry = get_args(type_)[-1] if get_origin(type_) is dict else None
        if isinstance(entry, type) and issubclass(entry, Section):
            [example] = field.examples or [{}]
            return next(iter(example)), entry
    return None


def checked_by(check: Callable[..., object], *, beside: str | None = None) -> WrapValidator:
    """Use a rule of the constructs for a field: one rule, one place.

    A table is checked entry by entry first, so that each wrong entry is told, and then as a whole. `beside` is a key
    before this one that the rule takes as an argument of that name: None where its own value is wrong. A token is
    refused before, or it is let through. What the rule calls its argument does not matter: the key is told.
    """

    def run(value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        if isinstance(value, str) and is_token(value):
            return handler(value)
        check_here = check if beside is None else partial(check, **{beside: (info.data or {}).get(beside)})
        errors: list[InitErrorDetails] = []
        right = value
        try:
            right = value = handler(value)
        except ValidationError as error:
            errors.extend(_again(error))
            wrong = {details.get("loc", ()) for details in errors}
            if not isinstance(value, Mapping) or () in wrong:
                raise
            right = _without(wrong, value)
        violations = [violation for part in _parts(right) for violation in told(check_here, part)]
        errors.extend(_as_error(violation, value) for violation in violations)
        if errors:
            raise ValidationError.from_exception_data("", errors)
        check_here(value)
        return value

    return WrapValidator(run)


def _without(wrong: Set[Path], table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table without its entries at these paths, and without the tables in it that are empty then."""
    right = {}
    for key, item in table.items():
        within = {path[1:] for path in wrong if path[:1] == (key,)}
        left = _without(within, item) if within and isinstance(item, Mapping) else item
        if not within or (() not in within and left):
            right[key] = left
    return right


def _parts(value: object) -> Iterator[object]:
    """Yield the tables with one entry each that a table consists of; of tables in a table too."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            for part in list(_parts(item)) or [item]:
                yield {key: part}


def told(
    check: Callable[..., object], *arguments: object, section: str = "", **options: object
) -> Iterator[RuleViolation]:
    """Yield what a rule of the constructs raises, with its argument as the key of the section that it comes from."""
    try:
        check(*arguments, **options)
    except RuleViolation as violation:
        key = f"{section}.{violation.argument}" if section else violation.argument
        yield RuleViolation(key, violation.value, violation.rule, violation.remedy)


def violations_of(rule: Rule) -> Iterator[RuleViolation]:
    """Yield what a rule yields and what it raises."""
    try:
        yield from rule() or ()
    except RuleViolation as violation:
        yield violation


def _as_error(violation: RuleViolation, value: object, path: Path = ()) -> InitErrorDetails:
    return InitErrorDetails(type="value_error", loc=path, input=value, ctx={"error": violation})


def _again(error: ValidationError) -> Iterator[InitErrorDetails]:
    """Yield the details of an error as pydantic takes them to raise it again."""
    for details in error.errors(include_url=False):
        yield InitErrorDetails(
            type=details["type"], loc=details["loc"], input=details["input"], ctx=details.get("ctx", {})
        )


@contextmanager
def under(section: str, *, argument: str | None = None) -> Iterator[None]:
    """Name a construct's argument as the key of the section that it comes from."""
    try:
        yield
    except RuleViolation as violation:
        key = f"{section}.{argument or violation.argument}"
        raise RuleViolation(key, violation.value, violation.rule, violation.remedy) from None


def _path(details: InitErrorDetails) -> Path:
    """Return which key is wrong: of a rule over several, the one that it names."""
    violation = details.get("ctx", {}).get("error")
    below = violation.argument.split(".") if isinstance(violation, RuleViolation) and violation.argument else ()
    return (*details.get("loc", ()), *below)
