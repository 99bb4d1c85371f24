"""`[engine]`: which Aurora PostgreSQL runs, and how it is upgraded."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from aurora_serverless.facts.engine_versions import engine_majors
from aurora_serverless.options.section import Change, Rule, Section, checked_by, option, told
from aurora_serverless.options.told_prices import dollars
from aurora_serverless.rules.engine import EngineVersion, long_term_support_versions
from aurora_serverless.rules.parameter_groups import (
    LONGEST_DURATION_MILLISECONDS,
    PRELOADED_LIBRARIES,
    ParameterOptions,
    all_cluster_parameters,
    all_instance_parameters,
    check_group_name,
    check_instance_parameters,
    check_log_min_duration,
    check_parameters,
    parameter_warnings,
)
from aurora_serverless.rules.violation import RuleViolation, refuse


def _check_of_cluster(value: Mapping[str, str], *, version: str | None) -> None:
    check_parameters(value, major_version=None if version is None else EngineVersion.parse(version).major)


def _check_of_instance(value: Mapping[str, str], *, version: str | None) -> None:
    check_instance_parameters(value, major_version=None if version is None else EngineVersion.parse(version).major)


def _each_with_libraries(parameters: Mapping[str, str] | None) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each parameter, with the libraries that are loaded, on which others depend."""
    given = parameters or {}
    libraries = {name: value for name, value in given.items() if name == PRELOADED_LIBRARIES}
    for name, value in given.items():
        yield name, {name: value, **libraries}


