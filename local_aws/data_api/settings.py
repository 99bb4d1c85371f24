"""What can be set of the Data API when local AWS is started; the defaults are Aurora's, but for the resuming time."""

from dataclasses import dataclass

from aurora_serverless.facts.limits import fractional_limit

STATEMENT_SECONDS = fractional_limit("data_api_call_longest")
TRANSACTION_IDLE_SECONDS = fractional_limit("data_api_transaction_idle_longest")
TRANSACTION_SECONDS = fractional_limit("data_api_transaction_longest")

RESUME_SECONDS = 1.0  # Aurora takes about 15, and 30 or more after 24 hours of pause


@dataclass(frozen=True)
class DataApiSettings:
    """Times in seconds.

    `pause_seconds` is how long a cluster with a minimum of 0 ACU stays awake without SQL; None leaves it at what the
    cluster says. `resume_seconds` is how long it then takes to wake up.
    """

    pause_seconds: float | None = None
    resume_seconds: float = RESUME_SECONDS
    statement_seconds: float = STATEMENT_SECONDS
    transaction_idle_seconds: float = TRANSACTION_IDLE_SECONDS
    transaction_seconds: float = TRANSACTION_SECONDS
