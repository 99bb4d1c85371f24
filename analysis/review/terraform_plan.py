"""Reads a plan of Terraform, as `terraform show -json` writes it, as the two sides of a review.

A plan has the values that are in AWS, where a synthesized stack has expressions. What a block takes from another one is
written as the expression here too, as far as the plan's configuration says so: what reads a stack then reads a plan.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from analysis.errors import FileError
from analysis.files import json_object, read_bytes
from analysis.review.comparison import NO_STACK, Comparison
from analysis.review.propagation import Consequences, Replacement
from analysis.review.secrets import Secrets
from analysis.synthesized.document import problem
from analysis.synthesized.expressions import ATTRIBUTE, references
from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import as_list

# Source: Terraform's documentation, "JSON Output Format": readers take any minor version of a major one that they know.
_FORMAT: Final = "1."
_COMPUTED: Final = ("id", "arn", "tags_all")
"""Attributes that AWS or the provider gives, which no configuration has."""
_NOTHING: Final[tuple[Any, ...]] = (None, "", [])
"""What the provider writes of an argument that is not given."""
_NAMES_ANOTHER: Final = re.compile(r"(_ids?|_arns?|^role|^user|^group)$")
"""Arguments that name another resource, of one whose configuration is gone."""
_CALLER: Final = "aws_caller_identity"

_REASONS: Final[Mapping[str, str]] = {
    "replace_because_tainted": "Terraform calls it tainted: something went wrong when it was made",
    "replace_by_request": "its replacement was asked for (-replace)",
    "delete_because_wrong_repetition": "its count or for_each has come or gone",
    "delete_because_count_index": "its count is lower",
    "delete_because_each_key": "its key is in for_each no more",
    "delete_because_no_module": "its module is gone",
}
"""What Terraform says of an action beyond what its arguments tell. Source: the same page, `action_reason`."""


@dataclass(frozen=True)
class PlannedStack(SynthesizedStack):
    """One side of a plan: its blocks are given, and the document has all else."""

    planned: Mapping[str, Block] = field(default_factory=dict)

    @cached_property
    def blocks(self) -> Mapping[str, Block]:
        """Resources and data sources by address."""
        return self.planned


@dataclass(frozen=True)
class PlannedComparison(Comparison):
    """An environment before and after what a plan does: what happens to a resource is what Terraform says."""

    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replace_paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sensitive: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def consequences(self) -> Consequences:
        """What the plan replaces and updates."""
        replaced = {address for address, actions in self.actions.items() if {"delete", "create"} <= set(actions)}
        return Consequences(
            replacements={address: self._replacement(address, replaced) for address in sorted(replaced)},
            updates=frozenset(address for address, actions in self.actions.items() if actions == ("update",)),
            possible_updates=frozenset(),
            instances=frozenset(),
        )

    @cached_property
    def secrets(self) -> Secrets:
        """What must not be told, and what Terraform calls sensitive."""
        return Secrets(self.before, self.after, marked=self.sensitive)

    def unknown_arguments(self, address: str) -> frozenset[str]:
        """Return the arguments that are known after the apply only."""
        return self.unknown.get(address, frozenset())

    def note(self, address: str) -> str:
        """Return what Terraform says of what it does."""
        return self.reasons.get(address, "")

    def _replacement(self, address: str, replaced: set[str]) -> Replacement:
        paths = self.replace_paths.get(address, ())
        arguments = self.after.blocks[address].arguments
        named = (references(arguments.get(path.partition(".")[0])) for path in paths)
        because = {one for several in named for one in several if one in replaced}
        return Replacement(
            paths=paths, because=tuple(sorted(because)), create_before_destroy=self.actions[address][0] == "create"
        )


def read_plan(path: Path, name: str) -> PlannedComparison:
    """Return what a plan in a file does to an environment. Raises FileError."""
    content = read_bytes(path)
    if content.startswith(b"PK"):  # a zip archive
        raise FileError(f"{path} is a plan that Terraform alone reads: terraform show -json {path} > plan.json")
    return plan_of(json_object(content, str(path), what="a plan (terraform show -json PLAN > FILE)"), name, str(path))


def plan_of(plan: Mapping[str, Any], name: str, path: str = "it") -> PlannedComparison:
    """Return what a plan, that came from `path`, does to an environment. Raises FileError."""
    if not isinstance(plan.get("resource_changes", []), list) or "planned_values" not in plan:
        raise FileError(f"{path} is not a plan: write it by terraform show -json PLAN > FILE")
    if not str(version := plan.get("format_version")).startswith(_FORMAT):
        raise FileError(f"{path} is a plan in the format {version}, of which only {_FORMAT}x is known here")
    if plan.get("errored") is True:
        raise FileError(f"{path} is a plan that ended with an error, and not whole: make it again")
    try:
        comparison = _Reading(plan, name).comparison()
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise FileError(f"{path} is not a plan: {type(error).__name__} at {error}; write it again") from error
    if (wrong := problem(comparison.after.document)) is not None:
        raise FileError(f"{path} is not a plan: {wrong}")
    return comparison


@dataclass(frozen=True)
class _Reading:
    plan: Mapping[str, Any]
    name: str

    def comparison(self) -> PlannedComparison:
        changes = self._changes
        data = {block.address: block for block in self._data()}
        before, after = dict(data), dict(data)
        for change in changes:
            block = self._block(change)
            if change["change"].get("before") is not None and not change["change"].get("importing"):
                before[change["address"]] = replace(block, arguments=self._before(change))
            if change["change"].get("after") is not None:
                after[change["address"]] = replace(block, arguments=self._after(change))
        former = {one["previous_address"]: one["address"] for one in changes if one.get("previous_address")}
        sections = self._sections(changes, former)
        old = {address: before.pop(address) for address in former.values() if address in before}
        before |= {earlier: self._renamed(old[now], earlier) for earlier, now in former.items() if now in old}
        is_new = not any(block.mode == "resource" for block in before.values())
        old_side = PlannedStack(self.name, sections | {"output": self._outputs("before")}, before)
        return PlannedComparison(
            name=self.name,
            before=NO_STACK if is_new else old_side,
            after=PlannedStack(self.name, sections | {"output": self._outputs("after")}, after),
            actions={one["address"]: tuple(one["change"]["actions"]) for one in changes},
            replace_paths={
                one["address"]: tuple(sorted({_path(path) for path in one["change"].get("replace_paths", ())}))
                for one in changes
            },
            reasons={one["address"]: _REASONS.get(str(one.get("action_reason")), "") for one in changes},
            unknown={one["address"]: frozenset(self._unknown(one)) for one in changes},
            sensitive=frozenset(mark for one in changes for mark in _sensitive(one)),
        )

    @cached_property
    def _changes(self) -> list[Mapping[str, Any]]:
        """The managed resources; one that was deposed goes beside the one that is there."""
        found = self.plan.get("resource_changes", ())
        return [one for one in found if one.get("mode") == "managed" and "deposed" not in one]

    @cached_property
    def _configured(self) -> Mapping[str, Mapping[str, Any]]:
        """The expressions of each block by its address without keys of instances."""
        return dict(_resources(self.plan.get("configuration", {}).get("root_module", {}), ""))

    def _expressions(self, change: Mapping[str, Any]) -> Mapping[str, Any]:
        module = change.get("module_address", "")
        prefix = ".".join(part.partition("[")[0] for part in module.split(".")) + "." if module else ""
        return self._configured.get(f"{prefix}{change['type']}.{change['name']}", {}).get("expressions", {})

    def _block(self, change: Mapping[str, Any]) -> Block:
        module = change.get("module_address", "")
        name = change["address"].removeprefix(f"{module}." if module else "").removeprefix(f"{change['type']}.")
        return Block("resource", change["type"], name, {}, {}, (), "", module)

    def _renamed(self, block: Block, address: str) -> Block:
        module, _, rest = address.rpartition(f"{block.type}.")
        return replace(block, name=rest, module=module.removesuffix("."))

    def _before(self, change: Mapping[str, Any]) -> Mapping[str, Any]:
        values, expressions = change["change"]["before"], self._expressions(change)
        found = {}
        for name, value in values.items():
            if value in _NOTHING or not self._is_argument(change, name):
                continue
            is_named = not expressions and _NAMES_ANOTHER.search(name) is not None
            known = self._identities if is_named else self._values("before", expressions.get(name))
            found[name] = _written(value, known, self._account)
        for name in self._unknown(change):
            # Of what is not known yet there is nothing to compare: that it is not known is told of the argument.
            if name in found:
                found[name] = self._unknown_value(expressions.get(name))
        return found

    def _after(self, change: Mapping[str, Any]) -> Mapping[str, Any]:
        values, expressions = change["change"]["after"], self._expressions(change)
        found = {
            name: _written(value, self._values("after", expressions.get(name)), self._account)
            for name, value in values.items()
            if value not in _NOTHING and self._is_argument(change, name)
        }
        return found | {name: self._unknown_value(expressions.get(name)) for name in self._unknown(change)}

    def _is_argument(self, change: Mapping[str, Any], name: str) -> bool:
        """Whether an attribute is one that somebody wrote: one of the configuration, or one that changes."""
        expressions, inner = self._expressions(change), change["change"]
        before, after = inner.get("before"), inner.get("after")
        if name in expressions:
            return True
        if name in _COMPUTED or after is None:
            return name not in _COMPUTED
        if name in {_path(path).partition(".")[0] for path in inner.get("replace_paths", ())}:
            return True
        is_update = before is not None and tuple(inner["actions"]) == ("update",)
        return is_update and name in after and (before.get(name) or None) != (after.get(name) or None)

    def _unknown(self, change: Mapping[str, Any]) -> Iterator[str]:
        unknown = change["change"].get("after_unknown") or {}
        expressions = self._expressions(change)
        return (name for name, what in unknown.items() if name in expressions and _any(what))

    def _unknown_value(self, expression: Any) -> Any:
        """Return what stands for a value that is not known yet: the expression, or what it takes something from."""
        if isinstance(expression, Mapping) and "constant_value" in expression:
            return expression["constant_value"]
        found = [f"${{{one}}}" for one in _references(expression)]
        return found[0] if len(found) == 1 else "".join(found) or "${known_after_apply}"

    @cached_property
    def _by_address(self) -> Mapping[str, Mapping[str, Any]]:
        return {change["address"]: change["change"] for change in self._changes}

    def _values(self, side: str, expression: Any) -> Mapping[str, str]:
        """Return what an expression takes from other resources, by the value that it has."""
        found = {}
        for reference in _references(expression):
            address, _, attribute = reference.rpartition(".")
            value = (self._by_address.get(address, {}).get(side) or {}).get(attribute)
            if isinstance(value, str) and value:
                found[value] = f"${{{reference}}}"
        return found

    @cached_property
    def _identities(self) -> Mapping[str, str]:
        """What others name a resource by, as the expression."""
        found = {}
        for change in self._changes:
            for name in ("id", "arn"):
                value = (change["change"].get("before") or {}).get(name)
                if isinstance(value, str) and ATTRIBUTE.fullmatch(change["address"]):
                    found[value] = f"${{{change['address']}.{name}}}"
        return found

    @cached_property
    def _account(self) -> Mapping[str, str]:
        """The account's number, as the look-up that found it: it is the account itself to whoever judges a policy."""
        return {
            str(one["values"]["account_id"]): f"${{data.{_CALLER}.{one['name']}.account_id}}"
            for one in self.plan.get("prior_state", {}).get("values", {}).get("root_module", {}).get("resources", ())
            if one.get("type") == _CALLER and one.get("values", {}).get("account_id")
        }

    def _data(self) -> Iterator[Block]:
        for address, body in self._configured.items():
            if body.get("mode") == "data" and not address.startswith("module."):
                arguments = {name: self._unknown_value(one) for name, one in body.get("expressions", {}).items()}
                yield Block("data", body["type"], body["name"], arguments, {}, (), "")

    def _sections(self, changes: Sequence[Mapping[str, Any]], former: Mapping[str, str]) -> dict[str, Any]:
        configured = self.plan.get("configuration", {})
        given, declared = self.plan.get("variables", {}), configured.get("root_module", {}).get("variables", {})
        aws = configured.get("provider_config", {}).get("aws", {}).get("expressions", {})
        return {
            "variable": {
                name: {"default": one.get("value"), "sensitive": declared.get(name, {}).get("sensitive", False)}
                for name, one in given.items()
            },
            "provider": {"aws": [{"region": self._unknown_value(aws.get("region"))}]} if "region" in aws else {},
            "moved": [{"from": earlier, "to": now} for earlier, now in former.items()],
            "removed": [
                {"from": one["address"], "lifecycle": {"destroy": False}}
                for one in changes
                if "forget" in one["change"]["actions"]
            ],
            "import": [{"to": one["address"]} for one in changes if one["change"].get("importing")],
        }

    def _outputs(self, side: str) -> Mapping[str, Any]:
        configured = self.plan.get("configuration", {}).get("root_module", {}).get("outputs", {})
        found = {}
        for name, change in self.plan.get("output_changes", {}).items():
            value, expression = change.get(side), configured.get(name, {}).get("expression")
            if _any(change.get("after_unknown")) and not (side == "before" and "create" in change["actions"]):
                value = self._unknown_value(expression)
            elif value is not None:
                value = _written(value, self._values(side, expression), {})
            if value is not None:
                is_sensitive = any(change.get(mark) is True for mark in ("before_sensitive", "after_sensitive"))
                found[name] = {"value": value, "sensitive": is_sensitive}
        return found


