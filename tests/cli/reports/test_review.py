"""What a whole review looks like at 80 and 120 columns: `make snapshots` writes the files anew, to be read then."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from analysis.review.review import Review, review
from analysis.synthesized.stack import SynthesizedStack
from cli.reports.review import lines
from tests.analysis.review.stacks import allow, document, policy

FOLDER: Final = Path(__file__).with_name("review")
ROOT: Final = FOLDER.parents[3]

CLUSTER, GROUP = "aws_rds_cluster.aurora", "aws_security_group.aurora"


def environment(name: str, cluster: str, *sources: str, **more: Any) -> SynthesizedStack:
    """Return a deployment whose names are made of its cluster's, and whose port these ranges reach."""
    service = {"Service": "cloudwatch.amazonaws.com"}
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:*:*:alarm:{cluster}-*"}}
    publish = policy(allow("sns:Publish", on="${aws_sns_topic.alarms.arn}", Principal=service, Condition=condition))
    rule = {"security_group_id": f"${{{GROUP}.id}}", "from_port": 5432, "to_port": 5432, "ip_protocol": "tcp"}
    bodies: dict[str, Any] = {
        CLUSTER: {
            "cluster_identifier": cluster,
            "engine": "aurora-postgresql",
            "engine_version": "17.7",
            "database_name": "shop",
            "port": 5432,
            "manage_master_user_password": True,
            "db_cluster_parameter_group_name": "${aws_rds_cluster_parameter_group.aurora.id}",
            "vpc_security_group_ids": [f"${{{GROUP}.id}}"],
            "lifecycle": {"prevent_destroy": True},
        }
        | more,
        "aws_rds_cluster_instance.writer": {"identifier": f"{cluster}-0", "cluster_identifier": f"${{{CLUSTER}.id}}"},
        "aws_rds_cluster_instance.reader": {"identifier": f"{cluster}-1", "cluster_identifier": f"${{{CLUSTER}.id}}"},
        "aws_cloudwatch_log_group.postgresql": {"name": f"/aws/rds/cluster/{cluster}/postgresql"},
        "aws_rds_cluster_parameter_group.aurora": {"name_prefix": f"{cluster}-", "family": "aurora-postgresql17"},
        "aws_kms_alias.aurora": {"name": f"alias/{cluster}"},
        GROUP: {"name": "database"},
        "aws_sns_topic.alarms": {"name": f"{cluster}-alarms"},
        "aws_sns_topic_policy.alarms": {"arn": "${aws_sns_topic.alarms.arn}", "policy": publish},
    }
    for source in sources:
        bodies[f"aws_vpc_security_group_ingress_rule.from_{source.replace('.', '_').replace('/', '_')}"] = rule | {
            "cidr_ipv4": source
        }
    for what in ("connections", "cpu", "free_memory", "replica_lag"):
        dimensions = {"DBClusterIdentifier": cluster}
        alarm = {"alarm_name": f"{cluster}-{what}", "dimensions": dimensions}
        bodies[f"aws_cloudwatch_metric_alarm.{what}"] = alarm | {"alarm_actions": ["${aws_sns_topic.alarms.arn}"]}
    outputs = {what: {"value": f"${{{CLUSTER}.{what}}}"} for what in ("arn", "endpoint", "port", "reader_endpoint")}
    backend = {"backend": {"local": {"path": f"../../../terraform.{name}.tfstate"}}}
    return SynthesizedStack(name, document(bodies, output=outputs, terraform=backend))


BEFORE: Final = environment("production", "shop-aurora", "10.1.0.0/16", "10.2.0.0/16")

CASES: Final[Mapping[str, Mapping[str, SynthesizedStack]]] = {
    "cluster-renamed": {"production": environment("production", "orders-db", "10.1.0.0/16", "10.2.0.0/16")},
    "file-renamed": {"prod": environment("prod", "shop-aurora", "10.1.0.0/16", "10.2.0.0/16")},
    "file-removed": {},
    "clients-locked-out": {"production": environment("production", "shop-aurora", "10.3.0.0/16", port=5433)},
    "database-renamed": {
        "production": environment("production", "shop-aurora", "10.1.0.0/16", "10.2.0.0/16", database_name="orders")
    },
}


def reviewed(case: str) -> Review:
    return review({"production": BEFORE}, CASES[case], base="main (1234567)")


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("case", CASES)
def test_a_review_is_told_as_it_was_read(case: str, width: int, request: pytest.FixtureRequest) -> None:
    path = FOLDER / f"{case}-{width}.txt"
    shown = "".join(f"{line.plain.rstrip()}\n" for line in lines(reviewed(case), width))
    if request.config.getoption("--accept-snapshots"):
        path.write_text(shown, encoding="utf-8")
    assert max(map(len, shown.splitlines())) <= width
    if not path.exists() or path.read_text(encoding="utf-8") != shown:
        message = (
            f"{path.relative_to(ROOT)} is not what is shown now:\n{shown}\nread it, written anew by: make snapshots"
        )
        pytest.fail(message, pytrace=False)


def test_no_file_is_left_of_a_case_that_is_gone() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{case}-{width}.txt" for case in CASES for width in (80, 120)}
