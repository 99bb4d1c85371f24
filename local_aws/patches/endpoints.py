"""Custom endpoints of clusters, and further endpoints of RDS Proxies.

Stock moto has neither. An endpoint leads nowhere here: it is there, with the members that it was asked for, and is
refused where AWS refuses it. Source: Amazon RDS API, CreateDBClusterEndpoint and CreateDBProxyEndpoint.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBClusterNotFoundError,
    DBInstanceNotFoundError,
    DBProxyNotFoundFault,
    InvalidParameterCombination,
    InvalidParameterValue,
    RDSClientError,
)
from moto.rds.models import RDSBackend, RDSBaseModel
from moto.rds.responses import RDSResponse

from aurora_serverless.rules.custom_endpoints import MOST_CUSTOM_ENDPOINTS
from local_aws.patches.replacing import adding, replacing

_CHANGEABLE: Final = ("CustomEndpointType", "StaticMembers", "ExcludedMembers")


class _Endpoint(RDSBaseModel):
    """What AWS reports of an endpoint, with its tags."""

    def __init__(self, backend: Any, resource_type: str, name: str, reported: dict[str, Any], tags: Any) -> None:
        super().__init__(backend)
        self.resource_type, self.name, self.reported, self.tags = resource_type, name, reported, tags

    @property
    def resource_id(self) -> str:
        return self.name


def patch() -> None:
    """Answer the eight operations, and find an endpoint by its ARN for its tags."""
    _patch_custom_endpoints()
    _patch_proxy_endpoints()

    @replacing(RDSBackend, "_get_resource_for_tagging")
    def resource_for_tagging(stock: Callable[..., Any], backend: Any, arn: str) -> Any:
        return next((one for one in _endpoints(backend).values() if one.arn == arn), None) or stock(backend, arn)


def _endpoints(backend: Any) -> dict[tuple[str, str], _Endpoint]:
    found: dict[tuple[str, str], _Endpoint] = backend.__dict__.setdefault("patched_endpoints", {})
    return found


def _patch_custom_endpoints() -> None:
    kind, fault = "cluster-endpoint", "DBClusterEndpoint"

    @adding(RDSResponse, "create_db_cluster_endpoint")
    def create(response: Any) -> ActionResult:
        params, backend = response.params, response.backend
        name, cluster = params["DBClusterEndpointIdentifier"].lower(), params["DBClusterIdentifier"]
        if cluster not in backend.clusters:
            raise DBClusterNotFoundError(cluster)
        _refuse_second(backend, kind, name, fault)
        beside = [one for one in _of_kind(backend, kind) if one.reported["DBClusterIdentifier"] == cluster]
        if len(beside) >= MOST_CUSTOM_ENDPOINTS:
            message = f"The cluster {cluster} has {MOST_CUSTOM_ENDPOINTS} custom endpoints."
            raise RDSClientError(f"{fault}QuotaExceededFault", message)
        asked = {name: params.get(name) for name in ("StaticMembers", "ExcludedMembers")}
        asked["CustomEndpointType"] = params["EndpointType"]
        reported = {
            "DBClusterEndpointIdentifier": name,
            "DBClusterIdentifier": cluster,
            "DBClusterEndpointResourceIdentifier": f"cluster-endpoint-{name}",
            "Endpoint": f"{name}.cluster-custom-local.{backend.region_name}.rds.amazonaws.com",
            "Status": "available",
            "EndpointType": "CUSTOM",
            **_settings(backend, cluster, asked),
        }
        endpoint = _Endpoint(backend, kind, name, reported, params.get("Tags"))
        reported["DBClusterEndpointArn"] = endpoint.arn
        _endpoints(backend)[kind, name] = endpoint
        return ActionResult(reported)

    @adding(RDSResponse, "describe_db_cluster_endpoints")
    def describe(response: Any) -> ActionResult:
        wanted = {
            key: response.params[key].lower()
            for key in ("DBClusterIdentifier", "DBClusterEndpointIdentifier")
            if response.params.get(key)
        }
        found = [one.reported for one in _of_kind(response.backend, kind)]
        return ActionResult(
            {"DBClusterEndpoints": [one for one in found if all(one[key] == wanted[key] for key in wanted)]}
        )

    @adding(RDSResponse, "modify_db_cluster_endpoint")
    def modify(response: Any) -> ActionResult:
        params = response.params
        reported = _found(response.backend, kind, params["DBClusterEndpointIdentifier"], fault).reported
        asked = {**reported, "CustomEndpointType": params.get("EndpointType", reported["CustomEndpointType"])}
        for name in ("StaticMembers", "ExcludedMembers"):
            if params.get(name):
                asked |= {"StaticMembers": [], "ExcludedMembers": [], name: params[name]}
            elif name in params:
                asked[name] = []
        reported.update(_settings(response.backend, reported["DBClusterIdentifier"], asked))
        return ActionResult(reported)

    @adding(RDSResponse, "delete_db_cluster_endpoint")
    def delete(response: Any) -> ActionResult:
        gone = _found(response.backend, kind, response.params["DBClusterEndpointIdentifier"], fault)
        del _endpoints(response.backend)[kind, gone.name]
        return ActionResult({**gone.reported, "Status": "deleting"})


def _settings(backend: Any, cluster: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return type and members of a custom endpoint as AWS keeps them."""
    settings = {name: asked.get(name) or [] for name in _CHANGEABLE}
    if settings["CustomEndpointType"] not in {"READER", "ANY"}:
        raise InvalidParameterValue(f"Invalid endpoint type: {settings['CustomEndpointType']}")
    if settings["StaticMembers"] and settings["ExcludedMembers"]:
        raise InvalidParameterCombination("StaticMembers and ExcludedMembers cannot both be specified.")
    members = {member.db_instance_identifier for member in backend.clusters[cluster]._members}
    for member in (*settings["StaticMembers"], *settings["ExcludedMembers"]):
        if member not in members:
            raise DBInstanceNotFoundError(member)
    return settings


