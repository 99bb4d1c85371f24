"""The three Terraform variables that an operator may set at deploy time, with the rules that Python cannot apply then.

A condition refers to its own variable only, which is all that Terraform 1.5 allows; `min_capacity <= max_capacity` is
a precondition of the cluster.
"""

from cdktf import TerraformVariable, TerraformVariableValidationConfig
from constructs import Construct

from aurora.capacity import SMALLEST_MAXIMUM_ACU
from aurora.engine import (
    AUTO_PAUSE_SINCE,
    LARGEST_CAPACITY_ACU,
    LARGEST_CAPACITY_SINCE,
    EngineVersion,
    first_minor_versions,
)
from aurora.regions import REGION_PATTERN


def region_variable(scope: Construct, *, default: str | None) -> TerraformVariable:
    """Make `aws_region`; without a default Terraform asks for it."""
    return TerraformVariable(
        scope,
        "aws_region",
        type="string",
        description="AWS region for resources",
        default=default,
        nullable=False,
        validation=[
            TerraformVariableValidationConfig(
                # Terraform reads the backslashes of a quoted string itself: this pattern has none.
                condition=f'${{can(regex("{REGION_PATTERN}", var.aws_region))}}',
                error_message='aws_region is "${var.aws_region}": write the name of a Region, such as us-east-1.',
            )
        ],
    )


def minimum_capacity_variable(scope: Construct, *, default: float, engine_version: EngineVersion) -> TerraformVariable:
    """Make `min_capacity`, in ACU."""
    smallest, largest = engine_version.smallest_capacity_acu, engine_version.largest_capacity_acu
    why = "" if smallest == 0 else f" (0, to pause when idle, needs {first_minor_versions(AUTO_PAUSE_SINCE)})"
    return _capacity_variable(
        scope,
        "min_capacity",
        description="Minimum capacity for Aurora Serverless v2 (in ACUs)",
        default=default,
        smallest=smallest,
        largest=largest,
        rule=f"the minimum capacity of Aurora PostgreSQL {engine_version} is {smallest:g} to {largest} ACU{why}",
    )


def maximum_capacity_variable(scope: Construct, *, default: float, engine_version: EngineVersion) -> TerraformVariable:
    """Make `max_capacity`, in ACU."""
    largest = engine_version.largest_capacity_acu
    smallest = SMALLEST_MAXIMUM_ACU
    why = "" if largest == LARGEST_CAPACITY_ACU else f" (256 needs {first_minor_versions(LARGEST_CAPACITY_SINCE)})"
    return _capacity_variable(
        scope,
        "max_capacity",
        description="Maximum capacity for Aurora Serverless v2 (in ACUs)",
        default=default,
        smallest=smallest,
        largest=largest,
        rule=f"the maximum capacity of Aurora PostgreSQL {engine_version} is {smallest} to {largest} ACU{why}",
    )


def _capacity_variable(
    scope: Construct, name: str, *, description: str, default: float, smallest: float, largest: float, rule: str
) -> TerraformVariable:
    return TerraformVariable(
        scope,
        name,
        type="number",
        description=description,
        default=default,
        nullable=False,
        validation=[
            TerraformVariableValidationConfig(
                condition=f"${{var.{name} >= {smallest:g} && var.{name} <= {largest:g}}}",
                error_message=f"{name} is ${{var.{name}}}: {rule}.",
            ),
            TerraformVariableValidationConfig(
                condition=f"${{floor(var.{name} * 2) == var.{name} * 2}}",
                error_message=f"{name} is ${{var.{name}}}: capacity goes in steps of 0.5 ACU.",
            ),
        ],
    )
