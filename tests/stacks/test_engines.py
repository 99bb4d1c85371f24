"""CDKTF and cdktn, its successor, make the same of the same source: the same JSON but for versions."""

import copy
import shutil
import subprocess
from collections.abc import Mapping
from typing import Final

import pytest
import tomli_w

from tests.cdktf_fast_start.programs import CDKTN, clean_environment
from tests.conftest import ROOT
from tests.stacks.each_alone import synthesize_each
from tests.stacks.made_up_environments import sample
from tests.stacks.provider_6 import Types, complaints, modules_of, read_types
from tests.terraform_json import TerraformJson, differences, read_stacks

_ENVIRONMENT_OF: Final = {"cdktf": ROOT / ".venv", "cdktn": CDKTN}
_VERSIONS_OF: Final = {"cdktf": ("0.21.0", "~> 5.0"), "cdktn": ("0.24.0", "~> 6.0")}

pytestmark = [
    pytest.mark.xdist_group("engines"),
    pytest.mark.skipif(
        not all((folder / "bin" / "python").exists() for folder in _ENVIRONMENT_OF.values()),
        reason="two engines are compared where both are installed: make synth ENGINE=cdktn",
    ),
]


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, TerraformJson]]:
    """Return what each engine makes of the environments that ship and of a hundred that are made up."""
    folder = tmp_path_factory.mktemp("environments")
    for path in (ROOT / "environments").glob("*.toml"):
        shutil.copy(path, folder)
    for number, document in enumerate(sample(100)):
        (folder / f"made-up-{number}.toml").write_text(tomli_w.dumps(document), encoding="utf-8")
    ours = tmp_path_factory.mktemp("ours")
    engine = synthesize_each(folder, ours)
    [other] = set(_ENVIRONMENT_OF) - {engine}
    theirs = tmp_path_factory.mktemp("theirs")
    done = subprocess.run(
        [_ENVIRONMENT_OF[other] / "bin" / "python", "-m", "tests.stacks.each_alone", folder, theirs],
        env=clean_environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == (f"{other}\n", 0), done.stderr
    return {engine: read_stacks(ours), other: read_stacks(theirs)}


@pytest.mark.parametrize("engine", ["cdktf", "cdktn"])
def test_an_environment_tells_which_engine_it_has_by_whatever_name_that_is_imported(engine: str) -> None:
    program = (
        "import aurora_serverless, cdktf; from local_aws import programs; print(cdktf.__name__, programs.engine())"
    )
    python = _ENVIRONMENT_OF[engine] / "bin" / "python"
    done = subprocess.run(
        [python, "-c", program], env=clean_environment(), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == (f"{engine} {engine}\n", 0), done.stderr


def without_versions(engine: str, document: TerraformJson) -> TerraformJson:
    """Return a stack without what names a version, after seeing that it is the engine's."""
    document = copy.deepcopy(document)
    metadata, aws = document["//"]["metadata"], document["terraform"]["required_providers"]["aws"]
    assert (metadata.pop("version"), aws.pop("version")) == _VERSIONS_OF[engine]
    return document


def test_both_engines_make_the_same_json_but_for_versions(stacks: Mapping[str, Mapping[str, TerraformJson]]) -> None:
    cdktf, cdktn = stacks["cdktf"], stacks["cdktn"]
    assert len(cdktf) >= 104
    assert cdktf.keys() == cdktn.keys()
    told = {
        name: list(differences(without_versions("cdktf", cdktf[name]), without_versions("cdktn", cdktn[name])))
        for name in cdktf
    }
    assert {name: lines for name, lines in told.items() if lines} == {}


@pytest.fixture(scope="module")
def provider_6(stacks: Mapping[str, Mapping[str, TerraformJson]]) -> Types:
    """Return the types of provider 6 that any of the stacks uses."""
    assemblies = [*_ENVIRONMENT_OF["cdktn"].glob("lib/python*/site-packages/cdktn_provider_*/_jsii/*.jsii.tgz")]
    assert len(assemblies) == 2
    modules = {module for document in stacks["cdktn"].values() for module, _, _ in modules_of(document)}
    return read_types(assemblies, modules)


def test_provider_6_has_every_argument_and_takes_none_away(
    stacks: Mapping[str, Mapping[str, TerraformJson]], provider_6: Types
) -> None:
    told = {name: list(complaints(provider_6, document)) for name, document in stacks["cdktn"].items()}
    assert {name: lines for name, lines in told.items() if lines} == {}


def test_an_argument_that_provider_6_does_not_have_is_found_at_any_depth(
    stacks: Mapping[str, Mapping[str, TerraformJson]], provider_6: Types
) -> None:
    document = copy.deepcopy(stacks["cdktn"]["dev"])
    cluster = document["resource"]["aws_rds_cluster"]["aurora"]
    cluster["capacity"] = 1
    cluster["serverlessv2_scaling_configuration"]["pause"] = True
    types = dict(provider_6)
    engine = {"name": "engine", "type": {"primitive": "string"}, "docs": {"deprecated": "write engine_name"}}
    config = types["aws.rdscluster.rdsclusterconfig"]
    others = [each for each in config["properties"] if each["name"] != "engine"]
    types["aws.rdscluster.rdsclusterconfig"] = {**config, "properties": [*others, engine]}
    cluster_address = "resource.aws_rds_cluster.aurora"
    assert sorted(complaints(types, document)) == [
        f"{cluster_address}.capacity: provider 6 has no such argument",
        f"{cluster_address}.engine: is deprecated",
        f"{cluster_address}.serverlessv2_scaling_configuration.pause: provider 6 has no such argument",
    ]
