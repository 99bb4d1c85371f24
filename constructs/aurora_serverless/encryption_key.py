"""The customer key that encrypts a database: its storage, its secret, its logs, its alarms."""

from collections.abc import Mapping
from typing import Final

from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.alarms import ALARM_SERVICE
from aurora_serverless.rules.database_policy import policy, via_services
from aurora_serverless.rules.encryption import (
    LONGEST_DELETION_WINDOW_DAYS,
    check_alias_name,
    check_deletion_window,
    check_description,
    full_alias_name,
)
from aurora_serverless.rules.events import EVENT_SERVICE
from aurora_serverless.rules.regions import dns_suffix, partition_of

# Source: AWS KMS Developer Guide, "Default key policy", statement for key administrators; without CreateGrant, with
# which an administrator could give the use of the key away.
ADMINISTRATION_ACTIONS: Final = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:Revoke*",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)
USE_ACTIONS: Final = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*")
GRANT_ACTIONS: Final = ("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant")
# Source: Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS", step 2.
LOGS_ACTIONS: Final = ("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*")
# Source: Amazon SNS Developer Guide, "Enable compatibility between event sources from AWS services and encrypted
# topics".
PUBLISH_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey*")


class EncryptionKey(AddressedConstruct):
    """A key of one Region that rotates every year, with an alias, and a policy for what a database needs of it.

    The policy names no role. What it lets the account do, it lets those do whom IAM lets: the account's IAM policies
    decide who administers the key, and who uses it through RDS or Secrets Manager. A Lambda role that reads a secret
    under this key needs `kms:Decrypt` in its own policy and nothing here. Nobody, not even an administrator of the
    account, uses the key outside those services.

    Attributes: `key`, `alias` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        alias_name: str,
        description: str,
        region: str,
        account_id: str,
        partition: str | None = None,
        log_group_arn_pattern: str | None = None,
        alarm_topic: bool = False,
        database_events: bool = False,
        deletion_window_days: int = LONGEST_DELETION_WINDOW_DAYS,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the key and its alias.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            alias_name: The alias without `alias/`.
            description: What the key is for, as KMS shows it.
            region: Region of the key, or a token.
            account_id: Account of the key, twelve digits or a token.
            partition: Partition of the key; by default that of `region`, and `aws` where only Terraform knows that.
            log_group_arn_pattern: ARN, with `*` for any text, of the log groups that CloudWatch Logs may encrypt with
                the key; none by default.
            alarm_topic: Whether CloudWatch alarms may publish to an SNS topic under the key; off by default.
            database_events: Whether RDS may publish its events to that topic too; off by default.
            deletion_window_days: Days, 7 to 30, in which a deleted key can be had back; by default 30. What it
                encrypted is lost with it.
            tags: Tags of the key; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: KMS would refuse the alias, the description or the deletion window.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_alias_name(alias_name)
        check_description(description)
        check_deletion_window(deletion_window_days)
        partition = partition or partition_of(region)
        account = {"AWS": f"arn:{partition}:iam::{account_id}:root"}
        statements = [
            _allow("AccountAdministersKey", account, ADMINISTRATION_ACTIONS),
            *_use_through_services(account, region, partition, alarm_topic=alarm_topic),
        ]
        if log_group_arn_pattern is not None:
            statements.append(_encrypt_logs(region, partition, log_group_arn_pattern))
        if alarm_topic:
            statements.append(_publish("PublishAlarms", ALARM_SERVICE, account_id))
        if database_events:
            statements.append(_publish("PublishEvents", EVENT_SERVICE, account_id))
        self.key = self._addressed(
            KmsKey(
                self,
                "key",
                description=description,
                enable_key_rotation=True,
                deletion_window_in_days=deletion_window_days,
                multi_region=False,
                policy=policy(*statements),
                tags=self._tags,
            ),
            "aurora",
        )
        self.alias = self._addressed(
            KmsAlias(self, "alias", name=full_alias_name(alias_name), target_key_id=self.key.key_id), "aurora"
        )

    @property
    def arn(self) -> str:
        """ARN of the key."""
        return self.key.arn


def _allow(
    sid: str, principal: Mapping[str, str], actions: tuple[str, ...], condition: Mapping[str, object] | None = None
) -> dict[str, object]:
    statement: dict[str, object] = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": actions,
        "Resource": "*",  # in a key's policy: this key
    }
    return statement if condition is None else {**statement, "Condition": condition}


def _use_through_services(
    account: Mapping[str, str], region: str, partition: str, *, alarm_topic: bool
) -> list[dict[str, object]]:
    """Return who uses the key for storage, Performance Insights and secrets.

    RDS and Secrets Manager use it on behalf of the caller, RDS later through grants that it made then.
    """
    services = ["rds", "secretsmanager", *(["sns"] if alarm_topic else [])]
    through = {"kms:ViaService": via_services(services, region, partition)}
    return [
        _allow("UseThroughServices", account, USE_ACTIONS, {"StringEquals": through}),
        _allow(
            "GrantToServices",
            account,
            GRANT_ACTIONS,
            {"StringEquals": through, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]


def _encrypt_logs(region: str, partition: str, log_group_arn_pattern: str) -> dict[str, object]:
    return _allow(
        "EncryptLogs",
        {"Service": f"logs.{region}.{dns_suffix(partition)}"},
        LOGS_ACTIONS,
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_group_arn_pattern}},
    )


def _publish(sid: str, service: str, account_id: str) -> dict[str, object]:
    return _allow(
        sid,
        {"Service": service},
        PUBLISH_ACTIONS,
        {"StringEquals": {"aws:SourceAccount": account_id}},
    )
