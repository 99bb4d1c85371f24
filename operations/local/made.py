"""What of an environment is a database, made on local AWS and removed there: without Terraform, network and roles."""

import json
import secrets
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.engine import ENGINE
from aurora_serverless.rules.parameter_groups import (
    ParameterOptions,
    all_cluster_parameters,
    all_instance_parameters,
    apply_method,
    parameter_group_family,
)
from local_aws.asking import ask
from local_aws.environment import DATABASE_PASSWORD
from operations.errors import failed

if TYPE_CHECKING:
    from local_aws.process import LocalAws
    from operations.aws.session import AwsSession
    from stacks.environment import Environment

_TAG: Final = "local-up"
"""Key of the cluster's tag by which a later run knows it for its own; its value is the environment."""

_SEED_PATH: Final = "/moto-api/seed?a="
"""Where moto is told from what it draws."""
# Source: Amazon RDS API Reference, ModifyDBClusterParameterGroup.
_PARAMETERS_A_CALL: Final = 20


def make_cluster(environment: "Environment", session: "AwsSession") -> str:
    """Make the cluster with its writer and what it was given of parameters, and return its ARN."""
    rds = session.client("rds")
    identifier, options = environment.cluster_identifier, environment
    cluster_group, instance_group = _parameter_groups(environment, rds)
    cluster: dict[str, Any] = rds.create_db_cluster(
        DBClusterIdentifier=identifier,
        Engine=ENGINE,
        EngineVersion=options.engine.version,
        MasterUsername=options.master_username,
        MasterUserPassword=DATABASE_PASSWORD,
        ServerlessV2ScalingConfiguration=_capacity(environment),
        EnableHttpEndpoint=options.access.data_api,
        EnableIAMDatabaseAuthentication=options.iam_login_to_cluster,
        Tags=[{"Key": _TAG, "Value": environment.name}],
        **({} if options.initial_database_name is None else {"DatabaseName": options.initial_database_name}),
        **({} if cluster_group is None else {"DBClusterParameterGroupName": cluster_group}),
    )["DBCluster"]
    rds.create_db_instance(
        DBInstanceIdentifier=environment.instance_identifiers[0],
        DBClusterIdentifier=identifier,
        DBInstanceClass="db.serverless",
        Engine=ENGINE,
        **({} if instance_group is None else {"DBParameterGroupName": instance_group}),
    )
    arn: str = cluster["DBClusterArn"]
    return arn


def make_secrets(environment: "Environment", session: "AwsSession", local: "LocalAws") -> tuple[str, dict[str, str]]:
    """Make the secrets of the master user and of those who have one, and return the ARNs.

    They are the same at every start: an ARN ends in six characters that AWS chooses at random.
    """
    client = session.client("secretsmanager")

    def make(name: str, user: str) -> str:
        text = json.dumps({"username": user, "password": DATABASE_PASSWORD})
        with _drawn_by(local, seed=zlib.crc32(name.encode())):
            arn: str = client.create_secret(Name=name, SecretString=text)["ARN"]
        return arn

    master, *users = _secret_names(environment)
    return make(master, environment.master_username), {
        user: make(name, user) for user, name in zip(environment.users_with_secrets, users, strict=True)
    }


def remove(environment: "Environment", session: "AwsSession") -> None:
    """Remove what is there of it, half-made too. Raises OperationsError where a cluster of that name is another's."""
    rds, secret = session.client("rds"), session.client("secretsmanager")
    identifier = environment.cluster_identifier
    for cluster in rds.describe_db_clusters()["DBClusters"]:
        if cluster["DBClusterIdentifier"] != identifier:
            continue
        tags = {tag["Key"]: tag["Value"] for tag in cluster["TagList"]}
        if tags.get(_TAG) != environment.name:
            raise failed(
                f"local AWS has a cluster {identifier} already, of another environment: destroy that, or end local AWS "
                "with all that is on it: make local-stop"
            )
        for member in cluster["DBClusterMembers"]:
            rds.delete_db_instance(DBInstanceIdentifier=member["DBInstanceIdentifier"], SkipFinalSnapshot=True)
        rds.delete_db_cluster(DBClusterIdentifier=identifier, SkipFinalSnapshot=True)
    for name in _secret_names(environment):
        with suppress(secret.exceptions.ResourceNotFoundException):
            secret.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    with suppress(rds.exceptions.DBParameterGroupNotFoundFault):
        rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName=identifier)
    with suppress(rds.exceptions.DBParameterGroupNotFoundFault):
        rds.delete_db_parameter_group(DBParameterGroupName=identifier)


def _capacity(environment: "Environment") -> dict[str, Any]:
    capacity = environment.capacity
    minimum = max(capacity.minimum_acu, limit("rds_min_running_acu") if environment.awake_because else 0)
    configuration = {"MinCapacity": minimum, "MaxCapacity": capacity.maximum_acu}
    if minimum == 0 and capacity.auto_pause_seconds is not None:
        configuration["SecondsUntilAutoPause"] = capacity.auto_pause_seconds
    return configuration


def _parameter_groups(environment: "Environment", rds: Any) -> tuple[str | None, str | None]:
    """Make the groups of cluster and writer where the file sets parameters, and return their names."""
    engine, major = environment.engine, environment.engine_version.major
    name, family = environment.cluster_identifier, parameter_group_family(major)
    options = ParameterOptions(
        pgaudit=engine.pgaudit,
        log_statement=engine.log_statement,
        log_min_duration_milliseconds=engine.log_min_duration_milliseconds,
    )
    given = engine.cluster_parameters or {}
    own = environment.each_instance[0].parameters or {}
    for_instance = all_instance_parameters(
        {**(engine.instance_parameters or {}), **own}, major_version=major, cluster_parameters=given, options=options
    )
    for_cluster = all_cluster_parameters(given, major_version=major, options=options)
    group = {"Description": f"Parameters of {name}"}
    if for_cluster:
        known = {"DBClusterParameterGroupName": name}
        rds.create_db_cluster_parameter_group(**known, DBParameterGroupFamily=family, **group)
        for parameters in _parameters(for_cluster, major):
            rds.modify_db_cluster_parameter_group(**known, Parameters=parameters)
    if for_instance:
        known = {"DBParameterGroupName": name}
        rds.create_db_parameter_group(**known, DBParameterGroupFamily=family, **group)
        for parameters in _parameters(for_instance, major):
            rds.modify_db_parameter_group(**known, Parameters=parameters)
    return name if for_cluster else None, name if for_instance else None


def _parameters(values: Mapping[str, str], major: int) -> Iterator[list[dict[str, str]]]:
    each = [
        {"ParameterName": name, "ParameterValue": value, "ApplyMethod": apply_method(name, value, major)}
        for name, value in values.items()
    ]
    for start in range(0, len(each), _PARAMETERS_A_CALL):
        yield each[start : start + _PARAMETERS_A_CALL]


def _secret_names(environment: "Environment") -> list[str]:
    """Return the names of the secrets, that of the master user first."""
    users = environment.users_with_secrets
    return [environment.secret_name, *(f"{environment.user_secret_name_prefix(user)}local" for user in users)]


@contextmanager
def _drawn_by(local: "LocalAws", *, seed: int) -> Iterator[None]:
    """Let what local AWS draws meanwhile be the same each time, and what it draws afterwards not."""
    ask(local.endpoint_url, f"{_SEED_PATH}{seed}", b"")
    try:
        yield
    finally:
        ask(local.endpoint_url, f"{_SEED_PATH}{secrets.randbits(64)}", b"")
