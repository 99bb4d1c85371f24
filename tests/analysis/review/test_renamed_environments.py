"""An environment whose file has another name is told as one that is renamed, with what AWS would refuse."""

from pathlib import Path
from typing import Any

import pytest

from analysis.review.base import both_sides
from analysis.review.json_report import document as as_json
from analysis.review.markdown_report import markdown
from analysis.review.review import EnvironmentReview, Presence, Review, review
from analysis.synthesized.stack import SynthesizedStack
from cli.reports.review import lines
from tests.analysis.review.projects import copying_project
from tests.analysis.review.stacks import document

CLUSTER = "aws_rds_cluster.aurora"


def deployment(name: str, prefix: str = "shop", **more: Any) -> dict[str, Any]:
    """Return what an environment makes, with a state of its own."""
    bodies = {
        CLUSTER: {"cluster_identifier": f"{prefix}-aurora", "engine": "aurora-postgresql"} | more,
        "aws_iam_role.r": {"name": f"{prefix}-role"},
        "aws_kms_alias.k": {"name": f"alias/{prefix}"},
        "aws_cloudwatch_log_group.l": {"name": f"/aws/rds/cluster/{prefix}-aurora/postgresql"},
        "aws_sns_topic.t": {"name": f"{prefix}-alarms"},
    }
    instructions = {"value": f"./aurora-serverless wait {name} # and environments/{name}.toml"}
    backend = {"local": {"path": f"../../../terraform.{name}.tfstate"}}
    return document(bodies, terraform={"backend": backend}, output={"setup_instructions": instructions})


def stacks(*documents: tuple[str, Any]) -> dict[str, SynthesizedStack]:
    return {name: SynthesizedStack(name, body) for name, body in documents}


def one(found: Review) -> EnvironmentReview:
    [environment] = found.environments
    return environment


def text(found: Review) -> str:
    return "\n".join(line.plain for line in lines(found, None))


RENAMED = stacks(("production", deployment("production"))), stacks(("prod", deployment("prod")))


def test_a_file_of_another_name_that_makes_the_same_is_one_that_was_renamed() -> None:
    found = review(*RENAMED, base="main")
    environment = one(found)
    assert (environment.name, environment.presence, environment.former_name) == ("prod", Presence.RENAMED, "production")
    assert environment.resources == ()
    [finding] = environment.findings
    assert finding.severity.word == "high"
    assert finding.what == "Terraform looks for the state of production in another place"
    assert finding.why == (
        "mv terraform.production.tfstate terraform.prod.tfstate before the deploy: without it Terraform "
        "creates everything again, which AWS refuses: cluster shop-aurora, IAM role shop-role, alias of a key "
        "alias/shop and 1 more are "
        "there already"
    )
    assert text(found).splitlines()[0] == "prod  renamed, it was production"
    assert "setting" not in text(found)
    assert found.typical_increase == 0


def test_json_and_markdown_say_what_it_was() -> None:
    found = review(*RENAMED, base="main")
    [environment] = as_json(found)["environments"]
    assert (environment["name"], environment["presence"], environment["former_name"]) == (
        "prod",
        "renamed",
        "production",
    )
    assert "### `prod` (renamed, it was production)\n" in markdown(found)


def test_what_else_is_another_is_told_as_of_any_environment() -> None:
    after = stacks(("prod", deployment("prod", backup_retention_period=7)))
    found = review(RENAMED[0], after, base="main")
    assert [change.address for change in one(found).resources] == [CLUSTER]


def test_the_state_that_lies_where_it_lay_asks_for_nothing() -> None:
    sides = (deployment(name) | {"terraform": {"backend": {"s3": {"bucket": "b", "key": "k"}}}} for name in ("a", "b"))
    found = review(*(stacks((name, side)) for name, side in zip("ab", sides, strict=True)), base="main")
    assert (one(found).presence, one(found).findings) == (Presence.RENAMED, ())


@pytest.mark.parametrize(
    ("before", "after", "remedy"),
    [
        (
            {"backend": {"s3": {"bucket": "b", "key": "a/terraform.tfstate"}}},
            {"backend": {"s3": {"bucket": "b", "key": "b/terraform.tfstate"}}},
            'write backend.key = "a/terraform.tfstate", where the state lies, or copy it to b/terraform.tfstate, ',
        ),
        (
            {"cloud": {"organization": "o", "workspaces": {"name": "a"}}},
            {"cloud": {"organization": "o", "workspaces": {"name": "b"}}},
            'write backend.workspace = "a", where the state lies, or rename that workspace, before',
        ),
        (
            {"backend": {"local": {"path": "a"}}},
            {"backend": {"s3": {"bucket": "b", "key": "k"}}},
            "move the state (terraform init -migrate-state) before",
        ),
    ],
)
def test_the_remedy_is_that_of_the_backend(before: Any, after: Any, remedy: str) -> None:
    sides = (deployment("a") | {"terraform": before}, deployment("b") | {"terraform": after})
    found = review(stacks(("a", sides[0])), stacks(("b", sides[1])), base="main")
    assert one(found).findings[0].why.startswith(remedy)


def test_of_several_that_are_gone_it_is_the_one_that_made_the_same() -> None:
    before = stacks(*((name, deployment(name, name)) for name in ("a", "b", "c")))
    after = stacks(("x", deployment("x", "b")), ("new", deployment("new", "new")))
    found = {environment.name: environment for environment in review(before, after, base="main").environments}
    assert {name: (one.presence.value, one.former_name) for name, one in found.items()} == {
        "x": ("renamed", "b"),
        "new": ("added", ""),
        "a": ("removed", ""),
        "c": ("removed", ""),
    }


def test_a_new_file_of_other_names_is_not_one_that_is_gone() -> None:
    found = review(stacks(("a", deployment("a", "a"))), stacks(("b", deployment("b", "b"))), base="main")
    assert {environment.presence for environment in found.environments} == {Presence.ADDED, Presence.REMOVED}


def test_one_that_git_takes_for_renamed_is_so_whatever_it_names() -> None:
    sides = stacks(("a", deployment("a", "shop"))), stacks(("b", deployment("b", "orders")))
    environment = one(review(*sides, base="main", renamed={"b": "a"}))
    assert (environment.presence, environment.former_name) == (Presence.RENAMED, "a")
    assert "another database is created, and what is deployed as a stays" in environment.findings[0].why


@pytest.mark.parametrize("renamed", [{"b": "z"}, {"z": "a"}, {"b": "kept"}])
def test_what_git_says_of_other_files_counts_for_nothing(renamed: dict[str, str]) -> None:
    before = stacks(("a", deployment("a", "a")), ("kept", deployment("kept", "kept")))
    after = stacks(("b", deployment("b", "b")), ("kept", deployment("kept", "kept")))
    found = review(before, after, base="main", renamed=renamed)
    assert {environment.presence for environment in found.environments} == {Presence.ADDED, Presence.REMOVED}


def test_git_knows_a_file_that_was_renamed_whether_or_not_it_was_told(tmp_path: Path) -> None:
    project = copying_project(tmp_path / "project")
    for name in ("production", "dev"):
        project.write(f"{name}.json", document({CLUSTER: {"cluster_identifier": name, "tags": {"a": "b" * 200}}}))
    project.commit()
    environments = project.folder / "environments"
    changed = (environments / "production.json").read_text().replace("production", "orders")
    (environments / "production.json").unlink()
    (environments / "orders.json").write_text(changed)
    assert both_sides(project.folder, "main").renamed == {"orders": "production"}
    project.git("add", "--all")
    assert both_sides(project.folder, "main").renamed == {"orders": "production"}
