"""`aurora-serverless local`: a database on this machine, in seconds and without Terraform."""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.text import Text

from cli.arguments.completion import environments
from cli.arguments.options import Json, before_deploy
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.errors import OperationsError, not_deployed, wrong_input
from operations.target.where import DEFAULT_ENVIRONMENT, PROJECT, Where

if TYPE_CHECKING:
    from operations.local.database import Standing, Started

_FOLLOW_SECONDS: Final = 0.2
_LINES: Final = 100

Environment = Annotated[
    str,
    typer.Argument(help="The environment: the name of a file in environments/.", autocompletion=environments),
]
Project = Annotated[
    Path,
    typer.Option(metavar="FOLDER", help="Folder with environments/ and data.", show_default="that of the command"),
]


def up(
    environment: Environment = DEFAULT_ENVIRONMENT,
    *,
    migrate: Annotated[bool, typer.Option("--migrate", help="Apply pending files of migrations/.")] = False,
    seed: Annotated[bool, typer.Option("--seed", help="Write the sample data; migrates first.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Discard the existing data first.")] = False,
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            metavar="N",
            help="Port of the Data API and local AWS; remembered.",
            show_default="24566",
        ),
    ] = None,
    postgresql_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, metavar="N", help="Port of PostgreSQL; remembered.", show_default="25432"),
    ] = None,
    project: Project = PROJECT,
    json_output: Json = False,
) -> ExitStatus:
    """Start an environment's database: PostgreSQL and the Data API, with its data from the last time.

    Nothing is deployed, and Terraform does not run. Only some of the file applies: database name, users, pause,
    and the parameters that PostgreSQL takes. If it is up and nothing has changed, only shows its addresses.
    """
    from operations.local.database import LocalDatabases  # noqa: PLC0415

    began = time.monotonic()
    where = Where(environment=environment, local=True, project=project)
    databases = LocalDatabases(project)
    described = where.environment_file(environment)
    has_data_api = described.access.data_api
    if (migrate or seed) and not has_data_api:
        raise wrong_input(
            f"--migrate and --seed go through the Data API, and access.data_api of {environment} is false: leave them "
            "out, and use psql"
        )
    with terminal.progress(f"starting {environment}") as progress:
        started = databases.up(described, fresh=fresh, port=port, postgresql_port=postgresql_port)
        has_users = has_data_api and bool(described.users.names)
        done = _fill(where, progress, migrate=migrate or seed, seed=seed, users=has_users)
    seconds = time.monotonic() - began
    if json_output:
        terminal.say_json({**_described(environment, started), **done, "seconds": round(seconds, 3)})
    else:
        _say_up(described, started, done, seconds)
        _say_next(environment, project, is_migrated=migrate or seed or started.has_data)
    return ExitStatus.DONE


def down(
    environment: Annotated[
        str | None,
        typer.Argument(help="Only this environment.", show_default="all that are up", autocompletion=environments),
    ] = None,
    *,
    project: Project = PROJECT,
    json_output: Json = False,
) -> ExitStatus:
    """Stop the databases, keeping their data, and local AWS unless something is deployed to it."""
    from operations.local.database import LocalDatabases  # noqa: PLC0415

    databases = LocalDatabases(project)
    names = sorted(databases.background.up()) if environment is None else [environment]
    ended = databases.down({name: _file_of(name, project, is_named=environment is not None) for name in names})
    if json_output:
        goes_on = None if ended.goes_on is None else list(ended.goes_on)
        terminal.say_json({"ended": list(ended.environments), "goes_on": goes_on})
        return ExitStatus.DONE
    what = ", ".join(ended.environments)
    terminal.say(Text(f"{what} ended; the data stay" if what else "nothing is up", style="bold green"))
    if ended.goes_on is not None:
        terminal.say(f"local AWS keeps running: {', '.join(ended.goes_on)} still on it; make local-stop stops it")
    return ExitStatus.DONE


def status(
    environment: Annotated[
        str | None,
        typer.Argument(help="Only this environment.", show_default="all", autocompletion=environments),
    ] = None,
    *,
    project: Project = PROJECT,
    json_output: Json = False,
) -> ExitStatus:
    """Show what is up, at which addresses, and whose data are kept. Exit status 3 if nothing is up."""
    from operations.local.database import LocalDatabases  # noqa: PLC0415

    if environment is not None:
        Where(environment=environment, project=project).environment_file(environment)
    databases = LocalDatabases(project)
    standings = [one for one in databases.standings() if environment in {None, one.environment}]
    running = databases.background.running()
    if json_output:
        endpoint = None if running is None else running.endpoint_url
        terminal.say_json({"endpoint_url": endpoint, "environments": [_as_json(one) for one in standings]})
    elif standings:
        rows = [[one.environment, one.state, _size(one.data_bytes)] for one in standings]
        terminal.say_table(["environment", "state", "data"], rows, right=[2])
        for one in standings:
            if one.record is not None:
                terminal.say(f"{one.environment}: {one.record.url}", folded=False)
        if running is not None:
            terminal.say(f"Data API: {running.endpoint_url}")
    else:
        terminal.say(f"nothing is up; ./aurora-serverless local up {environment or DEFAULT_ENVIRONMENT} starts one")
    return ExitStatus.DONE if any(one.record is not None for one in standings) else ExitStatus.NOT_DEPLOYED


