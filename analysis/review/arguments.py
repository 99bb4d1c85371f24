"""Tells two versions of a resource's arguments apart, argument by argument."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.review import dashboards, policies
from analysis.review.detail import Detail
from analysis.synthesized.values import parsed

_NAMING: Final = ("name", "parameter_name", "key", "id")
"""Arguments by which a block in a set of blocks is found again, such as the parameter of a parameter group."""

_MOST_LINES: Final = 8
"""Changed lines of a long text that are told."""

# Source: the provider's schema, 5.100.0: every list of these that may be given is a set, or a block that stands once.
UNORDERED: Final = frozenset(
    """
    aws_appautoscaling_policy aws_appautoscaling_target aws_backup_plan aws_backup_selection aws_backup_vault
    aws_backup_vault_lock_configuration aws_cloudwatch_dashboard aws_cloudwatch_log_group
    aws_cloudwatch_metric_alarm aws_db_event_subscription aws_db_parameter_group aws_db_proxy
    aws_db_proxy_default_target_group aws_db_proxy_endpoint aws_db_proxy_target aws_db_subnet_group
    aws_iam_instance_profile aws_iam_role aws_iam_role_policy aws_iam_role_policy_attachment aws_kms_alias
    aws_kms_key aws_rds_cluster aws_rds_cluster_endpoint aws_rds_cluster_instance aws_rds_cluster_parameter_group
    aws_rds_cluster_role_association aws_rds_global_cluster aws_secretsmanager_secret
    aws_secretsmanager_secret_version aws_security_group aws_sns_topic aws_sns_topic_policy
    aws_sns_topic_subscription aws_vpc_endpoint aws_vpc_security_group_egress_rule
    aws_vpc_security_group_ingress_rule
    """.split()
)


@dataclass(frozen=True)
class ArgumentChange:
    """An argument that is not the same: None is one that is not given.

    `details` say what changed inside of a value that is a policy, a dashboard or a set. `follows` is the resource from
    whose replacement the new value comes, known after the deploy only. Of a secret nothing but the change is told.
    `left` is what is left to tell of it once the names that are others in many places are told; None is all of it.
    """

    path: str
    before: Any
    after: Any
    details: tuple[Detail, ...] = ()
    follows: str = ""
    is_secret: bool = False
    left: "tuple[ArgumentChange, ...] | None" = None

    @property
    def is_renamed(self) -> bool:
        """Whether nothing but a name that is told elsewhere is another in it."""
        return self.left == ()


def argument_changes(type_: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[ArgumentChange, ...]:
    """Return what changed, in the order of the arguments; what is a set to AWS is compared as one."""
    return tuple(_Differences(ordered=type_ not in UNORDERED).of_mappings("", before, after))


class _Differences:
    def __init__(self, *, ordered: bool) -> None:
        self._ordered = ordered

    def of_mappings(self, path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ArgumentChange]:
        for key in {**before, **after}:
            yield from self._of(f"{path}.{key}" if path else key, before.get(key), after.get(key))

    def _of(self, path: str, before: Any, after: Any) -> Iterator[ArgumentChange]:
        if before == after or (before in _NOTHING and after in _NOTHING):
            return
        old, new = _as_block(before, after), _as_block(after, before)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from self.of_mappings(path, old, new)
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._of_lists(path, old, new)
        else:
            yield from self._of_values(path, old, new)

    def _of_values(self, path: str, before: Any, after: Any) -> Iterator[ArgumentChange]:
        old, new = parsed(before), parsed(after)
        if old is None and new is None:
            # Terraform turns a number into the text of it where the argument is text, and "true" into true.
            if _plain(before) != _plain(after):
                yield ArgumentChange(path, before, after, tuple(_of_lines(before, after)))
            return
        if old == new:
            return
        is_readable = (before is None or old is not None) and (after is None or new is not None)
        details = tuple(_of_documents(old, new)) if is_readable else ()
        # Another spelling of the same policy is not a change.
        if details or not is_readable:
            yield ArgumentChange(path, before, after, details)

    def _of_lists(self, path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[ArgumentChange]:
        if all(isinstance(item, Mapping) for item in (*before, *after)):
            yield from self._of_blocks(path, before, after)
            return
        gone = [item for item in before if item not in after]
        came = [item for item in after if item not in before]
        if gone or came:
            details = [Detail("-", text_of(item)) for item in gone] + [Detail("+", text_of(item)) for item in came]
            yield ArgumentChange(path, before, after, tuple(details))
        elif self._ordered:
            yield ArgumentChange(path, before, after)

    def _of_blocks(
        self, path: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
    ) -> Iterator[ArgumentChange]:
        naming = next((key for key in _NAMING if _names_all(key, before) and _names_all(key, after)), None)
        if naming is not None:
            old, new = ({str(item[naming]): item for item in side} for side in (before, after))
            for name in {**old, **new}:
                yield from self._of(f"{path}[{name}]", old.get(name), new.get(name))
            return
        gone = [item for item in before if item not in after]
        came = [item for item in after if item not in before]
        if len(gone) == len(came) == 1:
            where = path if len(before) == len(after) == 1 else f"{path}[{before.index(gone[0])}]"
            yield from self.of_mappings(where, gone[0], came[0])
            return
        yield from (ArgumentChange(f"{path}[]", item, None) for item in gone)
        yield from (ArgumentChange(f"{path}[]", None, item) for item in came)


_NOTHING: Final[tuple[Any, ...]] = (None, [], {})


def text_of(value: Any) -> str:
    """Return a value as a line: `${x.y}` alone as `x.y`, what holds more as JSON."""
    if isinstance(value, str):
        is_one = value.startswith("${") and value.endswith("}") and value.count("${") == 1
        return value[2:-1] if is_one else value
    return "null" if value is None else json.dumps(value, ensure_ascii=False)


def _of_lines(before: Any, after: Any) -> Iterator[Detail]:
    """Yield the lines that changed of a text of many."""
    if not isinstance(before, str) or not isinstance(after, str) or "\n" not in before + after:
        return
    found = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in {"- ", "+ "}]
    yield from (Detail("-" if line[0] == "-" else "+", line[2:]) for line in found[:_MOST_LINES])
    if len(found) > _MOST_LINES:
        yield Detail("~", f"and {len(found) - _MOST_LINES} more lines")


def _of_documents(before: Any, after: Any) -> Iterator[Detail]:
    sides = [side for side in (before, after) if side is not None]
    if all(policies.is_policy(side) for side in sides):
        yield from policies.differences(policies.statements(before), policies.statements(after))
        if before is not None and after is not None:
            for key in {**before, **after}:
                if key != "Statement" and before.get(key) != after.get(key):
                    yield Detail("~", f"{key} {text_of(before.get(key))} → {text_of(after.get(key))}")
    elif len(sides) > 1 and all(dashboards.is_dashboard(side) for side in sides):
        yield from dashboards.differences(before, after)
    elif all(dashboards.is_dashboard(side) for side in sides):
        sign: Any = "+" if before is None else "-"
        yield Detail(sign, f"a dashboard of {len(sides[0]['widgets'])} widgets")
    else:
        yield from _of_json(before, after)


def _of_json(before: Any, after: Any) -> Iterator[Detail]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        before, after = ({} if side is None else {"": side} for side in (before, after))
    for change in _Differences(ordered=True).of_mappings("", before, after):
        path = change.path or "value"
        if change.details:
            yield Detail("~", path, change.details)
        elif change.before is None:
            yield Detail("+", f"{path} = {text_of(change.after)}")
        elif change.after is None:
            yield Detail("-", f"{path} = {text_of(change.before)}")
        else:
            yield Detail("~", f"{path}: {text_of(change.before)} → {text_of(change.after)}")


def _as_block(value: Any, other: Any) -> Any:
    """Return a list with one block in it as the block, where the other side is none or a block too."""
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], Mapping):
        return value
    return value[0] if isinstance(other, Mapping) else value


def _names_all(key: str, blocks: Sequence[Mapping[str, Any]]) -> bool:
    names = [block.get(key) for block in blocks]
    return all(isinstance(name, (str, int)) for name in names) and len(set(names)) == len(names)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, (int, float)) else value
