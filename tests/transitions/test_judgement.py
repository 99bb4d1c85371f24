"""What is made of what Terraform and the review say, and how a fault shrinks."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from analysis.review.replacement import resource_types
from tests.transitions.environments import differing
from tests.transitions.fixed_list import Transition
from tests.transitions.outcome import STAYS, Announced, Outcome, Result, differs, lost, staying
from tests.transitions.report import Figures, write_part
from tests.transitions.shrinking import Judge, shrink
from tests.transitions.side_by_side import Said, note, place_the_rest

SAYS_NOTHING = Announced(frozenset(), frozenset(), frozenset(), ())
SAYS_THE_CLUSTER = Announced(frozenset({"aws_rds_cluster.aurora"}), frozenset(), frozenset(), ())
MAY = Announced(frozenset(), frozenset({"aws_rds_cluster.aurora"}), frozenset(), ())


@pytest.mark.parametrize(
    ("said", "planned", "number"),
    [
        (SAYS_NOTHING, {"aws_rds_cluster.aurora": "update"}, 0),
        (SAYS_NOTHING, {"aws_rds_cluster.aurora": "replace"}, 1),
        (SAYS_NOTHING, {"aws_kms_key.aurora": "delete"}, 1),
        (SAYS_NOTHING, {'aws_sns_topic_subscription.alarms["a"]': "delete"}, 0),
        (SAYS_THE_CLUSTER, {"aws_rds_cluster.aurora": "replace"}, 0),
        (SAYS_THE_CLUSTER, {"aws_rds_cluster.aurora": "update"}, 1),
        (SAYS_THE_CLUSTER, {}, 1),
        (MAY, {"aws_rds_cluster.aurora": "replace"}, 0),
        (MAY, {}, 0),
    ],
)
def test_the_review_and_the_plan_agree_on_what_is_replaced_or_destroyed(
    said: Announced, planned: dict[str, str], number: int
) -> None:
    assert len(differs(said, planned)) == number


def test_data_is_lost_unannounced_only_where_the_review_says_nothing_and_data_was_there() -> None:
    done = ["delete aws_rds_cluster.aurora", "create aws_rds_cluster.aurora", "delete aws_iam_role.lambda_aurora_role"]
    assert lost(SAYS_NOTHING, done) == ["aws_rds_cluster.aurora"]
    assert lost(SAYS_THE_CLUSTER, done) == lost(MAY, done) == []


def _secret(**arguments: object) -> dict[str, object]:
    return {"resource": {"aws_secretsmanager_secret": {"db_credentials": {"name": "orders"} | arguments}}}


SECRET = "aws_secretsmanager_secret.db_credentials"
REPLICA = [{"region": "eu-west-1"}]


@pytest.mark.parametrize(
    ("before", "after", "planned", "stays"),
    [
        (_secret(replica=REPLICA), _secret(), {}, ["aws_secretsmanager_secret.db_credentials.replica stays"]),
        (
            _secret(replica=REPLICA),
            _secret(replica=None),
            {},
            ["aws_secretsmanager_secret.db_credentials.replica stays"],
        ),
        (_secret(replica=REPLICA), _secret(replica=[]), {}, []),
        (_secret(replica=REPLICA), _secret(), {SECRET: "replace"}, []),
        (_secret(replica=REPLICA), {"resource": {}}, {}, []),
        (_secret(description="a"), _secret(), {}, []),
    ],
    ids=["left out", "null", "none", "replaced", "gone", "not kept by the provider"],
)
def test_what_was_taken_out_and_stays_is_noticed(
    before: dict[str, object], after: dict[str, object], planned: dict[str, str], stays: list[str]
) -> None:
    assert staying(before, after, planned) == stays


def test_what_may_stay_is_kept_by_the_provider() -> None:
    assert set(STAYS) <= {f"{type_}.{name}" for type_, row in resource_types().items() for name in row.kept}


def test_what_terraform_says_is_told_by_deployment() -> None:
    said = {"one": Said(), "other": Said()}
    hook = {"resource": {"addr": "module.one.aws_kms_key.aurora", "resource": "aws_kms_key.aurora"}, "action": "create"}
    moment = {"@level": "info", "@timestamp": "1970-01-01T00:00:10Z"}
    note({**moment, "type": "apply_start", "hook": hook}, said, 0)
    assert said["one"].unfinished == {"aws_kms_key.aurora"}
    note({**moment, "type": "apply_complete", "hook": hook}, said, 0)
    diagnostic = {"severity": "error", "summary": "no", "detail": "for\n a reason", "address": "module.other.a.b"}
    note({"type": "diagnostic", "@level": "error", "diagnostic": diagnostic}, said, 0)
    assert said["one"] == Said(done=["create aws_kms_key.aurora"], last=10)
    assert said["other"].errors == ["a.b: no: for a reason"]


def test_an_error_that_names_a_deployment_is_told_of_it() -> None:
    said = {"deployment_1": Said(), "deployment_12": Said()}
    message = "Error: Cycle: module.deployment_12.aws_kms_key.aurora (destroy), module.deployment_12.aws_rds_cluster.a"
    place_the_rest([{"@level": "error", "@message": message, "type": "diagnostic", "diagnostic": {}}], said)
    assert (said["deployment_1"].errors, said["deployment_12"].errors) == ([], [message])


@pytest.mark.parametrize("told", ["apply_errored", "apply_start"], ids=["failed", "not-ended"])
def test_an_error_without_an_address_is_told_of_the_deployment_in_which_something_failed(told: str) -> None:
    said = {"one": Said(), "other": Said()}
    hook = {"resource": {"addr": "module.one.aws_iam_role.a", "resource": "aws_iam_role.a"}, "action": "delete"}
    events = [
        {"@level": "info", "@timestamp": "1970-01-01T00:00:10Z", "type": told, "hook": hook},
        {"@level": "error", "@message": "Error: no", "type": "diagnostic", "diagnostic": {"summary": "no"}},
    ]
    for event in events:
        note(event, said, 0)
    place_the_rest(events, said)
    assert said["one"].errors == ["aws_iam_role.a: Error: no"]
    assert said["other"].errors == []


def _judge(*needed: str) -> tuple[list[int], Judge]:
    tries: list[int] = []

    def judge(transitions: Sequence[Transition]) -> list[Outcome]:
        tries.append(len(transitions))
        return [
            Outcome.COMES_BACK if set(needed) <= differing(one.before, one.after).keys() else Outcome.APPLIED
            for one in transitions
        ]

    return tries, judge


BEFORE = {"name_prefix": "orders"}
AFTER = BEFORE | {
    "capacity": {"minimum_acu": 1, "maximum_acu": 4},
    "backup": {"retention_days": 3, "window": "01:00-02:00"},
    "access": {"data_api": False},
    "storage": {"type": "io_optimized"},
}


@pytest.mark.parametrize(
    "needed",
    [["backup.window"], ["backup.window", "storage.type"], ["access.data_api", "backup.window", "storage.type"]],
)
def test_a_pair_shrinks_to_the_keys_that_matter(needed: list[str]) -> None:
    _, judge = _judge(*needed)
    assert shrink(Transition("a pair", BEFORE, AFTER), Outcome.COMES_BACK, judge) == needed


def test_a_pair_shrinks_within_its_bound_of_applies() -> None:
    tries, judge = _judge("access.data_api", "backup.window", "storage.type")
    found = shrink(Transition("a pair", BEFORE, AFTER), Outcome.COMES_BACK, judge, most=7)
    assert sum(tries) <= 7
    assert {"access.data_api", "backup.window", "storage.type"} <= set(found)


def test_the_page_tells_the_figures_and_every_fault_with_its_keys(tmp_path: Path) -> None:
    page = tmp_path / "transitions.md"
    place = "written by make transitions: fixed list"
    page.write_text(f"<!-- {place}: begin -->\n<!-- {place}: end -->\n")
    results = [
        Result("one", {"backup.window": "a"}, Outcome.APPLIED),
        Result("two", {"access.data_api": False, "tags": None}, Outcome.COMES_BACK, ["aws_rds_cluster.aurora: a|b"]),
        Result("three", {}, Outcome.APPLIED, review_differs=["aws_kms_key.aurora: delete"]),
    ]
    write_part("fixed list", "how", results, Figures(30.0, 60.0, 2), page)
    text = page.read_text()
    assert "3 transitions" in text
    assert "(10.0 s a transition) in 1 minutes" in text
    assert "| comes back | 1 |" in text
    assert "| two | `access.data_api` = false, `tags` taken out | comes back | aws_rds_cluster.aurora: a\\|b |" in text
    assert "| three |" in text
    assert "| one |" not in text


def test_a_result_is_a_line_of_json() -> None:
    assert json.loads(Result("one", {}, Outcome.APPLIED).as_line())["outcome"] == "applied"
