"""The migrations of this project, and its sample data."""

from aurora_serverless_data_api import DataApiClient
from tests.conftest import ROOT
from tests.operations.migrations.conftest import Migrated
from tests.operations.migrations.schema import schema

SHIPPED = ("--folder", str(ROOT / "migrations"))
SEED = ("--file", str(ROOT / "migrations" / "seed.sql"))

# As documented: name, type, whether it can be NULL, and its default.
UUID_KEY = ("id", "uuid", "NO", "gen_random_uuid()")
CREATED, UPDATED = ((name, "timestamp with time zone", "YES", "now()") for name in ("created_at", "updated_at"))
USER_ID, METADATA, TITLE = (
    ("user_id", "uuid", "YES", None),
    ("metadata", "jsonb", "YES", None),
    ("title", "text", "YES", None),
)
COLUMNS = {
    "users": [UUID_KEY, ("email", "character varying(255)", "NO", None), CREATED, UPDATED],
    "documents": [
        UUID_KEY,
        USER_ID,
        TITLE,
        ("content", "text", "YES", None),
        METADATA,
        ("vector_id", "character varying(255)", "YES", None),
        CREATED,
    ],
    "conversations": [UUID_KEY, USER_ID, TITLE, METADATA, CREATED, UPDATED],
    "messages": [
        UUID_KEY,
        ("conversation_id", "uuid", "YES", None),
        ("role", "character varying(50)", "NO", None),
        ("content", "text", "NO", None),
        METADATA,
        CREATED,
    ],
}


def migrated(database: Migrated) -> DataApiClient:
    done = database.command("migrate", "dev", *SHIPPED, folder=False)
    assert (done.status, done.errors) == (0, "")
    return database.client


def test_the_tables_are_those_documented(empty: Migrated) -> None:
    client = migrated(empty)
    found = [row for row in schema(client)["columns"] if row["table_name"] != "schema_migrations"]
    columns: dict[str, list[tuple[str, str, str, str | None]]] = {}
    for row in found:
        length = row["character_maximum_length"]
        kind = row["data_type"] + (f"({length})" if length else "")
        columns.setdefault(row["table_name"], []).append(
            (row["column_name"], kind, row["is_nullable"], row["column_default"])
        )
    assert columns == COLUMNS
    references = {(row["on_table"], row["definition"]) for row in schema(client)["constraints"]}
    assert references >= {
        ("users", "UNIQUE (email)"),
        ("documents", "FOREIGN KEY (user_id) REFERENCES users(id)"),
        ("conversations", "FOREIGN KEY (user_id) REFERENCES users(id)"),
        ("messages", "FOREIGN KEY (conversation_id) REFERENCES conversations(id)"),
    }


def test_every_reference_has_an_index(empty: Migrated) -> None:
    assert (
        migrated(empty).query("""
        SELECT conname::text FROM pg_constraint
        WHERE contype = 'f' AND NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1] AND indisvalid)""")
        == []
    )


def test_an_update_sets_updated_at_and_one_that_changes_nothing_does_not(empty: Migrated) -> None:
    client = migrated(empty)
    old = "INSERT INTO users (email, updated_at) VALUES ('reader@example.com', '2000-01-01') RETURNING id"
    [user] = client.query(old)
    client.execute("UPDATE users SET email = email")
    assert client.query_one("SELECT updated_at < '2001-01-01' AS is_old FROM users")["is_old"]
    client.execute("UPDATE users SET email = 'editor@example.com'")
    assert client.query_one("SELECT updated_at = now() OR updated_at > '2001-01-01' AS is_new FROM users")["is_new"]
    client.execute("INSERT INTO conversations (user_id, updated_at) VALUES (:id, '2000-01-01')", user)
    client.execute("UPDATE conversations SET title = 'new'")
    assert client.query_one("SELECT updated_at > '2001-01-01' AS is_new FROM conversations")["is_new"]


def test_the_sample_data_can_be_written_again_and_again(empty: Migrated) -> None:
    client = migrated(empty)
    first = empty.command("seed", "dev", *SEED, folder=False)
    assert (first.status, first.output) == (0, "dev: 11 rows written\n")
    again = empty.command("seed", "dev", *SEED, "--json", folder=False)
    assert (again.status, again.json["rows"], len(again.json["statements"])) == (0, 0, 4)
    emails = client.query("SELECT email FROM users")
    assert emails
    assert all(row["email"].endswith("@example.com") for row in emails)


def test_a_reset_and_all_anew_is_as_new(empty: Migrated) -> None:
    client = migrated(empty)
    before = schema(client)
    empty.command("seed", "dev", *SEED, folder=False)
    done = empty.command("reset", "dev", "--yes-destroy", "dev", "--migrate", *SHIPPED, folder=False)
    assert (done.status, done.errors) == (0, "")
    assert done.output.endswith("dev: 10 things dropped, 3 migrations applied again\n")
    assert schema(client) == before
    assert client.query_one("SELECT count(*) AS count FROM users") == {"count": 0}


def test_a_reset_leaves_nothing(empty: Migrated) -> None:
    before = schema(empty.client)
    migrated(empty)
    assert empty.command("reset", "dev", "--yes-destroy", "dev", folder=False).status == 0
    assert schema(empty.client) == before


def test_without_the_tables_there_are_no_sample_data(empty: Migrated) -> None:
    done = empty.command("seed", "dev", *SEED, folder=False)
    assert done.status == 1
    assert done.error.startswith('error: migrations/seed.sql:3: relation "users" does not exist')
