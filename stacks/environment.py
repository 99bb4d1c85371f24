"""What an environment file may say: one deployment, checked on reading.

`stacks.environment_files` reads such files; here is the model. Sections and keys stand in the order in which the
constructs take them. Nothing here imports CDKTF.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from aurora.backup import check_backup_retention
from aurora.capacity import check_capacity
from aurora.engine import EngineVersion, check_data_api
from aurora.names import (
    check_account_id,
    check_bucket_name,
    check_database_name,
    check_identifier,
    check_master_username,
    check_policy_name,
    check_role_name,
    check_secret_name,
    check_security_group_description,
    check_security_group_name,
    check_subnet_group_name,
)
from aurora.regions import check_region
from aurora.rules import RuleViolation, check_pattern, refuse
from aurora.tags import check_tags
from aurora.windows import check_backup_window, check_maintenance_window, check_windows_apart

LONGEST_NAME_PREFIX: Final = 40
"""Leaves room for the longest name made from it, `<prefix>-lambda-aurora-policy`, in the shortest of AWS's limits."""

_NAME_PREFIX: Final = re.compile(r"[a-z](-?[a-z0-9])*")
_T = TypeVar("_T")


def _checked_by(check: Callable[..., None]) -> AfterValidator:
    """Use a rule of the constructs for a field: one rule, one place."""

    def run(value: _T) -> _T:
        check(value)
        return value

    return AfterValidator(run)


def _check_name_prefix(value: str) -> None:
    rule = (
        f"a name prefix is 1 to {LONGEST_NAME_PREFIX} lower-case letters, digits and single hyphens, starts with a "
        "letter and does not end with a hyphen"
    )
    check_pattern("name_prefix", value, _NAME_PREFIX, rule, 'write, for example, "alex"')
    if len(value) > LONGEST_NAME_PREFIX:
        refuse("name_prefix", value, rule, "write a shorter one")


def _check_identifier(value: str) -> None:
    check_identifier(value, argument="identifier")


def _check_version(value: str) -> None:
    EngineVersion.parse(value)


def _check_tags(value: dict[str, str]) -> None:
    if not value:
        refuse("", {}, "the table is empty", "name at least one tag, or leave the table out")
    check_tags(value)


