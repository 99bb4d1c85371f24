"""The options of a database, a class for what belongs together: `DatabaseOptions` has all of them.

An environment file says the same: each class here is one of its tables. What needs CDKTF is elsewhere.
"""

from aurora_serverless.options.access import Access, LambdaRoleExtras
from aurora_serverless.options.backup import Backup, Maintenance
from aurora_serverless.options.bastion import Bastion
from aurora_serverless.options.bedrock_knowledge_base import BedrockKnowledgeBase
from aurora_serverless.options.capacity import Capacity
from aurora_serverless.options.cluster_roles import (
    AwsLambda,
    Bedrock,
    ClusterRoles,
    Comprehend,
    S3Export,
    S3Import,
    SageMaker,
)
from aurora_serverless.options.credentials import Credentials
from aurora_serverless.options.database import Database
from aurora_serverless.options.database_options import DatabaseOptions
from aurora_serverless.options.encryption import Encryption
from aurora_serverless.options.engine import Engine
from aurora_serverless.options.global_database import GlobalDatabase
from aurora_serverless.options.instances import Instances, ReadScaling
from aurora_serverless.options.monitoring import Monitoring
from aurora_serverless.options.names import Names
from aurora_serverless.options.network import Network
from aurora_serverless.options.protection import Protection
from aurora_serverless.options.proxy import Proxy
from aurora_serverless.options.refusals import OptionsError
from aurora_serverless.options.restore import Restore
from aurora_serverless.options.storage import Storage
from aurora_serverless.options.users import Users

__all__ = [
    "Access",
    "AwsLambda",
    "Backup",
    "Bastion",
    "Bedrock",
    "BedrockKnowledgeBase",
    "Capacity",
    "ClusterRoles",
    "Comprehend",
    "Credentials",
    "Database",
    "DatabaseOptions",
    "Encryption",
    "Engine",
    "GlobalDatabase",
    "Instances",
    "LambdaRoleExtras",
    "Maintenance",
    "Monitoring",
    "Names",
    "Network",
    "OptionsError",
    "Protection",
    "Proxy",
    "ReadScaling",
    "Restore",
    "S3Export",
    "S3Import",
    "SageMaker",
    "Storage",
    "Users",
]
