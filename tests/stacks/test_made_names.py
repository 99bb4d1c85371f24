"""The table of names against what is synthesized: no name is left out of it, and none is in it that nothing has."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Final

import pytest
from cdktf import App
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aurora_serverless.options.name_kinds import KINDS
from stacks.database import DatabaseStack
from stacks.environment import Environment, made_names
from stacks.environment_conflicts import conflicts
from stacks.environment_files import environment_of, read_environments
from tests.conftest import ROOT, TODAY
from tests.stacks.made_up_environments import Document, problems_of, put, read
from tests.stacks.name_table import assert_table_is_complete, names_in
from tests.terraform_json import TerraformJson, synthesize_stack

WIDE = {
    "everything": """
preset = "production"
name_prefix = "shop"
region = "us-east-1"
[engine]
version = "17.7"
log_statement = "ddl"
[engine.instance_parameters]
work_mem = "8192"
[instances]
readers = 2
[instances.endpoints.reports]
[instances.read_scaling]
minimum_readers = 2
maximum_readers = 4
[network]
interface_endpoints = ["rds-data", "secretsmanager"]
[access]
roles = ["worker", "reports"]
existing_role_names = ["api", "web"]
[proxy]
read_only_endpoint = true
[bastion]
[backup.aws_backup]
lock_minimum_days = 7
[monitoring]
cluster_events = ["failure"]
instance_events = ["failure"]
[backend]
type = "s3"
bucket = "states"
""",
    "a primary, all of whose names are given": """
name_prefix = "shop"
region = "us-east-1"
[names]
cluster = "orders"
instances = ["writer"]
secret = "secret"
subnet_group = "databases"
security_group = "database"
lambda_role = "Orders"
lambda_policy = "Database"
[engine]
version = "17.7"
[proxy]
name = "pool"
[protection]
final_snapshot_identifier = "last"
final_snapshot = true
[global_database]
role = "primary"
identifier = "world"
""",
    "a secondary": """
