"""Nets under every synthesized stack: mistakes that CDKTF makes without an error."""

import json
import re
from pathlib import Path

import pytest

from aurora.credentials import PASSWORD_SPECIAL_CHARACTERS
from tests.conftest import ROOT, TODAY
from tests.terraform_json import TerraformJson, blocks, leaves, read_stacks

ADDRESSES = Path(__file__).parent / "addresses"
ENVIRONMENTS = sorted(path.stem for path in (ROOT / "environments").glob("*.toml"))

# A security group's inline rule is an attribute of objects, which Terraform wants with every key.
ALLOWED_NULLS = re.compile(
    r"resource\.aws_security_group\.\w+\.(ingress|egress)\[\d+\]"
    r"\.(description|ipv6_cidr_blocks|prefix_list_ids|security_groups|self)"
)


@pytest.fixture(params=ENVIRONMENTS)
def document(request: pytest.FixtureRequest, synthesized: dict[str, TerraformJson]) -> TerraformJson:
    return synthesized[request.param]


def test_no_token_is_left_unresolved(document: TerraformJson) -> None:
    text = json.dumps(document)
    assert "TOKEN[" not in text
    assert "TfToken" not in text
    assert not re.search(r"-1\.888\d+e\+?\d{3}", text), "a number token"


def test_no_value_was_lost_on_the_way_through_javascript(document: TerraformJson) -> None:
    text = json.dumps(document)
    assert not re.search(r"\bundefined\b|\bNaN\b|\[object |InterfaceDynamicProxy|<jsii\.", text)


def test_no_reference_was_escaped_into_plain_text(document: TerraformJson) -> None:
    assert "$${" not in json.dumps(document)


def test_no_unexpected_null(document: TerraformJson) -> None:
    nulls = [path for path, value in leaves(document) if value is None]
    assert [path for path in nulls if not ALLOWED_NULLS.fullmatch(path)] == []


def test_no_password_is_synthesized(document: TerraformJson) -> None:
    secret = re.compile(r"password|secret_string|master_password", re.IGNORECASE)
    for address, block in blocks(document).items():
        for path, value in leaves(block):
            if secret.search(path) and isinstance(value, str):
                assert value.startswith("${"), f"{address}.{path} is written out"
    # What a generated password looks like: 32 characters in a row with no space, special ones among them.
    special = re.escape(PASSWORD_SPECIAL_CHARACTERS)
    for path, value in leaves(document):
        if isinstance(value, str) and "${" not in value and "override_special" not in path:
            assert not re.fullmatch(rf"(?=.*[{special}])(?=.*\d)[A-Za-z0-9{special}]{{32}}", value), path


def test_no_output_shows_the_password(document: TerraformJson) -> None:
    for name, output in document["output"].items():
        assert "random_password" not in output["value"], name
        assert "secret_string" not in output["value"], name


def test_no_path_of_a_machine(document: TerraformJson) -> None:
    for path, value in leaves(document):
        if isinstance(value, str):
            assert str(ROOT) not in value, path
            assert str(Path.home()) not in value.replace("arn:", ""), path


def test_every_resource_kept_an_address_of_its_own(document: TerraformJson) -> None:
    paths = [
        block["//"]["metadata"]["path"]
        for kind in ("resource", "data")
        for of_type in document.get(kind, {}).values()
        for block in of_type.values()
    ]
    assert len(paths) == len(set(paths)) == len(blocks(document))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_addresses_are_those_of_the_checked_in_list(
    name: str, synthesized: dict[str, TerraformJson], request: pytest.FixtureRequest
) -> None:
    """An address that ever shipped stays, or has a `moved` block: state files depend on it."""
    document = synthesized[name]
    path = ADDRESSES / f"{name}.txt"
    shipped = path.read_text(encoding="utf-8").split() if path.exists() else []
    if request.config.getoption("--accept-snapshots"):
        # Only ever more: an address that is gone is not a thing to accept.
        shipped = sorted({*shipped, *blocks(document)})
        path.write_text("\n".join(shipped) + "\n", encoding="utf-8")
    moved = [block["from"] for block in document.get("moved", [])]
    now = set(blocks(document))
    gone = [address for address in shipped if address not in now and address not in moved]
    assert gone == [], "an address was removed or renamed without a moved block: that destroys the resource"
    assert sorted(now - set(shipped)) == [], "accept the new addresses with: make snapshots"


def test_the_manifest_names_no_path_of_a_machine_and_warns_of_retired_engines(tmp_path: Path) -> None:
    from stacks.environment_files import read_environments  # noqa: PLC0415
    from stacks.synthesis import synthesize  # noqa: PLC0415

    synthesize(read_environments(ROOT / "environments"), tmp_path / "out", today=TODAY)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [path for path, value in leaves(manifest) if isinstance(value, str) and value.startswith("/")] == []
    (warning,) = manifest["stacks"]["reference"]["annotations"]
    assert warning["level"] == "@cdktf/warn"
    assert "ended standard support" in warning["message"]
    assert manifest["stacks"]["dev"]["annotations"] == []
    assert set(read_stacks(tmp_path / "out")) == set(ENVIRONMENTS)
