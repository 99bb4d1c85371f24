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
        "cluster_parameters": {"rds.force_ssl": "1"},
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
    "maintenance": {"apply_immediately": False},
    "access": {"iam_authentication": True},
    "monitoring": {
        "alarms": True,
        "dashboard": True,
        "insights": "advanced",
        "enhanced_monitoring_seconds": 60,
        "log_retention_days": 365,
    },
}

PRESETS: Final[Mapping[str, Mapping[str, Mapping[str, object]]]] = {"production": PRODUCTION}


def with_preset(document: Any) -> Any:
    """Return what an environment file says, on top of what its preset says.

    What is not a table, and a preset that does not exist, stay as they are: the model refuses them.
    """
    if not isinstance(document, Mapping):
        return document
    return _merged(_preset_of(document), document)


def is_from_preset(key: str, document: Mapping[str, Any]) -> bool:
    """Whether a key such as `credentials.mode` has its value from the file's preset, and not from the file itself."""
    return key in _dotted(_preset_of(document)) and key not in _dotted(document)


def _preset_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    preset = document.get("preset")
    return PRESETS.get(preset, {}) if isinstance(preset, str) else {}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(below[key], Mapping) and isinstance(above[key], Mapping):
            merged[key] = _merged(below[key], above[key])
    return merged


def _dotted(table: Mapping[str, Any], path: str = "") -> set[str]:
    keys = set()
    for name, value in table.items():
        keys |= _dotted(value, f"{path}{name}.") if isinstance(value, Mapping) else {f"{path}{name}"}
    return keys
