"""Engine versions of Aurora PostgreSQL: an unknown one is refused, as AWS does.

Stock moto takes any text, so a mistyped version would pass here and fail on AWS. Asked for a major version alone, as
Terraform asks with each change of a cluster that is on one, it forgets the minor version that runs. Versions that AWS
has retired are accepted nevertheless: running clusters keep them, and adopting those is tested here.
"""

import re
from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import RDSBackend

from local_aws.mending.replacing import replacing

ENGINE = "aurora-postgresql"

# Newest minor of each major, and the first one with auto-pause. Sources: Aurora's release calendar
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html
# and https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
NEWEST_MINOR = {13: 23, 14: 23, 15: 18, 16: 14, 17: 10, 18: 4}
FIRST_WITH_AUTO_PAUSE = {13: 15, 14: 12, 15: 7, 16: 3, 17: 0, 18: 0}


def mend() -> None:
    """Refuse an unknown version at creation and at an upgrade, and keep the minor version within a major one."""

    @replacing(RDSBackend, "create_db_cluster")
    def create_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        _refuse_unknown(kwargs.get("engine"), kwargs.get("engine_version"))
        return stock(backend, kwargs)

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters[kwargs["db_cluster_identifier"]]
        requested = kwargs.get("engine_version")
        _refuse_unknown(cluster.engine, requested)
        if requested is not None and cluster.engine_version.startswith(f"{requested}."):
            kwargs["engine_version"] = cluster.engine_version
        return stock(backend, kwargs)


def can_pause(engine_version: str) -> bool:
    """Whether a version of Aurora PostgreSQL can pause by itself, which capacity 0 asks for."""
    parsed = _parsed(engine_version)
    if parsed is None:
        return False
    major, minor = parsed
    return minor >= FIRST_WITH_AUTO_PAUSE[major]


def _refuse_unknown(engine: str | None, engine_version: str | None) -> None:
    if engine == ENGINE and engine_version and _parsed(engine_version) is None:
        raise InvalidParameterCombination(f"Cannot find version {engine_version} for {ENGINE}")


def _parsed(engine_version: str) -> tuple[int, int] | None:
    """Major and minor of a known version; a version without a minor stands for the newest one."""
    match = re.fullmatch(r"(\d+)(?:\.(\d+))?", engine_version)
    if match is None or int(match[1]) not in NEWEST_MINOR:
        return None
    major = int(match[1])
    minor = NEWEST_MINOR[major] if match[2] is None else int(match[2])
    return (major, minor) if minor <= NEWEST_MINOR[major] else None
