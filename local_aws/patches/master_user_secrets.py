"""The secret that RDS manages for a cluster holds the cluster's own master user, and a password that nobody knew.

Stock moto writes the user name admin and one password for all, whatever the cluster's master user is called, so nobody
could log in with it; and a rotation leaves it without a new password.
"""

import json
import secrets
from collections.abc import Callable
from typing import Any

from moto.rds.models import MasterUserSecret

from local_aws.patches.replacing import replacing
from local_aws.patches.secret_rotation import rotate


def patch() -> None:
    """Write the master user and a random password, at creation and at each rotation."""

    @replacing(MasterUserSecret, "_generate_secret_string")
    def generate_secret_string(_: Callable[..., str], secret: Any) -> str:
        return json.dumps({"username": secret.resource.master_username, "password": secrets.token_urlsafe(24)})

    @replacing(MasterUserSecret, "rotate_secret")
    def rotate_secret(_: Callable[..., None], secret: Any) -> None:
        secret._status = "rotating"
        rotate(secret.secretsmanager, secret.secret)