def _patch_proxy_endpoints() -> None:
    kind, fault = "db-proxy-endpoint", "DBProxyEndpoint"

    @adding(RDSResponse, "create_db_proxy_endpoint")
    def create(response: Any) -> ActionResult:
        params, backend = response.params, response.backend
        name, proxy = params["DBProxyEndpointName"].lower(), params["DBProxyName"]
        if proxy not in backend.db_proxies:
            raise DBProxyNotFoundFault(proxy)
        _refuse_second(backend, kind, name, fault)
        of_proxy = backend.db_proxies[proxy]
        reported = {
            "DBProxyEndpointName": name,
            "DBProxyName": proxy,
            "Status": "available",
            "VpcId": of_proxy.vpc_id,
            "VpcSecurityGroupIds": params.get("VpcSecurityGroupIds")
            or backend.db_proxies[proxy].vpc_security_group_ids,
            "VpcSubnetIds": params["VpcSubnetIds"],
            "Endpoint": f"{name}.endpoint.proxy-local.{backend.region_name}.rds.amazonaws.com",
            "TargetRole": params.get("TargetRole", "READ_WRITE"),
            "IsDefault": False,
        }
        endpoint = _Endpoint(backend, kind, name, reported, params.get("Tags"))
        reported["DBProxyEndpointArn"] = endpoint.arn
        _endpoints(backend)[kind, name] = endpoint
        return ActionResult({"DBProxyEndpoint": reported})

    @adding(RDSResponse, "describe_db_proxy_endpoints")
    def describe(response: Any) -> ActionResult:
        backend, proxy, name = response.backend, response.params.get("DBProxyName"), None
        if proxy is not None and proxy not in backend.db_proxies:
            raise DBProxyNotFoundFault(proxy)
        if (name := response.params.get("DBProxyEndpointName")) is not None:
            return ActionResult({"DBProxyEndpoints": [_found(backend, kind, name, fault).reported]})
        found = [one.reported for one in _of_kind(backend, kind)]
        return ActionResult({"DBProxyEndpoints": [one for one in found if proxy in {None, one["DBProxyName"]}]})

    @adding(RDSResponse, "modify_db_proxy_endpoint")
    def modify(response: Any) -> ActionResult:
        reported = _found(response.backend, kind, response.params["DBProxyEndpointName"], fault).reported
        if response.params.get("VpcSecurityGroupIds"):
            reported["VpcSecurityGroupIds"] = response.params["VpcSecurityGroupIds"]
        return ActionResult({"DBProxyEndpoint": reported})

    @adding(RDSResponse, "delete_db_proxy_endpoint")
    def delete(response: Any) -> ActionResult:
        gone = _found(response.backend, kind, response.params["DBProxyEndpointName"], fault)
        del _endpoints(response.backend)[kind, gone.name]
        return ActionResult({"DBProxyEndpoint": {**gone.reported, "Status": "deleting"}})


def _of_kind(backend: Any, kind: str) -> Iterable[_Endpoint]:
    return [endpoint for (of_kind, _), endpoint in _endpoints(backend).items() if of_kind == kind]


def _found(backend: Any, kind: str, name: str, fault: str) -> _Endpoint:
    endpoint = _endpoints(backend).get((kind, name.lower()))
    if endpoint is None:
        raise RDSClientError(f"{fault}NotFoundFault", f"{fault} {name} not found.")
    return endpoint


def _refuse_second(backend: Any, kind: str, name: str, fault: str) -> None:
    if (kind, name) in _endpoints(backend):
        raise RDSClientError(f"{fault}AlreadyExistsFault", f"{fault} {name} already exists.")
