"""What is no longer written down."""

from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import Comparison
from analysis.review.finding import Finding, Severity
from analysis.synthesized.values import PARAMETER_GROUPS, as_list, parameters_in

_EXPORTS: Final = "enabled_cloudwatch_logs_exports"
_AUDIT: Final = ("pgaudit.log", "log_connections", "log_disconnections")
_STATEMENTS: Final = ("none", "ddl", "mod", "all")


def exports(comparison: Comparison) -> Iterator[Finding]:
    """Logs that no longer go to CloudWatch."""
    for pair in comparison.of_type("aws_rds_cluster", "aws_db_instance"):
        was, now = ({str(log) for log in as_list(value)} for value in (pair.was(_EXPORTS), pair.now(_EXPORTS)))
        gone = was - now
        for log in sorted(gone) if pair.after is not None else ():
            yield Finding(
                Severity.MEDIUM,
                pair.address,
                f"the {log} log no longer goes to CloudWatch",
                "RDS keeps it for a few days",
            )


def audit(comparison: Comparison) -> Iterator[Finding]:
    """Auditing that is switched off or told to write less."""
    for pair in comparison.of_type(*PARAMETER_GROUPS):
        was, now = parameters_in(pair.was("parameter")), parameters_in(pair.now("parameter"))
        if pair.before is None:
            continue
        if "pgaudit" in was.get("shared_preload_libraries", "") and "pgaudit" not in now.get(
            "shared_preload_libraries", ""
        ):
            yield Finding(
                Severity.HIGH, pair.address, "pgAudit is no longer loaded", "nobody sees who changed schema and roles"
            )
        for name in _AUDIT:
            if _is_off(now.get(name)) and not _is_off(was.get(name)):
                yield Finding(Severity.MEDIUM, pair.address, f"{name} is off", "an audit needs it")
        statement_was, statement_now = (_rank(side.get("log_statement")) for side in (was, now))
        if statement_now < statement_was:
            yield Finding(
                Severity.LOW,
                pair.address,
                f"log_statement is {_STATEMENTS[statement_now]}, not {_STATEMENTS[statement_was]}",
                "fewer statements are written down",
            )


RULES: Final = (exports, audit)


def _is_off(value: str | None) -> bool:
    return value is None or value.lower() in {"", "0", "off", "none", "false"}


def _rank(value: str | None) -> int:
    return _STATEMENTS.index(value) if value in _STATEMENTS else 0
