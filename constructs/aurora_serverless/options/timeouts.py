"""`[timeouts]`: how long Terraform waits for the cluster and its instances."""

from typing import Annotated, Final

from aurora_serverless.options.section import Section, checked_by, option
from aurora_serverless.rules.timeouts import LONGEST_MINUTES, check_timeout

_MINUTES: Final = {"minimum": 1, "maximum": LONGEST_MINUTES}


class Timeouts(Section):
    """How long Terraform waits until it calls a deploy failed. AWS goes on with what it has begun."""

    create_minutes: Annotated[int, checked_by(check_timeout)] | None = option(
        "Minutes until a new cluster, and each new instance, must be available; a restore of much data needs more.",
        default=None,
        unset="120 for the cluster, 90 for an instance",
        makes="`timeouts.create` of the cluster and of each instance",
        example=240,
        schema=_MINUTES,
    )
    update_minutes: Annotated[int, checked_by(check_timeout)] | None = option(
        "The same for a change, such as an engine upgrade.",
        default=None,
        unset="120 for the cluster, 90 for an instance",
        makes="`timeouts.update` of the cluster and of each instance",
        example=240,
        schema=_MINUTES,
    )
    delete_minutes: Annotated[int, checked_by(check_timeout)] | None = option(
        "The same of a deletion, with the final snapshot. To count, a change must be deployed before.",
        default=None,
        unset="120 for the cluster, 90 for an instance",
        makes="`timeouts.delete` of the cluster and of each instance",
        example=180,
        schema=_MINUTES,
    )
