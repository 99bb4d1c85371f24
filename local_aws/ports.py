"""The ports of this machine on which a project's local AWS and the databases of `local up` answer.

They are the same at every start, so that the addresses in an application's `.env` file stay right.
"""

import itertools
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from local_aws.asking import health_of
from local_aws.environment import ADDRESS
from local_aws.errors import LocalAwsError

FIRST_POSTGRESQL_PORT = 25432
_OTHER_SECONDS = 1.0  # for another program to say what it is, which need not speak HTTP
_FILE = "ports.json"


@dataclass(frozen=True)
class Ports:
    """The port of all services of AWS, and that of the PostgreSQL of each environment; 0 is a free one at each start.

    The defaults are those of nothing that is known, and below what a system gives to connections by itself.
    """

    aws: int = 24566
    postgresql: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Return those that were chosen for a folder; what cannot be read is as if nothing were."""
        try:
            return cls(**json.loads((folder / _FILE).read_text()))
        except (OSError, ValueError, TypeError):
            return cls()

    def postgresql_of(self, environment: str) -> int:
        """Return the port of an environment: that of the last time, or the first one that no other has."""
        others = set(self.postgresql.values())
        free = (port for port in itertools.count(FIRST_POSTGRESQL_PORT) if port not in others)
        return self.postgresql[environment] if environment in self.postgresql else next(free)

    def keep(self, folder: Path) -> None:
        """Remember them for a folder."""
        (folder / _FILE).write_text(json.dumps(asdict(self)))


class PortError(LocalAwsError):
    """A port cannot be listened on."""


def listen(port: int) -> socket.socket:
    """Return a socket that listens on a port, 0 for a free one. Raises PortError."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((ADDRESS, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise PortError(f"cannot listen on {ADDRESS}:{port}: {reason.lower()}") from None
    return listening


def check_free(port: int, option: str) -> None:
    """Raise LocalAwsError where something listens on a port, or it may not be listened on; `option` names another."""
    try:
        listen(port).close()
    except PortError as error:
        other = health_of(f"http://{ADDRESS}:{port}", timeout=_OTHER_SECONDS)
        whose = f", which local AWS has itself (process {other['pid']})" if "pid" in other else ""
        raise LocalAwsError(f"{error}{whose}; end that, or name another port: {option} {port + 1}") from None
