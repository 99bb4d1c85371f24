"""The lists of transitions: complete, accepted where they start, and the same ones in every run."""

from itertools import pairwise

import pytest

from tests.stacks.environment_strategies import KEYS
from tests.stacks.made_up_environments import problems_of
from tests.transitions.environments import own_names, value_of
from tests.transitions.fixed_list import CONTEXTS, NOT_HERE, SEQUENCES, SOMETHING_IN_AWS, Transition, chains
from tests.transitions.random_pairs import random_chains

LEAST_TRANSITIONS = 120


@pytest.fixture(scope="module")
def fixed() -> list[list[Transition]]:
    return chains()


@pytest.mark.parametrize("key", [key for key in KEYS if key not in NOT_HERE])
def test_every_key_of_the_model_is_given_or_changed_and_goes_back(key: str, fixed: list[list[Transition]]) -> None:
    changes = [(value_of(one.before, key), value_of(one.after, key)) for chain in fixed for one in chain]
    left = [before for before, after in changes if before != after]
    come_to = [after for before, after in changes if before != after]
    assert come_to, f"add {key} to CONTEXTS of tests/transitions/fixed_list.py, or to NOT_HERE with the reason"
    assert [value for value in come_to if value in left], "nothing goes back"


def test_no_key_is_left_in_the_tables_that_is_gone() -> None:
    assert [key for key in (*CONTEXTS, *NOT_HERE) if key not in KEYS] == []


def test_the_fixed_list_is_long_enough(fixed: list[list[Transition]]) -> None:
    assert sum(map(len, fixed)) >= LEAST_TRANSITIONS


def test_a_chain_is_one_deployment_that_changes_at_each_step(fixed: list[list[Transition]]) -> None:
    for chain in fixed:
        assert all(one.after == next_.before for one, next_ in pairwise(chain)), chain[0].name
        assert all(one.before != one.after for one in chain), chain[0].name


def test_every_chain_starts_from_an_environment_that_the_model_accepts(fixed: list[list[Transition]]) -> None:
    starts = {chain[0].name: own_names(chain[0].before, 1, SOMETHING_IN_AWS) for chain in fixed}
    assert {name: problems for name, start in starts.items() if (problems := problems_of(start))} == {}


def test_sequences_have_three_environments_or_more(fixed: list[list[Transition]]) -> None:
    assert {name for name in SEQUENCES if len(next(one for one in fixed if one[0].name == name)) < 2} == set()


def test_random_walks_are_the_same_for_a_seed_and_others_for_another() -> None:
    assert random_chains(2, 1) == random_chains(2, 1)
    assert random_chains(2, 1) != random_chains(2, 2)


def test_random_walks_have_accepted_environments_that_differ_and_as_many_as_asked_for() -> None:
    walks = random_chains(10, 3)
    assert sum(map(len, walks)) == 10
    for one in (one for walk in walks for one in walk):
        assert one.differing
        assert problems_of(own_names(one.after, 12, {})) == ()


def test_names_get_a_number_so_that_deployments_beside_each_other_do_not_clash() -> None:
    document = {"name_prefix": "orders", "names": {"instances": ["first", "second"], "cluster": "x" * 60}}
    named = own_names(document, 7, {})
    assert named == {
        "name_prefix": "orders-7",
        "names": {"instances": ["first-7", "second-7"], "cluster": "x" * 30 + "-7"},
    }
