"""Who rotates a secret, and when: RDS those that it manages, by itself, and nobody one without a Lambda function.

Stock moto rotates only by a Lambda function or not at all: a managed secret has no schedule, and a rotation leaves it
without a password; any other secret can have a schedule that nothing follows.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.secretsmanager.exceptions import InvalidParameterException, InvalidRequestException
from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend

from aurora_serverless.rules.rotation import (
    check_rotation_days,
    check_rotation_schedule,
    check_rotation_window,
    check_window_in_schedule,
)
from aurora_serverless.rules.violation import RuleViolation
from local_aws.patches.replacing import replacing

# Source: Amazon Aurora User Guide, "Password management with Amazon Aurora and AWS Secrets Manager".
_BY_DEFAULT: Final = {"AutomaticallyAfterDays": 7}


def patch() -> None:
    """Keep the schedule of a managed secret, rotate it where that is asked, and refuse the rest as AWS does."""

    @replacing(SecretsManagerBackend, "rotate_secret")
    def rotate_secret(stock: Callable[..., Any], backend: Any, secret_id: str, *args: Any, **kwargs: Any) -> Any:
        secret = backend.secrets.get(secret_id)
        function, rules = kwargs.get("rotation_lambda_arn"), kwargs.get("rotation_rules")
        if rules:
            _check(rules)
        if secret is None or not secret.owning_service:
            _refuse_without_function(secret, function)
            return stock(backend, secret_id, *args, **kwargs)
        _change(backend, secret, function, rules, rotates=kwargs.get("rotate_immediately", True))
        return secret.to_short_dict()

    @replacing(SecretsManagerBackend, "cancel_rotate_secret")
    def cancel_rotate_secret(stock: Callable[..., Any], backend: Any, secret_id: str) -> Any:
        secret = backend.secrets.get(secret_id)
        if secret is None or not secret.owning_service:
            return stock(backend, secret_id)
        secret.patched_rules = {}
        return secret.to_short_dict()

    @replacing(FakeSecret, "to_dict")
    def to_dict(stock: Callable[..., dict[str, Any]], secret: Any) -> dict[str, Any]:
        described = stock(secret)
        if secret.owning_service:
            rules = vars(secret).get("patched_rules", _BY_DEFAULT)
            described |= {"RotationEnabled": bool(rules), "RotationRules": rules} if rules else {}
        return described


def _refuse_without_function(secret: Any, function: str | None) -> None:
    if secret is not None and not function and not secret.rotation_lambda_arn:
        raise InvalidRequestException(
            "No Lambda rotation function ARN is associated with this secret, and the request has none."
        )


def _change(backend: Any, secret: Any, function: str | None, rules: Mapping[str, Any] | None, *, rotates: bool) -> None:
    if function:
        raise InvalidRequestException(f"The secret is managed by {secret.owning_service}, which rotates it itself.")
    if rules:
        secret.patched_rules = dict(rules)
    if rotates:
        rotate(backend, secret)


def rotate(backend: Any, secret: Any) -> None:
    """Give a managed secret another password of the same user."""
    current = json.loads(backend.get_secret_value(secret.arn, "", "AWSCURRENT")["SecretString"])
    backend.put_secret_value(
        secret.arn,
        secret_string=json.dumps(current | {"password": secrets.token_urlsafe(24)}),
        secret_binary=None,
        client_request_token=None,
        version_stages=["AWSCURRENT"],
    )


def _check(rules: Mapping[str, Any]) -> None:
    days, schedule, duration = (rules.get(key) for key in ("AutomaticallyAfterDays", "ScheduleExpression", "Duration"))
    if days is not None and schedule is not None:
        raise InvalidParameterException("RotationRules has AutomaticallyAfterDays or ScheduleExpression, not both.")
    try:
        if days is not None:
            check_rotation_days(days, argument="AutomaticallyAfterDays")
        if schedule is not None:
            check_rotation_schedule(schedule, argument="ScheduleExpression")
        if duration is not None:
            hours = int(str(duration).removesuffix("h"))
            check_rotation_window(hours, argument="Duration")
            check_window_in_schedule(schedule or "", hours, argument="Duration")
    except ValueError as violation:
        raise InvalidParameterException(
            str(violation) if isinstance(violation, RuleViolation) else f"Duration: {duration}"
        ) from None
