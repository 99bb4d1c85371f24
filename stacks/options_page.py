"""The page docs/options.md, made from the model: what an environment file may say, key by key."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo

from stacks.environment import Environment
from stacks.json_schema import NOT_IN_THE_FILE, environment_schema
from stacks.presets import PRESETS
from stacks.sections.section import section_of

TEMPLATE: Final = Path(__file__).with_name("options_page.md")
"""The page's text that is about no single key, with a line for each generated part."""

_TOLD: Final = (("Makes", "x-makes"), ("Costs", "x-costs"))
_UNITS: Final = ("acu", "seconds", "milliseconds", "days", "percent")


def options_page() -> str:
    """Return the whole page as Markdown."""
    properties = environment_schema()["properties"]
    fields = {name: field for name, field in Environment.model_fields.items() if name != NOT_IN_THE_FILE}
    top = {name: field for name, field in fields.items() if section_of(field) is None}
    sections = {name: field for name, field in fields.items() if section_of(field) is not None}
    parts = ["## At the top of the file", *_keys("", top, properties)]
    for name, field in sections.items():
        parts += _section(name, field, properties[name])
    return (
        TEMPLATE.read_text(encoding="utf-8")
        .replace("{options}\n", "\n".join(parts) + "\n")
        .replace("{presets}\n", "\n".join(_presets()) + "\n")
        .replace("{contents}\n", "\n".join(_contents(list(sections))) + "\n")
    )


def _contents(sections: list[str]) -> Iterator[str]:
    names = ", ".join(f"[`[{name}]`](#{name})" for name in sections)
    yield f"[At the top](#at-the-top-of-the-file), {names}, [not possible](#not-possible)"


def _section(path: str, field: FieldInfo, schema: Mapping[str, Any]) -> Iterator[str]:
    section = section_of(field)
    assert section is not None  # noqa: S101 (asked before)
    level = "##" if "." not in path else "###"
    yield f"\n{level} `[{path}]`"
    yield f'<a id="{path}"></a>\n{_paragraph(field.description or section.__doc__)}'
    told = [f"*{what}* {_extra(field)[key]}." for what, key in _TOLD if key in _extra(field)]
    if told:  # of the table itself, which makes something even while it is empty
        yield "\n" + "  \n".join(told)
    own = {name: item for name, item in section.model_fields.items() if section_of(item) is None}
    yield from _keys(path, own, schema["properties"])
    for name, item in section.model_fields.items():
        if name not in own:
            yield from _section(f"{path}.{name}", item, schema["properties"][name])


def _keys(path: str, fields: Mapping[str, FieldInfo], properties: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of keys, and below it what each is, makes and costs."""
    if not fields:
        return
    yield "\n| key | type | unit | default | allowed |\n|---|---|---|---|---|"
    for name, field in fields.items():
        schema = properties[name]
        yield f"| `{name}` | {_type(schema)} | {_unit(name)} | {_default(field)} | {_allowed(field, schema)} |"
    yield ""
    for name, field in fields.items():
        extra = _extra(field)
        yield f"- **`{name}`** {_lower(field.description)}  "
        yield from (f"  *{what}* {extra[key]}.  " for what, key in _TOLD if key in extra)
        yield f"  *Example* `{_example(path, name, field)}`"


def _presets() -> Iterator[str]:
    for preset, sections in PRESETS.items():
        yield f"| key | with `{preset}` |\n|---|---|"
        for section, values in sections.items():
            for name, value in values.items():
                yield f"| `{section}.{name}` | `{toml(value)}` |"


def _type(schema: Mapping[str, Any]) -> str:
    if schema.get("format") in {"date", "date-time"}:
        return {"date": "date", "date-time": "date and time"}[schema["format"]]
    kind = schema.get("type")
    if kind == "array":
        return f"list of {_type(schema['items'])}s"
    if kind == "object":
        return "table of tables" if schema["additionalProperties"].get("type") == "object" else "table of strings"
    names = {"integer": "whole number", "boolean": "true or false"}
    return names.get(str(kind), str(kind))


def _unit(name: str) -> str:
    last = name.rpartition("_")[2]
    return {"acu": "ACU"}.get(last, last) if last in _UNITS else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    unset = _extra(field).get("x-unset")
    return str(unset) if unset is not None else f"`{toml(field.default)}`"


def _allowed(field: FieldInfo, schema: Mapping[str, Any]) -> str:
    told = _extra(field).get("x-allowed")
    if told is not None:
        return str(told).replace("|", "\\|")
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if values is None and schema.get("type") == "array":
        values = schema["items"].get("enum")
    if values is not None:
        return ", ".join(f"`{toml(value)}`" for value in values)
    lowest, highest = schema.get("minimum"), schema.get("maximum")
    if lowest is not None and highest is not None:
        return f"{lowest:,} to {highest:,}"
    return "" if lowest is None else f"{lowest:,} or more"


def _example(path: str, name: str, field: FieldInfo) -> str:
    [value] = field.examples or [None]
    if isinstance(value, dict) and path == "":
        [(key, inner)] = value.items()
        table, inner = (f"{name}.{key}", inner) if isinstance(inner, dict) else (name, value)
        return f"[{table}]` and below it `" + "`, `".join(f"{key} = {toml(item)}" for key, item in inner.items())
    return f"{name} = {toml(value)}"


def toml(value: object) -> str:
    """Return a value of an environment file as TOML writes it."""
    if isinstance(value, (date, datetime)):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_bare(key)} = {toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


def _bare(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() else json.dumps(key)


def _extra(field: FieldInfo) -> Mapping[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _paragraph(text: str | None) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in (text or "").split("\n\n"))


def _lower(text: str | None) -> str:
    """Return a description so that it goes on after the key's name."""
    words = text or ""
    first = words.split(" ", 1)[0]
    return words if first.isupper() or not first.istitle() else words[0].lower() + words[1:]
