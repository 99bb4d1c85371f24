"""Files of facts: no row without its source, date and certainty, and a wrong one is told with its place."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest

from aurora_serverless.facts.files import FACT_FILES
from aurora_serverless.facts.table import FOLDER, Fact, FactError, as_csv, oldest, parse_facts, read_facts


@dataclass(frozen=True, kw_only=True)
class Limit(Fact):
    """A row of these tests."""

    KEY: ClassVar = ("name", "region")

    name: str
    region: str = ""
    number: int | None
    share: Decimal
    soft: bool
    until: date | None


HEADER = "name,region,number,share,soft,until,source,date,certainty"
ROW = "length,,63,0.5,yes,2027-01-31,a page,2026-03,aws page"


def read(*rows: str, header: str = HEADER) -> tuple[Limit, ...]:
    return parse_facts("\n".join((header, *rows)) + "\n", "limits.csv", Limit)


def test_a_row_is_read_by_the_types_of_its_fields() -> None:
    [row] = read(ROW)
    assert row == Limit(
        name="length",
        number=63,
        share=Decimal("0.5"),
        soft=True,
        until=date(2027, 1, 31),
        source="a page",
        seen="2026-03",
        certainty="aws page",
    )
    assert row.date == date(2026, 3, 1)


def test_an_empty_cell_is_none_where_the_field_may_be_none() -> None:
    [row] = read("length,,,0.5,no,,a page,2026-03-05,api")
    assert (row.number, row.until, row.region, row.soft) == (None, None, "", False)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("a page", "", "source is empty: every row says its source, its date and its certainty"),
        ("a page", "  ", "source is empty"),
        ("2026-03", "", "date is empty"),
        ("aws page", "", "certainty is empty"),
        ("aws page", "sure", "certainty sure is none of price list, api, aws page"),
        (",2026-03,", ",20260301,", "date 20260301 is not a date such as 2026-03 or 2026-03-05"),
        (",2026-03,", ",2026-3,", "date 2026-3 is not a date"),
        ("length", "", "name is empty"),
        ("63", "many", "number many is not a whole number"),
        ("0.5", "half", "share half is not a number"),
        ("0.5", "", "share is empty"),
        ("yes", "true", "soft true is not yes or no"),
        ("2027-01-31", "2027-02-30", "until 2027-02-30 is not a date such as 2026-03-05"),
        (",aws page", "", "a row has 9 columns: name, region, number"),
        (",aws page", ",aws page,more", "a row has 9 columns"),
    ],
)
def test_a_wrong_cell_is_told_with_its_place(old: str, new: str, words: str) -> None:
    with pytest.raises(FactError) as caught:
        read(ROW.replace("length", "other"), ROW.replace(old, new, 1))
    assert str(caught.value).startswith(f"limits.csv:3: {words}")


def test_a_row_that_is_there_twice_is_refused() -> None:
    with pytest.raises(FactError, match=r"limits\.csv:3: length in .* is there twice; keep one"):
        read(ROW, ROW.replace("63", "64"))


def test_another_header_is_refused() -> None:
    with pytest.raises(FactError, match=f"limits.csv: its first line must be {HEADER}"):
        read(header="name,number")


def test_rows_are_written_as_they_are_read() -> None:
    assert as_csv(Limit, read(ROW)) == f"{HEADER}\n{ROW}\n"


def test_the_oldest_row_is_the_one_that_was_seen_first() -> None:
    rows = read(ROW, ROW.replace("length", "b").replace("2026-03", "2025-12-31"))
    assert oldest(rows).name == "b"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(FactError, match=r"none\.csv cannot be read: No such file"):
        read_facts(tmp_path / "none.csv", Limit)
    (tmp_path / "latin.csv").write_bytes(b"\xff")
    with pytest.raises(FactError, match=r"latin\.csv is not UTF-8"):
        read_facts(tmp_path / "latin.csv", Limit)


def test_every_file_of_facts_is_read_and_written_as_it_stands() -> None:
    assert {file.path for file in FACT_FILES} == set(FOLDER.glob("*.csv"))
    for file in FACT_FILES:
        assert as_csv(file.row, file.read()) == file.path.read_text(), file.path
        assert all(date(2023, 1, 1) <= one.date <= date.today() for one in file.read()), file.path
