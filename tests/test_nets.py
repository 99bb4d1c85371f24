"""The environments that ship, held to the nets of `tests/nets.py`; and their addresses, which never change."""

import copy
import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests import nets
from tests.accepted import Accepted
from tests.conftest import ROOT, TODAY
from tests.nets import NETS, Net
from tests.terraform_json import TerraformJson, blocks, leaves, read_stacks

ADDRESSES = Path(__file__).parent / "addresses"
with (ADDRESSES / "given_up.csv").open(encoding="utf-8", newline="") as file:
    GIVEN_UP = list(csv.DictReader(file))
"""Addresses that an environment no longer has, each with the reason: a deployment loses them with its next deploy."""
ENVIRONMENTS = sorted(path.stem for path in (ROOT / "environments").glob("*.toml"))


@pytest.fixture(params=ENVIRONMENTS)
def document(request: pytest.FixtureRequest, synthesized: dict[str, TerraformJson]) -> TerraformJson:
    return synthesized[request.param]


@pytest.mark.parametrize("net", NETS, ids=lambda net: net.__name__)
def test_no_net_catches_anything(net: Net, document: TerraformJson) -> None:
    assert list(net(document)) == []


CAUGHT: dict[str, tuple[Net, Any]] = {
    "a string token": (nets.tokens, "x-${TfToken[TOKEN.3]}"),
    "a number token": (nets.tokens, -1.8881545897087626e289),
    "a value that JavaScript lost": (nets.lost_values, "${(var.min_capacity == undefined)}"),
    "an object of JavaScript": (nets.lost_values, "[object Object]"),
    "an escaped reference": (nets.escaped_references, "$${aws_kms_key.aurora.arn}"),
    "a null": (nets.nulls, None),
    "a generated password": (nets.passwords, "aB3!" * 8),
    "a path of the machine": (nets.paths_of_the_machine, f"{ROOT}/cdktf.out"),
    "a resource that is not there": (nets.dangling_references, "${aws_kms_key.other.arn}"),
    "a variable that is not there": (nets.dangling_references, "x ${upper(var.regoin)} y"),
    "a data source that is not there": (nets.dangling_references, "${data.aws_vpc.other.id}"),
}


@pytest.mark.parametrize("name", CAUGHT)
def test_a_net_catches_its_mistake(name: str, synthesized: dict[str, TerraformJson]) -> None:
    net, value = CAUGHT[name]
    document = copy.deepcopy(synthesized["dev"])
    document["resource"]["aws_rds_cluster"]["aurora"]["port"] = value
    (line,) = net(document)
    assert line.startswith("resource.aws_rds_cluster.aurora.port: ")


def test_a_password_that_is_written_out_is_caught(synthesized: dict[str, TerraformJson]) -> None:
    document = copy.deepcopy(synthesized["dev"])
    document["resource"]["aws_rds_cluster"]["aurora"]["master_password"] = "secret"
    document["output"]["password"] = {"value": "${random_password.db_password.result}"}
    assert list(nets.passwords(document)) == [
        "aws_rds_cluster.aurora.master_password: is written out",
        "output.password: shows the password",
    ]


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
    name: str, synthesized: dict[str, TerraformJson], accepted: Accepted
) -> None:
    """An address that ever shipped stays, has a `moved` block, or a reason why it is given up: states depend on it."""
    document = synthesized[name]
    path = ADDRESSES / f"{name}.txt"
    shipped = path.read_text(encoding="utf-8").split() if path.exists() else []
    # Only ever more: an address that is gone is not a thing to accept.
    shipped = accepted.text(path, "\n".join(sorted({*shipped, *blocks(document)})) + "\n").split()
    given_up = [row["address"] for row in GIVEN_UP if row["environment"] == name]
    moved = [block["from"] for block in document.get("moved", [])]
    now = set(blocks(document))
    gone = [address for address in shipped if address not in {*now, *moved, *given_up}]
    assert gone == [], "an address was removed or renamed without a moved block: that destroys the resource"
    assert sorted(now - set(shipped)) == [], "accept the new addresses with: make snapshots"


# What is made again from the configuration as it was: nothing is lost with it.
HOLD_NO_DATA = {"aws_appautoscaling_policy", "aws_appautoscaling_target"}


def test_an_address_is_given_up_with_a_reason_and_without_data(synthesized: dict[str, TerraformJson]) -> None:
    for row in GIVEN_UP:
        name, address = row["environment"], row["address"]
        assert address in (ADDRESSES / f"{name}.txt").read_text(encoding="utf-8").split()
        assert address not in blocks(synthesized[name]), "it is back: take it out of given_up.csv"
        assert address.partition(".")[0] in HOLD_NO_DATA
        assert len(row["reason"].split()) > 5, address


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
