"""Prices from AWS: the right product among those that look like it, whole files only, and clear refusals.

Against a stand-in for the Price List API: `price_list`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from aurora_serverless.facts.prices import PriceList, load_prices
from cli.exit_status import ExitStatus
from operations.errors import ErrorKind, OperationsError
from operations.prices.price_list_api import endpoint_region, refresh
from tests.analysis.cost.documents import US_EAST_1
from tests.conftest import COMMAND_PACKAGES, ROOT
from tests.deployed.deployment import run
from tests.deployed.stubs import stubbed
from tests.operations.prices.price_list import answering as price_list
from tests.operations.prices.price_list import product

TODAY = date(2026, 11, 1)
SHIPPED = US_EAST_1


def only(*items: str) -> PriceList:
    """Return the prices that ship of these items."""
    return PriceList(tuple(row for row in SHIPPED.rows if row.item in items))


ACU_HOUR = only("acu_hour_standard")


def refreshed(prices: PriceList, *answers: list[str], region: str = "eu-central-1") -> PriceList:
    client, stubber = price_list(*answers)
    found = refresh(prices, region, client, today=TODAY)
    stubber.assert_no_pending_responses()
    return found.prices


def test_a_price_of_another_region_is_added_with_its_source_and_day() -> None:
    engine = {"databaseEngine": "Aurora PostgreSQL", "regionCode": "eu-central-1"}
    prices = refreshed(ACU_HOUR, [product("EUC1-Aurora:ServerlessV2Usage", "0.1400000000", **engine)])
    assert prices.find("acu_hour_standard", "eu-central-1") == replace(
        ACU_HOUR.rows[0],
        region="eu-central-1",
        usd=Decimal("0.14"),
        source="AWS Price List API",
        seen="2026-11-01",
        certainty="price list",
    )
    assert prices.find("acu_hour_standard", "us-east-1") == ACU_HOUR.rows[0]


def test_a_price_of_the_same_region_takes_the_place_of_the_old_one() -> None:
    prices = refreshed(ACU_HOUR, [product("Aurora:ServerlessV2Usage", "0.1300000000")], region="us-east-1")
    assert [(row.usd, row.seen) for row in prices.rows] == [(Decimal("0.13"), "2026-11-01")]


@pytest.mark.parametrize(
    "usage_type",
    ["Aurora:ServerlessV2Usage", "EUC1-Aurora:ServerlessV2Usage", "EU-Aurora:ServerlessV2Usage"],
)
def test_the_prefix_of_a_region_is_no_part_of_the_usage_type(usage_type: str) -> None:
    assert refreshed(ACU_HOUR, [product(usage_type, "0.14")]).rows[0].usd == Decimal("0.14")


def test_a_prefix_may_be_the_regions_name() -> None:
    prices = refreshed(only("key_month"), [product("eu-central-1-KMS-Keys", "1.0000000000")])
    assert prices.rows[0].usd == Decimal("1.00")


def test_usage_types_that_only_look_like_it_are_left() -> None:
    answers = [
        product("EUC1-Aurora:ServerlessV2Usage:Preview", "9"),
        product("EUC1-Other-Aurora:ServerlessV2Usage", "9"),
        product("EUC1-Aurora:ServerlessV2Usage", "0.14"),
    ]
    assert refreshed(ACU_HOUR, answers).rows[0].usd == Decimal("0.14")


def test_the_price_of_postgresql_counts_before_that_of_any_engine() -> None:
    answers = [
        product("Aurora:StorageUsage", "0.11", databaseEngine="Any"),
        product("Aurora:StorageUsage", "0.12", databaseEngine="Aurora MySQL"),
        product("Aurora:StorageUsage", "0.10", databaseEngine="Aurora PostgreSQL"),
    ]
    assert refreshed(only("storage_gb_month_standard"), answers).rows[0].usd == Decimal("0.10")
    assert refreshed(only("storage_gb_month_standard"), answers[:2]).rows[0].usd == Decimal("0.11")


@pytest.mark.parametrize(
    ("item", "usage_type", "one", "usd"),
    [
        ("io_million", "EUC1-Aurora:StorageIOUsage", "0.0000002200", "0.22"),
        ("secret_calls", "EUC1-AWSSecretsManagerAPIRequest", "0.0000050000", "0.05"),
    ],
)
def test_prices_of_one_become_prices_of_many(item: str, usage_type: str, one: str, usd: str) -> None:
    [price] = [row for row in refreshed(only(item), [product(usage_type, one)]).rows if row.region == "eu-central-1"]
    assert f"{price.usd:f}" == usd


def test_the_first_tier_that_costs_something_counts() -> None:
    tiers = {"1000": "0.0000200000", "0": "0.0000000000", "100000": "0.0000100000"}
    prices = refreshed(only("email_notifications"), [product("EUC1-DeliveryAttempts-SMTP", tiers)])
    assert prices.rows[0].usd == Decimal("2.00")


def test_what_is_priced_for_no_region_is_asked_for_any() -> None:
    client, stubber = stubbed("pricing")
    filters = [
        {"Type": "TERM_MATCH", "Field": "location", "Value": "Any"},
        {"Type": "CONTAINS", "Field": "usagetype", "Value": "DashboardsUsageHour"},
    ]
    answer = {"PriceList": [product("DashboardsUsageHour", "3"), product("DashboardsUsageHour-Basic", "9")]}
    expected = {"ServiceCode": "AmazonCloudWatch", "Filters": filters, "FormatVersion": "aws_v1"}
    stubber.add_response("get_products", answer, expected)
    found = refresh(only("dashboard_month"), "eu-central-1", client, today=TODAY)
    assert found.prices.rows[0].usd == Decimal("3.00")


def test_the_question_names_region_and_usage_type_and_follows_pages() -> None:
    client, stubber = stubbed("pricing")
    filters = [
        {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-central-1"},
        {"Type": "CONTAINS", "Field": "usagetype", "Value": "Aurora:ServerlessV2Usage"},
    ]
    question = {"ServiceCode": "AmazonRDS", "Filters": filters, "FormatVersion": "aws_v1"}
    stubber.add_response("get_products", {"PriceList": [], "NextToken": "more"}, question)
    second = {"PriceList": [product("EUC1-Aurora:ServerlessV2Usage", "0.14")]}
    stubber.add_response("get_products", second, question | {"NextToken": "more"})
    assert refresh(ACU_HOUR, "eu-central-1", client, today=TODAY).found[0].usd == Decimal("0.14")


def test_what_is_not_found_is_named_with_the_reason_and_stays_as_it_was() -> None:
    two_prices = [product("EUC1-Aurora:BackupUsage", amount) for amount in ("0.021", "0.023")]
    client, _ = price_list([product("EUC1-Aurora:ServerlessV2Usage", "0.14")], [], two_prices)
    prices = only("acu_hour_standard", "io_million", "backup_gb_month", "data_api_million")
    found = refresh(prices, "eu-central-1", client, today=TODAY)
    assert found.missing == {
        "io_million": "the Price List does not have it",
        "backup_gb_month": "the Price List has 2 prices of it",
        "data_api_million": "its usage type is not known here",
    }
    assert found.prices.find("io_million", "eu-central-1") is None
    assert found.prices.find("io_million", "us-east-1") == prices.find("io_million", "us-east-1")


def test_another_currency_is_no_price_in_dollars() -> None:
    client, _ = price_list([product("CNN1-Aurora:ServerlessV2Usage", "0.8", currency="CNY")])
    with pytest.raises(OperationsError, match="none of the prices for cn-north-1"):
        refresh(ACU_HOUR, "cn-north-1", client, today=TODAY)


def test_a_region_of_which_nothing_is_found_is_refused() -> None:
    client, _ = price_list([])
    with pytest.raises(OperationsError, match="none of the prices for mars-1: check the Region's name") as caught:
        refresh(ACU_HOUR, "mars-1", client, today=TODAY)
    assert caught.value.kind is ErrorKind.FAILED


@pytest.mark.parametrize(
    ("region", "endpoint"), [("us-east-1", "us-east-1"), ("eu-west-1", "eu-central-1"), ("ap-south-2", "us-east-1")]
)
def test_the_nearer_endpoint_is_asked(region: str, endpoint: str) -> None:
    assert endpoint_region(region) == endpoint


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project whose one environment is in eu-central-1, with a file of prices of its own."""
    folder = tmp_path / "project"
    (folder / "environments").mkdir(parents=True)
    text = (ROOT / "environments" / "dev.toml").read_text().replace("us-east-1", "eu-central-1")
    (folder / "environments" / "dev.toml").write_text(text)
    for name in ("constructs", "stacks", *COMMAND_PACKAGES):
        (folder / name).symlink_to(ROOT / name)
    # A copy: where the program lies decides where it looks for environments.
    (folder / "main.py").write_text((ROOT / "main.py").read_text())
    (folder / "own.csv").write_text(ACU_HOUR.as_csv())
    return folder


