"""What an environment file may say: one deployment, checked on reading.

`stacks.environment_files` reads such files and `stacks.sections` has their tables; here they are put together. Sections
and keys stand in the order in which the constructs take them. Nothing here imports CDKTF.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Self

from pydantic import field_validator, model_validator

from aurora.auto_pause import LOGICAL_REPLICATION, never_pauses
from aurora.capacity import check_capacity
from aurora.credentials_rules import check_replicates_elsewhere
from aurora.engine import DATA_API_SINCE, DEFAULT_VERSION, first_minor_versions
from aurora.names import (
    check_database_name,
    check_identifier,
    check_master_username,
    check_security_group_name,
)
from aurora.proxy_rules import check_requires_tls
from aurora.rules import RuleViolation, refuse, shown
from aurora.tags import MOST_TAGS
from aurora.windows import check_windows_apart
from stacks.derived_values import DerivedValues
from stacks.presets import with_preset
from stacks.sections.access import check_roles
from stacks.sections.section import under


class Environment(DerivedValues):
    """One deployment, as its file describes it.

    `name` is the stem of the file and the name of the stack; every other field is a key of the file. A wrong value
    raises pydantic's `ValidationError`, which `stacks.environment_files` turns into lines that a person can use.
    """

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

    @property
    def awake_because(self) -> tuple[str, ...]:
        """What keeps the cluster from ever pausing, whatever its minimum."""
        awake = []
        if (self.engine.cluster_parameters or {}).get(LOGICAL_REPLICATION) == "1":
            awake.append(f"{LOGICAL_REPLICATION} is on")
        if self.global_database is not None:
            awake.append(f"it is the {self.global_database.role} of a global database")
        if self.proxy is not None:
            awake.append("the RDS Proxy keeps a connection open")
        return tuple(awake)

    def _auto_pause_warnings(self) -> list[str]:
        """Return what keeps a cluster awake that shall pause when idle."""
        return [never_pauses(what) for what in self.awake_because] if self.capacity.minimum_acu == 0 else []
