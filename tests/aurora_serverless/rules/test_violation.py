"""Checks that the rules of several subjects share, and how values are shown."""

import re

import pytest

from aurora_serverless.rules.violation import RuleViolation, check_different, shown


def test_a_value_stands_in_a_list_once() -> None:
    check_different("roles", ["a", "A"])
    with pytest.raises(RuleViolation, match='roles = "a": is named twice'):
        check_different("roles", ["a", "b", "a", "a"])
    with pytest.raises(RuleViolation, match='roles = "A": is named twice'):
        check_different("roles", ["a", "A"], ignores_case=True)


def test_all_values_that_stand_twice_are_told() -> None:
    with pytest.raises(RuleViolation, match=re.escape('roles = ["a", "b"]: are named twice')):
        check_different("roles", ["a", "b", "c", "a", "b", "b"])


@pytest.mark.parametrize("digits", [1, 300, 5_000, 500_000])
def test_a_number_of_any_length_is_shown_in_a_line(digits: int) -> None:
    for number in (16**digits, -(16**digits)):
        assert re.fullmatch(r"-?(0x)?[0-9a-f]+(\.\.\.)?", shown(number))
        assert len(shown(number)) <= 80
