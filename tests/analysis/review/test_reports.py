"""What a review looks like: on a terminal, in a pull request, as JSON."""

import re
from typing import Any

import pytest
from markdown_it import MarkdownIt

from analysis.review import review as review_module
from analysis.review.json_report import document
from analysis.review.markdown_report import LIMIT, code, escaped, markdown
from analysis.review.review import Review, review
from cli.output import terminal
from cli.reports.review import lines
from tests.analysis.review.stacks import stack

CLUSTER = "aws_rds_cluster.aurora"
NASTY = [
    "<script>alert(1)</script>",
    "</details></summary>",
    "```\nend of fence",
    "a|b|c",
    "@octocat and #1",
    "[link](https://example.com) ![image](x)",
    "`` ` ``",
    "*bold* _it_ ~~no~~ # heading\n- list",
    "\x1b[31mred\x1b[0m \u202egnp",
    "<!-- hidden",
    "&lt;b&gt;",
]


def reviewed(before: Any, after: Any, **more: Any) -> Review:
    return review({"dev": stack(before)} | more, {"dev": stack(after)} | more, base="main (1234567)")


def shown(found: Review, width: int | None = 80) -> str:
    return "\n".join(line.plain for line in lines(found, width))


@pytest.fixture(autouse=True)
def _without_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_module, "cost_change", lambda *_: None)


@pytest.fixture
def worst() -> Review:
    return reviewed(
        {CLUSTER: {"engine": "a", "deletion_protection": True}, "aws_sns_topic.a": {"name": "a"}},
        {CLUSTER: {"engine": "b", "lifecycle": {"prevent_destroy": True}}, "aws_kms_key.k": {"description": "k"}},
        staging=stack({}),
    )


def test_a_terminal_gets_what_is_lost_first_and_a_summary_last(worst: Review) -> None:
    assert shown(worst) == "\n".join(
        [
            "dev",
            "  replaced  aws_rds_cluster.aurora",
            "              would be lost with it: the databases, and with them the automated",
            "              backups",
            "              forced by engine",
            "              Terraform refuses to plan it: prevent_destroy is on",
            "              lifecycle.prevent_destroy: off → on",
            "              engine: a → b",
            "              deletion_protection: true → not set",
            "  high      aws_rds_cluster.aurora: deletion_protection is off",
            "            a wrong plan or a click deletes the database",
            "  destroyed aws_sns_topic.a",
            "  added     aws_kms_key.k",
            "",
            "  unchanged staging",
            "",
            "against main (1234567): 1 environment (1 unchanged): 1 destroyed; 1 replaced (1",
            "with data); 1 added; opens 1 high",
        ]
    )


@pytest.mark.parametrize("width", [60, 80, 132])
def test_no_line_is_wider_than_the_terminal(worst: Review, width: int) -> None:
    assert max(map(len, shown(worst, width).splitlines())) <= width


def test_nothing_is_folded_in_a_file(worst: Review) -> None:
    assert "lost with it: the databases, and with them the automated backups" in shown(worst, None)


def test_nothing_that_changes_is_a_line() -> None:
    nothing = reviewed({CLUSTER: {}}, {CLUSTER: {}})
    assert shown(nothing) == "against main (1234567): nothing changes in 1 environment"
    assert markdown(nothing).splitlines() == [
        "## What this change does",
        "",
        "Against `main (1234567)`: nothing changes in 1 environment.",
    ]


def test_environments_in_which_the_same_happens_are_told_once() -> None:
    before = {f"e{number}": stack({CLUSTER: {"source_region": "a"}}) for number in range(20)}
    after = {f"e{number}": stack({CLUSTER: {"source_region": "b" if number else "c"}}) for number in range(20)}
    text = shown(review(before, after, base="main"))
    assert text.count("source_region: a → b") == 1
    assert "e1, e10, e11, e12, e13, e14 and 13 more" in text


