"""Listens on a port of this machine, at an address that only this machine has."""

import os
import socket

from local_aws.environment import ADDRESS
from local_aws.errors import LocalAwsError


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