Answering = Callable[[str, Any], None]


def cost(capsys: pytest.CaptureFixture[str], project: Path, *more: str) -> Any:
    return run(capsys, "cost", "dev", "--project", str(project), "--prices", str(project / "own.csv"), *more)


def test_the_command_writes_what_it_found_and_estimates_with_it(
    project: Path, capsys: pytest.CaptureFixture[str], answering: Answering
) -> None:
    client, _ = price_list([product("EUC1-Aurora:ServerlessV2Usage", "0.2000000000")])
    answering("pricing", client)
    done = cost(capsys, project, "--refresh", "--json")
    assert done.status == 0
    assert "wrote 1 price of eu-central-1" in done.errors
    assert done.json["refreshed"] == [
        {"region": "eu-central-1", "found": {"acu_hour_standard": 0.2}, "missing": {}},
    ]
    assert done.json["lines"][0]["ceiling"] == 146.0
    price = load_prices(project / "own.csv").find("acu_hour_standard", "eu-central-1")
    assert price is not None
    assert (price.usd, price.certainty) == (Decimal("0.20"), "price list")


def test_a_region_whose_prices_are_in_another_currency_is_refused_before_anything_is_asked(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = project / "environments" / "dev.toml"
    file.write_text(file.read_text().replace("eu-central-1", "cn-north-1") + "\n[access]\ndata_api = false\n")
    done = cost(capsys, project, "--refresh")
    assert (done.status, done.output) == (ExitStatus.WRONG_INPUT, "")
    assert done.error == (
        "error: --refresh: AWS names the prices of cn-north-1 in CNY, and a file of prices has USD only; leave "
        "--refresh out, or name another environment"
    )


@pytest.mark.parametrize(
    ("code", "message", "status", "words"),
    [
        (
            "AccessDeniedException",
            "User: arn:aws:iam::123456789012:user/x is not authorized to perform: pricing:GetProducts",
            ExitStatus.NO_ACCESS,
            "must be allowed the action pricing:GetProducts",
        ),
        ("ExpiredTokenException", "expired", ExitStatus.NO_ACCESS, "credentials have expired"),
        ("ThrottlingException", "slow", ExitStatus.AWS_UNAVAILABLE, "AWS throttles GetProducts"),
    ],
)
def test_a_refusal_of_aws_is_one_line_and_writes_nothing(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    answering: Answering,
    code: str,
    message: str,
    status: ExitStatus,
    words: str,
) -> None:
    client, stubber = stubbed("pricing")
    stubber.add_client_error("get_products", code, message)
    answering("pricing", client)
    done = cost(capsys, project, "--refresh")
    assert (done.status, done.output) == (status, "")
    assert words in done.error
    assert load_prices(project / "own.csv") == ACU_HOUR


def test_without_credentials_it_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = cost(capsys, project, "--refresh")
    assert done.status == ExitStatus.NO_ACCESS
    assert done.error.startswith("error: there are no AWS credentials: ")


def test_the_stand_in_answers_as_the_price_list_does() -> None:
    answered = json.loads(product("Aurora:ServerlessV2Usage", "0.12"))
    [term] = answered["terms"]["OnDemand"].values()
    [dimension] = term["priceDimensions"].values()
    assert dimension["pricePerUnit"] == {"USD": "0.12"}
    assert answered["product"]["attributes"]["usagetype"] == "Aurora:ServerlessV2Usage"
