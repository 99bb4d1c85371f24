"""AWS's rules for the names of the resources: how long, of which characters, and which words are taken.

A name is a public interface: for most of these resources a new name means a new resource.
"""

import re
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.violation import check_pattern, refuse

_LONGEST_IDENTIFIER: Final = limit("rds_cluster_identifier_longest")
_LONGEST_SUBNET_GROUP: Final = limit("rds_subnet_group_name_longest")
_LONGEST_SECURITY_GROUP: Final = limit("ec2_security_group_name_longest")
_LONGEST_SECRET: Final = limit("secretsmanager_secret_name_longest")
_LONGEST_ROLE: Final = limit("iam_role_name_longest")
_LONGEST_POLICY: Final = limit("iam_policy_name_longest")
_LONGEST_SQL_NAME: Final = limit("rds_database_name_longest")
_LONGEST_BUCKET: Final = limit("s3_bucket_name_longest")

# Source: Amazon RDS User Guide for Aurora, "Quotas and constraints", naming constraints. RDS keeps identifiers in
# lower case, and the provider refuses capitals (a plan would show them changing for ever).
_IDENTIFIER: Final = re.compile(rf"(?=.{{1,{_LONGEST_IDENTIFIER}}}\Z)[a-z](-?[a-z0-9])*")
# Source: Amazon RDS API, CreateDBSubnetGroup; RDS keeps the name in lower case too.
_SUBNET_GROUP: Final = re.compile(rf"(?=.{{1,{_LONGEST_SUBNET_GROUP}}}\Z)[a-z][a-z0-9._ -]*")
# Source: Amazon EC2 API, CreateSecurityGroup, for a group in a VPC.
_SECURITY_GROUP: Final = re.compile(rf"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{{}}!$*]{{1,{_LONGEST_SECURITY_GROUP}}}")
# Source: AWS Secrets Manager API, CreateSecret.
_SECRET: Final = re.compile(rf"[A-Za-z0-9/_+=.@-]{{1,{_LONGEST_SECRET}}}")
# Source: IAM API, CreateRole and PutRolePolicy.
_ROLE: Final = re.compile(rf"[A-Za-z0-9+=,.@_-]{{1,{_LONGEST_ROLE}}}")
_POLICY: Final = re.compile(rf"[A-Za-z0-9+=,.@_-]{{1,{_LONGEST_POLICY}}}")
# Source: Amazon RDS User Guide for Aurora; PostgreSQL cuts identifiers at 63 bytes.
_SQL_NAME: Final = re.compile(rf"(?=.{{1,{_LONGEST_SQL_NAME}}}\Z)[A-Za-z][A-Za-z0-9_]*")
_EXISTING_DATABASE: Final = re.compile(rf"(?=.{{1,{_LONGEST_SQL_NAME}}}\Z)[A-Za-z0-9_][A-Za-z0-9_-]*")
# PostgreSQL takes any name in quotes. Here it is part of an ARN in a policy, where * and ? stand for other text and
# : and / part it: of the rest those that people, e-mail addresses and services are called with.
_DATABASE_USER: Final = re.compile(rf"[A-Za-z0-9_.@+=,$-]{{1,{_LONGEST_SQL_NAME}}}")
_ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")
# Source: Amazon S3 User Guide, "General purpose bucket naming rules".
_BUCKET: Final = re.compile(rf"(?=.{{3,{_LONGEST_BUCKET}}}\Z)[a-z0-9][a-z0-9.-]*[a-z0-9]")
_IPV4_ADDRESS: Final = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
_RESERVED_BUCKET_STARTS: Final = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_BUCKET_ENDS: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")

# Source: Amazon S3 User Guide, "Naming Amazon S3 objects". Terraform's lock file is the object with a suffix.
LONGEST_OBJECT_KEY_BYTES: Final = limit("s3_object_key_longest") - len(".tflock")

SECRET_SUFFIX_LENGTH: Final = len("-") + 8
"""Characters that the random suffix adds to a secret's name."""

# What RDS answers "is a reserved word for this engine" to, and the databases that every cluster has.
_TAKEN_USERNAMES: Final = frozenset(
    {"admin", "rdsadmin", "rds_superuser", "rdsrepladmin", "rdstopmgr", "rdsproxyadmin"}
)
EVERY_CLUSTERS_DATABASE: Final = "postgres"
_CLOSED_DATABASES: Final = frozenset({"rdsadmin", "template0"})
_TAKEN_DATABASES: Final = _CLOSED_DATABASES | {"db", EVERY_CLUSTERS_DATABASE, "template1"}
# Source: PostgreSQL source, user.c: the names that no role can have, with quotes or without.
_NO_ROLES: Final = frozenset({"none", "public"})
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


