"""`[restore]`: what a new cluster is made from, instead of starting empty."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from aurora_serverless.options.access import Access
from aurora_serverless.options.engine import Engine
from aurora_serverless.options.monitoring import Monitoring
from aurora_serverless.options.section import Change, Rule, Section, checked_by, option, told
from aurora_serverless.restore import RestoreSource
from aurora_serverless.rules.restore import (
    check_is_other_cluster,
    check_restore_time,
    check_snapshot_identifier,
    check_source_cluster,
    check_source_region,
    restore_warnings,
)
from aurora_serverless.rules.violation import RuleViolation, refuse

_KEYS: Final = {
    "snapshot": ("snapshot_identifier",),
    "point_in_time": ("source_cluster_identifier", "time"),
    "clone": ("source_cluster_identifier",),
}


class Restore(Section):
    """What a new cluster is made from. A running cluster stays as it is, whatever this says, and if it goes."""

    type: Literal["snapshot", "point_in_time", "clone"] = option(
        "snapshot: from a snapshot, on engine.version; point_in_time: a copy of a cluster as it was at a time; clone: "
        "a cluster that shares the pages of another until one of the two changes them. Database, master user and "
        "encryption are the source's, and the engine version too unless it is a snapshot: the file must name them so, "
        "which the deploy checks. A snapshot that is not encrypted becomes a cluster that is. A "
        "restore leaves Data API, IAM authentication and insights off: a second deploy turns them on.",
        makes="`snapshot_identifier` or `restore_to_point_in_time` of the cluster, at its creation only",
        costs="a cluster of its own; a clone's storage only as far as the two differ",
        change=Change.AT_CREATION,
        example="snapshot",
    )
    snapshot_identifier: Annotated[str, checked_by(check_snapshot_identifier)] | None = option(
        "Identifier or ARN of the cluster's snapshot, also of an automated one (rds:...). With type snapshot only, and "
        "required there.",
        default=None,
        unset="none",
        allowed="a snapshot of a cluster, in the same Region",
        makes="`snapshot_identifier` of the cluster",
        change=Change.AT_CREATION,
        example="shop-aurora-final-0123abcd",
    )
    source_cluster_identifier: Annotated[str, checked_by(check_source_cluster)] | None = option(
        "Identifier or ARN of the cluster that is copied. With types point_in_time and clone only, and required there.",
        default=None,
        unset="none",
        allowed="another cluster, in the same Region",
        makes="`source_cluster_identifier` of `restore_to_point_in_time`",
        change=Change.AT_CREATION,
        example="shop-aurora",
    )
    time: Annotated[datetime, checked_by(check_restore_time)] | None = option(
        "The moment whose data is copied. With type point_in_time only.",
        default=None,
        unset="the last restorable time, a few minutes ago",
        allowed="a date and time with an offset, in whole seconds, within the source's backup retention",
        makes="`restore_to_time` of `restore_to_point_in_time`",
        change=Change.AT_CREATION,
        example=datetime(2026, 10, 31, 12, tzinfo=UTC),
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """The keys suit the type."""
        return (self._keys_fit_type, self._source_is_named)

    def _keys_fit_type(self) -> Iterator[RuleViolation]:
        for key in ("snapshot_identifier", "source_cluster_identifier", "time"):
            value = getattr(self, key)
            if key not in _KEYS[self.type] and value is not None:
                types = " and ".join(f'"{type_}"' for type_, keys in _KEYS.items() if key in keys)
                yield RuleViolation(key, value, f'is for type {types}, and the type is "{self.type}"', "leave it out")

    def _source_is_named(self) -> None:
        required = _KEYS[self.type][0]
        if getattr(self, required) is None:
            refuse(required, None, f'type "{self.type}" needs its source', f"write {required}")

    @property
    def source(self) -> RestoreSource:
        """The source, as the cluster takes it."""
        if self.snapshot_identifier is not None:
            return RestoreSource.snapshot(self.snapshot_identifier)
        assert self.source_cluster_identifier is not None  # noqa: S101 (the model refuses it)
        if self.type == "clone":
            return RestoreSource.clone(self.source_cluster_identifier)
        return RestoreSource.point_in_time(self.source_cluster_identifier, time=self.time)

    def violations(self, engine: Engine, *, cluster_identifier: str, region: str | None) -> Iterator[RuleViolation]:
        """Yield where the source does not suit the cluster that is made from it."""
        for key in ("snapshot_identifier", "source_cluster_identifier"):
            if (source := getattr(self, key)) is not None:
                yield from told(check_source_region, source, region, argument=key, section="restore")
        if self.source_cluster_identifier is not None:
            yield from told(
                check_is_other_cluster, self.source_cluster_identifier, cluster_identifier, section="restore"
            )
        if self.type != "snapshot" and engine.extended_support is False:
            # The provider sends it with a snapshot only, and cannot change it later: each plan would show it.
            yield RuleViolation(
                "engine.extended_support",
                False,
                f'cannot be asked for with restore.type = "{self.type}"',
                "leave it out, or restore a snapshot",
            )

    def warnings(self, access: Access, monitoring: Monitoring) -> list[str]:
        """Return what a person should know before deploying a restored cluster."""
        left_off = ["the Data API"] if access.data_api else []
        if access.iam_authentication and self.type == "snapshot":
            left_off.append("IAM authentication")
        if monitoring.insights != "off":
            left_off.append("insights")
        source = self.snapshot_identifier or self.source_cluster_identifier
        return restore_warnings(source=f"{source}", left_off=left_off)
