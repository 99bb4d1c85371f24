"""The secret that RDS manages for a cluster holds the cluster's own master user, and a password that nobody knew.

Stock moto writes the user name admin and one password for all, whatever the cluster's master user is called, so nobody
could log in with it; and a rotation leaves it without a new password. It also makes another secret whenever a request
says that RDS shall manage one, as the first change of an imported cluster does, although RDS does so already.
"""

import json
import secrets
from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import MasterUserSecret, RDSBackend

from local_aws.patches.replacing import replacing
from local_aws.patches.secret_rotation import rotate


def patch() -> None:
    """Write the master user and a random password, at creation and at each rotation; keep a secret that is there."""

    @replacing(MasterUserSecret, "_generate_secret_string")
    def generate_secret_string(_: Callable[..., str], secret: Any) -> str:
        return json.dumps({"username": secret.resource.master_username, "password": secrets.token_urlsafe(24)})

    @replacing(MasterUserSecret, "rotate_secret")
    def rotate_secret(_: Callable[..., None], secret: Any) -> None:
        secret._status = "rotating"
        rotate(secret.secretsmanager, secret.secret)

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters.get(kwargs["db_cluster_identifier"])
        if kwargs.get("manage_master_user_password") and cluster is not None and cluster.manage_master_user_password:
            del kwargs["manage_master_user_password"]
            _keep_key(cluster.master_user_secret, kwargs.pop("master_user_secret_kms_key_id", None))
        return stock(backend, kwargs)


def _keep_key(secret: Any, asked: str | None) -> None:
    """Refuse another key: "you can't change the KMS key that is used to encrypt the secret".

    Source: Amazon RDS API, ModifyDBCluster, MasterUserSecretKmsKeyId.
    """
    if asked and secret.kms.describe_key(asked).arn != secret.kms_key_id:
        raise InvalidParameterCombination(
            "You can't change the KMS key of the secret, because RDS manages the master user password already."
        )
