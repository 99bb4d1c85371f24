"""The text that `setup_instructions` shows after a deploy: what is there now, and what to do next."""

from collections.abc import Sequence
from typing import Final

from aurora_serverless.facts.prices import load_prices
from aurora_serverless.options.told_prices import HOURS_A_MONTH, PRICES_OF
from aurora_serverless.rules.capacity import SMALLEST_RUNNING_ACU
from aurora_serverless.rules.engine import EngineVersion, versions_with
from aurora_serverless.rules.network import POSTGRESQL_PORT

_LENGTH_OF_A_MONTH: Final = len("2026-03")  # not the day: a refresh of the prices would change every output


def setup_instructions(
    *,
    environment_name: str,
    engine_version: EngineVersion,
    cluster_arn: str,
    cluster_endpoint: str,
    cluster_identifier: str,
    port: float = POSTGRESQL_PORT,
    database_name: str,
    master_username: str,
    secret_arn: str,
    application_secret_arn: str | None = None,
    has_users: bool = False,
    lambda_role_arn: str,
    region: str,
    data_api: bool = True,
    is_protected: bool = False,
    proxy_endpoint: str | None = None,
    proxy_takes_tokens: bool = False,
    price_region: str | None = None,
    io_optimized: bool = False,
    instance_count: int = 1,
    has_provisioned_instances: bool = False,
    never_pauses: bool = False,
    extensions: Sequence[str] = (),
    is_knowledge_base: bool = False,
) -> str:
    """Return the text; the names, ARNs and endpoints of what is deployed, and `region`, may be tokens.

    `is_protected` is for a database in which the commands write no sample data. The cost of the minimum is that of
    `instance_count` serverless instances in `price_region`; where the cluster never pauses, an instance has half
    an ACU at least. `extensions` are those that use the roles of the cluster, `is_knowledge_base` is for a store of
    Amazon Bedrock. Raises `FactError`.
    """
    if data_api:
        how_to_use = _with_data_api(cluster_arn, secret_arn, database_name, region)
    else:
        how_to_use = _with_psql(_psql(cluster_endpoint, port, database_name, master_username), secret_arn, region)
    of_secret = "" if application_secret_arn is None else f"AURORA_SECRET_ARN={application_secret_arn}\n"
    commands = _with_command(environment_name, data_api=data_api, is_protected=is_protected, has_users=has_users)
    through_proxy = ""
    if proxy_endpoint is not None:
        through_proxy = _through_proxy(
            proxy_endpoint, database_name, master_username, region, takes_tokens=proxy_takes_tokens
        )
    more = through_proxy + _with_other_services(extensions, is_knowledge_base=is_knowledge_base)
    return f"""\
Aurora Serverless v2 cluster {cluster_identifier} is deployed.
Database: {database_name} (Aurora PostgreSQL {engine_version})

Lines for the application's .env file:
AURORA_CLUSTER_ARN={cluster_arn}
{of_secret}AURORA_ENDPOINT={cluster_endpoint}
LAMBDA_ROLE_ARN={lambda_role_arn}
DATABASE_NAME={database_name}

{commands}{how_to_use}{more}
Scaling now: ${{var.min_capacity}} to ${{var.max_capacity}} ACU.
{_cost_of_minimum(price_region, io_optimized, instance_count, has_provisioned_instances, never_pauses)}

{_how_to_pause(environment_name, engine_version, cluster_identifier)}
"""


def _cost_of_minimum(
    region: str | None, io_optimized: bool, instance_count: int, has_provisioned: bool, never_pauses: bool
) -> str:
    if instance_count == 0:
        return "Estimated cost of the minimum: that of its provisioned instances, which the command cost estimates."
    prices, item = load_prices(), f"acu_hour_{'io_optimized' if io_optimized else 'standard'}"
    price = prices.find(item, region or PRICES_OF)
    if price is None:
        return f"Estimated cost of the minimum: unknown, as the price of an ACU-hour in {region or PRICES_OF} is."
    acu = f"max(var.min_capacity, {SMALLEST_RUNNING_ACU})" if never_pauses else "var.min_capacity"
    times, instances = "", ""
    besides = "storage, I/O and provisioned instances" if has_provisioned else "storage and I/O"
    if instance_count > 1:
        times, instances = f" * {instance_count}", f" x {instance_count} instances"
    return f"""\
Estimated cost of the minimum: ${{format("$%.2f", {acu}{times} * {price.usd:f} * {HOURS_A_MONTH})}} a month, \
{besides} not counted
(${{{acu}}} ACU{instances} x {HOURS_A_MONTH} hours x ${price.usd:f} an ACU-hour in {price.region}, \
as of {price.seen[:_LENGTH_OF_A_MONTH]})."""


