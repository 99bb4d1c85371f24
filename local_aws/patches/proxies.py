"""RDS Proxies: a changed proxy and its pool stay as they were asked for, and AWS's two traps are there.

Stock moto answers 500 to ModifyDBProxy, forgets the pool's initialization query, and takes 0 idle connections for
"not said": the next plan would ask for them again. It also accepts what AWS does not take: IAM tokens without TLS,
which AWS refuses, and subnets in zones without proxies, which AWS leaves out without a word, so that the next plan
asks for another proxy. And a target stays healthy when the secret by which its proxy logs in is deleted.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.rds.exceptions import DBProxyNotFoundFault, InvalidParameterValue
from moto.rds.models import DBProxyTarget, DBProxyTargetGroup, RDSBackend
from moto.rds.responses import RDSResponse
from werkzeug.exceptions import HTTPException

from aurora_serverless.rules.regions import zones_without
from local_aws.patches.replacing import adding, replacing, replacing_property

# What ModifyDBProxy can change, and what moto calls it.
_CHANGEABLE = {
    "Auth": "auth",
    "RequireTLS": "require_tls",
    "IdleClientTimeout": "idle_client_timeout",
    "DebugLogging": "debug_logging",
    "RoleArn": "role_arn",
    "SecurityGroups": "vpc_security_group_ids",
}


def patch() -> None:
    """Check a new proxy as AWS does, change it, keep all of its pool, and tell whether it can log in."""
    _fix_health()
    _fix_pool()

    @replacing(RDSBackend, "create_db_proxy")
    def create_db_proxy(stock: Callable[..., Any], backend: Any, **arguments: Any) -> Any:
        _refuse_tokens_without_tls(arguments["auth"], arguments["require_tls"])
        arguments["vpc_subnet_ids"] = _with_proxies(backend, arguments["vpc_subnet_ids"])
        return stock(backend, **arguments)

    @adding(RDSResponse, "modify_db_proxy")
    def modify_db_proxy(response: Any) -> ActionResult:
        name, params = response.params["DBProxyName"], response.params
        proxies = response.backend.db_proxies
        if name not in proxies:
            raise DBProxyNotFoundFault(name)
        proxy = proxies[name]
        _refuse_tokens_without_tls(params.get("Auth", proxy.auth), params.get("RequireTLS", proxy.require_tls))
        for parameter, attribute in _CHANGEABLE.items():
            if parameter in params:
                setattr(proxy, attribute, params[parameter])
        proxy.db_proxy_name = params.get("NewDBProxyName", name)
        proxies[proxy.db_proxy_name] = proxies.pop(name)
        for group in proxy.proxy_target_groups.values():
            group.db_proxy_name = proxy.db_proxy_name
        return ActionResult({"DBProxy": proxy})


def _fix_pool() -> None:
    @replacing(RDSBackend, "describe_db_proxy_target_groups")
    def describe_db_proxy_target_groups(stock: Callable[..., Any], backend: Any, proxy_name: str) -> Any:
        if proxy_name not in backend.db_proxies:
            raise DBProxyNotFoundFault(proxy_name)
        return stock(backend, proxy_name)

    @replacing(RDSBackend, "modify_db_proxy_target_group")
    def modify_db_proxy_target_group(
        stock: Callable[..., Any], backend: Any, proxy_name: str, config: dict[str, Any]
    ) -> Any:
        group = stock(backend, proxy_name=proxy_name, config=config)
        if config.get("MaxIdleConnectionsPercent") is not None:
            group.max_idle_connections = config["MaxIdleConnectionsPercent"]
        if "InitQuery" in config:
            group.patched_init_query = config["InitQuery"]
        return group

    def pool(group: Any) -> dict[str, Any]:
        found: dict[str, Any] = stock_pool.__get__(group)
        query = group.__dict__.get("patched_init_query")
        return {**found, "InitQuery": query} if query else found

    stock_pool = replacing_property(DBProxyTargetGroup, "connection_pool_config")(property(pool))


def _fix_health() -> None:
    @replacing(RDSBackend, "describe_db_proxy_targets")
    def describe_db_proxy_targets(stock: Callable[..., Any], backend: Any, proxy_name: str) -> Any:
        if proxy_name not in backend.db_proxies:
            raise DBProxyNotFoundFault(proxy_name)
        targets = stock(backend, proxy_name)
        for target in targets:
            target.patched_can_log_in = all(_is_there(backend, auth) for auth in backend.db_proxies[proxy_name].auth)
        return targets

    def health(target: Any) -> dict[str, str]:
        found: dict[str, str] = stock_health.__get__(target)
        can_log_in = vars(target).get("patched_can_log_in", True)
        return found if can_log_in else {"State": "UNAVAILABLE", "Reason": "AUTH_FAILURE"}

    stock_health = replacing_property(DBProxyTarget, "target_health")(property(health))


def _is_there(backend: Any, auth: Mapping[str, Any]) -> bool:
    """Whether the secret by which a proxy logs in is there; one about to be deleted is not."""
    arn = auth.get("SecretArn")
    try:
        return not arn or bool(backend.secretsmanager.get_secret_value(arn, "", "AWSCURRENT"))
    except (HTTPException, ServiceException):
        return False


def _refuse_tokens_without_tls(auth: Sequence[dict[str, Any]], require_tls: bool | None) -> None:
    if not require_tls and any(entry.get("IAMAuth") == "REQUIRED" for entry in auth):
        raise InvalidParameterValue("Must enable TLS, when IAM Auth is required")


def _with_proxies(backend: Any, subnet_ids: list[str]) -> list[str]:
    """Return the subnets that are in zones with proxies."""
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    return [
        subnet.id
        for subnet in ec2.describe_subnets(subnet_ids=subnet_ids)
        if subnet._availability_zone.zone_id not in zones_without("rds_proxy")
    ]
