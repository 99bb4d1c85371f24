"""What a change of a key does to a deployment that runs: what the model says of it is what Terraform would plan.

Each key is changed to its example; the table of `review`, which a test holds to the real provider, tells what
the difference of the JSON replaces.
"""

import copy
from collections.abc import Iterator, Mapping
from tempfile import gettempdir
from typing import Any, Final

import pytest
from cdktf import App

from analysis.review.effects.table import argument_effects
from analysis.review.replacement import forcing, resource_type
from analysis.synthesized.stack import SynthesizedStack
from aurora_serverless.options.section import Change
from aurora_serverless.rules.service_roles import Feature
from stacks.database import DatabaseStack
from stacks.described_keys import DescribedKey, described_file
from stacks.environment import Environment
from tests.conftest import TODAY
from tests.terraform_json import synthesize_stack

Document = dict[str, Any]

PLAIN: Final[Document] = {"name_prefix": "shop", "region": "us-west-2", "engine": {"version": "17.5"}}
FULL: Final[Document] = {
    **PLAIN,
    "preset": "production",
    "capacity": {"minimum_acu": 1},
    "instances": {"readers": 2},
    "access": {"roles": ("reader",)},
    "proxy": {},
    "network": {"vpc_id": "vpc-00000000", "subnet_ids": ("subnet-00000000", "subnet-11111111")},
}
_KEY_ARN: Final = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
_SECRET_ARN: Final = "arn:aws:secretsmanager:us-west-2:123456789012:secret:shop-AbCdEf"
_OTHER_SECRET_ARN: Final = _SECRET_ARN.replace("us-west-2", "eu-west-1")
_SECONDARY: Final = {
    "role": "secondary",
    "identifier": "shop-global",
    "source_region": "eu-west-1",
    "secret_arn": _SECRET_ARN,
}
_ASSUMED: Final = {"provider": {"assume_role": {"role_arn": "arn:aws:iam::123456789012:role/other"}}}
_BESIDE_EXAMPLES: Final[Document] = {"region": "us-east-1"}
"""The Region of the examples, for keys whose value must be in the deployment's Region."""
_SECRET_BESIDE_EXAMPLES: Final = _SECRET_ARN.replace("us-west-2", "us-east-1")
_FUNCTION_ARN: Final = "arn:aws:lambda:us-east-1:123456789012:function:other"
_ROLE_ARN: Final = "arn:aws:iam::123456789012:role/other"
_CLOUD: Final = {"backend": {"type": "cloud", "organization": "shop"}}
AROUND: Final[Mapping[str, Document]] = {
    "access.iam_users": {"access": {"iam_authentication": True}},
    "access.lambda_role.secret_key_arns": {
        **_BESIDE_EXAMPLES,
        "access": {"lambda_role": {"secret_arns": (_SECRET_BESIDE_EXAMPLES,)}},
    },
    "access.lambda_role.user": {"users": {"read_write": ("orders_app",)}},
    "backend": {"backend": {"type": "s3", "bucket": "states"}},
    "backend.type": {},
    **{f"backend.{key}": _CLOUD for key in ("organization", "workspace", "workspace_tags", "project", "hostname")},
    "backup.aws_backup.copy_delete_after_days": {
        "backup": {"aws_backup": {"copy_vault_arns": ("arn:aws:backup:eu-west-1:123456789012:backup-vault:databases",)}}
    },
    "backup.aws_backup.lock_changeable_days": {"backup": {"aws_backup": {"lock_minimum_days": 7}}},
    "backup.aws_backup": {"backup": {"aws_backup": {}}},
    "bastion": {"bastion": {}},
    "backup.aws_backup.lock_maximum_days": {"backup": {"aws_backup": {"lock_maximum_days": 90}}},
    "backup.aws_backup.lock_minimum_days": {"backup": {"aws_backup": {"lock_minimum_days": 1}}},
    "capacity.auto_pause_seconds": {"capacity": {"minimum_acu": 0}},
    "credentials.rotation_days": {"credentials": {"mode": "managed"}},
    "credentials.rotation_schedule": {"credentials": {"mode": "managed"}},
    "credentials.rotation_window_hours": {"credentials": {"mode": "managed", "rotation_days": 30}},
    "credentials.rotate_immediately": {"credentials": {"mode": "managed", "rotation_days": 30}},
    "credentials.secret_arn": {
        **_BESIDE_EXAMPLES,
        "credentials": {"mode": "existing", "secret_arn": _SECRET_BESIDE_EXAMPLES},
    },
    "credentials.secret_key_arn": {
        **_BESIDE_EXAMPLES,
        "credentials": {"mode": "existing", "secret_arn": _SECRET_BESIDE_EXAMPLES},
    },
    "network.own_security_group": {"network": {"security_group_ids": ("sg-01234567",)}},
    "bedrock_knowledge_base": {**_BESIDE_EXAMPLES, "bedrock_knowledge_base": {}},
    "bedrock_knowledge_base.key_arns": {
        **_BESIDE_EXAMPLES,
        "bedrock_knowledge_base": {"buckets": ("orders-documents",)},
    },
    "bedrock_knowledge_base.secret_key_arn": {
        **_BESIDE_EXAMPLES,
        "bedrock_knowledge_base": {"secret_arn": _SECRET_BESIDE_EXAMPLES},
    },
    "cluster_roles.aws_lambda": {"cluster_roles": {"aws_lambda": {"function_arns": (_FUNCTION_ARN,)}}},
    "cluster_roles.bedrock": {"cluster_roles": {"bedrock": {"model_ids": ("cohere.embed-english-v3",)}}},
    "cluster_roles.s3_export": {"cluster_roles": {"s3_export": {"buckets": ("orders",)}}},
    "cluster_roles.s3_import": {"cluster_roles": {"s3_import": {"buckets": ("orders",)}}},
    "cluster_roles.sagemaker": {"cluster_roles": {"sagemaker": {"endpoint_names": ("orders",)}}},
    **{
        f"cluster_roles.{feature.key}.role_arn": {"cluster_roles": {feature.key: {"role_arn": _ROLE_ARN}}}
        for feature in Feature
    },
    "database.initial_database": {"database": {"initial_database": False}},
    "encryption.deletion_window_days": {"encryption": {"key": "own"}},
    "encryption.key_allows_cloudwatch": {
        **_BESIDE_EXAMPLES,
        "encryption": {"key": "given", "key_arn": _KEY_ARN},
        "monitoring": {"log_retention_days": 30},
    },
    "encryption.key_arn": {**_BESIDE_EXAMPLES, "encryption": {"key": "given", "key_arn": _KEY_ARN}},
    "engine.allow_major_version_upgrade": {"engine": {"version": "17.7"}},
    "engine.automatic_minor_upgrades": {"engine": {"version": "17"}},
    "global_database.identifier": {"global_database": {"role": "primary", "identifier": "other-global"}},
    "global_database.role": {},
    "global_database.secret_arn": {
        "region": "eu-west-1",
        "global_database": {**_SECONDARY, "source_region": "us-east-1", "secret_arn": _OTHER_SECRET_ARN},
    },
    "global_database.source_region": {"global_database": _SECONDARY},
    "instances.availability_zones": _BESIDE_EXAMPLES,
    "instances.each.1": {"instances": {"readers": 1}},
    "instances.each.1.availability_zone": {**_BESIDE_EXAMPLES, "instances": {"readers": 1}},
    "instances.endpoints.reports": {
        "instances": {"readers": 1, "endpoints": {"reports": {}}},
    },
    "instances.local_write_forwarding": {"engine": {"version": "16.8"}, "instances": {"readers": 1}},
    "global_database.write_forwarding": {"global_database": _SECONDARY},
    "proxy.read_only_endpoint": {"instances": {"readers": 1}, "proxy": {}},
    "instances.promotion_tier": {"instances": {"readers": 2}},
    "instances.read_scaling.metric": {
        "instances": {"read_scaling": {"minimum_readers": 0, "maximum_readers": 3, "target_value": 60}}
    },
    "instances.promotion_tiers": {"instances": {"readers": 2}},
    "instances.read_scaling": {"instances": {"read_scaling": {"minimum_readers": 0, "maximum_readers": 3}}},
    "monitoring.enhanced_monitoring_role_arn": {"monitoring": {"enhanced_monitoring_seconds": 60}},
    "monitoring.import_log_group": {"monitoring": {"log_retention_days": 30}},
    "monitoring.alarm_email_addresses": {"monitoring": {"alarms": True}},
    "monitoring.alarm_topic_arn": {**_BESIDE_EXAMPLES, "monitoring": {"alarms": True}},
    "monitoring.keep_logs": {"monitoring": {"log_retention_days": 30}},
    "monitoring.log_class": {"monitoring": {"log_retention_days": 30}},
    "monitoring.more_logs": {"monitoring": {"log_retention_days": 30}},
    "monitoring.cluster_events": {"monitoring": {"alarms": True}},
    "monitoring.instance_events": {"monitoring": {"alarms": True}},
    "network.allowed_ipv6_cidr_blocks": {"network": {"network_type": "DUAL"}},
    "network.subnet_ids": {"network": {"vpc_id": "vpc-00000000", "subnet_ids": ("subnet-00000000", "subnet-11111111")}},
    "network.subnet_tags": {"network": {"vpc_id": "vpc-00000000"}},
    "network.vpc_id": {"network": {"vpc_id": "vpc-00000000"}},
    "network.vpc_tags": {"network": {"vpc_tags": {"Name": "other"}}},
    "protection.final_snapshot_identifier": {"protection": {"final_snapshot": True}},
    "provider.assume_role": _ASSUMED,
    "provider.assume_role.role_arn": _ASSUMED,
    "provider.assume_role.transitive_tag_keys": {
        "provider": {"assume_role": {**_ASSUMED["provider"]["assume_role"], "tags": {"Team": "orders"}}}
    },
    "proxy": {"proxy": {}},
    "users.mode": {"users": {"read_write": ("orders_app",)}},
    "users.versions": {"users": {"read_write": ("orders_app_b",)}},
    "users.version": {"users": {"read_write": ("orders_app",)}},
    "users.recovery_window_days": {"users": {"read_write": ("orders_app",)}},
    "proxy.secret_arns": {**_BESIDE_EXAMPLES, "proxy": {}},
    "proxy.secret_key_arns": {**_BESIDE_EXAMPLES, "proxy": {"secret_arns": (_SECRET_BESIDE_EXAMPLES,)}},
    "resource_tags": {},
    "restore": {"restore": {"type": "point_in_time", "source_cluster_identifier": "other"}},
    "restore.snapshot_identifier": {"restore": {"type": "snapshot", "snapshot_identifier": "other"}},
    "restore.type": {"restore": {"type": "clone", "source_cluster_identifier": "other"}},
}
"""What stands around a key, or all keys of a section, where a plain file will not do."""
INSTEAD: Final[Mapping[str, Any]] = {
    "database.initial_database": True,
    "restore.source_cluster_identifier": "third",
    "restore.type": "point_in_time",
}
"""Another value than the example, where that does not fit what stands around it."""
TOO: Final[Mapping[str, tuple[str, Any]]] = {"backend.type": ("backend.bucket", "states")}
"""Another key that must change with it."""

