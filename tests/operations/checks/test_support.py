"""What the command `check` warns of: versions whose support ends, and an AWS that disagrees with the files of facts."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from cli.exit_status import ExitStatus
from operations.aws import cluster as cluster_module
from operations.checks import cluster, support
from operations.checks.check import Check, Outcome, Subject, guarded
from tests.deployed.fixtures import CommandLine
from tests.deployed.stubs import TARGET, add_cluster, stubbed

Answering = Callable[[str, Any], None]


def answer(version: str = "17.7", **more: Any) -> dict[str, Any]:
    """Return a version as DescribeDBEngineVersions has it."""
    support = {"MinCapacity": 0, "MaxCapacity": 256}
    return {"EngineVersion": version, "Status": "available", "ServerlessV2FeaturesSupport": support} | more


def facts(
    answering: Answering,
    *answers: dict[str, Any],
    parameters: Sequence[dict[str, Any]] = (),
    region: str = "us-east-1",
    **described: Any,
) -> Check:
    """Return what the check says of a cluster when AWS answers so."""
    client, stubber = stubbed("rds")
    group = {"DBClusterParameterGroup": "mine"} if parameters else {}
    add_cluster(stubber, **group, **described)
    version = described.get("EngineVersion", "17.7")
    asked = {"Engine": "aurora-postgresql", "EngineVersion": version, "IncludeAll": True}
    stubber.add_response("describe_db_engine_versions", {"DBEngineVersions": list(answers)}, asked)
    if parameters:
        wanted = {"DBClusterParameterGroupName": "mine", "Source": "user"}
        stubber.add_response("describe_db_cluster_parameters", {"Parameters": list(parameters)}, wanted)
    answering("rds", client)
    session = replace(TARGET.session, region=region)
    [found] = guarded("facts", support.facts, Subject(replace(TARGET, session=session)))
    return found


def supported(answering: Answering, version: str) -> Check:
    """Return what the check says of the support of a version that runs."""
    client, stubber = stubbed("rds")
    add_cluster(stubber, EngineVersion=version)
    answering("rds", client)
    [found] = guarded("support", support.support, Subject(TARGET))
    return found


def test_a_version_that_is_supported_passes_with_its_end(answering: Answering) -> None:
    found = supported(answering, "17.7")
    assert (found.outcome, found.detail) == (
        Outcome.PASSED,
        "Aurora PostgreSQL 17.7 has standard support until 2030-02-28",
    )


def test_a_version_whose_end_aws_has_not_named_passes(answering: Answering) -> None:
    assert "has not named the end" in supported(answering, "18.6").detail


@pytest.mark.parametrize("version", ["15.4", "13.23"])
def test_a_version_whose_support_is_over_is_a_warning_with_the_upgrade(answering: Answering, version: str) -> None:
    found = supported(answering, version)
    assert found.outcome is Outcome.WARNED
    assert version in found.detail or "Extended Support" in found.detail
    assert found.remedy is not None
    assert found.remedy.startswith("./aurora-serverless upgrade --cluster-arn ")


@pytest.mark.parametrize("version", ["17.99", "19.1", "latest"])
def test_a_version_that_is_not_known_is_unknown(answering: Answering, version: str) -> None:
    found = supported(answering, version)
    assert (found.outcome, version in found.detail) == (Outcome.UNKNOWN, True)


def test_an_aws_that_agrees_passes(answering: Answering) -> None:
    assert facts(answering, answer()).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([answer(Status="deprecated")], "17.7: creatable is no, and not yes"),
        ([answer(ServerlessV2FeaturesSupport={"MinCapacity": 0.5, "MaxCapacity": 256})], "auto_pause of 17: since is"),
        ([answer(ServerlessV2FeaturesSupport={"MinCapacity": 0, "MaxCapacity": 128})], "capacity_256 of 17: since is"),
        ([], "it does not list 17.7 in us-east-1"),
    ],
)
def test_what_aws_says_otherwise_of_the_version_is_a_warning(
    answering: Answering, answers: list[dict[str, Any]], words: str
) -> None:
    found = facts(answering, *answers)
    assert found.outcome is Outcome.WARNED
    assert words in found.detail
    assert found.remedy == "./aurora-serverless facts --compare shows all differences, and --write applies them"


def test_a_version_that_runs_and_is_not_in_the_data_is_a_warning(answering: Answering) -> None:
    found = facts(answering, answer("17.99"), EngineVersion="17.99")
    assert found.outcome is Outcome.WARNED
    assert "17.99: creatable is yes, and is not known here" in found.detail


def test_a_data_api_where_the_data_have_none_is_a_warning(answering: Answering) -> None:
    found = facts(answering, answer(), region="ap-east-2")
    assert "the Data API is on, and ap-east-2 is known as a Region without it" in found.detail
    assert facts(answering, answer(), region="ap-east-2", HttpEndpointEnabled=False).outcome is Outcome.PASSED


def parameter(**more: Any) -> dict[str, Any]:
    told = {"ParameterName": "work_mem", "ApplyType": "dynamic", "DataType": "integer", "IsModifiable": True}
    return told | {"AllowedValues": "64-2147483647"} | more


def test_a_parameter_of_the_deployments_group_is_compared(answering: Answering) -> None:
    assert facts(answering, answer(), parameters=[parameter()]).outcome is Outcome.PASSED
    found = facts(answering, answer(), parameters=[parameter(AllowedValues="64-1048576")])
    assert "work_mem: allowed is 64-1048576" in found.detail
    assert facts(answering, answer(), parameters=[parameter(ParameterName="not.known")]).outcome is Outcome.PASSED


def test_a_refusal_of_aws_is_unknown_with_the_reason(answering: Answering) -> None:
    client, stubber = stubbed("rds")
    add_cluster(stubber)
    stubber.add_client_error("describe_db_engine_versions", "AccessDenied", "no")
    answering("rds", client)
    [found] = guarded("facts", support.facts, Subject(TARGET))
    assert (found.outcome, "DescribeDBEngineVersions" in found.detail) == (Outcome.UNKNOWN, True)


def test_a_warning_fails_nothing_and_is_counted(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.checks.support._of_region", lambda _: ["the Data API is not there"])
    found = command_line("check")
    assert found.status == ExitStatus.DONE
    assert "! warned  facts" in found.output
    assert found.output.splitlines()[-1] == "dev: 16 passed, 1 warned, 1 unknown"
    document = command_line("check", "--json").json
    assert document["passed"] is True
    assert [check["name"] for check in document["checks"] if check["outcome"] == "warned"] == ["facts"]


@pytest.mark.parametrize(("told", "words"), [("3", ", platform version 3"), (None, "")])
def test_the_platform_version_is_shown_where_aws_tells_it(answering: Answering, told: str | None, words: str) -> None:
    client, stubber = stubbed("rds")
    add_cluster(stubber, **({"ServerlessV2PlatformVersion": told} if told else {}))
    answering("rds", client)
    [found] = guarded("cluster", cluster.cluster, Subject(TARGET))
    assert found.detail == f"alex is available, 0 to 1 ACU{words}"


def test_the_status_shows_the_platform_version_where_aws_tells_it(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command_line("status", "--json").json["platform_version"] is None
    assert "platform" not in command_line("status").output
    stock = cluster_module.describe_cluster
    told = {"ServerlessV2PlatformVersion": "3"}
    monkeypatch.setattr(cluster_module, "describe_cluster", lambda *arguments: stock(*arguments) | told)
    assert command_line("status", "--json").json["platform_version"] == "3"
    assert "Aurora PostgreSQL 17.7, platform version 3" in command_line("status").output
