"""`[encryption]`: whose key encrypts data at rest."""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import BeforeValidator, ModelWrapValidatorHandler, PrivateAttr, model_validator

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.section import Change, Rule, Section, checked_by, option
from aurora_serverless.options.told_prices import dollars
from aurora_serverless.rules.encryption import (
    LONGEST_DELETION_WINDOW_DAYS,
    SHORTEST_DELETION_WINDOW_DAYS,
    check_deletion_window,
    check_key_arn,
    encrypted_since,
)
from aurora_serverless.rules.violation import RuleViolation

_OLD_WORDS: Final[Mapping[object, str]] = {"none": "aws-owned", "aws": "aws-managed"}
"""What `key` was called while a cluster without a KMS key was not encrypted."""


def _new_word(value: object) -> object:
    return _OLD_WORDS.get(value, value) if isinstance(value, str) else value


class Encryption(Section):
    """Encryption at rest: of storage, snapshots, insights and the secret; where the key allows it, of log and topic."""

    token_keys: ClassVar[Set[str]] = frozenset({"key_arn"})

    # Source: Amazon Aurora User Guide, "Encrypting Amazon Aurora resources" (2026).
    key: Annotated[Literal["aws-owned", "aws-managed", "own", "given"], BeforeValidator(_new_word)] = option(
        "aws-owned: with a key of AWS outside the account, as AWS encrypts each cluster created since "
        f"{encrypted_since()} by default; aws-managed: with the account's KMS key aws/rds, which AWS calls legacy, and "
        "whose snapshots cannot be shared with another account; own: with a KMS key made here, which rotates every "
        "year; given: with the customer key key_arn. An older cluster that was made without a KMS key is not "
        "encrypted, and aws-owned leaves it so. A change to another key replaces the cluster, and so deletes its data; "
        "from a customer key to aws-managed, and from any KMS key to aws-owned, the plan refuses, because the cluster "
        "would stay as it is and lose its key. docs/upgrading.md has the way through a snapshot.",
        default="aws-owned",
        makes="`storage_encrypted` and `kms_key_id` of the cluster, and the key of secret and insights; with own also "
        "`aws_kms_key.aurora`, its alias, and the key of log and topic",
        costs=f"own and given: {dollars('key_month')} a month for the key, {dollars('key_requests')} for "
        "10,000 requests",
        change=Change.REPLACES_CLUSTER,
        example="own",
    )
    key_arn: Annotated[str, checked_by(check_key_arn)] | None = option(
        "ARN of the customer key. With key given only, and required there.",
        default=None,
        unset="none",
        allowed="the ARN of a key in the deployment's Region, not of an alias",
        makes="`kms_key_id` of cluster and secret",
        change=Change.REPLACES_CLUSTER,
        example="arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    )
    key_allows_cloudwatch: bool = option(
        "Whether the policy of the given key lets CloudWatch use it: the log group and the topic made here are then "
        "under it too. docs/deploying.md has the statements that it needs: without them the deploy of the log group "
        "fails, and no alarm reaches the topic. With key given only.",
        default=False,
        makes="`kms_key_id` of `aws_cloudwatch_log_group.postgresql`, `kms_master_key_id` of `aws_sns_topic.alarms`",
        example=True,
    )
    deletion_window_days: Annotated[int, checked_by(check_deletion_window)] | None = option(
        "Days in which a deleted key can be had back; what it encrypted is lost with it. With key own only.",
        default=None,
        unset=f"{limit('kms_deletion_window_longest')}",
        makes="`deletion_window_in_days` of the key",
        change=Change.AT_CREATION,
        example=14,
        schema={"minimum": SHORTEST_DELETION_WINDOW_DAYS, "maximum": LONGEST_DELETION_WINDOW_DAYS},
    )
    _old_word: str | None = PrivateAttr(default=None)

    @model_validator(mode="wrap")
    @classmethod
    def _remembers_an_old_word(cls, document: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        section = handler(document)
        written = document.get("key") if isinstance(document, Mapping) else None
        if isinstance(written, str) and written in _OLD_WORDS:
            section._old_word = written
        return section

    def __eq__(self, other: object) -> bool:
        """Whether both say the same: an old word is as good as its new one."""
        return isinstance(other, Encryption) and self.model_dump() == other.model_dump()

    def __hash__(self) -> int:
        """Return one number for both words."""
        return hash(tuple(self.model_dump().items()))

    @property
    def has_kms_key(self) -> bool:
        """Whether the cluster is under a KMS key, AWS's or the customer's."""
        return self.key != "aws-owned"

    @property
    def written_key(self) -> str:
        """The word for the key as the file has it, which may be an old one."""
        return self._old_word or self.key

    @property
    def rules(self) -> Sequence[Rule]:
        """What is said of the key suits the kind of key."""
        return (self._keys_fit_key,)

    def _keys_fit_key(self) -> Iterator[RuleViolation]:
        if self.key == "given" and self.key_arn is None:
            yield RuleViolation(
                "key_arn",
                None,
                'key "given" needs the ARN of a key',
                'write, for example, key_arn = "arn:aws:kms:us-east-1:123456789012:key/..."',
            )
        if self.key != "given" and self.key_arn is not None:
            yield RuleViolation(
                "key_arn", self.key_arn, 'is for key "given" only', 'leave it out, or write key = "given"'
            )
        if self.key != "given" and self.key_allows_cloudwatch:
            yield RuleViolation(
                "key_allows_cloudwatch", True, 'is for key "given" only', 'leave it out, or write key = "given"'
            )
        if self.key != "own" and self.deletion_window_days is not None:
            yield RuleViolation(
                "deletion_window_days",
                self.deletion_window_days,
                'is for key "own" only',
                'leave it out, or write key = "own"',
            )

    def warnings(self, *, makes_log_group: bool, makes_topic: bool) -> list[str]:
        """Return what a person should know of the word for the key, and of what is made and not under a given one."""
        renamed = f'encryption.key = "{self._old_word}": the word is now "{self.key}", and means the same; write it'
        return [
            *([renamed] if self._old_word else []),
            *self._not_under_given_key(makes_log_group=makes_log_group, makes_topic=makes_topic),
        ]

    def _not_under_given_key(self, *, makes_log_group: bool, makes_topic: bool) -> list[str]:
        if self.key != "given" or self.key_allows_cloudwatch:
            return []
        left = [
            *(["the log group is under AWS's own key"] if makes_log_group else []),
            *(["the topic of the alarms is not encrypted"] if makes_topic else []),
        ]
        if not left:
            return []
        return [
            f'encryption.key = "given": {" and ".join(left)}, because CloudWatch uses a key only where its policy '
            "allows that; if this one's does, write encryption.key_allows_cloudwatch = true"
        ]