class Section(BaseModel):
    """What all sections share: unknown keys are errors, values keep their type, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Names(Section):
    """The name of each resource, where it is not the one made from `name_prefix`.

    Set these to adopt a deployment that has other names: a new name means a new resource.
    """

    cluster: Annotated[str, _checked_by(_check_identifier)] | None = Field(
        default=None, description="Identifier of the cluster; by default <name_prefix>-aurora."
    )
    instances: tuple[Annotated[str, _checked_by(_check_identifier)], ...] = Field(
        default=(),
        max_length=1,
        description="Identifiers of the instances, the first one first; by default <cluster>-0.",
    )
    secret: Annotated[str, _checked_by(check_secret_name)] | None = Field(
        default=None,
        description="Name of the secret before its random suffix; by default <name_prefix>-db-credentials.",
    )
    subnet_group: Annotated[str, _checked_by(check_subnet_group_name)] | None = Field(
        default=None, description="Name of the DB subnet group; by default <name_prefix>-aurora-subnet-group."
    )
    security_group: Annotated[str, _checked_by(check_security_group_name)] | None = Field(
        default=None, description="Name of the security group; by default <name_prefix>-aurora-sg."
    )
    lambda_role: Annotated[str, _checked_by(check_role_name)] | None = Field(
        default=None, description="Name of the Lambda role; by default <name_prefix>-lambda-aurora-role."
    )
    lambda_policy: Annotated[str, _checked_by(check_policy_name)] | None = Field(
        default=None, description="Name of the Lambda role's policy; by default <name_prefix>-lambda-aurora-policy."
    )


class Backend(Section):
    """Where Terraform keeps the state: a file beside `cdktf.out`, or S3 with its own lock file."""

    type: Literal["local", "s3"] = Field(default="local", description="local: a file beside cdktf.out; s3: a bucket.")
    bucket: Annotated[str, _checked_by(check_bucket_name)] | None = Field(
        default=None, description="The bucket, which must exist already; with type s3 only."
    )
    key: Annotated[str, Field(min_length=1, max_length=1024)] | None = Field(
        default=None, description="The object's key; by default <environment>/terraform.tfstate; with type s3 only."
    )
    region: Annotated[str, _checked_by(check_region)] | None = Field(
        default=None, description="The bucket's Region; by default the deployment's; with type s3 only."
    )
    use_lockfile: bool | None = Field(
        default=None,
        description="Whether a lock file beside the state keeps two runs apart; by default true, which needs "
        "Terraform 1.10; with type s3 only.",
    )

    @model_validator(mode="after")
    def _keys_fit_type(self) -> Self:
        if self.type == "s3" and self.bucket is None:
            refuse("bucket", None, 'type "s3" needs a bucket', 'write, for example, bucket = "example-terraform-state"')
        if self.type == "local":
            for key in ("bucket", "key", "region", "use_lockfile"):
                if getattr(self, key) is not None:
                    refuse(key, getattr(self, key), 'is for type "s3" only', 'leave it out, or write type = "s3"')
        return self


class Engine(Section):
    """The database engine, Aurora PostgreSQL."""

    version: Annotated[str, _checked_by(_check_version)] = Field(
        description="Engine version, major.minor. No default: an upgrade is a line of a change, never a surprise."
    )


class Capacity(Section):
    """How far the cluster scales, in ACU (about 2 GiB of memory each), in steps of 0.5."""

    minimum_acu: float = Field(
        default=0.5, description="Smallest capacity in ACU; 0 pauses the cluster when idle. Variable min_capacity."
    )
    maximum_acu: float = Field(default=1, description="Largest capacity in ACU. Variable max_capacity.")
    auto_pause_seconds: int | None = Field(
        default=None, description="Idle seconds before a pause, 300 to 86400; by default 300; with minimum_acu 0 only."
    )


class Database(Section):
    """The first database and its master user."""

    name: Annotated[str, _checked_by(check_database_name)] | None = Field(
        default=None, description="Name of the database; by default name_prefix up to its first hyphen."
    )
    master_username: Annotated[str, _checked_by(check_master_username)] | None = Field(
        default=None, description="Name of the master user; by default <database name>admin."
    )


class Network(Section):
    """Subnet group and security group, in the default VPC."""

    security_group_description: Annotated[str, _checked_by(check_security_group_description)] | None = Field(
        default=None,
        description="Description of the security group; by default Security group for Aurora cluster <cluster>. EC2 "
        "cannot change it: a new text means a new group.",
    )


class Backup(Section):
    """Automated backups."""

    retention_days: Annotated[int, _checked_by(check_backup_retention)] = Field(
        default=7, description="Days for which backups are kept, 1 to 35."
    )
    window: Annotated[str, _checked_by(check_backup_window)] = Field(
        default="03:00-04:00", description="Daily window, hh:mm-hh:mm in UTC, at least 30 minutes."
    )


class Maintenance(Section):
    """When AWS may work on the cluster."""

    window: Annotated[str, _checked_by(check_maintenance_window)] = Field(
        default="sun:04:00-sun:05:00", description="Weekly window, ddd:hh:mm-ddd:hh:mm in UTC, at least 30 minutes."
    )


class Environment(Section):
    """One deployment, as its file describes it.

    `name` is the stem of the file and the name of the stack; every other field is a key of the file. A wrong value
    raises pydantic's `ValidationError`, which `stacks.environment_files` turns into lines that a person can use.
    """

    name: str = Field(exclude=True, json_schema_extra={"from": "file name"})
    name_prefix: Annotated[str, _checked_by(_check_name_prefix)] = Field(
        description="What the names of all resources start with."
    )
    region: Annotated[str, _checked_by(check_region)] | None = Field(
        default=None, description="Default of the variable aws_region; without it Terraform asks."
    )
    allowed_account_ids: tuple[Annotated[str, _checked_by(check_account_id)], ...] = Field(
        default=(), description="Accounts in which Terraform may work; any account by default."
    )
    tags: Annotated[dict[str, str], _checked_by(_check_tags)] | None = Field(
        default=None, description="Tags of every resource that takes tags; none by default."
    )
    names: Names = Names()
    backend: Backend = Backend()
    engine: Engine
    capacity: Capacity = Capacity()
    database: Database = Database()
    network: Network = Network()
    backup: Backup = Backup()
    maintenance: Maintenance = Maintenance()

    @model_validator(mode="after")
    def _sections_fit_together(self) -> Self:
        with _under("capacity"):
            check_capacity(
                self.engine_version,
                minimum_acu=self.capacity.minimum_acu,
                maximum_acu=self.capacity.maximum_acu,
                auto_pause_seconds=self.capacity.auto_pause_seconds,
            )
        with _under("engine", argument="version"):
            check_data_api(self.engine_version, enabled=True)
        with _under("maintenance"):
            check_windows_apart(self.backup.window, self.maintenance.window, argument="window")
        with _under("database"):
            check_database_name(self.database_name, argument="name")
            check_master_username(self.master_username)
        with _under("names"):
            check_identifier(self.instance_identifier, argument="instances")
        if self.backend.type == "s3" and self.backend_region is None:
            refuse(
                "backend.region",
                None,
                "the state's bucket needs a Region, and the environment names none",
                'write, for example, region = "us-east-1"',
            )
        return self

    @property
    def engine_version(self) -> EngineVersion:
        """The engine version, with what it can do."""
        return EngineVersion.parse(self.engine.version)

    @property
    def cluster_identifier(self) -> str:
        """Identifier of the cluster."""
        return self.names.cluster or f"{self.name_prefix}-aurora"

    @property
    def instance_identifier(self) -> str:
        """Identifier of the first instance."""
        return self.names.instances[0] if self.names.instances else f"{self.cluster_identifier}-0"

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
    def lambda_role_name(self) -> str:
        """Name of the Lambda role."""
        return self.names.lambda_role or f"{self.name_prefix}-lambda-aurora-role"

    @property
    def lambda_policy_name(self) -> str:
        """Name of the Lambda role's policy."""
        return self.names.lambda_policy or f"{self.name_prefix}-lambda-aurora-policy"

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


@contextmanager
def _under(section: str, *, argument: str | None = None) -> Iterator[None]:
    """Name a construct's argument as the key of the section that it comes from."""
    try:
        yield
    except RuleViolation as violation:
        key = f"{section}.{argument or violation.argument}"
        raise RuleViolation(key, violation.value, violation.rule, violation.remedy) from None
