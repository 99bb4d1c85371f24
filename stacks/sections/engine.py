"""`[engine]`: which Aurora PostgreSQL runs, and how it is upgraded."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aurora.engine import EngineVersion
from aurora.parameter_rules import (
    all_cluster_parameters,
    all_instance_parameters,
    check_log_min_duration,
    check_parameters,
)
from aurora.rules import refuse
from stacks.sections.section import Section, checked_by


def _check_version(value: str) -> None:
    EngineVersion.parse(value)


class Engine(Section):
    """The database engine, Aurora PostgreSQL."""

    version: Annotated[str, checked_by(_check_version)] = Field(
        description="Engine version: major.minor, or only the major version, whose minor AWS then chooses. No default: "
        "an upgrade is a line of a change, never a surprise."
    )
    automatic_minor_upgrades: bool | None = Field(
        default=None,
        description="Whether AWS upgrades to newer minor versions by itself, which it does by default. true needs a "
        "version without a minor: else the next plan would ask for a downgrade.",
    )
    extended_support: bool | None = Field(
        default=None,
        description="Whether AWS keeps, and bills, a version after its standard support, which it does by default; "
        "with false it upgrades the cluster instead.",
    )

    cluster_parameters: Annotated[dict[str, str], checked_by(check_parameters)] | None = Field(
        default=None, description="Parameters of the cluster, in a parameter group made here; values are strings."
    )
    instance_parameters: Annotated[dict[str, str], checked_by(check_parameters)] | None = Field(
        default=None, description="Parameters of each instance, in a parameter group made here; values are strings."
    )
    pgaudit: bool = Field(default=False, description="Whether pgAudit is loaded, and audits schema and role changes.")
    log_statement: Literal["none", "ddl", "mod", "all"] | None = Field(
        default=None, description="Which statements are logged; by default none."
    )
    log_min_duration_milliseconds: Annotated[int, checked_by(check_log_min_duration)] | None = Field(
        default=None, description="Statements that take as long are logged; -1, the default, logs none."
    )

    @property
    def has_parameters(self) -> bool:
        """Whether the engine's default parameter groups do not do."""
        return self.pgaudit or any(
            value is not None
            for value in (
                self.cluster_parameters,
                self.instance_parameters,
                self.log_statement,
                self.log_min_duration_milliseconds,
            )
        )

    @model_validator(mode="after")
    def _parameters_are_set_once(self) -> Self:
        all_cluster_parameters(
            self.cluster_parameters or {},
            pgaudit=self.pgaudit,
            log_statement=self.log_statement,
            log_min_duration_milliseconds=self.log_min_duration_milliseconds,
        )
        all_instance_parameters(self.instance_parameters or {})
        return self

    @model_validator(mode="after")
    def _upgrades_fit_version(self) -> Self:
        version = EngineVersion.parse(self.version)
        if self.automatic_minor_upgrades and not version.any_minor:
            refuse(
                "automatic_minor_upgrades",
                True,
                f"version {version} names a minor: after an upgrade by AWS every plan would ask for a downgrade",
                f'write version = "{version.major}", or automatic_minor_upgrades = false',
            )
        return self
