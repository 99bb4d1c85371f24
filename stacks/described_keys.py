"""What is said of each key of an environment file, from the model: for docs/options.md and the command `explain`."""

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pydantic.fields import FieldInfo

from aurora_serverless.options.section import Change, Section, named_section_of, section_of
from stacks.environment import Environment
from stacks.json_schema import NOT_IN_THE_FILE, environment_schema
from stacks.presets import PRESETS

_UNITS: Final = ("acu", "seconds", "milliseconds", "days", "percent")
_TYPES: Final = {"integer": "whole number", "boolean": "true or false"}


@dataclass(frozen=True)
class DescribedKey:
    """One key. All texts are Markdown; an empty one says that there is nothing to say.

    `path` is dotted, such as `capacity.minimum_acu`. `default` is the value where the file does not name the key, and
    `unset` what holds then where that is not a value. `presets` has the values that presets give it, by preset.
    """

    path: str
    type: str
    unit: str
    is_required: bool
    default: Any
    unset: str
    allowed: str
    description: str
    makes: str
    costs: str
    change: Change
    example: Any
    presets: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    @property
    def default_text(self) -> str:
        """What holds where the file does not name the key."""
        if self.is_required:
            return "required"
        return self.unset or f"`{toml(self.default)}`"

    @property
    def example_lines(self) -> tuple[str, ...]:
        """The example as the file has it, without the line of its section."""
        if isinstance(self.example, dict) and "." not in self.path:
            [(key, inner)] = self.example.items()
            is_nested = isinstance(inner, dict)
            table = f"{self.name}.{key}" if is_nested else self.name
            items = inner if isinstance(inner, dict) else self.example
            return (f"[{table}]", *(f"{key} = {toml(item)}" for key, item in items.items()))
        return (f"{self.name} = {toml(self.example)}",)


@dataclass(frozen=True)
class DescribedSection:
    """A section with its keys and the sections in it; the file itself is the one whose path is empty."""

    path: str
    description: str
    unset: str
    makes: str
    costs: str
    keys: tuple[DescribedKey, ...]
    sections: tuple["DescribedSection", ...]

    def all_sections(self) -> Iterator["DescribedSection"]:
        """Yield this section and those in it, in the order of the model."""
        yield self
        for section in self.sections:
            yield from section.all_sections()

    def all_keys(self) -> Iterator[DescribedKey]:
        """Yield the keys of this section and of those in it, in the order of the model."""
        for section in self.all_sections():
            yield from section.keys


@functools.cache
def described_file() -> DescribedSection:
    """Return everything that an environment file may say."""
    schema = environment_schema()
    return _section("", Environment, schema["properties"], schema["description"], {})


def _section(
    path: str, section: type[Section], properties: Mapping[str, Any], description: str, extra: Mapping[str, Any]
) -> DescribedSection:
    fields = {name: field for name, field in section.model_fields.items() if path or name != NOT_IN_THE_FILE}
    before = f"{path}." if path else ""
    named = {name: entry for name, field in fields.items() if (entry := named_section_of(field)) is not None}
    inner = {name: named[name][1] if name in named else section_of(field) for name, field in fields.items()}
    return DescribedSection(
        path=path,
        description=_paragraph(description),
        unset=str(extra.get("x-unset", "")),
        makes=str(extra.get("x-makes", "")),
        costs=str(extra.get("x-costs", "")),
        keys=tuple(
            _key(before + name, field, properties[name]) for name, field in fields.items() if inner[name] is None
        ),
        sections=tuple(
            _section(
                f"{before}{name}.{named[name][0]}" if name in named else before + name,
                model,
                (properties[name]["additionalProperties"] if name in named else properties[name])["properties"],
                fields[name].description or model.__doc__ or "",
                _extra(fields[name]),
            )
            for name, model in inner.items()
            if model is not None
        ),
    )


def _key(path: str, field: FieldInfo, schema: Mapping[str, Any]) -> DescribedKey:
    extra = _extra(field)
    [example] = field.examples or [None]
    section, _, name = path.rpartition(".")
    return DescribedKey(
        path=path,
        type=_type(schema),
        unit=_unit(name),
        is_required=field.is_required(),
        default=None if field.is_required() else field.default,
        unset=str(extra.get("x-unset", "")),
        allowed=_allowed(extra, schema),
        description=field.description or "",
        makes=str(extra.get("x-makes", "")),
        costs=str(extra.get("x-costs", "")),
        change=Change(extra.get("x-change", Change.IN_PLACE)),
        example=example,
        presets={
            preset: values[section][name] for preset, values in PRESETS.items() if name in values.get(section, ())
        },
    )


def _extra(field: FieldInfo) -> Mapping[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _type(schema: Mapping[str, Any]) -> str:
    if schema.get("format") in {"date", "date-time"}:
        return {"date": "date", "date-time": "date and time"}[schema["format"]]
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_type(schema['items'])}s"
    if kind == "object":
        return "table of tables" if schema["additionalProperties"].get("type") == "object" else "table of strings"
    return _TYPES.get(str(kind), str(kind))


def _unit(name: str) -> str:
    last = name.rpartition("_")[2]
    return {"acu": "ACU"}.get(last, last) if last in _UNITS else ""


def _allowed(extra: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "x-allowed" in extra:
        return str(extra["x-allowed"])
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if values is None and schema.get("type") == "array":
        values = schema["items"].get("enum")
    if values is not None:
        return ", ".join(f"`{toml(value)}`" for value in values)
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    if lowest is not None and highest is not None:
        steps = f", in steps of {schema['multipleOf']:g}" if "multipleOf" in schema else ""
        return f"{lowest:,} to {highest:,}{steps}"
    return "" if lowest is None else f"{lowest:,} or more"


def _paragraph(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def toml(value: object) -> str:
    """Return a value of an environment file as TOML writes it, on one line."""
    if isinstance(value, (date, datetime)):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_bare(key)} = {toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


def _bare(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() else json.dumps(key)