def check_identifier(value: str, *, argument: str = "identifier") -> None:
    """Raise `RuleViolation` unless `value` may identify a cluster or an instance."""
    check_pattern(
        argument,
        value,
        _IDENTIFIER,
        f"an RDS identifier is 1 to {_LONGEST_IDENTIFIER} lower-case letters, digits and single hyphens, starts with a "
        "letter and does not end with a hyphen",
        'write, for example, "alex-aurora"',
    )


def check_subnet_group_name(value: str, *, argument: str = "subnet_group_name") -> None:
    """Raise `RuleViolation` unless `value` may name a DB subnet group."""
    check_pattern(
        argument,
        value,
        _SUBNET_GROUP,
        f"a subnet group's name is 1 to {_LONGEST_SUBNET_GROUP} lower-case letters, digits, dots, underscores, spaces "
        "and hyphens, and starts with a letter",
        'write, for example, "alex-aurora-subnet-group"',
    )
    _refuse_word(argument, value, frozenset({"default"}), "is taken by RDS", "write another name")


def check_security_group_name(value: str, *, argument: str = "security_group_name") -> None:
    """Raise `RuleViolation` unless `value` may name a security group in a VPC."""
    check_pattern(
        argument,
        value,
        _SECURITY_GROUP,
        f"a security group's name is 1 to {_LONGEST_SECURITY_GROUP} letters, digits, spaces and "
        "._-:/()#,@[]+=&;{}!$*",
        'write, for example, "alex-aurora-sg"',
    )
    _refuse_word(argument, value, frozenset({"default"}), "is taken by EC2", "write another name")
    if value.startswith("sg-"):
        refuse(argument, value, "must not start with sg-, as EC2's ids do", "write another name")
    if value != value.strip():
        refuse(argument, value, "must not start or end with a space, which EC2 takes off", f'write "{value.strip()}"')


def check_secret_name(value: str, *, argument: str = "secret_name") -> None:
    """Raise `RuleViolation` unless `value`, with the random suffix behind it, may name a secret."""
    longest = _LONGEST_SECRET - SECRET_SUFFIX_LENGTH
    rule = f"a secret's name is 1 to {longest} letters, digits and /_+=.@- before its random suffix"
    remedy = 'write, for example, "alex-db-credentials"'
    check_pattern(argument, value, _SECRET, rule, remedy)
    if len(value) + SECRET_SUFFIX_LENGTH > _LONGEST_SECRET:
        refuse(argument, value, rule, remedy)


def check_role_name(value: str, *, argument: str = "role_name") -> None:
    """Raise `RuleViolation` unless `value` may name an IAM role."""
    check_pattern(
        argument,
        value,
        _ROLE,
        f"a role's name is 1 to {_LONGEST_ROLE} letters, digits and +=,.@_-",
        'write, for example, "alex-lambda-aurora-role"',
    )


def check_policy_name(value: str, *, argument: str = "policy_name") -> None:
    """Raise `RuleViolation` unless `value` may name an inline IAM policy."""
    check_pattern(
        argument,
        value,
        _POLICY,
        f"a policy's name is 1 to {_LONGEST_POLICY} letters, digits and +=,.@_-",
        'write, for example, "alex-lambda-aurora-policy"',
    )


def check_database_name(value: str, *, argument: str = "database_name") -> None:
    """Raise `RuleViolation` unless RDS may create a database of this name."""
    _check_sql_name("database's name", value, argument, 'write, for example, "alex"')
    _refuse_word(argument, value, _TAKEN_DATABASES, "is taken by Aurora PostgreSQL", "write another name")


def check_existing_database_name(value: str, *, argument: str = "database_name") -> None:
    """Raise `RuleViolation` unless `value` may name a database that was made in SQL, or that every cluster has.

    PostgreSQL takes any character in quotes; of those, these mean the same in a URL, a shell and a `.env` file.
    """
    check_pattern(
        argument,
        value,
        _EXISTING_DATABASE,
        f"a database's name here is 1 to {_LONGEST_SQL_NAME} letters, digits, underscores and hyphens, and starts with "
        "no hyphen",
        f'write, for example, "{EVERY_CLUSTERS_DATABASE}", which every cluster has',
    )
    _refuse_word(argument, value, _CLOSED_DATABASES, "takes no connections of the master user", "write another name")


