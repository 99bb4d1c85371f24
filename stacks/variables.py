"""The three Terraform variables that an operator may set at deploy time, with the rules that Python cannot apply then.

A condition refers to its own variable only, which is all that Terraform 1.5 allows; `min_capacity <= max_capacity` is
a precondition of the cluster.
"""

import json
from collections.abc import Iterable

from cdktf import TerraformVariable, TerraformVariableValidationConfig
from constructs import Construct

from aurora_serverless.options.region_rules import Need
from aurora_serverless.rules.capacity import SMALLEST_MAXIMUM_ACU
from aurora_serverless.rules.engine import LARGEST_CAPACITY_ACU, EngineVersion, versions_with
from aurora_serverless.rules.regions import FEATURES, example_region, region_pattern, regions_without


def region_variable(
    scope: Construct, *, default: str | None, partition: str, needs: Iterable[Need]
) -> TerraformVariable:
    """Make `aws_region`; without a default Terraform asks for it.

    It takes Regions of the partition that the stack's ARNs are written for, in which AWS offers what the stack needs.
    """
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
                condition=f'${{can(regex("{region_pattern(partition)}", var.aws_region))}}',
                error_message=f'aws_region is "${{var.aws_region}}": write the name of a Region of the partition '
                f"{partition}, such as {example_region(partition)}; for another partition, write region in the "
                "environment's file.",
            ),
            *(_offers(need, partition) for need in needs if regions_without(need.feature, partition)),
        ],
    )


def _offers(need: Need, partition: str) -> TerraformVariableValidationConfig:
    without = json.dumps(regions_without(need.feature, partition))
    return TerraformVariableValidationConfig(
        condition=f"${{!contains({without}, var.aws_region)}}",
        error_message=f'aws_region is "${{var.aws_region}}": AWS does not offer {FEATURES[need.feature]} there; '
        f"{need.remedy} in the environment's file, or choose another Region.",
    )


def minimum_capacity_variable(scope: Construct, *, default: float, engine_version: EngineVersion) -> TerraformVariable:
    """Make `min_capacity`, in ACU."""
    smallest, largest = engine_version.smallest_capacity_acu, engine_version.largest_capacity_acu
    why = "" if smallest == 0 else f" (0, to pause when idle, needs {versions_with('auto_pause')})"
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
    why = "" if largest == LARGEST_CAPACITY_ACU else f" (256 needs {versions_with('capacity_256')})"
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
