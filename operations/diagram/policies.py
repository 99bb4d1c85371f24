"""Reads the JSON of policies, wherever in a stack they stand."""

import json
from typing import Any

from operations.diagram.words import texts
from operations.synthesized.stack import Block, SynthesizedStack


def statements(stack: SynthesizedStack, block: Block, argument: str) -> list[dict[str, Any]]:
    """Return the statements of a policy; none of one that only Terraform knows."""
    # What a local stands for may have quotes in it: the JSON is read before it is filled in.
    policy = stack.document["resource"][block.type][block.name].get(argument)
    try:
        document = stack.filled_in(json.loads(policy)) if isinstance(policy, str) else {}
    except ValueError:
        return []
    found = document.get("Statement", []) if isinstance(document, dict) else []
    return [found] if isinstance(found, dict) else [item for item in found if isinstance(item, dict)]


def principals(statement: dict[str, Any]) -> list[str]:
    """Return whom a statement is about."""
    principal = statement.get("Principal")
    values = principal.values() if isinstance(principal, dict) else [principal]
    return [text for value in values for text in texts(value)]


def services_of_key(stack: SynthesizedStack, key: Block) -> list[str]:
    """Return the services through which a key may be used, by the policy of the key, such as `rds`."""
    found: set[str] = set()
    for statement in statements(stack, key, "policy"):
        hosts = [host for host in principals(statement) if host.endswith(".amazonaws.com")]
        for operator in statement.get("Condition", {}).values():
            hosts += texts(operator.get("kms:ViaService"))
        found.update(host.partition(".")[0] for host in hosts)
    return sorted(found)
