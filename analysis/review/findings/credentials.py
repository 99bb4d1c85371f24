"""Passwords that come to lie where they can be read."""

from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import Comparison
from analysis.review.finding import Finding, Severity

_IN_STATE: Final = {
    "aws_rds_cluster": ("master_password",),
    "aws_db_instance": ("password",),
    "aws_secretsmanager_secret_version": ("secret_string", "secret_binary"),
}
_MANAGED: Final = "manage_master_user_password"


def password_in_state(comparison: Comparison) -> Iterator[Finding]:
    """Secrets that Terraform writes into its state."""
    for pair in comparison.of_type(*_IN_STATE):
        for name in _IN_STATE[pair.type]:
            if pair.now(name) is not None and pair.was(name) is None:
                yield Finding(
                    Severity.HIGH,
                    pair.address,
                    f"{name} is in the state",
                    "whoever can read the state can read the secret",
                )


def managed_password(comparison: Comparison) -> Iterator[Finding]:
    """Passwords that RDS no longer makes and rotates."""
    for pair in comparison.of_type("aws_rds_cluster", "aws_db_instance"):
        was, now = (side is True for side in (pair.was(_MANAGED), pair.now(_MANAGED)))
        if was and not now and pair.after is not None:
            yield Finding(
                Severity.MEDIUM, pair.address, "RDS no longer makes the password", "nothing rotates it any more"
            )


def rotation(comparison: Comparison) -> Iterator[Finding]:
    """Rotations of a secret that are gone."""
    for pair in comparison.of_type("aws_secretsmanager_secret_rotation"):
        if pair.after is None and pair.address not in comparison.lost_moves:
            yield Finding(Severity.MEDIUM, pair.address, "the rotation is gone", "the secret never changes again")


RULES: Final = (password_in_state, managed_password, rotation)
