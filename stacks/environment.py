"""What an environment file may say: one deployment, checked on reading.

`stacks.environment_files` reads such files and `stacks.sections` has their tables; here they are put together. Sections
and keys stand in the order in which the constructs take them. Nothing here imports CDKTF.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from aurora.auto_pause import LOGICAL_REPLICATION, never_pauses
from aurora.capacity import check_capacity
from aurora.credentials_rules import check_replicates_elsewhere
from aurora.engine import DATA_API_SINCE, DEFAULT_VERSION, EngineVersion, first_minor_versions
from aurora.insights import InsightsMode
from aurora.names import (
    check_account_id,
    check_database_name,
    check_identifier,
    check_master_username,
    check_security_group_name,
)
from aurora.proxy_rules import IamAuthentication, check_requires_tls
from aurora.regions import REGIONS, check_region
from aurora.rules import RuleViolation, refuse, shown
from aurora.tags import MOST_TAGS, check_resource_tags, check_tags
from aurora.windows import check_windows_apart
from stacks.presets import with_preset
from stacks.sections.access import Access, check_roles
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
from stacks.sections.section import Section, checked_by, option, under
from stacks.sections.storage import Storage


def _check_tags(value: dict[str, str]) -> None:
    if not value:
        refuse("", {}, "the table is empty", "name at least one tag, or leave the table out")
    check_tags(value)


class Environment(Section):
    """One deployment, as its file describes it.

    `name` is the stem of the file and the name of the stack; every other field is a key of the file. A wrong value
    raises pydantic's `ValidationError`, which `stacks.environment_files` turns into lines that a person can use.
    """

    name: str = Field(exclude=True, json_schema_extra={"from": "file name"})
    preset: Literal["production"] | None = option(
        "What the file starts from: production turns on what production needs, and whatever the file says itself wins. "
        "docs/options.md lists what it sets.",
        default=None,
        unset="nothing: every option is off, or as AWS has it",
        makes="what the keys make that it sets",
        costs="what the keys cost that it sets: a reader, a key, alarms, a dashboard, insights and logs",
        example="production",
    )
    name_prefix: Annotated[str, checked_by(check_name_prefix)] = option(
        "What the names of all resources start with. Another one means other resources, a new cluster among them.",
        allowed=f"1 to {LONGEST_NAME_PREFIX} lower-case letters, digits and single hyphens, first a letter",
        makes="the names of `[names]`, and those of keys, topics, alarms, roles and endpoints",
        example="alex",
    )
    region: Annotated[str, checked_by(check_region)] | None = option(
        "Region of the deployment: the default of the variable aws_region.",
        default=None,
        unset="Terraform asks for it",
        allowed="a Region's name",
        makes="`region` of the provider",
        example="us-east-1",
        schema={"enum": sorted(REGIONS)},
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
        allowed="at most 50 a resource",
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
        costs="USD 0.015 an ACU-hour in us-east-1 for the capacity of the cluster's instances, 8 ACU at least: from "
        "USD 88 a month",
    )
    monitoring: Monitoring = Monitoring()

    @model_validator(mode="before")
    @classmethod
    def _start_from_preset(cls, document: Any) -> Any:
        return with_preset(document)

    @field_validator("allowed_account_ids", mode="after")
    @classmethod
    def _names_an_account(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            refuse("", [], "the list is empty, which would allow every account", "name an account, or leave it out")
        return value

    @model_validator(mode="after")
    def _sections_fit_together(self) -> Self:
        with under("capacity"):
            check_capacity(
                self.engine_version,
                minimum_acu=self.capacity.minimum_acu,
                maximum_acu=self.capacity.maximum_acu,
                auto_pause_seconds=self.capacity.auto_pause_seconds,
            )
        if self.access.data_api and not self.engine_version.supports_data_api:
            refuse(
                "engine.version",
                self.engine.version,
                f"Aurora PostgreSQL {self.engine_version} has no Data API on Serverless v2 (it needs "
                f"{first_minor_versions(DATA_API_SINCE)})",
                f'write a version such as "{DEFAULT_VERSION}", or access.data_api = false',
            )
        with under("maintenance"):
            check_windows_apart(self.backup.window, self.maintenance.window, argument="window")
        self._check_all_tags()
        self._check_derived_names()
        with under("names"):
            self._check_instance_names()
        with under("credentials"):
            check_replicates_elsewhere(self.credentials.replica_regions, self.region)
        self._check_source()
        self._check_access()
        if self.backend.type == "s3" and self.backend_region is None:
            refuse(
                "backend.region",
                None,
                "the state's bucket needs a Region, and the environment names none",
                'write, for example, region = "us-east-1"',
            )
        return self

    def _check_source(self) -> None:
        """Check where the data of a cluster that does not start empty comes from, and what it then cannot have."""
        if self.restore is not None:
            self.restore.check_fits(self.engine, cluster_identifier=self.cluster_identifier, region=self.region)
        if self.global_database is not None:
            self.global_database.check_fits(
                self.engine,
                self.instances,
                self.credentials,
                self.encryption,
                region=self.region,
                restore=self.restore,
                proxy=self.proxy,
            )

    def _check_all_tags(self) -> None:
        for type_, tags in (self.resource_tags or {}).items():
            count = len({**(self.tags or {}), **tags})
            if count > MOST_TAGS:
                refuse(
                    f"resource_tags.{type_}",
                    f"{count} tags with those of [tags]",
                    f"AWS takes at most {MOST_TAGS} tags a resource",
                    "leave some out",
                )

    def _check_derived_names(self) -> None:
        """Check what is made from other keys: the error names the key that would set it, and the prefix it is from."""
        derived: list[tuple[str, str | None, str | None, Callable[..., None]]] = [
            ("database.name", self.database.name, self.database_name, check_database_name),
            ("database.master_username", self.database.master_username, self.master_username, check_master_username),
            ("names.security_group", self.names.security_group, self.security_group_name, check_security_group_name),
            (
                "global_database.identifier",
                self.global_database.identifier if self.global_database else None,
                self.global_cluster_identifier,
                check_identifier,
            ),
        ]
        if self.network.interface_endpoints is not None:
            name = self.endpoint_security_group_name
            derived.append(("names.security_group", self.names.security_group, name, check_security_group_name))
        for key, given, value, check in derived:
            if value is None:
                continue
            try:
                check(value, argument=key)
            except RuleViolation as violation:
                source = "" if given is not None else f", and is made from name_prefix = {shown(self.name_prefix)}"
                raise RuleViolation(key, value, violation.rule + source, violation.remedy) from None

    def _check_instance_names(self) -> None:
        if len(self.names.instances) > 1 + self.instances.readers:
            refuse(
                "instances",
                self.names.instances,
                f"names {len(self.names.instances)} instances, and there is one and {self.instances.readers} readers",
                "leave some out, or raise instances.readers",
            )
        identifiers = self.instance_identifiers
        for identifier in identifiers:
            check_identifier(identifier, argument="instances")
        if len(set(identifiers)) < len(identifiers):
            refuse("instances", identifiers, "two instances have one identifier", "name each differently")

    def _check_access(self) -> None:
        if self.access.iam_users and not self.iam_login_to_cluster and not self.iam_login_to_proxy:
            refuse(
                "access.iam_users",
                self.access.iam_users,
                "nobody can log in with IAM tokens",
                "write access.iam_authentication = true, or leave it out",
            )
        with under("access"):
            check_roles(
                self.access,
                self.name_prefix,
                self.role_names,
                {
                    "the Lambda role": self.lambda_role_name,
                    "the role for enhanced monitoring": self.monitoring_role_name,
                    "the role of the proxy": self.proxy_role_name,
                },
            )
        if self.proxy is not None:
            with under("proxy"):
                check_requires_tls(self.proxy.require_tls, self.proxy_iam_authentication)
            if self.network.security_group_rules == "inline" and self.network.names_sources:
                refuse(
                    "network.security_group_rules",
                    "inline",
                    "the proxy would need a rule of its own beside the inline ones, which would take it out again",
                    'write "separate", or leave the allowed ranges and groups out: the VPC is then let in',
                )

    def warnings(self, today: date) -> tuple[str, ...]:
        """Return what a person should know before deploying this on the day `today`."""
        restore = self.restore.warnings(self.access, self.monitoring) if self.restore else []
        global_database = (
            self.global_database.warnings(self.capacity, self.access, self.monitoring) if self.global_database else []
        )
        return (*self.engine_version.warnings(today), *self._auto_pause_warnings(), *restore, *global_database)

    def _auto_pause_warnings(self) -> list[str]:
        """Return what keeps a cluster awake that shall pause when idle."""
        if self.capacity.minimum_acu > 0:
            return []
        awake = []
        if (self.engine.cluster_parameters or {}).get(LOGICAL_REPLICATION) == "1":
            awake.append(f"{LOGICAL_REPLICATION} is on")
        if self.global_database is not None:
            awake.append(f"it is the {self.global_database.role} of a global database")
        if self.proxy is not None:
            awake.append("the RDS Proxy keeps a connection open")
        return [never_pauses(what) for what in awake]

    @property
    def engine_version(self) -> EngineVersion:
        """The engine version, with what it can do."""
        return EngineVersion.parse(self.engine.version)

    @property
    def cluster_identifier(self) -> str:
        """Identifier of the cluster."""
        return self.names.cluster or f"{self.name_prefix}-aurora"

    @property
    def instance_identifiers(self) -> tuple[str, ...]:
        """Identifier of each instance, the first one first."""
        named = self.names.instances
        return named + tuple(
            f"{self.cluster_identifier}-{number}" for number in range(len(named), 1 + self.instances.readers)
        )

    @property
    def reader_promotion_tier(self) -> int | None:
        """Tier in which readers are promoted; None where there is no reader."""
        if self.instances.readers == 0:
            return None
        return 1 if self.instances.promotion_tier is None else self.instances.promotion_tier

    @property
    def global_cluster_identifier(self) -> str | None:
        """Identifier of the global database's cluster; None without one."""
        if self.global_database is None:
            return None
        return self.global_database.identifier or f"{self.name_prefix}-global"

    @property
    def is_secondary(self) -> bool:
        """Whether the cluster follows another one in another Region."""
        return self.global_database is not None and self.global_database.role == "secondary"

    @property
    def makes_credentials(self) -> bool:
        """Whether a password and its secret are made here: neither RDS owns them nor a primary."""
        return self.credentials.mode != "managed" and not self.is_secondary

    @property
    def secret_name(self) -> str:
        """Name of the secret before its random suffix."""
        return self.names.secret or f"{self.name_prefix}-db-credentials"

    @property
    def subnet_group_name(self) -> str:
        """Name of the DB subnet group."""
        return self.names.subnet_group or f"{self.name_prefix}-aurora-subnet-group"

    @property
    def security_group_name(self) -> str:
        """Name of the security group."""
        return self.names.security_group or f"{self.name_prefix}-aurora-sg"

    @property
    def security_group_description(self) -> str:
        """Description of the security group."""
        return self.network.security_group_description or f"Security group for Aurora cluster {self.cluster_identifier}"

    @property
    def endpoint_security_group_name(self) -> str:
        """Name of the interface endpoints' security group."""
        return f"{self.security_group_name}-endpoints"

    @property
    def lambda_role_name(self) -> str:
        """Name of the Lambda role."""
        return self.names.lambda_role or f"{self.name_prefix}-lambda-aurora-role"

    @property
    def lambda_policy_name(self) -> str:
        """Name of the Lambda role's policy."""
        return self.names.lambda_policy or f"{self.name_prefix}-lambda-aurora-policy"

    @property
    def role_names(self) -> dict[str, str]:
        """Name of each role of access.roles, by its short name."""
        return {short_name: f"{self.name_prefix}-{short_name}-aurora-role" for short_name in self.access.roles}

    def role_policy_name(self, short_name: str) -> str:
        """Return the name of the policy of a role of access.roles."""
        return f"{self.name_prefix}-{short_name}-aurora-policy"

    @property
    def iam_login_to_cluster(self) -> bool:
        """Whether database users may log in to the cluster with IAM tokens."""
        return bool(self.access.iam_authentication)

    @property
    def iam_login_to_proxy(self) -> bool:
        """Whether there is a proxy, and clients log in to it with IAM tokens."""
        return self.proxy is not None and self.proxy_iam_authentication == "REQUIRED"

    @property
    def proxy_iam_authentication(self) -> IamAuthentication:
        """How clients of a proxy log in; as to the cluster, unless the file says otherwise."""
        if self.proxy is not None and self.proxy.iam_authentication is not None:
            return self.proxy.iam_authentication
        return "REQUIRED" if self.iam_login_to_cluster else "DISABLED"

    @property
    def proxy_name(self) -> str:
        """Name of the RDS Proxy."""
        return (self.proxy and self.proxy.name) or f"{self.name_prefix}-aurora-proxy"

    @property
    def proxy_role_name(self) -> str:
        """Name of the role with which the proxy reads its secrets."""
        return f"{self.name_prefix}-aurora-proxy-role"

    @property
    def proxy_policy_name(self) -> str:
        """Name of that role's policy."""
        return f"{self.name_prefix}-aurora-proxy-policy"

    @property
    def proxy_security_group_name(self) -> str:
        """Name of the proxy's security group."""
        return f"{self.name_prefix}-aurora-proxy-sg"

    @property
    def monitoring_role_name(self) -> str:
        """Name of the role for enhanced monitoring."""
        return f"{self.name_prefix}-rds-monitoring-role"

    @property
    def makes_monitoring_role(self) -> bool:
        """Whether there is a role for enhanced monitoring."""
        return self.monitoring.enhanced_monitoring_seconds > 0

    @property
    def has_readers(self) -> bool:
        """Whether there are readers, or may be."""
        return self.instances.readers > 0 or self.instances.read_scaling is not None

    @property
    def insights_mode(self) -> InsightsMode | None:
        """Mode of Database Insights; None where they are off."""
        return None if self.monitoring.insights == "off" else self.monitoring.insights

    @property
    def makes_alarm_topic(self) -> bool:
        """Whether the alarms go to a topic made here."""
        return self.monitoring.alarms and self.monitoring.alarm_topic_arn is None

    @property
    def database_name(self) -> str:
        """Name of the first database."""
        return self.database.name or self.name_prefix.partition("-")[0]

    @property
    def master_username(self) -> str:
        """Name of the master user."""
        return self.database.master_username or f"{self.database_name}admin"

    @property
    def backend_region(self) -> str | None:
        """Region of the state's bucket."""
        return self.backend.region or self.region

    @property
    def backend_key(self) -> str:
        """Key of the state in its bucket."""
        return self.backend.key or f"{self.name}/terraform.tfstate"
