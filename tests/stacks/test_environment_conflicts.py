"""What two environment files must not share: told of the later one, in a line for each key that decides names."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from stacks.environment import Environment
from stacks.environment_conflicts import conflicts
from stacks.environment_files import environment_of


def told(*files: str) -> list[str]:
    """Return the problems of files called a.toml, b.toml and so on."""
    environments = []
    for letter, text in zip("abcdefgh", files, strict=False):
        path = Path(f"{letter}.toml")
        environments.append((path, environment_of(path, text.encode())))
    return [str(problem) for problem in conflicts(environments)]


def file(prefix: str, top: str = "", sections: str = "") -> str:
    return f'name_prefix = "{prefix}"\n{top}\n[engine]\nversion = "17.7"\n{sections}\n'


NEAR = 'region = "us-east-1"'
FAR = 'region = "eu-west-1"'
ONE_ACCOUNT = 'allowed_account_ids = ["111111111111"]'
OTHER_ACCOUNT = 'allowed_account_ids = ["222222222222"]'

SHARED = {
    "a DB subnet group": ('[names]\nsubnet_group = "databases"', "names.subnet_group", "the DB subnet group databases"),
    "a security group": ('[names]\nsecurity_group = "database"', "names.security_group", "the security group database"),
    "an instance": ('[names]\ninstances = ["writer"]', "names.instances", "the instance writer"),
    "a cluster": ('[names]\ncluster = "orders"', "names.cluster", "the cluster orders"),
    "an RDS Proxy": ('[proxy]\nname = "pool"', "proxy.name", "the RDS Proxy pool"),
}
"""What two files of one Region share: sections, key, and what is told."""


@pytest.mark.parametrize("case", SHARED)
def test_one_name_in_one_region_is_told(case: str) -> None:
    sections, key, what = SHARED[case]
    (line,) = told(file("one", NEAR, sections), file("two", NEAR, sections))
    assert line.startswith(f"b.toml: {key} = ")
    assert f"{what} is that of a.toml too (its {key} = " in line
    assert "; write another name, or " in line


@pytest.mark.parametrize("case", SHARED)
@pytest.mark.parametrize(("one", "other"), [(NEAR, FAR), (ONE_ACCOUNT, OTHER_ACCOUNT)])
def test_one_name_in_two_regions_or_two_accounts_is_allowed(case: str, one: str, other: str) -> None:
    sections, _, _ = SHARED[case]
    assert told(file("one", one, sections), file("two", other, sections)) == []


@pytest.mark.parametrize("case", SHARED)
@pytest.mark.parametrize(("one", "other"), [("", NEAR), (NEAR, ""), ("", ""), ("", ONE_ACCOUNT)])
def test_a_region_or_an_account_that_is_not_known_may_be_the_same(case: str, one: str, other: str) -> None:
    sections, key, _ = SHARED[case]
    (line,) = told(file("one", one, sections), file("two", other, sections))
    assert line.startswith(f"b.toml: {key} = ")


def test_accounts_that_overlap_may_be_the_same() -> None:
    both = 'allowed_account_ids = ["222222222222", "111111111111"]'
    sections = SHARED["a cluster"][0]
    assert len(told(file("one", ONE_ACCOUNT, sections), file("two", both, sections))) == 1


@pytest.mark.parametrize(
    ("given", "made", "what"),
    [
        ('[names]\nlambda_role = "two-lambda-aurora-role"', "", "the IAM role two-lambda-aurora-role"),
        (
            '[names]\nlambda_role = "two-rds-monitoring-role"',
            "[monitoring]\nenhanced_monitoring_seconds = 60",
            "IAM role",
        ),
        ('[names]\nsecurity_group = "two-aurora-proxy-sg"', "[proxy]", "the security group two-aurora-proxy-sg"),
        ('[names]\nsubnet_group = "two-aurora-subnet-group"', "", "the DB subnet group two-aurora-subnet-group"),
        ('[names]\ninstances = ["two-aurora-0"]', "", "the instance two-aurora-0"),
        ('[proxy]\nname = "two-aurora-proxy"', "[proxy]", "the RDS Proxy two-aurora-proxy"),
    ],
)
def test_a_name_that_is_given_in_one_file_and_made_in_the_other_is_told(given: str, made: str, what: str) -> None:
    (line,) = told(file("one", NEAR, given), file("two", NEAR, made))
    assert line.startswith('b.toml: name_prefix = "two"')
    assert what in line
    (line,) = told(file("two", NEAR, made), file("one", NEAR, given))
    assert line.startswith(f"b.toml: {'proxy' if 'name =' in given else 'names'}.")
    assert '(its name_prefix = "two")' in line


def test_roles_that_differ_in_capitals_only_are_one_role_also_in_two_regions() -> None:
    (line,) = told(
        file("one", NEAR, '[names]\nlambda_role = "orders"'), file("two", FAR, '[names]\nlambda_role = "Orders"')
    )
    assert line == (
        'b.toml: names.lambda_role = "Orders": the IAM role Orders is that of a.toml too (its names.lambda_role = '
        '"orders"), and an account has one of that name in all Regions, whatever its capitals; write another name, or '
        "other allowed_account_ids for each"
    )


def test_a_role_can_be_made_of_two_prefixes_and_short_names() -> None:
    (line,) = told(
        file("shop", NEAR, '[access]\nroles = ["eu-worker"]'), file("shop-eu", NEAR, '[access]\nroles = ["worker"]')
    )
    assert line.startswith('b.toml: access.roles = "worker": the IAM role shop-eu-worker-aurora-role is that of a.toml')


def test_security_groups_that_differ_in_capitals_are_one() -> None:
    (line,) = told(
        file("one", NEAR, '[names]\nsecurity_group = "Database"'),
        file("two", NEAR, '[names]\nsecurity_group = "database"'),
    )
    assert "a VPC has one of that name, whatever its capitals" in line


VPC = 'vpc_id = "vpc-0123456789abcdef0"'
OTHER_VPC = 'vpc_id = "vpc-00000000000000000"'
TAGS = 'vpc_tags = {Name = "core"}'
OTHER_TAGS = 'vpc_tags = {Name = "edge"}'


@pytest.mark.parametrize("shared", ['[names]\nsecurity_group = "database"', 'interface_endpoints = ["rds-data"]'])
@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (VPC, OTHER_VPC, True),
        (TAGS, OTHER_TAGS, True),
        (VPC, VPC, False),
        (TAGS, TAGS, False),
        ("", "", False),
        (VPC, TAGS, False),
        ("", VPC, False),
        ("", TAGS, False),
    ],
)
def test_what_a_vpc_has_once_meets_in_one_vpc_and_in_two_that_may_be_one(
    shared: str, one: str, other: str, *, apart: bool
) -> None:
    in_network, in_names = (shared, "") if shared.startswith("interface") else ("", shared)
    texts = [
        file(prefix, NEAR, f"[network]\n{vpc}\n{in_network}\n{in_names}")
        for prefix, vpc in (("one", one), ("two", other))
    ]
    assert (told(*texts) == []) is apart


def test_a_second_endpoint_of_a_service_in_a_vpc_is_told() -> None:
    one, two = (file(prefix, NEAR, '[network]\ninterface_endpoints = ["rds-data"]') for prefix in ("one", "two"))
    (line,) = told(one, two)
    assert line == (
        'b.toml: network.interface_endpoints = ["rds-data"]: the interface endpoint of rds-data is that of a.toml too '
        '(its network.interface_endpoints = ["rds-data"]), and an endpoint takes over the service\'s name in its whole '
        "VPC; leave it out, since both use the one that is there, or write another network.vpc_id for each"
    )


def test_a_dashboard_is_one_of_its_name_in_all_regions() -> None:
    sections = '[names]\ncluster = "orders"\n[monitoring]\ndashboard = true'
    (line,) = told(file("one", NEAR, sections), file("two", FAR, sections))
    assert line.startswith('b.toml: names.cluster = "orders": the dashboard orders is that of a.toml too')
    assert "an account has one of that name in all Regions" in line


def test_alarms_logs_and_keys_are_those_of_a_region() -> None:
    sections = (
        '[names]\ncluster = "orders"\n[monitoring]\nalarms = true\nlog_retention_days = 7\n[encryption]\nkey = "own"'
    )
    assert told(file("one", NEAR, sections), file("two", FAR, sections)) == []


def test_a_policy_of_an_existing_role_is_one_of_its_name() -> None:
    sections = '[access]\nexisting_role_names = ["{}"]\n[names]\nlambda_policy = "database"'
    (line,) = told(file("one", NEAR, sections.format("api")), file("two", FAR, sections.format("API")))
    assert line.startswith('b.toml: names.lambda_policy = "database": the inline policy database of API is that of')
    assert "a role has one inline policy of a name" in line
    assert told(file("one", NEAR, sections.format("api")), file("two", NEAR, sections.format("web"))) == []


def test_the_role_that_another_file_makes_may_get_a_policy() -> None:
    existing = '[access]\nexisting_role_names = ["one-lambda-aurora-role"]'
    assert told(file("one", NEAR), file("two", NEAR, existing)) == []


def test_names_that_end_in_random_characters_may_be_alike() -> None:
    sections = '[names]\nsecret = "database"\n[protection]\nfinal_snapshot = true'
    assert told(file("one", NEAR, sections), file("two", NEAR, sections)) == []


@pytest.mark.parametrize("keys", [("x", "x"), ("x", "x.tflock"), ("x.tflock", "x")])
def test_a_state_and_its_lock_are_one_object_each_in_any_account(keys: tuple[str, str]) -> None:
    texts = [
        file(prefix, account, f'[backend]\ntype = "s3"\nbucket = "states"\nregion = "us-east-1"\nkey = "{key}"')
        for prefix, account, key in zip(("one", "two"), (ONE_ACCOUNT, OTHER_ACCOUNT), keys, strict=True)
    ]
    (line,) = told(*texts)
    assert line.startswith(f'b.toml: backend.key = "{keys[1]}": the state states/x')
    assert "is that of a.toml too" in line


def test_a_workspace_of_hcp_terraform_has_one_state() -> None:
    cloud = '[backend]\ntype = "cloud"\norganization = "{}"\nworkspace = "shop"'
    (line,) = told(file("one", ONE_ACCOUNT, cloud.format("shop")), file("two", OTHER_ACCOUNT, cloud.format("shop")))
    assert line.startswith(
        'b.toml: backend.workspace = "shop": the state app.terraform.io/shop/shop is that of a.toml too'
    )
    assert told(file("one", "", cloud.format("shop")), file("two", "", cloud.format("other"))) == []


def test_states_that_differ_in_capitals_are_two() -> None:
    backend = '[backend]\ntype = "s3"\nbucket = "states"\nregion = "us-east-1"\nkey = "{}"'
    assert told(file("one", "", backend.format("x")), file("two", "", backend.format("X"))) == []


def test_each_key_is_told_and_of_one_key_what_sets_all_its_names_apart() -> None:
    sections = '[names]\nsubnet_group = "databases"'
    lines = told(file("shop", NEAR, sections), file("shop", NEAR, sections))
    assert [line.partition(" = ")[0] for line in lines] == ["b.toml: name_prefix", "b.toml: names.subnet_group"]
    assert lines[0].endswith("write another name, or other allowed_account_ids for each"), (
        "another Region is too little"
    )
    assert lines[1].endswith("or other allowed_account_ids or another region for each")


def test_of_many_files_with_one_name_each_is_told_of_the_first() -> None:
    lines = told(*[file("shop", NEAR)] * 4)
    assert [line.partition(":")[0] for line in lines] == ["b.toml", "c.toml", "d.toml"]
    assert all("is that of a.toml too" in line for line in lines)


def test_a_file_between_two_accounts_is_told_of_the_first_that_it_meets() -> None:
    lines = told(file("shop", ONE_ACCOUNT), file("shop", OTHER_ACCOUNT), file("shop", OTHER_ACCOUNT))
    (line,) = lines
    assert line.startswith("c.toml: ")
    assert "is that of b.toml too" in line


@pytest.mark.parametrize(
    "changed",
    [
        {"name_prefix": "shop{}"},
        {"allowed_account_ids": ("{:012}",)},
        {"region": "us-east-{}"},
        {},
    ],
    ids=["apart by name", "apart by account", "apart by Region", "all alike"],
)
def test_the_work_of_a_comparison_grows_as_the_number_of_files(changed: dict[str, Any]) -> None:
    one = environment_of(Path("one.toml"), file("shop").encode())

    def numbered(number: int) -> tuple[Path, Environment]:
        update = {
            key: tuple(text.format(number) for text in value) if isinstance(value, tuple) else value.format(number)
            for key, value in changed.items()
        }
        return Path(f"{number}.toml"), one.model_copy(update=update)

    few, many = (lines_run(conflicts, [numbered(number) for number in range(count)]) for count in (50, 200))
    assert many < 1.5 * 4 * few, "4 times the files take 4 times the work; each with each would take 16 times"


def lines_run(function: Callable[..., object], *arguments: object) -> int:
    """Return how many lines of Python a call runs, which is the same on a busy machine."""
    count = 0

    def trace(_: FrameType, event: str, __: object) -> Callable[..., Any]:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*arguments)
    finally:
        sys.settrace(before)
    return count
