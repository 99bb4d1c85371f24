"""Checks of the Lambda role: that it is there, that Lambda may take it, and what IAM says that it may do."""

import json
from collections.abc import Iterator
from typing import Any

from aurora_serverless.rules.database_policy import DATA_API_ACTIONS, READ_SECRET_ACTIONS
from operations.aws.errors import code_of, explained
from operations.aws.unknowns import reason_of
from operations.checks.check import Check, Subject, failed, passed, unknown


def role(subject: Subject) -> Iterator[Check]:
    """Check the role of the environment's outputs."""
    arn = subject.target.lambda_role_arn
    if arn is None:
        yield unknown("role", "not named: a cluster's ARN does not tell it", "name an environment")
        return
    iam = subject.client("iam")
    try:
        found = iam.get_role(RoleName=arn.rpartition("/")[2])["Role"]
    except Exception as error:
        if code_of(error) != "NoSuchEntity":
            raise
        yield failed("role", f"there is no role {arn}", "deploy again")
        return
    if _lambda_may_take(found["AssumeRolePolicyDocument"]):
        yield passed("role", f"{found['RoleName']}, for Lambda functions")
    else:
        yield failed("role", f"{found['RoleName']} does not trust lambda.amazonaws.com", "deploy again")
    yield _permissions(iam, arn, subject)


def _lambda_may_take(document: Any) -> bool:
    return "lambda.amazonaws.com" in json.dumps(document)


def _permissions(iam: Any, role_arn: str, subject: Subject) -> Check:
    """Ask IAM's simulator, which looks at all policies, boundaries and conditions together."""
    target = subject.target
    asked: list[tuple[tuple[str, ...], str]] = []
    secret_arn = target.application_secret_arn
    if target.data_api_enabled and secret_arn is not None:
        asked.append((DATA_API_ACTIONS, target.cluster_arn))
    if secret_arn is not None:
        asked.append((READ_SECRET_ACTIONS, secret_arn))
    denied: list[str] = []
    count = 0
    for actions, resource in asked:
        try:
            answer = iam.simulate_principal_policy(
                PolicySourceArn=role_arn, ActionNames=list(actions), ResourceArns=[resource]
            )
        except Exception as error:
            known = explained(error)
            if known is None:
                raise
            reason = reason_of(known, is_local=target.session.local is not None)
            return unknown("role's permissions", reason, "the Lambda function's own call is the proof")
        results = answer["EvaluationResults"]
        count += len(results)
        denied += [result["EvalActionName"] for result in results if result["EvalDecision"] != "allowed"]
    if denied:
        fix = "deploy again, or look for a permissions boundary or a service control policy"
        return failed("role's permissions", f"denied: {', '.join(denied)}", fix)
    return passed("role's permissions", f"{count} actions allowed")
