"""All that can be said of a database, checked together: what `AuroraDatabase` is made from.

Nothing here imports CDKTF. An environment file has the same options, and a few keys of its own.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial

from aurora_serverless.facts.engine_parameters import is_on
from aurora_serverless.options.derived_values import DerivedValues
from aurora_serverless.options.instance_rules import instance_warnings
from aurora_serverless.options.region_rules import region_warnings
from aurora_serverless.options.rules import RULES
from aurora_serverless.options.section import Rule
from aurora_serverless.rules.capacity import (
    LOGICAL_REPLICATION,
    WITH_LOGICAL_REPLICATION,
    WITH_PROVISIONED_INSTANCE,
    WITH_PROXY,
    in_global_database,
    never_pauses,
)
from aurora_serverless.rules.engine import DEFAULT_VERSION
from aurora_serverless.rules.insights import insights_warnings


class DatabaseOptions(DerivedValues):
    """The options of a database, by section: `DatabaseOptions(name_prefix="shop", engine=Engine(version="17.7"))`.

    All that is wrong raises one `OptionsError`: a line for each option, with its value, the rule and a remedy.
    """

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
            *self._knowledge_base_warnings(),
            *self.instances.warnings,
            *instance_warnings(self),
            *self.cluster_roles.warnings,
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

    def _knowledge_base_warnings(self) -> list[str]:
        if self.bedrock_knowledge_base is None or self.capacity.minimum_acu > 0 or self.awake_because:
            return []
        return [
            "bedrock_knowledge_base: Bedrock answers with an error while a paused cluster resumes: ask again, or write "
            "capacity.minimum_acu = 0.5"
        ]

    @property
    def awake_because(self) -> tuple[str, ...]:
        """What keeps the cluster from ever pausing, whatever its minimum."""
        awake = []
        if is_on((self.engine.cluster_parameters or {}).get(LOGICAL_REPLICATION, "0")):
            awake.append(WITH_LOGICAL_REPLICATION)
        if self.global_database is not None:
            awake.append(in_global_database(self.global_database.role))
        if self.provisioned_instances:
            awake.append(WITH_PROVISIONED_INSTANCE)
        if self.proxy is not None:
            awake.append(WITH_PROXY)
        return tuple(awake)

    def _auto_pause_warnings(self) -> list[str]:
        """Return what keeps a cluster awake that shall pause when idle."""
        return [never_pauses(what) for what in self.awake_because] if self.capacity.minimum_acu == 0 else []
