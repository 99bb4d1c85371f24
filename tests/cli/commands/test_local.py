"""`aurora-serverless local` and `run`: a database on this machine, what it is made of, and what stands in its way.

One server is shared by the tests that leave it as it is; those that end it have a project of their own.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from local_aws.ports import FIRST_POSTGRESQL_PORT, Ports
from tests.conftest import ROOT
from tests.local_up import TUNED, LocalProject, local_project

pytestmark = pytest.mark.xdist_group("local-up")

GOLDEN = Path(__file__).with_name("local")
DEADLINE_SECONDS = 60.0
ENDS_WITHIN_SECONDS = 30.0  # less than a server may take to start: the command waits for nothing more


@pytest.fixture(scope="module")
def shared() -> Iterator[LocalProject]:
    """Return a project whose environments dev and tuned are up."""
    with local_project(tuned=TUNED) as project:
        project.up("--migrate", "--seed")
        project.up("tuned", "--migrate")
        yield project


@pytest.fixture
def project() -> Iterator[LocalProject]:
    """Return a project of the test's own, of which nothing is up."""
    with local_project(tuned=TUNED) as made:
        yield made


def env_of(project: LocalProject, environment: str = "dev") -> dict[str, str]:
    values: dict[str, str] = project.run("env", environment, "--local", "--json").json
    return values


def ask(url: str, sql: str) -> Any:
    """Ask PostgreSQL itself, as psql does."""
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()


def test_psql_and_the_data_api_ask_the_same_database(shared: LocalProject) -> None:
    values = env_of(shared)
    assert ask(values["DATABASE_URL"], "SELECT count(*) FROM users") == [(2,)]
    done = shared.run("sql", "dev", "--local", "SELECT count(*) AS n FROM users", "--json")
    assert done.json["results"][0]["rows"] == [[2]]
    host, port = values["AURORA_ENDPOINT"], int(values["AURORA_PORT"])
    with socket.create_connection((host, port)):
        pass  # the endpoint is a host that answers


