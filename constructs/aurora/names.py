"""AWS's rules for the names of the resources: how long, of which characters, and which words are taken.

A name is a public interface: for most of these resources a new name means a new resource.
"""

import re
from typing import Final

from aurora.rules import check_pattern, refuse

# Source: Amazon RDS User Guide for Aurora, "Quotas and constraints", naming constraints. RDS keeps identifiers in
# lower case, and the provider refuses capitals (a plan would show them changing for ever).
_IDENTIFIER: Final = re.compile(r"(?=.{1,63}\Z)[a-z](-?[a-z0-9])*")
_SUBNET_GROUP: Final = re.compile(r"[a-z0-9._ -]{1,255}")
# Source: Amazon EC2 API, CreateSecurityGroup, for a group in a VPC.
_SECURITY_GROUP: Final = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
# Source: AWS Secrets Manager API, CreateSecret.
_SECRET: Final = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
# Source: IAM API, CreateRole and PutRolePolicy.
_ROLE: Final = re.compile(r"[A-Za-z0-9+=,.@_-]{1,64}")
_POLICY: Final = re.compile(r"[A-Za-z0-9+=,.@_-]{1,128}")
# Source: Amazon RDS User Guide for Aurora; PostgreSQL cuts identifiers at 63 bytes.
_SQL_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_DATABASE_USER: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")
# Source: Amazon S3 User Guide, "General purpose bucket naming rules".
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")

SECRET_SUFFIX_LENGTH: Final = len("-") + 8
"""Characters that the random suffix adds to a secret's name."""

# What RDS answers "is a reserved word for this engine" to, and the databases that every cluster has.
_TAKEN_USERNAMES: Final = frozenset(
    {"admin", "rdsadmin", "rds_superuser", "rdsrepladmin", "rdstopmgr", "rdsproxyadmin"}
)
_TAKEN_DATABASES: Final = frozenset({"db", "postgres", "rdsadmin", "template0", "template1"})
# Source: PostgreSQL documentation, appendix C, the words reserved in PostgreSQL.
_RESERVED_WORDS: Final = frozenset(
    """all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
    column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
    from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
    localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
    returning right select session_user similar some symmetric system_user table tablesample then to trailing true
    union unique user using variadic verbose when where window with""".split()
)


def check_identifier(value: str, *, argument: str) -> None:
    """Raise `RuleViolation` unless `value` may identify a cluster or an instance."""
    check_pattern(
        argument,
        value,
        _IDENTIFIER,
        "an RDS identifier is 1 to 63 lower-case letters, digits and single hyphens, starts with a letter and does "
        "not end with a hyphen",
        'write, for example, "alex-aurora"',
    )


def check_subnet_group_name(value: str, *, argument: str = "subnet_group_name") -> None:
    """Raise `RuleViolation` unless `value` may name a DB subnet group."""
    check_pattern(
        argument,
        value,
        _SUBNET_GROUP,
        "a subnet group's name is 1 to 255 lower-case letters, digits, dots, underscores, spaces and hyphens",
        'write, for example, "alex-aurora-subnet-group"',
    )
    _refuse_word(argument, value, frozenset({"default"}), "is taken by RDS", "write another name")


def check_security_group_name(value: str, *, argument: str = "security_group_name") -> None:
    """Raise `RuleViolation` unless `value` may name a security group in a VPC."""
    check_pattern(
        argument,
        value,
        _SECURITY_GROUP,
        "a security group's name is 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
        'write, for example, "alex-aurora-sg"',
    )
    _refuse_word(argument, value, frozenset({"default"}), "is taken by EC2", "write another name")
    if value.startswith("sg-"):
        refuse(argument, value, "must not start with sg-, as EC2's ids do", "write another name")


def check_secret_name(value: str, *, argument: str = "secret_name") -> None:
    """Raise `RuleViolation` unless `value`, with the random suffix behind it, may name a secret."""
    rule = f"a secret's name is 1 to {512 - SECRET_SUFFIX_LENGTH} letters, digits and /_+=.@- before its random suffix"
    remedy = 'write, for example, "alex-db-credentials"'
    check_pattern(argument, value, _SECRET, rule, remedy)
    if len(value) + SECRET_SUFFIX_LENGTH > 512:  # noqa: PLR2004
        refuse(argument, value, rule, remedy)


