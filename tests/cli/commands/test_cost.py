"""`cost` as people and scripts run it: tables that fit, JSON with everything, one line for what is wrong."""

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from analysis.synthesized import synthesis
from analysis.synthesized.stack import SynthesizedStack
from aurora_serverless.facts.prices import load_prices
from operations.errors import wrong_input
from tests.deployed.deployment import Done, run
from tests.terraform_json import TerraformJson

Cost = Callable[..., Done]


@pytest.fixture
def cost(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, synthesized: dict[str, TerraformJson]
) -> Cost:
    """Return a function that runs the command on the environments that ship, synthesized once for all tests."""
    stacks = {name: SynthesizedStack(name, document) for name, document in synthesized.items()}

    def already(project: Path, **_: object) -> Mapping[str, SynthesizedStack]:
        if not (project / "main.py").is_file():
            raise wrong_input(f"{project} has no main.py: name the folder of the project")
        return stacks

    monkeypatch.setattr(synthesis, "synthesize_project", already)
    return lambda *arguments: run(capsys, "cost", *arguments)


def rows(done: Done) -> dict[str, list[str]]:
    """Return the cells of a table by the first one."""
    cells = [[cell for cell in line.split("  ") if cell] for line in done.output.splitlines()]
    return {line[0].strip(): [cell.strip() for cell in line[1:]] for line in cells if len(line) > 1}


def test_one_environment_is_a_row_an_item_and_a_total(cost: Cost) -> None:
    done = cost("production")
    table = rows(done)
    assert (done.status, done.errors) == (0, "")
    assert table["item"] == ["floor", "typical", "ceiling"]
    assert table["compute: aurora"] == ["175.20", "438.00", "700.80"]
    assert table["dashboard"] == ["3.00", "3.00", "3.00"]
    assert table["total"] == ["364.84", "922.32", "1,461.61"]


def test_all_environments_are_a_row_each(cost: Cost) -> None:
    table = rows(cost())
    assert table["environment"] == ["region", "floor", "typical", "ceiling"]
    assert table["production"] == ["us-east-1", "364.84", "922.32", "1,461.61"]
    assert table["reference"] == ["not named", "unknown", "unknown", "unknown"]
    assert set(table) >= {"dev", "high-scale"}


@pytest.mark.parametrize("arguments", [(), ("dev",), ("high-scale", "--why"), ("reference",), ("production",)])
def test_everything_fits_80_columns(cost: Cost, arguments: tuple[str, ...]) -> None:
    assert max(len(line) for line in cost(*arguments).output.splitlines()) <= 80


@pytest.mark.parametrize("arguments", [(), ("dev",), ("reference", "--region", "us-east-1")])
def test_the_age_of_the_prices_is_in_every_output(cost: Cost, arguments: tuple[str, ...]) -> None:
    assert "prices of us-east-1, 2025-10 to 2026-" in cost(*arguments).output
    assert " days old" in cost(*arguments).output
    document = cost(*arguments, "--json").json
    assert "days old" in document.get("environments", [document])[0]["prices_said"]


def test_formulas_are_shown_on_request(cost: Cost) -> None:
    said = " ".join(cost("dev", "--why").output.split())
    assert "storage: 10 GB x $0.10 per GB-month" in said
    assert "storage: " not in cost("dev").output


def test_prices_that_are_less_certain_are_named_with_the_formulas(cost: Cost) -> None:
    said = " ".join(cost("production", "--why").output.split())
    assert "less certain prices: data_api_million (weak), " in said
    assert "less certain" not in cost("production").output


def test_what_is_not_known_is_named_with_the_remedy(cost: Cost, tmp_path: Path) -> None:
    some = tmp_path / "prices.csv"
    some.write_text("\n".join(line for line in load_prices().as_csv().splitlines() if "io_million" not in line) + "\n")
    done = cost("dev", "--prices", str(some))
    assert rows(done)["I/O"] == ["unknown", "unknown", "unknown"]
    assert rows(done)["total"][0].endswith("+")
    said = " ".join(done.output.split())
    assert (
        "not known, and in no sum: I/O; ask AWS for the prices of us-east-1 (./aurora-serverless cost dev --refresh)"
        in said
    )


def test_an_environment_without_a_region_asks_for_one(cost: Cost) -> None:
    assert "no price is known: no Region is named; give --region" in cost("reference").output
    assert rows(cost("reference", "--region", "us-east-1"))["compute: aurora"] == ["43.80", "65.70", "87.60"]


def test_borrowed_prices_are_said_to_be(cost: Cost) -> None:
    done = cost("reference", "--prices-of", "us-east-1")
    assert rows(done)["compute: aurora"] == ["43.80", "65.70", "87.60"]
    assert "us-east-1's stand in for unknown ones" in " ".join(done.output.split())


def test_the_typical_month_can_be_given(cost: Cost) -> None:
    table = rows(cost("production", "--average-acu", "2", "--storage-gb", "1000", "--io-millions", "0.5"))
    assert table["compute: aurora"][1] == "175.20"
    assert (table["storage"][1], table["I/O"][1]) == ("100.00", "0.10")


