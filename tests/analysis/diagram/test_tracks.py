"""Arrows side by side: in the order in which fewest cross."""

from analysis.diagram.tracks import Run, order


def across(start: float, end: float) -> Run:
    return Run(start, end, starts_left=True, ends_left=False)


def back(start: float, end: float) -> Run:
    return Run(start, end, starts_left=True, ends_left=True)


def test_of_two_that_go_down_the_upper_one_turns_last() -> None:
    assert order([across(10, 100), across(30, 200)]) == [1, 0]


def test_of_two_that_go_up_the_lower_one_turns_last() -> None:
    assert order([across(100, 10), across(200, 30)]) == [0, 1]


def test_one_that_comes_back_goes_around_a_nearer_one() -> None:
    assert order([back(10, 200), back(50, 100)]) == [1, 0]


def test_one_that_enters_where_another_leaves_does_not_run_into_it() -> None:
    assert order([across(10, 100), across(100, 200)]) == [1, 0]
    assert order([across(100, 200), across(10, 100)]) == [0, 1]


def test_nothing_has_an_order_too() -> None:
    assert order([]) == []