def test_a_change_that_many_resources_share_is_told_once() -> None:
    before, after = (
        {f"aws_sns_topic.t{number}": {"tags": {"Part": part}} for number in range(5)} for part in ("5", "6")
    )
    assert shown(reviewed(before, after)).count("tags.Part: 5 → 6 in 5") == 1


def test_an_environment_that_comes_or_goes_is_told() -> None:
    one, other = {"a": stack({CLUSTER: {}})}, {"b": stack({CLUSTER: {}})}
    text = shown(review(one, other, base="main"), None)
    assert "a  removed from the project" in text
    assert "b  new environment" in text
    assert "destroy it before its file goes" in text


@pytest.fixture
def felt() -> Review:
    """Return a review with each kind of effect."""
    group = {"name": "shared_preload_libraries", "apply_method": "pending-reboot"}
    cluster = {"backup_retention_period": 7, "engine_version": "17.7", "port": 1}
    other = {"backup_retention_period": 8, "engine_version": "16.8", "port": 2}
    groups = [{"parameter": [group | {"value": value}]} for value in "ab"]
    upgraded = [{"engine_version": version, "apply_immediately": True} for version in ("16.8", "17.7")]
    sides = zip((cluster, other), groups, upgraded, strict=True)
    return reviewed(
        *(
            {CLUSTER: one, "aws_rds_cluster_parameter_group.a": two, "aws_rds_cluster.b": three}
            for one, two, three in sides
        )
    )


def test_a_terminal_gets_what_the_database_feels_worst_first(felt: Review) -> None:
    rows = [line for line in shown(felt, None).splitlines() if line.startswith("  ") and line[2] != " "]
    assert rows[:5] == [
        "  downgrade aws_rds_cluster.aurora: engine_version 17.7 → 16.8, a downgrade",
        "  endpoint  aws_rds_cluster.aurora: another port: 1 → 2",
        "  upgrade   aws_rds_cluster.b: engine_version 16.8 → 17.7, a major upgrade",
        "  restart   aws_rds_cluster.aurora: port 1 → 2",
        "  pending   aws_rds_cluster_parameter_group.a: shared_preload_libraries: in effect after a reboot",
    ]
    summary = shown(felt, None).splitlines()[-1].partition("; ")[2]
    words = "1 downgrade, 1 new endpoint, 1 major upgrade, 1 restart, 1 waits for a reboot, "
    words += "1 waits for the maintenance window"
    assert summary == f"{words}; opens nothing"


def test_markdown_and_json_have_what_the_database_feels(felt: Review) -> None:
    text = markdown(felt)
    assert "- 🔴 **downgrade** `aws_rds_cluster.aurora`: engine" in text
    assert "- 🟠 **new&#45;endpoint** `aws_rds_cluster.aurora`: another port" in text
    assert "- 🟠 **major&#45;upgrade** `aws_rds_cluster.b`: engine" in text
    assert "- 🔵 **pending&#45;window** `aws_rds_cluster.aurora`: backup" in text
    [environment] = document(felt)["environments"]
    assert [(one["kind"], one["severity"], one["restarts"]) for one in environment["effects"]] == [
        ("downgrade", "critical", False),
        ("new-endpoint", "high", False),
        ("major-upgrade", "high", True),
        ("restart", "medium", True),
        ("pending-reboot", "medium", False),
        ("pending-window", "low", False),
    ]
    assert set(environment["effects"][0]) == {"kind", "severity", "address", "what", "why", "restarts"}


def test_of_many_effects_a_comment_folds_the_last() -> None:
    sides = ({f"aws_rds_cluster.c{number}": {"port": port + number} for number in range(20)} for port in (1, 101))
    assert "<summary>also 8 new endpoints, 20 restarts</summary>" in markdown(reviewed(*sides))


def html(found: Review) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown(found))


def test_the_markdown_warns_of_what_is_lost_and_folds_the_rest(worst: Review) -> None:
    text = markdown(worst)
    assert text.startswith("## What this change does\n")
    assert "> [!CAUTION]\n> **replaced** `aws_rds_cluster.aurora`" in text
    assert "- 🟠 **high** `aws_rds_cluster.aurora`: deletion" in text
    assert "<details><summary>1 destroyed, 1 replaced, 1 added</summary>" in text
    assert "- replaced aws_rds_cluster.aurora\n" in text


