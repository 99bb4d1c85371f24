"""Another value for each argument that the provider takes, for the plans that show which of them force a replacement.

What is not here gets a value by its kind: the opposite, one more, a letter more. Nested blocks are given whole.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

ROLE: Final = "arn:aws:iam::123456789012:role/other"
KEY: Final = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
POLICY: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
)
RULE: Final = {
    "cidr_blocks": ["10.9.0.0/16"],
    "description": "",
    "from_port": 1,
    "ipv6_cidr_blocks": [],
    "prefix_list_ids": [],
    "protocol": "tcp",
    "security_groups": [],
    "self": False,
    "to_port": 2,
}

_CAPACITY: Final = {"max_capacity": 16, "min_capacity": 8}
_COPY: Final = {"restore_type": "copy-on-write", "source_cluster_identifier": "other"}
_LATTICE: Final = "arn:aws:vpc-lattice:us-east-1:123456789012:{}"
_S3_IMPORT: Final = {
    "bucket_name": "other",
    "bucket_prefix": "other",
    "ingestion_role": ROLE,
    "source_engine": "mysql",
    "source_engine_version": "8.0",
}
_SOURCES_OF_A_RULE: Final = tuple(
    {"referenced_security_group_id": None, **source}
    for source in ({"cidr_ipv4": "10.9.0.0/16"}, {"cidr_ipv6": "fd00::/64"}, {"prefix_list_id": "pl-0"})
)
_FEEDBACK_ROLES: Final = [
    f"{protocol}_{outcome}_feedback_role_arn"
    for protocol in ("application", "firehose", "http", "lambda", "sqs")
    for outcome in ("failure", "success")
]

Values = Mapping[str, Any]

OF_ANY: Final[Values] = {
    "assume_role_policy": POLICY.replace('"Resource": "*"', '"Sid": "Other"'),
    "permissions_boundary": ROLE,
    "policy": POLICY,
    "tags": {"Team": "other"},
}
"""By the argument's name, whatever the type."""

