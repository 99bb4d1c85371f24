"""Reads who may do what: IAM roles, the statements of their policies, and who takes the roles on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from analysis.diagram.database import DATA_API
from analysis.diagram.picture import Area, Arrow, Group, Node
from analysis.diagram.services import KEYS, SECRETS, foreign, principals, secret_node, service_group, statements
from analysis.diagram.sketch import Sketch
from analysis.diagram.words import blocks_named, cut_short, each, name_of, plural, resources, shown
from analysis.synthesized.database import Database
from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import texts_in

ROLES: Final = "roles"
_MOST_NAMES: Final = 5
_SERVICES_OF_RDS: Final = ("rds.amazonaws.com", "monitoring.rds.amazonaws.com")
_CALLERS: Final = {"lambda.amazonaws.com": "Lambda functions"}


@dataclass
class _Access:
    """What a role may do: arrows (target and label), and lines for what is not in the picture."""

    arrows: dict[tuple[str, str], None] = field(default_factory=dict)
    lines: dict[str, None] = field(default_factory=dict)

    @property
    def key(self) -> tuple[Any, ...]:
        return (*sorted(self.arrows), *self.lines)


@dataclass
class _Role:
    id: str
    name: str
    principals: tuple[str, ...]
    access: _Access
    is_elsewhere: bool = False


def read_access(stack: SynthesizedStack, databases: Sequence[Database], sketch: Sketch) -> None:
    """Draw roles and what they may reach. Roles that may do the same are one box."""
    same: dict[tuple[Any, ...], list[_Role]] = {}
    for role in [*_roles(stack, sketch), *_existing_roles(stack, sketch)]:
        same.setdefault((role.principals, role.is_elsewhere, role.access.key), []).append(role)
    for roles in same.values():
        _draw(stack, sketch, roles)
    for database in databases:
        if not database.has_data_api:
            continue
        # The caller of the Data API names the secret, and the Data API reads it with the caller's permission.
        for secret in _secrets_of(stack, database, [role for roles in same.values() for role in roles]):
            sketch.edge(DATA_API, secret, Arrow.USE, "reads")


def _secrets_of(stack: SynthesizedStack, database: Database, roles: list[_Role]) -> list[str]:
    """Return the secrets of a cluster; one whose secret is of another stack has those that its callers may read."""
    if database.has_managed_secret:
        return [secret_node(database.block)]
    own = [block.address for block in stack.of_type("aws_secretsmanager_secret")]
    callers = [role.access.arrows for role in roles if (DATA_API, "SQL") in role.access.arrows]
    return own or [target for arrows in callers for target, label in arrows if label == "GetSecretValue"]


def _draw(stack: SynthesizedStack, sketch: Sketch, roles: list[_Role]) -> None:
    first = roles[0]
    is_of_rds = bool(first.principals) and all(principal in _SERVICES_OF_RDS for principal in first.principals)
    if is_of_rds:
        group = service_group(stack, sketch, "service-roles")
    else:
        group = sketch.group(Group(ROLES, Area.ROLES, None, "IAM roles of the application"))
    takers = ", ".join(_CALLERS.get(principal, principal) for principal in first.principals)
    lines = [f"assumed by {takers}"] if takers else []
    if len(roles) > 1:
        lines = [*cut_short([role.name for role in roles], _MOST_NAMES), *lines]
    lines += first.access.lines
    title = first.name if len(roles) == 1 else f"{len(roles)} roles that may do the same"
    if first.is_elsewhere:
        lines.append("made elsewhere")
    icon = "lambda" if "lambda.amazonaws.com" in first.principals else "role"
    sketch.node(Node(first.id, icon, title, tuple(lines), group, is_elsewhere=first.is_elsewhere))
    for target, label in first.access.arrows:
        sketch.edge(first.id, target, Arrow.PERMISSION, label)


def _roles(stack: SynthesizedStack, sketch: Sketch) -> Iterator[_Role]:
    for role in stack.of_type("aws_iam_role"):
        access = _Access()
        for policy in stack.of_type("aws_iam_role_policy"):
            if role.address in resources(policy.get("role"), "aws_iam_role"):
                _read_policy(stack, sketch, policy, access)
        for attachment in stack.of_type("aws_iam_role_policy_attachment"):
            if role.address in resources(attachment.get("role"), "aws_iam_role"):
                access.lines[f"has {shown(attachment.get('policy_arn', default='')).rpartition('/')[2]}"] = None
        if boundary := role.get("permissions_boundary"):
            access.lines[f"within {shown(boundary).rpartition('/')[2]}"] = None
        yield _Role(role.address, name_of(role, "name", "name_prefix"), _assumed_by(role), access)


def _existing_roles(stack: SynthesizedStack, sketch: Sketch) -> Iterator[_Role]:
    for policy in stack.of_type("aws_iam_role_policy"):
        if resources(policy.get("role"), "aws_iam_role"):
            continue
        access = _Access()
        _read_policy(stack, sketch, policy, access)
        for name in each(policy, "role"):
            yield _Role(f"role {name}", shown(name), (), access, is_elsewhere=True)


def _assumed_by(role: Block) -> tuple[str, ...]:
    found = statements(role, "assume_role_policy")
    return tuple(sorted({shown(name) for statement in found for name in principals(statement)}))


def _read_policy(stack: SynthesizedStack, sketch: Sketch, policy: Block, access: _Access) -> None:
    found = statements(policy, "policy")
    if not found:
        access.lines[f"policy {name_of(policy, 'name')}"] = None
    for statement in found:
        actions, targets = texts_in(statement.get("Action")), texts_in(statement.get("Resource"))
        if statement.get("Effect") != "Allow":
            access.lines[f"policy {name_of(policy, 'name')} also denies"] = None
            continue
        if not actions or not targets:
            access.lines[f"policy {name_of(policy, 'name')} allows all but some"] = None
            continue
        for target in targets:
            _read_permission(stack, sketch, actions, target, access)


def _read_permission(
    stack: SynthesizedStack, sketch: Sketch, actions: Sequence[str], target: str, access: _Access
) -> None:
    service = actions[0].partition(":")[0]
    clusters = blocks_named(stack, target, "aws_rds_cluster")
    if service == "rds-data" and clusters:
        access.arrows[DATA_API, "SQL"] = None
    elif service == "secretsmanager":
        known = resources(target, "aws_secretsmanager_secret") or [secret_node(cluster) for cluster in clusters]
        if not known and "*" not in target:
            known = [foreign(stack, sketch, SECRETS, target)]
        _point(access, known, _short(actions), f"{_short(actions)} on {shown(target)}")
    elif service == "kms":
        known = resources(target, "aws_kms_key")
        if not known and "*" not in target:
            known = [foreign(stack, sketch, KEYS, target)]
        _point(access, known, _short(actions), f"{_short(actions)} on {shown(target)}")
    elif service == "rds-db":
        proxies = [id_ for id_ in resources(target, "aws_db_proxy") if id_ in stack.resources]
        user = shown(target).rpartition("/")[2]
        _point(
            access, proxies or [cluster.address for cluster in clusters], f"IAM login as {user}", f"IAM login as {user}"
        )
    elif service == "logs":
        access.lines["may write to CloudWatch Logs"] = None
    else:
        access.lines[f"{_short(actions)} on {shown(target)}"] = None


def _point(access: _Access, targets: list[str], label: str, otherwise: str) -> None:
    for target in targets:
        access.arrows[target, label] = None
    if not targets:
        access.lines[otherwise] = None


def _short(actions: Sequence[str]) -> str:
    names = [action.partition(":")[2] for action in actions]
    return names[0] if len(names) == 1 else f"{names[0]} and {plural(len(names) - 1, 'action')} more"
