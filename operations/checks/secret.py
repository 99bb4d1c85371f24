"""Checks of the secret: that it can be read, and has what the Data API needs. Only names of its keys are shown."""

from collections.abc import Iterator
from typing import Any, Final

from analysis.errors import FileError
from analysis.files import json_object
from operations.aws.errors import code_of
from operations.checks.check import Check, Subject, failed, passed, unknown, warned

# Source: "Storing credentials in Secrets Manager" for the Data API, Aurora User Guide
NEEDED_KEYS: Final = ("username", "password")
_DEPLOY: Final = "deploy again, or restore it: aws secretsmanager restore-secret"


def secret(subject: Subject) -> Iterator[Check]:
    """Check the secret and the names of its keys."""
    arn = subject.target.secret_arn
    if arn is None:
        yield unknown("secret", "not named", "give --secret-arn")
        return
    try:
        text = subject.client("secretsmanager").get_secret_value(SecretId=arn).get("SecretString", "")
    except Exception as error:
        code = code_of(error)
        if code == "ResourceNotFoundException":
            yield failed("secret", f"there is no secret {arn}", _DEPLOY)
            return
        if code == "InvalidRequestException":
            yield failed("secret", f"{arn} is marked for deletion", _DEPLOY)
            return
        raise
    yield _of_value(text, subject)


def rotation(subject: Subject) -> Iterator[Check]:
    """Warn of a secret that RDS manages and no longer rotates: Terraform sees a schedule of its own only."""
    target = subject.target
    if target.secret_arn is None or target.environment is None or target.environment.credentials.mode != "managed":
        return
    described = subject.client("secretsmanager").describe_secret(SecretId=target.secret_arn)
    if described.get("OwningService") and not described.get("RotationEnabled"):
        words = "write rotation_days = 7 under [credentials], and deploy"
        yield warned("secret's rotation", "RDS manages the secret, and nothing rotates it", words)


def _of_value(text: str, subject: Subject) -> Check:
    keys = _keys(text)
    if keys is None:
        return failed("secret", "its value is not a JSON object", "write one with the keys username and password")
    missing = [key for key in NEEDED_KEYS if not isinstance(keys.get(key), str) or not keys[key]]
    names = f"keys {', '.join(sorted(keys))}"
    if missing:
        return failed("secret", f"{names}; {', '.join(missing)} missing or empty", "deploy again")
    is_master = keys["username"] == subject.cluster.master_username
    return passed("secret", f"{names}; of {'the master user' if is_master else 'another user than the master'}")


def _keys(text: str) -> dict[str, Any] | None:
    try:
        return json_object(text, "the secret")
    except FileError:
        return None
