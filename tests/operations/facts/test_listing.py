"""`aurora-serverless facts`: every file with its age, the rows of one, and nothing else than files that is needed."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from aurora_serverless.facts.files import FACT_FILES, FactFile
from cli.exit_status import ExitStatus
from tests.conftest import ROOT
from tests.operations.facts.conftest import Facts


def test_every_file_is_listed_with_its_rows_and_its_age(facts: Facts) -> None:
    done = facts()
    assert done.status == ExitStatus.DONE
    for file in FACT_FILES:
        [line] = [line for line in done.output.splitlines() if line.startswith(f"{file.name} ")]
        assert file.what in line
        assert f" {len(file.read())} " in line


def test_the_age_is_that_of_the_oldest_row_in_days(facts: Facts, copies: dict[str, FactFile]) -> None:
    path = copies["regions"].path
    head, *rows = path.read_text().splitlines()
    old = rows[0].replace(",2026-", ",2025-", 1)
    path.write_text("\n".join((head, old, *rows[1:])) + "\n")
    [found] = [one for one in facts("--json").json["facts"] if one["name"] == "regions"]
    assert found["oldest"].startswith("2025-")
    assert found["newest"].startswith("2026-")
    first = datetime.strptime(found["oldest"], "%Y-%m" if len(found["oldest"]) == 7 else "%Y-%m-%d").date()
    assert found["age_days"] == (datetime.now(UTC).date() - first).days
    assert sum(found["certainties"].values()) == found["rows"] == len(rows)


@pytest.mark.parametrize("name", [file.name for file in FACT_FILES])
def test_each_row_is_shown_with_its_source_date_and_age(facts: Facts, name: str) -> None:
    [file] = [file for file in FACT_FILES if file.name == name]
    [document] = facts(name, "--json").json["facts"]
    assert len(document["rows"]) == len(file.read())
    for row in document["rows"]:
        assert row["source"]
        assert row["certainty"]
        assert row["date"].startswith("20")
        assert row["age_days"] >= 0
    head = facts(name).output.splitlines()[1]
    assert head.split("certainty")[1].split() == ["date", "days", "old", "source"]


def test_numbers_are_numbers_in_json(facts: Facts) -> None:
    [document] = facts("prices", "--region", "us-east-1", "--json").json["facts"]
    assert {type(row["usd"]) for row in document["rows"]} == {float}
    [row] = [row for row in facts("majors", "--json").json["facts"][0]["rows"] if row["major"] == 17]
    assert row["end_of_standard_support"] == "2030-02-28"


def test_several_files_are_shown_one_after_another(facts: Facts) -> None:
    assert [one["name"] for one in facts("majors", "regions", "majors", "--json").json["facts"]] == [
        "majors",
        "regions",
    ]


def test_the_rows_of_one_region_are_shown(facts: Facts) -> None:
    [document] = facts("regions", "--region", "eu-west-1", "--json").json["facts"]
    assert [row["region"] for row in document["rows"]] == ["eu-west-1"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("version", "there are no facts called version; did you mean versions? Known are versions, majors"),
        ("Prices", "did you mean prices?"),
        ("xyzzy", "there are no facts called xyzzy; Known are"),
        ("versions price", "there are no facts called price"),
        ("majors --region us-east-1", "--region us-east-1: majors are of no Region; leave --region out"),
        ("prices --region mars-1", "--region mars-1: prices are known of "),
        ("--region us-east-1", "--region us-east-1 is for rows"),
        ("--write", "--write needs --compare"),
        ("--compare --region us-east-11", "no such Region is known; did you mean us-east-1?"),
    ],
)
def test_a_wrong_command_line_is_one_line(facts: Facts, line: str, words: str) -> None:
    done = facts(*line.split())
    assert (done.status, done.output) == (ExitStatus.WRONG_INPUT, "")
    assert words in done.error


def test_a_file_that_is_wrong_is_told_with_its_place(facts: Facts, copies: dict[str, FactFile]) -> None:
    path = copies["majors"].path
    path.write_text(path.read_text().replace(",aws page", ",", 1))
    for line in ([], ["majors"], ["--compare", "majors"]):
        done = facts(*line)
        assert (done.status, done.output) == (ExitStatus.WRONG_INPUT, "")
        assert "engine_majors.csv:2: certainty is empty" in done.error


def test_it_needs_neither_aws_nor_cdktf() -> None:
    code = (
        "import sys; from cli.main import main; status = main(['facts', 'majors', '--json']); "
        "print(status, [name for name in ('boto3', 'botocore', 'cdktf', 'jsii') if name in sys.modules])"
    )
    path = f"{ROOT}:{ROOT / 'constructs'}"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 []"