name_prefix = "shop"
region = "eu-west-1"
[engine]
version = "17.7"
[encryption]
key = "own"
[protection]
final_snapshot = true
[global_database]
role = "secondary"
identifier = "world"
source_region = "us-east-1"
secret_arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"
""",
    "the least": 'name_prefix = "shop"\n[engine]\nversion = "17.7"\n',
}


def wide(case: str) -> Environment:
    return environment_of(Path("wide.toml"), WIDE[case].encode())


def synthesized(environment: Environment) -> TerraformJson:
    return synthesize_stack(DatabaseStack(App(outdir=gettempdir()), environment, today=TODAY))


@pytest.mark.parametrize("case", WIDE)
def test_the_table_has_each_name_of_a_wide_stack_and_no_other(case: str) -> None:
    environment = wide(case)
    assert_table_is_complete(environment, synthesized(environment))


def test_the_table_has_each_name_of_the_stacks_that_ship(synthesized: dict[str, TerraformJson]) -> None:
    for environment in read_environments(ROOT / "environments"):
        assert_table_is_complete(environment, synthesized[environment.name])


def test_each_kind_of_the_table_occurs() -> None:
    found = {name.kind for case in WIDE for name in made_names(wide(case))}
    assert found == set(KINDS)


@pytest.mark.parametrize(
    "sections",
    [
        '[names]\nlambda_role = "shop-rds-monitoring-role"',
        '[names]\nlambda_role = "shop-aurora-proxy-role"',
        '[names]\nsecurity_group = "shop-aurora-proxy-sg"',
        '[access]\nexisting_role_names = ["shop-rds-monitoring-role", "shop-aurora-proxy-role"]',
        '[access]\nexisting_role_names = ["shop-worker-aurora-role"]',
        '[names]\ncluster = "shop"\ninstances = ["shop"]\nsubnet_group = "shop"\nsecurity_group = "shop"\n'
        'lambda_role = "shop"\nlambda_policy = "shop"\n[proxy]\nname = "shop"',
        '[resource_tags.aws_rds_cluster]\nTeam = "a"\nTEAM = "b"',
    ],
)
def test_a_name_that_nothing_else_of_its_kind_has_is_allowed(sections: str) -> None:
    environment_of(Path("shop.toml"), f"{WIDE['the least']}{sections}\n".encode())


# What AWS has once, by what the API references say: written down here a second time, and not read from the table.
_Compared = Mapping[str, Callable[[str], str]]
ONCE_IN_AN_ACCOUNT: Final[_Compared] = {
    "aws_cloudwatch_dashboard.dashboard_name": str,
    "aws_iam_instance_profile.name": str.lower,
    "aws_iam_role.name": str.lower,
    "aws_rds_global_cluster.global_cluster_identifier": str.lower,
}
ONCE_IN_A_REGION: Final[_Compared] = {
    "aws_backup_vault.name": str,
    "aws_cloudwatch_log_group.name": str,
    "aws_cloudwatch_metric_alarm.alarm_name": str,
    "aws_db_event_subscription.name": str.lower,
    "aws_db_proxy.name": str.lower,
    "aws_db_subnet_group.name": str.lower,
    "aws_kms_alias.name": str,
    "aws_rds_cluster.cluster_identifier": str.lower,
    "aws_rds_cluster_instance.identifier": str.lower,
    "aws_sns_topic.name": str,
}
ONCE_IN_A_VPC: Final[_Compared] = {
    "aws_security_group.name": lambda name: name.lower().rstrip(),
    "aws_vpc_endpoint.service_name": str,
}

OFTEN_SHARED: Final[Mapping[str, list[Any]]] = {
    "region": ["us-east-1", "eu-west-1"],
    "allowed_account_ids": [["111111111111"], ["222222222222"], ["222222222222", "333333333333"]],
    "name_prefix": ["shop", "shop-eu"],
    "names.cluster": ["shop-aurora", "team-aurora"],
    "names.subnet_group": ["shop-aurora-subnet-group", "databases"],
    "names.security_group": ["shop-aurora-sg", "TEAM-aurora-proxy-sg ", "shop-aurora-sg-endpoints"],
    "names.lambda_role": ["shop-lambda-aurora-role", "Shop-Rds-Monitoring-Role", "team-aurora-proxy-role"],
    "network.vpc_id": ["vpc-01234567", "vpc-89abcdef"],
    "network.interface_endpoints": [["rds-data"]],
    "bastion": [{}],
    "proxy.name": ["pool", "team-aurora-proxy"],
    "encryption.key": ["own"],
    "monitoring.enhanced_monitoring_seconds": [60],
    "monitoring.dashboard": [True],
    "monitoring.alarms": [True],
    "backup.aws_backup": [{}, {"vault_name": "shared"}],
    "monitoring.cluster_events": [["failure"]],
    "monitoring.log_retention_days": [7],
    "access.roles": [["worker", "eu-worker"], ["eu"]],
    "instances.readers": [1],
}
"""Values that make names meet."""


@st.composite
def documents(draw: st.DrawFn, prefix: str) -> Document:
    """Return files, each key of which may have a value that other files have too."""
    document: Document = {"name_prefix": prefix, "engine": {"version": "17.7"}}
    for key in draw(st.sets(st.sampled_from(sorted(OFTEN_SHARED)), max_size=8)):
        put(document, key, draw(st.sampled_from(OFTEN_SHARED[key])))
    return document


def meet(one: Iterable[str | None], other: Iterable[str | None]) -> bool:
    """Tell whether two may be the same: an account, a Region or a VPC that is not named may be any."""
    known, other_known = set(one) - {None}, set(other) - {None}
    return not known or not other_known or bool(known & other_known)


@settings(max_examples=max(40, settings().max_examples // 5))
@given(documents("team"), documents("crew"))
def test_two_files_pass_where_no_two_things_have_one_name_and_there_only(one: Document, other: Document) -> None:
    assume(not problems_of(one) and not problems_of(other))
    environments = [read(one), read(other)]
    problems = conflicts([(Path(f"{number}.toml"), environment) for number, environment in enumerate(environments)])
    shared = shared_names(*environments)
    assert bool(problems) == bool(shared), (problems, shared)


def shared_names(one: Environment, other: Environment) -> set[tuple[str, str]]:
    """Return the names that AWS has once and both stacks make, by their JSON."""
    accounts = meet(one.allowed_account_ids, other.allowed_account_ids)
    regions = accounts and meet([one.region], [other.region])
    once = {
        **(ONCE_IN_AN_ACCOUNT if accounts else {}),
        **(ONCE_IN_A_REGION if regions else {}),
        **(ONCE_IN_A_VPC if regions and meet([one.network.vpc_id], [other.network.vpc_id]) else {}),
    }
    compared = [
        {(argument, once[argument](name)) for argument, name in names_in(synthesized(environment)) if argument in once}
        for environment in (one, other)
    ]
    return compared[0] & compared[1]
