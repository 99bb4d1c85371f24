"""What is sent again, and what is not: nothing may be done twice, and nobody is told a guess."""

import logging
from collections.abc import Callable

import pytest
from botocore.exceptions import (  # type: ignore[import-untyped]
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError  # type: ignore[import-untyped]

from aurora_serverless_data_api import (
    AccessDenied,
    AnswerLost,
    DataApiClient,
    DataApiError,
    InvalidConfiguration,
    NoSession,
    NotConnected,
    OutcomeUnknown,
    Rejected,
    Resuming,
    SecretRefused,
    SessionLost,
    Throttled,
    Timeout,
    Unavailable,
    UniqueViolation,
    UnsupportedResult,
)
from tests.aurora_serverless_data_api.script import (
    BEGUN,
    CLUSTER_ARN,
    DONE,
    ENDPOINT,
    FITTING,
    LOST,
    ONE_ROW,
    RESUMING,
    ROLLED_BACK,
    SECRET_ARN,
    THROTTLED,
    Script,
    Step,
    database_error,
    error,
)

LATE = ReadTimeoutError(endpoint_url=ENDPOINT)
NOT_SENT = EndpointConnectionError(endpoint_url=ENDPOINT)
NOT_SENT_IN_TIME = ConnectTimeoutError(endpoint_url=ENDPOINT)

Run = Callable[[DataApiClient], object]
WRITE: Run = lambda client: client.execute("INSERT INTO notes VALUES (1)")  # noqa: E731
READ: Run = lambda client: client.query("SELECT 1 AS one")  # noqa: E731
IDEMPOTENT: Run = lambda client: client.execute("DELETE FROM notes", idempotent=True)  # noqa: E731
IDEMPOTENT_BATCH: Run = lambda client: client.batch("DELETE FROM notes WHERE id = :id", [{"id": 1}], idempotent=True)  # noqa: E731
BATCH: Run = lambda client: client.batch("INSERT INTO notes VALUES (:id)", [{"id": 1}])  # noqa: E731

AMBIGUOUS = {
    "500": (error("InternalServerErrorException", 500), Unavailable),
    "503": (error("ServiceUnavailableError", 503), Unavailable),
    "504": (error("DatabaseUnavailableException", 504), Unavailable),
    "502-of-a-proxy": (error("", 502), Unavailable),
    "lost": (LOST, AnswerLost),
    "late": (LATE, AnswerLost),
    "session": (database_error("57P01"), SessionLost),
}
REFUSALS = {
    "resuming": (RESUMING, Resuming),
    "throttled": (THROTTLED, Throttled),
    "429": (error("TooManyRequests", 429), Throttled),
    "not-sent": (NOT_SENT, NotConnected),
    "not-sent-in-time": (NOT_SENT_IN_TIME, NotConnected),
    "no-session": (database_error("53300"), NoSession),
}


@pytest.mark.parametrize("step", [step for step, _ in REFUSALS.values()], ids=REFUSALS)
@pytest.mark.parametrize("run", [WRITE, BATCH, READ], ids=["write", "batch", "read"])
def test_after_a_refusal_everything_is_sent_again(run: Run, step: Step) -> None:
    script = Script(step, step, FITTING)

    run(script.client)

    assert script.is_over
    assert script.time.slept == [1.0, 2.0]


@pytest.mark.parametrize("step", [step for step, _ in AMBIGUOUS.values()], ids=AMBIGUOUS)
@pytest.mark.parametrize("run", [IDEMPOTENT, IDEMPOTENT_BATCH], ids=["idempotent", "batch"])
def test_what_does_no_harm_is_sent_again_when_the_answer_is_lost(run: Run, step: Step) -> None:
    script = Script(step, step, FITTING)

    run(script.client)

    assert script.is_over


@pytest.mark.parametrize("step", [step for step, _ in AMBIGUOUS.values()], ids=AMBIGUOUS)
def test_a_read_whose_answer_is_lost_is_asked_again_where_it_cannot_write(step: Step) -> None:
    script = Script(step, BEGUN, DONE, step, ROLLED_BACK, BEGUN, DONE, ONE_ROW, ROLLED_BACK)

    assert script.client.query("SELECT 1 AS one") == [{"one": 1}]

    assert script.is_over
    assert script.bodies[2]["sql"] == "SET TRANSACTION READ ONLY"
    assert script.calls[-1] == "rollback"


def test_a_read_that_turns_out_to_write_is_unknown() -> None:
    script = Script(LOST, BEGUN, DONE, database_error("25006"), ROLLED_BACK)

    with pytest.raises(OutcomeUnknown, match="ConnectionClosedError, and then DatabaseErrorException"):
        READ(script.client)


def test_a_read_with_too_many_rows_says_so_also_when_it_is_asked_again() -> None:
    script = Script(LOST, BEGUN, DONE, error("UnsupportedResultException"), ROLLED_BACK)

    with pytest.raises(UnsupportedResult):
        READ(script.client)


@pytest.mark.parametrize("step", [error("AccessDeniedException", 403), database_error("23505"), RESUMING], ids=str)
@pytest.mark.parametrize("run", [IDEMPOTENT, IDEMPOTENT_BATCH], ids=["idempotent", "batch"])
def test_an_error_after_a_lost_answer_does_not_say_that_nothing_was_done(run: Run, step: Step) -> None:
    script = Script(LOST, step, deadline_seconds=2)

    with pytest.raises(OutcomeUnknown, match="ConnectionClosedError, and then"):
        run(script.client)

    assert script.is_over


@pytest.mark.parametrize("step", [step for step, _ in AMBIGUOUS.values()], ids=AMBIGUOUS)
def test_an_idempotent_write_without_any_answer_until_the_deadline_is_unknown(step: Step) -> None:
    with pytest.raises(OutcomeUnknown):
        IDEMPOTENT(Script(*[step] * 20).client)


@pytest.mark.parametrize("step", [step for step, _ in AMBIGUOUS.values()], ids=AMBIGUOUS)
@pytest.mark.parametrize("run", [WRITE, BATCH], ids=["write", "batch"])
def test_a_write_whose_answer_is_lost_is_sent_once_and_its_outcome_is_called_unknown(run: Run, step: Step) -> None:
    script = Script(step)

    with pytest.raises(OutcomeUnknown, match="read from the database whether it was done"):
        run(script.client)

    assert len(script.calls) == 1
    assert script.time.slept == []


def test_a_refused_write_whose_answer_is_then_lost_is_unknown_too() -> None:
    script = Script(RESUMING, LOST)

    with pytest.raises(OutcomeUnknown):
        WRITE(script.client)

    assert script.is_over


@pytest.mark.parametrize(("step", "kind"), [*AMBIGUOUS.values(), *REFUSALS.values()], ids=[*AMBIGUOUS, *REFUSALS])
def test_a_read_is_given_up_at_the_deadline_with_what_went_wrong(step: Step, kind: type[DataApiError]) -> None:
    script = Script(*[step] * 20, deadline_seconds=90)

    with pytest.raises(kind) as raised:
        READ(script.client)

    assert script.time.slept[:4] == ([1, 2, 4, 8] if kind in dict(REFUSALS.values()).values() else [1, 1, 2, 4])
    assert 75 < sum(script.time.slept) <= 90
    assert " tries, " in raised.value.__notes__[0]


def test_a_deadline_that_is_shorter_than_the_first_wait_means_one_try() -> None:
    script = Script(RESUMING, deadline_seconds=0.5)

    with pytest.raises(Resuming):
        READ(script.client)

    assert script.time.slept == []


def test_a_wait_is_longer_or_shorter_by_chance() -> None:
    for chance, slept in ((0.0, 0.75), (1.0, 1.25)):
        script = Script(RESUMING, ONE_ROW)
        object.__setattr__(script.client._waiting, "chance", lambda chance=chance: chance)
        READ(script.client)
        assert script.time.slept == [slept]


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (error("StatementTimeoutException"), Timeout),
        (error("AccessDeniedException", 403), AccessDenied),
        (error("ForbiddenException", 403), AccessDenied),
        (error("ExpiredTokenException", 403), AccessDenied),
        (NoCredentialsError(), AccessDenied),
        (error("SecretsErrorException"), SecretRefused),
        (error("BadRequestException"), Rejected),
        (error("ValidationException"), Rejected),
        (error("SomethingNew"), Rejected),
        (database_error("23505"), UniqueViolation),
    ],
    ids=str,
)
@pytest.mark.parametrize("run", [READ, IDEMPOTENT], ids=["read", "idempotent"])
def test_other_errors_are_raised_at_once(run: Run, step: Step, kind: type[DataApiError]) -> None:
    script = Script(step)

    with pytest.raises(kind):
        run(script.client)

    assert len(script.calls) == 1


