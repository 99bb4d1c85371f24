"""A name that is another in many places is one cause, and told in one line."""

import json
from typing import Any

import pytest

from analysis.review.changes import Kind
from analysis.review.json_report import document
from analysis.review.markdown_report import markdown
from analysis.review.renames import Rename
from analysis.review.review import EnvironmentReview, Review, review
from analysis.review.wording import following_changes, own_changes
from cli.reports.review import lines
from tests.analysis.review.stacks import allow, environment, policy, stack

CLUSTER, TOPIC, KEY = "aws_rds_cluster.aurora", "aws_sns_topic.alarms", "aws_kms_key.aurora"
DASHBOARD, INSTANCE = "aws_cloudwatch_dashboard.d", "aws_rds_cluster_instance.i"


def database(name: str, **more: Any) -> dict[str, Any]:
    """Return a database with what is named after it."""
    widget = {"properties": {"title": "ACU", "metrics": [["AWS/RDS", "ACU", "DBClusterIdentifier", name]]}}
    alarms = {
        f"aws_cloudwatch_metric_alarm.{what}": {
            "alarm_name": f"{name}-{what}",
            "dimensions": {"DBClusterIdentifier": name},
            "alarm_actions": [f"${{{TOPIC}.arn}}"],
        }
        for what in ("cpu", "memory", "lag")
    }
    return {
        CLUSTER: {"cluster_identifier": name, "engine": "aurora-postgresql"},
        INSTANCE: {"identifier": f"{name}-0", "cluster_identifier": f"${{{CLUSTER}.id}}"},
        TOPIC: {"name": f"{name}-alarms"},
        DASHBOARD: {"dashboard_name": name, "dashboard_body": json.dumps({"widgets": [widget]})},
        **alarms,
    } | more


def renamed(before: dict[str, Any], after: dict[str, Any]) -> EnvironmentReview:
    return environment(stack(before), stack(after))


def shown(before: dict[str, Any], after: dict[str, Any], width: int | None = None) -> str:
    found = review({"dev": stack(before)}, {"dev": stack(after)}, base="main")
    return "\n".join(line.plain for line in lines(found, width))


def test_a_cluster_of_another_name_is_one_line_and_what_is_lost_with_it() -> None:
    found = renamed(database("shop-aurora"), database("orders-db"))
    [rename] = found.renames
    assert (rename.before, rename.after, len(rename.places)) == ("shop-aurora", "orders-db", 11)
    assert (CLUSTER, "cluster_identifier") in rename.places
    assert [(change.address, arguments) for change, arguments in own_changes(found)] == [(CLUSTER, ())]
    [(kind, addresses)] = following_changes(found)
    assert kind is Kind.REPLACED
    assert set(addresses) == set(database("shop-aurora")) - {CLUSTER}
    text = shown(database("shop-aurora"), database("orders-db"))
    assert "  name      shop-aurora → orders-db in 11 places\n" in text
    assert "widget" not in text
    assert ", 3 aws_cloudwatch_metric_alarm\n" in text


def test_what_is_only_triggered_by_another_follows_from_it() -> None:
    suffix = {"random_id.suffix": {"byte_length": 4, "lifecycle": {"replace_triggered_by": [TOPIC]}}}
    text = shown(database("shop-aurora") | suffix, database("orders-db") | suffix)
    assert "  replaced  7 more because of that\n" in text
    assert "triggered" not in text


def test_what_is_another_beside_the_name_is_told() -> None:
    after = database("orders-db")
    after["aws_cloudwatch_metric_alarm.cpu"]["threshold"] = 5
    body = json.loads(after[DASHBOARD]["dashboard_body"])
    body["widgets"][0]["properties"]["period"] = 60
    after[DASHBOARD]["dashboard_body"] = json.dumps(body)
    text = shown(database("shop-aurora"), after)
    assert "threshold = 5" in text
    assert "~ period: null → 60" in text
    assert "metrics" not in text


def test_a_part_of_names_is_told_as_far_as_they_are_alike() -> None:
    sides = (
        database(name) | {"aws_iam_role.r": {"name": f"{name[:-7]}-role"}} for name in ("a-dev-aurora", "a-prod-aurora")
    )
    [rename] = renamed(*sides).renames
    assert (rename.before, rename.after) == ("a-dev", "a-prod")


def test_a_name_counts_where_it_stands_as_a_word_and_nowhere_else() -> None:
    more = {"aws_db_subnet_group.g": {"name": "shop-auroras"}}, {"aws_db_subnet_group.g": {"name": "orders-dbs"}}
    found = renamed(database("shop-aurora", **more[0]), database("orders-db", **more[1]))
    assert [rename.before for rename in found.renames] == ["shop-aurora"]
    assert "aws_db_subnet_group.g" in {change.address for change, _ in own_changes(found)}


