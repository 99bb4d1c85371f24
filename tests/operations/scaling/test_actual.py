"""`aurora-serverless cost --actual`: a running cluster's capacity on local AWS, hour by hour, and a month of it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aurora_serverless.facts.prices import load_prices
from local_aws.process import LocalAws
from operations.aws.cluster import Cluster, Instance
from operations.errors import OperationsError
from operations.scaling.actual import read_actual
from tests.deployed.deployment import Deployment, deploy
from tests.deployed.fixtures import CommandLine
from tests.deployed.stubs import stubbed

NOW = datetime(2026, 11, 1, 12, 34, 56, tzinfo=UTC)
PRICE = load_prices().find("acu_hour_standard", "us-east-1")


@pytest.fixture(scope="module")
def deployed(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Return a deployment of these tests alone: others put other capacities into CloudWatch."""
    return deploy(aws, tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def past_hours(deployed: Deployment) -> None:
    """Let CloudWatch know ten hours: six of them paused, then four at 0.5 ACU."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=10)
    data = [
        {
            "MetricName": "ServerlessDatabaseCapacity",
            "Dimensions": [{"Name": "DBClusterIdentifier", "Value": deployed.cluster}],
            "Timestamp": start + timedelta(hours=hour, minutes=minute),
            "Value": 0.0 if hour < 6 else 0.5,
        }
        for hour in range(10)
        for minute in (5, 25, 45)
    ]
    deployed.aws.client("cloudwatch").put_metric_data(Namespace="AWS/RDS", MetricData=data)


@pytest.mark.usefixtures("past_hours")
def test_capacity_is_summed_hour_by_hour_and_a_month_is_projected(command_line: CommandLine) -> None:
    """4 h x 0.5 ACU x $0.12; a month of 730 h has 73 times as much."""
    found = command_line("cost", "--actual", "--days", "1", "--json").json
    assert (found["known_hours"], found["instances"], found["acu_hours"]) == (10, 1, 2.0)
    assert (found["average_acu"], found["cost"]) == (0.2, 0.24)
    assert (found["month_acu_hours"], found["month_cost"]) == (146.0, 17.52)
    assert found["price"]["item"] == "acu_hour_standard"


@pytest.mark.usefixtures("past_hours")
def test_it_is_told_with_what_is_known_and_how_old_the_price_is(command_line: CommandLine) -> None:
    done = command_line("cost", "--actual", "--days", "1")
    assert (done.status, done.errors) == (0, "")
    assert "2 ACU-hours; 10 of the past 24 hours are known to CloudWatch" in done.output
    assert "$0.24 at $0.12 per ACU-hour" in done.output
    assert "$17.52 at $0.12 per ACU-hour: 146 ACU-hours in 730 h" in done.output
    assert f"prices of us-east-1, {PRICE.seen if PRICE else None}, " in done.output
    assert max(len(line) for line in done.output.splitlines()) <= 80


@pytest.mark.usefixtures("past_hours")
def test_the_length_of_the_month_can_be_given(command_line: CommandLine) -> None:
    found = command_line("cost", "--actual", "--days", "1", "--hours", "100", "--json").json
    assert found["month_cost"] == 2.4


def test_what_cloudwatch_does_not_know_is_not_free(
    deployed: Deployment, command_line: CommandLine, tmp_path: Any
) -> None:
    prices = tmp_path / "prices.csv"
    prices.write_text(load_prices().as_csv().replace("acu_hour_standard", "another"))
    done = command_line("cost", "--actual", "--days", "1", "--prices", str(prices))
    assert "compute so far  unknown" in done.output
    said = " ".join(done.output.split())
    assert f"the price of an ACU-hour in {deployed.aws.region} is not known" in said


def cluster_of(*classes: str | None) -> Cluster:
    members = [
        Instance(f"alex-{number}", number == 0, "available", instance_class=class_)
        for number, class_ in enumerate(classes)
    ]
    return Cluster(
        identifier="alex",
        status="available",
        engine_version="17.7",
        endpoint=None,
        data_api_enabled=True,
        instances=members,
        minimum_acu=0,
        maximum_acu=1,
        auto_pause_seconds=300,
        master_username=None,
        subnet_group=None,
        security_group_ids=(),
        created=None,
        resource_id=None,
        pending={},
    )


def answering(*values: float) -> Any:
    client, stubber = stubbed("cloudwatch")
    moments = [NOW - timedelta(hours=number) for number in range(len(values))]
    result = {"Id": "m0", "Timestamps": moments, "Values": list(values)}
    stubber.add_response("get_metric_data", {"MetricDataResults": [result]})
    return client


def test_the_clusters_average_counts_for_each_serverless_instance() -> None:
    cluster = cluster_of("db.serverless", "db.serverless", "db.r6g.large")
    found = read_actual(cluster, answering(2, 4), PRICE, days=1, now=NOW)
    assert found.instances == 2
    assert (found.acu_hours, found.average_acu) == (Decimal(12), Decimal(3))
    assert found.cost == Decimal("1.44")


def test_the_hour_that_is_not_over_is_not_asked_for() -> None:
    client, stubber = stubbed("cloudwatch")
    asked: list[Any] = []
    client.meta.events.register(
        "provide-client-params.cloudwatch.GetMetricData", lambda params, **_: asked.append(params)
    )
    stubber.add_response("get_metric_data", {"MetricDataResults": [{"Id": "m0", "Timestamps": [], "Values": []}]})
    read_actual(cluster_of("db.serverless"), client, PRICE, days=2, now=NOW)
    [params] = asked
    assert params["EndTime"] == NOW.replace(minute=0, second=0)
    assert params["EndTime"] - params["StartTime"] == timedelta(days=2)
    assert params["MetricDataQueries"][0]["MetricStat"]["Period"] == 3600


def test_a_cluster_of_which_nothing_is_known_has_no_month() -> None:
    found = read_actual(cluster_of("db.serverless"), answering(), PRICE, days=1, now=NOW)
    assert found.month_acu_hours(Decimal(730)) is None
    assert found.month_cost(Decimal(730)) is None


def test_a_cluster_without_serverless_instances_is_refused() -> None:
    with pytest.raises(OperationsError, match="alex has no instance of Serverless v2"):
        read_actual(cluster_of("db.r6g.large", None), answering(1), PRICE, days=1, now=NOW)


def test_a_deployment_that_is_not_there_is_refused(command_line: CommandLine) -> None:
    done = command_line("cost", "--actual", where="production")
    assert (done.status, done.output) == (3, "")
    assert "production is not deployed yet" in done.error
