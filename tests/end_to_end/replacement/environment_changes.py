"""Changes of environment files, over those in `environments/`: what a pull request may ask for, one thing at a time."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

_CLUSTER: Final = "aws_rds_cluster.aurora"
_INSTANCE: Final = "aws_rds_cluster_instance.aurora"
_GROUP: Final = "aws_security_group.aurora"
_POLICY: Final = "aws_iam_role_policy.lambda_aurora_policy"
_ROTATION: Final = "aws_secretsmanager_secret_rotation.managed_secret"
_LOOKED_UP: Final = (
    "which VPC is found",
    {
        "aws_db_subnet_group.aurora",
        _CLUSTER,
        _GROUP,
        "aws_vpc_security_group_egress_rule.everything",
        "aws_vpc_security_group_ingress_rule.postgresql_from_vpc",
    },
)

CHANGES: Final[Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
    "small": {
        "another-prefix": {"name_prefix": "little"},
        "more-capacity": {"capacity.minimum_acu": 0.5, "capacity.maximum_acu": 4, "capacity.auto_pause_seconds": None},
        "minor-upgrade": {"engine.version": "16.9"},
        "major-upgrade": {"engine.version": "17.7"},
        "encrypted-with-the-key-of-aws": {"encryption.key": "aws-managed"},
        "encrypted-with-a-key-of-its-own": {"encryption.key": "own"},
        "password-owned-by-rds": {"credentials": {"mode": "managed"}},
        "password-written-only": {"credentials.mode": "write_only"},
        "password-rotated": {"credentials.rotation_date": date(2026, 11, 1)},
        "recovery-window": {"credentials.recovery_window_days": 14},
        "secret-renamed": {"names.secret": "orders"},
        "cluster-renamed": {"names.cluster": "orders"},
        "instance-renamed": {"names.instances": ["orders-first"]},
        "subnet-group-renamed": {"names.subnet_group": "orders"},
        "security-group-renamed": {"names.security_group": "orders"},
        "role-and-policy-renamed": {"names.lambda_role": "orders", "names.lambda_policy": "orders"},
        "another-database": {"database.name": "orders"},
        "another-master-user": {"database.master_username": "orders_admin"},
        "described-security-group": {"network.security_group_description": "The orders database"},
        "inline-rules": {"network.security_group_rules": "inline"},
        "an-office-may-enter": {"network.allowed_cidr_blocks": ["10.20.0.0/16"]},
        "nothing-gets-out": {"network.egress": "closed"},
        "same-vpc-by-its-name": {"network.vpc_tags": {"Name": "default"}},
        "another-vpc": {"network.vpc_tags": {"Name": "other"}},
        "interface-endpoints": {"network.interface_endpoints": ["rds-data"]},
        "first-parameters": {"engine.cluster_parameters": {"rds.force_ssl": "1"}},
        "instance-parameters": {"engine.instance_parameters": {"work_mem": "65536"}},
        "two-readers": {"instances.readers": 2},
        "zone-of-the-instance": {"instances.availability_zones": ["us-east-1b"]},
        "io-optimized": {"storage.type": "io_optimized"},
        "other-tags": {"tags": {"Team": "payments", "Stage": "test"}},
        "no-data-api": {"access.data_api": False},
        "iam-authentication": {"access.iam_authentication": True},
        "path-of-the-role": {"access.lambda_role": {"path": "/service/"}},
        "lambda-in-the-vpc": {"access.lambda_role": {"vpc_access": True}},
        "other-roles": {"access.roles": ["worker"]},
        "protected": {"protection": {"deletion_protection": True, "final_snapshot": True}},
        "backups-for-longer": {"backup": {"retention_days": 14, "window": "05:00-05:30"}},
        "maintenance-window": {"maintenance.window": "tue:06:00-tue:07:00"},
        "monitored": {"monitoring": {"alarms": True, "dashboard": True, "enhanced_monitoring_seconds": 60}},
        "logs-kept": {"monitoring": {"log_retention_days": 30}},
        "insights": {"monitoring": {"insights": "advanced"}},
        "proxied": {"credentials.mode": "random", "capacity.minimum_acu": 8, "capacity.maximum_acu": 16, "proxy": {}}
        | {"capacity.auto_pause_seconds": None},
        "extended-support-off": {"engine.extended_support": False},
        "from-a-snapshot": {"restore": {"type": "snapshot", "snapshot_identifier": "orders-final"}},
    },
    "large": {
        "major-upgrade": {"engine.version": "17.7"},
        "parameter-changed": {"engine.log_min_duration_milliseconds": 500},
        "no-parameters": {
            "engine.cluster_parameters": {"rds.force_ssl": "0"},
            "engine.log_statement": "none",
        },
        "key-of-aws-again": {"encryption.key": "aws-managed"},
        "a-given-key": {
            "encryption.key": "given",
            "encryption.key_arn": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        },
        "without-a-kms-key": {"encryption.key": "aws-owned"},
        "no-reader": {"instances.readers": 0},
        "shorter-logs": {"monitoring.log_retention_days": 7},
        "no-alarms": {"monitoring.alarms": False, "monitoring.dashboard": False},
        "no-enhanced-monitoring": {"monitoring.enhanced_monitoring_seconds": 0},
        "unprotected": {"protection.deletion_protection": False, "protection.final_snapshot": False},
        "own-password": {"credentials.mode": "random", "credentials.rotation_days": None},
        "rotated-by-a-schedule": {
            "credentials.rotation_days": None,
            "credentials.rotation_schedule": "cron(0 4 ? * SUN *)",
        },
        "another-prefix": {"name_prefix": "huge"},
    },
    "wide": {
        "no-proxy": {"proxy": None},
        "proxy-renamed": {"proxy.name": "orders"},
        "another-mailbox": {"monitoring.alarm_email_addresses": ["support@example.com"]},
        "no-endpoints": {"network.interface_endpoints": None},
        "other-zones": {"instances.availability_zones": ["us-east-1c", "us-east-1b"]},
        "no-read-scaling": {"instances.read_scaling": None},
        "subnet-group-renamed": {"names.subnet_group": "orders"},
        "cluster-renamed": {"names.cluster": "orders"},
        "instance-parameters-change": {"engine.instance_parameters": {"work_mem": "131072"}},
        "other-way-to-the-port": {"network.allowed_cidr_blocks": ["10.30.0.0/16"]},
    },
    "shared": {
        "global-database-renamed": {"global_database.identifier": "orders"},
        "no-global-database": {"global_database": None},
        "separate-rules": {"network.security_group_rules": "separate"},
    },
}
"""By the file: a name for the change, and its dotted keys with what they become; None takes a key out."""

KNOWN_IN_AWS_ONLY: Final[Mapping[str, Mapping[str, tuple[str, set[str]]]]] = {
    "small": {
        "encrypted-with-the-key-of-aws": (
            "whether AWS has encrypted the storage of a cluster whose program did not say",
            {_CLUSTER, _INSTANCE, _POLICY},
        ),
        "encrypted-with-a-key-of-its-own": ("the same; the key replaces the cluster in any case", {_CLUSTER}),
        "password-owned-by-rds": ("the ARN of the secret that RDS makes", {_POLICY}),
        "inline-rules": ("whether the rules that were made one by one are the ones that the group names now", {_GROUP}),
        "same-vpc-by-its-name": _LOOKED_UP,
        "another-vpc": _LOOKED_UP,
        "zone-of-the-instance": ("which zone AWS has chosen", {_INSTANCE}),
    },
    "large": {
        "major-upgrade": ("whether RDS owns the password already: one end of a condition waits", {_POLICY, _ROTATION}),
        "unprotected": ("the same", {_POLICY, _ROTATION}),
        "another-prefix": ("the secret that RDS makes", {_ROTATION}),
        "a-given-key": (
            "the ARN of the key that the program made, which may be the given one",
            {_CLUSTER, _INSTANCE, "aws_rds_cluster_instance.reader_1", _POLICY, _ROTATION},
        ),
    },
    "shared": {"separate-rules": ("which storage AWS has given a cluster by itself", {_CLUSTER})},
    "wide": {"another-mailbox": ("which subscriptions are in the state", {"aws_sns_topic_subscription.alarms"})},
}
"""By file and change: what the review cannot know, and the resources of which it only says "may"."""
