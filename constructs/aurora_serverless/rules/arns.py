"""ARNs: of which service and resource one must be, and of which partition, Region and account.

Source: AWS General Reference, "Amazon Resource Names (ARNs)", and for each kind the service's own page.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.regions import REGION_PATTERN, is_known, partition_of, supported_partitions
from aurora_serverless.rules.tokens import is_token
from aurora_serverless.rules.violation import RuleViolation, refuse

_LONGEST_CLUSTER_IDENTIFIER: Final = limit("rds_cluster_identifier_longest")
_LONGEST_SECRET_NAME: Final = limit("secretsmanager_secret_name_longest")
_LONGEST_VAULT_NAME: Final = limit("backup_name_longest")
_LONGEST_TOPIC_NAME: Final = limit("sns_topic_name_longest")
_PARTS: Final = 6
_REGION: Final = re.compile(REGION_PATTERN)
_ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class ArnKind:
    """What an ARN names. `accounts_of_aws` has what may stand in place of an account's id."""

    what: str
    service: str
    resource: re.Pattern[str]
    example: str
    has_region: bool = True
    accounts_of_aws: tuple[str, ...] = ()


@dataclass(frozen=True)
class Arn:
    """The parts of an ARN; `region` is empty where the service has none."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


CLUSTER: Final = ArnKind(
    "the ARN of a cluster",
    "rds",
    re.compile(rf"cluster:[A-Za-z0-9-]{{1,{_LONGEST_CLUSTER_IDENTIFIER}}}"),
    "arn:aws:rds:us-east-1:123456789012:cluster:alex-aurora",
)

_EXAMPLE_KEY: Final = "key/1234abcd-12ab-34cd-56ef-1234567890ab"

KEY: Final = ArnKind(
    "the ARN of a key, not of an alias",
    "kms",
    re.compile(r"key/[A-Za-z0-9-]+"),
    f"arn:aws:kms:us-east-1:123456789012:{_EXAMPLE_KEY}",
)
# Source: AWS Secrets Manager User Guide, "What's in a Secrets Manager secret?": ARNs end in six random characters.
SECRET: Final = ArnKind(
    "the whole ARN of a secret, with the hyphen and the six characters that Secrets Manager adds",
    "secretsmanager",
    re.compile(rf"secret:[A-Za-z0-9/_+=.@!-]{{1,{_LONGEST_SECRET_NAME}}}-[A-Za-z0-9]{{6}}"),
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:mail-AbCdEf",
)
TOPIC: Final = ArnKind(
    "the ARN of an SNS topic",
    "sns",
    re.compile(rf"[A-Za-z0-9_-]{{1,{_LONGEST_TOPIC_NAME}}}(\.fifo)?"),
    "arn:aws:sns:us-east-1:123456789012:alarms",
)
BACKUP_VAULT: Final = ArnKind(
    "the ARN of a backup vault",
    "backup",
    re.compile(rf"backup-vault:[a-zA-Z0-9_-]{{2,{_LONGEST_VAULT_NAME}}}"),
    "arn:aws:backup:eu-west-1:123456789012:backup-vault:databases",
)
MANAGED_POLICY: Final = ArnKind(
    "the ARN of a managed policy",
    "iam",
    re.compile(r"policy/[A-Za-z0-9+=,.@_/-]+"),
    "arn:aws:iam::123456789012:policy/boundary",
    has_region=False,
    accounts_of_aws=("aws",),
)

# Source: IAM API, CreateRole: the path is part of the ARN.
ROLE: Final = ArnKind(
    "the ARN of a role",
    "iam",
    re.compile(r"role/[A-Za-z0-9+=,.@_/-]+"),
    "arn:aws:iam::123456789012:role/orders-import",
    has_region=False,
)
# Source: AWS Lambda API, FunctionArn: a version or an alias may follow.
FUNCTION: Final = ArnKind(
    "the ARN of a Lambda function",
    "lambda",
    re.compile(r"function:[A-Za-z0-9_-]+(:(\$LATEST|[A-Za-z0-9_-]+))?"),
    "arn:aws:lambda:us-east-1:123456789012:function:orders",
)


def aws_policy_arn(name: str, partition: str) -> str:
    """Return the ARN of a managed policy of AWS's own; `name` has its path, as in `service-role/…`."""
    return f"arn:{partition}:iam::aws:policy/{name}"


def parse_arn(value: str) -> Arn | None:
    """Return the parts of an ARN; None for anything else, and for what only Terraform knows."""
    parts = value.split(":", _PARTS - 1)
    if is_token(value) or len(parts) != _PARTS or parts[0] != "arn":
        return None
    return Arn(*parts[1:])


def check_arn(value: str, kind: ArnKind, *, argument: str) -> None:
    """Raise `RuleViolation` unless `value` is an ARN of this kind."""
    arn = parse_arn(value)
    remedy = f'write, for example, "{kind.example}"'
    if arn is None or arn.service != kind.service or kind.resource.fullmatch(arn.resource) is None:
        refuse(argument, value, f"must be {kind.what}", remedy)
    if arn.partition not in supported_partitions():
        partitions = " or ".join(supported_partitions())
        refuse(argument, value, f"is in the partition {arn.partition or '(none)'}, and not in {partitions}", remedy)
    if kind.has_region and _REGION.fullmatch(arn.region) is None:
        refuse(argument, value, "names no Region after its service", remedy)
    if is_known(arn.region) and partition_of(arn.region) != arn.partition:
        rule = f"is in the partition {arn.partition}, and {arn.region} is a Region of {partition_of(arn.region)}"
        refuse(argument, value, rule, f"begin it with arn:{partition_of(arn.region)}:, or name another Region")
    if not kind.has_region and arn.region:
        refuse(argument, value, f"names a Region, and those of {kind.service} have none", remedy)
    if _ACCOUNT_ID.fullmatch(arn.account) is None and arn.account not in kind.accounts_of_aws:
        refuse(argument, value, f"must be {kind.what}, with an account's twelve digits", remedy)


def find_arn(value: str, kind: ArnKind) -> Arn | None:
    """Return the parts of an ARN of this kind; None for anything else."""
    try:
        check_arn(value, kind, argument="")
    except RuleViolation:
        return None
    return parse_arn(value)


def check_in_region(value: str, region: str | None, *, argument: str, why: str, remedy: str) -> None:
    """Raise `RuleViolation` if an ARN is of another Region than `region`, where both are known.

    `why` says what needs it in one Region.
    """
    arn = parse_arn(value)
    if arn is not None and arn.region and region is not None and not is_token(region) and arn.region != region:
        refuse(argument, value, f"is in {arn.region}, and {why}, which here is {region}", remedy)


def check_in_partition(value: str, partition: str, *, argument: str) -> None:
    """Raise `RuleViolation` if an ARN is not of this partition: nothing of one can be used in another."""
    arn = parse_arn(value)
    if arn is not None and arn.partition != partition:
        rule = f"is in the partition {arn.partition}, and what uses it is in {partition}"
        refuse(argument, value, rule, f"use one that begins with arn:{partition}:")


def check_in_account(value: str, account_ids: Iterable[str], *, argument: str, why: str) -> None:
    """Raise `RuleViolation` if an ARN is of none of these accounts; with none of them every account will do.

    `why` says what needs it in one account.
    """
    accounts, arn = list(account_ids), parse_arn(value)
    if arn is not None and _ACCOUNT_ID.fullmatch(arn.account) and accounts and arn.account not in accounts:
        rule = f"is of the account {arn.account}, and {why}, which here is {' or '.join(accounts)}"
        refuse(argument, value, rule, "name one of the same account")
