"""Which engine parameters may be set, on the cluster or on an instance, and when a change of one takes effect."""

import re
from collections.abc import Mapping
from typing import Final, Literal

from aurora.engine import DEFAULT_VERSION, NEWEST_MINOR
from aurora.rules import check_pattern, check_range, refuse

ApplyMethod = Literal["immediate", "pending-reboot"]
LogStatement = Literal["none", "ddl", "mod", "all"]

# Parameters that are worth changing on a running database and that AWS lists as dynamic without a value of its own, in
# DescribeDBClusterParameters for Aurora PostgreSQL. Every other one waits for a reboot, which AWS takes for dynamic
# and static ones alike: "immediate" for a static one fails the apply. And where the value is AWS's own, AWS goes on
# reporting "pending-reboot", so that "immediate" would show as a change in every plan (hashicorp/terraform-provider-aws
# 39252): hence only parameters without such a value.
IMMEDIATE_PARAMETERS: Final = frozenset(
    """idle_session_timeout log_connections log_disconnections log_duration log_error_verbosity log_lock_waits
    log_min_duration_statement log_min_error_statement log_min_messages log_parameter_max_length
    log_parameter_max_length_on_error log_statement log_temp_files pgaudit.log random_page_cost rds.force_ssl
    statement_timeout work_mem""".split()
)
# Source: Amazon Aurora User Guide, "Securing Aurora PostgreSQL data with SSL/TLS": 1 from 17 on, 0 before. The one
# immediate parameter for which AWS has a value.
FORCE_SSL: Final = "rds.force_ssl"
FORCE_SSL_BY_DEFAULT_SINCE: Final = 17

# What AWS lists as not modifiable, in DescribeDBClusterParameters: files, directories, sockets and what Aurora needs.
FIXED_PARAMETERS: Final = frozenset(
    """config_file data_directory hba_file hot_standby_feedback huge_pages ident_file listen_addresses
    lo_compat_privileges log_directory log_file_mode log_timezone log_truncate_on_rotation logging_collector port
    rds.extensions rds.superuser_variables recovery_init_sync_method restart_after_crash ssl_ca_file ssl_cert_file
    ssl_crl_dir ssl_key_file stats_temp_directory superuser_reserved_connections wal_receiver_create_temp_slot
    wal_receiver_status_interval""".split()
)
# In AWS's table of cluster-level parameters and not in the one of instance-level parameters.
# Source: Amazon Aurora User Guide, "Amazon Aurora PostgreSQL parameters".
CLUSTER_ONLY_PARAMETERS: Final = frozenset(
    """apg_ccm_enabled max_logical_replication_workers max_prepared_transactions max_replication_slots
    max_wal_senders password_encryption rds.accepted_password_auth_method rds.adaptive_autovacuum
    rds.babelfish_status rds.enable_plan_management rds.force_autovacuum_logging_level rds.force_ssl
    rds.global_db_rpo rds.logical_replication rds.restrict_password_commands ssl ssl_ciphers
    ssl_max_protocol_version ssl_min_protocol_version synchronous_commit timezone""".split()
)

PRELOADED_LIBRARIES: Final = "shared_preload_libraries"
DEFAULT_PRELOADED_LIBRARIES: Final = "pg_stat_statements"
"""AWS's own value: whoever sets the parameter and leaves it out turns the statistics of statements off."""

# Source: Amazon Aurora User Guide, "Reference for the pgAudit extension".
PGAUDIT: Final = "pgaudit"
PGAUDIT_CLASSES: Final = frozenset("all ddl function misc none read role write".split())
PGAUDIT_DEFAULT_LOG: Final = "ddl,role"
PGAUDIT_ROLE: Final = "rds_pgaudit"

LOG_STATEMENTS: Final = ("none", "ddl", "mod", "all")
LONGEST_DURATION_MILLISECONDS: Final = 2_147_483_647
"""Source: PostgreSQL documentation, log_min_duration_statement."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
LONGEST_VALUE: Final = 4096
"""A limit of this project: what is longer is a pasted file, not the value of a parameter."""
_VALUE: Final = re.compile(rf"[^\x00-\x1f\x7f]{{1,{LONGEST_VALUE}}}")

# Source: Amazon RDS API, CreateDBClusterParameterGroup: 255 characters, of which Terraform needs 26 for what makes the
# name unique and this construct 1 for the hyphen before it.
_LONGEST_PREFIX: Final = 228
_NAME_PREFIX: Final = re.compile(rf"(?=.{{1,{_LONGEST_PREFIX}}}\Z)[a-z](-?[a-z0-9])*")


def all_cluster_parameters(
    given: Mapping[str, str],
    *,
    pgaudit: bool = False,
    log_statement: LogStatement | None = None,
    log_min_duration_milliseconds: int | None = None,
) -> dict[str, str]:
    """Return the parameters of a cluster, by name: those given, and what the three switches add.

    pgAudit is added to the libraries that are loaded, and audits changes of schema and of roles unless `pgaudit.log`
    says otherwise.

    Raises `RuleViolation` for a parameter that AWS refuses and for one that a switch sets too.
    """
    check_parameters(given)
    parameters = dict(given)
    if log_statement is not None:
        check_log_statement(log_statement)
        _set_once(parameters, "log_statement", log_statement)
    if log_min_duration_milliseconds is not None:
        check_log_min_duration(log_min_duration_milliseconds)
        _set_once(parameters, "log_min_duration_statement", str(log_min_duration_milliseconds))
    if pgaudit:
        libraries = _libraries(parameters.get(PRELOADED_LIBRARIES, DEFAULT_PRELOADED_LIBRARIES))
        if PGAUDIT not in libraries:
            libraries.append(PGAUDIT)
        parameters[PRELOADED_LIBRARIES] = ",".join(libraries)
        parameters.setdefault("pgaudit.log", PGAUDIT_DEFAULT_LOG)
        parameters.setdefault("pgaudit.role", PGAUDIT_ROLE)
    _check_pgaudit(parameters)
    return dict(sorted(parameters.items()))


def all_instance_parameters(given: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of the instances, by name.

    Raises `RuleViolation` for a parameter that AWS refuses, there or altogether.
    """
    check_parameters(given)
    for name, value in given.items():
        if name in CLUSTER_ONLY_PARAMETERS:
            refuse(name, value, "is a parameter of the cluster, not of an instance", "move it to cluster_parameters")
    return dict(sorted(given.items()))


