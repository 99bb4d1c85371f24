"""Engine versions of Aurora PostgreSQL: known ones only, and what AWS tells about each.

Stock moto takes any text, so a mistyped version would pass here and fail on AWS; it keeps a major version as it was
asked for, where AWS chooses a minor one; and it does not have DescribeDBEngineVersions. Versions that AWS has retired
are accepted nevertheless: running clusters keep them, and adopting those is tested here.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from aurora_serverless.facts.engine_versions import engine_versions
from aurora_serverless.rules.engine import DEFAULT_VERSION, ENGINE, EngineVersion
from aurora_serverless.rules.parameter_groups import parameter_group_family
from aurora_serverless.rules.service_roles import Feature
from aurora_serverless.rules.violation import RuleViolation
from local_aws.patches.replacing import adding, replacing


def patch() -> None:
    """Refuse an unknown version at creation, choose the minor version, and answer DescribeDBEngineVersions."""

    @replacing(RDSBackend, "create_db_cluster")
    def create_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        if kwargs.get("engine") == ENGINE:
            kwargs["engine_version"] = str(find_version(kwargs.get("engine_version") or str(DEFAULT_VERSION)))
        return stock(backend, kwargs)

    @adding(RDSResponse, "describe_db_engine_versions")
    def describe_db_engine_versions(response: Any) -> ActionResult:
        return ActionResult({"DBEngineVersions": [_described(version) for version in _asked_for(response.params)]})


def find_version(text: str) -> EngineVersion:
    """Return a version that Aurora has had; a major version alone stands for its newest minor version.

    Raises InvalidParameterCombination for any other.
    """
    try:
        version = EngineVersion.parse(text)
    except RuleViolation:
        raise _unknown(text) from None
    if (version.major, version.minor) not in engine_versions():
        raise _unknown(text)
    return EngineVersion(version.major, version.minor)


def can_pause(text: str) -> bool:
    """Whether a version can pause by itself, which capacity 0 asks for; an unknown version cannot."""
    try:
        return find_version(text).supports_auto_pause
    except InvalidParameterCombination:
        return False


def upgrade_targets(running: EngineVersion) -> list[EngineVersion]:
    """Return the versions that a cluster can be upgraded to, as DescribeDBEngineVersions has them.

    These are the later minor versions of its major one, and those of newer major versions that are not older than the
    one that runs. Source: the table of upgrade targets in the Amazon Aurora User Guide,
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_UpgradeDBInstance.PostgreSQL.UpgradeVersion.html
    """
    return [
        target
        for target in _all_versions()
        if _is_offered(target)
        and (
            (target.major == running.major and target.minor > running.minor)
            or (target.major > running.major and _release(target) >= _release(running))
        )
    ]


def _unknown(text: str) -> InvalidParameterCombination:
    return InvalidParameterCombination(f"Cannot find version {text} for {ENGINE}")


def _all_versions() -> list[EngineVersion]:
    return [EngineVersion(*key) for key in sorted(engine_versions())]


def _is_offered(version: EngineVersion) -> bool:
    return engine_versions()[version.major, version.minor].creatable


def _release(version: EngineVersion) -> date:
    """Return the day of a release; where it is not known, that of the next version of which it is."""
    later = (row for row in engine_versions().values() if row.major == version.major and row.minor >= version.minor)
    return min((row.released for row in later if row.released is not None), default=date.max)


def _asked_for(params: Any) -> list[EngineVersion]:
    """Return the versions that a request of DescribeDBEngineVersions is about; retired ones only with IncludeAll."""
    if params.get("Engine") not in (None, ENGINE):
        return []
    found = [version for version in _all_versions() if params.get("IncludeAll") or _is_offered(version)]
    family = params.get("DBParameterGroupFamily")
    if family:
        found = [version for version in found if parameter_group_family(version.major) == family]
    asked = params.get("EngineVersion")
    if asked:
        found = [version for version in found if str(version) == asked or str(version).startswith(f"{asked}.")]
    if params.get("DefaultOnly"):
        default = find_version(asked) if asked else DEFAULT_VERSION
        found = [version for version in found if version == default]
    return found


def _described(version: EngineVersion) -> dict[str, Any]:
    return {
        "Engine": ENGINE,
        "MajorEngineVersion": str(version.major),
        "EngineVersion": str(version),
        "DBParameterGroupFamily": parameter_group_family(version.major),
        "DBEngineDescription": "Aurora (PostgreSQL)",
        "DBEngineVersionDescription": _description(version),
        "Status": "available" if _is_offered(version) else "deprecated",
        "ExportableLogTypes": ["postgresql"],
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": False,
        "SupportedEngineModes": ["provisioned"],
        "SupportedFeatureNames": [*Feature],
        "SupportsGlobalDatabases": True,
        "ServerlessV2FeaturesSupport": {
            "MinCapacity": version.smallest_capacity_acu,
            "MaxCapacity": version.largest_capacity_acu,
        },
        "ValidUpgradeTarget": [
            {
                "Engine": ENGINE,
                "EngineVersion": str(target),
                "Description": _description(target),
                "AutoUpgrade": False,
                "IsMajorVersionUpgrade": target.major != version.major,
                "SupportedEngineModes": ["provisioned"],
                "SupportsGlobalDatabases": True,
            }
            for target in upgrade_targets(version)
        ],
    }


def _description(version: EngineVersion) -> str:
    return f"Aurora PostgreSQL (compatible with PostgreSQL {version})"
