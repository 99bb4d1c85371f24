"""What an RDS Proxy's settings may be, and where there are no proxies."""

from typing import Final, Literal

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.arns import check_in_region
from aurora_serverless.rules.violation import check_range, refuse

IamAuthentication = Literal["REQUIRED", "DISABLED"]

# Eight hours. The API's documentation names no range; moto keeps to this one too.
LONGEST_IDLE_CLIENT_TIMEOUT_SECONDS: Final = limit("rds_proxy_idle_client_timeout_longest")
DEFAULT_IDLE_CLIENT_TIMEOUT_SECONDS: Final = limit("rds_proxy_idle_client_timeout_default")
# Source: Amazon RDS API, ConnectionPoolConfiguration. The provider lets 3,600 seconds pass.
LONGEST_CONNECTION_BORROW_TIMEOUT_SECONDS: Final = limit("rds_proxy_borrow_timeout_longest")
DEFAULT_CONNECTION_BORROW_TIMEOUT_SECONDS: Final = limit("rds_proxy_borrow_timeout_default")
DEFAULT_MAXIMUM_CONNECTIONS_PERCENT: Final = limit("rds_proxy_max_connections_percent_default")

# Source: Amazon Aurora User Guide, "Quotas and limitations for RDS Proxy".
MOST_SECRETS: Final = limit("rds_proxy_secrets_per_proxy")


def check_idle_client_timeout(seconds: int, *, argument: str = "idle_client_timeout_seconds") -> None:
    """Raise `RuleViolation` unless a proxy can wait `seconds` before it closes an idle client's connection."""
    check_range(argument, seconds, 1, LONGEST_IDLE_CLIENT_TIMEOUT_SECONDS, "seconds")


def check_connection_borrow_timeout(seconds: int, *, argument: str = "connection_borrow_timeout_seconds") -> None:
    """Raise `RuleViolation` unless a client can wait `seconds` for a connection to the database."""
    check_range(argument, seconds, 0, LONGEST_CONNECTION_BORROW_TIMEOUT_SECONDS, "seconds")


def check_maximum_connections(percent: int, *, argument: str = "maximum_connections_percent") -> None:
    """Raise `RuleViolation` unless a proxy may use `percent` of the database's connections."""
    check_range(argument, percent, 1, 100, "percent")


def check_maximum_idle_connections(
    percent: int, maximum_percent: int, *, argument: str = "maximum_idle_connections_percent"
) -> None:
    """Raise `RuleViolation` unless a proxy that uses `maximum_percent` may keep `percent` open while idle."""
    if not 0 <= percent <= maximum_percent:
        refuse(
            argument,
            percent,
            f"must be 0 to maximum_connections_percent, which is {maximum_percent}",
            f"write {0 if percent < 0 else maximum_percent}",
        )


def check_requires_tls(require_tls: bool, iam_authentication: IamAuthentication) -> None:
    """Raise `RuleViolation` for IAM tokens without TLS, which RDS refuses: they are passwords on the way."""
    if iam_authentication == "REQUIRED" and not require_tls:
        refuse(
            "require_tls",
            False,
            "clients log in with IAM tokens, and RDS takes those over TLS only",
            'leave it out, or write iam_authentication = "DISABLED"',
        )


def check_secret_count(count: int, *, argument: str = "secret_arns") -> None:
    """Raise `RuleViolation` unless a proxy can have `count` secrets beside the master user's."""
    if count >= MOST_SECRETS:
        refuse(
            argument,
            f"{count} secrets",
            f"a proxy has at most {MOST_SECRETS} secrets, the master user's included",
            f"name at most {MOST_SECRETS - 1}",
        )


def check_proxy_secret_region(arn: str, region: str | None, *, argument: str = "secret_arns") -> None:
    """Raise `RuleViolation` if a secret is in another Region than its proxy.

    Source: Amazon Aurora User Guide, "Planning where to use RDS Proxy": proxy, secrets and database are in one Region.
    """
    check_in_region(
        arn,
        region,
        argument=argument,
        why="a proxy reads secrets of its own Region",
        remedy="replicate the secret to that Region and name the replica",
    )


def check_initialization_query(query: str, *, argument: str = "init_query") -> None:
    """Raise `RuleViolation` for a query of nothing but spaces, which no connection could begin with."""
    if not query.strip():
        refuse(argument, query, "must not be empty", "write statements such as SET, or leave it out")


def idle_connections(percent: int | None, maximum_percent: int) -> int:
    """Return `percent`, or AWS's default: half of the maximum.

    Always sent: the provider's own default is 50, which AWS refuses below a maximum of 50.
    """
    return maximum_percent // 2 if percent is None else percent
