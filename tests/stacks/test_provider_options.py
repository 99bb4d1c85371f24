"""How and as whom the provider works, and a state in HCP Terraform: what the file says is what Terraform is told."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.stacks.test_options import stack_of

ROLE_ARN = "arn:aws:iam::123456789012:role/deployer"


def provider_of(**keys: Any) -> dict[str, Any]:
    (provider,) = stack_of(**keys)["provider"]["aws"]
    found: dict[str, Any] = provider
    return found


def refusal_of(**keys: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        stack_of(**keys)
    return str(refused.value)


def test_without_keys_of_its_own_the_provider_has_its_region_alone() -> None:
    assert provider_of() == {"region": "${var.aws_region}"}


def test_the_provider_works_in_the_role_that_the_file_names() -> None:
    role = {
        "role_arn": ROLE_ARN,
        "session_name": "terraform",
        "external_id": "orders",
        "tags": {"Team": "orders"},
        "transitive_tag_keys": ["Team"],
        "source_identity": "pipeline",
        "policy": '{"Statement": []}',
        "policy_arns": ["arn:aws:iam::aws:policy/PowerUserAccess"],
    }
    found = provider_of(provider={"assume_role": {**role, "duration_seconds": 3600}})
    assert found["assume_role"] == [{**role, "duration": "3600s"}]


def test_accounts_and_tries_are_told_to_the_provider() -> None:
    keys = {"forbidden_account_ids": ["210987654321"], "max_retries": 0, "retry_mode": "adaptive"}
    assert provider_of(provider=keys) == {"region": "${var.aws_region}", **keys}


def test_the_state_is_reached_by_the_same_endpoints_as_aws() -> None:
    keys = {"use_fips_endpoint": True, "use_dualstack_endpoint": False}
    assert provider_of(region="us-east-1", provider=keys).items() >= keys.items()
    backend = {"type": "s3", "bucket": "states", "use_lockfile": False}
    terraform = stack_of(region="us-east-1", provider=keys, backend=backend)["terraform"]
    assert terraform["backend"]["s3"].items() >= keys.items()
    assert terraform["required_version"] == ">= 1.6"
    plain = stack_of(region="us-east-1", backend=backend)["terraform"]
    assert not set(keys) & set(plain["backend"]["s3"])
    assert plain["required_version"] == ">= 1.5"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            {"allowed_account_ids": ["123456789012"], "provider": {"forbidden_account_ids": ["210987654321"]}},
            "cannot be given beside allowed_account_ids",
        ),
        ({"region": "eu-west-1", "provider": {"use_fips_endpoint": True}}, "and not in eu-west-1; leave it out"),
        (
            {
                "region": "us-gov-west-1",
                "access": {"data_api": False},
                "provider": {"assume_role": {"role_arn": ROLE_ARN}},
            },
            "is in the partition aws, and what uses it is in aws-us-gov",
        ),
        (
            {"allowed_account_ids": ["210987654321"], "provider": {"assume_role": {"role_arn": ROLE_ARN}}},
            "the provider works in the account of its role, which here is 210987654321",
        ),
        (
            {"provider": {"assume_role": {"role_arn": ROLE_ARN, "transitive_tag_keys": ["Team"]}}},
            "is no key of provider.assume_role.tags; add the tag, or leave it out",
        ),
        (
            {"provider": {"assume_role": {"role_arn": ROLE_ARN, "policy": "[]"}}},
            "a session's policy is a JSON object with Statement",
        ),
        (
            {"provider": {"assume_role": {"role_arn": ROLE_ARN, "policy": f'{{"Statement": ["{"a" * 2048}"]}}'}}},
            "a session's policy has at most 2,048 characters",
        ),
        (
            {"provider": {"assume_role": {"role_arn": ROLE_ARN, "duration_seconds": 899}}},
            "must be 900 to 43200 seconds",
        ),
        ({"provider": {"max_retries": 101}}, "must be 0 to 100 times"),
    ],
)
def test_what_does_not_fit_is_told(keys: dict[str, Any], said: str) -> None:
    assert said in refusal_of(**keys)


def test_a_state_in_hcp_terraform_is_in_the_workspace_of_the_environment() -> None:
    terraform = stack_of(backend={"type": "cloud", "organization": "shop"})["terraform"]
    assert terraform["cloud"] == {"organization": "shop", "workspaces": {"name": "shop"}}
    assert "backend" not in terraform


def test_the_workspace_is_the_one_that_the_file_says() -> None:
    backend = {"type": "cloud", "organization": "shop", "hostname": "terraform.example.com", "project": "Databases"}
    terraform = stack_of(backend={**backend, "workspace": "orders"})["terraform"]
    assert terraform["cloud"] == {
        "organization": "shop",
        "hostname": "terraform.example.com",
        "workspaces": {"name": "orders", "project": "Databases"},
    }
    terraform = stack_of(backend={**backend, "workspace_tags": ["databases"]})["terraform"]
    assert terraform["cloud"]["workspaces"] == {"tags": ["databases"], "project": "Databases"}


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ({"type": "cloud"}, 'type "cloud" needs an organization'),
        ({"organization": "shop"}, 'is for type "cloud" only'),
        ({"type": "cloud", "organization": "shop", "bucket": "states"}, 'is for type "s3" only'),
        ({"type": "s3", "bucket": "states", "project": "Shop"}, 'is for type "cloud" only'),
        (
            {"type": "cloud", "organization": "shop", "workspace": "a", "workspace_tags": ["b"]},
            "is in place of workspace, which is given",
        ),
        ({"type": "cloud", "organization": "a b"}, "an organization's name is letters, digits, - and _"),
        ({"type": "cloud", "organization": "shop", "workspace": "a" * 91}, "a workspace's name is 1 to 90"),
        ({"type": "cloud", "organization": "shop", "project": " ab"}, "a project's name is 3 to 40"),
        ({"type": "cloud", "organization": "shop", "hostname": "https://a.example"}, "no scheme and no path"),
    ],
)
def test_keys_of_a_backend_that_do_not_fit_are_told(backend: dict[str, Any], said: str) -> None:
    assert said in refusal_of(region="us-east-1", backend=backend)