def test_what_env_prints_is_all_that_a_program_needs(shared: LocalProject) -> None:
    values = env_of(shared)
    code = (
        "import boto3, os; e = os.environ; print(boto3.client('rds-data').execute_statement("
        "resourceArn=e['AURORA_CLUSTER_ARN'], secretArn=e['AURORA_SECRET_ARN'], database=e['DATABASE_NAME'], "
        "sql='SELECT current_user')['records'][0][0]['stringValue'])"
    )
    done = subprocess.run(
        [ROOT / ".venv/bin/python", "-c", code], env=values, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("alexadmin\n", "")


def test_the_file_says_name_users_and_parameters(shared: LocalProject) -> None:
    values = env_of(shared, "tuned")
    assert values["DATABASE_URL"].startswith("postgresql://orders_app:"), "the user of the application"
    assert (values["DATABASE_NAME"], values["DATABASE_USER"], values["AWS_REGION"]) == (
        "orders",
        "orders_app",
        "eu-west-1",
    )
    url = values["DATABASE_URL"]
    assert ask(url, "SHOW work_mem") == [("64MB",)]
    assert ask(url, "SHOW random_page_cost") == [("1.5",)]
    assert ask(url, "SELECT has_table_privilege('orders_app', 'users', 'INSERT')") == [(True,)]
    assert ask(url, "SELECT has_table_privilege('reports', 'users', 'INSERT')") == [(False,)]
    [standing] = [
        one for one in shared.run("local", "status", "--json").json["environments"] if one["environment"] == "tuned"
    ]
    assert standing["postgresql_url"].startswith("postgresql://owner:"), "the master user"


def test_a_second_time_changes_nothing_and_shows_where_it_answers(shared: LocalProject) -> None:
    before = shared.background.record_of("dev").read_text()
    again = shared.up("--migrate", "--seed")
    assert (again["was_up"], again["applied"], again["rows"]) == (True, [], 0)
    assert shared.background.record_of("dev").read_text() == before


@pytest.mark.parametrize("command", ["status", "wait", "migrate", "users", "activity"])
def test_other_commands_take_it_for_a_deployment(shared: LocalProject, command: str) -> None:
    done = shared.run(command, "tuned", "--local")
    assert (done.status, done.errors) == (0, "")


def test_there_is_no_deploy_to_check(shared: LocalProject) -> None:
    done = shared.run("check", "dev", "--local")
    assert (done.status, done.output) == (2, "")
    assert done.error.startswith("error: dev is up by aurora-serverless local, and nothing of it was deployed: ")


def test_postgresql_and_requests_are_logged(shared: LocalProject) -> None:
    assert "database system is ready to accept connections" in shared.run("local", "logs").output
    assert len(shared.run("local", "logs", "-n", "1").output.splitlines()) == 1
    assert "rds CreateDBCluster" in shared.run("local", "logs", "--requests", "-n", "9999").output


# What is run has the variables, and takes the place of the command.


def test_a_program_has_the_variables_and_nothing_of_another_aws(shared: LocalProject) -> None:
    done = shared.process("run", "dev", "--local", "--", "env", "-0", AWS_PROFILE="mine", AWS_SESSION_TOKEN="mine")
    found = dict(line.split("=", 1) for line in done.output.strip("\0").split("\0"))
    assert env_of(shared).items() <= found.items()
    assert not found.keys() & {"AWS_PROFILE", "AWS_SESSION_TOKEN", "PYTHONPATH", "_AURORA_SERVERLESS_PYTHONPATH"}


def test_the_pythonpath_of_ones_own_stays(shared: LocalProject) -> None:
    line = ["run", "dev", "--local", "--", "sh", "-c", "echo $PYTHONPATH"]
    assert shared.process(*line, _AURORA_SERVERLESS_PYTHONPATH="/mine").output == "/mine\n"


def test_the_exit_status_is_the_programs(shared: LocalProject) -> None:
    assert shared.process("run", "dev", "--local", "--", "sh", "-c", "exit 77").status == 77


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_reach_the_program(shared: LocalProject, number: signal.Signals) -> None:
    script = f"trap 'echo caught; exit 5' {number.name.removeprefix('SIG')}; echo ready; while :; do sleep 0.05; done"
    process = subprocess.Popen(
        shared.line("run", "dev", "--local", "--", "sh", "-c", script),
        env=shared.environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    assert (process.communicate()[0], process.returncode) == ("caught\n", 5)


def test_a_closed_pipe_ends_the_program_as_in_a_shell(shared: LocalProject) -> None:
    done = shared.process("run", "dev", "--local", "--", "sh", "-c", "(yes 2>&-; echo $? >&2) | head -n 1")
    assert (done.output, done.errors) == ("y\n", "141\n"), "SIGPIPE is not ignored"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (["run", "dev", "--local"], "name the program to run behind --: "),
        (["run", "dev", "--local", "--"], "name the program to run behind --: "),
        (["run", "dev", "--local", "--", "no-such-program"], "there is no program no-such-program on PATH"),
        (
            ["run", "def", "--local", "--", "true"],
            "there is no environment def: there are dev, tuned; did you mean dev?",
        ),
        (["local", "up", "def"], "there is no environment def: there are dev, tuned; did you mean dev?"),
        (["local", "down", "def"], "there is no environment def: "),
        (["local", "status", "def"], "there is no environment def: "),
        (["local", "logs", "def"], "there is no environment def: "),
        (["local", "up", "--port", "1"], "local AWS answers at http://127.0.0.1:"),
        (["tunnel", "dev", "--local"], "local AWS needs no tunnel"),
    ],
)
def test_what_cannot_be_is_one_line(shared: LocalProject, line: list[str], error: str) -> None:
    done = shared.run(*line)
    assert (done.status in {2, 3}, done.output) == (True, "")
    assert done.error.startswith(f"error: {error}")


# A life of a database.


def test_data_are_kept_from_one_start_to_the_next_until_they_are_thrown_away(project: LocalProject) -> None:
    first = project.up()
    assert (first["was_up"], first["has_data"]) == (False, False)
    before = env_of(project)
    project.run("sql", "dev", "--local", "--write", "CREATE TABLE kept AS SELECT 7 AS n")
    done = project.run("local", "down")
    assert (done.status, done.output) == (0, "dev ended; the data stay\n")
    assert project.background.running() is None
    assert project.run("local", "status").status == 3
    assert project.run("local", "down").output == "nothing is up\n"
    second = project.up()
    after = env_of(project)
    assert (second["was_up"], second["has_data"]) == (False, True)
    assert ask(after["DATABASE_URL"], "SELECT n FROM kept") == [(7,)]
    stays = ("AURORA_CLUSTER_ARN", "AURORA_SECRET_ARN", "DATABASE_NAME")
    assert [before[name] for name in stays] == [after[name] for name in stays], "a .env file stays right"
    third = project.up("--fresh")
    assert (third["was_up"], third["has_data"]) == (False, False)
    assert ask(third["postgresql_url"], "SELECT to_regclass('kept')") == [(None,)]


