"""Commits on a bad day: done, not done, or called unknown; and a rollback that hides nothing."""

import pytest

from operations.data_api import (
    OutcomeUnknown,
    Resuming,
    TransactionEnded,
)
from tests.operations.data_api.script import (
    BEGUN,
    BUSY,
    COMMITTED,
    DENIED,
    DONE,
    GONE,
    INTERNAL,
    LOST,
    RESUMING,
    ROLLED_BACK,
    SESSION_LOST,
    UNAVAILABLE,
    Script,
    Step,
    run_two_statements,
)


@pytest.mark.parametrize("step", [LOST, UNAVAILABLE, INTERNAL, SESSION_LOST], ids=str)
def test_a_commit_whose_answer_is_lost_and_that_then_finds_no_transaction_is_unknown(step: Step) -> None:
    script = Script(BEGUN, DONE, DONE, step, GONE)

    with pytest.raises(OutcomeUnknown, match="no answer to the commit"):
        run_two_statements(script.client)

    assert script.calls == ["begin", "execute", "execute", "commit", "commit"]


@pytest.mark.parametrize("step", [LOST, UNAVAILABLE, BUSY], ids=["lost", "unavailable", "busy"])
def test_a_commit_that_is_sent_again_and_then_done_is_done(step: Step) -> None:
    script = Script(BEGUN, DONE, DONE, UNAVAILABLE, step, COMMITTED)

    assert run_two_statements(script.client) == 1

    assert script.is_over


def test_a_commit_without_any_answer_until_the_deadline_is_unknown() -> None:
    script = Script(BEGUN, DONE, DONE, *[LOST] * 20)

    with pytest.raises(OutcomeUnknown):
        run_two_statements(script.client)

    assert set(script.calls[3:]) == {"commit"}


def test_a_commit_whose_answer_is_lost_and_that_is_then_denied_is_unknown() -> None:
    script = Script(BEGUN, DONE, DONE, LOST, DENIED)

    with pytest.raises(OutcomeUnknown):
        run_two_statements(script.client)


def test_a_commit_that_finds_no_transaction_at_once_was_none_and_is_run_again() -> None:
    script = Script(BEGUN, DONE, DONE, GONE, BEGUN, DONE, DONE, COMMITTED)

    run_two_statements(script.client)

    assert script.is_over


def test_a_commit_that_is_refused_until_the_deadline_is_rolled_back() -> None:
    script = Script(BEGUN, DONE, DONE, RESUMING, ROLLED_BACK, deadline_seconds=0.5)

    with pytest.raises(Resuming):
        run_two_statements(script.client)

    assert script.calls[-1] == "rollback"


def test_a_commit_that_rolls_back_is_no_success() -> None:
    script = Script(BEGUN, DONE, ROLLED_BACK)

    with (
        pytest.raises(TransactionEnded, match="was not committed"),
        script.client.transaction() as transaction,
    ):
        transaction.execute("INSERT INTO notes VALUES (1)")
