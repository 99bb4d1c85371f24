"""How the engine version that runs stands to the one that an environment's file asks for."""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aurora_serverless.rules.engine import EngineVersion


class Standing(StrEnum):
    """What the running version is, seen from the file; unknown is a version that this project does not know."""

    SAME = "same"
    NEWER = "newer"
    OLDER = "older"
    UNKNOWN = "unknown"


def standing(running: str, wanted: "EngineVersion") -> Standing:
    """Compare the version that RDS tells with a file's, which may name a major version alone."""
    from aurora_serverless.rules.engine import EngineVersion  # noqa: PLC0415
    from aurora_serverless.rules.violation import RuleViolation  # noqa: PLC0415

    try:
        actual = EngineVersion.parse(running)
    except RuleViolation:
        return Standing.UNKNOWN
    if actual.major == wanted.major and (wanted.any_minor or actual.minor == wanted.minor):
        return Standing.SAME
    return Standing.NEWER if (actual.major, actual.minor) > (wanted.major, wanted.minor) else Standing.OLDER
