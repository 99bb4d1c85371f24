"""Nets under every synthesized document: mistakes that CDKTF makes without an error, told in a line each.

`tests/test_nets.py` holds the environments that ship to them, and `tests/stacks/test_environment_properties.py` those
that are made up.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from aurora_serverless.credentials import PASSWORD_SPECIAL_CHARACTERS
from tests.conftest import ROOT
from tests.terraform_json import TerraformJson, blocks, leaves

# A security group's inline rule is an attribute of objects, which Terraform wants with every key.
_ALLOWED_NULLS: Final = re.compile(
    r"resource\.aws_security_group\.\w+\.(ingress|egress)\[\d+\]"
    r"\.(cidr_blocks|description|ipv6_cidr_blocks|prefix_list_ids|security_groups|self)"
)
_SECRET: Final = re.compile(r"(password|secret_string)(?!_auth_type)", re.IGNORECASE)  # the type is not a password
_SPECIAL: Final = re.escape(PASSWORD_SPECIAL_CHARACTERS)
# 32 characters in a row with no space, and among them capitals, digits and special ones: a name has hyphens too.
_GENERATED_PASSWORD: Final = re.compile(
    rf"(?=.*[A-Z])(?=.*\d)(?=.*[{re.escape(PASSWORD_SPECIAL_CHARACTERS.replace('-', '').replace('_', ''))}])"
    rf"[A-Za-z0-9{_SPECIAL}]{{32}}"
)
_EXPRESSION: Final = re.compile(r"\$\{(?P<inside>.*?)\}", re.DOTALL)
_REFERENCE: Final = re.compile(r"(?<![\w.\"-])((?:data\.|ephemeral\.)?(?:aws|random|terraform)_\w+\.\w+|var\.\w+)")

Net = Callable[[TerraformJson], Iterator[str]]


def tokens(document: TerraformJson) -> Iterator[str]:
    """What CDKTF did not resolve."""
    for path, value in leaves(document):
        if re.search(r"TOKEN\[|TfToken|-1\.888\d+e\+?\d{3}", json.dumps(value)):
            yield f"{path}: a token is left: {value}"


def lost_values(document: TerraformJson) -> Iterator[str]:
    """What was lost on the way through JavaScript."""
    for path, value in leaves(document):
        if isinstance(value, str) and re.search(
            r"\bundefined\b|\bNaN\b|\[object |InterfaceDynamicProxy|<jsii\.", value
        ):
            yield f"{path}: a value was lost: {value}"


def escaped_references(document: TerraformJson) -> Iterator[str]:
    """What is plain text to Terraform, and was meant as a reference."""
    for path, value in leaves(document):
        if isinstance(value, str) and "$${" in value:
            yield f"{path}: a reference was escaped: {value}"


def nulls(document: TerraformJson) -> Iterator[str]:
    """What is null and need not be there."""
    for path, value in leaves(document):
        if value is None and not _ALLOWED_NULLS.fullmatch(path):
            yield f"{path}: null"


def passwords(document: TerraformJson) -> Iterator[str]:
    """Passwords that are written out, or shown."""
    for address, block in blocks(document).items():
        # A tag may be called as it likes.
        for path, value in leaves({argument: block[argument] for argument in block if argument != "tags"}):
            if _SECRET.search(path) and isinstance(value, str) and not value.startswith("${"):
                yield f"{address}.{path}: is written out"
    for path, value in leaves(document):
        plain = isinstance(value, str) and "${" not in value and "override_special" not in path
        if plain and _GENERATED_PASSWORD.fullmatch(value):
            yield f"{path}: looks like a password"
    for name, output in document["output"].items():
        if any("random_password" in str(value) or "secret_string" in str(value) for _, value in leaves(output)):
            yield f"output.{name}: shows the password"


def paths_of_the_machine(document: TerraformJson) -> Iterator[str]:
    """What would differ on another machine."""
    for path, value in leaves(document):
        if isinstance(value, str) and (str(ROOT) in value or str(Path.home()) in value.replace("arn:", "")):
            yield f"{path}: a path of this machine: {value}"


def dangling_references(document: TerraformJson) -> Iterator[str]:
    """What refers to a resource, a data source or a variable that the document does not have."""
    there = {
        *blocks(document),
        *(f"var.{name}" for name in document.get("variable", {})),
        *(f"ephemeral.{type_}.{name}" for type_, of_type in document.get("ephemeral", {}).items() for name in of_type),
    }
    for path, value in leaves(document):
        if not isinstance(value, str):
            continue
        insides = [value] if re.search(r"\.depends_on\[\d+\]$", path) else _EXPRESSION.findall(value)
        for inside in insides:
            for reference in _REFERENCE.findall(inside):
                if reference not in there:
                    yield f"{path}: there is no {reference}"


NETS: Final[tuple[Net, ...]] = (
    tokens,
    lost_values,
    escaped_references,
    nulls,
    passwords,
    paths_of_the_machine,
    dangling_references,
)


def caught(document: TerraformJson) -> list[str]:
    """Return what any net catches."""
    return [line for net in NETS for line in net(document)]
