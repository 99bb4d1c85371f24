"""Which instances a bastion may be, and what it needs of AWS."""

import re
from typing import Final

from aurora_serverless.rules.violation import check_pattern

DEFAULT_INSTANCE_TYPE: Final = "t4g.nano"

AMI_PARAMETER: Final = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
"""The parameter of AWS with the newest image. Source: Systems Manager User Guide, "Calling AMI public parameters"."""

# Source: Amazon EC2 Instance Types, "Naming conventions": family, generation, options, size; the option g is Graviton.
# AL2023 does not run on A1, the first Graviton, whose name has no option. Source: AL2023 User Guide, "Comparing AL2
# and AL2023", and "System requirements".
_GRAVITON: Final = re.compile(r"[a-z]+[0-9]+g[a-z0-9-]*\.[a-z0-9-]+")


def check_instance_type(value: str, *, argument: str = "instance_type") -> None:
    """Raise `RuleViolation` unless `value` looks like an instance type with a Graviton processor."""
    check_pattern(
        argument,
        value,
        _GRAVITON,
        "the image is for Graviton (arm64): family, generation, g, further letters, a dot and the size",
        f'write, for example, "{DEFAULT_INSTANCE_TYPE}"',
    )
