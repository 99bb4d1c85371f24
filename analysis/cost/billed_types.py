"""Which resource types an estimate knows: those it prices, and those that AWS does not bill by themselves.

Any other type of AWS is named as unknown: nothing that might cost something passes for free.
"""

from typing import Final

PRICED: Final = frozenset(
    """
    aws_appautoscaling_target aws_cloudwatch_dashboard aws_cloudwatch_log_group aws_cloudwatch_metric_alarm
    aws_db_proxy aws_kms_key aws_kms_replica_key aws_rds_cluster aws_rds_cluster_instance aws_secretsmanager_secret
    aws_sns_topic_subscription aws_vpc_endpoint
    """.split()
)
FREE: Final = frozenset(
    """
    aws_appautoscaling_policy aws_db_event_subscription aws_db_parameter_group aws_db_proxy_default_target_group
    aws_db_proxy_target aws_db_subnet_group aws_iam_policy aws_iam_role aws_iam_role_policy
    aws_iam_role_policy_attachment aws_kms_alias aws_kms_key_policy aws_rds_cluster_endpoint
    aws_rds_cluster_parameter_group aws_rds_cluster_role_association aws_rds_global_cluster
    aws_secretsmanager_secret_policy aws_secretsmanager_secret_rotation aws_secretsmanager_secret_version
    aws_security_group aws_security_group_rule aws_sns_topic aws_sns_topic_policy aws_subnet aws_vpc
    aws_vpc_security_group_egress_rule aws_vpc_security_group_ingress_rule
    """.split()
)


def is_known(type_: str) -> bool:
    """Whether an estimate knows what a type costs; types of other providers cost nothing at AWS."""
    return not type_.startswith("aws_") or type_ in PRICED or type_ in FREE
