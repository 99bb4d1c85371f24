"""`[encryption]`: whether data is encrypted at rest, and with whose key."""

from typing import Annotated, Literal, Self

from pydantic import model_validator

from aurora.encryption import (
    LONGEST_DELETION_WINDOW_DAYS,
    SHORTEST_DELETION_WINDOW_DAYS,
    check_deletion_window,
    check_key_arn,
)
from aurora.rules import refuse
from stacks.sections.section import Change, Section, checked_by, option


class Encryption(Section):
    """Encryption at rest: of storage, snapshots, insights, the secret and the log."""

    key: Literal["none", "aws", "own", "given"] = option(
        "none: storage is not encrypted; aws: with AWS's key; own: with a key made here, which rotates every year; "
        "given: with the customer key key_arn. A change replaces the cluster, and so deletes its data; "
        "docs/upgrading.md has the way through a snapshot.",
        default="none",
        makes="`storage_encrypted` and `kms_key_id` of the cluster, and the key of secret, insights, log and topic; "
        "with own also `aws_kms_key.aurora` and its alias",
        costs="own and given: $1 a month for the key, $0.03 for 10,000 requests",
        change=Change.REPLACES_CLUSTER,
        example="own",
    )
    key_arn: Annotated[str, checked_by(check_key_arn)] | None = option(
        "ARN of the customer key. With key given only, and required there.",
        default=None,
        unset="none",
        allowed="the ARN of a key, not of an alias",
        makes="`kms_key_id` of cluster and secret",
        change=Change.REPLACES_CLUSTER,
        example="arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    )
    deletion_window_days: Annotated[int, checked_by(check_deletion_window)] | None = option(
        "Days in which a deleted key can be had back; what it encrypted is lost with it. With key own only.",
        default=None,
        unset="30",
        makes="`deletion_window_in_days` of the key",
        change=Change.AT_CREATION,
        example=14,
        schema={"minimum": SHORTEST_DELETION_WINDOW_DAYS, "maximum": LONGEST_DELETION_WINDOW_DAYS},
    )

    @model_validator(mode="after")
    def _keys_fit_key(self) -> Self:
        if self.key == "given" and self.key_arn is None:
            refuse(
                "key_arn",
                None,
                'key "given" needs the ARN of a key',
                'write, for example, key_arn = "arn:aws:kms:us-east-1:123456789012:key/..."',
            )
        if self.key != "given" and self.key_arn is not None:
            refuse("key_arn", self.key_arn, 'is for key "given" only', 'leave it out, or write key = "given"')
        if self.key != "own" and self.deletion_window_days is not None:
            refuse(
                "deletion_window_days",
                self.deletion_window_days,
                'is for key "own" only',
                'leave it out, or write key = "own"',
            )
        return self
