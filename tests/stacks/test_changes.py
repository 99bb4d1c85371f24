"""What a change of a key does to a deployment that runs: what the model says of it is what Terraform would plan.

Each key is changed to its example; the table of `review`, which a test holds to the real provider, tells what
the difference of the JSON replaces.
"""

from collections.abc import Iterator, Mapping
from tempfile import gettempdir
from typing import Any, Final

import pytest
from cdktf import App

from analysis.review.effects.table import argument_effects
from analysis.review.replacement import forcing, resource_type
from analysis.synthesized.stack import SynthesizedStack
from aurora_serverless.options.section import Change
from stacks.database import DatabaseStack
from stacks.described_keys import described_file
from stacks.environment import Environment
from tests.conftest import TODAY
from tests.stacks.made_up_environments import Document
from tests.terraform_json import synthesize_stack
from tests.transitions.environments import changed, filled_in, value_of
from tests.transitions.fixed_list import SOMETHING_IN_AWS, Keys, context_of

PLAIN: Final[Document] = {"name_prefix": "shop", "region": "us-east-1", "engine": {"version": "17.5"}}
FULL: Final[Document] = {
    **PLAIN,
    "preset": "production",
    "capacity": {"minimum_acu": 1},
    "instances": {"readers": 2},
    "access": {"roles": ("reader",)},
    "proxy": {},
    "network": {"vpc_id": "vpc-00000000", "subnet_ids": ("subnet-00000000", "subnet-11111111")},
}
_SECRET_ARN: Final = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"
_SECONDARY: Final = {
    "role": "secondary",
    "identifier": "shop-global",
    "source_region": "eu-west-1",
    "secret_arn": _SECRET_ARN.replace("eu-west-1", "us-east-1"),
}
MADE_BY_THE_TABLE: Final = ("backup.aws_backup", "bastion", "bedrock_knowledge_base", "proxy")
"""Sections that make something even if they are empty: the change of a key of one begins with it."""
BEFORE: Final[Mapping[str, Keys]] = {
    "backend": {"backend": {"type": "s3", "bucket": "states"}},
    "backend.type": {},
    **{
        f"backend.{key}": {"backend": {"type": "cloud", "organization": "shop"}}
        for key in ("organization", "workspace", "workspace_tags", "project", "hostname")
    },
    "backup.aws_backup.lock_maximum_days": {"backup.aws_backup.lock_maximum_days": 90},
    "backup.aws_backup.lock_minimum_days": {"backup.aws_backup.lock_minimum_days": 1},
    "capacity.auto_pause_seconds": {"capacity.minimum_acu": 0},
    "cluster_roles.aws_lambda.function_arns": {
        "cluster_roles.aws_lambda.function_arns": ["arn:aws:lambda:us-east-1:123456789012:function:other"]
    },
    "cluster_roles.bedrock.model_ids": {"cluster_roles.bedrock.model_ids": ["cohere.embed-english-v3"]},
    "cluster_roles.s3_export.buckets": {"cluster_roles.s3_export.buckets": ["orders"]},
    "cluster_roles.s3_import.buckets": {"cluster_roles.s3_import.buckets": ["orders"]},
    "cluster_roles.sagemaker.endpoint_names": {"cluster_roles.sagemaker.endpoint_names": ["orders"]},
    "database.initial_database": {"database.initial_database": False},
    "encryption.deletion_window_days": {"encryption.key": "own"},
    "global_database.identifier": {"global_database": {"role": "primary", "identifier": "other-global"}},
    "global_database.secret_arn": {
        "region": "eu-west-1",
        "global_database": {**_SECONDARY, "source_region": "us-east-1", "secret_arn": _SECRET_ARN},
    },
    "global_database.source_region": {"global_database": _SECONDARY},
    "global_database.write_forwarding": {"global_database": _SECONDARY},
    "instances.read_scaling": {
        "instances.read_scaling.minimum_readers": 0,
        "instances.read_scaling.maximum_readers": 3,
    },
    "monitoring.import_log_group": {"monitoring.log_retention_days": 30},
    "network.subnet_ids": {"network.subnet_ids": ["subnet-00000000", "subnet-11111111"]},
    "network.vpc_id": {"network.vpc_id": "vpc-00000000"},
    "network.vpc_tags": {"network.vpc_tags": {"Name": "other"}},
    "proxy.iam_authentication": {"access.iam_authentication": None},
    "provider.assume_role.role_arn": {"provider.assume_role.role_arn": "arn:aws:iam::123456789012:role/other"},
}
"""What the file has before the change of a key, or of all keys of a section, beside what the transitions' table says:
a value from which the key changes, or what the transitions' environments have from the start."""
INSTEAD: Final[Mapping[str, Any]] = {
    "backend.region": "eu-west-1",
    "database.initial_database": True,
    "global_database.source_region": "eu-central-1",
    "restore.source_cluster_identifier": "third",
    "restore.type": "clone",
    "users.versions": {"worker": 2},
}
"""Another value than the example, where that does not fit what stands around it."""
TOO: Final[Mapping[str, Keys]] = {"backend.type": {"backend.bucket": "states"}}
"""Another key that must change with it."""

