"""The SCRAM verifier that PostgreSQL stores, so that the password itself is never sent or logged.

Source: RFC 5802, "SCRAM", and RFC 7677; PostgreSQL, CREATE ROLE, PASSWORD: a string in this form is stored as it is.
"""

import hashlib
import hmac
import secrets
from base64 import b64encode
from typing import Final

from operations.errors import failed

ITERATIONS: Final = 4096
"""PostgreSQL's own number, `scram_iterations`."""

_SALT_BYTES: Final = 16
_HASH: Final = "sha256"


def scram_verifier(password: str, user: str, *, salt: bytes | None = None) -> str:
    """Return the verifier of a password. Raises OperationsError for characters that SASLprep could change."""
    if not (password.isascii() and password.isprintable()):
        raise failed(
            f"the password of {user} has characters outside printable ASCII: write another one into its secret"
        )
    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    salted = hashlib.pbkdf2_hmac(_HASH, password.encode(), salt, ITERATIONS)
    stored_key = hashlib.new(_HASH, hmac.digest(salted, b"Client Key", _HASH)).digest()
    server_key = hmac.digest(salted, b"Server Key", _HASH)
    parts = (b64encode(part).decode() for part in (salt, stored_key, server_key))
    return "SCRAM-SHA-256${}:{}${}:{}".format(ITERATIONS, *parts)
