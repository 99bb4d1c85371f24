"""The checks before an upgrade, in the order in which they are printed."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from aurora_serverless.rules.parameter_groups import check_instance_parameters, check_parameters
from aurora_serverless.rules.violation import RuleViolation
from operations.checks import cluster as cluster_checks
from operations.checks.check import Check, failed, guarded, passed, unknown
from operations.upgrade import catalog, extensions, global_members, versions
from operations.upgrade.subject import NOT_ASKED, UpgradeSubject

LONG_SECONDS: Final = 60
"""A transaction older than this is long; AWS ends all of them when it takes the cluster out of service."""

FREE_CONNECTIONS: Final = 10
"""How many connections must be free: AWS's checks, pg_upgrade and this command need some."""

_LEAVE_OUT: Final = "leave it out"
"""What to do about a parameter that the new version does not have under any name."""

_Look = Callable[[UpgradeSubject], Iterator[Check]]

# The session that asks is none of those that count.
_LONG_TRANSACTIONS: Final = """
SELECT format('pid %s (%s in %s, for %s s)', pid, usename, datname, round(extract(epoch FROM now() - xact_start)))
    AS what
FROM pg_catalog.pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    AND now() - xact_start > make_interval(secs => {seconds})
ORDER BY xact_start LIMIT 20
"""
_CONNECTIONS: Final = """
SELECT count(*) AS used, current_setting('max_connections')::int8 AS most
FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend'
"""


def checks_before(subject: UpgradeSubject) -> Iterator[Check]:
    """Yield every check; a check that cannot run is unknown, with the reason."""
    for name, look in _looks():
        yield from guarded(name, look, subject)
    if not subject.can_be_asked:
        yield unknown(
            "SQL",
            NOT_ASKED,
            "set access.data_api = true and deploy, or look at what docs/upgrading.md lists with psql",
        )
        return
    for name, look in _sql_looks(subject):
        yield from guarded(name, look, subject)


def _looks() -> Sequence[tuple[str, _Look]]:
    return (
        ("cluster", cluster_checks.cluster),
        ("instances", cluster_checks.instances),
        ("version", versions.version),
        ("global database", global_members.order),
        ("parameters", parameters),
    )


def _sql_looks(subject: UpgradeSubject) -> Iterator[tuple[str, _Look]]:
    yield "connections", connections
    yield "long transactions", long_transactions
    if subject.is_major:
        for check in catalog.catalog_checks(subject.running.major, subject.to.major):
            yield check.name, _look_of(check)
    yield "extensions", extensions.extensions


def _look_of(check: catalog.CatalogCheck) -> _Look:
    def look(subject: UpgradeSubject) -> Iterator[Check]:
        yield catalog.look(subject, check)

    return look


def parameters(subject: UpgradeSubject) -> Iterator[Check]:
    """Check that the new version has every parameter that the environment sets, and accepts its value."""
    if subject.environment is None:
        yield unknown("parameters", "no environment file to read them from", "name an environment")
        return
    engine = subject.environment.engine
    wrong = [
        *_violations(check_parameters, engine.cluster_parameters, subject.to.major),
        *_violations(check_instance_parameters, engine.instance_parameters, subject.to.major),
    ]
    count = len(engine.cluster_parameters or {}) + len(engine.instance_parameters or {})
    if wrong:
        yield failed(
            "parameters",
            "; ".join(f"{one.argument} = {one.value}: {one.rule}" for one in wrong),
            _remedy(wrong, f"environments/{subject.environment.name}.toml"),
        )
    else:
        yield passed(
            "parameters", f"Aurora PostgreSQL {subject.to.major} accepts all {count}" if count else "none are set"
        )


def _remedy(wrong: Sequence[RuleViolation], file: str) -> str:
    """Return what to do now and what after the upgrade: the running version may refuse the new version's values."""
    names = ", ".join(dict.fromkeys(one.argument for one in wrong))
    later = dict.fromkeys(f"{one.argument}: {one.remedy}" for one in wrong if one.remedy != _LEAVE_OUT)
    afterwards = f"; after the upgrade {'; '.join(later)}" if later else ""
    return f"leave {names} out, under [engine] in {file}{afterwards}"


def _violations(check: Any, given: Any, major: int) -> Iterator[RuleViolation]:
    for name, value in (given or {}).items():
        try:
            check({name: value}, major_version=major)
        except RuleViolation as violation:
            yield violation


def connections(subject: UpgradeSubject) -> Iterator[Check]:
    """Check that some connections are free."""
    [row] = subject.ask(subject.target.required_database(), _CONNECTIONS)
    detail = f"{row['used']} of {row['most']} are used"
    if row["most"] - row["used"] >= FREE_CONNECTIONS:
        yield passed("connections", detail)
    else:
        yield failed("connections", detail, "end some, or raise capacity.maximum_acu, which sets the limit")


def long_transactions(subject: UpgradeSubject) -> Iterator[Check]:
    """Check that no transaction has been open for long: the upgrade ends it, and its work is lost."""
    found = [
        row["what"]
        for row in subject.ask(subject.target.required_database(), _LONG_TRANSACTIONS.format(seconds=LONG_SECONDS))
    ]
    if found:
        yield failed(
            "long transactions",
            ", ".join(found),
            f"wait until they end, or end them: {subject.target.command('activity')}",
        )
    else:
        yield passed("long transactions", f"none is open for more than {LONG_SECONDS} s")
