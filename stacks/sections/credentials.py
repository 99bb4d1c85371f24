"""`[credentials]`: how the master user's password is made and kept."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aurora.credentials_rules import check_password_version, check_recovery_window
from aurora.rules import refuse
from stacks.sections.section import Section, checked_by


class Credentials(Section):
    """The master password: made by Terraform and kept in its state, or not, or owned and rotated by RDS."""

    mode: Literal["random", "write_only", "managed"] = Field(
        default="random",
        description="random: made by Terraform, in its state; write_only: made by Terraform, never in its state "
        "(Terraform 1.11); managed: made, kept and rotated every 7 days by RDS.",
    )
    version: Annotated[int, checked_by(check_password_version)] | None = Field(
        default=None, description="Version of the password: a higher one rotates it. With random and write_only only."
    )
    recovery_window_days: Annotated[int, checked_by(check_recovery_window)] | None = Field(
        default=None,
        description="Days, 7 to 30, in which a deleted secret can be had back; 0, the default, deletes at once. With "
        "random and write_only only.",
    )

    @model_validator(mode="after")
    def _keys_fit_mode(self) -> Self:
        if self.mode == "managed":
            for key in ("version", "recovery_window_days"):
                if getattr(self, key) is not None:
                    refuse(
                        key,
                        getattr(self, key),
                        'RDS owns the secret with mode "managed"',
                        'leave it out, or write mode = "random" or "write_only"',
                    )
        return self
