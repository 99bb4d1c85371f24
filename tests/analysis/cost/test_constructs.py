"""Estimates of what the constructs of this project really write, for each feature that costs something."""

import shutil
from pathlib import Path

import pytest

from analysis.cost.estimate import Estimate, estimate
from analysis.synthesized.stack import read_stacks
from stacks.environment_files import read_environments
from stacks.synthesis import synthesize
from tests.analysis.cost.documents import TODAY, dollars, has_line, line_of
from tests.conftest import ROOT

FOLDERS = ("options", "recovery", "environments")
WITHOUT_A_PRICE = {"aws_backup_vault.aurora", "aws_instance.bastion", "compute: reader_1"}
"""What is made here and named without a price: of EC2 and some classes no file of facts has any, and no JSON says what
is backed up."""


@pytest.fixture(scope="module")
def estimates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Estimate]:
    """Return the estimates of the environments that the end-to-end tests apply."""
    files = tmp_path_factory.mktemp("environments")
    for folder in FOLDERS:
        for path in (ROOT / "tests" / "end_to_end" / folder).glob("*.toml"):
            shutil.copy(path, Path(files) / path.name)
    output = tmp_path_factory.mktemp("cdktf.out")
    synthesize(read_environments(files), output, today=TODAY)
    stacks = read_stacks(output)
    return {
        name: estimate(stack, region="us-east-1", borrowed_from="us-east-1", today=TODAY)
        for name, stack in stacks.items()
    }


def test_nothing_else_that_a_construct_makes_is_unknown(estimates: dict[str, Estimate]) -> None:
    assert len(estimates) >= 12
    unknown = {item for found in estimates.values() for item in found.unknown}
    assert unknown <= WITHOUT_A_PRICE, unknown - WITHOUT_A_PRICE


def test_a_proxy_is_billed_for_at_least_8_acu(estimates: dict[str, Estimate]) -> None:
    assert dollars(line_of(estimates["access"], "RDS Proxy").floor) == "87.60"


def test_endpoints_are_billed_by_zone(estimates: dict[str, Estimate]) -> None:
    assert "4 endpoints x 3 zones" in line_of(estimates["network"], "interface endpoints").why


def test_a_secret_of_rds_is_billed_too(estimates: dict[str, Estimate]) -> None:
    """Beside those of two users."""
    assert dollars(line_of(estimates["managed"], "secret").floor) == "1.20"


def test_logical_replication_keeps_the_writer_awake_and_readers_of_tier_2_pause(
    estimates: dict[str, Estimate],
) -> None:
    tuned = estimates["tuned"]
    assert "never pausing (rds.logical_replication is on, one of its instances" in line_of(tuned, "compute: aurora").why
    assert dollars(line_of(tuned, "compute: aurora").floor) == "43.80"
    assert dollars(line_of(tuned, "compute: reader_2").floor) == "0.00"
    assert line_of(tuned, "compute: readers of auto scaling").why.startswith("0 readers x ")


def test_a_global_database_keeps_both_awake_and_bills_the_primary_for_its_writes(
    estimates: dict[str, Estimate],
) -> None:
    assert has_line(estimates["primary"], "replication")
    assert not has_line(estimates["secondary"], "replication")
    for name in ("primary", "secondary"):
        assert line_of(estimates[name], "compute: aurora").floor != 0


def test_without_the_data_api_nothing_is_billed_for_it(estimates: dict[str, Estimate]) -> None:
    assert not has_line(estimates["no-data-api"], "Data API")
