"""Stacks that anybody may have written: whatever stands wherever, a command reads it or refuses it in one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from analysis.cost.estimate import estimate
from analysis.diagram.layout import draw
from analysis.diagram.mermaid import mermaid
from analysis.diagram.reading import picture_of
from analysis.diagram.svg import svg
from analysis.errors import AnalysisError
from analysis.review.json_report import document as review_as_json
from analysis.review.markdown_report import markdown
from analysis.review.review import review
from analysis.synthesized.document import problem
from analysis.synthesized.expressions import filled_in
from analysis.synthesized.stack import SynthesizedStack, read_stack
from cli.arguments.fail_on import parse_conditions, what_happened
from cli.output import terminal
from cli.reports import cost as report
from cli.reports.review import lines
from tests.analysis.review.projects import copying_project
from tests.conftest import ROOT
from tests.deployed.any_json import ANY, places, with_value
from tests.deployed.deployment import run

SHIPPED = {name: json.loads((ROOT / f"tests/snapshots/{name}.json").read_text()) for name in ("dev", "production")}
PLACES = {name: list(places(document)) for name, document in SHIPPED.items()}
CONDITIONS = parse_conditions("replace,destroy,open,cost>50")
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def stack(document: Any) -> SynthesizedStack:
    return SynthesizedStack("dev", document)


def read_all(before: Any, after: Any) -> None:
    """Read two documents in every way in which a command does."""
    found = review({"dev": stack(before)}, {"dev": stack(after)}, base="main")
    list(lines(found, 80))
    markdown(found)
    terminal.json_text(review_as_json(found, what_happened(found, CONDITIONS)))
    terminal.json_text(report.as_json(estimate(stack(after))))
    picture = picture_of(stack(after))
    mermaid(picture)
    svg(draw(picture))


@QUIET
@given(data=strategies.data())
def test_an_argument_of_any_form_is_read(data: Any) -> None:
    name = data.draw(strategies.sampled_from(sorted(SHIPPED)))
    path = data.draw(strategies.sampled_from(PLACES[name]))
    document = with_value(SHIPPED[name], path, data.draw(ANY))
    if problem(document) is None:
        read_all(SHIPPED[name], document)
        review({"dev": stack(document)}, {"dev": stack(SHIPPED[name])}, base="main")


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_block_that_is_named_and_is_not_there_is_no_matter(name: str) -> None:
    document = SHIPPED[name]
    for mode in ("resource", "data"):
        for type_, blocks in document[mode].items():
            for block in blocks:
                left = {key: body for key, body in blocks.items() if key != block}
                read_all(document, document | {mode: document[mode] | {type_: left}})


@QUIET
@given(document=ANY)
def test_a_document_of_any_form_is_read_or_refused(document: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("stacks") / "cdk.tf.json"
    path.write_text(json.dumps(document, ensure_ascii=True))
    try:
        found = read_stack(path)
    except AnalysisError:
        return
    read_all(SHIPPED["dev"], found.document)


WRONG: dict[str, list[Any]] = {
    "resource": [1, "a", [], {"aws_vpc": 1}, {"aws_vpc": {"a": None}}, {"aws_vpc": {"a": []}}],
    "data": ["a", {"aws_vpc": []}],
    "variable": [[], {"a": 1}, {"aws_region": {"default": 7}}],
    "output": [7, {"a": "b"}],
    "locals": [[]],
    "provider": ["aws"],
    "terraform": [None],
    "moved": [{}, "a", [1], [{"from": "a"}], [{"from": "a", "to": 1}]],
}


@pytest.mark.parametrize(("section", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_section_of_another_form_is_refused_with_its_name(tmp_path: Path, section: str, value: Any) -> None:
    path = tmp_path / "cdk.tf.json"
    path.write_text(json.dumps({section: value}))
    with pytest.raises(AnalysisError, match=rf"is not a synthesized stack: .*{section}.*; write it again with make"):
        read_stack(path)


@pytest.mark.parametrize(
    "body",
    [{"lifecycle": []}, {"depends_on": "a"}, {"depends_on": [1]}, {"//": 1}, {"//": {"metadata": 1}}, {"a": 10**400}],
)
def test_a_block_of_another_form_is_refused(tmp_path: Path, body: Any) -> None:
    path = tmp_path / "cdk.tf.json"
    path.write_text(json.dumps({"resource": {"aws_vpc": {"a": body}}}))
    with pytest.raises(AnalysisError, match="is not a synthesized stack: "):
        read_stack(path)


@pytest.mark.parametrize(
    "text",
    [
        '${"a" * 999999999}',
        "${[1] * 9}",
        "${1e300 * 1e300}",
        "${ceil(1e308 * 10)}",
        "${5 % 0}",
        "${1 / 0}",
        "${max()}",
        "${" + "(" * 5000 + "1" + ")" * 5000 + "}",
        "${" + "-" * 5000 + "1}",
        "${9999999999999999999}",
    ],
)
def test_an_expression_that_has_no_usable_value_stays_as_it_is(text: str) -> None:
    assert filled_in(text, {}) == text


def test_locals_of_locals_do_not_grow_without_end() -> None:
    locals_ = {f"l{number}": f"${{local.l{number + 1}}}" * 10 for number in range(30)}
    found = stack({"locals": locals_, "resource": {"aws_vpc": {"a": {"tags": {"Name": "${local.l0}x"}}}}})
    assert len(str(found.resources["aws_vpc.a"].get("tags", "Name"))) < 20_000_000


@pytest.mark.parametrize("number", range(9))
@pytest.mark.parametrize("report_of", ["", "--markdown", "--json"])
def test_a_folder_that_anybody_wrote_is_reviewed_or_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], number: int, report_of: str
) -> None:
    text = (
        "[" * 50_000,
        '{"resource": ' * 50_000,
        '{"resource": {"aws_vpc": {"a": {}, "a": {}}}}',
        '{"resource": {"aws_vpc": {"a": {"x": NaN}}}}',
        '{"resource": {"aws_vpc": {"a": {"x": "\\ud800"}}}}',
        '{"resource": {"aws_vpc": {"a": {"x": ' + "[" * 500 + "]" * 500 + "}}}}",
        '{"resource": {"aws_rds_cluster": {"aurora": {"tags": 5, "engine": [[]], "port": {"a": 1}}}}}',
        '{"variable": [1]}',
        "\ufeff{}",
    )[number]
    project = copying_project(tmp_path / "project")
    project.write("dev.json", SHIPPED["dev"])
    base = tmp_path / "base/stacks/dev"
    base.mkdir(parents=True)
    (base / "cdk.tf.json").write_text(text, encoding="utf-8")
    arguments = [report_of] if report_of else []
    done = run(capsys, "review", str(tmp_path / "base"), *arguments, "--project", str(project.folder))
    assert done.status in {0, 2}
    assert done.status == 0 or (done.output == "" and len(done.errors.splitlines()) == 1)


def test_what_no_reader_knows_is_one_line_with_the_way_to_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: Any, **__: Any) -> None:
        raise TypeError("unhashable type: 'list'")

    monkeypatch.setattr("analysis.review.review.review", wrong)
    project = copying_project(tmp_path / "project")
    project.write("dev.json", {})
    base = tmp_path / "base/stacks/dev"
    base.mkdir(parents=True)
    (base / "cdk.tf.json").write_text("{}")
    done = run(capsys, "review", str(tmp_path / "base"), "--project", str(project.folder))
    assert (done.status, "an argument of a form that Terraform does not take" in done.error) == (2, True)
    project.git("add", "--all")
    project.commit()
    assert run(capsys, "review", "HEAD", "--project", str(project.folder)).status == 70
