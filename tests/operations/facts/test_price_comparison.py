"""Prices against the Price List's public files: files of the real form, from a server on this machine."""

import functools
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from aurora_serverless.facts.files import FactFile
from aurora_serverless.facts.prices import PriceList, load_prices
from cli.exit_status import ExitStatus
from operations.errors import ErrorKind, OperationsError
from operations.facts import price_files
from tests.operations.facts.conftest import Facts
from tests.operations.facts.price_server import PriceServer, price_row

FRANKFURT = "eu-central-1"
POSTGRESQL = {"Database_Engine": "Aurora PostgreSQL"}
ITEMS = ("acu_hour_standard", "io_million", "data_api_million", "key_month", "dashboard_month")


@pytest.fixture
def prices(copies: dict[str, FactFile]) -> Path:
    """Return a file of prices that knows five items in us-east-1 alone, such as the shipped ones."""
    path = copies["prices"].path
    rows = [row for row in load_prices(path).rows if row.item in ITEMS and row.region == "us-east-1"]
    rows = [replace(row, usage_type="") if row.item == "data_api_million" else row for row in rows]
    path.write_text(PriceList(tuple(rows)).as_csv())
    return path


@pytest.fixture
def served(price_host: PriceServer) -> PriceServer:
    """Serve the prices of two Regions."""
    rds = {
        "us-east-1": [
            price_row("Aurora:ServerlessV2Usage", "0.1200000000", **POSTGRESQL),
            price_row("Aurora:StorageIOUsage", "0.0000002000", Database_Engine="Any"),
        ],
        FRANKFURT: [
            price_row("EUC1-Aurora:ServerlessV2Usage", "0.1400000000", **POSTGRESQL),
            price_row("EUC1-Aurora:ServerlessV2Usage", "0.1500000000", Database_Engine="Aurora MySQL"),
            price_row("EUC1-Aurora:ServerlessV2Usage", "9", TermType="Reserved", **POSTGRESQL),
            price_row("EUC1-Aurora:ServerlessV2Usage", "8", Currency="CNY", **POSTGRESQL),
            price_row("EUC1-Aurora:ServerlessV2Usage:Preview", "7", **POSTGRESQL),
            price_row("EUC1-Aurora:StorageIOUsage", "0", SKU="tiers", EndingRange="1000"),
            price_row("EUC1-Aurora:StorageIOUsage", "0.0000002200", SKU="tiers", StartingRange="1000"),
        ],
        "us-west-2-lax-1": [],
    }
    price_host.serve("AmazonRDS", rds)
    price_host.serve("awskms", {FRANKFURT: [price_row("eu-central-1-KMS-Keys", "1.0000000000")], "us-east-1": []})
    return price_host


@pytest.fixture
def compared(facts: Facts, prices: Path, served: PriceServer) -> Facts:
    """Return a function that compares those prices with those files."""
    assert prices.exists()
    assert served.bodies
    return functools.partial(facts, "prices", "--compare")


def known(path: Path) -> dict[tuple[str, str], Decimal]:
    return {(row.item, row.region): row.usd for row in load_prices(path).rows}


def test_every_region_of_the_index_is_compared_and_taken_over(
    compared: Facts, prices: Path, served: PriceServer
) -> None:
    done = compared("--write", "--json")
    assert done.status == ExitStatus.DONE
    assert [(one["of"], one["known"], one["aws"]) for one in done.json["differences"]] == [
        (f"acu_hour_standard in {FRANKFURT}", None, 0.14),
        (f"io_million in {FRANKFURT}", None, 0.22),
        (f"key_month in {FRANKFURT}", None, 1.0),
    ]
    found = known(prices)
    assert found["acu_hour_standard", FRANKFURT] == Decimal("0.14")
    assert found["key_month", "us-east-1"] == Decimal("1.00")
    assert not [path for path in served.asked if "lax" in path]
    [row] = [row for row in load_prices(prices).rows if (row.item, row.region) == ("io_million", FRANKFURT)]
    assert (row.source, row.certainty) == ("AWS Price List, public files", "price list")


def test_a_price_that_agrees_gets_the_new_source_and_one_of_which_nothing_is_told_stays(
    compared: Facts, prices: Path
) -> None:
    before = {(row.item, row.region): row for row in load_prices(prices).rows}
    compared("--write")
    after = {(row.item, row.region): row for row in load_prices(prices).rows}
    confirmed, untold = ("acu_hour_standard", "us-east-1"), ("dashboard_month", "us-east-1")
    assert after[confirmed].usd == before[confirmed].usd
    assert after[confirmed].certainty == "price list"
    assert after[untold] == before[untold]


def test_without_write_nothing_is_written_and_a_difference_is_exit_status_1(compared: Facts, prices: Path) -> None:
    text = prices.read_text()
    done = compared()
    assert done.status == ExitStatus.FAILED
    assert prices.read_text() == text
    assert f"acu_hour_standard in {FRANKFURT}" in done.output
    assert "3 differences" in done.output


def test_one_region_reads_its_files_alone(compared: Facts, served: PriceServer) -> None:
    done = compared("--region", "us-east-1")
    assert done.status == ExitStatus.DONE
    assert not [path for path in served.asked if FRANKFURT in path]


def test_what_is_not_compared_is_said_with_the_reason(compared: Facts) -> None:
    reasons = [one["why"] for one in compared("--json").json["not_compared"]]
    assert reasons == [
        "the usage type of data_api_million is not known here",
        "dashboard_month is priced for no Region: ./aurora-serverless cost --refresh asks for it",
        "AWS names the prices of cn-north-1 and cn-northwest-1 in CNY, in files of their own",
        "key_month: the Price List does not have it, in us-east-1",
    ]


