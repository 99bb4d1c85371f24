"""Providers that stay between commands answer as ones that Terraform starts for each command."""

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws.process import LocalAws
from tests.end_to_end.kept_providers import kept_providers, types_in_use
from tests.end_to_end.provider_schema import types_in
from tests.end_to_end.terraform import Terraform
from tests.terraform_json import TerraformJson
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("provider-schema")

REGIONS = {"first": "us-east-1", "second": "eu-west-1"}


@pytest.fixture(scope="module")
def terraform(
    aws: LocalAws,
    providers: TerraformProviders,
    every_document: dict[Path, TerraformJson],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Terraform]:
    """Return Terraform with a provider in two Regions and one whose configuration is wrong, if it is asked for."""
    folder = tmp_path_factory.mktemp("kept-providers")
    document = next(iter(every_document.values()))
    root = {
        "terraform": {"required_providers": document["terraform"]["required_providers"]},
        "provider": {"aws": [{"alias": name, "region": region} for name, region in REGIONS.items()]},
        "data": {"aws_region": {name: {"provider": f"aws.{name}"} for name in REGIONS}},
        "resource": {"aws_security_group": {name: {"provider": f"aws.{name}", "name": name} for name in REGIONS}},
        "output": {name: {"value": f"${{data.aws_region.{name}.name}}"} for name in REGIONS},
    }
    (folder / "main.tf.json").write_text(json.dumps(root))
    terraform = Terraform(folder, aws, providers)
    terraform.init()
    yield terraform
    terraform.destroy()


def test_the_types_in_use_have_the_provider_s_own_schema(
    terraform: Terraform, every_document: dict[Path, TerraformJson]
) -> None:
    kept = json.loads(terraform.run("providers", "schema", "-json").stdout)["provider_schemas"]
    started = subprocess.run(
        ["terraform", "providers", "schema", "-json"],
        cwd=terraform.folder,
        env=terraform.environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    own = json.loads(started.stdout)["provider_schemas"]
    assert kept.keys() == own.keys()
    seen: set[str] = set()
    for provider, schemas in kept.items():
        for kind, of_kind in schemas.items():
            if kind.endswith("_schemas"):
                assert of_kind == {type_: own[provider][kind][type_] for type_ in of_kind}
                seen |= set(of_kind)
            else:
                assert of_kind == own[provider][kind]
    assert types_in(*every_document.values()) - {"terraform_data"} <= seen, "the one that is Terraform's own"


def test_each_configuration_of_a_provider_has_a_program_of_its_own(terraform: Terraform, aws: LocalAws) -> None:
    terraform.apply()
    assert terraform.outputs() == REGIONS
    for name, region in REGIONS.items():
        groups = aws.client("ec2", region=region).describe_security_groups()["SecurityGroups"]
        assert [group["GroupName"] for group in groups if group["GroupName"] in REGIONS] == [name]
    assert terraform.plan().exit_status == 0


def test_a_provider_that_cannot_be_configured_is_told_by_each_command(terraform: Terraform) -> None:
    wrong = terraform.folder / "wrong_override.tf.json"
    wrong.write_text(json.dumps({"provider": {"aws": [{"alias": "first", "region": "nowhere"}]}}))
    try:
        for _ in range(2):
            assert "invalid AWS Region: nowhere" in terraform.run("plan", allowed=(1,)).stdout
    finally:
        wrong.unlink()
    assert terraform.run("plan").returncode == 0


def test_a_type_of_another_service_is_refused_by_name(terraform: Terraform) -> None:
    other = terraform.folder / "other.tf.json"
    other.write_text(json.dumps({"data": {"aws_wafv2_web_acl": {"other": {"provider": "aws.first", "name": "x"}}}}))
    try:
        assert 'does not support data source "aws_wafv2_web_acl"' in terraform.run("validate", allowed=(1,)).stdout
    finally:
        other.unlink()


def test_the_next_command_takes_the_same_programs_and_one_elsewhere_ends_them(terraform: Terraform) -> None:
    def ports(**variables: str) -> set[int]:
        with kept_providers(terraform.folder, terraform.environment | variables) as environment:
            told = json.loads(environment["TF_REATTACH_PROVIDERS"])
        return {int(provider["Addr"]["String"].rpartition(":")[2]) for provider in told.values()}

    first = ports()
    assert ports(PYTEST_CURRENT_TEST="another") == first
    assert not ports(AWS_ENDPOINT_URL="http://127.0.0.1:1") & first
    for port in first:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_a_provider_that_does_not_start_is_told(tmp_path: Path) -> None:
    program = tmp_path / ".terraform/providers/registry.terraform.io/hashicorp/broken/1.0.0/linux_amd64"
    program.mkdir(parents=True)
    (program / "terraform-provider-broken").write_text("#!/bin/sh\necho no license\n")
    (program / "terraform-provider-broken").chmod(0o755)
    with pytest.raises(RuntimeError, match="terraform-provider-broken does not start: it said 'no license'"):  # noqa: SIM117
        with kept_providers(tmp_path, {"PATH": "/bin:/usr/bin"}):
            pass


def test_a_schema_keeps_what_is_not_a_type() -> None:
    provider, group, waf = b"\x0a\x02\x08\x01", b"\x12\x08\x0a\x06aws_db", b"\x12\x0b\x0a\x09aws_wafv2"
    number = b"\x48\xac\x02"
    assert types_in_use(provider + waf + group + number) == provider + group + number
