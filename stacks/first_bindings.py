"""The bindings that every database has, imported before the model: Node reads their modules meanwhile."""

from cdktf_cdktf_provider_aws import (  # noqa: F401
    data_aws_caller_identity,
    data_aws_subnets,
    data_aws_vpc,
    db_subnet_group,
    iam_role,
    iam_role_policy,
    iam_role_policy_attachment,
    provider,
    rds_cluster,
    rds_cluster_instance,
    secretsmanager_secret,
    secretsmanager_secret_version,
    security_group,
)
from cdktf_cdktf_provider_random import id as _id  # noqa: F401
from cdktf_cdktf_provider_random import password  # noqa: F401
from cdktf_cdktf_provider_random import provider as _provider  # noqa: F401
