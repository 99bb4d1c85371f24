"""The transitions that are always tried: each key of the model switched on, given another value and taken out again.

A value is one that the key's schema names, or its strategy has; what a key needs beside it stands in `CONTEXTS`. To
these come the changes that the review is held against, each there and back, and sequences in which what was before the
last change matters.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

from hypothesis import Phase, find, settings

from aurora_serverless.rules.service_roles import Feature
from tests.end_to_end.replacement.environment_changes import CHANGES
from tests.stacks.environment_strategies import KEYS, SCHEMA, strategy_for
from tests.stacks.made_up_environments import Document
from tests.transitions.environments import base, changed, differing, value_of

Keys = Mapping[str, Any]


@dataclass(frozen=True)
class Context:
    """Where a key can be given: a base, with other keys changed, and values where the schema knows none that exist."""

    base: str = "small"
    keys: Keys = field(default_factory=dict)
    values: tuple[Any, ...] = ()


VPC, SUBNETS, SUBNET, GROUP, ROLE, KEY, OTHER_KEY, TOPIC, MONITORING_ROLE, PLAN, SECRET, OTHER_SECRET = map(
    "<{}>".format,
    "vpc,subnets,subnet,group,role,key,other key,topic,monitoring role,plan,secret,other secret".split(","),
)
"""Stand for what the harness makes in AWS before everything else."""

SOMETHING_IN_AWS: Final = {
    VPC: "vpc-12345678",
    SUBNETS: ["subnet-12345678", "subnet-12345679"],
    GROUP: "sg-12345678",
    ROLE: "orders-api",
    KEY: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    OTHER_KEY: "arn:aws:kms:us-east-1:123456789012:key/5678abcd-12ab-34cd-56ef-1234567890ab",
    PLAN: "a1b2c3d4-5678-90ab-cdef-0123456789ab",
    SECRET: "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-master-AbCdEf",
    OTHER_SECRET: "arn:aws:secretsmanager:us-east-1:123456789012:secret:other-master-AbCdEf",
    TOPIC: "arn:aws:sns:us-east-1:123456789012:pager",
}
"""What may be there in their place where nothing is made."""

CLUSTER_PARAMETERS, INSTANCE_PARAMETERS, SUBNET_GROUP = "world-cluster16", "world-instances16", "world-subnets"
"""Groups that it makes, of the default VPC and of version 16."""

MASTER_OF_SECRETS: Final = "orders_owner"
SOURCE: Final = {"database.name": "orders", "database.master_username": "ordersadmin"}
SOURCE_CLUSTERS: Final = ("orders", "orders-other")
SOURCE_SNAPSHOTS: Final = ("orders-final", "orders-older")
"""What the harness makes for those that do not start empty, of version 16.8."""
DATABASE_ROLES: Final = tuple(
    f"arn:aws:iam::123456789012:role/{name}" for name in ("other-database", "orders-database")
)
"""Roles that the harness makes, and RDS may assume."""

# A cluster is restored without its Data API, which a second deploy turns on.
_AS_SOURCE: Final = {**SOURCE, "access.data_api": False}
_RESTORED: Final = {**_AS_SOURCE, "restore": {"type": "snapshot", "snapshot_identifier": SOURCE_SNAPSHOTS[0]}}
_COPIED: Final = {
    **_AS_SOURCE,
    "restore": {"type": "point_in_time", "source_cluster_identifier": SOURCE_CLUSTERS[0]},
}
_ASSUMED: Final = {"provider.assume_role.role_arn": "arn:aws:iam::123456789012:role/deployer"}
_ALL_ALLOWED: Final = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
_BOUNDARIES: Final = ("arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess")
_GIVEN: Final = {"encryption.key": "given", "encryption.key_arn": KEY}
_SECRET: Final = "arn:aws:secretsmanager:us-east-1:123456789012:secret:mail-AbCdEf"
_MANAGED: Final = {"credentials": {"mode": "managed"}}
_ROTATED: Final = {"credentials": {"mode": "managed", "rotation_days": 30}}
_SECRET_THAT_EXISTS: Final = {
    "credentials": {"mode": "existing", "secret_arn": SECRET},
    "database.master_username": MASTER_OF_SECRETS,
}
_BACKED_UP: Final[Keys] = {"backup.aws_backup": {}}
_COPIED_BACKUPS: Final[Keys] = {
    "backup.aws_backup": {"copy_vault_arns": ["arn:aws:backup:eu-west-1:123456789012:backup-vault:databases"]}
}
_ALARMS: Final = {"monitoring.alarms": True}

CONTEXTS: Final[Mapping[str, Context]] = {
    "preset": Context(keys={"credentials": None, "protection.prevent_destroy": False}),
    "region": Context(values=("eu-west-1",)),
    "allowed_account_ids": Context(values=(["123456789012"], ["123456789012", "210987654321"])),
    "names.instances": Context(keys={"instances.readers": 1}),
    "engine.version": Context(values=("16.9", "16", "17.7")),
    "engine.allow_major_version_upgrade": Context(keys={"engine.version": "17.7"}, values=("17.7",)),
    "engine.automatic_minor_upgrades": Context(keys={"engine.version": "16"}),
    "engine.cluster_parameter_group": Context(values=(CLUSTER_PARAMETERS,)),
    "engine.instance_parameter_group": Context(values=(INSTANCE_PARAMETERS,)),
    "capacity.minimum_acu": Context(keys={"capacity.auto_pause_seconds": None}, values=(0.5, 1)),
    "capacity.maximum_acu": Context(values=(4, 16)),
    "instances.promotion_tier": Context(keys={"instances.readers": 1}),
    "instances.promotion_tiers": Context(keys={"instances.readers": 2}, values=([1, 2], [2, 15])),
    "instances.each": Context(
        keys={"instances.readers": 1},
        values=(
            {"1": {"instance_class": "db.r7g.large", "promotion_tier": 15, "parameters": {"work_mem": "131072"}}},
            {"0": {"promotion_tier": 0}, "1": {"availability_zone": "us-east-1b", "parameters": {}}},
            {"1": {"maintenance_window": "mon:04:00-mon:05:00", "parameters": {}}},
        ),
    ),
    "instances.endpoints": Context(
        keys={"instances.readers": 2},
        values=(
            {"reports": {"static_members": ["2"]}, "all": {"type": "ANY"}},
            {"reports": {"type": "ANY", "excluded_members": ["0"]}},
        ),
    ),
    "instances.local_write_forwarding": Context(keys={"instances.readers": 1}),
    "proxy.read_only_endpoint": Context("wide", {"instances.readers": 1}),
    "instances.availability_zones": Context(values=(["us-east-1a"], ["us-east-1b"])),
    "instances.readers": Context(values=(1, 2)),
    "instances.read_scaling.minimum_readers": Context("wide", values=(2,)),
    "instances.read_scaling.maximum_readers": Context("wide", values=(2,)),
    "instances.read_scaling.scale_in_cooldown_seconds": Context("wide"),
    "instances.read_scaling.scale_out_cooldown_seconds": Context("wide"),
    "instances.read_scaling.metric": Context("wide", {"instances.read_scaling.target_value": 60}),
    "instances.read_scaling.target_value": Context("wide"),
    "restore.type": Context(keys=_COPIED, values=("clone",)),
    "restore.snapshot_identifier": Context(keys=_RESTORED, values=SOURCE_SNAPSHOTS[1:]),
    "restore.source_cluster_identifier": Context(keys=_COPIED, values=SOURCE_CLUSTERS[1:]),
    "restore.time": Context(keys=_COPIED),
    "global_database.role": Context("shared", values=("primary",)),  # a secondary needs more keys: see SEQUENCES
    "global_database.identifier": Context("shared"),
    "credentials.mode": Context(
        keys={"credentials.recovery_window_days": None}, values=("random", "write_only", "managed")
    ),
    "credentials.secret_arn": Context(keys=_SECRET_THAT_EXISTS, values=(OTHER_SECRET,)),
    "credentials.secret_key_arn": Context(keys=_SECRET_THAT_EXISTS, values=(KEY, OTHER_KEY)),
    "credentials.rotation_days": Context(keys=_MANAGED, values=(30, 7)),
    "credentials.rotation_schedule": Context(keys=_MANAGED),
    "credentials.rotation_window_hours": Context(keys=_ROTATED, values=(3, 24)),
    "credentials.rotate_immediately": Context(keys=_ROTATED),
    "credentials.recovery_window_days": Context(values=(0, 14)),
    "bastion.subnet_id": Context(keys={"network.vpc_id": VPC, "network.subnet_ids": [SUBNETS]}, values=(SUBNET,)),
    "bastion.instance_type": Context(keys={"bastion": {}}, values=("t4g.micro", "t4g.small")),
    "network.vpc_id": Context(values=(VPC,)),
    "network.vpc_tags": Context(values=({"Name": "default"}, {"Name": "other"})),
    "network.subnet_ids": Context(keys={"network.vpc_id": VPC}, values=([SUBNETS],)),
    "network.subnet_tags": Context(keys={"network.vpc_tags": {"Name": "other"}}, values=({"Tier": "database"},)),
    "network.allowed_ipv6_cidr_blocks": Context(keys={"network.network_type": "DUAL"}),
    "network.subnet_group_name": Context(values=(SUBNET_GROUP,)),
    "network.security_group_ids": Context(values=([GROUP],)),
    "network.own_security_group": Context(keys={"network.security_group_ids": [GROUP]}),
    "network.allowed_security_group_ids": Context(values=([GROUP],)),
    "network.allowed_cidr_blocks": Context(values=(["10.20.0.0/16"], ["10.20.0.0/16", "192.168.7.0/24"])),
    "encryption.key": Context(values=("aws-managed", "own")),
    "encryption.key_arn": Context(keys=_GIVEN, values=(OTHER_KEY,)),
    "encryption.key_allows_cloudwatch": Context(keys={**_GIVEN, **_ALARMS, "monitoring.log_retention_days": 30}),
    "encryption.deletion_window_days": Context("shared"),
    "protection.final_snapshot_identifier": Context(keys={"protection.final_snapshot": True}),
    "access.iam_users": Context(keys={"access.iam_authentication": True}),
    "access.existing_role_names": Context(values=([ROLE],)),
    "access.permissions_boundary_arn": Context(values=_BOUNDARIES),
    **{
        f"provider.assume_role.{key}": Context(keys=_ASSUMED)
        for key in ("session_name", "external_id", "duration_seconds", "tags", "source_identity", "policy_arns")
    },
    "provider.assume_role.policy": Context(keys=_ASSUMED, values=(_ALL_ALLOWED,)),
    "provider.assume_role.transitive_tag_keys": Context(
        keys={**_ASSUMED, "provider.assume_role.tags": {"Team": "orders", "Stage": "test"}},
        values=(["Team"], ["Team", "Stage"]),
    ),
    "access.lambda_role.permissions_boundary_arn": Context(values=_BOUNDARIES),
    "access.lambda_role.user": Context(
        keys={"users.read_write": ["orders_app", "worker"]}, values=("orders_app", "worker")
    ),
    "users.read_write": Context(values=(["orders_app"], ["orders_app", "worker"])),
    "users.read_only": Context(values=(["reports"], ["reports", "auditor"])),
    "users.mode": Context(keys={"users.read_write": ["orders_app"]}),
    "users.versions": Context(
        keys={"users.read_write": ["orders_app", "worker"]}, values=({"worker": 2}, {"worker": 2, "orders_app": 2})
    ),
    "users.version": Context(keys={"users.read_write": ["orders_app"]}, values=(2, 3)),
    "users.recovery_window_days": Context(keys={"users.read_write": ["orders_app"]}, values=(7, 0)),
    "access.lambda_role.secret_key_arns": Context(keys={"access.lambda_role.secret_arns": [_SECRET]}),
    **{
        f"cluster_roles.{feature.key}.role_arn": Context(
            keys={f"cluster_roles.{feature.key}.role_arn": DATABASE_ROLES[0]}, values=DATABASE_ROLES[1:]
        )
        for feature in Feature
    },
    "cluster_roles.s3_import.key_arns": Context(keys={"cluster_roles.s3_import.buckets": ["orders"]}),
    "cluster_roles.s3_export.key_arns": Context(keys={"cluster_roles.s3_export.buckets": ["orders"]}),
    "bedrock_knowledge_base.key_arns": Context(keys={"bedrock_knowledge_base.buckets": ["orders"]}),
    "bedrock_knowledge_base.secret_key_arn": Context(keys={"bedrock_knowledge_base.secret_arn": _SECRET}),
    "proxy.iam_authentication": Context("wide", {"access.iam_authentication": True}),
    "proxy.secret_key_arns": Context("wide", {"proxy.secret_arns": [_SECRET]}),
    "monitoring.alarm_topic_arn": Context(keys=_ALARMS, values=(TOPIC,)),
    "monitoring.alarm_email_addresses": Context(keys=_ALARMS),
    "backup.aws_backup.plan_id": Context(values=(PLAN,)),
    "backup.aws_backup.copy_delete_after_days": Context(keys=_COPIED_BACKUPS),
    "backup.aws_backup.lock_minimum_days": Context(keys=_BACKED_UP, values=(7, 14)),
    "backup.aws_backup.lock_maximum_days": Context(keys=_BACKED_UP, values=(365, 90)),
    "backup.aws_backup.lock_changeable_days": Context(keys={"backup.aws_backup": {"lock_minimum_days": 7}}),
    "monitoring.keep_logs": Context(keys={"monitoring.log_retention_days": 30}),
    "monitoring.log_class": Context(keys={"monitoring.log_retention_days": 30}),
    "monitoring.more_logs": Context(
        keys={"monitoring.log_retention_days": 30, "access.iam_authentication": True},
        values=(["instance"], ["iam-db-auth-error", "instance"]),
    ),
    "monitoring.cluster_events": Context(keys=_ALARMS),
    "monitoring.instance_events": Context(keys=_ALARMS),
    "monitoring.enhanced_monitoring_seconds": Context(values=(60, 1, 0)),
    "monitoring.enhanced_monitoring_role_arn": Context(
        keys={"monitoring.enhanced_monitoring_seconds": 60}, values=(MONITORING_ROLE,)
    ),
    "monitoring.log_retention_days": Context(values=(30, 7, 0)),
}

NOT_HERE: Final[Mapping[str, str]] = {
    "backend.type": "it moves the state and no resource, and is not tried",
    "backend.bucket": "the same",
    "backend.key": "the same",
    "backend.region": "the same",
    "backend.use_lockfile": "the same",
    **{f"backend.{key}": "the same" for key in ("organization", "workspace", "workspace_tags", "project", "hostname")},
    "provider.forbidden_account_ids": "it changes no resource: local AWS is one account",
    "provider.use_fips_endpoint": "local AWS has one endpoint, and the provider takes none beside it",
    "provider.use_dualstack_endpoint": "the same",
    "global_database.source_region": "a secondary's, and a change of it is refused: the deployment is another one",
    "global_database.secret_arn": "the same",
    "global_database.write_forwarding": "the same",
    "monitoring.import_log_group": "Terraform imports in the root module only, as end_to_end/options/network.toml does",
}
"""Keys that no transition of a deployment beside others can change, with the reason."""

_OWN_GROUPS: Final = {"engine.cluster_parameters": {"rds.force_ssl": "1"}, "engine.instance_parameters": {}}
_EXISTING_GROUPS: Final = {
    "engine.cluster_parameter_group": CLUSTER_PARAMETERS,
    "engine.instance_parameter_group": INSTANCE_PARAMETERS,
}

SEQUENCES: Final[Mapping[str, tuple[str, tuple[Keys, ...]]]] = {
    "a cluster replaced twice with a final snapshot": (
        "small",
        (
            {"protection.final_snapshot": True},
            {"protection.final_snapshot": True, "database.name": "two"},
            {"protection.final_snapshot": True, "database.name": "three"},
            {"protection.final_snapshot": True},
        ),
    ),
    "insights advanced, off, on": (
        "small",
        ({"monitoring.insights": "advanced"}, {"monitoring.insights": "off"}, {"monitoring.insights": "standard"}),
    ),
    "insights advanced, standard, taken out": (
        "small",
        ({"monitoring.insights": "advanced"}, {"monitoring.insights": "standard"}, {}),
    ),
    "capacity up, down, up": (
        "small",
        tuple(
            {"capacity.minimum_acu": least, "capacity.maximum_acu": most, "capacity.auto_pause_seconds": None}
            for least, most in ((1, 16), (0.5, 1), (8, 32), (0, 2))
        ),
    ),
    "description of the security group twice": (
        "small",
        (
            {"network.security_group_description": "The orders database"},
            {"network.security_group_description": "The orders database of the shop"},
        ),
    ),
    "a name of the secret that comes back": (
        "small",
        tuple({"names.secret": name, "credentials.recovery_window_days": 7} for name in ("orders", "other", "orders")),
    ),
    "a secret that comes back under a suffix that was kept": (
        "small",
        tuple(
            {"credentials.mode": mode, "credentials.recovery_window_days": days, "protection.final_snapshot": True}
            for mode, days in (("random", 7), ("managed", None), ("random", 7))
        ),
    ),
    "a prefix of all names that comes back": ("small", ({"name_prefix": "orders"}, {})),
    "a role's name that comes back": (
        "small",
        ({"names.lambda_role": "orders"}, {"names.lambda_role": "other"}, {"names.lambda_role": "orders"}),
    ),
    "logs kept, not kept, kept": (
        "small",
        ({"monitoring.log_retention_days": 30}, {}, {"monitoring.log_retention_days": 7}),
    ),
    "parameters, others, none": (
        "small",
        (
            {"engine.cluster_parameters": {"rds.force_ssl": "1"}, "engine.instance_parameters": {"work_mem": "65536"}},
            {"engine.cluster_parameters": {"rds.force_ssl": "0"}, "engine.instance_parameters": {"work_mem": "4096"}},
            {},
        ),
    ),
    "parameter groups of its own, existing ones, its own": ("small", (_OWN_GROUPS, _EXISTING_GROUPS, _OWN_GROUPS)),
    "a monitoring role made here, an existing one, made here": (
        "small",
        tuple(
            {"monitoring.enhanced_monitoring_seconds": 60, "monitoring.enhanced_monitoring_role_arn": role}
            for role in (None, MONITORING_ROLE, None)
        ),
    ),
    "a change that waits for the window, and one that follows": (
        "small",
        (
            {"maintenance.apply_immediately": False},
            {"maintenance.apply_immediately": False, "backup.retention_days": 9},
            {"maintenance.apply_immediately": False, "capacity.maximum_acu": 4},
            {"maintenance.apply_immediately": False, "network.security_group_description": "The orders database"},
            {"maintenance.apply_immediately": True, "capacity.maximum_acu": 8},
        ),
    ),
    "AWS Backup made, continuous, taken out": (
        "small",
        (
            {"backup.aws_backup": {}},
            {"backup.aws_backup": {"continuous": True}, "backup.retention_days": 9},
            {"backup.retention_days": 9},
        ),
    ),
    "a Region that the operator gives": ("small", ({"region": None}, {})),
    "a proxy made, taken out, made": ("wide", ({"proxy": None}, {}, {"proxy": None}, {"proxy.name": "orders"})),
    "a global database left and founded again": ("shared", ({"global_database": None}, {})),
    "a primary that shall be a secondary": (
        "shared",
        (
            {"tags": {"Team": "shop"}},
            {
                "global_database.role": "secondary",
                "global_database.identifier": "orders",
                "global_database.source_region": "eu-west-1",
                "global_database.secret_arn": _SECRET,
            },
        ),
    ),
    "a minor upgrade and back": ("small", ({"engine.version": "16.9"}, {"engine.version": "16.8"})),
    "a major upgrade that is not allowed, is allowed, and cannot be taken back": (
        "small",
        (
            {"engine.version": "17.7"},
            {"engine.version": "17.7", "engine.allow_major_version_upgrade": "17.7"},
            {"engine.version": "17.7"},
            {"engine.version": "16.8"},
        ),
    ),
    "a major upgrade of one with parameters and a reader": (
        "large",
        (
            {"engine.version": "17.7", "engine.allow_major_version_upgrade": "17.7"},
            {"engine.version": "17.7"},
        ),
    ),
    "a major upgrade of the primary of a global database": (
        "shared",
        ({"engine.version": "17.7"}, {"engine.version": "17.7", "engine.allow_major_version_upgrade": "17.7"}),
    ),
    "the password made, written only, owned by RDS, made": (
        "small",
        tuple(
            {"credentials.mode": mode, "credentials.recovery_window_days": None}
            for mode in ("random", "write_only", "managed", "random")
        ),
    ),
    "the password of a secret that exists, made, that of the secret, owned by RDS, that of the secret": (
        "small",
        tuple(
            {"credentials": credentials, "database.master_username": MASTER_OF_SECRETS}
            for credentials in (
                {"mode": "existing", "secret_arn": SECRET},
                {"mode": "random"},
                {"mode": "existing", "secret_arn": OTHER_SECRET, "version": 2},
                {"mode": "managed"},
                {"mode": "existing", "secret_arn": SECRET, "version": 3},
            )
        ),
    ),
    "roles of a cluster that is replaced, one of them given, then none": (
        "small",
        (
            {"cluster_roles.s3_import.buckets": ["orders"], "cluster_roles.comprehend": {}},
            {"cluster_roles.s3_import.buckets": ["orders"], "cluster_roles.comprehend": {}, "database.name": "two"},
            {"cluster_roles.s3_import.role_arn": DATABASE_ROLES[0], "cluster_roles.comprehend": {}},
            {},
        ),
    ),
    "a knowledge base with the secret of the database, whose cluster is replaced": (
        "small",
        (
            {"bedrock_knowledge_base": {}},
            {"bedrock_knowledge_base": {}, "database.name": "two"},
            {"bedrock_knowledge_base": {}, "name_prefix": "orders"},
            {},
        ),
    ),
    "deletion protection on, the cluster replaced": (
        "small",
        ({"protection.deletion_protection": True}, {"protection.deletion_protection": True, "database.name": "two"}),
    ),
    "deletion protection off and the cluster renamed, in one deploy": (
        "small",
        (
            {"protection.deletion_protection": True},
            {"protection.deletion_protection": False, "names.cluster": "orders"},
        ),
    ),
    "deletion protection off, then the cluster renamed": (
        "small",
        (
            {"protection.deletion_protection": True},
            {"protection.deletion_protection": False, "protection.prevent_destroy": True},
            {"names.cluster": "orders"},
        ),
    ),
    "deletion protection off, and what is named after the deployment and its key another, in one deploy": (
        "shared",
        (
            {"protection.deletion_protection": True},
            {"name_prefix": "orders", "encryption.key": "aws-owned", "protection.deletion_protection": False},
        ),
    ),
    "never destroyed, but replaced": (
        "small",
        ({"protection.prevent_destroy": True}, {"protection.prevent_destroy": True, "database.name": "two"}),
    ),
}
"""By what it is: a base, and what it becomes one after another, each over the base."""


@dataclass(frozen=True)
class Transition:
    """A pair of environments; `before` is what runs."""

    name: str
    before: Document
    after: Document

    @property
    def differing(self) -> Keys:
        """The keys in which the two differ, with what they become."""
        return differing(self.before, self.after)


def chains() -> list[list[Transition]]:
    """Return the transitions of the fixed list, those after each other that one deployment goes through."""
    found: list[list[Transition]] = []
    seen: list[tuple[Document, Document]] = []
    for chain in _chains():
        pairs = [(one.before, one.after) for one in chain]
        if any(pair not in seen for pair in pairs):
            found.append(chain)
            seen += pairs
    return found


def _chains() -> Iterator[list[Transition]]:
    for name, (base_name, states) in SEQUENCES.items():
        before = base(base_name)
        yield _steps(name, [before, *(changed(before, keys) for keys in states)])
    for key in KEYS:
        if key not in NOT_HERE:
            yield _walk(key)
    for base_name, changes in CHANGES.items():
        for name, keys in changes.items():
            before = base(base_name)
            yield _steps(f"{base_name}: {name}", [before, changed(before, keys), before])


def context_of(key: str) -> Context:
    """Return where a key can be given: as the table says of it, or of the key that it is below."""
    name = key
    while name not in CONTEXTS and "." in name:
        name = name.rpartition(".")[0]
    return CONTEXTS.get(name, Context("wide" if key.startswith("proxy.") else "small"))


def _walk(key: str) -> list[Transition]:
    context = context_of(key)
    before = changed(base(context.base), context.keys)
    first = value_of(before, key)
    values = [value for value in (context.values or values_of(key)) if value != first]
    after = [changed(before, {key: value}) for value in values]
    # Without a Region the operator gives one: a sequence of its own, in the same Region.
    taken_out = [] if first is None or _is_required(key) or key == "region" else [changed(before, {key: None})]
    return _steps(key, [before, *after, *taken_out, before])


def _steps(name: str, documents: list[Document]) -> list[Transition]:
    return [Transition(name, before, after) for before, after in pairwise(documents) if before != after]


def _is_required(key: str) -> bool:
    *tables, name = key.split(".")
    node = SCHEMA
    for table in tables:
        node = node["properties"][table]
    return name in node.get("required", ())


def values_of(key: str) -> list[Any]:
    """Return two values of a key, or all where it has few."""
    schema = KEYS[key]
    if "const" in schema:
        return [schema["const"]]
    if schema.get("type") == "boolean":
        return [True, False]
    if len(schema.get("enum", ())) in range(1, 5):
        return list(schema["enum"])
    example = _of_toml(schema, schema["examples"][0])
    strategy = strategy_for(key)
    assert strategy is not None
    quick = settings(database=None, derandomize=True, phases=[Phase.generate, Phase.shrink])
    return [example, find(strategy, lambda value: bool(value) and value != example, settings=quick)]


def _of_toml(schema: Mapping[str, Any], example: Any) -> Any:
    """Return a value as TOML has it, which knows dates."""
    kinds = {"date": date.fromisoformat, "date-time": datetime.fromisoformat}
    return kinds[schema["format"]](example) if "format" in schema else example