def check_role_name(value: str, *, argument: str = "role_name") -> None:
    """Raise `RuleViolation` unless `value` may name an IAM role."""
    check_pattern(
        argument,
        value,
        _ROLE,
        "a role's name is 1 to 64 letters, digits and +=,.@_-",
        'write, for example, "alex-lambda-aurora-role"',
    )


def check_policy_name(value: str, *, argument: str = "policy_name") -> None:
    """Raise `RuleViolation` unless `value` may name an inline IAM policy."""
    check_pattern(
        argument,
        value,
        _POLICY,
        "a policy's name is 1 to 128 letters, digits and +=,.@_-",
        'write, for example, "alex-lambda-aurora-policy"',
    )


def check_database_name(value: str, *, argument: str = "database_name") -> None:
    """Raise `RuleViolation` unless RDS may create a database of this name."""
    _check_sql_name("database's name", value, argument, 'write, for example, "alex"')
    _refuse_word(argument, value, _TAKEN_DATABASES, "is taken by Aurora PostgreSQL", "write another name")


def check_master_username(value: str, *, argument: str = "master_username") -> None:
    """Raise `RuleViolation` unless RDS may create a master user of this name."""
    _check_sql_name("master user's name", value, argument, 'write, for example, "alexadmin"')
    if value.lower().startswith("pg_"):
        refuse(argument, value, "must not start with pg_, which PostgreSQL keeps for itself", "write another name")
    _refuse_word(argument, value, _TAKEN_USERNAMES, "is taken by RDS", "write another name")


def check_database_user(value: str, *, argument: str = "database_user") -> None:
    """Raise `RuleViolation` unless `value` may be a database user who logs in with IAM tokens.

    PostgreSQL folds a name without quotes to lower case, while IAM compares capitals: so there are none here.
    """
    check_pattern(
        argument,
        value,
        _DATABASE_USER,
        "a database user's name is 1 to 63 lower-case letters, digits and underscores, and does not start with a digit",
        'write, for example, "orders_app"',
    )
    if value.startswith("pg_"):
        refuse(argument, value, "must not start with pg_, which PostgreSQL keeps for itself", "write another name")
    if value.startswith("rds_") or value in _TAKEN_USERNAMES - {"admin"}:
        refuse(argument, value, "is taken by RDS", "write another name")


def _check_sql_name(what: str, value: str, argument: str, remedy: str) -> None:
    check_pattern(
        argument,
        value,
        _SQL_NAME,
        f"a {what} is 1 to 63 letters, digits and underscores, and starts with a letter",
        remedy,
    )
    _refuse_word(argument, value, _RESERVED_WORDS, "is a reserved word of PostgreSQL", "write another name")


def _refuse_word(argument: str, value: str, words: frozenset[str], rule: str, remedy: str) -> None:
    if value.lower() in words:
        refuse(argument, value, rule, remedy)


def check_security_group_description(value: str, *, argument: str = "security_group_description") -> None:
    """Raise `RuleViolation` unless `value` may describe a security group."""
    check_pattern(
        argument,
        value,
        _SECURITY_GROUP,
        "a security group's description is 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
        "write a plainer description",
    )


def check_account_id(value: str, *, argument: str = "account_id") -> None:
    """Raise `RuleViolation` unless `value` looks like the id of an AWS account."""
    check_pattern(argument, value, _ACCOUNT_ID, "an account id is twelve digits", 'write, for example, "123456789012"')


def check_bucket_name(value: str, *, argument: str = "bucket") -> None:
    """Raise `RuleViolation` unless `value` may name an S3 bucket."""
    check_pattern(
        argument,
        value,
        _BUCKET,
        "a bucket's name is 3 to 63 lower-case letters, digits, dots and hyphens, and starts and ends with a letter "
        "or digit",
        'write, for example, "example-terraform-state"',
    )
