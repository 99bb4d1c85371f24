"""Limits: all of AWS's stand in the file, each is used, and none stands in the code of the constructs."""

import ast
import re
from collections.abc import Iterator

import pytest

from aurora.facts.limits import LimitFact, allowed_numbers, fractional_limit, limit, limits
from aurora.facts.table import FactError, parse_facts
from tests.conftest import ROOT

OWN_CHOICES = {
    *("_PARTS", "_ID_IN_ARN", "_DAY", "MINUTE", "FIVE_MINUTES", "HTTPS_PORT"),  # what words and forms mean
    *(
        "GRAPH_WIDTH",
        "GRAPH_HEIGHT",
        "ALARMS_HEIGHT",
        "TEXT_HEIGHT",
        "PASSWORD_LENGTH",
        "SUFFIX_BYTES",
        "LONGEST_VALUE",
    ),
    *("OUT_OF_REACH_PERCENT", "LONGEST_REPLICA_LAG_MILLISECONDS", "MOST_DEADLOCKS_PER_SECOND"),
    *("DEFAULT_RETENTION_DAYS", "DEFAULT_TARGET_PERCENT", "DEFAULT_COOLDOWN_SECONDS"),
    *("_INTEGER", "_NUMBER", "_SMALLEST_NUMBER", "_WITH_UNIT", "_GROUP_NAME"),  # of what a file may say
    *("_FIRST_YEAR", "_LAST_YEAR", "_NEAR", "_SIMILAR", "_LONGEST_DECIMAL_BITS"),
}
"""Constants that AWS cannot change: choices of this project, and what is so by its nature."""


_LENGTH = re.compile(r"\{\d+,\d{2,}\}")
"""How a pattern says the longest of something."""


def number_constants() -> Iterator[str]:
    for path in (ROOT / "constructs" / "aurora").glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                inside = list(ast.walk(node.value))
                values = [each.value for each in inside if isinstance(each, ast.Constant)]
                is_computed = any(isinstance(each, ast.Name | ast.Call) for each in inside)
                is_number = any(type(value) in {int, float} for value in values) and not is_computed
                if is_number or any(isinstance(value, str) and _LENGTH.search(value) for value in values):
                    yield ast.unparse(node.target)


def test_no_limit_stands_in_the_code_of_the_constructs() -> None:
    assert {*number_constants()} - OWN_CHOICES == {"LARGEST_EXACT_INTEGER"}


def test_every_limit_is_used() -> None:
    folders = (ROOT / "constructs" / "aurora", ROOT / "stacks", ROOT / "operations")
    code = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    assert [name for name in limits() if f'"{name}"' not in code] == []


def test_a_limit_is_a_number_or_the_numbers_that_are_allowed() -> None:
    assert limit("rds_cluster_identifier_longest") == 63
    assert fractional_limit("rds_capacity_step_acu") == 0.5
    assert allowed_numbers("rds_enhanced_monitoring_intervals") == (0, 1, 5, 10, 15, 30, 60)


@pytest.mark.parametrize("value", ["many", "-1", "1 to 5"])
def test_another_value_is_refused(value: str) -> None:
    text = f"name,value,unit,source,date,certainty\nlength,{value},characters,a page,2026-11,aws page\n"
    with pytest.raises(FactError, match=r"limits.csv:2: value .* is not a number, or numbers with a space"):
        parse_facts(text, "limits.csv", LimitFact)