@pytest.mark.parametrize(
    ("argument", "before", "after"),
    [
        ("instance_class", "db.r6g.large", "db.r7g.large"),
        ("ca_cert_identifier", "rds-ca-rsa2048-g1", "rds-ca-ecc384-g1"),
        ("engine_version", "17.6", "17.7"),
        ("publicly_accessible", "false", "true"),
    ],
)
def test_a_value_that_many_have_alike_is_no_name(argument: str, before: str, after: str) -> None:
    sides = (
        {f"aws_rds_cluster_instance.i{number}": {argument: value} for number in range(5)} for value in (before, after)
    )
    assert renamed(*sides).renames == ()


def test_two_places_are_too_few_to_be_told_as_one() -> None:
    sides = ({CLUSTER: {"cluster_identifier": name}, TOPIC: {"name": name}} for name in ("shop", "orders"))
    assert renamed(*sides).renames == ()


def test_names_that_do_not_become_the_same_are_no_rename() -> None:
    sides = (
        {f"aws_sns_topic.t{number}": {"name": f"{side}{number}"} for number in range(4)} for side in ("before", "after")
    )
    assert renamed(*sides).renames == ()


def test_a_name_in_the_condition_of_a_service_opens_nothing() -> None:
    def topic(name: str, principal: Any) -> dict[str, Any]:
        condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:*:1:alarm:{name}-*"}}
        statement = allow("sns:Publish", on="*", Principal=principal, Condition=condition)
        return database(name, **{"aws_sns_topic_policy.p": {"policy": policy(statement)}})

    service = {"Service": "cloudwatch.amazonaws.com"}
    assert renamed(topic("shop-aurora", service), topic("orders-db", service)).findings == ()
    other = {"AWS": "arn:aws:iam::1:root"}
    [finding] = renamed(topic("shop-aurora", other), topic("orders-db", other)).findings
    assert finding.why == "aws:SourceArn was arn:aws:cloudwatch:*:1:alarm:shop-aurora-*"


def test_a_name_is_never_told_from_a_secret() -> None:
    before, after = (
        {f"aws_sns_topic.p{number}": {"name": f"p-{value}", "password": f"p-{value}"} for number in range(4)}
        for value in ("hunter1secret", "hunter2secret")
    )
    assert {path for rename in renamed(before, after).renames for _, path in rename.places} == {"name"}
    text = json.dumps(document(review({"dev": stack(before)}, {"dev": stack(after)}, base="main")), default=str)
    assert "hunter" not in text


def test_json_says_the_names_their_places_and_which_arguments_they_are_in() -> None:
    sides = ({"dev": stack(database(name))} for name in ("shop-aurora", "orders-db"))
    [found] = document(review(*sides, base="main"))["environments"]
    [rename] = found["renames"]
    assert (rename["before"], rename["after"]) == ("shop-aurora", "orders-db")
    assert {"address": TOPIC, "path": "name"} in rename["places"]
    flags = {
        (resource["address"], argument["path"]): argument["is_renamed"]
        for resource in found["resources"]
        for argument in resource["arguments"]
    }
    assert flags[TOPIC, "name"] is True
    assert flags["aws_cloudwatch_metric_alarm.cpu", "alarm_actions"] is False


def test_markdown_has_the_name_at_the_top_and_what_follows_in_a_line() -> None:
    sides = ({"dev": stack(database(name))} for name in ("shop-aurora", "orders-db"))
    text = markdown(review(*sides, base="main"))
    assert "- **name** `shop-aurora` → `orders-db` in 11 places\n" in text
    assert "- replaced 6 more because of that\n" in text


def test_environments_with_other_names_are_not_told_as_one() -> None:
    before = {name: stack(database(f"{name}-aurora")) for name in ("one", "two")}
    after = {name: stack(database(f"{name}-db")) for name in ("one", "two")}
    found: Review = review(before, after, base="main")
    assert [one.renames[0] for one in found.environments] == [
        Rename(f"{name}-aurora", f"{name}-db", found.environments[index].renames[0].places)
        for index, name in enumerate(("one", "two"))
    ]
    assert sum(line.plain.startswith(("one", "two")) for line in lines(found, None)) == 2


def test_many_changes_are_looked_through_in_time() -> None:
    sides = (
        {
            f"aws_sns_topic.t{number}": {"name": f"topic-{number}-{side}", "tags": {"n": f"{side} {number}"}}
            for number in range(500)
        }
        for side in ("before", "after")
    )
    [rename] = renamed(*sides).renames
    assert (rename.before, rename.after) == ("before", "after")
