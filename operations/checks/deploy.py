"""Checks that the last deploy came to its end: what it left tainted, half made, unknown to Terraform, or locked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analysis.errors import AnalysisError
from operations.aws.cluster import USABLE_STATUSES, has_failed, remedy
from operations.checks.asked_aws import AskedAws
from operations.checks.check import Check, Subject, failed, passed, unknown
from operations.checks.unmanaged import unmanaged, waiting
from operations.checks.unmanaged_search import Search, Unmanaged
from operations.state.deploy_state import DeployState

_NAME: Final = "deploy"
_CLUSTER: Final = "aws_rds_cluster"


@dataclass(frozen=True)
class _Problem:
    """What keeps the next deploy from its end, and the commands that must come before it.

    `words` stand before the commands, or instead of them where a person has to decide, and `deploys` is false.
    """

    detail: str
    commands: tuple[str, ...] = ()
    words: str = ""
    deploys: bool = True


def deploy(subject: Subject) -> Iterator[Check]:
    """Check the state of the environment; ARNs and outputs have none."""
    state = subject.deploy_state
    if state is None:
        yield unknown(_NAME, "no state to look at", "name an environment")
        return
    problems = list(deploy_problems(state))
    yield from problems or [passed(_NAME, f"{state.name}: nothing tainted, of {len(state.resources)}")]


def deploy_problems(state: DeployState) -> Iterator[Check]:
    """Yield what keeps the next deploy from its end, or would make it destroy something. AWS is asked of that alone.

    The commands of all checks, one after the other, are what it takes: only the last ones deploy.
    """
    aws = AskedAws(state)
    if (lock := aws.unknowns.ask("lock", state.read_lock)) is not None:
        yield _locked(state, lock.text, lock.id)
    problems = [*_tainted(state, aws), *_unmanaged(state, aws)]
    last = max((number for number, problem in enumerate(problems) if problem.deploys), default=None)
    for number, problem in enumerate(problems):
        commands = (*problem.commands, *([state.deploy] if number == last else []))
        is_left_to_the_last = problem.deploys and not commands
        words = "the deploy below creates it again" if is_left_to_the_last else problem.words
        yield failed(_NAME, problem.detail, words, commands)
    yield from account_plan(state, aws)
    for reason in dict.fromkeys(aws.unknowns.reasons.values()):
        yield unknown(_NAME, reason)


def _locked(state: DeployState, text: str, identifier: str) -> Check:
    return failed(
        _NAME,
        f"{state.name} is locked: {text}",
        "wait until it is released; once you are sure that nobody is deploying: "
        f"{state.terraform(f'force-unlock {identifier}')}",
    )


def _tainted(state: DeployState, aws: AskedAws) -> Iterator[_Problem]:
    for resource in state.resources:
        if resource.is_tainted:
            is_cluster, address = resource.type == _CLUSTER, resource.address
            yield _tainted_cluster(state, aws, address) if is_cluster else _tainted_other(state, address)


def _events(state: DeployState) -> str:
    return f"./aurora-serverless status {state.name}{' --local' if state.is_local else ''}"


def _tainted_cluster(state: DeployState, aws: AskedAws, address: str) -> _Problem:
    identifier, status = state.environment.cluster_identifier, _status(aws)
    detail = f"{address} is tainted, because a deploy was interrupted"
    if status is None and aws.told_of_clusters:
        return _Problem(f"{detail}, and AWS has no cluster {identifier}", words="deploy again: ")
    if has_failed(status):
        return _Problem(
            f"{detail}; {identifier} is {status}", words=remedy(status, identifier, _events(state)), deploys=False
        )
    refusal = ", which prevent_destroy refuses" if state.environment.protection.prevent_destroy else ""
    there = f"; {identifier} is {status}" if status is not None else ""
    is_ready = state.is_local or status is None or status in USABLE_STATUSES
    wait = () if is_ready else waiting("cluster", identifier, aws.region)
    return _Problem(
        f"{detail}: the next deploy would destroy and recreate it{refusal}{there}", (*wait, state.untainting(address))
    )


def _tainted_other(state: DeployState, address: str) -> _Problem:
    return _Problem(
        f"{address} is tainted, because a deploy was interrupted: the next deploy would destroy and recreate it",
        (state.untainting(address),),
        "to keep it: ",
    )


def _unmanaged(state: DeployState, aws: AskedAws) -> Iterator[_Problem]:
    """Yield what AWS has and the state does not: what may be somebody else's one by one, and then all the rest."""
    try:
        stack = state.read_stack()
    except AnalysisError as error:
        aws.unknowns.add("stack", f"AWS was not searched for resources that {state.name} does not have: {error}")
        return
    ours: list[Unmanaged] = []
    for found in unmanaged(Search(state, stack, aws)):
        if found.differs is not None:
            yield _foreign(state, found)
        elif found.address.startswith(f"{_CLUSTER}.") and has_failed(status := _status(aws)):
            yield _Problem(
                f"{found.what} is in AWS, and {state.name} does not have it",
                words=remedy(status, found.identifier, _events(state)),
                deploys=False,
            )
        else:
            ours.append(found)
    if not ours:
        return
    is_one = len(ours) == 1
    before = [] if state.is_local else [*state.preparing, *(command for found in ours for command in found.before)]
    imports = [state.importing(found.address, found.identifier) for found in ours]
    is_in, them, it_is = ("is", "it", "it is") if is_one else ("are", "them", "they are")
    yield _Problem(
        f"{'; '.join(found.what for found in ours)} {is_in} in AWS, and {state.name} does not have {them}: "
        f"a deploy was interrupted, or {it_is} another deployment's",
        tuple(dict.fromkeys([*before, *imports])),
        f"if {it_is} this one's: ",
    )


def _foreign(state: DeployState, found: Unmanaged) -> _Problem:
    return _Problem(
        f"{found.what} is in AWS, {state.name} does not have it, and {found.differs}",
        words="check it first: if it is this deployment's, "
        f"{state.importing(found.address, found.identifier)}; if not, give this one another name, or delete that one",
        deploys=False,
    )


def _status(aws: AskedAws) -> str | None:
    return None if aws.cluster is None else str(aws.cluster["Status"])


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
            f"the account {plan['accountId']} is on AWS's Free plan, which allows Aurora clusters with express "
            "configuration only, and no Terraform provider supports that: the deploy fails (FreeTierRestrictionError)",
            "a paid plan: ",
            ("aws freetier upgrade-account-plan --account-plan-type PAID --region us-east-1",),
        )
