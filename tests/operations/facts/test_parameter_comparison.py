"""What AWS's default groups say of parameters: by botocore's own model, which refuses what AWS would not answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from aurora_serverless.facts.engine_parameters import EngineParameter
from operations.facts.difference import Compared
from operations.facts.parameters import ask_parameters, compare_parameters
from tests.deployed.stubs import stubbed

TODAY = date(2026, 11, 30)


def known(name: str = "work_mem", **other: str) -> EngineParameter:
    """Return a row of the file."""
    columns: dict[str, Any] = {
        "change": "dynamic",
        "type": "integer",
        "allowed": "64-2147483647",
        "unit": "kB",
        "source": "a list",
        "seen": "2023-05",
        "certainty": "api",
    }
    return EngineParameter(name=name, **(columns | other))


def answer(name: str = "work_mem", **other: Any) -> dict[str, Any]:
    """Return a parameter as DescribeEngineDefaultClusterParameters has it."""
    return {
        "ParameterName": name,
        "Description": "(kB) Sets the maximum memory.",
        "Source": "engine-default",
        "ApplyType": "dynamic",
        "DataType": "integer",
        "AllowedValues": "64-2147483647",
        "IsModifiable": True,
        "SupportedEngineModes": ["provisioned"],
    } | other


def compared(
    rows: Sequence[EngineParameter], by_major: dict[int, list[dict[str, Any]]], *, of_instances: Sequence[str] = ()
) -> Compared:
    """Compare rows with what AWS answers of each major version; the first page is empty, as pages may be."""
    client, stubber = stubbed("rds")
    for major, parameters in by_major.items():
        family = {"DBParameterGroupFamily": f"aurora-postgresql{major}"}
        names = [{"ParameterName": name} for name in (*of_instances, "other")]
        stubber.add_response("describe_engine_default_parameters", {"EngineDefaults": {"Parameters": names}}, family)
        for page, marker in (([], {"Marker": "next"}), (parameters, {})):
            defaults = {"EngineDefaults": {"Parameters": page} | marker}
            asked = family if marker else family | {"Marker": "next"}
            stubber.add_response("describe_engine_default_cluster_parameters", defaults, asked)
    found = compare_parameters(rows, ask_parameters(client, by_major), TODAY)
    stubber.assert_no_pending_responses()
    return found


def test_a_parameter_that_agrees_stays_as_it_is() -> None:
    rows = [
        known(),
        known("log_statement", type="word", allowed="none|ddl|mod|all", unit="", change="immediate"),
        known("random_page_cost", type="float", allowed="0-1.79769e+308", unit=""),
        known("rds.force_ssl", type="boolean", allowed="", unit=""),
        known("search_path", type="string", allowed="", unit=""),
    ]
    found = compared(
        rows,
        {
            16: [
                answer(),
                answer("log_statement", DataType="string", AllowedValues="none, ddl,mod,all"),
                answer("random_page_cost", DataType="float", AllowedValues="0-1.79769E+308"),
                answer("rds.force_ssl", DataType="boolean", AllowedValues="0,1"),
                answer("search_path", DataType="string", AllowedValues=""),
            ]
        },
        of_instances=[row.name for row in rows],
    )
    assert found.differences == ()
    assert sorted(found.rows, key=str) == sorted(rows, key=str)


@pytest.mark.parametrize(
    ("told", "column", "value"),
    [
        ({"ApplyType": "static"}, "change", "static"),
        ({"IsModifiable": False}, "change", "fixed"),
        ({"AllowedValues": "64-1048576"}, "allowed", "64-1048576"),
        ({"DataType": "float"}, "type", "float"),
        ({"SupportedEngineModes": ["serverless"]}, "serverless", "ignored"),
    ],
)
def test_what_aws_has_otherwise_is_taken_over_and_the_unit_stays(told: dict[str, Any], column: str, value: str) -> None:
    found = compared([known()], {16: [answer(**told)]}, of_instances=["work_mem"])
    first = found.differences[0]
    assert (first.row, first.what, first.aws, first.obstacle) == ("work_mem", column, value, "")
    [row] = found.rows
    assert isinstance(row, EngineParameter)
    assert (getattr(row, column), row.unit, row.seen) == (value, "kB", "2026-11-30")
    assert row.source == "AWS: DescribeEngineDefaultClusterParameters; the rest: a list, 2023-05"


def test_other_words_are_taken_over_unless_the_row_allows_others() -> None:
    told = answer("log_line", DataType="list", AllowedValues="a,b,c")
    strict = known("log_line", type="list", allowed="a|b", unit="")
    assert [one.aws for one in compared([strict], {16: [told]}, of_instances=["log_line"]).differences] == ["a|b|c"]
    open_row = known("log_line", type="list", allowed="a|b|*", unit="")
    assert compared([open_row], {16: [told]}, of_instances=["log_line"]).differences == ()


def test_a_parameter_of_the_cluster_alone_is_told_by_the_groups_of_instances() -> None:
    [difference] = compared([known()], {16: [answer()]}).differences
    assert (difference.what, difference.known, difference.aws) == ("level", "", "cluster")


@pytest.mark.parametrize("modes", [["provisioned"], []])
def test_what_aurora_serverless_sets_itself_is_not_told_and_stays(modes: list[str]) -> None:
    rows = [known(serverless="derived"), known("shared_buffers", serverless="ignored")]
    answers = [answer(SupportedEngineModes=modes), answer("shared_buffers", SupportedEngineModes=modes)]
    found = compared(rows, {16: answers}, of_instances=["work_mem", "shared_buffers"])
    assert found.differences == ()
    assert [row.serverless for row in found.rows if isinstance(row, EngineParameter)] == ["ignored", "derived"]
    assert found.silent == ("no API tells what Aurora Serverless makes of a value of work_mem, shared_buffers",)


def test_major_versions_that_differ_are_told_and_not_written() -> None:
    by_major = {16: [answer()], 17: [answer(AllowedValues="64-99")]}
    found = compared([known()], by_major, of_instances=["work_mem"])
    [difference] = found.differences
    assert difference.obstacle == "the major versions of its row differ: split it by hand"
    assert found.rows == (known(),)


def test_a_row_is_compared_with_its_own_major_versions_alone() -> None:
    rows = [known(majors="-16"), known(majors="17-", allowed="64-99")]
    by_major = {16: [answer()], 17: [answer(AllowedValues="64-99")]}
    assert compared(rows, by_major, of_instances=["work_mem"]).differences == ()


@pytest.mark.parametrize(
    ("majors", "column"), [((16, 17, 18), ""), ((17, 18), "17-"), ((16, 17), "-17"), ((17,), "17-17")]
)
def test_a_parameter_that_is_not_known_is_added_with_its_major_versions(majors: Sequence[int], column: str) -> None:
    by_major = {major: [answer("apg_new")] if major in majors else [] for major in (16, 17, 18)}
    found = compared([known()], by_major, of_instances=["work_mem"])
    [difference] = found.differences
    assert (difference.row, difference.known, difference.obstacle) == ("apg_new", None, "")
    [row] = [row for row in found.rows if isinstance(row, EngineParameter) and row.name == "apg_new"]
    assert (row.majors, row.level, row.change, row.allowed) == (column, "cluster", "dynamic", "64-2147483647")
    assert (row.source, row.certainty) == ("AWS: DescribeEngineDefaultClusterParameters", "api")


@pytest.mark.parametrize(
    ("by_major", "words"),
    [
        ({16: [answer("new")], 17: [], 18: [answer("new")]}, "not the same in all major versions"),
        ({16: [answer("new")], 17: [answer("new", ApplyType="static")]}, "not the same in all major versions"),
        ({16: [answer("new", AllowedValues="")]}, "AWS tells no range of it"),
    ],
)
def test_a_new_parameter_of_which_a_row_would_say_something_untrue_is_not_written(
    by_major: dict[int, list[dict[str, Any]]], words: str
) -> None:
    found = compared([known()], by_major)
    [difference] = found.differences
    assert words in difference.obstacle
    assert found.rows == (known(),)


def test_an_answer_that_says_nothing_of_a_change_is_nothing() -> None:
    told = {"ParameterName": "rds.extensions", "ParameterValue": "plpgsql", "IsModifiable": False}
    found = compared([known()], {16: [told]})
    assert (found.differences, found.silent) == ((), ("AWS lists no parameters of 16",))
