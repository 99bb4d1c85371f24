"""The keys of an environment file by their dotted names, and which one a wrong name means."""

import difflib
from typing import Final

from pydantic import BaseModel

from aurora_serverless.options.section import named_section_of, section_of
from stacks.environment import Environment
from stacks.json_schema import NOT_IN_THE_FILE
from stacks.terraform_words import terraform_words

# Source: Amazon Aurora User Guide, "Supported Regions and Aurora DB engines for database activity streams".
_NO_ACTIVITY_STREAM: Final = (
    "Aurora Serverless v2 has no database activity streams",
    "write pgaudit = true under [engine] and log_retention_days under [monitoring]",
)
NOT_SERVERLESS: Final = {"audit": _NO_ACTIVITY_STREAM, "activity_stream": _NO_ACTIVITY_STREAM}
"""What AWS has and this kind of database has not: the rule and the way out."""


def known_keys(model: type[BaseModel] = Environment, prefix: str = "") -> list[str]:
    """Return the dotted names of all keys and sections, in the order of the model.

    A table whose entries have names of their own stands there with the one entry of its example.
    """
    keys = []
    for name, field in model.model_fields.items():
        if model is Environment and name == NOT_IN_THE_FILE:
            continue
        named = named_section_of(field)
        section = section_of(field) if named is None else named[1]
        path = prefix + name if named is None else f"{prefix}{name}.{named[0]}"
        keys.append(path)
        if section is not None:
            keys.extend(known_keys(section, f"{path}."))
    return keys


def keys_of(section: str) -> dict[str, str]:
    """Return the dotted names of a section's own keys, by their last part; those at the top for "".

    Those of an entry that the file names itself are those of the entry in the example.
    """
    known = known_keys()
    table = section.rpartition(".")[0]
    if table and table not in known:
        section = next((name for name in known if name.rpartition(".")[0] == table), section)
    return {name.rpartition(".")[2]: name for name in known if name.rpartition(".")[0] == section}


def nearest_key(key: str) -> str | None:
    """Return the key that a wrong dotted name probably means: Terraform's word, one of the same section, any other."""
    section, _, last = key.rpartition(".")
    elsewhere = {name.rpartition(".")[2]: name for name in known_keys()}
    if "_" in last and last not in elsewhere and last in terraform_words():
        return terraform_words()[last][0]
    for candidates in (keys_of(section), elsewhere):
        nearest = difflib.get_close_matches(last, candidates, n=1, cutoff=0.75)
        if nearest:
            return candidates[nearest[0]]
    return None