def test_several_environments_get_a_table() -> None:
    sides = ({name: stack({CLUSTER: {"port": port, "name": name}}) for name in "ab"} for port in (1, 2))
    text = markdown(review(*sides, base="main"))
    assert "| environment | destroyed | replaced | changed | added | database | opens | a month |" in text
    assert "| `a, b` |  |  | 1 |  | 1 new endpoint, 1 restart |  |  |" in text


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_from_a_file_is_markdown_or_html(nasty: str) -> None:
    rule = {"policy_arn": f"arn:aws:iam::aws:policy/{nasty}"}
    found = reviewed(
        {CLUSTER: {"engine": "a"}, "aws_iam_role_policy_attachment.a": {}},
        {CLUSTER: {"engine": nasty, "tags": {nasty: nasty}}, "aws_iam_role_policy_attachment.a": rule},
    )
    rendered = html(found)
    for tag in ("script", "img", "strong>bold", "em>it", "a href", "h1", "!--"):
        assert f"<{tag}" not in rendered.lower()
    assert rendered.count("<details>") == rendered.count("</details>") == 1
    assert "\x1b" not in rendered
    assert "\u202e" not in rendered
    outside = re.sub(r"<code.*?</code>", "", rendered, flags=re.DOTALL)
    assert not re.search(r"@octocat|#1|https://", outside)


@pytest.mark.parametrize("nasty", NASTY)
def test_a_terminal_gets_no_control_characters(nasty: str) -> None:
    found = reviewed({CLUSTER: {"engine": "a"}}, {CLUSTER: {"engine": nasty}})
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", shown(found))


@pytest.mark.parametrize("text", [*NASTY, "", "`", "plain"])
def test_code_stays_code_and_text_stays_text(text: str) -> None:
    render = MarkdownIt("commonmark", {"html": True}).enable("table").render
    rendered = render(f"| a | b |\n|---|---|\n| {code(text)} | {escaped(text)} |")
    cells = re.findall(r"<td>(.*?)</td>", rendered, re.DOTALL)
    assert len(cells) == 2
    assert re.fullmatch(r"<code>[^<]*</code>", cells[0])
    assert "<" not in cells[1]


def test_a_comment_is_never_longer_than_github_takes_and_says_what_it_leaves_out() -> None:
    names = [f"environment-{number:03d}" for number in range(120)]
    before, after = (
        {
            name: stack(
                {
                    f"aws_sns_topic.{name}-{number}": {"display_name": f"{side} of {number} {name}"}
                    for number in range(20)
                }
            )
            for name in names
        }
        for side in ("before", "after")
    )
    text = markdown(review(before, after, base="main"))
    assert 40_000 < len(text) <= LIMIT
    assert "**Cut here**, because a comment holds 65,536 characters" in text
    assert text.count("<details>") == text.count("</details>")


def test_one_environment_alone_may_be_too_long() -> None:
    before, after = (
        {f"aws_sns_topic.t{number}": {"name": f"{side} {number}"} for number in range(3000)} for side in "ab"
    )
    text = markdown(reviewed(before, after))
    assert len(text) <= LIMIT
    assert "**Cut here**" in text


def test_json_has_all_of_it(worst: Review) -> None:
    found = document(worst, ("replace: x",))
    terminal.json_text(found)
    [environment] = found["environments"]
    [replaced] = [one for one in environment["resources"] if one["happens"] == "replaced"]
    assert replaced["forced_by"] == ["engine"]
    assert replaced["refusal"] == "Terraform refuses to plan it: prevent_destroy is on"
    assert replaced["loses"].startswith("the databases")
    assert [one["severity"] for one in environment["opens"]] == ["high"]
    assert (found["unchanged"], found["failed_on"]) == (["staging"], ["replace: x"])
