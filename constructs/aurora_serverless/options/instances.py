"""`[instances]`: the readers beside the writer, where they run, and the endpoints that lead to some of them."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.instance import Instance
from aurora_serverless.options.section import Change, Listed, Rule, Section, checked_by, option, told
from aurora_serverless.options.told_prices import dollars
from aurora_serverless.rules.custom_endpoints import EndpointType, check_endpoint_count, check_members
from aurora_serverless.rules.engine import versions_with
from aurora_serverless.rules.instances import (
    CA_CERTIFICATES,
    LAST_PROMOTION_TIER,
    MOST_READERS,
    check_availability_zone,
    check_ca_certificate,
    check_promotion_tier,
    check_reader_count,
    check_tier_count,
    is_known_class,
)
from aurora_serverless.rules.read_scaling import (
    DEFAULT_COOLDOWN_SECONDS,
    DEFAULT_METRIC,
    ReadScalingMetric,
    check_cooldown,
    check_metric,
    check_scaled_readers,
    read_scaling_warnings,
)
from aurora_serverless.rules.violation import RuleViolation, refuse, shown


class CustomEndpoint(Section):
    """A custom endpoint of the cluster, beside the writer's and the readers'."""

    type: EndpointType = option(
        "READER: those of its instances that are readers at the moment; ANY: the writer too.",
        default="READER",
        makes="`custom_endpoint_type` of the endpoint",
        example="ANY",
    )
    static_members: Listed[str] = option(
        "Numbers or identifiers of its instances. No others are added.",
        default=(),
        unset="all, and those that come",
        allowed="instances that are there, none twice; not beside excluded_members",
        makes="`static_members` of the endpoint",
        example=("1",),
    )
    excluded_members: Listed[str] = option(
        "Numbers or identifiers of the instances that are not behind it. All others are, those that come too.",
        default=(),
        unset="none",
        allowed="the same; not beside static_members",
        makes="`excluded_members` of the endpoint",
        example=("0",),
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """Members are named in one way."""
        return (lambda: check_members(self.static_members, self.excluded_members),)


class ReadScaling(Section):
    """`[instances.read_scaling]`: readers that come and go between two numbers.

    AWS does not support it for serverless instances, though its API takes it, and advises readers made beforehand.
    """

    minimum_readers: int = option(
        "Fewest readers, those of instances.readers included.",
        makes="`min_capacity` of `aws_appautoscaling_target.readers`",
        example=1,
        schema={"minimum": 0, "maximum": MOST_READERS},
    )
    maximum_readers: int = option(
        "Most readers.",
        makes="`max_capacity` of `aws_appautoscaling_target.readers`",
        costs="each reader as much as the writer at its capacity",
        example=5,
        schema={"minimum": 1, "maximum": MOST_READERS},
    )
    metric: ReadScalingMetric = option(
        "What is kept near the target: percent of the capacity, connections of a reader, or percent of the processor, "
        "which AWS calls not meaningful for serverless instances.",
        default=DEFAULT_METRIC,
        makes="`aws_appautoscaling_policy.readers`; capacity: of the metric ACUUtilization of the readers",
        costs=f"two alarms that Application Auto Scaling makes, {dollars('alarm_month', 2)} a month",
        change=Change.REPLACES_OTHERS,
        example="connections",
    )
    target_value: float | None = option(
        "The target: percent, or a number of connections. Required for connections.",
        default=None,
        unset="70 percent",
        allowed="1 to 100 percent, or connections above 0",
        makes="`target_value` of the policy",
        example=60.0,
        schema={"exclusiveMinimum": 0},
    )
    scale_in_cooldown_seconds: Annotated[int, checked_by(check_cooldown)] = option(
        "Seconds after a reader was removed before the next one is.",
        default=DEFAULT_COOLDOWN_SECONDS,
        makes="`scale_in_cooldown` of the policy",
        example=900,
        schema={"minimum": 0},
    )
    scale_out_cooldown_seconds: Annotated[int, checked_by(check_cooldown)] = option(
        "Seconds after a reader was added before the next one is. A new reader takes minutes until it takes load off "
        "the others.",
        default=DEFAULT_COOLDOWN_SECONDS,
        makes="`scale_out_cooldown` of the policy",
        example=600,
        schema={"minimum": 0},
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """Aurora can have as many readers, and scale them so."""
        return (self._numbers_fit, lambda: check_metric(self.metric, self.target_value))

    def _numbers_fit(self) -> Iterator[RuleViolation]:
        ends = [
            *told(check_scaled_readers, self.minimum_readers, MOST_READERS),
            *told(check_scaled_readers, 0, self.maximum_readers),
        ]
        yield from ends or told(check_scaled_readers, self.minimum_readers, self.maximum_readers)


class Instances(Section):
    """The instances: the first one, which is always there, and readers."""

    readers: Annotated[int, checked_by(check_reader_count)] = option(
        "Number of readers beside the writer. Adding or removing one touches no other instance.",
        default=0,
        makes="`aws_rds_cluster_instance.reader_1` and so on",
        costs="each as much as the writer at its capacity",
        example=1,
        schema={"minimum": 0, "maximum": MOST_READERS},
    )
    availability_zones: Listed[Annotated[str, checked_by(check_availability_zone)]] = option(
        "Zones of the instances, in turn, each with a subnet of the database. Another zone means a new instance.",
        default=(),
        unset="AWS spreads them",
        allowed="names of zones of the Region",
        makes="`availability_zone` of the instances, never of the cluster, which it would replace",
        change=Change.REPLACES_OTHERS,
        example=("us-east-1a", "us-east-1b"),
    )
    promotion_tier: Annotated[int, checked_by(check_promotion_tier)] | None = option(
        "Tier in which readers are promoted when the writer fails; in 0 and 1 they scale with the writer. With readers "
        "only.",
        default=None,
        unset="1",
        makes="`promotion_tier` of the readers",
        costs="in 0 and 1 a reader has at least the writer's capacity",
        example=2,
        schema={"minimum": 0, "maximum": LAST_PROMOTION_TIER},
    )

    promotion_tiers: Listed[Annotated[int, checked_by(check_promotion_tier)]] = option(
        "Tier of each reader, in turn, instead of one for all: in 0 and 1 a reader is ready to take over with the "
        "writer's capacity, in the others it scales by its own load from the smallest capacity on.",
        default=(),
        unset="promotion_tier for all",
        allowed=f"one for each reader, 0 to {limit('rds_promotion_tier_last')}",
        makes="`promotion_tier` of the readers",
        costs="in 0 and 1 a reader has at least the writer's capacity",
        example=(1, 2),
        schema={"items": {"type": "integer", "minimum": 0, "maximum": LAST_PROMOTION_TIER}},
    )

    ca_certificate: Annotated[str, checked_by(check_ca_certificate)] | None = option(
        "Certificate authority that signs the certificates of the instances. Clients that verify the server need it in "
        "their trust store before a change, which Aurora PostgreSQL makes without a restart. A proxy has a certificate "
        "of its own.",
        default=None,
        unset="the account's; an instance that runs keeps the one that it has",
        makes="`ca_cert_identifier` of the instances",
        example="rds-ca-rsa4096-g1",
        schema={"enum": [*CA_CERTIFICATES]},
    )

    each: dict[str, Instance] | None = option(
        "Settings of one instance, in a table with the instance's number, 0 for the first one, or its "
        "identifier in the place of `1`.",
        default=None,
        unset="all are alike",
        example={"1": {"instance_class": "db.r7g.large"}},
    )

    endpoints: dict[str, CustomEndpoint] | None = option(
        "A custom endpoint, in a table with its short name in the place of `reports`: it is called "
        "`<cluster>-<short name>`, and the output `custom_endpoints` has its address.",
        default=None,
        unset="the writer's and the readers' endpoint only",
        makes="`aws_rds_cluster_endpoint.aurora_<short name>`",
        example={"reports": {"static_members": ("1",)}},
    )

    local_write_forwarding: bool | None = option(
        "Whether readers take writes and forward them to the writer; a session sees its own as "
        "`apg_write_forward.consistency_mode` says. With readers only; not through a proxy, and not for DDL, sequences "
        "and what else AWS lists.",
        default=None,
        unset="off",
        allowed=f"true from {versions_with('local_write_forwarding')} on; AWS's page names no later major version, "
        "which passes with a warning",
        makes="`enable_local_write_forwarding` of the cluster",
        example=True,
    )

    read_scaling: ReadScaling | None = option(
        "Readers that AWS adds and removes, which it does not support for serverless instances: readers created in "
        "advance, in tiers above 1, are ready sooner and cost little while idle.",
        default=None,
        unset="no read scaling",
    )

    @property
    def zones(self) -> Iterator[tuple[str, str]]:
        """Yield each zone that is named, after its key."""
        for zone in self.availability_zones:
            yield "instances.availability_zones", zone
        for name, instance in (self.each or {}).items():
            if instance.availability_zone is not None:
                yield f"instances.each.{name}.availability_zone", instance.availability_zone

    @property
    def used_zones(self) -> tuple[str, ...]:
        """The zones in which instances lie: of those named, as many as there are instances."""
        own = (instance.availability_zone for instance in (self.each or {}).values())
        in_turn = self.availability_zones[: 1 + self.readers]
        return tuple(dict.fromkeys((*in_turn, *(zone for zone in own if zone is not None))))

    @property
    def rules(self) -> Sequence[Rule]:
        """What is said of readers suits their number."""
        return (
            self._scaling_suits_readers,
            self._tier_suits_readers,
            self._tiers_suit_readers,
            self._tiers_are_said_once,
            lambda: check_endpoint_count(len(self.endpoints or {})),
            self._forwarding_suits_readers,
        )

    @property
    def warnings(self) -> list[str]:
        """What a person should know of the readers before deploying them."""
        scaling = [] if self.read_scaling is None else read_scaling_warnings(self.read_scaling.metric)
        unknown = [
            f"instances.each.{name}.instance_class = {shown(one.instance_class)}: is of no type that Aurora PostgreSQL "
            "is known to have; AWS decides at apply whether it exists"
            for name, one in (self.each or {}).items()
            if one.instance_class is not None and not is_known_class(one.instance_class)
        ]
        return [*scaling, *unknown]

    def _scaling_suits_readers(self) -> None:
        scaling = self.read_scaling
        if scaling is not None and scaling.minimum_readers < self.readers:
            refuse(
                "read_scaling.minimum_readers",
                scaling.minimum_readers,
                f"must not be below readers, which is {self.readers}: AWS would remove what Terraform made",
                f"write {self.readers} or more",
            )

    def _tier_suits_readers(self) -> None:
        if self.promotion_tier is not None and self.readers == 0:
            refuse(
                "promotion_tier", self.promotion_tier, "there is no reader to promote", "leave it out, or add readers"
            )

    def _tiers_suit_readers(self) -> None:
        tiers = self.promotion_tiers
        if tiers and self.promotion_tier is not None:
            refuse("promotion_tiers", tiers, "promotion_tier names one for all", "leave one of the two out")
        if tiers:
            check_tier_count(tiers, self.readers, argument="promotion_tiers")

    def _tiers_are_said_once(self) -> Iterator[RuleViolation]:
        for name, instance in (self.each or {}).items():
            if self.promotion_tiers and instance.promotion_tier is not None:
                yield RuleViolation(
                    f"each.{name}.promotion_tier",
                    instance.promotion_tier,
                    "promotion_tiers names one for each reader",
                    "leave one of the two out",
                )

    def _forwarding_suits_readers(self) -> None:
        if self.local_write_forwarding and self.readers == 0 and self.read_scaling is None:
            refuse("local_write_forwarding", True, "there is no reader to forward", "leave it out, or add readers")
