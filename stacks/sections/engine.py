"""`[engine]`: which Aurora PostgreSQL runs, and how it is upgraded."""

from typing import Annotated, Literal, Self

from pydantic import model_validator

from aurora.engine import EngineVersion
from aurora.parameter_rules import (
    LONGEST_DURATION_MILLISECONDS,
    all_cluster_parameters,
    all_instance_parameters,
    check_log_min_duration,
    check_parameters,
)
from aurora.rules import RuleViolation, refuse
from stacks.sections.section import Change, Section, checked_by, option, under


def _check_version(value: str) -> None:
    EngineVersion.parse(value)


class Engine(Section):
    """The database engine, Aurora PostgreSQL."""

    version: Annotated[str, checked_by(_check_version)] = option(
        "Engine version: major.minor, or only the major version, whose minor AWS then chooses. It has no default: an "
        "upgrade is a line of a change, never a surprise. A higher one upgrades in place; 17.7, 16.8 and 15.10 have "
        "long-term support.",
        allowed="13 to 18, or a minor version of one that has the Data API on Serverless v2",
        makes="`engine_version` of cluster and instances",
        costs="Extended Support, $0.085 an ACU-hour and more, once its standard support is over",
        example="17.7",
    )
    automatic_minor_upgrades: bool | None = option(
        "Whether AWS upgrades to newer minor versions by itself. true needs a version without a minor: else the next "
        "plan would ask for a downgrade.",
        default=None,
        unset="as AWS has it: on",
        makes="`auto_minor_version_upgrade` of the instances",
        example=False,
    )
    extended_support: bool | None = option(
        "Whether AWS keeps, and bills, a version after its standard support; with false it upgrades the cluster "
        "instead. For a new cluster only: AWS cannot change it later, and every plan would show the change.",
        default=None,
        unset="as AWS has it: on",
        makes="`engine_lifecycle_support` of the cluster",
        costs="nothing before the end of standard support",
        change=Change.AT_CREATION,
        example=False,
    )

    cluster_parameters: Annotated[dict[str, str], checked_by(check_parameters)] | None = option(
        "Parameters of the cluster, in a parameter group made here; values are strings.",
        default=None,
        unset="the engine's default parameter group",
        allowed="names and values of parameters that AWS lets change",
        makes="`aws_rds_cluster_parameter_group.aurora`; those that are static wait for a reboot",
        example={"rds.force_ssl": "1"},
    )
    instance_parameters: Annotated[dict[str, str], checked_by(check_parameters)] | None = option(
        "Parameters of each instance, in a parameter group made here, which win over the cluster's; values are "
        "strings.",
        default=None,
        unset="the engine's default parameter group",
        allowed="names and values of parameters that AWS lets change on an instance",
        makes="`aws_db_parameter_group.aurora`",
        example={"work_mem": "65536"},
    )
    pgaudit: bool = option(
        "Whether pgAudit is loaded, and audits changes of schema and roles, or what the parameter pgaudit.log says. It "
        "needs a reboot, CREATE ROLE rds_pgaudit and CREATE EXTENSION pgaudit.",
        default=False,
        makes="`shared_preload_libraries`, `pgaudit.log` and `pgaudit.role` in the cluster's parameter group",
        costs="the log that it writes",
        example=True,
    )
    log_statement: Literal["none", "ddl", "mod", "all"] | None = option(
        "Which statements are logged. all and mod may write passwords into the log.",
        default=None,
        unset="none",
        makes="`log_statement` in the cluster's parameter group",
        costs="the log that it writes",
        example="ddl",
    )
    log_min_duration_milliseconds: Annotated[int, checked_by(check_log_min_duration)] | None = option(
        "Statements that take as long are logged; 0 logs all, -1 none.",
        default=None,
        unset="-1",
        makes="`log_min_duration_statement` in the cluster's parameter group",
        costs="the log that it writes",
        example=1000,
        schema={"minimum": -1, "maximum": LONGEST_DURATION_MILLISECONDS},
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
        try:
            all_cluster_parameters(
                self.cluster_parameters or {},
                pgaudit=self.pgaudit,
                log_statement=self.log_statement,
                log_min_duration_milliseconds=self.log_min_duration_milliseconds,
            )
        except RuleViolation as violation:
            if violation.argument in type(self).model_fields:
                raise
            with under("cluster_parameters"):
                raise
        with under("instance_parameters"):
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
