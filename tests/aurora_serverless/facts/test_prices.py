"""The file of prices: what ships can be read and is said where it is from; a wrong row is a line with its place."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from aurora_serverless.facts.prices import PRICES_FILE, Price, load_prices
from aurora_serverless.facts.table import CERTAINTIES, FactError, columns
from tests.conftest import COMMAND_PACKAGES, ROOT

HEADER = ",".join(columns(Price))
ROW = "acu_hour_standard,us-east-1,ACU-hour,0.12,AmazonRDS,Aurora:ServerlessV2Usage,a page,2026-03,one source"
PRICE = Price(
    item="acu_hour_standard",
    region="us-east-1",
    unit="ACU-hour",
    usd=Decimal("0.12"),
    service_code="AmazonRDS",
    usage_type="Aurora:ServerlessV2Usage",
    source="a page",
    seen="2026-03",
    certainty="one source",
)


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "prices.csv"
    path.write_text("\n".join((header, *rows)) + "\n")
    return path


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text())
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def test_no_price_stands_in_the_code() -> None:
    folders = [ROOT / name for name in ("constructs/aurora_serverless", "stacks", *COMMAND_PACKAGES)]
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    assert [(path, text) for path in paths for text in texts(path) if re.search(r"\$[0-9]", text)] == []


def test_the_prices_that_ship_say_where_they_are_from_and_how_certain_they_are() -> None:
    prices = load_prices()
    assert len(prices.rows) >= 20
    assert len({row.region for row in prices.rows if row.item == "acu_hour_standard"}) >= 10
    for row in prices.rows:
        assert row.certainty in CERTAINTIES
        assert row.source
        assert date(2025, 1, 1) < row.date <= date(2026, 11, 30)
        assert row.usd > 0


@pytest.mark.parametrize(
    ("item", "usd"),
    [
        ("acu_hour_standard", "0.12"),
        ("acu_hour_io_optimized", "0.16"),
        ("storage_gb_month_standard", "0.10"),
        ("storage_gb_month_io_optimized", "0.225"),
        ("io_million", "0.20"),
        ("backup_gb_month", "0.021"),
        ("data_api_million", "0.35"),
        ("proxy_acu_hour", "0.015"),
    ],
)
def test_the_documented_prices_are_among_them(item: str, usd: str) -> None:
    price = load_prices().find(item, "us-east-1")
    assert price is not None
    assert price.usd == Decimal(usd)


def test_a_row_is_read_as_it_stands(tmp_path: Path) -> None:
    assert load_prices(written(tmp_path, ROW)).rows == (PRICE,)
    assert PRICE.date == date(2026, 3, 1)
    assert PRICE.said == "$0.12 per ACU-hour"


def test_the_file_is_written_as_it_is_read() -> None:
    assert load_prices().as_csv() == PRICES_FILE.read_text()


@pytest.mark.parametrize("region", ["eu-west-1", None, "us-east-2"])
def test_another_regions_price_is_never_taken(tmp_path: Path, region: str | None) -> None:
    assert load_prices(written(tmp_path, ROW)).find("acu_hour_standard", region) is None


def test_new_rows_take_the_place_of_old_ones_and_leave_the_others(tmp_path: Path) -> None:
    prices = load_prices(written(tmp_path, ROW, ROW.replace("us-east-1", "eu-west-1").replace("0.12", "0.14")))
    dearer = replace(PRICE, usd=Decimal("0.13"))
    changed = prices.with_rows([dearer, replace(PRICE, region="ap-south-1")])
    assert changed.find("acu_hour_standard", "us-east-1") == dearer
    assert changed.regions == ("ap-south-1", "eu-west-1", "us-east-1")
    assert [row.region for row in changed.rows] == ["ap-south-1", "eu-west-1", "us-east-1"]
    assert prices.find("acu_hour_standard", "us-east-1") == PRICE


@pytest.mark.parametrize(
    ("unit", "units"),
    [("million I/O requests", 1_000_000), ("10,000 calls", 10_000), ("100,000 emails", 100_000), ("GB-month", 1)],
)
def test_a_unit_of_many_knows_how_many(unit: str, units: int) -> None:
    assert replace(PRICE, unit=unit).units == units


def test_a_row_that_is_not_csv_is_told_with_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, ROW.replace("a page", "x" * 200_000))
    with pytest.raises(FactError, match=r"prices.csv:\d+: field larger than field limit"):
        load_prices(path)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ROW.replace("0.12", "cheap"), "usd cheap is not a price in US dollars"),
        (ROW.replace("0.12", "1e999999"), "usd 1e999999 is not a price in US dollars"),
        (ROW.replace("0.12", "-0.12"), "usd -0.12 is not a price"),
        (ROW.replace("0.12", "NaN"), "usd NaN is not a price"),
        (ROW.replace("0.12", "Infinity"), "usd Infinity is not a price"),
        (ROW.replace("0.12", ""), "usd is empty"),
        (ROW.replace("a page", ""), "source is empty"),
        (ROW.replace("2026-03", "March 2026"), "date March 2026 is not a date"),
        (ROW.replace("2026-03", "2026-13"), "date 2026-13 is not a date"),
        (ROW.replace("one source", "sure"), "certainty sure is none of price list, api"),
        (ROW.rpartition(",")[0], "a row has 9 columns"),
        (f"{ROW},more", "a row has 9 columns"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    path = written(tmp_path, ROW.replace("us-east-1", "eu-west-1"), row)
    with pytest.raises(FactError) as caught:
        load_prices(path)
    assert str(caught.value).startswith(f"{path}:3: ")
    assert words in str(caught.value)


def test_a_price_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FactError, match=r":3: acu_hour_standard in us-east-1 is there twice"):
        load_prices(written(tmp_path, ROW, ROW))


def test_another_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FactError, match="its first line must be item,region,unit"):
        load_prices(written(tmp_path, ROW, header="item,usd"))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FactError, match="cannot be read: No such file"):
        load_prices(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(FactError, match="is not UTF-8"):
        load_prices(tmp_path / "latin.csv")
