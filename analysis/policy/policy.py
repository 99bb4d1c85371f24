"""The policy of a stack: statements made of the table of actions, in as many documents as IAM's limit needs."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from analysis.errors import AnalysisError
from analysis.policy.actions import Condition, anywhere, block_type
from analysis.policy.arns import ANY, Arns, Place
from analysis.synthesized.resolution import resolved
from analysis.synthesized.stack import SynthesizedStack
from analysis.synthesized.values import blocks_in, texts_in
from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.tags import ROLE_TYPE

LONGEST: Final = limit("iam_managed_policy_longest")
_VERSION: Final = "2012-10-17"
_PROVIDERS: Final = ("aws_",)
_BOUNDARY: Final = "iam:PermissionsBoundary"
# Source: IAM User Guide, "Permissions boundaries for IAM entities", "Delegating responsibility to others": the actions
# that would otherwise let somebody make a role that may do more than its maker.
_BOUNDED: Final = frozenset(
    {"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:AttachRolePolicy"}
)

Document = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class _Grant:
    """An action on a resource. `condition` is JSON, so that it can be a key."""

    action: str
    arn: str
    condition: str = "{}"


@dataclass(frozen=True)
class Policy:
    """What may be done with a stack. `unknown` are the addresses of blocks of whose type the table says nothing."""

    grants: frozenset[_Grant]
    unknown: tuple[str, ...] = ()

    @property
    def actions(self) -> frozenset[str]:
        """The actions that are allowed on anything."""
        return frozenset(grant.action for grant in self.grants)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """The policy documents, none longer than IAM takes for a managed policy. Raises AnalysisError."""
        documents: list[list[Document]] = [[]]
        for statement in self._statements():
            if (alone := size(_document([statement]))) > LONGEST:
                raise AnalysisError(
                    f"a statement of {alone:,} characters fits into no managed policy, which has {LONGEST:,} at most: "
                    "make fewer resources of a type in one stack"
                )
            if size(_document([*documents[-1], statement])) > LONGEST:
                documents.append([])
            documents[-1].append(statement)
        return tuple(map(_document, documents))

    def _statements(self) -> Iterator[Document]:
        """Yield a statement for each set of resources and condition: all actions on exactly those."""
        arns: dict[tuple[str, str], set[str]] = defaultdict(set)
        for grant in self.grants:
            arns[grant.action, grant.condition].add(grant.arn)
        actions: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
        for (action, condition), resources in arns.items():
            found = (ANY,) if ANY in resources else tuple(sorted(resources))
            actions[found, condition].append(action)
        for (named, condition), names in sorted(actions.items(), key=lambda item: (sorted(item[1]), item[0])):
            statement = {"Effect": "Allow", "Action": _one_or_all(sorted(names)), "Resource": _one_or_all(named)}
            yield statement | ({"Condition": json.loads(condition)} if condition != "{}" else {})


def policy_of(
    stack: SynthesizedStack, *, region: str | None, account_id: str | None, partition: str, plan_only: bool
) -> Policy:
    """Return what a plan of the stack needs, and, unless `plan_only`, its deploy and its destruction."""
    arns = Arns(stack, Place(partition, region or ANY, account_id or _account_of(stack) or ANY))
    grants = {*_grants(arns, plan_only=plan_only), *_of_backend(stack, partition, plan_only=plan_only)}
    unknown = (
        block.address
        for block in stack.blocks.values()
        if block.type.startswith(_PROVIDERS) and block_type(block.mode, block.type) is None
    )
    return Policy(frozenset(grants), tuple(unknown))


def _account_of(stack: SynthesizedStack) -> str | None:
    """Return the one account that the provider allows; None where it allows others too."""
    provider = next(iter(blocks_in(stack.document.get("provider", {}).get("aws"))), {})
    allowed = texts_in(provider.get("allowed_account_ids"))
    return allowed[0] if len(allowed) == 1 else None


def size(document: Document) -> int:
    """Return how long IAM takes a document to be: it does not count white space."""
    return len("".join(json.dumps(document, ensure_ascii=False, separators=(",", ":")).split()))


def _grants(arns: Arns, *, plan_only: bool) -> Iterator[_Grant]:
    roles = _Roles(arns)
    for block in arns.stack.blocks.values():
        known = block_type(block.mode, block.type)
        for actions in known.actions if known else ():
            if (plan_only and not actions.reads) or (actions.given and not block.is_on(actions.given)):
                continue
            resources = arns.of_templates(block, actions.arns)
            for action in actions.actions:
                if action in anywhere():
                    yield _Grant(action, ANY)
                    continue
                for arn in resources:
                    yield from roles.guarded(_Grant(action, arn, _written(actions.condition)))


@dataclass(frozen=True)
class _Roles:
    """The roles of a stack: what binds those who may make them, so that nobody makes one that may do more."""

    arns: Arns

    @cached_property
    def boundaries(self) -> Mapping[str, str]:
        """The boundary of each role that has one, by the role's ARN."""
        return {
            arn: str(boundary)
            for role in self.arns.stack.of_type(ROLE_TYPE)
            if (boundary := role.get("permissions_boundary")) is not None
            for arn in self.arns.of_block(role)
        }

    @cached_property
    def attached(self) -> Mapping[str, set[str]]:
        """The managed policies that the stack attaches to each role, by the role's ARN."""
        found: dict[str, set[str]] = defaultdict(set)
        for attachment in self.arns.stack.of_type("aws_iam_role_policy_attachment"):
            policy = resolved(attachment.get("policy_arn"), self.arns.stack)
            for arn in self.arns.of_block(attachment):
                found[arn].add(policy if isinstance(policy, str) and "${" not in policy else ANY)
        return found

    def guarded(self, grant: _Grant) -> Iterator[_Grant]:
        """Yield what of a grant is given, and under which condition."""
        boundary = self.boundaries.get(grant.arn)
        if grant.action == "iam:PutRolePermissionsBoundary" and boundary is None:
            return
        if grant.action == "iam:DeleteRolePermissionsBoundary" and boundary is not None:
            return
        condition: dict[str, Any] = json.loads(grant.condition)
        if boundary is not None and grant.action in _BOUNDED:
            condition["StringEquals" if "${" not in boundary else "StringLike"] = {
                _BOUNDARY: boundary if "${" not in boundary else ANY
            }
        if grant.action == "iam:AttachRolePolicy" and ANY not in self.attached[grant.arn]:
            condition["ArnEquals"] = {"iam:PolicyARN": _one_or_all(sorted(self.attached[grant.arn]))}
        yield _Grant(grant.action, grant.arn, _written(condition))


def _of_backend(stack: SynthesizedStack, partition: str, *, plan_only: bool) -> Iterator[_Grant]:
    """Yield what the S3 backend needs: the state and its lock file.

    Source: Terraform, "Backend Type: s3", "S3 Bucket Permissions".
    """
    backend = stack.document.get("terraform", {}).get("backend", {}).get("s3")
    if not isinstance(backend, Mapping):
        return
    bucket = f"arn:{partition}:s3:::{backend['bucket']}"
    state = f"{bucket}/{backend['key']}"
    yield _Grant("s3:ListBucket", bucket)
    yield _Grant("s3:GetObject", state)
    if plan_only:
        return
    yield _Grant("s3:PutObject", state)
    if backend.get("use_lockfile"):
        for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
            yield _Grant(action, f"{state}.tflock")


def _document(statements: Iterable[Document]) -> Document:
    return {"Version": _VERSION, "Statement": list(statements)}


def _one_or_all(values: Iterable[str]) -> str | list[str]:
    found = list(values)
    return found[0] if len(found) == 1 else found


def _written(condition: Condition) -> str:
    return json.dumps(condition, sort_keys=True)
