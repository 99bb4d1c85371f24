"""What one instance of a cluster has of its own."""

from dataclasses import dataclass

from aurora_serverless.rules.instances import check_availability_zone, check_instance_class, check_promotion_tier
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.rules.windows import check_maintenance_window


@dataclass(frozen=True, kw_only=True)
class InstanceSettings:
    """An instance that is not as the others are; what is None is as with them.

    `instance_class` is `db.serverless` or a provisioned class, beside which a serverless writer never pauses; another
    `availability_zone` means a new instance. Raises `RuleViolation` for what AWS would refuse, unless it is a token.
    """

    instance_class: str | None = None
    promotion_tier: int | None = None
    availability_zone: str | None = None
    maintenance_window: str | None = None
    parameter_group_name: str | None = None

    def __post_init__(self) -> None:
        if self.instance_class is not None:
            check_unless_token(check_instance_class, self.instance_class)
        if self.promotion_tier is not None:
            check_unless_token(check_promotion_tier, self.promotion_tier)
        if self.availability_zone is not None:
            check_unless_token(check_availability_zone, self.availability_zone, argument="availability_zone")
        if self.maintenance_window is not None:
            check_unless_token(check_maintenance_window, self.maintenance_window)


AS_THE_OTHERS = InstanceSettings()
