"""The options of a database: those of all of it, then its sections, in the order of the constructs' arguments."""

from typing import Annotated

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.access import Access
from aurora_serverless.options.backup import Backup, Maintenance
from aurora_serverless.options.bastion import Bastion
from aurora_serverless.options.bedrock_knowledge_base import BedrockKnowledgeBase
from aurora_serverless.options.capacity import Capacity
from aurora_serverless.options.cluster_roles import ClusterRoles
from aurora_serverless.options.credentials import Credentials
from aurora_serverless.options.database import Database
from aurora_serverless.options.encryption import Encryption
from aurora_serverless.options.engine import Engine
from aurora_serverless.options.global_database import GlobalDatabase
from aurora_serverless.options.instances import Instances
from aurora_serverless.options.monitoring import Monitoring
from aurora_serverless.options.names import LONGEST_NAME_PREFIX, Names, check_name_prefix
from aurora_serverless.options.network import Network
from aurora_serverless.options.protection import Protection
from aurora_serverless.options.proxy import Proxy
from aurora_serverless.options.restore import Restore
from aurora_serverless.options.section import Change, Section, checked_by, option
from aurora_serverless.options.storage import Storage
from aurora_serverless.options.timeouts import Timeouts
from aurora_serverless.options.told_prices import HOURS_A_MONTH, dollars
from aurora_serverless.options.users import Users
from aurora_serverless.rules.regions import check_region, known_regions
from aurora_serverless.rules.tags import check_resource_tags, check_tags
from aurora_serverless.rules.violation import refuse


def _check_tags(value: dict[str, str]) -> None:
    if not value:
        refuse("", {}, "the table is empty", "name at least one tag, or leave the table out")
    check_tags(value)


class OptionKeys(Section):
    """All that can be said of a database, each option checked alone."""

    name_prefix: Annotated[str, checked_by(check_name_prefix)] = option(
        "What the names of all resources start with. Another one means other resources, a new cluster among them.",
        allowed=f"1 to {LONGEST_NAME_PREFIX} lower-case letters, digits and single hyphens, first a letter",
        makes="the names of `[names]`, and those of keys, topics, alarms, roles and endpoints",
        change=Change.REPLACES_CLUSTER,
        example="alex",
    )
    region: Annotated[str, checked_by(check_region)] | None = option(
        "Region of the deployment: the default of the variable aws_region. Its partition is that of all ARNs: "
        "without a Region here it is aws, and neither GovCloud nor China.",
        default=None,
        unset="Terraform asks for it",
        allowed="a Region of AWS, GovCloud or China",
        makes="`region` of the provider",
        change=Change.REFUSED,
        example="us-east-1",
        schema={"enum": [*known_regions()]},
    )
    tags: Annotated[dict[str, str], checked_by(_check_tags)] | None = option(
        "Tags of every resource that takes tags.",
        default=None,
        unset="none",
        allowed=f"at most {limit('tags_per_resource')} a resource",
        makes="`tags` of the resources",
        example={"Project": "alex"},
    )
    resource_tags: Annotated[dict[str, dict[str, str]], checked_by(check_resource_tags)] | None = option(
        "Tags of the resources of one type only, by Terraform's name of it; they win over `tags`.",
        default=None,
        unset="none",
        allowed="a table for each type of resource that is made here and takes tags",
        makes="`tags` of those resources",
        example={"aws_rds_cluster": {"Backup": "daily"}},
    )
    names: Names = Names.model_construct()
    engine: Engine
    capacity: Capacity = Capacity.model_construct()
    instances: Instances = Instances.model_construct()
    storage: Storage = Storage.model_construct()
    restore: Restore | None = option(
        "What a new cluster is created from. A running cluster stays as it is, even if this changes or is removed.",
        default=None,
        unset="a new cluster starts empty",
    )
    global_database: GlobalDatabase | None = option(
        "The cluster's role in a database of several Regions, each with its own environment file.",
        default=None,
        unset="a cluster of its own",
    )
    database: Database = Database.model_construct()
    credentials: Credentials = Credentials.model_construct()
    users: Users = Users.model_construct()
    network: Network = Network.model_construct()
    encryption: Encryption = Encryption.model_construct()
    protection: Protection = Protection.model_construct()
    backup: Backup = Backup.model_construct()
    maintenance: Maintenance = Maintenance.model_construct()
    timeouts: Timeouts = Timeouts.model_construct()
    access: Access = Access.model_construct()
    proxy: Proxy | None = option(
        "An RDS Proxy in front of the cluster; the table alone, even empty, creates it. Clients inside the VPC "
        "connect to it "
        "instead of the cluster and share its connections to the writer. The Data API does not pass through it, and a "
        "cluster with one never pauses.",
        default=None,
        unset="no proxy",
        makes="`aws_db_proxy.aurora` with its default target group and its target, a role and a security group of its "
        "own, and the output `proxy_endpoint`",
        costs=f"{dollars('proxy_acu_hour')} an ACU-hour for the capacity of the cluster's instances, 8 ACU at least: "
        f"from {dollars('proxy_acu_hour', 8 * HOURS_A_MONTH)} a month",
    )
    bastion: Bastion | None = option(
        "A small instance through which `aurora-serverless tunnel` leads from a laptop to the database, by Session "
        "Manager and without an open port: docs/tunnel.md. The table alone, even empty, creates it. Whoever may start "
        "a "
        "session on it reaches the database's port, and still needs a login.",
        default=None,
        unset="no instance",
        makes="`aws_instance.bastion` with a role, an instance profile and a security group of its own, and the output "
        "`bastion_instance_id`",
        costs="the instance by the hour, and its volume of 8 GB",
    )
    cluster_roles: ClusterRoles = ClusterRoles.model_construct()
    bedrock_knowledge_base: BedrockKnowledgeBase | None = option(
        "A role for a knowledge base of Amazon Bedrock in the database, and an output with its settings; the table "
        "alone, "
        "even empty, creates it. The knowledge base itself and its table in the database are made by "
        "others: docs/bedrock.md.",
        default=None,
        unset="no role",
        makes="`aws_iam_role.bedrock_knowledge_base` with its policy, and the output `bedrock_knowledge_base`",
    )
    monitoring: Monitoring = Monitoring.model_construct()
