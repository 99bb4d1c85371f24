"""What an environment file may say: one deployment, checked on reading.

`stacks.environment_files` reads such files and `stacks.sections` has their tables; here they are put together. Sections
and keys stand in the order in which the constructs take them. Nothing here imports CDKTF.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any, Self

from pydantic import ModelWrapValidatorHandler, field_validator, model_validator

from aurora_serverless.rules.auto_pause import (
    LOGICAL_REPLICATION,
    WITH_LOGICAL_REPLICATION,
    WITH_PROXY,
    in_global_database,
    never_pauses,
)
from aurora_serverless.rules.engine import DEFAULT_VERSION
from aurora_serverless.rules.engine_parameters import is_on
from aurora_serverless.rules.insights import insights_warnings
from aurora_serverless.rules.violation import check_different, refuse
from stacks.derived_values import DerivedValues
from stacks.environment_rules import RULES
from stacks.presets import with_preset
from stacks.region_rules import region_warnings
from stacks.sections.section import Rule


class Environment(DerivedValues):
    """One deployment, as its file describes it.

    `name` is the stem of the file and the name of the stack; every other field is a key of the file. A wrong value
    raises pydantic's `ValidationError`, which `stacks.environment_files` turns into lines that a person can use.
    """

    @model_validator(mode="wrap")
    @classmethod
    def _starts_from_preset(cls, document: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        return handler(with_preset(document))

    @field_validator("allowed_account_ids", mode="after")
    @classmethod
    def _names_an_account(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            refuse("", [], "the list is empty, which would allow every account", "name an account, or leave it out")
        check_different("", value)
        return value

    @property
    def rules(self) -> Sequence[Rule]:
        """The rules over several sections."""
        return [partial(rule, self) for rule in RULES]

    def warnings(self, today: date) -> tuple[str, ...]:
        """Return what a person should know before deploying this on the day `today`."""
        restore = self.restore.warnings(self.access, self.monitoring) if self.restore else []
        global_database = (
            self.global_database.warnings(self.capacity, self.access, self.monitoring) if self.global_database else []
        )
        encryption = self.encryption.warnings(
            makes_log_group=self.monitoring.log_retention_days > 0, makes_topic=self.makes_alarm_topic
        )
        return (
            *self.engine_version.warnings(today),
            *self._data_api_warnings(),
            *region_warnings(self),
            *self.engine.upgrade_warnings,
            *self.engine.parameter_warnings,
            *self._auto_pause_warnings(),
            *self.instances.warnings,
            *insights_warnings(self.insights_mode, self.capacity.minimum_acu),
            *restore,
            *global_database,
            *encryption,
        )

    def _data_api_warnings(self) -> list[str]:
        version = self.engine_version
        if not self.access.data_api or version.is_confirmed("data_api"):
            return []
        return [
            f"AWS's pages do not say that Aurora PostgreSQL {version.major} has the Data API: try it first, or write "
            f"{DEFAULT_VERSION}"
        ]

    @property
    def awake_because(self) -> tuple[str, ...]:
        """What keeps the cluster from ever pausing, whatever its minimum."""
        awake = []
        if is_on((self.engine.cluster_parameters or {}).get(LOGICAL_REPLICATION, "0")):
            awake.append(WITH_LOGICAL_REPLICATION)
        if self.global_database is not None:
            awake.append(in_global_database(self.global_database.role))
        if self.proxy is not None:
            awake.append(WITH_PROXY)
        return tuple(awake)

    def _auto_pause_warnings(self) -> list[str]:
        """Return what keeps a cluster awake that shall pause when idle."""
        return [never_pauses(what) for what in self.awake_because] if self.capacity.minimum_acu == 0 else []
