"""`[instances.each.<number or identifier>]`: what one instance has of its own."""

from collections.abc import Sequence
from typing import Annotated

from aurora_serverless.options.section import Change, Rule, Section, checked_by, option
from aurora_serverless.rules.instances import (
    LAST_PROMOTION_TIER,
    SERVERLESS_CLASS,
    check_availability_zone,
    check_instance_class,
    check_promotion_tier,
)
from aurora_serverless.rules.parameter_groups import check_group_name, check_instance_parameters
from aurora_serverless.rules.violation import refuse
from aurora_serverless.rules.windows import check_maintenance_window


def _check_parameters(value: dict[str, str]) -> None:
    check_instance_parameters(value)


class Instance(Section):
    """One instance, where it is not as the others are."""

    instance_class: Annotated[str, checked_by(check_instance_class)] | None = option(
        "Class of the instance: a provisioned one beside serverless ones has a size of its own and never pauses. While "
        "there is one, neither the writer nor readers of the tiers 0 and 1 pause. Another class restarts the instance, "
        "in its maintenance window or at once, as maintenance.apply_immediately says.",
        default=None,
        unset=f"`{SERVERLESS_CLASS}`",
        allowed=f"`{SERVERLESS_CLASS}`, or a class that Aurora PostgreSQL has in the Region and the version; no T "
        "class with the Data API; one of a type that is not known here passes with a warning",
        makes="`instance_class` of the instance",
        costs="a provisioned one by the hour of its class, used or not",
        example="db.r7g.large",
    )
    promotion_tier: Annotated[int, checked_by(check_promotion_tier)] | None = option(
        "Tier in which the instance is promoted when the writer fails. The first instance has one too: it may be a "
        "reader some day.",
        default=None,
        unset="as instances.promotion_tier says",
        makes="`promotion_tier` of the instance",
        costs="in 0 and 1 a serverless reader has at least the writer's capacity",
        example=15,
        schema={"minimum": 0, "maximum": LAST_PROMOTION_TIER},
    )
    availability_zone: Annotated[str, checked_by(check_availability_zone)] | None = option(
        "Zone of the instance. Another zone means a new instance.",
        default=None,
        unset="as instances.availability_zones says",
        allowed="the name of a zone of the Region, with a subnet of the database",
        makes="`availability_zone` of the instance",
        change=Change.REPLACES_OTHERS,
        example="us-east-1b",
    )
    maintenance_window: Annotated[str, checked_by(check_maintenance_window)] | None = option(
        "Weekly window in UTC in which AWS works on this instance, so that not all are away at one time.",
        default=None,
        unset="as maintenance.window says",
        allowed="ddd:hh:mm-ddd:hh:mm, 30 minutes to a day, not while backups are made",
        makes="`preferred_maintenance_window` of the instance",
        example="mon:04:00-mon:05:00",
    )
    parameters: Annotated[dict[str, str], checked_by(_check_parameters)] | None = option(
        "Parameters of this instance, in its own parameter group, in addition to those of engine.instance_parameters, "
        "over which they win. To take all out of a running instance leave the table empty, which keeps the group.",
        default=None,
        unset="those of engine.instance_parameters",
        allowed="as engine.instance_parameters",
        makes="`aws_db_parameter_group.aurora_<number>`, `db_parameter_group_name` of the instance",
        example={"work_mem": "131072"},
    )
    parameter_group: Annotated[str, checked_by(check_group_name)] | None = option(
        "Name of an existing parameter group for this instance.",
        default=None,
        unset="as the other instances",
        allowed="a group of the major version's family, which the plan checks; not beside parameters",
        makes="`data.aws_db_parameter_group.existing_<number>`, `db_parameter_group_name` of the instance",
        example="orders-reports17",
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """The group is made here, or named."""
        return (self._group_is_given_or_made,)

    def _group_is_given_or_made(self) -> None:
        if self.parameters is not None and self.parameter_group is not None:
            rule = "is a group that is there already, and parameters are for one made here"
            refuse("parameter_group", self.parameter_group, rule, "leave one of the two out")


AS_THE_OTHERS = Instance.model_construct()
"""Of an instance of which nothing is said."""