def test_a_break_even_that_is_missed_is_said(cost: Cost) -> None:
    said = " ".join(cost("high-scale").output.split())
    assert "(here 100, on I/O-Optimized): Standard would cost less" in said
    assert "would cost less" not in " ".join(cost("production").output.split())


def test_every_number_of_the_json_is_a_number(cost: Cost) -> None:
    def texts(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                yield from texts(each)
        elif isinstance(value, str):
            yield value

    for line in (["production", "--average-acu", "2"], ["--region", "us-east-1"]):
        assert not [text for text in texts(cost(*line, "--json").json) if re.fullmatch(r"-?[0-9.]+", text)]


def test_json_has_everything_exactly(cost: Cost) -> None:
    document = cost("production", "--json").json
    assert document["environment"] == "production"
    assert document["currency"] == "USD"
    assert sum(line["typical"] for line in document["lines"]) == pytest.approx(document["typical"])
    assert document["lines"][0].keys() == {"item", "floor", "typical", "ceiling", "why", "prices"}
    assert document["break_even_io_millions"] == {"aurora": 1522.5}
    assert document["usage"]["hours"] == 730
    assert document["unknown"] == []
    assert {price["certainty"] for price in document["prices"]} >= {"several sources", "one source"}
    assert document["prices"][0].keys() == {"item", "region", "usd", "unit", "source", "date", "certainty"}


def test_json_of_all_environments_is_one_document(cost: Cost) -> None:
    found = cost("--json").json["environments"]
    assert [one["environment"] for one in found] == ["dev", "high-scale", "production", "reference"]
    assert found[3]["lines"][0]["typical"] is None
    assert len(found[3]["unknown"]) == len(found[3]["lines"])


@pytest.mark.parametrize(
    "arguments",
    [("dev",), ("production", "--io-millions", "1500"), ("high-scale",), ("reference", "--prices-of", "us-east-1")],
)
def test_the_picture_is_a_png_of_a_readable_size(cost: Cost, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = tmp_path / "cost.png"
    done = cost(*arguments, "--plot", str(file))
    assert (done.status, f"drawn into {file}" in done.output) == (0, True)
    content = file.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (1200, 552)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dev", "--average-acu", "-1"], "'--average-acu': -1: must be a number of 0 or more"),
        (["dev", "--average-acu", "two"], "'--average-acu': two is not a number"),
        (["dev", "--storage-gb", "nan"], "'--storage-gb': nan: must be a number of 0 or more"),
        (["dev", "--io-millions", "inf"], "'--io-millions': inf: must be a number of 0 or more"),
        (["dev", "--average-acu", "2"], "--average-acu 2: an instance of the cluster aurora has at most 1 ACU"),
        (["production", "--average-acu", "1"], "has at least 2 ACU while it is awake"),
        (["dev", "--hours", "0"], "--hours 0: a month has hours"),
        (["dev", "--hours-awake", "800"], "--hours-awake 800: the month has 730 hours"),
        (["dev", "--hours-awake", "8", "--wakes", "3"], "give --hours-awake, or --wakes and --busy-seconds, not both"),
        (["dev", "--region", "eu-west-1"], "--region eu-west-1: dev is in us-east-1; leave --region out"),
        (["dev", "--prices-of", "eu-west-9"], "--prices-of eu-west-9: there are prices of ap-east-1, "),
        (["dev", "--prices", "none.csv"], "none.csv cannot be read: No such file or directory"),
        (["dev", "--plot", "cost.jpg"], "give a name that ends in .png"),
        (["dev", "--plot", "no-folder/cost.png"], "there is no folder no-folder"),
        (["dev", "--plot", "/proc/cost.png"], "/proc/cost.png cannot be written"),
        (["reference", "--plot", "cost.png"], "--plot: not all prices of a Region not named are known"),
        (["--plot", "cost.png"], "--plot is for one environment: name it"),
        (["--actual"], "--actual is for one environment: name it"),
        (["dev", "--actual", "--refresh"], "give --actual or --refresh, not both"),
        (["dev", "--local"], "--local is for --actual"),
        (["dev", "--actual", "--days", "0"], "'--days'"),
        (["reference", "--refresh"], "an environment names no Region; give --region"),
        (["dev", "--project", "/none"], "/none has no main.py"),
    ],
)
def test_wrong_input_is_one_line(cost: Cost, arguments: list[str], words: str) -> None:
    done = cost(*arguments)
    assert (done.status, done.output) == (2, "")
    assert words in done.error


def test_an_environment_that_is_not_there_has_an_exit_status_of_its_own(cost: Cost) -> None:
    done = cost("prod")
    assert (done.status, done.output) == (3, "")
    assert (
        done.error == "error: there is no environment prod: there are dev, high-scale, production, reference; "
        "did you mean production?"
    )


def test_the_help_has_an_option_for_each_field_of_the_month(cost: Cost) -> None:
    from dataclasses import fields  # noqa: PLC0415

    from analysis.cost.usage import Usage  # noqa: PLC0415

    output = cost("--help").output
    for field in fields(Usage):
        assert f"--{field.name.replace('_', '-')} " in output


def test_a_real_synthesis_is_estimated(capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, "cost", "dev", "--json")
    assert done.status == 0
    assert done.json["ceiling"] > 0
    assert set(done.json) >= {"environment", "lines", "unknown"}
