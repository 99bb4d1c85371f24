"""The keys of an environment file: those at its top, then its sections, in the order of the constructs' arguments."""

from typing import Annotated, Literal

from pydantic import Field

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.names import (
    check_account_id,
)
from aurora_serverless.rules.regions import check_region, known_regions
from aurora_serverless.rules.tags import check_resource_tags, check_tags
from aurora_serverless.rules.violation import refuse
from stacks.sections.access import Access
from stacks.sections.backend import Backend
from stacks.sections.backup import Backup, Maintenance
from stacks.sections.capacity import Capacity
from stacks.sections.credentials import Credentials
from stacks.sections.database import Database
from stacks.sections.encryption import Encryption
from stacks.sections.engine import Engine
from stacks.sections.global_database import GlobalDatabase
from stacks.sections.instances import Instances
from stacks.sections.monitoring import Monitoring
from stacks.sections.names import LONGEST_NAME_PREFIX, Names, check_name_prefix
from stacks.sections.network import Network
from stacks.sections.protection import Protection
from stacks.sections.proxy import Proxy
from stacks.sections.restore import Restore
from stacks.sections.section import Change, Section, checked_by, option
from stacks.sections.storage import Storage
from stacks.told_prices import HOURS_A_MONTH, dollars


def _check_tags(value: dict[str, str]) -> None:
    if not value:
        refuse("", {}, "the table is empty", "name at least one tag, or leave the table out")
    check_tags(value)


class EnvironmentKeys(Section):
    """All that an environment file may say, each key checked alone."""

    name: str = Field(exclude=True, json_schema_extra={"from": "file name"})
    preset: Literal["production"] | None = option(
        "What the file starts from: production turns on what production needs, and whatever the file says itself wins. "
        "docs/options.md lists what it sets. A deployment that runs keeps its data where encryption.key says what it "
        "runs with.",
        default=None,
        unset="nothing: every option is off, or as AWS has it",
        makes="what the keys make that it sets",
        costs="what the keys cost that it sets: a reader, a key, alarms, a dashboard, insights and logs",
        change=Change.REPLACES_CLUSTER,
        example="production",
    )
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
    allowed_account_ids: tuple[Annotated[str, checked_by(check_account_id)], ...] = option(
        "Accounts in which Terraform may work: with the credentials of another one it stops.",
        default=(),
        unset="any account",
        allowed="twelve digits each",
        makes="`allowed_account_ids` of the provider",
        example=("123456789012",),
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
    names: Names = Names()
    backend: Backend = Backend()
    engine: Engine
    capacity: Capacity = Capacity()
    instances: Instances = Instances()
    storage: Storage = Storage()
    restore: Restore | None = option(
        "What a new cluster is made from. A running cluster stays as it is, whatever this says and if it goes.",
        default=None,
        unset="a new cluster starts empty",
    )
    global_database: GlobalDatabase | None = option(
        "The cluster's part in a database of several Regions, each with an environment file of its own.",
        default=None,
        unset="a cluster of its own",
    )
    database: Database = Database()
    credentials: Credentials = Credentials()
    network: Network = Network()
    encryption: Encryption = Encryption()
    protection: Protection = Protection()
    backup: Backup = Backup()
    maintenance: Maintenance = Maintenance()
    access: Access = Access()
    proxy: Proxy | None = option(
        "An RDS Proxy before the cluster; the table alone, even empty, makes it. Clients inside the VPC connect to it "
        "instead of the cluster and share its connections to the writer. The Data API does not pass through it, and a "
        "cluster with one never pauses.",
        default=None,
        unset="no proxy",
        makes="`aws_db_proxy.aurora` with its default target group and its target, a role and a security group of its "
        "own, and the output `proxy_endpoint`",
        costs=f"{dollars('proxy_acu_hour')} an ACU-hour for the capacity of the cluster's instances, 8 ACU at least: "
        f"from {dollars('proxy_acu_hour', 8 * HOURS_A_MONTH)} a month",
    )
    monitoring: Monitoring = Monitoring()
