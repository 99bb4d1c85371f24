"""Pages that say which key means somebody else's word name keys that there are, or say why there is none."""

import re

import pytest

from stacks.described_keys import described_file
from tests.stacks.key_tables import NOTHING, PROGRAM, tables

# Rows that are left when the pages are read by another rule than the one they are written by would be tested by nobody.
PAGES = {"arguments.md": 130, "coming-over.md": 250}


@pytest.mark.parametrize(("page", "least_rows"), PAGES.items())
def test_what_means_a_word_is_a_key_the_program_or_nothing_for_a_reason(page: str, least_rows: int) -> None:
    keys = {key.path for key in described_file().all_keys()}
    sections = {section.path for section in described_file().all_sections()}
    rows = [(word, *row) for of_table in tables(page).values() for word, row in of_table.items()]
    assert len(rows) >= least_rows
    for word, set_by, said in rows:
        named = re.findall(r"`([^`]+)`", set_by)
        assert {_in_the_example(key) for key in named} <= keys, word
        assert named or set_by in {NOTHING, PROGRAM}, word
        assert set_by != NOTHING or said, f"{word}: why not?"
        for mentioned in re.findall(r"`([a-z_]+(?:\.[a-z_<>0-9 ]+)+)(?: = [^`]+)?`", said):
            if mentioned.split(".")[0] in sections:
                assert _in_the_example(mentioned) in keys | _words(page), f"{word}: {mentioned}"


def _words(page: str) -> set[str]:
    return {word for of_table in tables(page).values() for word in of_table}


def _in_the_example(key: str) -> str:
    return key.replace("<number>", "1").replace("<short name>", "reports")