BY_A_COMMAND: Final = {"users.schemas", "wave"}
"""What commands read, such as one that makes it in the database: nothing in AWS is changed by it."""

MADE_ANEW_IN_PLACE: Final = {"random_password", "aws_secretsmanager_secret_version"}
"""What Terraform replaces to make a new password: a rotation, and nothing that is lost."""

KEYS: Final = {key.path: key for key in described_file().all_keys()}


def put(document: Document, path: str, value: object) -> Document:
    """Return the document with the value at the path."""
    changed = copy.deepcopy(document)
    *sections, name = path.split(".")
    table = changed
    for section in sections:
        table = table.setdefault(section, {})
    table[name] = value
    return changed


def around(key: DescribedKey) -> Document:
    """Return the file before the change."""
    section = key.path.rpartition(".")[0]
    return {**copy.deepcopy(PLAIN), **copy.deepcopy(AROUND.get(key.path, AROUND.get(section, {})))}


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
    key = KEYS[path]
    document = around(key)
    changed = put(document, path, INSTEAD.get(path, key.example))
    if path in TOO:
        changed = put(changed, *TOO[path])
    assert changed != document
    before, after = synthesized(document), synthesized(changed)
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
        after = synthesized(put(FULL, path, KEYS[path].example))
    except ValueError:
        return  # contradicts what else the file says: the test above changes it alone
    assert not set(replaced(full, after))
