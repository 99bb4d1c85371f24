"""Output that is a layout, at the two usual widths of a terminal: files in `layouts/`, written by `make snapshots`."""

import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from rich.cells import cell_len

from analysis.review.review import Presence, Touched
from aurora_serverless_data_api import Result
from aurora_serverless_data_api.results import Column
from cli.commands import changed, scaling
from cli.commands.check import say_check, say_sum
from cli.main import main
from cli.output import terminal
from cli.output.sql_result import Expanded, say_result
from operations.aws.cloudwatch import CAPACITY, Point, Series
from operations.aws.cluster import Cluster
from operations.aws.events import Event
from operations.checks.check import Check, Outcome, failed, passed, unknown, warned
from operations.scaling.history import unknowns
from tests.accepted import Accepted
from tests.cli.conftest import AtWidth
from tests.conftest import ROOT

FOLDER: Final = Path(__file__).with_name("layouts")
WIDTHS: Final = (80, 120)
NOW: Final = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
METRICS: Final = "./aurora-serverless metrics dev --local"
IMPORT: Final = "terraform -chdir=cdktf.out/stacks/dev import"


def checks() -> None:
    """Print a line of each outcome, one that wraps at both widths, and remedies in words and by commands."""
    found = [
        passed("credentials", "account 123456789012 in us-east-1"),
        passed("cluster", "alex-dev-aurora is available, Aurora PostgreSQL 17.7"),
        warned(
            "support",
            "standard support of Aurora PostgreSQL 13 ends on 28 February 2027; then it costs $0.10 a vCPU-hour more, "
            "and twice as much in the third year, unless the cluster is upgraded before",
            "upgrade it: ./aurora-serverless upgrade dev --to 17.7 prepares it, says what pg_upgrade would refuse, and "
            "how long the database will not answer",
        ),
        unknown("role's permissions", "local AWS cannot tell", "ask AWS: leave out --local"),
        failed(
            "secret", "there is none of that name", "deploy again: ", ('make cdktf ARGS="deploy dev --auto-approve"',)
        ),
        failed(
            "deploy",
            "it did not end: what is there is not in the state, which the next deploy would make again",
            "if they are this one's: ",
            (
                f"{IMPORT} aws_security_group.aurora sg-0123456789abcdef0",
                f"{IMPORT} aws_db_subnet_group.aurora alex-dev-aurora-subnet-group",
                'make cdktf ARGS="deploy dev"',
            ),
        ),
    ]
    for check in found:
        say_check(check)
    say_sum("dev", found)


def history() -> None:
    """Print pauses, resumes and changes of a day."""
    values = [0.0] * 700 + [0.5] * 300 + [4.0] * 60 + [0.5] * 300
    points = [Point(NOW - timedelta(minutes=len(values) - index), value) for index, value in enumerate(values)]
    capacity = Series(CAPACITY, 60, points)
    pauses = [
        Event(NOW - timedelta(minutes=661), "alex-dev-aurora-0", "Initiated resume for the DB instance."),
        Event(NOW - timedelta(minutes=660), "alex-dev-aurora-0", "Successfully resumed the DB instance."),
    ]
    cluster = Cluster(
        **{
            **dict.fromkeys(
                ("status", "engine_version", "endpoint", "auto_pause_seconds", "master_username", "subnet_group")
            ),
            **dict.fromkeys(("resource_id", "created")),
            "identifier": "alex-dev-aurora",
            "minimum_acu": 0,
            "maximum_acu": 8,
            "data_api_enabled": True,
            "instances": (),
            "security_group_ids": (),
            "pending": {},
        }  # type: ignore[arg-type]
    )
    said = unknowns(capacity, pauses, hours=24 * 20, created=NOW - timedelta(days=3), metrics=METRICS)
    scaling.say_history(scaling.History(cluster, 24, capacity, pauses, said), now=NOW)


def error() -> None:
    """Print an error that is longer than both widths, with a path that is longer than the narrow one."""
    terminal.say_error(
        f"environments/production.toml: capacity.minimum_acu = 300: the largest capacity of Aurora PostgreSQL 17.7 is "
        f"256 ACU; write 256; what was synthesized is {'/a-folder-with-a-name' * 5}/cdk.tf.json as before"
    )


def make_help() -> None:
    """Print the list of make."""
    print(make("help"), end="")


