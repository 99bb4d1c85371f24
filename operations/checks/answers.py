"""Checks that the database answers SQL, and that its engine is the one that the environment's file asks for."""

import time
from collections.abc import Iterator

from operations.aws.cluster import Standing, standing
from operations.checks.check import Check, Subject, failed, passed, unknown
from operations.errors import ErrorKind, OperationsError
from operations.sql.database import Database


def sql(subject: Subject) -> Iterator[Check]:
    """Check that the database answers, and how fast; this wakes a paused cluster."""
    target = subject.target
    if target.secret_arn is None or target.database is None:
        yield unknown("SQL", "no secret or database named", "give --secret-arn and --database")
        return
    if not subject.cluster.data_api_enabled and not target.data_api_enabled:
        yield unknown("SQL", "the Data API is off, as its environment says", "connect with psql from inside the VPC")
        return
    resumed: list[bool] = []
    database = Database(target, on_waiting=lambda: resumed.append(True))
    try:
        # The first call may wait for a paused cluster; the second one measures.
        who = database.query("SELECT current_user, current_database()")
        before = time.perf_counter()
        database.query("SELECT 1")
    except OperationsError as error:
        if error.kind in {ErrorKind.NO_ACCESS, ErrorKind.AWS_UNAVAILABLE}:
            raise
        yield failed("SQL", str(error), "see the lines above")
        return
    latency = (time.perf_counter() - before) * 1000
    [[user, name]] = who.rows
    yield passed("SQL", f"SELECT 1 in {latency:.0f} ms as {user} in {name}{', after a pause' if resumed else ''}")


def engine(subject: Subject) -> Iterator[Check]:
    """Check the cluster's engine version against the environment's file."""
    running, environment = subject.cluster.engine_version, subject.target.environment
    if environment is None:
        yield unknown("engine", f"Aurora PostgreSQL {running}, and no file to compare it with", "name an environment")
        return
    wanted, file = environment.engine_version, f"environments/{environment.name}.toml"
    found = standing(running, wanted)
    waiting = subject.cluster.pending.get("EngineVersion")
    if found is Standing.UNKNOWN:
        yield unknown("engine", f"Aurora PostgreSQL {running} is not known here", "update this project")
    elif found is Standing.SAME:
        yield passed("engine", f"Aurora PostgreSQL {running}, as {file} says")
    elif found is Standing.NEWER:
        yield failed(
            "engine",
            f"Aurora PostgreSQL {running}, but {file} says {wanted}: the next deploy would be a downgrade",
            f'write version = "{running}" under [engine]',
        )
    elif waiting is not None and standing(waiting, wanted) is Standing.SAME:
        yield passed("engine", f"Aurora PostgreSQL {running}; {waiting} waits for the maintenance window")
    else:
        yield failed("engine", f"Aurora PostgreSQL {running}, but {file} says {wanted}", "deploy to upgrade it")
