"""Check of what is deployed and not in effect: it waits for a reboot, or for the maintenance window."""

from collections.abc import Iterator
from typing import Any, Final

from operations.activity.queries import MOST_CONNECTIONS
from operations.aws.pending import maintenance_actions, reboot_texts, value_texts
from operations.aws.unknowns import Unknowns
from operations.checks.check import Check, Subject, failed, passed
from operations.errors import OperationsError
from operations.sql.database import Database
from operations.times import clock

_MAX_CONNECTIONS: Final = "max_connections"
_TOLERANCE: Final = 0.1
"""AWS documents max_connections for some capacities only; between them it may be rounded otherwise than here."""


def pending(subject: Subject) -> Iterator[Check]:
    """Check that nothing waits for a reboot; what waits for the window is told, and passes."""
    cluster = subject.cluster
    unknowns = Unknowns(subject.target.session)
    waiting, remedy = reboot_texts(cluster), subject.target.command("restart")
    if not waiting and (limit := unknowns.ask("connections", lambda: _other_limit(subject))) is not None:
        waiting, remedy = [limit], f"{remedy} --force"
    actions = unknowns.ask("maintenance", lambda: maintenance_actions(subject.client("rds"), cluster)) or []
    scheduled = [*value_texts(cluster), *map(_action, actions)]
    if waiting:
        detail = f"pending until a reboot, which AWS never does by itself: {'; '.join([*waiting, *scheduled])}"
        yield failed("pending", detail, remedy)
    else:
        yield passed("pending", "; ".join(["nothing waits for a reboot", *scheduled]))


def _action(action: dict[str, Any]) -> str:
    return f"{action['action']} of {action['resource']}" + (f" on {clock(action['on'])}" if action["on"] else "")


def _other_limit(subject: Subject) -> str | None:
    """Return that the database has another max_connections than its capacity gives at a start; None where it has not.

    RDS does not tell of it as pending-reboot where no parameter group was changed.
    """
    from aurora_serverless.rules.alarms import connections_of_capacity  # noqa: PLC0415
    from aurora_serverless.rules.instances import SERVERLESS_CLASS  # noqa: PLC0415

    cluster, target = subject.cluster, subject.target
    if cluster.minimum_acu is None or cluster.maximum_acu is None or target.session.local is not None:
        return None  # the PostgreSQL of local AWS has a limit of its own
    is_serverless = cluster.writer is not None and cluster.writer.instance_class == SERVERLESS_CLASS
    if not is_serverless or target.secret_arn is None or target.database is None or not cluster.data_api_enabled:
        return None
    if any(parameter["ParameterName"] == _MAX_CONNECTIONS for parameter in subject.set_parameters):
        return None
    expected = connections_of_capacity(cluster.minimum_acu, cluster.maximum_acu)
    try:
        [[actual]] = Database(target).query(MOST_CONNECTIONS).rows
    except OperationsError:
        return None  # the check of SQL tells it
    if abs(actual - expected) <= expected * _TOLERANCE:
        return None
    return f"{_MAX_CONNECTIONS} is {actual:,}, and the capacity gives about {expected:,}"
