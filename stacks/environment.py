"""What an environment file may say: one deployment, checked on reading.

`stacks.environment_files` reads such files and `stacks.sections` has their tables; here they are put together. Sections
and keys stand in the order in which the constructs take them. Nothing here imports CDKTF.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from aurora.capacity import check_capacity
from aurora.engine import EngineVersion, check_data_api
from aurora.names import check_account_id, check_database_name, check_identifier, check_master_username
from aurora.regions import check_region
from aurora.rules import refuse
from aurora.tags import check_tags
from aurora.windows import check_windows_apart
from stacks.sections.backend import Backend
from stacks.sections.backup import Backup, Maintenance
from stacks.sections.capacity import Capacity
from stacks.sections.database import Database
from stacks.sections.engine import Engine
from stacks.sections.names import Names, check_name_prefix
from stacks.sections.network import Network
from stacks.sections.section import Section, checked_by, under


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
    name_prefix: Annotated[str, checked_by(check_name_prefix)] = Field(
        description="What the names of all resources start with."
    )
    region: Annotated[str, checked_by(check_region)] | None = Field(
        default=None, description="Default of the variable aws_region; without it Terraform asks."
    )
    allowed_account_ids: tuple[Annotated[str, checked_by(check_account_id)], ...] = Field(
        default=(), description="Accounts in which Terraform may work; any account by default."
    )
    tags: Annotated[dict[str, str], checked_by(_check_tags)] | None = Field(
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
        with under("capacity"):
            check_capacity(
                self.engine_version,
                minimum_acu=self.capacity.minimum_acu,
                maximum_acu=self.capacity.maximum_acu,
                auto_pause_seconds=self.capacity.auto_pause_seconds,
            )
        with under("engine", argument="version"):
            check_data_api(self.engine_version, enabled=True)
        with under("maintenance"):
            check_windows_apart(self.backup.window, self.maintenance.window, argument="window")
        with under("database"):
            check_database_name(self.database_name, argument="name")
            check_master_username(self.master_username)
        with under("names"):
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
