"""Parameters of parameter groups: who set them is told, they can be taken out, and static ones are not set at once.

Stock moto leaves out `Source`; Terraform passes over parameters without one, and would set them again in every plan. It
does not have the two operations that take parameters out, and takes what AWS refuses: a static parameter at once, one
that cannot be changed, one of another family, and a value that the family does not have.
"""

from collections.abc import Callable, Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBClusterParameterGroupNotFoundError,
    DBParameterGroupNotFoundError,
    InvalidParameterCombination,
    InvalidParameterValue,
)
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from aurora_serverless.facts.engine_parameters import ABSENT, EngineParameter, engine_parameters, parameter_in
from aurora_serverless.rules.engine_parameters import check_parameter_value
from aurora_serverless.rules.violation import RuleViolation
from local_aws.patches.reboots import apply_at_once
from local_aws.patches.replacing import adding, replacing

_FAMILY = "aurora-postgresql"


def patch() -> None:
    """Answer `Source` user for every parameter: moto knows only those that were set. Check and apply a change."""

    @replacing(RDSResponse, "describe_db_parameters")
    def describe_db_parameters(stock: Callable[..., Any], response: Any) -> ActionResult:
        answer = stock(response).result
        parameters = [{**parameter, "Source": "user"} for parameter in answer["Parameters"]]
        return ActionResult({**answer, "Parameters": parameters})

    _patch_groups(
        "cluster", "db_cluster_parameter_group", "DBClusterParameterGroupName", DBClusterParameterGroupNotFoundError
    )
    _patch_groups("instance", "db_parameter_group", "DBParameterGroupName", DBParameterGroupNotFoundError)


def _patch_groups(kind: str, group_type: str, name_parameter: str, not_found: type[Exception]) -> None:
    def find(backend: Any, name: str) -> Any:
        groups = getattr(backend, f"{group_type}s")
        if name not in groups:
            raise not_found(name)
        return groups[name]

    @replacing(RDSBackend, f"modify_{group_type}")
    def modify(stock: Callable[..., Any], backend: Any, name: str, parameters: list[dict[str, Any]]) -> Any:
        _check(find(backend, name), parameters)
        changed = stock(backend, name, parameters)
        apply_at_once(backend, kind, name, _at_once(parameters))
        return changed

    @adding(RDSResponse, f"reset_{group_type}")
    def reset(response: Any) -> ActionResult:
        name = response.params[name_parameter]
        _reset(response, kind, find(response.backend, name))
        return ActionResult({name_parameter: name})


def _reset(response: Any, kind: str, group: Any) -> None:
    """Take parameters out of a group; all of them wait for a reboot when they are not named."""
    given = [parameter.original_dict() for parameter in response.params.get("Parameters") or []]
    if response.params.get("ResetAllParameters"):
        group.parameters.clear()
        return
    _check(group, given)
    for parameter in given:
        group.parameters.pop(parameter["ParameterName"], None)
    apply_at_once(response.backend, kind, group.name, dict.fromkeys(_at_once(given)))


def _at_once(parameters: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return the values that are sent to be in effect at once, by name."""
    return {each["ParameterName"]: str(each.get("ParameterValue")) for each in parameters if _is_at_once(each)}


def _is_at_once(parameter: dict[str, Any]) -> bool:
    return bool(parameter.get("ApplyMethod") == "immediate")


def _check(group: Any, parameters: Iterable[dict[str, Any]]) -> None:
    """Refuse what AWS refuses; ministryofjustice/cloud-platform-environments 3649 has the words for static ones.

    A name that is nowhere in the facts may be AWS's own, and passes.
    """
    family = group.db_parameter_group_family if hasattr(group, "db_parameter_group_family") else group.family
    major = family.removeprefix(_FAMILY)
    for parameter in parameters if major.isdecimal() else ():
        name = parameter["ParameterName"]
        known = parameter_in(name, int(major))
        if known.change == ABSENT if known else name in engine_parameters():
            raise InvalidParameterValue(f"Could not find parameter with name: {name}")
        if known is not None:
            _check_change(known, parameter)


def _check_change(known: EngineParameter, parameter: dict[str, Any]) -> None:
    if known.change == "fixed":
        raise InvalidParameterValue(f"The parameter {known.name} cannot be modified.")
    if known.change == "static" and _is_at_once(parameter):
        raise InvalidParameterCombination("cannot use immediate apply method for static parameter")
    value = parameter.get("ParameterValue")
    try:
        if value is not None:
            check_parameter_value(known, str(value))
    except RuleViolation:
        raise InvalidParameterValue(
            f"Invalid parameter value: {value} for: {known.name} allowed values are: {known.allowed.replace('|', ',')}"
        ) from None
