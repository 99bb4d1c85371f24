"""GovCloud and China: nothing of another partition is synthesized, and the variable takes no Region of another one."""

import json
import re
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from cdktf import App

from aurora_serverless.facts.regions import region_features
from aurora_serverless.options.name_kinds import Scope
from aurora_serverless.options.region_rules import region_offers_what_is_needed
from aurora_serverless.rules.regions import dns_suffix
from stacks.database import DatabaseStack
from stacks.environment import Environment
from stacks.environment_files import read_environments
from stacks.places import places
from tests.conftest import ROOT, TODAY
from tests.terraform_json import TerraformJson, blocks, synthesize_stack

FILES = ROOT / "tests/end_to_end/partitions"
READ = {environment.name: environment for environment in read_environments(FILES)}


def synthesized(environment: Environment) -> TerraformJson:
    return synthesize_stack(DatabaseStack(App(outdir=gettempdir()), environment, today=TODAY))


def environment(**keys: Any) -> Environment:
    return Environment.model_validate({"name": "shop", "name_prefix": "shop", "engine": {"version": "17.7"}, **keys})


def validations(**keys: Any) -> list[dict[str, str]]:
    found: list[dict[str, str]] = synthesized(environment(**keys))["variable"]["aws_region"]["validation"]
    return found


@pytest.fixture(scope="module", params=READ)
def document(request: pytest.FixtureRequest) -> tuple[Environment, TerraformJson]:
    found = READ[request.param]
    return found, synthesized(found)


def test_every_arn_is_of_the_partition_of_the_region(document: tuple[Environment, TerraformJson]) -> None:
    of, made = document
    text = json.dumps(made)
    assert "arn:aws:" not in text
    assert set(re.findall(r"arn:([a-z-]+):", text)) == {of.partition}
    assert len(re.findall(r"arn:", text)) > 8


def test_logs_are_the_one_service_with_another_principal(document: tuple[Environment, TerraformJson]) -> None:
    of, made = document
    principals = set(re.findall(r'"Service": "([^"]+)"', json.dumps(made).replace("\\", "")))
    logs = f"logs.${{var.aws_region}}.{dns_suffix(of.partition)}"
    assert principals == {
        *("lambda.amazonaws.com", "monitoring.rds.amazonaws.com", logs),
        *(["rds.amazonaws.com", "cloudwatch.amazonaws.com"] if of.proxy else []),
    }


def test_kms_is_told_both_names_of_a_service_in_china() -> None:
    key = json.loads(blocks(synthesized(READ["china"]))["aws_kms_key.aurora"]["policy"])
    (use,) = [item for item in key["Statement"] if item["Sid"] == "UseThroughServices"]
    assert use["Condition"]["StringEquals"]["kms:ViaService"] == [
        f"{service}.${{var.aws_region}}.{suffix}"
        for service in ("rds", "secretsmanager", "sns")
        for suffix in ("amazonaws.com", "amazonaws.com.cn")
    ]
    gov = json.dumps(synthesized(READ["govcloud"]))
    assert "secretsmanager.${var.aws_region}.amazonaws.com" in gov
    assert "amazonaws.com.cn" not in gov


@pytest.mark.parametrize(
    ("region", "partition", "taken", "refused"),
    [
        (None, "aws", ["us-east-1", "ap-southeast-3", "mx-central-1"], ["cn-north-1", "us-gov-west-1", "Frankfurt"]),
        ("us-gov-east-1", "aws-us-gov", ["us-gov-west-1"], ["us-east-1", "cn-north-1", "us-gov-west"]),
        ("cn-northwest-1", "aws-cn", ["cn-north-1"], ["us-east-1", "us-gov-east-1", "eusc-de-east-1"]),
    ],
)
def test_the_variable_takes_regions_of_one_partition(
    region: str | None, partition: str, taken: list[str], refused: list[str]
) -> None:
    (one,) = validations(region=region, access={"data_api": False})
    found = re.search(r'regex\("([^"]+)"', one["condition"])
    assert found is not None
    assert [name for name in (*taken, *refused) if re.search(found[1], name)] == taken
    assert f"a Region of the partition {partition}" in one["error_message"]


def test_the_variable_takes_no_region_without_what_the_stack_needs() -> None:
    _, data_api, endpoint, proxy = validations(
        network={"vpc_id": "vpc-0123456789abcdef0", "interface_endpoints": ("rds-data",)}, proxy={}
    )
    assert '"eu-central-2"' in data_api["condition"]
    assert "AWS does not offer the Data API there; write access.data_api = false" in data_api["error_message"]
    assert 'leave "rds-data" out' in endpoint["error_message"]
    assert proxy["condition"] == '${!contains(["ap-east-2", "ap-southeast-6"], var.aws_region)}'
    assert "AWS does not offer RDS Proxy there; leave [proxy] out" in proxy["error_message"]


def test_what_the_data_doubts_is_a_warning() -> None:
    keys: dict[str, Any] = {"region": "us-gov-west-1", "access": {"data_api": False}, "capacity": {"minimum_acu": 0}}
    (line,) = [line for line in environment(**keys).warnings(TODAY) if "may not" in line]
    assert line.startswith("capacity.minimum_acu: AWS may not offer a minimum capacity of 0 ACU in us-gov-west-1 (")
    assert line.endswith(": try it first")
    assert not [line for line in environment(**{**keys, "region": "us-west-2"}).warnings(TODAY) if "may not" in line]


@pytest.mark.parametrize(
    ("lacking", "argument"), [("eu-west-1", "global_database.role"), ("us-west-2", "global_database.source_region")]
)
def test_a_global_database_is_refused_where_one_of_its_regions_does_not_offer_it(
    monkeypatch: pytest.MonkeyPatch, lacking: str, argument: str
) -> None:
    keys: dict[str, Any] = {
        "region": "eu-west-1",
        "global_database": {
            "role": "secondary",
            "identifier": "shop",
            "source_region": "us-west-2",
            "secret_arn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf",
        },
    }
    member = environment(**keys)
    row = replace(region_features()["global_database", lacking], offered=False)
    rows = {**region_features(), ("global_database", lacking): row}
    monkeypatch.setattr("aurora_serverless.rules.regions.region_features", lambda: rows)
    (violation,) = region_offers_what_is_needed(member)
    assert violation.argument == argument
    assert violation.rule == f"AWS does not offer Aurora global databases in {lacking}"


def test_the_advanced_mode_of_insights_is_doubted_where_aws_names_the_region_on_one_page_only() -> None:
    def doubts(region: str, mode: str) -> list[str]:
        keys: dict[str, Any] = {"region": region, "access": {"data_api": False}, "monitoring": {"insights": mode}}
        return [line for line in environment(**keys).warnings(TODAY) if line.startswith("monitoring.insights: ")]

    (doubt,) = doubts("cn-north-1", "advanced")
    assert "AWS may not offer the advanced mode of Database Insights in cn-north-1" in doubt
    assert doubts("cn-north-1", "standard") == doubts("us-gov-west-1", "advanced") == []


def test_names_of_an_account_do_not_meet_in_two_partitions() -> None:
    of = [environment(region=region, access={"data_api": False}) for region in ("us-east-1", "us-gov-west-1", None)]
    one, gov, unnamed = (list(places(each, Scope.ACCOUNT)) for each in of)
    assert one != gov
    assert one == unnamed, "a file without a Region is of aws"


def test_the_examples_of_other_partitions_are_files_of_this_folder() -> None:
    assert {path.stem for path in Path(FILES).glob("*.toml")} == set(READ) == {"china", "govcloud"}