def answers() -> None:
    """Print answers of SQL: one that fits, those that 80 and 120 columns are too few for, and what people asked for."""
    long = "All that is known of this document stands in one value, and is never cut."
    columns = [Column("id", "int4"), Column("title", "text"), Column("price", "numeric"), Column("日本", "text")]
    rows = [[1, "House rules", "12.50", None], [20, "two\nlines", None, "\x1b[31m"], [3, long, "0", "日本語"]]
    wide = Result([Column("one", "text"), Column("other", "text")], [[long, long]])
    say_result(Result(columns, rows[:2]))
    say_result(Result(columns, rows))
    say_result(wide)
    say_result(Result(columns, rows[:2]), Expanded.ON)
    say_result(wide, Expanded.OFF)
    say_result(Result(columns, []), Expanded.ON)
    say_result(Result(updated_rows=1))


def changed_environments() -> None:
    """Print an environment of each kind of change, one with a name as long as a name may be."""
    long = "orders-" + "of-a-team-" * 9 + "eu"
    changed.say(
        changed.Changed(
            "origin/main (80e37fd)",
            [
                Touched(long, Presence.ADDED),
                Touched("orders-us", Presence.RENAMED, "orders"),
                Touched("shop", Presence.REMOVED),
                Touched("staging", Presence.CHANGED),
            ],
            [f"environment-{number}" for number in range(1996)],
            {long: 12, "orders-us": 2},
        )
    )


LAYOUTS: Final[dict[str, Callable[[], None]]] = {
    "changed": changed_environments,
    "check": checks,
    "error": error,
    "make-help": make_help,
    "scaling": history,
    "sql": answers,
}


def make(target: str) -> str:
    return subprocess.run(["make", "--silent", target], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


def compare(name: str, columns: int, shown: str, accepted: Accepted) -> None:
    text = "\n".join(line.rstrip() for line in shown.splitlines()) + "\n"
    path = FOLDER / f"{name}-{columns}.txt"
    assert accepted.text(path, text) == text, f"look at it, and accept it with: make snapshots ({path.name})"


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", LAYOUTS)
def test_the_layout_is_the_one_that_was_looked_at(
    name: str, columns: int, at_width: AtWidth, accepted: Accepted
) -> None:
    shown = at_width(columns)
    LAYOUTS[name]()
    compare(name, columns, shown.getvalue(), accepted)


@pytest.mark.usefixtures("empty_aws")
@pytest.mark.parametrize("columns", WIDTHS)
def test_so_is_that_of_the_production_checklist(
    columns: int, at_width: AtWidth, project: Path, accepted: Accepted
) -> None:
    shown = at_width(columns)
    main(["check", "production", "--production", "--project", str(project)])
    compare("check-production", columns, shown.getvalue(), accepted)


def test_no_layout_is_left_of_what_is_gone(accepted: Accepted) -> None:
    names = [f"{name}-{columns}" for name in (*LAYOUTS, "check-production") for columns in WIDTHS]
    assert accepted.keep_only(FOLDER, ".txt", names) == sorted(names)


@pytest.mark.parametrize("columns", [60, *WIDTHS])
@pytest.mark.parametrize("outcome", Outcome)
def test_what_a_line_of_a_check_says_stands_below_its_beginning(
    outcome: Outcome, columns: int, at_width: AtWidth
) -> None:
    shown = at_width(columns)
    say_check(Check("a check", outcome, "what was found " * 20, "what to do " * 20))
    first, *others = shown.getvalue().splitlines()
    start = first.index("what was found")
    assert all(cell_len(line) <= columns for line in (first, *others))
    assert others
    assert {line[:start].strip() for line in others} == {""}
    assert {line[start : start + 2] for line in others if "to" in line} <= {"→ ", "  "}
    assert sum(line[start] == "→" for line in others) == 1


def test_where_there_is_no_terminal_nothing_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    error()
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert len(make("help").splitlines()) == len(re.findall(r"^[a-z-]+:.*## ", (ROOT / "Makefile").read_text(), re.M))


def test_a_command_is_not_broken_for_whoever_copies_it(at_width: AtWidth) -> None:
    shown = at_width(80)
    checks()
    for command in ('make cdktf ARGS="deploy dev --auto-approve"', f"{IMPORT} aws_security_group.aurora sg-0123456789"):
        assert any(command in line for line in shown.getvalue().splitlines())
