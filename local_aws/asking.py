"""Asks a local AWS on paths of its own, which no SDK knows."""

import json
import urllib.request
from typing import Any

from local_aws.environment import HEALTH_PATH

HEALTH_SECONDS = 5.0

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy has no way to this machine


def ask(endpoint_url: str, path: str, data: bytes | None = None, *, timeout: float = HEALTH_SECONDS) -> dict[str, Any]:
    """Return the answer to a GET, or with data to a POST. Raises OSError, of which HTTPError is one, and ValueError."""
    with _opener.open(endpoint_url + path, data, timeout=timeout) as answer:
        said = json.loads(answer.read() or b"{}")
    if not isinstance(said, dict):
        raise ValueError(f"{path} answers no object")
    return said


def health_of(endpoint_url: str, *, timeout: float = HEALTH_SECONDS) -> dict[str, Any]:
    """Return what the local AWS at an address says of itself; nothing where there is none."""
    try:
        return ask(endpoint_url, HEALTH_PATH, timeout=timeout)
    except (OSError, ValueError):
        return {}