BY_A_COMMAND: Final = {"users.schemas", "wave"}
"""What commands read, such as one that makes it in the database: nothing in AWS is changed by it."""

MADE_ANEW_IN_PLACE: Final = {"random_password", "aws_secretsmanager_secret_version"}
"""What Terraform replaces to make a new password: a rotation, and nothing that is lost."""

KEYS: Final = {key.path: key for key in described_file().all_keys()}


def around(path: str) -> Document:
    """Return the file before the change of a key."""
    made: Keys = {section: {} for section in MADE_BY_THE_TABLE if path.startswith(f"{section}.")}
    before = BEFORE.get(path, BEFORE.get(path.rpartition(".")[0], {}))
    return filled_in(changed(PLAIN, {**made, **context_of(path).keys, **before}), SOMETHING_IN_AWS)


def synthesized(document: Document) -> SynthesizedStack:
    environment = Environment.model_validate({"name": "shop", **document})
    stack = DatabaseStack(App(outdir=gettempdir()), environment, today=TODAY)
    return SynthesizedStack("shop", synthesize_stack(stack))


def replaced(before: SynthesizedStack, after: SynthesizedStack) -> Iterator[str]:
    """Yield the types of the resources that the change replaces, or may."""
    for address, block in before.resources.items():
        if address in after.resources:
            other = after.resources[address]
            forced = forcing(
                block.type, block.arguments, other.arguments, ignored=other.lifecycle.get("ignore_changes", ())
            )
            if (forced.paths or forced.possible) and block.type not in MADE_ANEW_IN_PLACE:
                yield block.type
    renamed = _types_renamed(before, after)
    if "aws_db_subnet_group" in renamed:
        yield "aws_rds_cluster"  # whose db_subnet_group_name is the other one's name
    if "aws_db_proxy" in renamed:
        yield "aws_db_proxy_target"  # as db_proxy_name


def _types_renamed(before: SynthesizedStack, after: SynthesizedStack) -> set[str]:
    pairs = ((block, after.resources.get(address)) for address, block in before.resources.items())
    return {block.type for block, other in pairs if other is not None and block.get("name") != other.get("name")}


def restarts_at_once(before: SynthesizedStack, after: SynthesizedStack) -> bool:
    """Return whether the change restarts instances, even while changes wait for the window; but for an upgrade."""
    return any(
        resource_type(block.type).difference(argument, block.get(argument), after.resources[address].get(argument))
        != "same"
        for address, block in before.resources.items()
        if address in after.resources and block.type in argument_effects()
        for argument in argument_effects()[block.type].always
        if argument != "engine_version"
    )


def place_of_state(stack: SynthesizedStack) -> tuple[Any, Any]:
    """Return where a stack's state lies, in a backend or in HCP Terraform."""
    settings = stack.document["terraform"]
    return settings.get("backend"), settings.get("cloud")


@pytest.mark.parametrize("path", KEYS)
def test_a_change_does_what_is_said_of_it(path: str) -> None:
    key, document = KEYS[path], around(path)
    values = (INSTEAD.get(path, key.example), *filled_in(list(context_of(path).values), SOMETHING_IN_AWS))
    value = next(value for value in values if value != value_of(document, path))
    before, after = synthesized(document), synthesized(changed(document, {path: value, **TOO.get(path, {})}))
    assert (after.document == before.document) is (path in BY_A_COMMAND), "nothing uses the key"
    types = set(replaced(before, after))
    if key.change is Change.REPLACES_CLUSTER:
        assert "aws_rds_cluster" in types
    elif key.change is Change.REPLACES_OTHERS:
        assert types
        assert "aws_rds_cluster" not in types
    elif key.change is Change.REFUSED:
        assert "aws_rds_cluster" not in types
    else:
        assert not types
    assert restarts_at_once(before, after) == (key.change is Change.RESTARTS)
    if key.change is Change.MOVES_STATE:
        assert before.resources == after.resources
        assert place_of_state(before) != place_of_state(after)


@pytest.fixture(scope="module")
def full() -> SynthesizedStack:
    """Return a deployment of nearly everything."""
    return synthesized(FULL)


@pytest.mark.parametrize("path", [path for path, key in KEYS.items() if key.change is Change.IN_PLACE])
def test_a_change_in_place_replaces_nothing_of_a_full_deployment(full: SynthesizedStack, path: str) -> None:
    try:
        after = synthesized(changed(FULL, {path: KEYS[path].example}))
    except ValueError:
        return  # contradicts what else the file says: the test above changes it alone
    assert not set(replaced(full, after))