def _with_command(environment_name: str, *, data_api: bool, is_protected: bool, has_users: bool) -> str:
    """Return the commands in the order of their use; the schema is theirs where there is a Data API."""
    answers = "it answers SQL" if data_api else "cluster and instances are available"
    lines = [
        (f"wait {environment_name}", f"until {answers}"),
        (f"env {environment_name} --output .env", "the lines above, into that file"),
        (f"check {environment_name}", "what is wrong, and the way out"),
    ]
    if data_api:
        lines.append((f"migrate {environment_name}", "the files of migrations/, each once"))
        if has_users:
            lines.append((f"users {environment_name}", "the users of [users], and their grants"))
        if not is_protected:
            lines.append((f"seed {environment_name}", "sample data"))
    lines.append((f"status {environment_name}", "paused or awake, capacity, events"))
    width = max(len(command) for command, _ in lines)
    shown = "\n".join(f"./aurora-serverless {command:<{width}}  # {what}" for command, what in lines)
    return f"""\
In a clone of the project (on local AWS add --local; ./aurora-serverless --help has the rest):
{shown}

Without a clone:
"""


def _with_data_api(cluster_arn: str, secret_arn: str, database_name: str, region: str) -> str:
    statement = (
        f'aws rds-data execute-statement --region "{region}" --resource-arn "{cluster_arn}" '
        f'--secret-arn "{secret_arn}" --database "{database_name}"'
    )
    return f"""\
Test the Data API:
{statement} --sql "SELECT version(), current_database(), current_user"

Set up the schema: the Data API takes one statement a call, so give each CREATE TABLE its own:
{statement} --sql "CREATE TABLE ..."
Load sample data, many rows of one statement in a call:
{statement.replace("execute-statement", "batch-execute-statement", 1)} \\
  --sql "INSERT INTO ... VALUES (:value)" --parameter-sets file://rows.json
"""  # noqa: S608 (a text to read, not a query)


def _with_psql(psql: str, secret_arn: str, region: str) -> str:
    return f"""\
The Data API is off: connect from inside the VPC. The password is in the secret:
aws secretsmanager get-secret-value --region "{region}" --secret-id "{secret_arn}" --query SecretString --output text
Test the connection:
{psql} --command "SELECT version(), current_database(), current_user"

Set up the schema:
{psql} --file schema.sql
Load sample data:
{psql} --command "\\copy ... FROM rows.csv CSV"
"""  # noqa: S608 (a text to read, not a query)


def _through_proxy(endpoint: str, database_name: str, username: str, region: str, *, takes_tokens: bool) -> str:
    token = (
        f'PGPASSWORD="$(aws rds generate-db-auth-token --region "{region}" --hostname "{endpoint}" '
        f'--port {POSTGRESQL_PORT} --username "{username}")" '
    )
    login = "an IAM token" if takes_tokens else "the password of the secret"
    return f"""
Through the RDS Proxy, from inside the VPC, with {login}:
RDS_PROXY_ENDPOINT={endpoint}
{token if takes_tokens else ""}{_psql(endpoint, POSTGRESQL_PORT, database_name, username)}
"""


def _with_other_services(extensions: Sequence[str], *, is_knowledge_base: bool) -> str:
    text = ""
    if extensions:
        lines = "\n".join(f"CREATE EXTENSION IF NOT EXISTS {name} CASCADE;" for name in dict.fromkeys(extensions))
        text += f"""
For the roles of the cluster, once in the database; its subnets need a way to the services too (docs/cluster-roles.md):
{lines}
"""
    if is_knowledge_base:
        text += """
For a knowledge base of Amazon Bedrock: its table is a migration (docs/bedrock.md), and what it is told is the output
bedrock_knowledge_base.
"""
    return text


def _psql(host: str, port: float, database_name: str, username: str) -> str:
    return f'psql "host={host} port={port} dbname={database_name} user={username} sslmode=require"'


def _how_to_pause(environment_name: str, engine_version: EngineVersion, cluster_identifier: str) -> str:
    if engine_version.supports_auto_pause:
        file = f"environments/{environment_name}.toml"
        return (
            '${var.min_capacity < 0.5 ? "The cluster pauses by itself when idle." : "To pause when idle, set the '
            f'minimum to 0 (minimum_acu = 0 under [capacity] of {file}), and deploy again."}}'
        )
    return (
        f"To pause: Aurora PostgreSQL {engine_version} has no auto-pause (it needs "
        f"{versions_with('auto_pause')}). Stop the cluster for up to seven days:\n"
        f"aws rds stop-db-cluster --db-cluster-identifier {cluster_identifier}"
    )
