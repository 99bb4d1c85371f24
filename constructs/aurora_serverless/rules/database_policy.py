"""What a role must be allowed to use a database: every policy that grants it is written here."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from aurora_serverless.rules.regions import dns_suffix, partition_of

POLICY_VERSION: Final = "2012-10-17"

DATA_API_ACTIONS: Final = (
    "rds-data:ExecuteStatement",
    "rds-data:BatchExecuteStatement",
    "rds-data:BeginTransaction",
    "rds-data:CommitTransaction",
    "rds-data:RollbackTransaction",
)
READ_SECRET_ACTIONS: Final = ("secretsmanager:GetSecretValue",)
DECRYPT_ACTIONS: Final = ("kms:Decrypt",)
WRITE_LOGS_ACTIONS: Final = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
CONNECT_ACTIONS: Final = ("rds-db:connect",)

_SUFFIX_OF_SERVICES: Final = "amazonaws.com"

Statement = Mapping[str, object]


def database_policy(
    *,
    cluster_arn: str | None,
    secret_arn: str | None,
    secret_key_arn: str | None = None,
    more_secret_arns: Sequence[str] = (),
    more_secret_key_arns: Sequence[str] = (),
    database_user_arns: Sequence[str] = (),
    region: str,
    account_id: str,
    partition: str | None = None,
) -> str:
    """Return the policy of a role that uses a database; every argument may be a token.

    The statements that are always there come first and keep their order and spelling: another spelling of the same
    policy would be a change of every deployed role.

    Args:
        cluster_arn: ARN of the cluster whose Data API may be called; None without the Data API.
        secret_arn: ARN of the secret with the name and password of the master user, or of another; None for a role
            that reads none, and logs in with IAM tokens.
        secret_key_arn: ARN of that secret's customer key, for use through Secrets Manager only; None where it is under
            AWS's key, which needs no permission.
        more_secret_arns: ARNs of other secrets that may be read.
        more_secret_key_arns: ARNs of the customer keys of those, for use through Secrets Manager only.
        database_user_arns: What `database_user_arn` returns for each database user who logs in with IAM tokens.
        region: Region of the logs and the secrets.
        account_id: Account of the logs.
        partition: Partition of the Region; by default that of `region`, and `aws` where only Terraform knows that.
    """
    partition = partition or partition_of(region)
    statements = [
        *([allow(DATA_API_ACTIONS, cluster_arn)] if cluster_arn is not None else []),
        *([allow(READ_SECRET_ACTIONS, secret_arn)] if secret_arn is not None else []),
        allow(WRITE_LOGS_ACTIONS, f"arn:{partition}:logs:{region}:{account_id}:*"),
        *(
            [decrypt_secrets(secret_key_arn, region, partition)]
            if secret_arn is not None and secret_key_arn is not None
            else []
        ),
    ]
    if more_secret_arns:
        statements += read_secrets(more_secret_arns, more_secret_key_arns, region, partition)
    if database_user_arns:
        statements.append(allow(CONNECT_ACTIONS, list(database_user_arns)))
    return policy(*statements)


def read_secrets(
    secret_arns: Sequence[str], key_arns: Sequence[str], region: str, partition: str | None = None
) -> list[Statement]:
    """Return the statements that let a role read secrets, and use their customer keys for nothing else."""
    return [
        allow(READ_SECRET_ACTIONS, list(secret_arns)),
        *([decrypt_secrets(list(key_arns), region, partition)] if key_arns else []),
    ]


def decrypt_secrets(key_arns: str | Sequence[str], region: str, partition: str | None = None) -> Statement:
    """Return the statement that lets a role decrypt with keys when it reads secrets of a Region, and at no other time.

    Source: AWS KMS Developer Guide, "kms:ViaService". The Data API reads the secret with the caller's permissions, and
    so comes through Secrets Manager too.
    """
    return through("secretsmanager", allow(DECRYPT_ACTIONS, key_arns), region, partition)


def through(service: str, statement: Statement, region: str, partition: str | None = None) -> Statement:
    """Return a statement on keys of KMS that holds only for what a service of a Region does with them."""
    names = via_services([service], region, partition)
    return {**statement, "Condition": {"StringEquals": {"kms:ViaService": names[0] if len(names) == 1 else names}}}


def via_services(services: Sequence[str], region: str, partition: str | None = None) -> list[str]:
    """Return what the condition key `kms:ViaService` says of services in a Region.

    In China both ways of ending the name: nothing of AWS's says which of the two KMS sends there, and nobody but AWS
    could send the other.
    """
    suffixes = dict.fromkeys((_SUFFIX_OF_SERVICES, dns_suffix(partition or partition_of(region))))
    return [f"{service}.{region}.{suffix}" for service in services for suffix in suffixes]


def database_user_arn(
    *, region: str, account_id: str, resource_id: str, user: str, partition: str | None = None
) -> str:
    """Return what `rds-db:connect` is allowed on for a database user.

    `resource_id` is the cluster's (`cluster-…`) for connections to the cluster, and the proxy's (`prx-…`) for those
    through an RDS Proxy: neither lets a role use the other way.
    """
    # Source: Service Authorization Reference, "Amazon RDS IAM Authentication"; Amazon Aurora User Guide, "Connecting
    # to a database through RDS Proxy".
    return f"arn:{partition or partition_of(region)}:rds-db:{region}:{account_id}:dbuser:{resource_id}/{user}"


def allow(actions: Sequence[str], resource: str | Sequence[str]) -> Statement:
    """Return a statement that allows `actions` on `resource`."""
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def trust_policy(service: str, *, source_account: str | None = None, source_arn: str | None = None) -> str:
    """Return the policy that lets a service of AWS assume a role.

    `source_account` is the id, or a token, of the account for whose resources alone it may do so, `source_arn` the ARN,
    with `*` for any text, of those resources. Give them where AWS documents that the service sends `aws:SourceAccount`
    and `aws:SourceArn`: one that does not could no longer assume the role.
    """
    # Source: IAM User Guide, "The confused deputy problem".
    statement: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    condition: dict[str, object] = {}
    if source_account is not None:
        condition["StringEquals"] = {"aws:SourceAccount": source_account}
    if source_arn is not None:
        condition["ArnLike"] = {"aws:SourceArn": source_arn}
    return policy({**statement, "Condition": condition} if condition else statement)


def policy(*statements: Statement) -> str:
    """Return a policy of these statements."""
    return json.dumps({"Version": POLICY_VERSION, "Statement": statements})
