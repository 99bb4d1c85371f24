"""How AWS encrypts the storage of a cluster: the values of `StorageEncryptionType`, as it answers them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

from aurora_serverless.facts.table import FOLDER, Fact, read_facts

ENCRYPTION_TYPES_FILE: Final = FOLDER / "encryption_types.csv"


@dataclass(frozen=True, kw_only=True)
class EncryptionType(Fact):
    """A type of encryption: `key` encrypts, None where nothing does.

    `default_since` is the day on and after which a new cluster has it, unless a KMS key is asked for.
    """

    KEY: ClassVar = ("type",)

    type: str
    key: str | None
    default_since: date | None


@cache
def encryption_types(path: Path = ENCRYPTION_TYPES_FILE) -> Mapping[str, EncryptionType]:
    """Return the types by their name. Raises FactError."""
    return {row.type: row for row in read_facts(path, EncryptionType)}
