"""RDS Proxies on local AWS: what is asked for stays, and AWS's two traps are there."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import CreateCluster, default_subnets, unique

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf"
ROLE = "arn:aws:iam::123456789012:role/proxy"

CreateProxy = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def create_proxy(aws: LocalAws, rds: Any) -> CreateProxy:
    """Return a function that creates a proxy of a fresh name in all of the default VPC's subnets."""
    subnets = [subnet["SubnetId"] for subnet in default_subnets(aws)]

    def create(iam: str = "DISABLED", **arguments: Any) -> dict[str, Any]:
        defaults = {
            "DBProxyName": unique("proxy"),
            "EngineFamily": "POSTGRESQL",
            "Auth": [{"AuthScheme": "SECRETS", "SecretArn": SECRET, "IAMAuth": iam}],
            "RoleArn": ROLE,
            "VpcSubnetIds": subnets,
            "RequireTLS": True,
        }
        proxy: dict[str, Any] = rds.create_db_proxy(**(defaults | arguments))["DBProxy"]
        return proxy

    return create


def described(rds: Any, name: str) -> dict[str, Any]:
    [proxy] = rds.describe_db_proxies(DBProxyName=name)["DBProxies"]
    found: dict[str, Any] = proxy
    return found


def pool(rds: Any, name: str) -> dict[str, Any]:
    [group] = rds.describe_db_proxy_target_groups(DBProxyName=name)["TargetGroups"]
    found: dict[str, Any] = group["ConnectionPoolConfig"]
    return found


def test_subnets_in_zones_without_proxies_are_left_out(aws: LocalAws, rds: Any, create_proxy: CreateProxy) -> None:
    proxy = described(rds, create_proxy()["DBProxyName"])
    all_subnets = default_subnets(aws)
    without = {subnet["SubnetId"] for subnet in all_subnets if subnet["AvailabilityZoneId"] == "use1-az3"}
    assert len(without) == 1
    assert set(proxy["VpcSubnetIds"]) == {subnet["SubnetId"] for subnet in all_subnets} - without


def test_tokens_without_tls_are_refused(create_proxy: CreateProxy) -> None:
    with pytest.raises(ClientError, match="Must enable TLS, when IAM Auth is required"):
        create_proxy(iam="REQUIRED", RequireTLS=False)


def test_a_proxy_is_changed(rds: Any, create_proxy: CreateProxy) -> None:
    name = create_proxy()["DBProxyName"]
    changed = rds.modify_db_proxy(DBProxyName=name, IdleClientTimeout=60, DebugLogging=True)["DBProxy"]
    assert (changed["IdleClientTimeout"], changed["DebugLogging"]) == (60, True)
    assert changed == described(rds, name)
    with pytest.raises(ClientError, match="Must enable TLS"):
        rds.modify_db_proxy(
            DBProxyName=name,
            RequireTLS=False,
            Auth=[{"AuthScheme": "SECRETS", "SecretArn": SECRET, "IAMAuth": "REQUIRED"}],
        )


def test_a_proxy_is_renamed(rds: Any, create_proxy: CreateProxy) -> None:
    name, new_name = create_proxy()["DBProxyName"], unique("proxy")
    rds.modify_db_proxy(DBProxyName=name, NewDBProxyName=new_name)
    assert described(rds, new_name)["DBProxyName"] == new_name
    with pytest.raises(ClientError, match="DBProxyNotFoundFault"):
        rds.describe_db_proxies(DBProxyName=name)


def test_a_proxy_that_is_not_there_cannot_be_changed(rds: Any) -> None:
    with pytest.raises(ClientError, match="DBProxyNotFoundFault"):
        rds.modify_db_proxy(DBProxyName="nobody", IdleClientTimeout=60)


def test_all_of_a_pool_is_kept(rds: Any, create_proxy: CreateProxy) -> None:
    name = create_proxy()["DBProxyName"]
    asked = {
        "MaxConnectionsPercent": 80,
        "MaxIdleConnectionsPercent": 0,
        "ConnectionBorrowTimeout": 0,
        "InitQuery": "SET statement_timeout = 5000",
    }
    rds.modify_db_proxy_target_group(DBProxyName=name, TargetGroupName="default", ConnectionPoolConfig=asked)
    assert asked.items() <= pool(rds, name).items()


def test_a_pool_has_no_query_and_half_of_its_connections_idle_by_default(rds: Any, create_proxy: CreateProxy) -> None:
    name = create_proxy()["DBProxyName"]
    rds.modify_db_proxy_target_group(
        DBProxyName=name, TargetGroupName="default", ConnectionPoolConfig={"MaxConnectionsPercent": 60}
    )
    assert pool(rds, name)["MaxIdleConnectionsPercent"] == 30
    assert "InitQuery" not in pool(rds, name)


def test_a_proxy_whose_secret_is_deleted_cannot_log_in(
    aws: LocalAws, rds: Any, create_cluster: CreateCluster, create_proxy: CreateProxy
) -> None:
    """Amazon Aurora User Guide, "RDS Proxy": TargetHealth of DescribeDBProxyTargets, AUTH_FAILURE."""
    secrets = aws.client("secretsmanager")
    secret = secrets.create_secret(Name=unique("proxy-secret"), SecretString="{}")["ARN"]
    name = create_proxy(Auth=[{"AuthScheme": "SECRETS", "SecretArn": secret, "IAMAuth": "DISABLED"}])["DBProxyName"]
    cluster = create_cluster()["DBClusterIdentifier"]
    rds.register_db_proxy_targets(DBProxyName=name, DBClusterIdentifiers=[cluster])

    def health() -> dict[str, str]:
        [target] = rds.describe_db_proxy_targets(DBProxyName=name)["Targets"]
        found: dict[str, str] = target["TargetHealth"]
        return found

    assert health()["State"] in {"REGISTERING", "AVAILABLE"}
    secrets.delete_secret(SecretId=secret)
    assert health() == {"State": "UNAVAILABLE", "Reason": "AUTH_FAILURE"}
    with pytest.raises(ClientError, match="DBProxyNotFoundFault"):
        rds.describe_db_proxy_targets(DBProxyName="nowhere")


def test_a_renamed_proxy_has_its_target_group_under_the_new_name_only(rds: Any, create_proxy: CreateProxy) -> None:
    old, new = create_proxy()["DBProxyName"], unique("renamed")
    rds.modify_db_proxy(DBProxyName=old, NewDBProxyName=new)
    [group] = rds.describe_db_proxy_target_groups(DBProxyName=new)["TargetGroups"]
    assert group["DBProxyName"] == new
    with pytest.raises(ClientError, match="DBProxyNotFoundFault"):
        rds.describe_db_proxy_target_groups(DBProxyName=old)
