"""Reads the JSON of policies, wherever in a stack they stand."""

from collections.abc import Mapping
from typing import Any

from analysis.synthesized.stack import Block
from analysis.synthesized.values import blocks_in, parsed, texts_in
from aurora_serverless.rules.regions import dns_suffix, supported_partitions


def statements(block: Block, argument: str) -> list[Mapping[str, Any]]:
    """Return the statements of a policy; none of one that only Terraform knows."""
    document = parsed(block.get(argument))
    return blocks_in(document.get("Statement")) if isinstance(document, dict) else []


def principals(statement: Mapping[str, Any]) -> list[str]:
    """Return whom a statement is about."""
    principal = statement.get("Principal")
    values = principal.values() if isinstance(principal, dict) else [principal]
    return [text for value in values for text in texts_in(value)]


def services_of_key(key: Block) -> list[str]:
    """Return the services through which a key may be used, by the policy of the key, such as `rds`."""
    found: set[str] = set()
    suffixes = tuple(f".{dns_suffix(partition)}" for partition in supported_partitions())
    for statement in statements(key, "policy"):
        hosts = [host for host in principals(statement) if host.endswith(suffixes)]
        for operator in statement.get("Condition", {}).values():
            hosts += texts_in(operator.get("kms:ViaService"))
        found.update(host.partition(".")[0] for host in hosts)
    return sorted(found)
