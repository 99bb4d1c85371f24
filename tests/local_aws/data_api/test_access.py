"""What must be right before a statement runs: the request, the cluster, the secret and the rights."""

# ruff: noqa: S608  # the tests name their tables themselves

from typing import Any

import pytest

from local_aws.data_api.errors import login_refusal
from local_aws.process import LocalAws
from tests.local_aws.conftest import unique
from tests.local_aws.data_api.database import (
    MASTER,
    PASSWORD,
    Database,
    create_database,
    create_secret,
    parameter,
    string,
)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param({"sql": "x" * 65_537}, "ValidationException", id="sql-too-long"),
        pytest.param({"resourceArn": "arn:aws:rds"}, "HttpEndpointNotEnabledException", id="no-arn"),
        pytest.param({"resourceArn": "a" * 571}, "ValidationException", id="arn-too-long"),
        pytest.param({"database": "d" * 65}, "ValidationException", id="database-too-long"),
        pytest.param({"transactionId": "t" * 193}, "ValidationException", id="transaction-too-long"),
        pytest.param({"schema": "public"}, "ValidationException", id="schema"),
        pytest.param({"formatRecordsAs": "XML"}, "ValidationException", id="format"),
        pytest.param({"resultSetOptions": {"longReturnType": "INT"}}, "ValidationException", id="long-type"),
    ],
)
def test_a_request_is_refused(database: Database, arguments: dict[str, Any], code: str) -> None:
    request = {**database.target, "sql": "SELECT 1", **arguments}

    assert database.error_of(lambda: database.client.execute_statement(**request))[0] == code


def test_a_request_of_more_than_4_mib_is_refused(database: Database) -> None:
    large = parameter("v", stringValue="x" * 4 * 1024 * 1024)

    assert database.error("SELECT length(:v)", large)[0] == "RequestEntityTooLargeException"


def test_the_longest_sql_runs(database: Database) -> None:
    sql = "SELECT 1 /* "

    assert database.value(f"{sql}{'x' * (65_536 - len(sql) - 3)} */") == {"longValue": 1}


def test_without_a_database_the_one_of_the_user_s_name_is_taken(database: Database) -> None:
    code, message = database.error_of(lambda: database.client.execute_statement(**database.target, sql="SELECT 1"))

    assert (code, message) == ("DatabaseErrorException", f'ERROR: database "{MASTER}" does not exist; SQLState: 3D000')


def test_the_database_and_the_user_are_the_cluster_s(database: Database) -> None:
    [[name, user, version]] = database.execute("SELECT current_database(), current_user, version()")["records"]

    assert (name, user) == (string("alex"), string(MASTER))
    assert version["stringValue"].startswith("PostgreSQL ")
    assert database.value("SELECT current_database()", database="postgres") == string("postgres")


@pytest.mark.parametrize(
    "name", ["pgcrypto", "uuid-ossp", "pg_trgm", "hstore", "citext", "pg_stat_statements", "dblink"]
)
def test_the_master_user_can_create_an_extension(database: Database, name: str) -> None:
    database.execute(f'CREATE EXTENSION IF NOT EXISTS "{name}"')

    assert database.value(f"SELECT count(*) FROM pg_extension WHERE extname = '{name}'") == {"longValue": 1}


def test_the_stand_in_of_pgcrypto_digests(database: Database) -> None:
    database.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")

    # Source: RFC 4231, test case 2
    assert database.value("SELECT encode(hmac('what do ya want for nothing?', 'Jefe', 'sha256'), 'hex')") == string(
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
    assert database.value("SELECT length(gen_random_bytes(33))") == {"longValue": 33}


@pytest.mark.parametrize(
    ("arguments", "has_instance", "code"),
    [
        pytest.param({"EnableHttpEndpoint": False}, True, "HttpEndpointNotEnabledException", id="endpoint-off"),
        pytest.param({}, False, "DatabaseNotFoundException", id="no-instance"),
    ],
)
def test_a_cluster_does_not_answer(aws: LocalAws, arguments: dict[str, Any], has_instance: bool, code: str) -> None:
    database = create_database(aws, has_instance=has_instance, **arguments)

    assert database.error("SELECT 1")[0] == code
    assert database.error_of(database.begin)[0] == code


def test_a_cluster_that_does_not_exist_is_one_whose_endpoint_is_off(database: Database) -> None:
    nowhere = database.arn.replace(database.name, "nowhere")
    request = {**database.target, "resourceArn": nowhere}

    code, message = database.error_of(lambda: database.client.execute_statement(**request, sql="SELECT 1"))

    assert (code, message) == ("HttpEndpointNotEnabledException", f"HttpEndpoint is not enabled for resource {nowhere}")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("no json", "InvalidSecretException", id="no-json"),
        pytest.param('{"username": "alexadmin"}', "InvalidSecretException", id="no-password"),
        pytest.param('["alexadmin"]', "InvalidSecretException", id="no-object"),
        pytest.param('{"username": "alexadmin", "password": "wrong"}', "DatabaseErrorException", id="wrong-password"),
        pytest.param('{"username": "nobody", "password": "wrong"}', "DatabaseErrorException", id="unknown-user"),
    ],
)
def test_a_secret_is_refused(aws: LocalAws, database: Database, text: str, code: str) -> None:
    secret = aws.client("secretsmanager").create_secret(Name=unique("wrong-secret"), SecretString=text)["ARN"]
    request = {**database.target, "secretArn": secret, "database": "alex", "sql": "SELECT 1"}

    found, message = database.error_of(lambda: database.client.execute_statement(**request))

    assert found == code
    if code == "DatabaseErrorException":
        assert message.startswith("ERROR: password authentication failed for user")
        assert message.endswith("SQLState: 28P01")


