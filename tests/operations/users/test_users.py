"""`aurora-serverless users` on a real PostgreSQL: made, granted, compared, and dropped where somebody says so."""

# ruff: noqa: S608  # the tests name their tables themselves

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aurora_serverless_data_api import DataApiClient, StatementError, Transaction
from cli.exit_status import ExitStatus
from local_aws import process
from operations.migrations.connection import connect
from operations.target.where import Where
from tests.deployed.deployment import Deployment, Done, deploy, run, state_with

FILE = """
name_prefix = "alex"
engine = { version = "17.7" }
capacity = { minimum_acu = 0, maximum_acu = 1, auto_pause_seconds = 300 }
access = { iam_authentication = true, iam_users = ["tokens"] }
users = { read_write = ["orders_app", "tokens"], read_only = ["reports"], schemas = ["public", "orders"] }
"""
PASSWORDS = {"orders_app": "first-Pa55#of'the(tests)", "reports": "second-Pa55"}


class Users:
    """A deployment whose environment dev declares users."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.capsys: pytest.CaptureFixture[str] | None = None
        secrets = deployment.aws.client("secretsmanager")
        self.arns = {
            user: secrets.create_secret(Name=f"{deployment.cluster}-{user}", SecretString=_secret(user, password))[
                "ARN"
            ]
            for user, password in PASSWORDS.items()
        }
        self.declare(FILE)
        state = state_with(deployment.outputs | {"user_secret_arns": self.arns, "application_user": "orders_app"})
        (deployment.project / ".local-aws/terraform.dev.tfstate").write_text(state)

    def declare(self, text: str) -> None:
        file = self.deployment.project / "environments/dev.toml"
        file.unlink(missing_ok=True)
        file.write_text(text)

    def __call__(self, *arguments: str, command: str = "users") -> Done:
        assert self.capsys is not None
        done = run(self.capsys, command, "dev", *arguments, "--local", "--project", str(self.deployment.project))
        assert not any(password in done.output + done.errors for password in PASSWORDS.values())
        assert "SCRAM" not in done.output + done.errors
        return done

    def as_user(self, user: str | None = None) -> DataApiClient:
        target = Where("dev", local=True, project=self.deployment.project).find()
        return connect(target if user is None else replace(target, secret_arn=self.arns[user]))


def _secret(user: str, password: str) -> str:
    return json.dumps({"username": user, "password": password, "engine": "postgres", "dbname": "alex"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Users]:
    with process.start() as aws:
        users = Users(deploy(aws, tmp_path_factory.mktemp("project")))
        master = users.as_user()
        master.execute("CREATE SCHEMA orders")
        for table in ("public.schema_migrations", "public.items", "orders.lines"):
            master.execute(f"CREATE TABLE {table} (id bigint GENERATED ALWAYS AS IDENTITY, note text)")
        yield users


@pytest.fixture
def users(made: Users, capsys: pytest.CaptureFixture[str]) -> Users:
    made.capsys = capsys
    made.declare(FILE)
    return made


def changes(done: Done) -> list[str]:
    return [f"{one['user']}: {one['does']}" for one in done.json["changes"]]


def check_of(users: Users) -> list[dict[str, Any]]:
    return [one for one in users("--json", command="check").json["checks"] if one["name"] == "users"]


def refused(client: DataApiClient, sql: str) -> str:
    with pytest.raises(StatementError) as caught:
        client.execute(sql)
    return caught.value.sqlstate


# One after the other: a database of its own for each would take seconds, and a run says what is left of the one before.


def test_a_user_is_made_once_with_its_password_and_grants(users: Users) -> None:
    assert "users" in [
        one["name"] for one in users("--json", command="check").json["checks"] if "orders_app" in one["detail"]
    ]
    would = users("--dry-run", "--json")
    assert would.json["dry_run"] is True
    assert "orders_app: made" in changes(would)
    assert changes(users("--json")) == changes(would)
    assert changes(users("--json")) == []
    assert users().output == "dev: as declared\n"
    assert not [
        one
        for one in users("--json", command="check").json["checks"]
        if one["name"] == "users" and one["outcome"] != "passed"
    ]


def test_who_writes_writes_and_who_reads_reads(users: Users) -> None:
    users()
    writer, reader = users.as_user("orders_app"), users.as_user("reports")
    for table in ("public.items", "orders.lines"):
        writer.execute(f"INSERT INTO {table} (note) VALUES ('a')")
        assert reader.query(f"SELECT note FROM {table}")[0] == {"note": "a"}
        assert refused(reader, f"DELETE FROM {table}") == "42501"
    assert writer.query("SELECT nextval('orders.lines_id_seq') AS next")
    for statement in ("INSERT INTO schema_migrations (note) VALUES ('a')", "CREATE TABLE public.own (id int)"):
        assert refused(writer, statement) == "42501"


def test_what_the_master_makes_later_is_granted_too(users: Users) -> None:
    users()
    users.as_user().execute("CREATE TABLE orders.later (note text)")
    users.as_user("orders_app").execute("INSERT INTO orders.later VALUES ('a')")
    assert users.as_user("reports").query("SELECT note FROM orders.later") == [{"note": "a"}]
    assert changes(users("--json")) == []


def test_who_logs_in_with_tokens_has_the_role_for_it_and_no_password(users: Users) -> None:
    users()
    [row] = users.as_user().query("SELECT pg_has_role('tokens', 'rds_iam', 'member') AS is_iam")
    assert row == {"is_iam": True}


def test_a_password_is_set_again_only_where_the_secret_has_another(users: Users) -> None:
    users()
    secrets = users.deployment.aws.client("secretsmanager")
    secrets.put_secret_value(SecretId=users.arns["reports"], SecretString=_secret("reports", "third-Pa55"))
    assert changes(users("--json")) == ["reports: password of its secret"]
    assert users.as_user("reports").query("SELECT 1 AS one") == [{"one": 1}]
    secrets.put_secret_value(SecretId=users.arns["reports"], SecretString=_secret("reports", PASSWORDS["reports"]))
    users()


def test_what_is_no_longer_declared_is_taken_back(users: Users) -> None:
    users()
    users.declare(
        FILE.replace('read_write = ["orders_app", "tokens"]', 'read_write = ["tokens"]').replace(
            'read_only = ["reports"], schemas = ["public", "orders"]', 'read_only = ["reports", "orders_app"]'
        )
    )
    told = changes(users("--json"))
    assert "orders_app: no longer INSERT, UPDATE, DELETE on all tables of public" in told
    assert "reports: no longer USAGE on schema orders" in told
    assert changes(users("--json")) == []
    assert refused(users.as_user("orders_app"), "DELETE FROM items") == "42501"
    assert refused(users.as_user("reports"), "SELECT FROM orders.lines") == "42501"


def test_who_is_not_declared_is_named_and_dropped_only_by_name(users: Users) -> None:
    users()
    master = users.as_user()
    master.execute("CREATE ROLE old_app LOGIN")
    master.execute("GRANT SELECT ON items TO old_app")
    done = users()
    assert "old_app exists but is not declared" in done.errors
    for arguments in ((), ("--yes-drop", "other")):
        spared = users("--drop", *arguments)
        assert (spared.status, "old_app" in spared.error or "nothing was dropped" in spared.error) == (2, True)
    assert changes(users("--drop", "--yes-drop", "dev", "--json")) == ["old_app: dropped"]
    assert users("--json").json["undeclared"] == []


def test_an_owner_is_neither_dropped_nor_taken_for_declared(users: Users) -> None:
    users()
    master = users.as_user()
    for statement in ("CREATE ROLE owner LOGIN", "GRANT owner TO CURRENT_USER", "CREATE SCHEMA AUTHORIZATION owner"):
        master.execute(statement)
    done = users("--drop", "--yes-drop", "dev")
    assert done.status == ExitStatus.FAILED
    assert "nothing was dropped: owner owns 1 object," in done.error
    users.declare(
        FILE.replace('["tokens"] }', '["tokens", "owner"] }').replace('"tokens"], read', '"tokens", "owner"], read')
    )
    assert "owner owns 1 object," in users().error
    for statement in ("DROP SCHEMA owner", "DROP ROLE owner"):
        master.execute(statement)


def test_more_rights_than_declared_are_told(users: Users) -> None:
    users()
    master = users.as_user()
    master.execute("CREATE ROLE staff")
    master.execute("GRANT staff TO reports")
    assert "reports has more rights than declared, as a member of staff" in users().errors
    master.execute("DROP ROLE staff")


def test_a_schema_that_is_not_there_is_one_line(users: Users) -> None:
    users.declare(FILE.replace('"orders"]', '"missing"]'))
    done = users()
    assert done.status == ExitStatus.FAILED
    assert "there is no schema missing: create it in a migration" in done.error


@pytest.mark.parametrize(
    ("declared", "arguments", "status", "words"),
    [
        (
            FILE.replace('["reports"]', '["reports", "newcomer"]'),
            (),
            ExitStatus.NOT_DEPLOYED,
            "no secret for newcomer yet: deploy",
        ),
        (FILE, ("--yes-drop", "dev"), ExitStatus.WRONG_INPUT, "--yes-drop confirms --drop"),
    ],
)
def test_what_cannot_be_done_is_one_line(users: Users, declared: str, arguments: Any, status: int, words: str) -> None:
    users.declare(declared)
    done = users(*arguments)
    assert (done.status, words in done.error) == (status, True)


def test_without_a_file_nobody_declares_a_user(users: Users) -> None:
    assert users.capsys is not None
    arn = users.deployment.outputs["aurora_cluster_arn"]
    done = run(users.capsys, "users", "--cluster-arn", arn, "--local", "--project", str(users.deployment.project))
    assert (done.status, "name the environment" in done.error) == (2, True)


def test_the_application_s_env_has_its_own_secret(users: Users) -> None:
    lines = users("--json", command="env").json
    assert (lines["AURORA_SECRET_ARN"], lines["DATABASE_USER"]) == (users.arns["orders_app"], "orders_app")


def test_postgresql_is_told_no_password_which_its_log_would_have(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    users()
    secrets, sent = users.deployment.aws.client("secretsmanager"), list[str]()
    stock = Transaction.execute

    def execute(self: Transaction, sql: str, *arguments: Any, **options: Any) -> Any:
        sent.append(sql)
        return stock(self, sql, *arguments, **options)

    monkeypatch.setattr(Transaction, "execute", execute)
    secrets.put_secret_value(SecretId=users.arns["reports"], SecretString=_secret("reports", "fourth-Pa55"))
    assert users().status == ExitStatus.DONE
    secrets.put_secret_value(SecretId=users.arns["reports"], SecretString=_secret("reports", PASSWORDS["reports"]))
    assert users().status == ExitStatus.DONE
    assert [sql for sql in sent if sql.startswith('ALTER ROLE "reports" PASSWORD \'SCRAM-SHA-256$4096:')]
    assert not any("Pa55" in sql for sql in sent)
