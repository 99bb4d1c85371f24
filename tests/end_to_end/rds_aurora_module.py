"""A deployment as the module rds-aurora leaves it: resources of the same types at the same addresses, as plain JSON."""

import json
from pathlib import Path
from typing import Any

NAME = "orders"
_TAGS = {"Team": "orders"}
_MONITORING = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "monitoring.rds.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def write_configuration(folder: Path) -> None:
    """Write a root module that calls the module `db`."""
    (folder / "db").mkdir(parents=True)
    root = {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "~> 5.0"}}},
        "provider": {"aws": {"region": "us-east-1"}},
        "module": {"db": {"source": "./db"}},
    }
    (folder / "main.tf.json").write_text(json.dumps(root))
    (folder / "db" / "main.tf.json").write_text(json.dumps(_module()))


def _module() -> dict[str, Any]:
    return {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
        "data": {
            "aws_vpc": {"default": {"default": True}},
            "aws_subnets": {
                "default": {"filter": [{"name": "vpc-id", "values": ["${data.aws_vpc.default.id}"]}]},
            },
        },
        "resource": {
            "aws_db_subnet_group": {
                "this": {
                    "count": 1,
                    "name": NAME,
                    "description": f"For Aurora cluster {NAME}",
                    "subnet_ids": "${data.aws_subnets.default.ids}",
                    "tags": _TAGS,
                }
            },
            "aws_security_group": {
                "this": {
                    "count": 1,
                    "name_prefix": f"{NAME}-",
                    "description": f"Control traffic to/from RDS Aurora {NAME}",
                    "vpc_id": "${data.aws_vpc.default.id}",
                    "tags": {**_TAGS, "Name": NAME},
                }
            },
            "aws_security_group_rule": {
                "this": {
                    "for_each": '${toset(["10.0.0.0/16", "192.168.7.0/24"])}',
                    "type": "ingress",
                    "from_port": 5432,
                    "to_port": 5432,
                    "protocol": "tcp",
                    "cidr_blocks": ["${each.value}"],
                    "security_group_id": "${aws_security_group.this[0].id}",
                }
            },
            "aws_rds_cluster_parameter_group": {
                "this": {
                    "count": 1,
                    "name_prefix": f"{NAME}-",
                    "description": f"aurora-postgresql16 for Aurora cluster {NAME}",
                    "family": "aurora-postgresql16",
                    "parameter": [{"name": "log_min_duration_statement", "value": "4000", "apply_method": "immediate"}],
                    "lifecycle": {"create_before_destroy": True},
                    "tags": _TAGS,
                }
            },
            "aws_iam_role": {
                "rds_enhanced_monitoring": {
                    "count": 1,
                    "name": f"{NAME}-monitor",
                    "assume_role_policy": json.dumps(_MONITORING),
                    "tags": _TAGS,
                }
            },
            "aws_rds_cluster_endpoint": {
                "this": {
                    "for_each": '${toset(["reports"])}',
                    "cluster_endpoint_identifier": f"{NAME}-${{each.key}}",
                    "cluster_identifier": "${aws_rds_cluster.this[0].id}",
                    "custom_endpoint_type": "READER",
                    "tags": _TAGS,
                    "depends_on": ["aws_rds_cluster_instance.this"],
                }
            },
            "aws_secretsmanager_secret_rotation": {
                "this": {
                    "count": 1,
                    "secret_id": "${aws_rds_cluster.this[0].master_user_secret[0].secret_arn}",
                    "rotation_rules": {"automatically_after_days": 30},
                }
            },
            "aws_cloudwatch_log_group": {
                "this": {
                    "for_each": '${toset(["postgresql"])}',
                    "name": f"/aws/rds/cluster/{NAME}/${{each.value}}",
                    "retention_in_days": 7,
                    "tags": _TAGS,
                }
            },
            "aws_rds_cluster": {
                "this": {
                    "count": 1,
                    "cluster_identifier": NAME,
                    "engine": "aurora-postgresql",
                    "engine_mode": "provisioned",
                    "engine_version": "16.8",
                    "database_name": "orders",
                    "master_username": "root",
                    "storage_encrypted": True,
                    "port": 5432,
                    "db_subnet_group_name": "${aws_db_subnet_group.this[0].name}",
                    "vpc_security_group_ids": ["${aws_security_group.this[0].id}"],
                    "preferred_backup_window": "02:00-03:00",
                    "preferred_maintenance_window": "sun:05:00-sun:06:00",
                    "backup_retention_period": 14,
                    "enable_http_endpoint": True,
                    "enabled_cloudwatch_logs_exports": ["postgresql"],
                    "serverlessv2_scaling_configuration": {"min_capacity": 0.5, "max_capacity": 10},
                    "skip_final_snapshot": False,
                    "copy_tags_to_snapshot": True,
                    "tags": _TAGS,
                    "depends_on": ["aws_cloudwatch_log_group.this"],
                    "manage_master_user_password": True,
                    "db_cluster_parameter_group_name": "${aws_rds_cluster_parameter_group.this[0].id}",
                }
            },
            "aws_rds_cluster_instance": {
                "this": {
                    "for_each": '${toset(["one", "two"])}',
                    "identifier": f"{NAME}-${{each.key}}",
                    "cluster_identifier": "${aws_rds_cluster.this[0].id}",
                    "instance_class": "db.serverless",
                    "engine": "aurora-postgresql",
                    "engine_version": "16.8",
                    "db_subnet_group_name": "${aws_db_subnet_group.this[0].name}",
                    "promotion_tier": 1,
                    "performance_insights_enabled": True,
                    "monitoring_interval": 60,
                    "monitoring_role_arn": "${aws_iam_role.rds_enhanced_monitoring[0].arn}",
                    "copy_tags_to_snapshot": True,
                    "tags": _TAGS,
                }
            },
        },
    }
