"""The text that `setup_instructions` shows after a deploy: what is there now, and what to do next."""

from typing import Final

from aurora.engine import AUTO_PAUSE_SINCE, EngineVersion, first_minor_versions

ACU_HOUR_PRICE: Final = 0.12
"""US dollars for an ACU-hour, Aurora Standard, us-east-1.

Source: AWS Price List, usage type Aurora:ServerlessV2Usage, March 2026.
"""

HOURS_A_MONTH: Final = 730


def setup_instructions(
    *,
    environment_name: str,
    engine_version: EngineVersion,
    cluster_arn: str,
    cluster_endpoint: str,
    cluster_identifier: str,
    database_name: str,
    secret_arn: str,
    lambda_role_arn: str,
    region: str,
) -> str:
    """Return the text; every argument may be a token."""
    statement = (
        f'aws rds-data execute-statement --region "{region}" --resource-arn "{cluster_arn}" '
        f'--secret-arn "{secret_arn}" --database "{database_name}"'
    )
    return f"""\
Aurora Serverless v2 cluster {cluster_identifier} is deployed.
Database: {database_name} (Aurora PostgreSQL {engine_version})

Lines for the application's .env file:
AURORA_CLUSTER_ARN={cluster_arn}
AURORA_SECRET_ARN={secret_arn}
AURORA_ENDPOINT={cluster_endpoint}
LAMBDA_ROLE_ARN={lambda_role_arn}
DATABASE_NAME={database_name}

Test the Data API:
{statement} --sql "SELECT version(), current_database(), current_user"

Set up the schema: the Data API takes one statement a call, so give each CREATE TABLE its own:
{statement} --sql "CREATE TABLE ..."
Load sample data, many rows of one statement in a call:
{statement.replace("execute-statement", "batch-execute-statement", 1)} \\
  --sql "INSERT INTO ... VALUES (:value)" --parameter-sets file://rows.json

Scaling now: ${{var.min_capacity}} to ${{var.max_capacity}} ACU.
Estimated cost of the minimum: ${{format("$%.2f", var.min_capacity * {ACU_HOUR_PRICE} * {HOURS_A_MONTH})}} a month, \
storage and I/O not counted
(${{var.min_capacity}} ACU x {HOURS_A_MONTH} hours x ${ACU_HOUR_PRICE} an ACU-hour in us-east-1).

{_how_to_pause(environment_name, engine_version, cluster_identifier)}
"""  # noqa: S608 (a text to read, not a query)


def _how_to_pause(environment_name: str, engine_version: EngineVersion, cluster_identifier: str) -> str:
    if engine_version.supports_auto_pause:
        file = f"environments/{environment_name}.toml"
        return (
            '${var.min_capacity < 0.5 ? "The cluster pauses by itself when idle." : "To pause when idle, set the '
            f'minimum to 0 (minimum_acu = 0 under [capacity] of {file}), and deploy again."}}'
        )
    return (
        f"To pause: Aurora PostgreSQL {engine_version} has no auto-pause (it needs "
        f"{first_minor_versions(AUTO_PAUSE_SINCE)}). Stop the cluster for up to seven days:\n"
        f"aws rds stop-db-cluster --db-cluster-identifier {cluster_identifier}"
    )
