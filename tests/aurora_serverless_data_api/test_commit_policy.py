"""Commits on a bad day: done, not done, or called unknown; and a rollback that hides nothing."""

import pytest

from aurora_serverless_data_api import OutcomeUnknown, Resuming
from tests.aurora_serverless_data_api.script import (
    BEGUN,
    BUSY,
    COMMITTED,
    CONFLICT,
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
    database_error,
    error,
    run_two_statements,
)

TIMED_OUT = error("StatementTimeoutException")


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


def test_a_commit_that_finds_no_transaction_at_once_may_have_been_delivered_before_and_is_unknown() -> None:
    script = Script(BEGUN, DONE, DONE, GONE)

    with pytest.raises(OutcomeUnknown, match="TransactionNotFoundException"):
        run_two_statements(script.client)

    assert script.is_over


@pytest.mark.parametrize("step", [GONE, DENIED, LOST, TIMED_OUT], ids=["gone", "denied", "lost", "timed-out"])
def test_a_commit_that_took_too_long_and_then_has_no_certain_answer_is_unknown(step: Step) -> None:
    script = Script(BEGUN, DONE, DONE, TIMED_OUT, step, *[GONE] * 2)

    with pytest.raises(OutcomeUnknown):
        run_two_statements(script.client)

    assert "rollback" not in script.calls


def test_a_commit_that_takes_too_long_until_the_deadline_is_unknown() -> None:
    script = Script(BEGUN, DONE, DONE, *[TIMED_OUT] * 20)

    with pytest.raises(OutcomeUnknown):
        run_two_statements(script.client)


def test_a_commit_that_took_too_long_and_is_then_done_is_done() -> None:
    run_two_statements(Script(BEGUN, DONE, DONE, TIMED_OUT, COMMITTED).client)


@pytest.mark.parametrize("step", [error("BadRequestException"), error("ValidationException"), error("SomethingNew")])
def test_a_commit_that_is_refused_for_a_reason_that_is_not_known_is_unknown(step: Step) -> None:
    with pytest.raises(OutcomeUnknown):
        run_two_statements(Script(BEGUN, DONE, DONE, step).client)


def test_a_conflict_at_a_commit_that_was_sent_again_shows_that_it_was_open_and_runs_it_again() -> None:
    script = Script(BEGUN, DONE, DONE, LOST, CONFLICT, GONE, BEGUN, DONE, DONE, COMMITTED)

    run_two_statements(script.client)

    assert script.is_over


def test_a_login_that_fails_at_a_commit_that_was_sent_again_shows_nothing() -> None:
    with pytest.raises(OutcomeUnknown):
        run_two_statements(Script(BEGUN, DONE, DONE, LOST, database_error("28P01")).client)


def test_a_commit_that_is_refused_until_the_deadline_is_rolled_back() -> None:
    script = Script(BEGUN, DONE, DONE, RESUMING, ROLLED_BACK, deadline_seconds=0.5)

    with pytest.raises(Resuming):
        run_two_statements(script.client)

    assert script.calls[-1] == "rollback"


@pytest.mark.parametrize("answer", [ROLLED_BACK, BEGUN, DONE, {}], ids=str)
def test_another_answer_to_a_commit_is_no_success(answer: Step) -> None:
    answer = dict(answer) | {"other": True} if isinstance(answer, dict) else answer

    with pytest.raises(OutcomeUnknown):
        run_two_statements(Script(BEGUN, DONE, DONE, answer, GONE).client)
