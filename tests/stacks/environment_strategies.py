"""How each key of an environment file is made up: from its schema where that says enough, else by a strategy here.

Values are right as values; whether they go together is another question (`made_up_environments`).
"""

import string
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from ipaddress import ip_network
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from aurora_serverless.facts.engine_versions import first_minor_versions, released_minors
from aurora_serverless.rules.regions import is_missing, known_regions, partition_of
from aurora_serverless.rules.service_roles import Feature
from aurora_serverless.rules.tags import TAGGED_TYPES
from stacks.json_schema import environment_schema

Node = Mapping[str, Any]

_LOWER: Final = string.ascii_lowercase
_WORD: Final = string.ascii_letters + string.digits
_TAG: Final = _WORD + " .:/=+@-_äß\u00a0"
_ACCOUNT_ID: Final = "123456789012"
# A generated password has 32 characters, and a net looks for texts like it.
_LENGTHS: Final = {"min_size": 1, "max_size": 30}


def _name(characters: str, *, first: str = _LOWER, last: str = "", longest: int = 30) -> SearchStrategy[str]:
    """Return names that begin with a character of `first`, and end with one of `last` where it matters."""
    middle = st.text(characters, max_size=longest - 2)
    return st.builds(lambda a, b, c: a + b + c, st.sampled_from(first), middle, st.sampled_from(last or characters))


def _hyphenated(*, most_words: int = 4) -> SearchStrategy[str]:
    """Return lower-case words with single hyphens between them, the first of which begins with a letter."""
    word = st.text(_LOWER + string.digits, min_size=1, max_size=6)
    first = st.builds(str.__add__, st.sampled_from(_LOWER), st.text(_LOWER + string.digits, max_size=5))
    return st.builds(lambda head, tail: "-".join([head, *tail]), first, st.lists(word, max_size=most_words - 1))