def test_after_a_kill_the_data_are_there_and_nothing_stands_in_the_way(project: LocalProject) -> None:
    up = project.up()
    with psycopg.connect(up["postgresql_url"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    running = project.background.running()
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    # As after a crash of the machine: the number in the file is now that of another program.
    assert ask(project.up()["postgresql_url"], "SELECT n FROM kept") == [(7,)]
    project.run("local", "down")
    # Of the user as whom PostgreSQL runs, which by itself believes that the data are in use.
    data = project.background.data_of("dev") / "data"
    other = subprocess.Popen(["sleep", "600"], user=data.stat().st_uid)
    try:
        (data / "postmaster.pid").write_text(f"{other.pid}\n")
        assert ask(project.up()["postgresql_url"], "SELECT n FROM kept") == [(7,)]
    finally:
        other.kill()
        other.wait()


def test_a_changed_file_is_made_again_with_the_data(project: LocalProject) -> None:
    url = project.up("tuned")["postgresql_url"]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    file = project.folder / "environments/tuned.toml"
    file.write_text(file.read_text().replace('"65536"', '"32768"'))
    again = project.up("tuned")
    assert (again["was_up"], again["has_data"]) == (False, True)
    assert ask(again["postgresql_url"], "SHOW work_mem") == [("32MB",)]
    assert ask(again["postgresql_url"], "SELECT n FROM kept") == [(7,)]


def test_one_of_two_ends_alone_and_what_is_deployed_goes_on(project: LocalProject) -> None:
    project.up()
    project.up("tuned")
    done = project.run("local", "down", "tuned")
    assert (
        done.output
        == "tuned ended; the data stay\nlocal AWS keeps running: dev still on it; make local-stop stops it\n"
    )
    states = {one["environment"]: one["state"] for one in project.run("local", "status", "--json").json["environments"]}
    assert states == {"dev": "available", "tuned": "down"}
    project.background.note_deployed("tuned")
    refused = project.process("local", "up", "tuned")
    assert (refused.status, refused.output) == (2, "")
    assert refused.error.startswith("error: tuned is deployed to this local AWS by make local-deploy")
    assert "tuned still on it" in project.run("local", "down").output
    assert project.background.running() is not None


def test_an_interrupt_leaves_nothing_half_made(project: LocalProject) -> None:
    with subprocess.Popen(
        project.line("local", "up"),
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            await_until(project.background.log.exists)  # the server is being started
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=ENDS_WITHIN_SECONDS)
        finally:
            process.kill()
    assert (process.returncode, errors) == (130, "error: stopped by Ctrl-C\n")
    assert project.background.running() is None
    await_until(lambda: not servers_of(project))
    assert project.up()["was_up"] is False


def await_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.01)


def servers_of(project: LocalProject) -> list[int]:
    """Return the processes that write the project's log: those of a server, also of one that nobody can find."""
    found = []
    for one in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(project.background.log) in {file.path for file in one.open_files()}:
                found.append(one.pid)
    return found


# What stands in the way.


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port on which another program listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("option", ["--port", "--postgresql-port"])
def test_a_taken_port_is_one_line_with_the_option_and_not_remembered(
    project: LocalProject, taken_port: int, option: str
) -> None:
    done = project.process("local", "up", option, str(taken_port))
    assert (done.status, done.output) == (2, "")
    assert done.error == (
        f"error: cannot listen on 127.0.0.1:{taken_port}: address already in use; end that, or name another port: "
        f"{option} {taken_port + 1}"
    )
    assert project.background.running() is None, "nothing is left of it"
    ports = project.background.ports
    assert (ports.aws, ports.postgresql["dev"]) == (0, 0)


def test_ports_are_fixed_and_remembered_by_environment(tmp_path: Path) -> None:
    assert Ports.of(tmp_path).postgresql_of("dev") == FIRST_POSTGRESQL_PORT
    Ports(aws=1, postgresql={"dev": FIRST_POSTGRESQL_PORT, "tuned": 7}).keep(tmp_path)
    ports = Ports.of(tmp_path)
    assert (ports.aws, ports.postgresql_of("tuned"), ports.postgresql_of("other")) == (1, 7, FIRST_POSTGRESQL_PORT + 1)
    (tmp_path / "ports.json").write_text("[")
    assert Ports.of(tmp_path) == Ports()


def test_data_of_another_major_version_are_one_line(project: LocalProject) -> None:
    data = project.background.data_of("dev")
    (data / "data").mkdir(parents=True)
    (data / "data/PG_VERSION").write_text("17\n")
    (data / "password").write_text("x")
    done = project.process("local", "up")
    assert (done.status, done.output) == (2, "")
    assert re.match(r"error: the data of dev are of PostgreSQL 17, and \d+ is installed, .* --fresh", done.error)
    assert project.up("--fresh")["has_data"] is False


def test_half_made_data_are_made_again(project: LocalProject) -> None:
    begun = project.background.data_of("dev") / "begun"
    begun.mkdir(parents=True)
    (begun / "PG_VERSION").write_text("18\n")
    assert project.up()["was_up"] is False


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """A file is in its place: whoever runs the tests may write into any folder."""
    project = LocalProject(tmp_path)
    shutil.copytree(ROOT / "environments", tmp_path / "environments")
    (tmp_path / ".local-aws").touch()
    done = project.process("local", "up")
    assert (done.status, done.output) == (2, "")
    assert done.error.startswith(
        f"error: local AWS keeps its files in {tmp_path}/.local-aws, which cannot be written ("
    )


def test_data_that_cannot_be_kept_are_one_line(project: LocalProject) -> None:
    (project.folder / ".local-aws/data").touch()
    done = project.process("local", "up")
    assert (done.status, done.output) == (2, "")
    assert re.match(r"error: the data of dev cannot be kept in .*/\.local-aws/data\S* \(.*\): ", done.error)
    assert project.background.running() is None


def test_the_account_must_be_one_that_the_file_allows(shared: LocalProject) -> None:
    (shared.folder / "environments/other.toml").write_text('allowed_account_ids = ["210987654321"]\n' + TUNED)
    done = shared.run("local", "up", "other")
    assert done.status == 2
    assert "runs as account 123456789012, but the environment allows only 210987654321" in done.error


def printed(project: LocalProject, width: int, *lines: list[str]) -> str:
    """Return what a terminal of a width shows, with what is another one each time taken out."""
    shown = ""
    for line in lines:
        controller, terminal = os.openpty()
        process = subprocess.Popen(
            project.line(*line),
            cwd=project.folder,
            env=project.environment(NO_COLOR="1", TERM="xterm", COLUMNS=str(width)),
            stdout=terminal,
            stderr=subprocess.DEVNULL,
        )
        os.close(terminal)
        parts = []
        try:
            while part := os.read(controller, 65536):
                parts.append(part)
        except OSError:  # the other end is closed
            pass
        os.close(controller)
        process.wait()
        shown += f"$ aurora-serverless {' '.join(line)}\n{b''.join(parts).decode()}"
    text = shown.replace("\r\n", "\n").replace(str(project.folder), "/project")
    text = re.sub(r"127\.0\.0\.1:\d{5}", "127.0.0.1:12345", text)
    text = re.sub(r"after \d+\.\d s", "after 1.5 s", text)
    text = re.sub(r"\d\d MB", "40 MB", text)
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


def test_what_people_see_is_the_one_that_was_read(project: LocalProject) -> None:
    """Accept another one, once read: the files take what the failure shows."""
    up = ["local", "up"]
    lines = [[*up, "--migrate", "--seed", "--fresh"], up, ["local", "status"]]
    shown = {width: printed(project, width, *lines) for width in (80, 120)}
    shown[80] += printed(project, 80, ["local", "down"], up, ["local", "down"], ["local", "status"])
    for width, text in shown.items():
        assert text == (GOLDEN / f"{width}.txt").read_text()


def test_without_the_data_api_there_is_the_port_alone(project: LocalProject) -> None:
    file = project.folder / "environments/tuned.toml"
    text = file.read_text() + "[access]\ndata_api = false\n"
    file.write_text(text.replace('[access.lambda_role]\nuser = "orders_app"\n', ""))
    refused = project.process("local", "up", "tuned", "--migrate")
    assert (refused.status, refused.output) == (2, "")
    assert "access.data_api of tuned is false" in refused.error
    assert ask(project.up("tuned")["postgresql_url"], "SELECT 1") == [(1,)]


def test_users_wait_for_the_migration_that_makes_their_schema(project: LocalProject) -> None:
    file = project.folder / "environments/tuned.toml"
    file.write_text(file.read_text().replace("[users]\n", '[users]\nschemas = ["sales"]\n'))
    up = project.process("local", "up", "tuned", "--json")
    assert (up.status, "users" in up.json) == (0, False)
    assert "the users of the file are not made yet: there is no schema sales" in up.errors
    (project.folder / "migrations/0004_sales.sql").write_text("CREATE SCHEMA sales;")
    assert project.up("tuned", "--migrate")["users"] == ["orders_app", "reports"]


def test_as_json_it_is_one_document(shared: LocalProject) -> None:
    assert json.loads(shared.run("local", "up", "--json").output).keys() >= {
        "endpoint_url",
        "postgresql_url",
        "seconds",
    }
