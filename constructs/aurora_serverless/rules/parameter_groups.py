"""Which engine parameters may be set, on the cluster or on an instance, and when a change of one takes effect."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

from aurora_serverless.facts.engine_parameters import DERIVED, IGNORED, EngineParameter, parameter_in
from aurora_serverless.facts.engine_versions import engine_majors
from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.engine import DEFAULT_VERSION
from aurora_serverless.rules.engine_parameters import check_parameter_value, find_parameter, follows_capacity
from aurora_serverless.rules.tokens import is_token
from aurora_serverless.rules.violation import check_pattern, check_range, refuse, shown

ApplyMethod = Literal["immediate", "pending-reboot"]
LogStatement = Literal["none", "ddl", "mod", "all"]

PRELOADED_LIBRARIES: Final = "shared_preload_libraries"
STATEMENT_TRACKING: Final = "pg_stat_statements.track"
"""The value none says that the statistics of statements, which AWS keeps by itself, are not wanted."""

# Source: Amazon Aurora User Guide, "Reference for the pgAudit extension".
PGAUDIT: Final = "pgaudit"
PGAUDIT_LOG: Final = "pgaudit.log"
PGAUDIT_DEFAULT_LOG: Final = "ddl,role"
PGAUDIT_ROLE: Final = "rds_pgaudit"

LOG_STATEMENTS: Final = ("none", "ddl", "mod", "all")
LONGEST_DURATION_MILLISECONDS: Final = limit("postgresql_duration_longest")
"""Source: PostgreSQL documentation, log_min_duration_statement."""

_CLUSTER_KEY: Final = "engine.cluster_parameters"

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
LONGEST_VALUE: Final = 4096
"""A limit of this project: what is longer is a pasted file, not the value of a parameter."""
_VALUE: Final = re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONGEST_VALUE}}}")

_LONGEST_NAME: Final = limit("rds_parameter_group_name_longest")
_GROUP_NAME: Final = re.compile(rf"(?=.{{1,{_LONGEST_NAME}}}\Z)[A-Za-z](-?[A-Za-z0-9])*")
# Terraform needs 26 characters for what makes the name unique, and this construct 1 for the hyphen before it.
_LONGEST_PREFIX: Final = _LONGEST_NAME - 26 - 1
_NAME_PREFIX: Final = re.compile(rf"(?=.{{1,{_LONGEST_PREFIX}}}\Z)[a-z](-?[a-z0-9])*")


@dataclass(frozen=True)
class ParameterOptions:
    """Options that set parameters of the cluster: whether pgAudit is loaded, and which statements are logged.

    None leaves a parameter as it is. Raises `RuleViolation` for a value that PostgreSQL refuses.
    """

    pgaudit: bool = False
    log_statement: LogStatement | None = None
    log_min_duration_milliseconds: int | None = None

    def __post_init__(self) -> None:
        if self.log_statement is not None:
            check_log_statement(self.log_statement)
        if self.log_min_duration_milliseconds is not None:
            check_log_min_duration(self.log_min_duration_milliseconds)

    @property
    def values(self) -> dict[str, tuple[str, str]]:
        """The option's name and the value of each parameter that is set to the value of an option."""
        values = {}
        if self.log_statement is not None:
            values["log_statement"] = ("log_statement", str(self.log_statement))
        if self.log_min_duration_milliseconds is not None:
            duration = str(self.log_min_duration_milliseconds)
            values["log_min_duration_statement"] = ("log_min_duration_milliseconds", duration)
        return values

    def added_to(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return parameters with what the options set.

        pgAudit is added to the libraries that are loaded, and audits changes of schema and of roles unless
        `pgaudit.log` says otherwise.
        """
        parameters = {**given, **{name: value for name, (_, value) in self.values.items()}}
        if self.pgaudit:
            libraries = _libraries(parameters)
            if PGAUDIT not in libraries:
                libraries.append(PGAUDIT)
            parameters[PRELOADED_LIBRARIES] = ",".join(libraries)
            parameters.setdefault(PGAUDIT_LOG, PGAUDIT_DEFAULT_LOG)
            parameters.setdefault("pgaudit.role", PGAUDIT_ROLE)
        return parameters


NO_OPTIONS: Final = ParameterOptions()


def all_cluster_parameters(
    given: Mapping[str, str], *, major_version: int, options: ParameterOptions = NO_OPTIONS
) -> dict[str, str]:
    """Return the parameters of a cluster, by name: those given, and what the options add.

    Raises `RuleViolation` for a parameter that AWS refuses and for one that an option sets too.
    """
    check_parameters(given, major_version=major_version)
    for name, (option, value) in options.values.items():
        if given.get(name, value) != value:
            refuse(name, given[name], f'is set to "{value}" by the option {option} too', "leave one of the two out")
    parameters = options.added_to(given)
    _check_pgaudit_is_loaded(parameters, _libraries(parameters))
    return dict(sorted(parameters.items()))


def all_instance_parameters(
    given: Mapping[str, str],
    *,
    major_version: int,
    cluster_parameters: Mapping[str, str],
    options: ParameterOptions = NO_OPTIONS,
) -> dict[str, str]:
    """Return the parameters of the instances, by name.

    Raises `RuleViolation` for a parameter that AWS refuses, there or altogether, and for one that would undo what an
    option asks for: an instance's parameter wins over the cluster's.
    """
    check_instance_parameters(given, major_version=major_version)
    of_cluster = options.added_to(cluster_parameters)
    of_options = {name: option for name, (option, _) in options.values.items()}
    if options.pgaudit:
        of_options[PGAUDIT_LOG] = "pgaudit"
    for name, option in of_options.items():
        if given.get(name, of_cluster[name]) != of_cluster[name]:
            _refuse_to_undo(name, given[name], option, of_cluster[name])
    libraries = _libraries({**of_cluster, **given})
    if options.pgaudit and PGAUDIT not in libraries:
        _refuse_to_undo(PRELOADED_LIBRARIES, given[PRELOADED_LIBRARIES], "pgaudit", of_cluster[PRELOADED_LIBRARIES])
    _check_pgaudit_is_loaded(given, libraries)
    return dict(sorted(given.items()))


def _refuse_to_undo(name: str, value: str, option: str, wanted: str) -> NoReturn:
    refuse(
        name,
        value,
        f"an instance's parameter wins over the cluster's, which the option {option} sets to {shown(wanted)}",
        "leave one of the two out",
    )


def parameter_warnings(
    cluster_parameters: Mapping[str, str],
    instance_parameters: Mapping[str, str],
    *,
    major_version: int,
    instance_key: str = "engine.instance_parameters",
) -> list[str]:
    """Return what a person should know of parameters that are right as far as it is known here."""
    warnings = _lost_library_warnings(cluster_parameters, instance_parameters, major_version, instance_key)
    for key, parameters in {_CLUSTER_KEY: cluster_parameters, instance_key: instance_parameters}.items():
        for name, value in parameters.items():
            parameter = find_parameter(name, value, major_version)
            if parameter is None or parameter.certainty == "unconfirmed":
                warnings.append(
                    f"{key}.{name}: is not among the parameters that are known of Aurora "
                    "PostgreSQL; AWS decides at apply whether it can be set"
                )
            if parameter is not None and (otherwise := _otherwise_on_serverless(parameter, value)) is not None:
                warnings.append(f"{key}.{name} = {shown(value)}: {otherwise}")
    for name, value in instance_parameters.items():
        if cluster_parameters.get(name, value) != value:
            warnings.append(
                f'{instance_key}.{name} = "{value}" wins over {_CLUSTER_KEY}.{name} = "{cluster_parameters[name]}"'
            )
    return warnings


def _otherwise_on_serverless(parameter: EngineParameter, value: str) -> str | None:
    """Return what Aurora Serverless makes of a value, and the way out; None where it is as on other instances."""
    if parameter.serverless == IGNORED:
        return "Aurora Serverless sizes this itself as it scales, and uses no value that is given; leave it out"
    if parameter.serverless == DERIVED and not is_token(value) and not follows_capacity(value):
        return (
            "stays the same whatever capacity.maximum_acu is, which AWS's own value follows; leave it out, or write a "
            "formula with {DBInstanceClassMemory}"
        )
    return None


def _lost_library_warnings(
    cluster_parameters: Mapping[str, str], instance_parameters: Mapping[str, str], major_version: int, instance_key: str
) -> list[str]:
    """Return what is no longer loaded, which AWS loads by itself, because the parameter replaces AWS's own value.

    Nobody is warned who says that the statistics are not wanted.
    """
    both = {**cluster_parameters, **instance_parameters}
    if PRELOADED_LIBRARIES not in both or both.get(STATEMENT_TRACKING, "").lower() == "none":
        return []
    parameter = find_parameter(PRELOADED_LIBRARIES, both[PRELOADED_LIBRARIES], major_version)
    default, loaded = parameter.default if parameter else "", _libraries(both)
    if not default or default in loaded:
        return []
    key = instance_key if PRELOADED_LIBRARIES in instance_parameters else _CLUSTER_KEY
    return [
        f"{key}.{PRELOADED_LIBRARIES} = {shown(both[PRELOADED_LIBRARIES])}: takes the place of "
        f'AWS\'s own "{default}", so statistics of statements are not kept, and Database Insights has none; write '
        f'"{",".join((default, *loaded))}", or, if they are not wanted, "{STATEMENT_TRACKING}" = "none" too'
    ]


def apply_method(name: str, value: str, major_version: int) -> ApplyMethod:
    """Return when a change of the parameter takes effect.

    Only parameters that are worth changing on a running database, with another value than AWS's own, are `immediate`.
    Every other one waits for a reboot, which AWS takes for dynamic and static ones alike: "immediate" for a static one
    fails the apply. And where the value is AWS's own, AWS goes on reporting "pending-reboot", so that "immediate" would
    show as a change in every plan (hashicorp/terraform-provider-aws 39252).
    """
    parameter = find_parameter(name, value, major_version)
    if parameter is None or parameter.change != "immediate" or parameter.is_default(value):
        return "pending-reboot"
    return "immediate"


def parameter_group_family(major_version: int, *, argument: str = "major_version") -> str:
    """Return the family of the parameter groups of a major version.

    Raises `RuleViolation` for a version that this project knows nothing about.
    """
    if major_version not in engine_majors():
        refuse(
            argument,
            major_version,
            f"Aurora PostgreSQL is known in the major versions {', '.join(map(str, engine_majors()))}",
            f"write {DEFAULT_VERSION.major}",
        )
    return f"aurora-postgresql{major_version}"


def check_name_prefix(value: str, *, argument: str = "name_prefix") -> None:
    """Raise `RuleViolation` unless the names of parameter groups may begin with `value`."""
    check_pattern(
        argument,
        value,
        _NAME_PREFIX,
        f"what a parameter group's name begins with is 1 to {_LONGEST_PREFIX} lower-case letters, digits and single "
        "hyphens, starts with a letter and does not end with a hyphen",
        'write, for example, "alex-aurora"',
    )


def check_group_name(value: str, *, argument: str = "parameter_group") -> None:
    """Raise `RuleViolation` unless a parameter group of one's own may be called `value`."""
    check_pattern(
        argument,
        value,
        _GROUP_NAME,
        f"a parameter group's name is 1 to {_LONGEST_NAME} letters, digits and single hyphens, starts with a letter "
        "and does not end with a hyphen",
        'write, for example, "orders-aurora17"',
    )


def check_parameters(parameters: Mapping[str, str], *, major_version: int | None = None) -> None:
    """Raise `RuleViolation` for a parameter that AWS refuses; the error's argument is the parameter's name.

    Without `major_version` a parameter may be one of any version. A value that only Terraform knows is skipped.
    """
    for name, value in parameters.items():
        check_pattern(
            name or '""',
            name,
            _NAME,
            "a parameter's name is lower-case letters, digits and underscores, after an extension's name and a dot at "
            "most",
            'write, for example, "log_statement" or "auto_explain.log_min_duration"',
        )
        parameter = find_parameter(name, value, major_version)
        if parameter is not None and parameter.change == "fixed":
            refuse(name, value, "is a parameter that AWS does not let change", "leave it out")
        if is_token(value):
            continue
        check_pattern(
            name,
            value,
            _VALUE,
            f"a parameter's value is 1 to {LONGEST_VALUE} characters on one line",
            "write a value, or leave the parameter out",
        )
        if parameter is not None:
            check_parameter_value(parameter, value)


def check_instance_parameters(parameters: Mapping[str, str], *, major_version: int | None = None) -> None:
    """Raise `RuleViolation` for a parameter that AWS refuses of an instance, as `check_parameters` does."""
    check_parameters(parameters, major_version=major_version)
    for name, value in parameters.items():
        parameter = find_parameter(name, value, major_version)
        if parameter is not None and parameter.level == "cluster":
            refuse(name, value, "is a parameter of the cluster, not of an instance", "move it to cluster_parameters")


def check_log_statement(value: str, *, argument: str = "log_statement") -> None:
    """Raise `RuleViolation` unless PostgreSQL can log statements by `value`."""
    if value not in LOG_STATEMENTS:
        refuse(argument, value, f"PostgreSQL logs {', '.join(LOG_STATEMENTS)}", 'write "ddl"')


def check_log_min_duration(milliseconds: int, *, argument: str = "log_min_duration_milliseconds") -> None:
    """Raise `RuleViolation` unless PostgreSQL can log statements that take `milliseconds` and more.

    0 logs every statement, -1 none.
    """
    check_range(argument, milliseconds, -1, LONGEST_DURATION_MILLISECONDS, "milliseconds")


def _libraries(parameters: Mapping[str, str]) -> list[str]:
    """Return the libraries that an engine with these parameters loads."""
    parameter = parameter_in(PRELOADED_LIBRARIES, None)
    value = parameters.get(PRELOADED_LIBRARIES, parameter.default if parameter else "")
    return [library.strip() for library in value.split(",") if library.strip()]


def _check_pgaudit_is_loaded(parameters: Mapping[str, str], libraries: Sequence[str]) -> None:
    for name, value in parameters.items():
        if name.startswith(f"{PGAUDIT}.") and PGAUDIT not in libraries:
            refuse(name, value, "does nothing while pgaudit is not loaded", "turn pgaudit on")
