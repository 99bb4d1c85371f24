"""What AWS STS takes for the session of a role.

Source: AWS STS API, AssumeRole (botocore 1.44.5).
"""

import json
import re
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.arns import MANAGED_POLICY, check_arn
from aurora_serverless.rules.violation import check_pattern, check_range, refuse

SHORTEST_DURATION_SECONDS: Final = limit("sts_session_shortest")
LONGEST_DURATION_SECONDS: Final = limit("sts_session_longest")
_LONGEST_POLICY: Final = limit("sts_session_policy_longest")
_LONGEST_NAME: Final = limit("sts_session_name_longest")
_LONGEST_EXTERNAL_ID: Final = limit("sts_external_id_longest")
_NAME: Final = re.compile(rf"[A-Za-z0-9_+=,.@-]{{2,{_LONGEST_NAME}}}")
_EXTERNAL_ID: Final = re.compile(rf"[A-Za-z0-9_+=,.@:/-]{{2,{_LONGEST_EXTERNAL_ID}}}")


def check_session_name(value: str, *, argument: str = "session_name") -> None:
    """Raise `RuleViolation` unless `value` may be the name of a session."""
    rule = f"a session's name is 2 to {_LONGEST_NAME} letters, digits and _+=,.@-"
    check_pattern(argument, value, _NAME, rule, 'write, for example, "terraform-production"')


def check_source_identity(value: str, *, argument: str = "source_identity") -> None:
    """Raise `RuleViolation` unless `value` may be the source identity of a session.

    One that begins with aws: holds a colon, which none may.
    """
    rule = f"a source identity is 2 to {_LONGEST_NAME} letters, digits and _+=,.@-"
    check_pattern(argument, value, _NAME, rule, 'write, for example, "orders-pipeline"')


def check_external_id(value: str, *, argument: str = "external_id") -> None:
    """Raise `RuleViolation` unless `value` may be an external id."""
    rule = f"an external id is 2 to {_LONGEST_EXTERNAL_ID:,} letters, digits and _+=,.@:/-"
    check_pattern(argument, value, _EXTERNAL_ID, rule, 'write, for example, "orders-team"')


def check_duration(value: int, *, argument: str = "duration_seconds") -> None:
    """Raise `RuleViolation` unless a session may last `value` seconds."""
    check_range(argument, value, SHORTEST_DURATION_SECONDS, LONGEST_DURATION_SECONDS, "seconds")


def check_session_policy(value: str, *, argument: str = "policy") -> None:
    """Raise `RuleViolation` unless `value` may be the policy of a session."""
    remedy = "write a policy document as JSON, or name managed ones in policy_arns"
    try:
        document = json.loads(value)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "Statement" not in document:
        refuse(argument, value, "a session's policy is a JSON object with Statement", remedy)
    if len(value) > _LONGEST_POLICY:
        refuse(argument, value, f"a session's policy has at most {_LONGEST_POLICY:,} characters", remedy)


def check_session_policy_arn(value: str, *, argument: str = "policy_arns") -> None:
    """Raise `RuleViolation` unless `value` is the ARN of a managed policy."""
    check_arn(value, MANAGED_POLICY, argument=argument)