def test_a_wait_is_logged_without_the_statement(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    READ(Script(RESUMING, ONE_ROW).client)

    assert "waiting 1.00 s after Resuming" in caplog.messages


@pytest.mark.parametrize(
    "raised",
    [KeyError("code"), TypeError(), UnicodeDecodeError("utf-8", b"", 0, 1, ""), ResponseParserError()],
    ids=repr,
)
def test_whatever_boto3_raises_is_an_answer_that_was_lost(raised: Exception) -> None:
    with pytest.raises(OutcomeUnknown, match=type(raised).__name__):
        WRITE(Script(raised).client)


def client_of(rds_data: object) -> DataApiClient:
    return DataApiClient(cluster_arn=CLUSTER_ARN, secret_arn=SECRET_ARN, database="alex", rds_data=rds_data)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({}, "repeats calls by itself"),
        ({"retries": {"mode": "adaptive"}}, "repeats calls by itself"),
        ({"retries": {"total_max_attempts": 2}}, "repeats calls by itself"),
        ({"retries": {"total_max_attempts": 1}, "read_timeout": 10}, "waits 10 s for an answer"),
    ],
)
def test_a_client_of_boto3_that_could_do_things_twice_is_refused(config: dict[str, object], reason: str) -> None:
    import boto3  # type: ignore[import-untyped]  # noqa: PLC0415
    from botocore.config import Config  # type: ignore[import-untyped]  # noqa: PLC0415

    with pytest.raises(InvalidConfiguration, match=reason):
        client_of(boto3.client("rds-data", region_name="us-east-1", config=Config(**config)))


