"""The migration that docs/bedrock.md gives for a knowledge base, on a real PostgreSQL with pgvector."""

import re

import pytest

from aurora_serverless.bedrock_knowledge_base import FIELDS
from aurora_serverless.options import BedrockKnowledgeBase
from aurora_serverless_data_api import DataApiClient, StatementError
from operations.target.where import Where
from tests.conftest import ROOT
from tests.local_aws.conftest import unique
from tests.local_aws.data_api.database import create_secret
from tests.operations.migrations.conftest import Migrated

[MIGRATION] = re.findall(r"^```sql\n(.*?)^```$", (ROOT / "docs/bedrock.md").read_text(), re.MULTILINE | re.DOTALL)
TABLE = BedrockKnowledgeBase().table
DIMENSIONS = 1024


def vector(first: float) -> str:
    return str([first, 1.0, *[0.0] * (DIMENSIONS - 2)])


@pytest.fixture
def migrated(empty: Migrated) -> Migrated:
    empty.write(_0001_knowledge_base=MIGRATION)
    done = empty.migrate()
    assert (done.status, done.errors) == (0, "")
    return empty


def test_the_table_has_the_fields_that_a_knowledge_base_is_told(migrated: Migrated) -> None:
    rows = migrated.query(f"""
        SELECT attname::text AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
        WHERE attrelid = '{TABLE}'::regclass AND attnum > 0""")  # noqa: S608 (a name of this project)
    types = {row["name"]: row["type"] for row in rows}
    assert {field: types[column] for field, column in FIELDS.items()} == {
        "primaryKeyField": "uuid",
        "vectorField": f"vector({DIMENSIONS})",
        "textField": "text",
        "metadataField": "json",
        "customMetadataField": "jsonb",
    }
    assert len(types) == len(FIELDS)


def test_the_indexes_are_those_that_bedrock_looks_for(migrated: Migrated) -> None:
    rows = migrated.query(
        f"SELECT pg_get_indexdef(indexrelid) AS text FROM pg_index WHERE indrelid = '{TABLE}'::regclass"  # noqa: S608
    )
    found = sorted(row["text"].partition(" USING ")[2] for row in rows)
    assert found == [
        "btree (id)",
        "gin (custom_metadata)",
        "gin (to_tsvector('simple'::regconfig, chunks))",
        "hnsw (embedding vector_cosine_ops)",
    ]


def test_the_user_keeps_chunks_and_finds_the_nearest_and_may_nothing_else(migrated: Migrated) -> None:
    password = unique("made-up")
    migrated.client.execute(f"ALTER ROLE bedrock_user PASSWORD '{password}'")
    target = Where("dev", local=True, project=migrated.deployment.project, database=migrated.database).find()
    bedrock = DataApiClient(
        cluster_arn=target.cluster_arn,
        secret_arn=create_secret(migrated.deployment.aws, "bedrock_user", password),
        database=migrated.database,
        rds_data=target.session.client("rds-data", attempts=1),
    )
    for first, chunk in ((1.0, "about orders"), (-1.0, "about returns")):
        bedrock.execute(
            f"INSERT INTO {TABLE} VALUES (gen_random_uuid(), :embedding::vector, :chunk, '{{}}', '{{}}')",  # noqa: S608
            {"embedding": vector(first), "chunk": chunk},
        )
    nearest = bedrock.query(
        f"SELECT chunks FROM {TABLE} ORDER BY embedding <=> :question::vector LIMIT 1",  # noqa: S608
        {"question": vector(-0.5)},
    )
    assert nearest == [{"chunks": "about returns"}]
    words = "to_tsvector('simple', chunks) @@ to_tsquery('simple', 'orders')"
    assert bedrock.query(f"SELECT chunks FROM {TABLE} WHERE {words}") == [{"chunks": "about orders"}]  # noqa: S608
    for statement in (f"DROP TABLE {TABLE}", "SELECT * FROM schema_migrations", "CREATE TABLE other (a int)"):
        with pytest.raises(StatementError, match=r"must be owner|permission denied"):
            bedrock.execute(statement)


def test_it_can_be_reset_and_made_again(migrated: Migrated) -> None:
    assert migrated.command("reset", "dev", "--yes-destroy", "dev").status == 0
    assert migrated.query("SELECT 1 AS one FROM pg_namespace WHERE nspname = 'bedrock_integration'") == []
    assert migrated.migrate().status == 0
