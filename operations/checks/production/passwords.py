"""Lines about the master password: where it lies, how old it is, and who is let to it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from analysis.errors import FileError
from analysis.files import json_object
from analysis.review.findings.grants import ANYBODY
from analysis.review.policies import statements
from operations.checks.check import Check, Subject, failed, passed, unknown
from operations.checks.production.line import compared

if TYPE_CHECKING:
    from stacks.environment import Environment

# Source: AWS Security Hub User Guide, SecretsManager.4, whose parameter for the days is 90 by default.
OLDEST_PASSWORD_DAYS: Final = 90
_RANDOM: Final = "random_password"
"""The type of the resource whose state has the password."""


def in_state(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether a reader of Terraform's state reads the password too."""
    found = None if subject is None else subject.deploy_state
    return compared(
        "password",
        in_file=None if environment is None else not _puts_into_state(environment),
        in_aws=None if found is None else all(resource.type != _RANDOM for resource in found.resources),
        good="not in Terraform's state",
        bad="in Terraform's state: whoever can read that can read the password",
        words='write mode = "managed" or "write_only" under [credentials], and "write_only" under [users]: '
        "docs/upgrading.md has the way",
    )


def _puts_into_state(environment: "Environment") -> bool:
    """Whether a password of the master or of another user is made in such a way that the state has it."""
    of_master = environment.makes_credentials and environment.credentials.mode == "random"
    return of_master or bool(environment.users_with_secrets and environment.user_passwords == "random")


def rotation(subject: Subject) -> Iterator[Check]:
    """Check that the secret is rotated, or was not long ago."""
    name, target = "secret's rotation", subject.target
    if target.secret_arn is None:
        yield unknown(name, "the secret is not named", "give --secret-arn")
        return
    described = subject.client("secretsmanager").describe_secret(SecretId=target.secret_arn)
    if described.get("RotationEnabled"):
        rules = described.get("RotationRules") or {}
        days = rules.get("AutomaticallyAfterDays")
        yield passed(name, rules.get("ScheduleExpression") or (f"every {days} days" if days else "on"))
        return
    is_managed = bool(described.get("OwningService"))
    words = "write rotation_days = 7" if is_managed else f"write rotation_date = {datetime.now(UTC):%Y-%m-%d}"
    words = f"{words} under [credentials], and deploy"
    changed = described.get("LastChangedDate")
    age = None if changed is None else (datetime.now(UTC) - changed).days
    if is_managed:
        yield failed(name, "RDS manages the secret, and nothing rotates it", words)
    elif age is None or age > OLDEST_PASSWORD_DAYS:
        yield failed(
            name, f"nothing rotates it, and it is {'of no known age' if age is None else f'{age} days old'}", words
        )
    else:
        yield passed(name, f"by hand: it is {age} days old", f"before it is {OLDEST_PASSWORD_DAYS}, {words}")


def policy(subject: Subject) -> Iterator[Check]:
    """Check that the secret's own policy lets in nobody outside; what IAM allows is asked of a person."""
    name, target = "secret's policy", subject.target
    if target.secret_arn is None:
        yield unknown(name, "the secret is not named", "give --secret-arn")
        return
    text = subject.client("secretsmanager").get_resource_policy(SecretId=target.secret_arn).get("ResourcePolicy")
    try:
        found = statements(json_object(text, "the policy")) if text else ()
    except FileError:
        found = ()
    everybody = [one for one in found if one.is_allow and ANYBODY in one.principals["Principal"] and not one.conditions]
    if everybody:
        command = f"aws secretsmanager delete-resource-policy --secret-id {target.secret_arn}"
        yield failed(
            name,
            f"{everybody[0].label} allows every account",
            "remove that statement, or delete the policy: ",
            (command,),
        )
    elif found:
        yield passed(name, f"{len(found)} statements, none for every account")
    else:
        yield passed(name, "it has none: IAM alone decides who can read it")