def apply_method(name: str, value: str, major_version: int) -> ApplyMethod:
    """Return when a change of the parameter takes effect."""
    if name == FORCE_SSL:
        default = "1" if major_version >= FORCE_SSL_BY_DEFAULT_SINCE else "0"
        return "pending-reboot" if value == default else "immediate"
    return "immediate" if name in IMMEDIATE_PARAMETERS else "pending-reboot"


def parameter_group_family(major_version: int, *, argument: str = "major_version") -> str:
    """Return the family of the parameter groups of a major version.

    Raises `RuleViolation` for a version that this project knows nothing about.
    """
    if major_version not in NEWEST_MINOR:
        refuse(
            argument,
            major_version,
            f"Aurora PostgreSQL is known in the major versions {', '.join(map(str, NEWEST_MINOR))}",
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


def check_parameters(parameters: Mapping[str, str]) -> None:
    """Raise `RuleViolation` for a parameter that AWS refuses; the error's argument is the parameter's name."""
    for name, value in parameters.items():
        check_pattern(
            name or '""',
            name,
            _NAME,
            "a parameter's name is lower-case letters, digits and underscores, after an extension's name and a dot at "
            "most",
            'write, for example, "log_statement" or "auto_explain.log_min_duration"',
        )
        if name in FIXED_PARAMETERS:
            refuse(name, value, "is a parameter that AWS does not let change", "leave it out")
        check_pattern(
            name,
            value,
            _VALUE,
            f"a parameter's value is 1 to {LONGEST_VALUE} characters on one line",
            "write a value, or leave the parameter out",
        )


def check_log_statement(value: str, *, argument: str = "log_statement") -> None:
    """Raise `RuleViolation` unless PostgreSQL can log statements by `value`."""
    if value not in LOG_STATEMENTS:
        refuse(argument, value, f"PostgreSQL logs {', '.join(LOG_STATEMENTS)}", 'write "ddl"')


def check_log_min_duration(milliseconds: int, *, argument: str = "log_min_duration_milliseconds") -> None:
    """Raise `RuleViolation` unless PostgreSQL can log statements that take `milliseconds` and more.

    0 logs every statement, -1 none.
    """
    check_range(argument, milliseconds, -1, LONGEST_DURATION_MILLISECONDS, "milliseconds")


def _set_once(parameters: dict[str, str], name: str, value: str) -> None:
    if parameters.setdefault(name, value) != value:
        refuse(name, parameters[name], f'is set to "{value}" by an option of its own too', "leave one of the two out")


def _libraries(value: str) -> list[str]:
    return [library.strip() for library in value.split(",") if library.strip()]


def _check_pgaudit(parameters: Mapping[str, str]) -> None:
    if PGAUDIT not in _libraries(parameters.get(PRELOADED_LIBRARIES, "")):
        for name, value in parameters.items():
            if name.startswith(f"{PGAUDIT}."):
                refuse(name, value, "does nothing while pgaudit is not loaded", "turn pgaudit on")
    role = parameters.get("pgaudit.role", PGAUDIT_ROLE)
    if role != PGAUDIT_ROLE:
        refuse("pgaudit.role", role, f"AWS takes no role but {PGAUDIT_ROLE}", f'write "{PGAUDIT_ROLE}"')
    log = parameters.get("pgaudit.log", PGAUDIT_DEFAULT_LOG)
    unknown = {item.strip().removeprefix("-") for item in log.split(",")} - PGAUDIT_CLASSES
    if unknown:
        refuse(
            "pgaudit.log",
            log,
            f"pgAudit logs {', '.join(sorted(PGAUDIT_CLASSES))}, and all but one with a hyphen before it",
            f'write, for example, "{PGAUDIT_DEFAULT_LOG}"',
        )