def _resources(module: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in module.get("resources", ()):
        yield f"{prefix}{one['address']}", one
    for name, call in module.get("module_calls", {}).items():
        yield from _resources(call.get("module", {}), f"{prefix}module.{name}.")


def _references(expression: Any) -> Iterator[str]:
    """Yield the attributes of resources that an expression, of whatever form, takes."""
    if isinstance(expression, Mapping):
        for one in as_list(expression.get("references")):
            found = ATTRIBUTE.fullmatch(str(one))
            if found is not None and found["attribute"] is not None and not found["address"].startswith("data."):
                yield str(one)
        for name, inner in expression.items():
            if name != "references":
                yield from _references(inner)
    elif isinstance(expression, list):
        for inner in expression:
            yield from _references(inner)


def _written(value: Any, known: Mapping[str, str], account: Mapping[str, str]) -> Any:
    """Return a value with what it takes from others as the expression: all of a text, and ARNs within one."""
    if isinstance(value, Mapping):
        return {key: _written(inner, known, account) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_written(inner, known, account) for inner in value]
    if not isinstance(value, str):
        return value
    if value in known:
        return known[value]
    for text, expression in known.items():
        if text.startswith("arn:"):
            value = value.replace(text, expression)
    for text, expression in account.items():
        value = value.replace(text, expression)
    return value


def _any(unknown: Any) -> bool:
    """Whether anything in what Terraform says of a value is true: that it is unknown, or sensitive."""
    if isinstance(unknown, Mapping):
        return any(map(_any, unknown.values()))
    return any(map(_any, unknown)) if isinstance(unknown, list) else unknown is True


def _sensitive(change: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield type and path of what Terraform calls sensitive."""
    for side in ("before_sensitive", "after_sensitive"):
        yield from ((change["type"], path) for path in _marked(change["change"].get(side), ""))


def _marked(marks: Any, path: str) -> Iterator[str]:
    if isinstance(marks, Mapping):
        for name, inner in marks.items():
            yield from _marked(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(marks, list):
        for inner in marks:
            yield from _marked(inner, path)
    elif marks is True:
        yield path


def _path(path: Sequence[Any]) -> str:
    return ".".join(step for step in path if isinstance(step, str))
