"""`[encryption]`: whether data is encrypted at rest, and with whose key."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aurora.encryption import check_deletion_window, check_key_arn
from aurora.rules import refuse
from stacks.sections.section import Section, checked_by


class Encryption(Section):
    """Encryption at rest: of storage, snapshots, insights, the secret and the log."""

    key: Literal["none", "aws", "own", "given"] = Field(
        default="none",
        description="none: storage is not encrypted; aws: with AWS's key; own: with a key made here; given: with "
        "the customer key key_arn. A change replaces the cluster, and so deletes its data.",
    )
    key_arn: Annotated[str, checked_by(check_key_arn)] | None = Field(
        default=None, description="ARN of the customer key; with key given only."
    )
    deletion_window_days: Annotated[int, checked_by(check_deletion_window)] | None = Field(
        default=None,
        description="Days, 7 to 30, by default 30, in which a deleted key can be had back; with key own only.",
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
