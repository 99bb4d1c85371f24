"""The maintenance window, which comes here when a test or a person asks for it: a path of local AWS's own."""

import json
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from moto.rds.models import rds_backends

from aurora_serverless.rules.engine import ENGINE
from local_aws.environment import MAINTENANCE_PATH
from local_aws.moto_lock import MOTO_LOCK
from local_aws.patches.backup_plans import run_plans
from local_aws.patches.engine_versions import find_version, upgrade_targets
from local_aws.patches.pending_changes import apply_pending
from local_aws.wsgi import Application

AUTOMATIC_MINOR_UPGRADES = "automatic_minor_upgrades"


def answering_maintenance(application: Application) -> Application:
    """Return `application` with the path before it.

    POST lets the window of every cluster and instance come: pending changes are applied, and the backups of every plan
    of AWS Backup are made. With
    `{"automatic_minor_upgrades": true}` AWS's upgrades of minor versions come with it.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != MAINTENANCE_PATH:
            return application(environ, start_response)
        status, document = _answer(environ)
        body = json.dumps(document).encode()
        start_response(
            f"{status.value} {status.phrase}",
            [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Allow", "POST")],
        )
        return [body]

    return answer


def _answer(environ: dict[str, Any]) -> tuple[HTTPStatus, dict[str, Any]]:
    if environ["REQUEST_METHOD"] != "POST":
        return HTTPStatus.METHOD_NOT_ALLOWED, {"message": "POST lets the maintenance window come"}
    text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        asked = json.loads(text or b"{}")
    except (ValueError, RecursionError) as error:
        return HTTPStatus.BAD_REQUEST, {"message": str(error)}
    if not isinstance(asked, dict) or set(asked) - {AUTOMATIC_MINOR_UPGRADES}:
        return HTTPStatus.BAD_REQUEST, {"message": f"an object with {AUTOMATIC_MINOR_UPGRADES} at most"}
    with MOTO_LOCK:
        return HTTPStatus.OK, {"changed": list(_let_come(upgrades=bool(asked.get(AUTOMATIC_MINOR_UPGRADES))))}


def _let_come(*, upgrades: bool) -> Iterator[str]:
    backends: list[Any] = [backend for regions in rds_backends.values() for backend in regions.values()]
    for backend in backends:
        yield from apply_pending(backend)
        for cluster in list(backend.clusters.values()) if upgrades else []:
            newest = _newest_minor(cluster)
            if newest is not None:
                change = {"db_cluster_identifier": cluster.db_cluster_identifier, "engine_version": newest}
                backend.patched_apply_change(change)
                yield cluster.db_cluster_arn
    yield from run_plans()


def _newest_minor(cluster: Any) -> str | None:
    """Return the version to which AWS upgrades a cluster by itself.

    All of its instances must have automatic minor upgrades on, and a member of a global database is left alone:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_UpgradeDBInstance.PostgreSQL.html
    """
    members = cluster._members
    if cluster.engine != ENGINE or cluster.global_cluster_identifier or not members:
        return None
    if not all(member.auto_minor_version_upgrade for member in members):
        return None
    running = find_version(cluster.engine_version)
    newer = [target for target in upgrade_targets(running) if target.major == running.major]
    return str(max(newer)) if newer else None