OTHER: Final[Mapping[str, Values]] = {
    "aws_appautoscaling_policy": {
        "policy_type": "StepScaling",
        "service_namespace": "ecs",
        "target_tracking_scaling_policy_configuration": {
            "target_value": 50,
            "predefined_metric_specification": {"predefined_metric_type": "RDSReaderAverageDatabaseConnections"},
        },
        "step_scaling_policy_configuration": {"adjustment_type": "ChangeInCapacity"},
    },
    "aws_appautoscaling_target": {"role_arn": ROLE, "suspended_state": {"scheduled_scaling_suspended": True}},
    "aws_cloudwatch_dashboard": {"dashboard_body": "{}"},
    "aws_cloudwatch_log_group": {"log_group_class": "INFREQUENT_ACCESS", "kms_key_id": KEY, "retention_in_days": 60},
    "aws_cloudwatch_metric_alarm": {
        "alarm_actions": ["arn:aws:sns:us-east-1:123456789012:other"],
        "comparison_operator": "LessThanThreshold",
        "dimensions": {"DBClusterIdentifier": "other"},
        "evaluate_low_sample_count_percentiles": "ignore",
        "insufficient_data_actions": ["arn:aws:sns:us-east-1:123456789012:other"],
        "ok_actions": ["arn:aws:sns:us-east-1:123456789012:other"],
        "period": 120,
        "statistic": "Minimum",
        "treat_missing_data": "missing",
        "unit": "Percent",
    },
    "aws_db_parameter_group": {"parameter": {"name": "work_mem", "value": "1"}},
    "aws_backup_plan": {
        "advanced_backup_setting": {"resource_type": "EC2", "backup_options": {"WindowsVSS": "enabled"}},
        "rule": {"rule_name": "other", "target_vault_name": "other"},
    },
    "aws_backup_selection": {
        "condition": {"string_equals": {"key": "aws:ResourceTag/a", "value": "b"}},
        "iam_role_arn": ROLE,
        "not_resources": ["arn:aws:rds:us-east-1:123456789012:cluster:not"],
        "resources": ["arn:aws:rds:us-east-1:123456789012:cluster:other"],
        "selection_tag": {"key": "a", "type": "STRINGEQUALS", "value": "b"},
    },
    "aws_backup_vault": {"kms_key_arn": KEY},
    "aws_db_event_subscription": {
        "event_categories": ["failover"],
        "sns_topic": "arn:aws:sns:us-east-1:123456789012:other",
        "source_ids": ["other"],
        "source_type": "db-cluster-snapshot",
    },
    "aws_db_proxy": {
        "engine_family": "MYSQL",
        "role_arn": ROLE,
        "auth": {"auth_scheme": "SECRETS", "iam_auth": "REQUIRED", "secret_arn": KEY},
    },
    "aws_db_proxy_default_target_group": {"connection_pool_config": {"max_connections_percent": 50}},
    "aws_iam_role": {
        "path": "/other/",
        "max_session_duration": 7200,
    },
    "aws_iam_role_policy_attachment": {"policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    "aws_iam_instance_profile": {"path": "/other/"},
    "aws_instance": {
        "availability_zone": "us-east-1z",  # none of the Region's, of which the instance has any
        "instance_initiated_shutdown_behavior": "terminate",
        "instance_type": "t4g.small",
        "metadata_options": {"http_tokens": "optional"},
        "private_ip": "10.0.0.9",
        "root_block_device": {"encrypted": False},
        "secondary_private_ips": ["10.0.0.10"],
        "tenancy": "dedicated",
    },
    "aws_kms_alias": {"name": "alias/other"},
    "aws_kms_key": {
        "customer_master_key_spec": "RSA_2048",
        "deletion_window_in_days": 8,
        "key_usage": "SIGN_VERIFY",
        "rotation_period_in_days": 100,
    },
    "aws_rds_cluster": {
        "availability_zones": ["us-east-1d", "us-east-1e", "us-east-1f"],
        "cluster_scalability_type": "limitless",
        "database_insights_mode": "advanced",
        "engine": "aurora-mysql",
        "engine_lifecycle_support": "open-source-rds-extended-support-disabled",
        "engine_mode": "serverless",
        "engine_version": "16.9",
        "enabled_cloudwatch_logs_exports": ["audit"],
        "kms_key_id": KEY,
        "master_user_secret_kms_key_id": KEY,
        "monitoring_role_arn": ROLE,
        "network_type": "DUAL",
        "performance_insights_kms_key_id": KEY,
        "preferred_backup_window": "05:00-06:00",
        "preferred_maintenance_window": "mon:07:00-mon:08:00",
        "storage_type": "aurora-iopt1",
        "scaling_configuration": {"max_capacity": 8, "min_capacity": 4},
        "serverlessv2_scaling_configuration": {"max_capacity": 4, "min_capacity": 1, "seconds_until_auto_pause": 600},
    },
    "aws_db_proxy_endpoint": {"target_role": "READ_WRITE"},
    "aws_rds_cluster_endpoint": {"custom_endpoint_type": "ANY"},
    "aws_rds_cluster_instance": {
        "availability_zone": "us-east-1z",
        "custom_iam_instance_profile": "AWSRDSCustomOther",
        "engine": "aurora-mysql",
        "engine_version": "16.9",
        "instance_class": "db.r8g.large",
        "monitoring_role_arn": ROLE,
        "performance_insights_kms_key_id": KEY,
        "performance_insights_retention_period": 7,
        "preferred_backup_window": "05:00-06:00",
        "preferred_maintenance_window": "mon:07:00-mon:08:00",
    },
    "aws_rds_cluster_parameter_group": {"parameter": {"name": "rds.force_ssl", "value": "0"}},
    "aws_rds_global_cluster": {
        "engine_lifecycle_support": "open-source-rds-extended-support-disabled",
        "engine_version": "16.9",
        "source_db_cluster_identifier": "arn:aws:rds:us-east-1:123456789012:cluster:other",
    },
    "aws_secretsmanager_secret": {"kms_key_id": KEY, "recovery_window_in_days": 8, "replica": {"region": "us-west-2"}},
    "aws_secretsmanager_secret_version": {"version_stages": ["OTHER"]},
    "aws_security_group": {"egress": [RULE], "ingress": [RULE]},
    "aws_secretsmanager_secret_rotation": {
        "rotation_lambda_arn": "arn:aws:lambda:us-east-1:123456789012:function:other",
        "rotation_rules": {"automatically_after_days": 60},
        "secret_id": KEY,
    },
    "aws_sns_topic": {
        **dict.fromkeys(_FEEDBACK_ROLES, ROLE),
        "archive_policy": "{}",
        "delivery_policy": '{"http": {"disableSubscriptionOverrides": true}}',
        "fifo_throughput_scope": "Topic",
        "name": "other.fifo",  # as the name of a FIFO topic must end
        "signature_version": 2,
        "tracing_config": "Active",
    },
    "aws_sns_topic_policy": {"arn": "arn:aws:sns:us-east-1:123456789012:other"},
    "aws_sns_topic_subscription": {
        "delivery_policy": '{"healthyRetryPolicy": {"numRetries": 9}}',
        "filter_policy": '{"a": ["b"]}',
        "filter_policy_scope": "MessageBody",
        "protocol": "sqs",
        "redrive_policy": '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:other"}',
        "replay_policy": '{"PointType": "Timestamp"}',
        "subscription_role_arn": ROLE,
        "topic_arn": "arn:aws:sns:us-east-1:123456789012:other",
    },
    "aws_vpc_endpoint": {
        "dns_options": {"dns_record_ip_type": "dualstack"},
        "ip_address_type": "dualstack",
        "route_table_ids": ["rtb-0"],
        "service_region": "us-west-2",
        "subnet_configuration": {"subnet_id": "subnet-0", "ipv4": "10.0.0.1"},
        "vpc_endpoint_type": "Gateway",
    },
    "aws_vpc_security_group_egress_rule": {"ip_protocol": "udp"},
    "aws_vpc_security_group_ingress_rule": {"ip_protocol": "udp"},
    "random_id": {},
    "random_password": {"length": 40, "number": False, "numeric": False},
}

APART: Final[Mapping[str, tuple[Values, ...]]] = {
    "aws_cloudwatch_log_group": ({"name": None, "name_prefix": "other-"},),
    "aws_cloudwatch_metric_alarm": (
        {"statistic": None, "extended_statistic": "p95"},
        {"threshold": None, "threshold_metric_id": "m1", "metric_query": {"id": "m1", "expression": "m2*2"}}
        | dict.fromkeys(("dimensions", "metric_name", "namespace", "period", "statistic")),
    ),
    "aws_db_event_subscription": ({"name": None, "name_prefix": "other-"},),
    "aws_db_parameter_group": ({"name": "other", "name_prefix": None},),
    "aws_db_proxy_target": ({"db_cluster_identifier": None, "db_instance_identifier": "other"},),
    "aws_db_subnet_group": ({"name": None, "name_prefix": "other-"},),
    "aws_iam_role": ({"name": None, "name_prefix": "other-"},),
    "aws_iam_role_policy": ({"name": None, "name_prefix": "other-"},),
    "aws_iam_instance_profile": ({"name": None, "name_prefix": "other-"},),
    "aws_instance": (
        {"host_resource_group_arn": "arn:aws:resource-groups:us-east-1:123456789012:group/other"},
        {"ipv6_addresses": ["fd00::1"]},
        {"root_block_device": {"encrypted": True, "kms_key_id": KEY}},
        {"user_data_base64": "b3RoZXI="},
        {"user_data_replace_on_change": True},
    ),
    "aws_kms_alias": ({"name": None, "name_prefix": "alias/other-"},),
    "aws_rds_cluster": (
        {"cluster_identifier": None, "cluster_identifier_prefix": "other-"},
        {"manage_master_user_password": True, "master_password_wo": None, "master_password_wo_version": None},
        {"master_password": "other-password", "master_password_wo": None, "master_password_wo_version": None},
        {"snapshot_identifier": "other"},
        {"s3_import": _S3_IMPORT},
        {
            "restore_to_point_in_time": {
                "restore_to_time": "2026-10-31T12:00:00Z",
                "source_cluster_resource_id": "other",
            }
        },
        {"engine": "postgres", "storage_type": "io1"},
        {"restore_to_point_in_time": {**_COPY, "use_latest_restorable_time": True}},
    ),
    "aws_rds_cluster_endpoint": ({"excluded_members": None, "static_members": ["other"]},),
    "aws_rds_cluster_instance": ({"identifier": None, "identifier_prefix": "other-"},),
    "aws_rds_cluster_parameter_group": ({"name": "other", "name_prefix": None},),
    "aws_rds_global_cluster": ({"source_db_cluster_identifier": None, "engine": "aurora-mysql"},),
    "aws_secretsmanager_secret": ({"name": None, "name_prefix": "other-"},),
    "aws_secretsmanager_secret_version": (
        {"secret_string": "other", "secret_string_wo": None, "secret_string_wo_version": None},
        {"secret_binary": "b3RoZXI=", "secret_string_wo": None, "secret_string_wo_version": None},
    ),
    "aws_security_group": ({"name": None, "name_prefix": "other-"},),
    "aws_sns_topic": ({"name": None, "name_prefix": "other-"},),
    "aws_vpc_endpoint": (
        {"service_name": None, "resource_configuration_arn": _LATTICE.format("resourceconfiguration/rcfg-0")},
        {"service_name": None, "service_network_arn": _LATTICE.format("servicenetwork/sn-0")},
    ),
    "aws_vpc_security_group_egress_rule": _SOURCES_OF_A_RULE,
    "aws_vpc_security_group_ingress_rule": _SOURCES_OF_A_RULE,
}
"""Arguments that exclude others, each with changes of its own: None for what must go."""

BASE: Final[Mapping[str, Values]] = {
    "aws_rds_cluster": {"master_password_wo": "password", "serverlessv2_scaling_configuration": _CAPACITY},
    "aws_secretsmanager_secret_version": {"secret_string_wo": "password"},
}
"""What the arguments start from, where it is not what the configuration gives."""

NEEDED: Final[Mapping[str, set[str]]] = {
    "aws_backup_plan": {"rule"},
    "aws_db_proxy": {"auth"},
    "aws_db_proxy_target": {"db_cluster_identifier"},
    "aws_instance": {"ami", "instance_type"},
    "aws_rds_global_cluster": {"force_destroy"},
    "aws_secretsmanager_secret_rotation": {"rotation_rules"},
    "aws_secretsmanager_secret_version": {"secret_string_wo", "secret_string_wo_version"},
    "aws_vpc_security_group_egress_rule": {"referenced_security_group_id"},
    "aws_vpc_security_group_ingress_rule": {"referenced_security_group_id"},
}
"""Arguments that cannot be left out, though the schema has them as optional."""

TAKEN_OUT: Final[Mapping[str, Values]] = {"aws_rds_cluster": {"snapshot_identifier": "other"}}
"""What was given beside what is deployed, and is not any more: arguments whose going must not force."""

NOT_AS_IT_IS: Final[Mapping[str, set[str]]] = {
    "aws_db_parameter_group": {"name"},  # excludes name_prefix
    "aws_kms_key": {"rotation_period_in_days"},
    "aws_rds_cluster": {"kms_key_id"},  # local AWS names its default key by no ARN
    "aws_rds_cluster_instance": {"performance_insights_retention_period"},
    "aws_rds_cluster_parameter_group": {"name"},
    "aws_rds_global_cluster": {"engine"},  # excludes source_db_cluster_identifier
    "aws_sns_topic": {"signature_version"},
}
"""Arguments that nobody may write with the value that they have in the state."""

GIVEN_AS_BY_DEFAULT: Final[Mapping[str, set[str]]] = {"aws_db_proxy": {"debug_logging"}}
"""Arguments that the deployed resource has with the provider's default: nobody sees them go."""

NOT_PLANNED: Final[Mapping[str, Mapping[str, str]]] = {}
"""Rows of the table that no plan here shows, each with the reason."""
