"""What an environment file may start from: sets of values that stand for a purpose.

A preset never changes for the deployments that use it in a way that replaces or loses anything; what the file says
itself always wins.
"""

from collections.abc import Mapping
from typing import Any, Final

PRODUCTION: Final[Mapping[str, Mapping[str, object]]] = {
    "engine": {
        "automatic_minor_upgrades": False,
        "log_statement": "ddl",
        "log_min_duration_milliseconds": 1000,
    },
    "instances": {"readers": 1},
    "credentials": {"mode": "managed"},
    "encryption": {"key": "own"},
    "protection": {
        "deletion_protection": True,
        "prevent_destroy": True,
        "final_snapshot": True,
        "copy_tags_to_snapshots": True,
    },
    "backup": {"retention_days": 35},
    "access": {"iam_authentication": True},
    "monitoring": {
        "alarms": True,
        "dashboard": True,
        "insights": "advanced",
        "enhanced_monitoring_seconds": 60,
        "log_retention_days": 90,
    },
}

PRESETS: Final[Mapping[str, Mapping[str, Mapping[str, object]]]] = {"production": PRODUCTION}


def with_preset(document: Any) -> Any:
    """Return what an environment file says, on top of what its preset says.

    What is no table, and a preset that does not exist, stay as they are: the model refuses them.
    """
    if not isinstance(document, Mapping):
        return document
    preset = document.get("preset")
    sections = PRESETS.get(preset, {}) if isinstance(preset, str) else {}
    merged = dict(document)
    for section, values in sections.items():
        given = document.get(section, {})
        merged[section] = {**values, **given} if isinstance(given, Mapping) else given
    return merged


def is_from_preset(key: str, document: Mapping[str, Any]) -> bool:
    """Whether a key such as `credentials.mode` has its value from the file's preset, and not from the file itself."""
    section, _, name = key.partition(".")
    of_preset = PRESETS.get(str(document.get("preset")), {}).get(section, {})
    given = document.get(section, {})
    return name in of_preset and not (isinstance(given, Mapping) and name in given)
