"""Whether the account's plan allows the first deploy: on AWS's Free plan no Aurora cluster can be made by Terraform."""

from collections.abc import Iterator
from typing import Final

from operations.checks.asked_aws import AskedAws
from operations.checks.check import Check, failed
from operations.state.deploy_state import DeployState

_FREE: Final = "FREE"
_REGION: Final = "us-east-1"
"""Source: AWS Billing API, "AWS Free Tier endpoint": the one Region that answers."""


def account_plan(state: DeployState, aws: AskedAws) -> Iterator[Check]:
    """Yield that the next deploy would fail, where there is no cluster yet and the account has the Free plan.

    AWS then answers "FreeTierRestrictionError: To use Aurora clusters with free plan accounts you need to set
    WithExpressConfiguration". An account without a plan, and who may not ask for it, say nothing. Source: Amazon Aurora
    User Guide, "Creating an Aurora PostgreSQL DB cluster with express configuration".
    """
    has_cluster = any(resource.type == "aws_rds_cluster" for resource in state.resources)
    if state.is_local or has_cluster or aws.cluster is not None or not aws.told_of_clusters:
        return
    plan = aws.ask_quietly("freetier", lambda client: client.get_account_plan_state(), region=_REGION)
    if plan is not None and plan.get("accountPlanType") == _FREE:
        yield failed(
            "account plan",
            f"the account {plan['accountId']} is on AWS's Free plan, on which Aurora makes clusters with an express "
            "configuration only, and no Terraform provider has that: the deploy fails (FreeTierRestrictionError)",
            "a paid plan: ",
            ("aws freetier upgrade-account-plan --account-plan-type PAID --region us-east-1",),
        )
