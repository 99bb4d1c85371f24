"""What stands in AWS before anything is deployed, for environments that name it."""

import json
from typing import Any, Final

from aurora_serverless.monitoring_role import MONITORING_SERVICE
from aurora_serverless.rules.database_policy import trust_policy
from aurora_serverless.rules.service_roles import RDS_SERVICE
from local_aws.environment import MAINTENANCE_PATH
from local_aws.process import LocalAws
from tests.end_to_end.replacement.conftest import make_another_vpc
from tests.end_to_end.replacement.environment_changes import CHANGES
from tests.local_aws.data_api.database import ask
from tests.transitions.fixed_list import (
    CLUSTER_PARAMETERS,
    DATABASE_ROLES,
    GROUP,
    INSTANCE_PARAMETERS,
    KEY,
    MASTER_OF_SECRETS,
    MONITORING_ROLE,
    OTHER_KEY,
    OTHER_SECRET,
    PLAN,
    ROLE,
    SECRET,
    SOURCE,
    SOURCE_CLUSTERS,
    SOURCE_SNAPSHOTS,
    SUBNET,
    SUBNET_GROUP,
    SUBNETS,
    TOPIC,
    VPC,
)

_EXAMPLE_KEY: Final = CHANGES["large"]["a-given-key"]["encryption.key_arn"]
PASSWORD: Final = "only-for-this-machine"


def make_world(aws: LocalAws) -> dict[str, Any]:
    """Make it, and return what stands for what."""
    make_another_vpc(aws)
    ec2, kms = aws.client("ec2"), aws.client("kms")
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["other"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    ec2.create_tags(Resources=[one["SubnetId"] for one in subnets], Tags=[{"Key": "Tier", "Value": "database"}])
    group = ec2.create_security_group(GroupName="functions", Description="Functions")["GroupId"]
    _make_sources(aws)
    policy = '{"Version": "2012-10-17", "Statement": []}'
    aws.client("iam").create_role(RoleName="orders-api", AssumeRolePolicyDocument=policy)
    trust = trust_policy(RDS_SERVICE)
    for arn in DATABASE_ROLES:
        aws.client("iam").create_role(RoleName=arn.rpartition("/")[2], AssumeRolePolicyDocument=trust)
    rds = aws.client("rds")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=CLUSTER_PARAMETERS,
        DBParameterGroupFamily="aurora-postgresql16",
        Description="Others",
    )
    rds.create_db_parameter_group(
        DBParameterGroupName=INSTANCE_PARAMETERS, DBParameterGroupFamily="aurora-postgresql16", Description="Others"
    )
    of_default = [{"Name": "default-for-az", "Values": ["true"]}]
    default = [subnet["SubnetId"] for subnet in ec2.describe_subnets(Filters=of_default)["Subnets"]]
    for number, subnet in enumerate(default):  # so that a cluster may have the network type DUAL
        ec2.associate_subnet_cidr_block(SubnetId=subnet, Ipv6CidrBlock=f"2001:db8:0:{number}::/64")
    rds.create_db_subnet_group(DBSubnetGroupName=SUBNET_GROUP, DBSubnetGroupDescription="Others", SubnetIds=default)
    monitoring = aws.client("iam").create_role(
        RoleName="world-monitoring", AssumeRolePolicyDocument=trust_policy(MONITORING_SERVICE)
    )
    return {
        MONITORING_ROLE: monitoring["Role"]["Arn"],
        VPC: vpc["VpcId"],
        SUBNETS: [one["SubnetId"] for one in subnets],
        SUBNET: subnets[-1]["SubnetId"],
        GROUP: group,
        ROLE: "orders-api",
        KEY: kms.create_key()["KeyMetadata"]["Arn"],
        OTHER_KEY: kms.create_key()["KeyMetadata"]["Arn"],
        _EXAMPLE_KEY: kms.create_key()["KeyMetadata"]["Arn"],
        PLAN: _make_backup_plan(aws),
        SECRET: _make_secret(aws, "orders-master"),
        OTHER_SECRET: _make_secret(aws, "other-master"),
        TOPIC: aws.client("sns").create_topic(Name="pager")["TopicArn"],
    }


def _make_secret(aws: LocalAws, name: str) -> str:
    value = json.dumps({"username": MASTER_OF_SECRETS, "password": f"{PASSWORD}-{name}"})
    arn: str = aws.client("secretsmanager").create_secret(Name=name, SecretString=value)["ARN"]
    return arn


def _make_backup_plan(aws: LocalAws) -> str:
    backup = aws.client("backup")
    backup.create_backup_vault(BackupVaultName="databases")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "databases", "Lifecycle": {"DeleteAfterDays": 30}}
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "databases", "Rules": [rule]})
    identifier: str = plan["BackupPlanId"]
    return identifier


def _make_sources(aws: LocalAws) -> None:
    rds = aws.client("rds")
    for identifier in SOURCE_CLUSTERS:
        rds.create_db_cluster(
            DBClusterIdentifier=identifier,
            Engine="aurora-postgresql",
            EngineVersion="16.8",
            DatabaseName=SOURCE["database.name"],
            MasterUsername=SOURCE["database.master_username"],
            MasterUserPassword=PASSWORD,
        )
        rds.get_waiter("db_cluster_available").wait(DBClusterIdentifier=identifier)
    for name in SOURCE_SNAPSHOTS:
        rds.create_db_cluster_snapshot(DBClusterIdentifier=SOURCE_CLUSTERS[0], DBClusterSnapshotIdentifier=name)


def let_window_come(aws: LocalAws) -> None:
    """Let the maintenance window of every cluster come."""
    ask(aws, MAINTENANCE_PATH, {})