class Engine(Section):
    """The database engine, Aurora PostgreSQL."""

    version: Annotated[str, checked_by(EngineVersion.parse)] = option(
        "Engine version: major.minor, or only the major version, whose minor AWS then chooses. It has no default: an "
        "upgrade is a line of a change, never a surprise. A higher one upgrades in place. Those with "
        f"long-term support are {', '.join(map(str, long_term_support_versions()))}.",
        allowed=f"{min(engine_majors())} to {max(engine_majors())}, or a minor version that Aurora has of one, with "
        "the Data API on Serverless v2; one that is newer than those known here passes with a warning",
        makes="`engine_version` of cluster and instances",
        costs=f"Extended Support, {dollars('extended_support_year_1_acu_hour')} an ACU-hour and more, once "
        "its standard support is over",
        example="17.7",
    )
    allow_major_version_upgrade: Annotated[str, checked_by(EngineVersion.parse)] | None = option(
        "The version to which a running cluster may be upgraded from an older major version: the same as version. For "
        "the one deploy that upgrades, at once and whatever maintenance.apply_immediately says: the parameter groups "
        "of the older version cannot be deleted before it. It cannot be undone; the key is taken out afterwards. "
        "Without it Terraform refuses to plan another major version. A lower version is never planned.",
        default=None,
        unset="no major upgrade",
        allowed="what `version` says; not in a global database, whose members AWS upgrades together",
        makes="`allow_major_version_upgrade` and `apply_immediately` of the cluster, and with an instance parameter "
        "group also `db_instance_parameter_group_name`",
        example="17.7",
    )
    automatic_minor_upgrades: bool | None = option(
        "Whether AWS upgrades to newer minor versions by itself. true needs a version without a minor: after an "
        "upgrade by AWS every plan would be a downgrade, which is refused.",
        default=None,
        unset="false where version names a minor, true where it does not; as it runs where "
        'network.security_group_rules = "inline", as in a deployment that is adopted',
        makes="`auto_minor_version_upgrade` of the instances",
        example=False,
    )
    extended_support: bool | None = option(
        "Whether AWS keeps, and bills, a version after its standard support; with false it upgrades the cluster "
        "instead. For a new cluster: version 5 of Terraform's provider sends it only when a cluster is created, so "
        "Terraform refuses to plan a change of it, and names the command that makes the change: aws rds "
        "modify-db-cluster --engine-lifecycle-support.",
        default=None,
        unset="as AWS has it: on",
        makes="`engine_lifecycle_support` of the cluster",
        costs="nothing before the end of standard support",
        change=Change.AT_CREATION,
        example=False,
    )

    cluster_parameters: Annotated[dict[str, str], checked_by(_check_of_cluster, beside="version")] | None = option(
        "Parameters of the cluster, in a parameter group created here; values are strings, as AWS has them: numbers "
        "without a unit, 1 and 0 for on and off, or formulas such as `{DBInstanceClassMemory/9531392}`. "
        "`shared_preload_libraries` takes the place of AWS's own `pg_stat_statements`: name it too, or say with "
        '`"pg_stat_statements.track" = "none"` that you do without it. To take all parameters out of a running '
        "deployment leave the table empty, which keeps the group: AWS removes none in use.",
        default=None,
        unset="the engine's default parameter group",
        allowed="parameters of the major version that AWS lets change, with a value of their type and range; one that "
        "is not known here, such as AWS adds in minor versions, passes with a warning",
        makes="`aws_rds_cluster_parameter_group.aurora`; those that are static wait for a reboot",
        example={"rds.force_ssl": "1"},
    )
    instance_parameters: Annotated[dict[str, str], checked_by(_check_of_instance, beside="version")] | None = option(
        "Parameters of each instance, in a parameter group created here, which override the cluster's; values are "
        "strings. To take all out of a running deployment leave the table empty, which keeps the group.",
        default=None,
        unset="the engine's default parameter group",
        allowed="the same, and none of the cluster only; none that undoes pgaudit, log_statement or "
        "log_min_duration_milliseconds",
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

    cluster_parameter_group: Annotated[str, checked_by(check_group_name)] | None = option(
        "Name of an existing cluster parameter group, instead of cluster_parameters and of what sets them. The cluster "
        "keeps it if the key is removed, until it gets another one: `cluster_parameters = {}` creates one.",
        default=None,
        unset="a group made here, or the engine's default one",
        allowed="a group of the major version's family, which the plan checks; not beside cluster_parameters, pgaudit, "
        "log_statement and log_min_duration_milliseconds",
        makes="`data.aws_rds_cluster_parameter_group.existing`, `db_cluster_parameter_group_name` of the cluster",
        example="orders-aurora17",
    )
    instance_parameter_group: Annotated[str, checked_by(check_group_name)] | None = option(
        "Name of an existing parameter group for the instances, instead of instance_parameters. They keep it if the "
        "key is removed, until they get another one: `instance_parameters = {}` creates one.",
        default=None,
        unset="a group made here, or the engine's default one",
        allowed="a group of the major version's family, which the plan checks; not beside instance_parameters",
        makes="`data.aws_db_parameter_group.existing`, `db_parameter_group_name` of the instances",
        example="orders-instances17",
    )

    @property
    def parameter_options(self) -> ParameterOptions:
        """What sets parameters beside cluster_parameters."""
        return ParameterOptions(
            pgaudit=self.pgaudit,
            log_statement=self.log_statement,
            log_min_duration_milliseconds=self.log_min_duration_milliseconds,
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

    @property
    def maximum_connections(self) -> int | None:
        """The `max_connections` that a parameter group sets; None where it follows the capacity."""
        given = {**(self.cluster_parameters or {}), **(self.instance_parameters or {})}.get("max_connections", "")
        return int(given) if given.isdecimal() else None

    @property
    def rules(self) -> Sequence[Rule]:
        """Each parameter is set once and where AWS takes it, and upgrades suit the version."""
        return (
            self._allowed_upgrade_is_the_version,
            self._cluster_parameters_are_set_once,
            self._instances_have_parameters,
            self._upgrades_suit_version,
            self._groups_are_given_or_made,
        )

    def _allowed_upgrade_is_the_version(self) -> None:
        allowed = self.allow_major_version_upgrade
        if allowed is not None and allowed != self.version:
            refuse(
                "allow_major_version_upgrade",
                allowed,
                f'allows an upgrade to another version than version = "{self.version}"',
                f'write "{self.version}" for the deploy that upgrades to it, or leave it out',
            )

    def _groups_are_given_or_made(self) -> Iterator[RuleViolation]:
        of_cluster = ("cluster_parameters", "pgaudit", "log_statement", "log_min_duration_milliseconds")
        for key, others in (
            ("cluster_parameter_group", of_cluster),
            ("instance_parameter_group", ("instance_parameters",)),
        ):
            value, beside = getattr(self, key), [other for other in others if getattr(self, other) not in (None, False)]
            if value is not None and beside:
                rule = f"is a group that is there already, and what {' and '.join(beside)} sets is in one made here"
                yield RuleViolation(key, value, rule, "leave one of the two out")

    def _cluster_parameters_are_set_once(self) -> Iterator[RuleViolation]:
        for name, parameters in _each_with_libraries(self.cluster_parameters):
            violations = told(
                all_cluster_parameters,
                parameters,
                major_version=EngineVersion.parse(self.version).major,
                options=self.parameter_options,
                section="cluster_parameters",
            )
            yield from (violation for violation in violations if violation.argument == f"cluster_parameters.{name}")

    def _instances_have_parameters(self) -> Iterator[RuleViolation]:
        return self.instance_violations(self.instance_parameters, section="instance_parameters")

    def instance_violations(self, given: Mapping[str, str] | None, *, section: str) -> Iterator[RuleViolation]:
        """Yield what is wrong with parameters of an instance beside those of the cluster; `section` has them."""
        for name, parameters in _each_with_libraries(given):
            violations = told(
                all_instance_parameters,
                parameters,
                major_version=EngineVersion.parse(self.version).major,
                cluster_parameters=self.cluster_parameters or {},
                options=self.parameter_options,
                section=section,
            )
            yield from (violation for violation in violations if violation.argument == f"{section}.{name}")

    @property
    def upgrade_warnings(self) -> list[str]:
        """What a person should know of upgrades before deploying."""
        if self.allow_major_version_upgrade is None:
            return []
        return [
            f'engine.allow_major_version_upgrade = "{self.version}": for the deploy that upgrades the cluster; take it '
            "out afterwards"
        ]

    @property
    def parameter_warnings(self) -> list[str]:
        """What a person should know of the parameters before deploying them."""
        return parameter_warnings(
            self.cluster_parameters or {},
            self.instance_parameters or {},
            major_version=EngineVersion.parse(self.version).major,
        )

    def _upgrades_suit_version(self) -> None:
        version = EngineVersion.parse(self.version)
        if self.automatic_minor_upgrades and not version.any_minor:
            refuse(
                "automatic_minor_upgrades",
                True,
                f"version {version} names a minor: after an upgrade by AWS every plan would be a downgrade, which is "
                "refused",
                f'write version = "{version.major}", or automatic_minor_upgrades = false',
            )