def check_master_username(value: str, *, argument: str = "master_username") -> None:
    """Raise `RuleViolation` unless RDS may create a master user of this name."""
    _check_sql_name("master user's name", value, argument, 'write, for example, "alexadmin"')
    if value.lower().startswith("pg_"):
        refuse(argument, value, "must not start with pg_, which PostgreSQL keeps for itself", "write another name")
    _refuse_word(argument, value, _TAKEN_USERNAMES, "is taken by RDS", "write another name")


def check_database_user(value: str, *, argument: str = "database_user") -> None:
    """Raise `RuleViolation` unless `value` may be a database user who logs in with IAM tokens.

    IAM compares capitals, and PostgreSQL folds a name without quotes to lower case: one with capitals, a hyphen or a
    dot is made with quotes, as in `CREATE USER "orders-app"`.
    """
    check_pattern(
        argument,
        value,
        _DATABASE_USER,
        f"a database user's name is 1 to {_LONGEST_SQL_NAME} letters, digits and _.@+=,$-",
        'write, for example, "orders_app"',
    )
    if value.startswith("pg_"):
        refuse(argument, value, "must not start with pg_, which PostgreSQL keeps for itself", "write another name")
    if value.startswith("rds_") or value in _TAKEN_USERNAMES - {"admin"}:
        refuse(argument, value, "is taken by RDS", "write another name")
    if value in _NO_ROLES:
        refuse(argument, value, "cannot be the name of a role in PostgreSQL", "write another name")


def _check_sql_name(what: str, value: str, argument: str, remedy: str) -> None:
    check_pattern(
        argument,
        value,
        _SQL_NAME,
        f"a {what} is 1 to {_LONGEST_SQL_NAME} letters, digits and underscores, and starts with a letter",
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
        f"a security group's description is 1 to {_LONGEST_SECURITY_GROUP} letters, digits, spaces and "
        "._-:/()#,@[]+=&;{}!$*",
        "write a plainer description",
    )


def check_account_id(value: str, *, argument: str = "account_id") -> None:
    """Raise `RuleViolation` unless `value` looks like the id of an AWS account."""
    check_pattern(argument, value, _ACCOUNT_ID, "an account id is twelve digits", 'write, for example, "123456789012"')


def check_bucket_name(value: str, *, argument: str = "bucket") -> None:
    """Raise `RuleViolation` unless `value` may name an S3 bucket."""
    remedy = 'write, for example, "example-terraform-state"'
    check_pattern(
        argument,
        value,
        _BUCKET,
        f"a bucket's name is 3 to {_LONGEST_BUCKET} lower-case letters, digits, dots and hyphens, and starts and ends "
        "with a letter "
        "or digit",
        remedy,
    )
    if ".." in value:
        refuse(argument, value, "must not hold two dots in a row", remedy)
    if _IPV4_ADDRESS.fullmatch(value):
        refuse(argument, value, "must not look like an IP address", remedy)
    if value.startswith(_RESERVED_BUCKET_STARTS) or value.endswith(_RESERVED_BUCKET_ENDS):
        kept = f"{', '.join(_RESERVED_BUCKET_STARTS)} and ends {', '.join(_RESERVED_BUCKET_ENDS)}"
        refuse(argument, value, f"S3 keeps the beginnings {kept} for itself", remedy)


def check_object_key(value: str, *, argument: str = "key") -> None:
    """Raise `RuleViolation` unless Terraform and S3 take `value` as the key of a state.

    Source: Terraform's documentation and source of the S3 backend: no slash at an end, and no two in a row.
    """
    remedy = 'write, for example, "databases/production.tfstate"'
    if not 1 <= len(value.encode(errors="surrogatepass")) <= LONGEST_OBJECT_KEY_BYTES:
        refuse(argument, value, f"an object's key is 1 to {LONGEST_OBJECT_KEY_BYTES} bytes here", remedy)
    if value.startswith("/") or value.endswith("/"):
        refuse(argument, value, "must not start or end with /", remedy)
    if "//" in value:
        refuse(argument, value, "must not hold //", remedy)
    if {".", ".."} & set(value.split("/")):
        refuse(argument, value, "must not have . or .. between slashes, which clients take for folders", remedy)
    if not value.isprintable():
        refuse(argument, value, "must not hold control characters", remedy)
