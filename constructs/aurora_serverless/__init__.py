"""An Aurora Serverless v2 PostgreSQL database for CDK for Terraform: `AuroraDatabase` makes all of it.

Each construct is usable alone too. They are imported when they are first used: `aurora_serverless.rules`, `.facts` and
`.options` need no CDKTF. The rest runs on CDKTF or, where that is not installed, on cdktn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aurora_serverless import cdktn_names

if TYPE_CHECKING:
    from aurora_serverless.alarms import DatabaseAlarms
    from aurora_serverless.aurora_database import AuroraDatabase
    from aurora_serverless.aws_backup import AwsBackupPlan
    from aurora_serverless.bastion import Bastion
    from aurora_serverless.cluster import AuroraServerlessCluster
    from aurora_serverless.connections import Connections
    from aurora_serverless.credentials import DatabaseCredentials, WriteOnlyCredentials
    from aurora_serverless.dashboard import DatabaseDashboard
    from aurora_serverless.encryption_key import EncryptionKey
    from aurora_serverless.event_subscriptions import EventSubscriptions
    from aurora_serverless.existing_database import ExistingDatabase
    from aurora_serverless.lambda_role import LambdaRole
    from aurora_serverless.master_password import MasterPassword
    from aurora_serverless.metrics import Metric
    from aurora_serverless.network import DatabaseNetwork
    from aurora_serverless.options import DatabaseOptions
    from aurora_serverless.parameter_groups import ParameterGroups
    from aurora_serverless.proxy import DatabaseProxy
    from aurora_serverless.restore import RestoreSource
    from aurora_serverless.rules.engine import EngineVersion
    from aurora_serverless.rules.violation import RuleViolation
    from aurora_serverless.sources import Source

_MODULES = {
    "AuroraDatabase": "aurora_database",
    "AuroraServerlessCluster": "cluster",
    "AwsBackupPlan": "aws_backup",
    "Bastion": "bastion",
    "Connections": "connections",
    "DatabaseAlarms": "alarms",
    "DatabaseCredentials": "credentials",
    "DatabaseDashboard": "dashboard",
    "DatabaseNetwork": "network",
    "DatabaseOptions": "options",
    "DatabaseProxy": "proxy",
    "EncryptionKey": "encryption_key",
    "EngineVersion": "rules.engine",
    "EventSubscriptions": "event_subscriptions",
    "ExistingDatabase": "existing_database",
    "LambdaRole": "lambda_role",
    "MasterPassword": "master_password",
    "Metric": "metrics",
    "ParameterGroups": "parameter_groups",
    "RestoreSource": "restore",
    "RuleViolation": "rules.violation",
    "Source": "sources",
    "WriteOnlyCredentials": "credentials",
}

__all__ = [
    "AuroraDatabase",
    "AuroraServerlessCluster",
    "AwsBackupPlan",
    "Bastion",
    "Connections",
    "DatabaseAlarms",
    "DatabaseCredentials",
    "DatabaseDashboard",
    "DatabaseNetwork",
    "DatabaseOptions",
    "DatabaseProxy",
    "EncryptionKey",
    "EngineVersion",
    "EventSubscriptions",
    "ExistingDatabase",
    "LambdaRole",
    "MasterPassword",
    "Metric",
    "ParameterGroups",
    "RestoreSource",
    "RuleViolation",
    "Source",
    "WriteOnlyCredentials",
]

cdktn_names.enable()


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_MODULES[name]}")
    except ModuleNotFoundError as error:
        if error.name not in {"cdktf", "constructs"}:
            raise
        ways = 'python -m pip install "aurora-serverless[cdktf]", or "aurora-serverless[cdktn]"'
        raise ImportError(f"{name} needs CDKTF or its successor cdktn, and neither is installed: {ways}") from None
    return getattr(module, name)
