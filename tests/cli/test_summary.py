"""The table that a synthesis ends with: widths, what is not known, and that it needs no more than a synthesis does."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.summary import examine, lines
from stacks.synthesis import SynthesizedStack
from tests.conftest import ROOT, TODAY
from tests.terraform_json import TerraformJson


def stack_of(name: str, document: dict[str, Any], *warnings: str) -> SynthesizedStack:
    count = sum(len(named) for named in document.get("resource", {}).values())
    return SynthesizedStack(name, count, Path("cdk.tf.json"), warnings, examine(name, document, today=TODAY))


def lines_of(*stacks: SynthesizedStack) -> list[str]:
    return list(lines(stacks))


def test_each_environment_is_a_row_of_one_width(synthesized: dict[str, TerraformJson]) -> None:
    stacks = [stack_of(name, document) for name, document in synthesized.items()]
    header, *rows, prices, unknown = lines_of(*stacks)
    assert [row.split()[0] for row in rows] == ["dev", "high-scale", "production", "reference"]
    assert {len(row) for row in rows} == {header.index("ceiling") + len("ceiling")}
    assert prices.startswith("US dollars a month: prices of us-east-1, ")
    assert unknown == "what is unknown, and why: ./aurora-serverless cost reference"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [row for row in (header, *rows) if f"\n{row}" not in readme] == [], "README shows other numbers"


def test_warnings_are_counted_and_none_is_a_blank(synthesized: dict[str, TerraformJson]) -> None:
    _, with_two, without, _ = lines_of(
        stack_of("dev", synthesized["dev"], "one", "two"), stack_of("production", synthesized["production"])
    )
    assert with_two.endswith("         2")
    assert without.endswith("1,461.61")


def test_a_sum_that_lacks_something_has_a_plus(synthesized: dict[str, TerraformJson]) -> None:
    document = synthesized["dev"]
    resources = document["resource"] | {"aws_nat_gateway": {"one": {}}}
    _, row, _, unknown = lines_of(stack_of("dev", document | {"resource": resources}))
    assert row.split() == ["dev", "17", "0.40", "+", "89.13", "+"]
    assert unknown.endswith("./aurora-serverless cost dev")


def test_where_no_price_is_known_it_says_so(synthesized: dict[str, TerraformJson]) -> None:
    _, row, prices, _ = lines_of(stack_of("reference", synthesized["reference"]))
    assert row.split() == ["reference", "11", "unknown", "unknown"]
    assert prices == "US dollars a month: no price is known"


@pytest.mark.parametrize("package", ["rich", "typer", "boto3"])
def test_it_needs_no_package_of_the_operations(package: str) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; import cli.summary"
    path = f"{ROOT}:{ROOT / 'constructs'}"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