def test_a_region_without_prices_in_dollars_is_said(compared: Facts) -> None:
    done = compared("--region", "eu-west-3")
    assert done.status == ExitStatus.DONE
    assert "the Price List has no AmazonRDS in US dollars, in eu-west-3" in done.output


def test_a_region_whose_prices_are_in_another_currency_is_said_and_no_file_is_asked_for(
    compared: Facts, served: PriceServer
) -> None:
    done = compared("--region", "cn-north-1")
    assert done.status == ExitStatus.DONE
    assert "AWS names the prices of cn-north-1 in CNY, in files of their own" in done.output
    assert served.asked == []


def test_a_file_may_come_zipped(compared: Facts, served: PriceServer) -> None:
    served.zipped = True
    assert len(compared("--json").json["differences"]) == 3


@pytest.mark.parametrize("zipped", [False, True])
def test_of_a_file_that_ends_early_nothing_is_written_and_the_others_are(
    compared: Facts, prices: Path, served: PriceServer, zipped: bool
) -> None:
    served.zipped, served.cut = zipped, f"AmazonRDS/20261001120000/{FRANKFURT}/index.csv"
    done = compared("--write")
    assert done.status == ExitStatus.AWS_UNAVAILABLE
    assert "the answer ended early" in done.error
    found = known(prices)
    assert ("acu_hour_standard", FRANKFURT) not in found
    assert found["key_month", FRANKFURT] == Decimal("1.00")


def test_a_line_that_is_cut_is_an_early_end(compared: Facts, prices: Path, served: PriceServer) -> None:
    path = f"/offers/v1.0/aws/AmazonRDS/20261001120000/{FRANKFURT}/index.csv"
    served.bodies[path] = served.bodies[path][:-40]
    done = compared("--write", "--region", FRANKFURT)
    assert done.status == ExitStatus.AWS_UNAVAILABLE
    assert "the answer ended early" in done.error
    assert ("acu_hour_standard", FRANKFURT) not in known(prices)


def test_a_file_that_is_not_there_fails_alone(compared: Facts, served: PriceServer) -> None:
    [path] = [path for path in served.bodies if path.endswith(f"awskms/20261001120000/{FRANKFURT}/index.csv")]
    del served.bodies[path]
    done = compared("--json")
    assert done.status == ExitStatus.AWS_UNAVAILABLE
    assert "HTTP status 404" in done.json["failed"][0]["why"]
    assert len(done.json["differences"]) == 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"usageType"', b'"usage"', "it has no column usageType"),
        (b'"SKU"', b'"sku"', "it has no column Currency"),
        (b'"0.1400000000"', b'"cheap"', "is not a price file as AWS documents it"),
        (b'"EUC1-', b'"\xff', "is not a price file as AWS documents it"),
    ],
)
def test_a_file_of_another_form_is_refused(
    compared: Facts, prices: Path, served: PriceServer, old: bytes, new: bytes, words: str
) -> None:
    path = f"/offers/v1.0/aws/AmazonRDS/20261001120000/{FRANKFURT}/index.csv"
    served.bodies[path] = served.bodies[path].replace(old, new)
    done = compared("--write", "--region", FRANKFURT)
    assert done.status == ExitStatus.FAILED
    assert words in done.error
    assert ("acu_hour_standard", FRANKFURT) not in known(prices)


def test_an_index_of_another_form_is_refused(compared: Facts, served: PriceServer) -> None:
    for body in (b"<html>", b"[]", b'{"regions": {"eu-central-1": {}}}', b'{"regions": []}'):
        served.bodies["/offers/v1.0/aws/AmazonRDS/current/region_index.json"] = body
        done = compared()
        assert done.status == ExitStatus.FAILED
        assert "is not an index of Regions as AWS documents it" in done.error


def test_a_host_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(price_files, "HOST", "http://127.0.0.1:9")
    with pytest.raises(OperationsError, match="AWS's Price List cannot be read") as caught:
        price_files.region_files("AmazonRDS")
    assert caught.value.kind is ErrorKind.AWS_UNAVAILABLE


def test_the_proxy_of_the_environment_is_asked(price_host: PriceServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_files, "HOST", "http://pricing.example")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("http_proxy", price_host.host)
    price_host.bodies["http://pricing.example/offers/v1.0/aws/awskms/current/region_index.json"] = b'{"regions": {}}'
    assert price_files.region_files("awskms") == {}


def test_a_region_that_is_not_known_is_told_and_not_written(
    facts: Facts, copies: dict[str, FactFile], price_host: PriceServer
) -> None:
    price_host.serve("AmazonRDS", {"us-east-1": [], "on-the-moon": [], "us-east-9": [], "us-west-2-lax-1": []})
    before = copies["regions"].path.read_bytes()
    done = facts("regions", "--compare", "--write", "--json")
    assert done.status == ExitStatus.FAILED
    assert [(one["of"], one["written"]) for one in done.json["differences"]] == [("us-east-9", False)]
    assert copies["regions"].path.read_bytes() == before


def test_a_file_that_cannot_be_written_is_told_before_any_other_is(compared: Facts, prices: Path) -> None:
    text = prices.read_text()
    prices.unlink()
    prices.mkdir()
    done = compared("--write")
    assert done.status == ExitStatus.WRONG_INPUT
    prices.rmdir()
    prices.write_text(text)
