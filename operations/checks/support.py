"""Checks of the engine version's support, and that AWS says of the deployment what this project knows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from operations.checks.check import Check, Subject, passed, unknown, warned

if TYPE_CHECKING:
    from aurora_serverless.rules.engine import EngineVersion

_COMPARE = "./aurora-serverless facts --compare shows all differences, and --write applies them"


def support(subject: Subject) -> Iterator[Check]:
    """Warn where the support of the version that runs has ended, or ends within half a year."""
    version, today = _running(subject), datetime.now(UTC).date()
    if version is None or version.is_newer_than_known:
        running = subject.cluster.engine_version
        yield unknown("support", f"the end of support of Aurora PostgreSQL {running} is not known here", _COMPARE)
    elif warnings := version.warnings(today):
        words = f"{subject.target.command('upgrade')} --to {version.upgrade_to(today)} --check"
        yield warned("support", "; ".join(warnings), words)
    elif version.end_of_standard_support is None:
        yield passed("support", f"Aurora PostgreSQL {version}: AWS has not named the end of its standard support")
    else:
        end = version.end_of_standard_support
        yield passed("support", f"Aurora PostgreSQL {version} has standard support until {end}")


def facts(subject: Subject) -> Iterator[Check]:
    """Warn where AWS says something else of this version, Region or parameter group than the files of facts do."""
    version = _running(subject)
    if version is None:
        yield unknown("facts", f"nothing is known of Aurora PostgreSQL {subject.cluster.engine_version}", _COMPARE)
        return
    other = [*_of_version(subject, version, datetime.now(UTC).date()), *_of_region(subject), *_of_parameters(subject)]
    if other:
        yield warned("facts", f"AWS disagrees with this project's facts: {'; '.join(other)}", _COMPARE)
    else:
        yield passed("facts", f"AWS says of Aurora PostgreSQL {version} what this project knows")


def _running(subject: Subject) -> "EngineVersion | None":
    from aurora_serverless.rules.engine import EngineVersion  # noqa: PLC0415
    from aurora_serverless.rules.violation import RuleViolation  # noqa: PLC0415

    try:
        return EngineVersion.parse(subject.cluster.engine_version)
    except RuleViolation:
        return None


def _of_version(subject: Subject, version: "EngineVersion", today: date) -> Iterator[str]:
    from aurora_serverless.facts.engine_versions import capabilities, engine_versions  # noqa: PLC0415
    from aurora_serverless.facts.table import written  # noqa: PLC0415
    from operations.facts import engine  # noqa: PLC0415

    answers = engine.ask_versions(subject.client("rds"), str(version))
    if (version.major, version.minor) not in answers:
        yield f"it does not list {version} in {subject.target.session.region}"
        return
    for compared in (
        engine.compare_versions(tuple(engine_versions().values()), answers, today),
        engine.compare_capabilities(capabilities(), answers, today),
    ):
        for difference in compared.differences:
            here = "is not known here" if difference.known is None else f"not {written(difference.known)}"
            yield f"{difference.row}: {difference.what} is {written(difference.aws)}, and {here}"


def _of_region(subject: Subject) -> Iterator[str]:
    from aurora_serverless.rules.regions import is_missing  # noqa: PLC0415

    region = subject.target.session.region
    if subject.cluster.data_api_enabled and is_missing("data_api", region):
        yield f"the Data API is on, and {region} is known as a Region without it"


def _of_parameters(subject: Subject) -> Iterator[str]:
    from aurora_serverless.facts.engine_parameters import engine_parameters  # noqa: PLC0415
    from operations.facts.parameters import other_values, told_of  # noqa: PLC0415

    major = int(subject.cluster.engine_version.partition(".")[0])
    for parameter in subject.set_parameters:
        told, name = told_of(parameter), parameter["ParameterName"]
        for row in engine_parameters().get(name, ()):
            if told is not None and row.is_in(major):
                values = dict(other_values(row, told))
                yield from (f"{name}: {column} is {value or 'free'}" for column, value in values.items())