def test_a_client_of_boto3_that_calls_once_is_taken() -> None:
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    client_of(boto3.client("rds-data", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})))


def test_the_environment_cannot_make_boto3_repeat_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    script = Script(error("ServiceUnavailableError", 503))

    with pytest.raises(OutcomeUnknown):
        WRITE(script.client)

    assert len(script.calls) == 1


def test_a_client_is_made_for_the_region_of_the_cluster() -> None:
    client = DataApiClient(
        cluster_arn=CLUSTER_ARN.replace("us-east-1", "eu-central-1"), secret_arn=SECRET_ARN, database="alex"
    )

    assert client._endpoint._client.meta.region_name == "eu-central-1"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"cluster_arn": "alex"}, "not the ARN of an RDS cluster"),
        ({"cluster_arn": SECRET_ARN}, "not the ARN of an RDS cluster"),
        ({"secret_arn": CLUSTER_ARN}, "not the ARN of a secret"),
        ({"database": ""}, "database is empty"),
    ],
)
def test_a_wrong_target_is_refused(arguments: dict[str, str], reason: str) -> None:
    right = {"cluster_arn": CLUSTER_ARN, "secret_arn": SECRET_ARN, "database": "alex"}

    with pytest.raises(InvalidConfiguration, match=reason):
        DataApiClient(**(right | arguments))  # type: ignore[arg-type]


def test_the_environment_names_the_target() -> None:
    environment = {"AURORA_CLUSTER_ARN": CLUSTER_ARN, "AURORA_SECRET_ARN": SECRET_ARN, "DATABASE_NAME": "alex"}
    script = Script(ONE_ROW)

    DataApiClient.from_environment(environment, rds_data=script.rds_data).query("SELECT 1 AS one")

    assert script.bodies[0]["resourceArn"] == CLUSTER_ARN
    assert script.bodies[0]["secretArn"] == SECRET_ARN
    assert script.bodies[0]["database"] == "alex"


def test_what_is_missing_in_the_environment_is_named() -> None:
    with pytest.raises(InvalidConfiguration, match=r"has no AURORA_SECRET_ARN, DATABASE_NAME: .*setup_instructions"):
        DataApiClient.from_environment({"AURORA_CLUSTER_ARN": CLUSTER_ARN})
