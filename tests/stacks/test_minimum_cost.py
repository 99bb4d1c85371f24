"""The cost in the instructions after a deploy: the price of the data, of every instance, and whose it is."""

from typing import Any

import pytest

from aurora_serverless.rules.engine import DEFAULT_VERSION
from stacks import setup_instructions as module
from stacks.setup_instructions import setup_instructions


def cost(**arguments: Any) -> str:
    """Return the two lines about the cost."""
    text = setup_instructions(
        environment_name="dev",
        engine_version=DEFAULT_VERSION,
        cluster_arn="arn",
        cluster_endpoint="endpoint",
        cluster_identifier="alex",
        database_name="alex",
        master_username="alexadmin",
        secret_arn="secret",
        lambda_role_arn="role",
        region="us-east-1",
        **arguments,
    )
    lines = text.splitlines()
    [start] = [number for number, line in enumerate(lines) if line.startswith("Estimated cost")]
    return "\n".join(lines[start : start + 2])


def test_the_minimum_of_one_instance() -> None:
    assert cost(price_region="us-east-1") == (
        'Estimated cost of the minimum: ${format("$%.2f", var.min_capacity * 0.12 * 730)} a month, '
        "storage and I/O not counted\n"
        "(${var.min_capacity} ACU x 730 hours x $0.12 an ACU-hour in us-east-1, as of 2026-10)."
    )


def test_every_instance_counts() -> None:
    said = cost(price_region="us-east-1", instance_count=3)
    assert "var.min_capacity * 3 * 0.12 * 730" in said
    assert "${var.min_capacity} ACU x 3 instances x 730 hours" in said


def test_io_optimized_storage_has_a_price_of_its_own() -> None:
    assert "$0.16 an ACU-hour" in cost(price_region="us-east-1", io_optimized=True)


def test_a_cluster_that_never_pauses_costs_half_an_acu_at_least() -> None:
    said = cost(price_region="us-east-1", never_pauses=True)
    assert "max(var.min_capacity, 0.5) * 0.12 * 730" in said
    assert "(${max(var.min_capacity, 0.5)} ACU x 730 hours" in said


@pytest.mark.parametrize("region", ["us-west-1", "eu-south-2"])
def test_a_region_without_a_price_is_said_to_have_none(region: str) -> None:
    unknown = f"Estimated cost of the minimum: unknown, as the price of an ACU-hour in {region} is."
    assert cost(price_region=region).strip() == unknown


def test_a_deployment_without_a_region_is_shown_the_price_of_the_named_one() -> None:
    assert cost(price_region=None).endswith("in us-east-1, as of 2026-10).")


def test_without_any_price_there_is_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    from aurora_serverless.facts.prices import PriceList  # noqa: PLC0415

    monkeypatch.setattr(module, "load_prices", lambda: PriceList(()))
    assert "unknown, as the price of an ACU-hour in us-east-1 is" in cost(price_region=None)
