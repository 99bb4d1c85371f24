"""Limits: all of AWS's stand in the file, each is used, and none stands in the code.

The client of the Data API, which is copied into bundles alone, has numbers of its own: they are compared.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import botocore.loaders  # type: ignore[import-untyped]
import pytest

from aurora_serverless.facts.limits import LimitFact, allowed_numbers, fractional_limit, limit, limits
from aurora_serverless.facts.regions import partitions
from aurora_serverless.facts.table import FactError, parse_facts
from aurora_serverless.rules.arns import CLUSTER, SECRET
from aurora_serverless_data_api import endpoint
from aurora_serverless_data_api.endpoint import LEAST_READ_TIMEOUT_SECONDS
from aurora_serverless_data_api.parameters import GREATEST_REQUEST_BYTES, GREATEST_SQL_LENGTH
from local_aws.data_api.wire import LENGTHS
from tests.conftest import COMMAND_PACKAGES, ROOT

OWN_CHOICES = {
    *(
        "_PARTS",
        "_ID_IN_ARN",
        "_DAY",
        "HOURS_A_DAY",
        "MINUTE",
        "FIVE_MINUTES",
        "HTTPS_PORT",
    ),  # what words and forms mean
    *(
        "GRAPH_WIDTH",
        "GRAPH_HEIGHT",
        "ALARMS_HEIGHT",
        "TEXT_HEIGHT",
        "PASSWORD_LENGTH",
        "SUFFIX_BYTES",
        "LONGEST_VALUE",
    ),
    *("OUT_OF_REACH_PERCENT", "LONGEST_REPLICA_LAG_MILLISECONDS", "MOST_DEADLOCKS_PER_SECOND"),
    "LONGEST_MINUTES",  # that Terraform waits
    *("DEFAULT_RETENTION_DAYS", "DEFAULT_TARGET_PERCENT", "DEFAULT_COOLDOWN_SECONDS"),
    *("_INTEGER", "_NUMBER", "_SMALLEST_NUMBER", "_WITH_UNIT", "_GROUP_NAME"),  # of what a file may say
    *("_FIRST_YEAR", "_LAST_YEAR", "_NEAR", "_SIMILAR", "_LONGEST_DECIMAL_BITS"),
    "STATISTICS_KEPT_SINCE",  # of PostgreSQL
}
"""Constants that AWS cannot change: choices of this project, and what is so by its nature."""

OWN_CHOICES_OF_PROGRAMS = {
    *(
        "LARGEST_NUMBER",
        "LAST_PORT",
        "LARGEST_PORT",
        "UNLIMITED",
        "_OK",
        "LIMIT",
        "_DAY_MINUTES",
    ),  # JSON, TCP, HTTP, GitHub
    *("LEAST_INTEGER, GREATEST_INTEGER", "LEAST_LONG, GREATEST_LONG"),
    *("_LONGEST_STATEMENT", "_MOST_ROWS", "_MOST_NAMES", "_MOST_NAMED", "_MOST_LINES", "_MOST_UNKNOWN", "LONGEST"),
    "_REMEMBERED_ANSWERS",  # of the client
    *("UNITS_PER_EM", "MOST_WIDER", "MOST_COLUMNS"),  # of a font, of pictures
    *("FIRST_POSTGRESQL_PORT", "_CHUNK_BYTES", "_MOST_OTHERS"),
    *("_MOST_RELATIONS", "_MEMORY_BYTES", "_LONGEST_ROW"),  # of the SQL prompt
    *("MOST_KEPT", "MOST_JOBS", "LAST_WAVE"),  # of kept bases, GitHub, environment files
    *("LEAST_ENVIRONMENTS_A_PROCESS", "MOST_ENVIRONMENTS_A_PROCESS", "MOST_PROCESSES"),
    *("DEADLINE_SECONDS", "_MOST_RETRIES", "FEWEST_BACKUP_DAYS", "OLDEST_PASSWORD_DAYS"),
    *("MOST_RULES", "MOST_SOURCES", "_MOST_ALARMS", "_SHORTEST", "_LONGEST", "_LONGEST_TEXT", "_LONGEST_PREAMBLE"),
    *("PORT", "LEAST_STACK", "LONE_INSTANCE_TEXT", "_SMALLEST_MARKER", "_LARGEST_MARKER"),
    *("_MOST_ACU_OF_SMALL", "_MOST_ACU_OF_MEDIUM", "_GREATEST_SETS", "GREATEST_MEMORY"),
    *("LARGEST_BYTES", "MOST_BYTES", "_PIECE", "LONGEST_NAME", "LONGEST_NAME_PREFIX", "GREATEST_IDLE_SESSIONS"),
    *("_LEAST_SECONDS", "_FIRST_LOOK_SECONDS, _LONGEST_PAUSE_SECONDS", "LOCK_SECONDS", "_FEWEST_LOCKS"),
}
"""Such constants of commands, environment files and local AWS."""

COMPARED = {"LEAST_READ_TIMEOUT_SECONDS", "GREATEST_REQUEST_BYTES", "GREATEST_SQL_LENGTH"}
"""Limits in the client of the Data API, which may not read the file."""


_LENGTH = re.compile(r"\{\d+,\d{2,}\}")
"""How a pattern says the longest of something."""
_LIMIT_NAME = re.compile("LEAST|FEWEST|SHORTEST|SMALLEST|MOST|LONGEST|LARGEST|GREATEST|LAST_|RETENTION|DAYS|PORT$")
_TELLING = 180
"""From this number on one that is the same as a limit is likely to be it."""


def constants(path: Path) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names and values that a module gives at its top."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            yield ast.unparse(node.target), node.value
        elif isinstance(node, ast.Assign):
            yield ast.unparse(node.targets[0]).strip("()"), node.value


def is_number(value: ast.expr) -> bool:
    """Whether a value is written in numbers alone."""
    inside = list(ast.walk(value))
    has_numbers = any(isinstance(each, ast.Constant) and type(each.value) in {int, float} for each in inside)
    return has_numbers and not any(isinstance(each, ast.Name | ast.Call) for each in inside)


def has_length(value: ast.expr) -> bool:
    texts = [each.value for each in ast.walk(value) if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return any(_LENGTH.search(text) for text in texts)


def test_no_limit_stands_in_the_code_of_the_constructs() -> None:
    found = [
        each
        for path in (ROOT / "constructs" / "aurora_serverless").rglob("*.py")
        if path.parent.name not in {"facts", "options"}
        for each in constants(path)
    ]
    named = {name for name, value in found if is_number(value) or has_length(value)}
    assert named - OWN_CHOICES == {"LARGEST_EXACT_INTEGER"}


def test_no_limit_stands_in_the_code_of_what_uses_the_constructs() -> None:
    of_limits = {float(row.value) for row in limits().values() if " " not in row.value}
    found = set()
    for folder in ("constructs/aurora_serverless/options", "stacks", "local_aws", *COMMAND_PACKAGES):
        for path in (ROOT / folder).rglob("*.py"):
            for name, value in constants(path):
                if not is_number(value):
                    continue
                number = eval(compile(ast.Expression(value), str(path), "eval"), {"__builtins__": {}})  # noqa: S307
                is_limit = isinstance(number, int | float) and number >= _TELLING and number in of_limits
                if is_limit or _LIMIT_NAME.search(name):
                    found.add(name)
    assert found == COMPARED | OWN_CHOICES_OF_PROGRAMS, "write it into limits.csv, or say above why not"


def test_the_client_of_the_data_api_has_the_limits_of_the_file() -> None:
    assert limit("data_api_request_longest") == GREATEST_REQUEST_BYTES
    assert limit("data_api_statement_longest") == GREATEST_SQL_LENGTH
    assert limit("data_api_call_longest") < LEAST_READ_TIMEOUT_SECONDS


@pytest.mark.parametrize("partition", partitions())
def test_the_client_of_the_data_api_takes_the_arns_of_every_partition(partition: str) -> None:
    for kind, pattern in ((CLUSTER, endpoint._CLUSTER_ARN), (SECRET, endpoint._SECRET_ARN)):
        assert pattern.fullmatch(kind.example.replace("arn:aws:", f"arn:{partition}:"))
        assert pattern.fullmatch(kind.example.replace("123456789012", "12345678901")) is None
        assert pattern.fullmatch(kind.example.replace(f":{kind.service}:", ":ec2:")) is None


def test_local_aws_takes_of_the_data_api_what_its_model_takes() -> None:
    model = botocore.loaders.Loader().load_service_model("rds-data", "service-2")
    shapes, members = model["shapes"], model["shapes"]["ExecuteStatementRequest"]["members"]
    told = {name: shapes[members[name]["shape"]] for name in LENGTHS}
    assert {name: (shape["min"], shape["max"]) for name, shape in told.items()} == LENGTHS


def test_every_limit_is_used() -> None:
    folders = [ROOT / name for name in ("constructs/aurora_serverless", "stacks", "local_aws", *COMMAND_PACKAGES)]
    code = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    assert [name for name in limits() if f'"{name}"' not in code] == []


def test_a_limit_is_a_number_or_the_numbers_that_are_allowed() -> None:
    assert limit("rds_cluster_identifier_longest") == 63
    assert fractional_limit("rds_capacity_step_acu") == 0.5
    assert allowed_numbers("rds_enhanced_monitoring_intervals") == (0, 1, 5, 10, 15, 30, 60)


@pytest.mark.parametrize("value", ["many", "-1", "1 to 5"])
def test_another_value_is_refused(value: str) -> None:
    text = f"name,value,unit,source,date,certainty\nlength,{value},characters,a page,2026-11,aws page\n"
    with pytest.raises(FactError, match=r"limits.csv:2: value .* is not a number, or numbers with a space"):
        parse_facts(text, "limits.csv", LimitFact)


RESUMES = re.compile(
    r"(\d+)(?: s(?:econds)?)?,(?: or| and)? (\d+)(?: s)? (?:and|or) more after (?:a pause of )?(?:(\d+) hours|a day)"
)


def test_how_long_a_cluster_resumes_is_the_same_wherever_it_is_said() -> None:
    """In pages and comments, which read no file."""
    paths = [*ROOT.glob("docs/*.md"), *ROOT.glob("stacks/*.md")]
    paths += [path for folder in ("local_aws", *COMMAND_PACKAGES) for path in ROOT.joinpath(folder).rglob("*.py")]
    said = {path.name: found.groups() for path in paths for found in RESUMES.finditer(path.read_text("utf-8"))}
    usual, longer, hours = (
        str(limit(name)) for name in ("rds_resume_usual", "rds_resume_after_long_pause", "rds_long_pause")
    )
    assert {"operating.md", "options.md", "local-aws.md", "attempts.py", "database.py"} <= said.keys()
    assert hours == "24"
    assert {
        name: times for name, times in said.items() if times not in {(usual, longer, hours), (usual, longer, None)}
    } == {}
