"""The JSON schema of environment files, made from the model: completion, hints and first checks in an editor.

It says what one key alone may be. What several keys may be together only `python main.py` says.
"""

import functools
from typing import Any, Final

from stacks.environment import Environment

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
"""The newest draft that editors' TOML plugins know."""

NOT_IN_THE_FILE: Final = "name"
"""The one field of the model that is not a key: the environment is called as its file is."""

_HINTS: Final = {
    "x-allowed": "Allowed",
    "x-unset": "Without it",
    "x-makes": "Makes",
    "x-costs": "Costs",
    "x-change": "A change",
}


@functools.cache  # a tenth of a second
def environment_schema() -> dict[str, Any]:
    """Return the schema of an environment file, without references, so that any editor can read it."""
    generated = Environment.model_json_schema()
    definitions = generated.pop("$defs", {})
    schema = _plain(generated, definitions)
    del schema["properties"][NOT_IN_THE_FILE]
    schema["required"] = [key for key in schema["required"] if key != NOT_IN_THE_FILE]
    return {
        "$schema": DRAFT,
        "title": "Environment file",
        "description": "One deployment of an Aurora Serverless v2 PostgreSQL database.",
        **{key: value for key, value in schema.items() if key not in {"title", "description"}},
    }


def _plain(node: Any, definitions: dict[str, Any]) -> Any:
    """Return a part of pydantic's schema with references put in, and without what TOML does not have: null."""
    if isinstance(node, list):
        return [_plain(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = definitions[node["$ref"].rpartition("/")[2]]
        # What is said where a section is used goes before what it says of itself. A section has no default of its own.
        return _plain({**target, **{key: node[key] for key in node if key not in {"$ref", "default"}}}, definitions)
    if "anyOf" in node:
        [option] = [option for option in node["anyOf"] if option.get("type") != "null"]
        merged = {**option, **{key: value for key, value in node.items() if key != "anyOf"}}
        if merged.get("default", ...) is None:
            del merged["default"]
        return _plain(merged, definitions)
    plain = {key: _plain(value, definitions) for key, value in node.items() if not _is_left_out(key, value)}
    hints = [f"{name}: {node[key]}." for key, name in _HINTS.items() if key in node]
    if hints:
        plain["description"] = " ".join([plain["description"], *hints]).replace("`", "")
    if "description" in plain:
        plain["description"] = " ".join(str(plain["description"]).split())
    return plain


def _is_left_out(key: str, value: Any) -> bool:
    return key.startswith("x-") or (key == "title" and isinstance(value, str))