def logs(
    environment: Environment = DEFAULT_ENVIRONMENT,
    *,
    requests: Annotated[bool, typer.Option("--requests", help="Show the requests to local AWS instead.")] = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep printing until Ctrl-C.")] = False,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, metavar="N", help="How many of the last lines.")
    ] = _LINES,
    project: Project = PROJECT,
) -> ExitStatus:
    """Show the log of an environment's PostgreSQL since its start."""
    from operations.local.database import LocalDatabases  # noqa: PLC0415

    databases = LocalDatabases(project)
    Where(environment=environment, project=project).environment_file(environment)
    path = databases.background.log if requests else databases.log_of(environment)
    if not path.is_file():
        raise not_deployed(f"local AWS has never been up here: ./aurora-serverless local up {environment}")
    with path.open(errors="replace") as log:
        for line in deque(log, maxlen=lines):
            terminal.say_data(line)
        for line in _coming(log) if follow else ():
            terminal.say_data(line)
    return ExitStatus.DONE


app = typer.Typer(
    help="A database on this machine in seconds, without an account or Terraform: ./aurora-serverless local up.",
    no_args_is_help=True,
)
for function in (up, down, status, logs):
    app.command(name=function.__name__)(before_deploy(function))


def _coming(log: Any) -> Iterator[str]:
    while True:
        if line := log.readline():
            yield line
        else:
            time.sleep(_FOLLOW_SECONDS)


def _file_of(name: str, project: Path, *, is_named: bool) -> Any:
    """Return the file of an environment; None where it is gone, unless somebody named it."""
    try:
        return Where(environment=name, project=project).environment_file(name)
    except OperationsError:
        if is_named:
            raise
        return None


def _fill(where: Where, progress: Any, *, migrate: bool, seed: bool, users: bool) -> dict[str, Any]:
    """Migrate, make the users that the file declares and write the sample data; return what was done of it."""
    done: dict[str, Any] = {}
    if not migrate and not users:
        return done
    from cli.commands.migrate import migrations_of  # noqa: PLC0415
    from operations.migrations.connection import connect, errors_as_lines  # noqa: PLC0415 (imports boto3)

    target = where.find()
    with errors_as_lines():
        if migrate:
            from operations.migrations.runner import Runner  # noqa: PLC0415

            progress.say(f"migrating {target.name}")
            applied = Runner(connect(target), migrations_of(where, None)).migrate()
            done["applied"] = [one.migration.label for one in applied]
        if users:
            from operations.users.run import UsersRun  # noqa: PLC0415

            progress.say(f"users of {target.name}")
            try:
                done["users"] = list(dict.fromkeys(step.user for step in UsersRun(target).apply().steps))
            except OperationsError as error:
                if migrate:
                    raise
                terminal.note(f"the users of the file are not made yet: {error}")  # a migration makes their schemas
        if seed:
            from operations.migrations.deadlines import BLOCKED_SECONDS  # noqa: PLC0415
            from operations.migrations.files import read_sql_file  # noqa: PLC0415
            from operations.migrations.statement_run import seed as write  # noqa: PLC0415

            found = read_sql_file(where.project / "migrations" / "seed.sql")
            done["rows"] = sum(one.rows for one in write(connect(target), found, BLOCKED_SECONDS))
    return done


def _pause_seconds(environment: Any) -> int | None:
    if environment.capacity.minimum_acu > 0 or environment.awake_because:
        return None
    from aurora_serverless.facts.limits import limit  # noqa: PLC0415

    return environment.capacity.auto_pause_seconds or limit("rds_auto_pause_default")


def _say_up(described: Any, started: "Started", done: dict[str, Any], seconds: float) -> None:
    data = "with the data of the last time" if started.has_data else "with new data"
    how = "was up already" if started.was_up else f"is up after {seconds:.1f} s, {data}"
    terminal.say(Text(f"{described.name} {how}", style="bold green"))
    facts: dict[str, Any] = {
        "PostgreSQL": started.record.url,
        "Data API": started.endpoint_url,
        "version": f"{started.major_version}, the only one there is here; the file says {described.engine.version}",
        "data": f"{_short(started.data)}, kept until local up --fresh",
    }
    if (pauses_after := _pause_seconds(described)) is not None:
        facts["pause"] = f"after {pauses_after} s without a call or a connection; the next one waits a second"
    if "applied" in done:
        count = len(done["applied"])
        facts["migrations"] = f"{count} applied" if count else "all were applied"
    if "users" in done:
        facts["users"] = f"{', '.join(done['users'])} made or changed" if done["users"] else "as declared"
    if "rows" in done:
        facts["sample data"] = f"{done['rows']} rows written" if done["rows"] else "were there"
    terminal.say_facts(facts)


def _say_next(environment: str, project: Path, *, is_migrated: bool) -> None:
    elsewhere = "" if project == PROJECT else f" --project {project}"
    commands = [] if is_migrated else [f"migrate {environment} --local{elsewhere}"]
    commands += [
        f"env {environment} --local{elsewhere} --output .env",
        f"run {environment} --local{elsewhere} -- pytest",
        f"sql {environment} --local{elsewhere} 'SELECT version()'",
        f"local down{elsewhere}",
    ]
    terminal.say("next:")
    for line in commands:
        terminal.say(f"  ./aurora-serverless {line}", folded=False)


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _size(size: int | None) -> str:
    return "" if size is None else f"{size / 1_000_000:,.0f} MB"


def _described(environment: str, started: "Started") -> dict[str, Any]:
    record = started.record
    return {
        "environment": environment,
        "endpoint_url": started.endpoint_url,
        "postgresql_url": record.url,
        "cluster_arn": record.cluster_arn,
        "secret_arn": record.secret_arn,
        "data": str(started.data),
        "major_version": started.major_version,
        "was_up": started.was_up,
        "has_data": started.has_data,
    }


def _as_json(one: "Standing") -> dict[str, Any]:
    return {
        "environment": one.environment,
        "state": one.state,
        "postgresql_url": None if one.record is None else one.record.url,
        "cluster_arn": None if one.record is None else one.record.cluster_arn,
        "data_bytes": one.data_bytes,
    }
