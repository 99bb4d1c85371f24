"""`[instances.endpoints.<name>]`: a custom endpoint, which leads to some of the instances."""

from collections.abc import Sequence

from aurora_serverless.options.section import Listed, Rule, Section, option
from aurora_serverless.rules.custom_endpoints import EndpointType, check_members


class CustomEndpoint(Section):
    """A custom endpoint of the cluster, beside the writer's and the readers'."""

    type: EndpointType = option(
        "READER: those of its instances that are readers at the moment; ANY: the writer too.",
        default="READER",
        makes="`custom_endpoint_type` of the endpoint",
        example="ANY",
    )
    static_members: Listed[str] = option(
        "Numbers or identifiers of the instances behind it. No other becomes one.",
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