def _arn(service: str, resource: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.builds(f"arn:aws:{service}:us-east-1:{_ACCOUNT_ID}:{{}}".format, resource)


def _window(hour: int, minute: int, minutes: int) -> str:
    end = hour * 60 + minute + minutes
    return f"{hour:02}:{minute:02}-{end // 60 % 24:02}:{end % 60:02}"


def _weekly(day: int, hour: int, minute: int, minutes: int) -> str:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    end = hour * 60 + minute + minutes
    start = f"{days[day]}:{hour:02}:{minute:02}"
    return f"{start}-{days[(day + end // 1440) % 7]}:{end // 60 % 24:02}:{end % 60:02}"


_TIME: Final = (st.integers(0, 23), st.integers(0, 59))
_VERSIONS: Final = [
    *(
        f"{major}.{minor}"
        for major, since in first_minor_versions("data_api").items()
        for minor in released_minors()[major]
        if minor >= since
    ),
    *map(str, released_minors()),
]
_TAGS: Final = st.dictionaries(
    st.text(_TAG, **_LENGTHS).filter(lambda key: not key.lower().startswith(("aws:", "rds:", "__proto__"))),
    st.text(_TAG, max_size=30).filter(lambda value: not value.lower().startswith(("aws:", "rds:"))),
    min_size=1,
    max_size=5,
)
_LOOKUP_TAGS: Final = st.dictionaries(
    st.text(_TAG + "(),*?%", **_LENGTHS), st.text(_TAG + "(),*?%", max_size=30), min_size=1
)
_REGIONS = [name for name in known_regions() if partition_of(name) == "aws" and not is_missing("data_api", name)]
_SQL_NAME: Final = _name(_WORD + "_", first=string.ascii_letters)
_HEXADECIMAL: Final = st.text("0123456789abcdef", min_size=8, max_size=8)
# Short ones would together be the whole internet.
_CIDR_BLOCK: Final = st.builds(
    lambda address, length: str(ip_network((address, length), strict=False)),
    st.ip_addresses(v=4).map(int),
    st.integers(8, 32),
)

_USER: Final = _name(_LOWER + string.digits + "_").map("u{}".format)
"""Names of users and schemas; none is one of RDS or PostgreSQL."""

_SECRET_ARN: Final = _arn("secretsmanager", _name(_WORD + "/_+=.@-").map("secret:{}-AbCdEf".format))
_SECRET_ARNS: Final = st.lists(_SECRET_ARN, max_size=3)
_BOUNDARY_ARN: Final = _name(_WORD + "+=,.@_/-").map(f"arn:aws:iam::{_ACCOUNT_ID}:policy/{{}}".format)
_SESSION_NAME: Final = _name(_WORD + "+=,.@_-").filter(lambda name: 2 <= len(name) <= 64)
_KEY_ARN: Final = _arn("kms", _HEXADECIMAL.map("key/{}-1234".format))
_ROLE_ARN: Final = _name(_WORD + "+=,.@_-").map(f"arn:aws:iam::{_ACCOUNT_ID}:role/{{}}".format)
_BUCKET: Final = st.builds(
    str.__add__,
    _name(_LOWER + string.digits, longest=20).map("orders-{}".format),
    st.sampled_from(["", "/"]) | _name(_WORD + "!_.'()/=+@:-").map("/{}".format),
)
_BUCKETS: Final = st.lists(_BUCKET, max_size=3, unique=True)
_KEY_ARNS: Final = st.lists(_KEY_ARN, max_size=2)
_MODEL_ID: Final = st.builds("{}.{}-v{}:0".format, _hyphenated(), _hyphenated(), st.integers(1, 9))

STRATEGIES: Final[Mapping[str, SearchStrategy[Any]]] = {
    "name_prefix": _hyphenated(),
    "allowed_account_ids": st.lists(
        st.text(string.digits, min_size=12, max_size=12), min_size=1, max_size=3, unique=True
    ),
    "ignore_tags.keys": st.lists(st.text(_TAG, **_LENGTHS), max_size=3, unique=True),
    "ignore_tags.key_prefixes": st.lists(st.text(_WORD, min_size=2, max_size=9), max_size=3, unique=True),
    "tags": _TAGS,
    "resource_tags": st.dictionaries(st.sampled_from(sorted(TAGGED_TYPES)), _TAGS, min_size=1, max_size=4),
    "names.cluster": _hyphenated(),
    "names.instances": st.lists(_hyphenated(), max_size=3, unique=True),
    "names.secret": _name(_WORD + "/_+=.@-", first=_WORD),
    "names.subnet_group": _name(_LOWER + string.digits + "._ -", last=_LOWER),
    "names.security_group": _name(_WORD + " ._-:/()#,@[]+=&;{}!$*", last=_WORD),
    "names.lambda_role": _name(_WORD + "+=,.@_-"),
    "names.lambda_policy": _name(_WORD + "+=,.@_-"),
    "backend.bucket": _name(_LOWER + string.digits + "-", last=_LOWER).filter(lambda name: "--" not in name),
    "backend.organization": _name(_WORD + "_-"),
    "backend.workspace": _name(_WORD + "_-"),
    "backend.workspace_tags": st.lists(_name(_WORD + "_:-"), min_size=1, max_size=3, unique=True),
    "backend.project": _name(_WORD + "_-").filter(lambda name: 3 <= len(name) <= 40),
    "backend.hostname": st.sampled_from(["terraform.example.com", "tfe.example.org:8443"]),
    "provider.assume_role.role_arn": _name(_WORD + "+=,.@_/-").map(f"arn:aws:iam::{_ACCOUNT_ID}:role/{{}}".format),
    "provider.assume_role.session_name": _SESSION_NAME,
    "provider.assume_role.external_id": _SESSION_NAME,
    "provider.assume_role.tags": _TAGS,
    "provider.assume_role.transitive_tag_keys": st.lists(_name(_WORD), max_size=2),
    "provider.assume_role.source_identity": _SESSION_NAME,
    "provider.assume_role.policy": st.sampled_from(
        ['{"Version": "2012-10-17", "Statement": []}', '{"Statement": [{"Effect": "Allow"}]}']
    ),
    "provider.assume_role.policy_arns": st.lists(_BOUNDARY_ARN, max_size=3),
    "provider.forbidden_account_ids": st.lists(
        st.text(string.digits, min_size=12, max_size=12), max_size=3, unique=True
    ),
    "backend.key": _name(_WORD + "/_-. ", last=_WORD).filter(lambda key: not {"", ".", ".."} & set(key.split("/"))),
    "credentials.rotation_schedule": st.sampled_from(["rate(12 hours)", "rate(30 days)", "cron(0 4 ? * SUN *)"]),
    "users.read_write": st.lists(_USER, max_size=3, unique=True).map(lambda names: [f"{name}_w" for name in names]),
    "users.read_only": st.lists(_USER, max_size=3, unique=True).map(lambda names: [f"{name}_r" for name in names]),
    "users.schemas": st.lists(_USER, min_size=1, max_size=3, unique=True),
    "access.lambda_role.user": _USER,
    "engine.version": st.sampled_from(_VERSIONS),
    "engine.allow_major_version_upgrade": st.sampled_from(_VERSIONS),
    "engine.cluster_parameter_group": _hyphenated(),
    "engine.instance_parameter_group": _hyphenated(),
    "engine.cluster_parameters": st.fixed_dictionaries(
        {},
        optional={
            "rds.force_ssl": st.sampled_from(["0", "1", "on"]),
            "rds.logical_replication": st.sampled_from(["0", "1"]),
            "work_mem": st.integers(64, 10**6).map(str) | st.just("{DBInstanceClassMemory/262144}"),
            "log_statement": st.sampled_from(["none", "ddl", "mod", "all"]),
            "pgaudit.log": st.sampled_from(["ddl", "all,-read"]),
        },
    ),
    "engine.instance_parameters": st.fixed_dictionaries(
        {},
        optional={
            "work_mem": st.integers(64, 10**6).map(str),
            "random_page_cost": st.floats(0, 100).map("{:.2f}".format),
            "statement_timeout": st.integers(0, 10**6).map(str),
            "log_statement": st.sampled_from(["none", "ddl"]),
        },
    ),
    "capacity.minimum_acu": st.sampled_from([0, 0.5]) | st.integers(0, 512).map(lambda steps: steps / 2),
    "instances.availability_zones": st.lists(st.sampled_from([f"us-east-1{zone}" for zone in "abcdf"]), max_size=4),
    "instances.each": st.dictionaries(
        st.sampled_from(["0", "1", "2"]),
        st.fixed_dictionaries(
            {},
            optional={
                "instance_class": st.sampled_from(["db.serverless", "db.r7g.large", "db.r6gd.16xlarge"]),
                "promotion_tier": st.integers(0, 15),
                "availability_zone": st.sampled_from(["us-east-1a", "us-east-1b"]),
                "maintenance_window": st.builds(
                    _weekly, st.integers(0, 6), st.integers(0, 23), st.integers(0, 59), st.integers(30, 180)
                ),
                "parameter_group": _hyphenated(),
                "parameters": st.fixed_dictionaries({}, optional={"work_mem": st.integers(64, 10**6).map(str)}),
            },
        ),
        min_size=1,
    ),
    "instances.endpoints": st.dictionaries(
        _hyphenated(most_words=2),
        st.fixed_dictionaries({}, optional={"type": st.sampled_from(["READER", "ANY"])})
        | st.fixed_dictionaries({"static_members": st.lists(st.sampled_from(["0", "1"]), max_size=2, unique=True)})
        | st.fixed_dictionaries({"excluded_members": st.lists(st.sampled_from(["0", "1"]), max_size=2, unique=True)}),
        min_size=1,
        max_size=3,
    ),
    "instances.promotion_tiers": st.lists(st.integers(0, 15), max_size=4),
    "instances.read_scaling.scale_in_cooldown_seconds": st.integers(0, 10**6),
    "instances.read_scaling.scale_out_cooldown_seconds": st.integers(0, 10**6),
    "instances.read_scaling.target_value": st.integers(1, 100) | st.floats(1, 100),
    "restore.snapshot_identifier": _hyphenated() | _hyphenated().map("rds:{}-2026-10-31-03-05".format),
    "restore.source_cluster_identifier": _hyphenated(),
    "restore.time": st.datetimes(datetime(2024, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    "global_database.identifier": _hyphenated(),
    "global_database.secret_arn": _SECRET_ARN,
    "database.name": _SQL_NAME,
    "database.master_username": _SQL_NAME,
    "users.versions": st.dictionaries(_USER.map("{}_w".format), st.integers(1, 10**6), min_size=1, max_size=2),
    "credentials.secret_arn": _SECRET_ARN,
    "credentials.secret_key_arn": _KEY_ARN,
    "credentials.version": st.integers(1, 10**6),
    # The ARNs here are of the partition aws.
    "region": st.sampled_from(_REGIONS),
    "global_database.source_region": st.sampled_from(_REGIONS),
    "credentials.replica_regions": st.lists(st.sampled_from(_REGIONS), max_size=3, unique=True),
    "network.vpc_id": _HEXADECIMAL.map("vpc-{}".format),
    "network.vpc_tags": _LOOKUP_TAGS,
    "network.subnet_ids": st.lists(_HEXADECIMAL.map("subnet-{}".format), min_size=2, max_size=4, unique=True),
    "network.subnet_tags": _LOOKUP_TAGS,
    "network.subnet_group_name": _name(_LOWER + string.digits + "._ -", last=_LOWER),
    "network.allowed_ipv6_cidr_blocks": st.lists(
        st.integers(0, 65535).map(lambda number: str(ip_network(f"2001:db8:{number:x}::/48"))), max_size=3, unique=True
    ),
    "network.security_group_ids": st.lists(_HEXADECIMAL.map("sg-{}".format), min_size=1, max_size=3, unique=True),
    "network.allowed_cidr_blocks": st.lists(_CIDR_BLOCK, min_size=1, max_size=4, unique=True),
    "network.allowed_security_group_ids": st.lists(
        _HEXADECIMAL.map("sg-{}".format), min_size=1, max_size=3, unique=True
    ),
    "network.security_group_description": _name(_WORD + " ._-:/()#,@[]+=&;{}!$*", first=_WORD, last=_WORD),
    "encryption.key_arn": _KEY_ARN,
    "protection.final_snapshot_identifier": _hyphenated(),
    "backup.window": st.builds(_window, *_TIME, st.integers(30, 180)),
    "backup.aws_backup.plan_id": st.uuids().map(str),
    "backup.aws_backup.vault_name": _name(_WORD + "-_"),
    "backup.aws_backup.role_arn": _name(_WORD + "+=,.@_-").map(f"arn:aws:iam::{_ACCOUNT_ID}:role/{{}}".format),
    "backup.aws_backup.schedule": st.builds("cron({} {} * * ? *)".format, st.integers(0, 59), st.integers(0, 23)),
    "backup.aws_backup.copy_vault_arns": st.lists(
        _arn("backup", _name(_WORD + "-_").map("backup-vault:{}".format)), max_size=2, unique=True
    ),
    "maintenance.window": st.builds(_weekly, st.integers(0, 6), *_TIME, st.integers(30, 180)),
    "access.iam_users": st.lists(_name(_WORD + "_-.@$"), max_size=3),
    "access.lambda_role.path": st.lists(_name(_WORD + "+=,.@_-"), max_size=3).map(
        lambda parts: "/".join(["", *parts, ""])
    ),
    "access.permissions_boundary_arn": _BOUNDARY_ARN,
    "access.lambda_role.permissions_boundary_arn": _BOUNDARY_ARN,
    "access.lambda_role.secret_arns": _SECRET_ARNS,
    "access.lambda_role.secret_key_arns": st.lists(_KEY_ARN, max_size=2),
    "access.roles": st.lists(_hyphenated(most_words=2), max_size=3),
    "access.existing_role_names": st.lists(_name(_WORD + "+=,.@_-"), max_size=3),
    **{f"cluster_roles.{feature.key}.role_arn": _ROLE_ARN for feature in Feature},
    "cluster_roles.s3_import.buckets": _BUCKETS,
    "cluster_roles.s3_import.key_arns": _KEY_ARNS,
    "cluster_roles.s3_export.buckets": _BUCKETS,
    "cluster_roles.s3_export.key_arns": _KEY_ARNS,
    "cluster_roles.aws_lambda.function_arns": st.lists(
        _arn("lambda", _name(_WORD + "_-").map("function:{}".format)), max_size=3, unique=True
    ),
    "cluster_roles.sagemaker.endpoint_names": st.lists(_hyphenated(), max_size=3, unique=True),
    "cluster_roles.bedrock.model_ids": st.lists(_MODEL_ID, max_size=3, unique=True),
    "bedrock_knowledge_base.embedding_model_id": _MODEL_ID,
    "bedrock_knowledge_base.buckets": _BUCKETS,
    "bedrock_knowledge_base.key_arns": _KEY_ARNS,
    "bedrock_knowledge_base.secret_arn": _SECRET_ARN,
    "bedrock_knowledge_base.secret_key_arn": _KEY_ARN,
    "bedrock_knowledge_base.table": st.builds("{}.{}".format, *(_name(_LOWER + string.digits + "_"),) * 2),
    "bastion.subnet_id": _HEXADECIMAL.map("subnet-{}".format),
    "bastion.instance_type": st.builds(
        "{}.{}".format, st.sampled_from(["t4g", "m7gd", "c6gn", "x8g"]), st.sampled_from(["nano", "micro", "2xlarge"])
    ),
    "proxy.name": _hyphenated(),
    "proxy.secret_arns": _SECRET_ARNS,
    "proxy.secret_key_arns": st.lists(_KEY_ARN, max_size=2),
    "proxy.init_query": st.sampled_from(["SET statement_timeout = '5s'", "SELECT 1; SELECT 'x'"]),
    "monitoring.enhanced_monitoring_role_arn": _name(_WORD + "+=,.@_-").map(
        f"arn:aws:iam::{_ACCOUNT_ID}:role/{{}}".format
    ),
    "monitoring.alarm_topic_arn": _arn("sns", _name(_WORD + "_-")),
    "monitoring.alarm_email_addresses": st.lists(
        st.builds("{}@{}.example".format, _name(_WORD + ".+"), _hyphenated()), max_size=3, unique=True
    ),
}
"""The keys whose schema does not say enough: the form of a text, the items of a list, the end of a range."""


SCHEMA: Final = environment_schema()


def keys(node: Node = SCHEMA, prefix: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every key of an environment file that is not a section, by its dotted name, with its schema."""
    for name, of_key in node["properties"].items():
        if "properties" in of_key:
            yield from keys(of_key, f"{prefix}{name}.")
        else:
            yield prefix + name, of_key


KEYS: Final = dict(keys())


def strategy_for(key: str) -> SearchStrategy[Any] | None:
    """Return right values for a key, or None where neither its schema nor `STRATEGIES` says what they are."""
    return STRATEGIES[key] if key in STRATEGIES else _by_schema(KEYS[key])


def _by_schema(node: Node) -> SearchStrategy[Any] | None:
    if "enum" in node or "const" in node:
        return st.sampled_from(node.get("enum", [node.get("const")]))
    if node["type"] == "boolean":
        return st.booleans()
    if node.get("format") == "date":
        return st.dates(date(2024, 1, 1), date(2099, 12, 31))
    if node["type"] in {"integer", "number"} and {"minimum", "maximum"} <= node.keys():
        whole = st.integers(node["minimum"], node["maximum"])
        step = node.get("multipleOf")
        # A number that is whole may be written without its point.
        return whole if step is None else whole | whole.map(lambda number: max(number - step, node["minimum"]))
    if node["type"] == "array" and (items := _by_schema(node["items"])) is not None:
        return st.lists(items, unique=True, min_size=node.get("minItems", 0))
    return None


def sections(node: Node = SCHEMA, prefix: str = "") -> SearchStrategy[dict[str, Any]]:
    """Return tables with the keys that they must have and any of the others, none of them checked together."""
    required: dict[str, SearchStrategy[Any]] = {}
    optional: dict[str, SearchStrategy[Any]] = {}
    for name, of_key in node["properties"].items():
        made = sections(of_key, f"{prefix}{name}.") if "properties" in of_key else strategy_for(prefix + name)
        assert made is not None, f"add a strategy for {prefix}{name} to {__name__}"
        (required if name in node.get("required", ()) else optional)[name] = made
    return st.fixed_dictionaries(required, optional=optional)
