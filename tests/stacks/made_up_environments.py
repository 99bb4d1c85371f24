"""Environment files that are made up: every key at random, and then made to go together.

What a file is refused for is fixed as a person would do it: the key that the error names is left out, or, if it is not
there, written. So nothing here knows which keys go together, and an error that names no key is found.
"""

import os
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomli_w
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.strategies import DrawFn

from stacks.environment import Environment
from stacks.environment_files import EnvironmentFileError, read_environment
from stacks.problem import Problem
from tests.stacks.environment_strategies import KEYS, SCHEMA, sections, strategy_for

MOST_MENDINGS: Final = 30
TIMES_ONE_KEY_IS_MENDED: Final = 4

for _profile, _examples in (("ci", 150), ("thorough", 5000)):
    settings.register_profile(
        _profile,
        max_examples=_examples,
        # The same examples in every run, unless somebody searches for more.
        derandomize=_profile == "ci",
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        # A file may have each of some two hundred keys, so even a small one takes much to draw.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
if settings.get_current_profile_name() == "ci":
    # Hypothesis also draws constants of the modules that happen to be loaded, so that the same seed makes other files
    # in each process of the tests, and after each change of the code. It has no public switch for that.
    providers._get_local_constants = lambda: providers._local_constants

Document = dict[str, Any]


def read(document: Document) -> Environment:
    """Write the document as a file, and read it. Raises `EnvironmentFileError`."""
    path = Path(tempfile.gettempdir()) / f"made-up-{os.getpid()}.toml"
    path.write_text(tomli_w.dumps(document), encoding="utf-8")
    try:
        return read_environment(path)
    finally:
        path.unlink()


def problems_of(document: Document) -> tuple[Problem, ...]:
    """Return what is wrong with a document; nothing if it is accepted."""
    try:
        read(document)
    except EnvironmentFileError as error:
        return error.problems
    return ()


def named_key(problem: Problem) -> str:
    """Return the key that an error names, without the number of an item."""
    return problem.where.partition(" = ")[0].partition("[")[0]


@dataclass
class Counts:
    """How many documents were made up, how many went together at once, and how many never did."""

    made_up: int = 0
    right_at_once: int = 0
    given_up: int = 0


COUNTS: Final = Counts()


@st.composite
def environment_documents(draw: DrawFn, wanted: str | None = None) -> Document:
    """Return documents that the model accepts; one key, given or drawn, is in each of them if that can be."""
    document = draw(sections())
    chosen = draw(st.sampled_from(sorted(KEYS))) if wanted is None else wanted
    _write(draw, document, chosen)
    _declare_users(document)
    _name_vaults_for_copies(draw, document)
    COUNTS.made_up += 1
    fixed = Counter[str]()
    for mendings in range(MOST_MENDINGS):
        problems = problems_of(document)
        if not problems:
            COUNTS.right_at_once += mendings == 0
            return document
        for key in sorted({named_key(problem) for problem in problems}):
            fixed[key] += 1
            section = key.rpartition(".")[0]
            # What is wrong with and without the key is wrong with its section.
            if fixed[key] > TIMES_ONE_KEY_IS_MENDED and section not in SCHEMA["required"] and find(document, section):
                _fix(draw, document, section, keep=chosen)
            else:
                _fix(draw, document, key, keep=chosen)
    COUNTS.given_up += 1
    return reject()


def _declare_users(document: Document) -> None:
    """Declare the user of the roles, and those with versions: a name that is made up is never that of a user."""
    user = document.get("access", {}).get("lambda_role", {}).get("user")
    names = {*([] if user is None else [user]), *document.get("users", {}).get("versions", {})}
    if names:
        put(document, "users.read_write", sorted(names))


def _name_vaults_for_copies(draw: DrawFn, document: Document) -> None:
    """Name vaults where it is said how long copies are kept, beside a dozen keys that might be written instead."""
    aws_backup = document.get("backup", {}).get("aws_backup", {})
    while aws_backup.get("copy_delete_after_days") is not None and not aws_backup.get("copy_vault_arns"):
        _write(draw, document, "backup.aws_backup.copy_vault_arns")


def _fix(draw: DrawFn, document: Document, key: str, *, keep: str) -> None:
    """Leave out what the key names, or write another key of its section; write the key where it is not there."""
    found = find(document, key)
    if found is None and key not in KEYS:
        return  # an entry of a table that went with an error told before
    section = key.rpartition(".")[0]
    beside = [other for other in KEYS if section and other != key and other.rpartition(".")[0] == section]
    given = [where for other in beside if (where := find(document, other)) is not None]
    if key == keep and given and draw(st.booleans()):
        table, name = draw(st.sampled_from(given))  # what may stand against the key that is wanted
        del table[name]
        return
    # In half of the cases left out, however many keys the section has.
    out_or_beside = [*[None] * (1 + len(beside)), *beside]
    to_write = key if found is None else draw(st.sampled_from(beside if key == keep and beside else out_or_beside))
    if to_write is not None:
        _write(draw, document, to_write)
    elif found is not None:
        table, name = found
        del table[name]


def _write(draw: DrawFn, document: Document, key: str) -> None:
    """Write a right value of a key."""
    assert key in KEYS, f"an error names {key}, which is not a key"
    made = strategy_for(key)
    assert made is not None
    put(document, key, draw(made))


def find(document: Document, key: str) -> tuple[Document, str] | None:
    """Return the table that has what the key names, and its name there, which may have dots; None where it is not."""
    table, name = document, key
    while name not in table:
        section, _, below = name.partition(".")
        if not isinstance(table.get(section), dict):
            return None
        table, name = table[section], below
    return table, name


def put(document: Document, key: str, value: object) -> None:
    """Write a key, and the sections that it is in."""
    *sections_of_key, name = key.split(".")
    table = document
    for section in sections_of_key:
        table = table.setdefault(section, {})
    table[name] = value


def keys_in(document: Document, prefix: str = "") -> set[str]:
    """Return the keys that a document has, by their dotted names."""
    found = set()
    for name, value in document.items():
        if prefix + name in KEYS:
            found.add(prefix + name)
        else:
            found |= keys_in(value, f"{prefix}{name}.")
    return found


def sample(examples: int, key: str | None = None) -> list[Document]:
    """Return as many documents, with a key if one is given; the same ones as long as the project stays the same."""
    documents: list[Document] = []

    @settings(max_examples=examples, derandomize=True, phases=[Phase.generate])
    @given(environment_documents(key))
    def collect(document: Document) -> None:
        documents.append(document)

    collect()
    return documents


def few_that_cover_most(documents: list[Document], count: int) -> list[Document]:
    """Return those of the documents that together have the most keys: each time the one that adds the most."""
    left, chosen, covered = list(documents), [], set[str]()
    for _ in range(count):
        best = max(left, key=lambda document: len(keys_in(document) - covered))
        left.remove(best)
        chosen.append(best)
        covered |= keys_in(best)
    return chosen