def test_a_secret_that_does_not_exist_is_refused(database: Database) -> None:
    request = {**database.target, "secretArn": database.secret_arn + "x", "sql": "SELECT 1"}

    assert database.error_of(lambda: database.client.execute_statement(**request)) == (
        "SecretsErrorException",
        "Secrets Manager can't find the specified secret.",
    )


def test_a_changed_password_counts_at_once(aws: LocalAws) -> None:
    database = create_database(aws)
    database.execute("SELECT 1")

    aws.client("rds").modify_db_cluster(DBClusterIdentifier=database.name, MasterUserPassword="another-password")

    assert database.error("SELECT 1")[1].endswith("SQLState: 28P01")
    aws.client("secretsmanager").put_secret_value(
        SecretId=database.secret_arn, SecretString=f'{{"username": "{MASTER}", "password": "another-password"}}'
    )
    assert database.value("SELECT 1") == {"longValue": 1}


def test_another_user_of_the_database_logs_in_with_a_secret_of_his_own(aws: LocalAws, database: Database) -> None:
    database.execute("CREATE ROLE reader LOGIN PASSWORD 'reads-only'")
    request = {**database.target, "secretArn": create_secret(aws, "reader", "reads-only"), "database": "alex"}

    answer = database.client.execute_statement(**request, sql="SELECT current_user")
    assert answer["records"] == [[string("reader")]]
    code, message = database.error_of(
        lambda: database.client.execute_statement(**request, sql="CREATE TABLE not_his (n integer)")
    )
    assert (code, message[-15:]) == ("DatabaseErrorException", "SQLState: 42501")


@pytest.mark.parametrize(
    ("limit", "message", "sqlstate"),
    [
        ("ALTER ROLE {0} CONNECTION LIMIT 0", 'too many connections for role "{0}"', "53300"),
        ("ALTER ROLE {0} NOLOGIN", 'role "{0}" is not permitted to log in', "28000"),
        (
            "REVOKE CONNECT ON DATABASE alex FROM PUBLIC",
            'permission denied for database "alex"; Detail: User does not have CONNECT privilege.',
            "42501",
        ),
    ],
)
def test_who_is_not_let_in_is_told_why(
    aws: LocalAws, database: Database, limit: str, message: str, sqlstate: str
) -> None:
    user = unique("kept_out").replace("-", "_")
    database.execute(f"CREATE ROLE {user} LOGIN PASSWORD 'kept-out'")
    database.execute(limit.format(user))
    request = {**database.target, "secretArn": create_secret(aws, user, "kept-out"), "database": "alex"}

    try:
        found = database.error_of(lambda: database.client.execute_statement(**request, sql="SELECT 1"))
    finally:
        database.execute("GRANT CONNECT ON DATABASE alex TO PUBLIC")

    assert found == ("DatabaseErrorException", f"ERROR: {message.format(user)}; SQLState: {sqlstate}")


@pytest.mark.parametrize(
    ("reason", "sqlstate"),
    [
        ("sorry, too many clients already", "53300"),
        ("remaining connection slots are reserved for roles with the SUPERUSER attribute", "53300"),
        ('password authentication failed for user "too many connections for "', "28P01"),
        ("the database system is shutting down", "57P03"),
        ("something new", "08004"),
    ],
)
def test_every_refusal_has_an_sqlstate(reason: str, sqlstate: str) -> None:
    assert str(login_refusal(reason)).endswith(f"ERROR: {reason}; SQLState: {sqlstate}")


def test_a_managed_secret_logs_in_and_so_it_does_after_its_rotation(aws: LocalAws) -> None:
    rds, name = aws.client("rds"), unique("managed")
    cluster = rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername=MASTER,
        ManageMasterUserPassword=True,
        EnableHttpEndpoint=True,
        DatabaseName="alex",
    )["DBCluster"]
    rds.create_db_instance(
        DBInstanceIdentifier=f"{name}-1",
        DBClusterIdentifier=name,
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
    )
    secret_arn = cluster["MasterUserSecret"]["SecretArn"]
    secrets = aws.client("secretsmanager")
    first = secrets.get_secret_value(SecretId=secret_arn)["SecretString"]
    database = Database(aws, name, cluster["DBClusterArn"], secret_arn, aws.client("rds-data"))
    assert database.value("SELECT current_user") == string(MASTER)

    rds.modify_db_cluster(DBClusterIdentifier=name, RotateMasterUserPassword=True, ApplyImmediately=True)

    assert secrets.get_secret_value(SecretId=secret_arn)["SecretString"] != first
    assert database.value("SELECT current_user") == string(MASTER)


def test_the_old_operation_is_refused(database: Database) -> None:
    code, _ = database.error_of(
        lambda: database.client.execute_sql(
            dbClusterOrInstanceArn=database.arn, awsSecretStoreArn=database.secret_arn, sqlStatements="SELECT 1"
        )
    )

    assert code == "BadRequestException"


def test_two_clusters_share_nothing(aws: LocalAws, database: Database) -> None:
    database.execute("CREATE TABLE IF NOT EXISTS only_here (n integer)")
    other = create_database(aws)

    assert other.value("SELECT to_regclass('only_here')::text") == {"isNull": True}
    assert PASSWORD not in str(other.execute("SELECT rolname::text FROM pg_roles"))
