"""What data costs: storage, I/O, backups beyond the cluster's size, replication, the Data API."""

import pytest

from analysis.errors import UsageError
from tests.analysis.cost.documents import dollars, estimate_of, has_line, line_of, stack_of


@pytest.mark.parametrize(("type_", "cost"), [(None, "10.00"), ("aurora", "10.00"), ("aurora-iopt1", "22.50")])
def test_storage_has_the_price_of_its_configuration(type_: str | None, cost: str) -> None:
    line = line_of(estimate_of(stack_of(cluster={"storage_type": type_}), storage_gb=100), "storage")
    assert (dollars(line.floor), dollars(line.typical), dollars(line.ceiling)) == ("0.00", cost, cost)


def test_io_is_billed_by_the_million() -> None:
    line = line_of(estimate_of(stack_of(), io_millions="12.5"), "I/O")
    assert dollars(line.typical) == "2.50"
    assert line.why == "12.5 million requests x $0.20 per million I/O requests"


def test_io_costs_nothing_on_io_optimized_storage_and_says_why() -> None:
    line = line_of(estimate_of(stack_of(cluster={"storage_type": "aurora-iopt1"}), io_millions=1000), "I/O")
    assert line.floor == line.typical == line.ceiling == 0
    assert "I/O-Optimized storage does not bill" in line.why


@pytest.mark.parametrize(
    ("days", "percent", "cost"),
    [(None, 10, "0.00"), (1, 10, "0.00"), (7, 10, "1.26"), (35, 10, "7.14"), (7, 0, "0.00")],
)
def test_backups_beyond_the_cluster_are_the_changes_of_all_days_but_one(
    days: int | None, percent: int, cost: str
) -> None:
    """Seven days of 100 GB: 6 x 10 GB x $0.021."""
    stack = stack_of(cluster={"backup_retention_period": days})
    assert dollars(line_of(estimate_of(stack, storage_gb=100, daily_change_percent=percent), "backup").typical) == cost


def test_a_retention_that_is_not_in_the_json_is_not_known() -> None:
    found = estimate_of(stack_of(cluster={"backup_retention_period": "${var.days}"}))
    assert found.unknown == ("backup",)


@pytest.mark.parametrize(("endpoint", "is_billed"), [(True, True), (False, False), (None, False)])
def test_the_data_api_costs_something_only_where_it_is_on(endpoint: bool | None, *, is_billed: bool) -> None:
    found = estimate_of(stack_of(cluster={"enable_http_endpoint": endpoint}), data_api_millions=10)
    assert has_line(found, "Data API") == is_billed
    if is_billed:
        assert dollars(line_of(found, "Data API").typical) == "3.50"


def test_replicated_writes_are_billed_to_the_primary_of_a_global_database() -> None:
    primary = stack_of(aws_rds_global_cluster={"a": {"source_db_cluster_identifier": "${aws_rds_cluster.aurora.arn}"}})
    assert dollars(line_of(estimate_of(primary, replicated_io_millions=5), "replication").typical) == "1.00"
    assert dollars(line_of(estimate_of(primary, io_millions=20), "replication").typical) == "2.00"
    secondary = stack_of(cluster={"global_cluster_identifier": "a"})
    assert not has_line(estimate_of(secondary), "replication")


@pytest.mark.parametrize(
    ("maximum", "gigabytes"), [(1, "1.00"), (2, "1.00"), (2.5, "10.00"), (8, "10.00"), (9, "50.00")]
)
def test_without_a_word_the_data_fits_the_size_of_the_cluster(maximum: float, gigabytes: str) -> None:
    assert dollars(line_of(estimate_of(stack_of(maximum=maximum)), "storage").typical) == gigabytes


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        ({"storage_gb": -1}, "storage_gb -1: must be a number of 0 or more"),
        ({"average_acu": "NaN"}, "average_acu NaN: must be a number"),
        ({"io_millions": "Infinity"}, "io_millions Infinity: must be a number"),
        ({"hours": 0}, "hours 0: a month has hours"),
        ({"hours_awake": 731}, "hours_awake 731: the month has 730 hours"),
        ({"hours_awake": 10, "wakes": 3}, "give hours_awake, or wakes and busy_seconds, not both"),
        ({"hours_awake": 10, "busy_seconds": 3}, "give hours_awake, or wakes and busy_seconds, not both"),
    ],
)
def test_a_month_that_cannot_be_is_refused(usage: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        estimate_of(stack_of(), **usage)
