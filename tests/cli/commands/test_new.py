"""The command `new`: the file it writes, what it asks, and all that it refuses without leaving anything behind."""

import contextlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from cli.commands import new
from cli.new_environment.purposes import PURPOSES
from cli.new_environment.questions import QUESTIONS
from stacks.environment_files import read_environments
from tests.conftest import COMMAND_PACKAGES, ROOT
from tests.deployed.deployment import Done, run

SHIPPED = {"development": "dev", "production": "production", "high-scale": "high-scale"}

New = Callable[..., Done]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project folder with the environments that ship."""
    for name in ("main.py", "stacks", "constructs", *COMMAND_PACKAGES):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "environments", tmp_path / "environments")
    return tmp_path


@pytest.fixture
def run_new(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> New:
    """Return a function that runs the command; the cost, which takes a synthesis, is unknown there."""
    monkeypatch.setattr(new, "_estimate", lambda *_: "not asked for")

    def run_it(*arguments: str) -> Done:
        return run(capsys, "new", *arguments, "--project", str(project))

    return run_it


def files(project: Path) -> set[str]:
    return {path.name for path in (project / "environments").iterdir()}


def text_of(project: Path, name: str) -> str:
    return (project / "environments" / f"{name}.toml").read_text()


def test_the_file_names_its_schema_and_says_only_what_differs(project: Path, run_new: New) -> None:
    done = run_new("shop", "--purpose", "development")
    assert (done.status, done.errors) == (0, "")
    assert text_of(project, "shop") == (
        "#:schema ./environment.schema.json\n"
        "# A development deployment, which pauses when idle.\n"
        "# ./aurora-serverless explain lists what else can be written here.\n"
        'name_prefix = "shop"\n'
        'region = "us-east-1"\n'
        "\n"
        "[engine]\n"
        'version = "17.7"\n'
        "\n"
        "[capacity]\n"
        "minimum_acu = 0\n"
    )


def test_every_answer_goes_into_the_file(project: Path, run_new: New) -> None:
    options = {
        "purpose": "high-scale",
        "region": "eu-west-1",
        "name-prefix": "orders",
        "engine-version": "16.8",
        "minimum-acu": "4",
        "maximum-acu": "32.5",
        "vpc-id": "vpc-0123456789abcdef0",
        "alarm-email": "team@example.com",
        "state-bucket": "example-terraform-state",
    }
    assert {name.replace("-", "_") for name in options} == {question.name for question in QUESTIONS}
    done = run_new("orders_eu", *(part for name, value in options.items() for part in (f"--{name}", value)))
    assert (done.status, done.errors) == (0, "")
    assert tomllib.loads(text_of(project, "orders_eu")) == {
        "preset": "production",
        "name_prefix": "orders",
        "region": "eu-west-1",
        "backend": {"type": "s3", "bucket": "example-terraform-state"},
        "engine": {"version": "16.8"},
        "capacity": {"minimum_acu": 4, "maximum_acu": 32.5},
        "instances": {"readers": 4, "promotion_tiers": [1, 2, 2, 2]},
        "storage": {"type": "io_optimized"},
        "network": {"vpc_id": "vpc-0123456789abcdef0"},
        "monitoring": {"alarm_email_addresses": ["team@example.com"]},
    }


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_purpose_is_the_environment_that_ships_for_it(project: Path, run_new: New, purpose: str) -> None:
    assert run_new("made", "--purpose", purpose).status == 0
    environments = {environment.name: environment for environment in read_environments(project / "environments")}
    own = {"name", "name_prefix", "tags", "wave"}
    made, shipped = (environments[name].model_dump(exclude=own) for name in ("made", SHIPPED[purpose]))
    if purpose == "development":
        assert shipped["capacity"].pop("auto_pause_seconds") == 300, "what holds without it"
        assert made["capacity"].pop("auto_pause_seconds") is None
    assert made == shipped


def test_an_address_for_alarms_turns_them_on(project: Path, run_new: New) -> None:
    run_new("shop", "--purpose", "development", "--alarm-email", "me@example.com")
    monitoring = tomllib.loads(text_of(project, "shop"))["monitoring"]
    assert monitoring == {"alarms": True, "alarm_email_addresses": ["me@example.com"]}


def test_a_default_fits_the_answers_before_it(project: Path, run_new: New) -> None:
    assert run_new("shop", "--purpose", "development", "--engine-version", "15.4").status == 0
    assert "capacity" not in tomllib.loads(text_of(project, "shop")), "15.4 cannot pause: 0.5 to 1 ACU"
    assert run_new("large", "--purpose", "development", "--minimum-acu", "4").status == 0
    assert tomllib.loads(text_of(project, "large"))["capacity"] == {"minimum_acu": 4, "maximum_acu": 4}


def test_it_shows_cost_and_next_commands(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, "new", "shop", "--purpose", "development", "--project", str(project))
    assert (done.status, done.errors) == (0, "")
    assert re.search(r"^cost a month  \$0\.40 to \$\d+\.\d\d, typically \$\d+\.\d\d$", done.output, re.MULTILINE)
    assert re.search(r"^ +prices of us-east-1, ", done.output, re.MULTILINE)
    for command in ("make snapshots", "make synth", 'make cdktf ARGS="deploy shop"', "./aurora-serverless wait shop"):
        assert f"\n  {command} " in done.output


def test_the_readme_shows_what_is_printed(run_new: New) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [(arguments, shown)] = re.findall(
        r"^\$ \./aurora-serverless new (.*)\n(.*?)(?=^\$ |^```)", text, re.MULTILINE | re.DOTALL
    )
    printed = run_new(*arguments.split()).output
    cost = re.compile(r"^cost a month .*\n( .*\n)*", re.MULTILINE)  # another test's
    assert cost.sub("", shown).rstrip() == cost.sub("", printed).rstrip()


def test_json_is_one_document(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = run(
        capsys, "new", "shop", "--purpose", "production", "--region", "eu-west-3", "--json", "--project", str(project)
    )
    assert (done.status, done.errors) == (0, "")
    assert done.json["file"] == str(project / "environments/shop.toml")
    assert done.json["text"] == text_of(project, "shop")
    assert float(done.json["usd_a_month"]["floor"]) > 0
    assert "compute: aurora" in done.json["usd_a_month"]["unknown"]
    assert done.json["usd_a_month"]["prices"].startswith("prices of eu-west-3, ")


@pytest.mark.parametrize(
    ("region", "why"),
    [
        ("cn-north-1", "no price is known for cn-north-1, where AWS bills in CNY"),
        ("us-gov-east-1", "no price is known for us-gov-east-1"),
    ],
)
def test_no_other_regions_prices_stand_in(
    project: Path, capsys: pytest.CaptureFixture[str], region: str, why: str
) -> None:
    arguments = ("new", "shop", "--purpose", "development", "--region", region, "--project", str(project))
    assert run(capsys, *arguments, "--json").json["usd_a_month"] == {"unknown_because": why}


def test_a_sum_that_lacks_something_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("new", "shop", "--purpose", "development", "--region", "eu-west-3", "--project", str(project))
    output = run(capsys, *arguments).output
    assert re.search(r"^cost a month  \$.*, and more\nnot in it     compute: aurora, ", output, re.MULTILINE)


def test_the_file_is_there_though_the_cost_is_not_known(project: Path, run_new: New) -> None:
    assert "cost a month  unknown: not asked for\n" in run_new("shop", "--purpose", "development").output
    assert "shop.toml" in files(project)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (["shop"], "give --purpose development, production, high-scale: it has no default, and nobody is asked here"),
        (["shop", "--purpose", "staging"], '--purpose "staging" is none of development, production, high-scale'),
        (["dev"], "environments/dev.toml exists already; give another name"),
        (
            ["Shop"],
            '"Shop" is not a name of an environment: lower-case letters, digits, single hyphens and underscores, ',
        ),
        (["constructor"], '"constructor" is not a name of an environment: '),
        (["a" * 101], f'"{"a" * 101}" is not a name of an environment: '),
        (["../shop"], '"../shop" is not a name of an environment: '),
        (["shop.toml"], '"shop.toml" is not a name of an environment: '),
        ([""], '"" is not a name of an environment: '),
        (["s" * 101], '"' + "s" * 101 + '" is not a name of an environment: '),
        (["shop", "--minimum-acu", "few"], '--minimum-acu "few" is not a number'),
        (["shop", "--minimum-acu", "0.3"], "--minimum-acu: capacity.minimum_acu = 0.3: must be a multiple of 0.5 ACU"),
        (["shop", "--minimum-acu", "inf"], "--minimum-acu: capacity.minimum_acu = inf: must be a finite number"),
        (["shop", "--maximum-acu", "nan"], "--maximum-acu: capacity.maximum_acu = nan: must be a finite number"),
        (["shop", "--maximum-acu", "300"], "--maximum-acu: capacity.maximum_acu = 300.0: the largest capacity"),
        (
            ["shop", "--minimum-acu", "4", "--maximum-acu", "2"],
            "--minimum-acu: capacity.minimum_acu = 4.0: must",
        ),
        (["shop", "--engine-version", "9.6"], '--engine-version: engine.version = "9.6": '),
        (["shop", "--region", "us-east-9"], '--region: region = "us-east-9": is not a Region of AWS'),
        (["shop", "--name-prefix", "Shop"], '--name-prefix: name_prefix = "Shop": a name prefix is 1 to 40 '),
        (["shop", "--name-prefix", "a${b}"], '--name-prefix: name_prefix = "a${b}": must not hold ${ or %{'),
        (
            ["shop", "--name-prefix", "alex-dev"],
            '--name-prefix: name_prefix = "alex-dev": the cluster ',
        ),
        (["select"], '--name-prefix: database.name = "select": is a reserved word of PostgreSQL'),
        (["shop", "--vpc-id", "main"], '--vpc-id: network.vpc_id = "main": a VPC\'s id is vpc- and 8 or 17 digits'),
        (
            ["shop", "--alarm-email", "me"],
            '--alarm-email: monitoring.alarm_email_addresses[0] = "me": must be an email address',
        ),
        (["shop", "--state-bucket", "x"], "--state-bucket: backend.bucket = "),
        (["shop", "more"], "Got unexpected extra argument(s) (more)"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_wrong_is_one_line_and_leaves_nothing(
    project: Path, run_new: New, line: Sequence[str], error: str
) -> None:
    before = files(project)
    is_about_purpose = "--purpose" in line or error.startswith("give --purpose")
    done = run_new(*line, *([] if is_about_purpose else ["--purpose", "development"]))
    assert (done.status, done.output) == (2, "")
    assert done.error.startswith(f"error: {error}")
    assert files(project) == before


def test_a_file_that_differs_in_capitals_only_is_the_same_file(project: Path, run_new: New) -> None:
    (project / "environments/SHOP.toml").touch()
    done = run_new("shop", "--purpose", "development")
    assert (done.status, done.error) == (2, "error: environments/SHOP.toml exists already; give another name")


def test_a_file_that_comes_in_between_is_not_overwritten(
    project: Path, run_new: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: Any) -> Any:
        (project / "environments/shop.toml").write_text("another's\n")
        return "not asked for"

    monkeypatch.setattr(new, "_estimate", late)
    before = files(project)
    assert run_new("shop", "--purpose", "development").error == (
        "error: environments/shop.toml cannot be written: it exists already; name another file"
    )
    assert (text_of(project, "shop"), files(project)) == ("another's\n", before | {"shop.toml"})


def test_a_failed_write_leaves_nothing(project: Path, run_new: New, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "hardlink_to", full)
    before = files(project)
    done = run_new("shop", "--purpose", "development")
    assert done.error == ("error: environments/shop.toml cannot be written: No space left on device; name another file")
    assert files(project) == before


def test_a_wrong_file_beside_it_is_said_and_no_hindrance(project: Path, run_new: New) -> None:
    (project / "environments/broken.toml").write_text("name_prefix = \n")
    done = run_new("shop", "--purpose", "development")
    assert (done.status, done.error) == (0, "not compared with broken.toml: make synth says what is wrong there")


def test_a_project_without_environments_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = run(capsys, "new", "shop", "--purpose", "development", "--project", str(tmp_path))
    assert done.error == f"error: {tmp_path} has no folder environments: name the folder of the project with --project"


class Conversation:
    """The command on a terminal, and a person who answers."""

    def __init__(self, project: Path, *arguments: str) -> None:
        self._controller, terminal = pty.openpty()
        line = [sys.executable, "-P", "-m", "cli", "new", *arguments, "--project", str(project)]
        variables = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb", "COLUMNS": "100"}
        self._process = subprocess.Popen(
            line, env=variables, cwd=project, stdin=terminal, stdout=terminal, stderr=terminal
        )
        os.close(terminal)
        self.text = ""

    def answer(self, question: str, *answers: str) -> None:
        """Give the answers, each after the question has been asked."""
        for given in answers:
            self.await_question(question)
            os.write(self._controller, given.encode())
            self.text += "\n"

    def await_question(self, question: str) -> None:
        """Wait until it has been asked."""
        self._read(until=re.compile(re.escape(question) + r"[^\n]*: $"))

    def interrupt(self) -> None:
        """Do what Ctrl-C does; again where it came before the command had begun to wait for the answer."""
        for _ in range(20):
            self._process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.5)
                return

    def close(self) -> None:
        """End the command, if it has not ended."""
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            os.close(self._controller)

    def end(self) -> int:
        """Return the exit status, once the command has ended."""
        self._read(until=None)
        return self._process.wait(20)

    def _read(self, until: re.Pattern[str] | None) -> None:
        deadline = time.monotonic() + 30
        while until is None or not until.search(self.text):
            ready, _, _ = select.select([self._controller], [], [], 1)
            assert time.monotonic() < deadline, f"waits for {until}: {self.text}"
            try:
                part = os.read(self._controller, 65536) if ready else b""
            except OSError:
                part = b""
            if ready and not part:
                assert until is None, f"ended before {until}: {self.text}"
                return
            self.text += part.decode().replace("\r", "")


Converse = Callable[..., Conversation]


@pytest.fixture
def converse(project: Path) -> Iterator[Converse]:
    """Return a function that starts the command on a terminal."""
    started = []

    def start(*arguments: str) -> Conversation:
        started.append(Conversation(project, *arguments))
        return started[-1]

    yield start
    for conversation in started:
        conversation.close()


def test_on_a_terminal_it_asks_again_until_an_answer_is_right(converse: Converse, project: Path) -> None:
    conversation = converse("shop", "--region", "eu-west-1")
    conversation.answer("Purpose", "prod\n", "production\n")
    conversation.answer("names start with [shop]", "Shop\n", "alex-production\n", "\n")
    conversation.answer("Engine version [17.7]", "\n")
    conversation.answer("Smallest capacity", "0.3\n", "x\n", "1\n")
    conversation.answer("Largest capacity in ACU [8]", "4\n")
    conversation.answer("VPC", "\n")
    conversation.answer("mail from the alarms", "team@example.com\n")
    conversation.answer("bucket", "\n")
    conversation.answer("write environments/shop.toml? [Y/n]", "y\n")
    assert conversation.end() == 0
    assert "Region [" not in conversation.text, "it was given"
    assert conversation.text.count("error: ") == 5
    document = tomllib.loads(text_of(project, "shop"))
    assert document["capacity"] == {"minimum_acu": 1, "maximum_acu": 4}
    assert document["monitoring"] == {"alarm_email_addresses": ["team@example.com"]}


@pytest.mark.parametrize("key", ["Ctrl-C", "Ctrl-D"])
def test_who_stops_leaves_nothing(converse: Converse, project: Path, key: str) -> None:
    before = files(project)
    conversation = converse("shop", "--purpose", "development")
    conversation.answer("Region [us-east-1]", "\n")
    conversation.await_question("names start with")
    conversation.interrupt() if key == "Ctrl-C" else conversation.answer("names start with", "\x04")
    assert conversation.end() == 130
    assert conversation.text.rstrip().endswith("error: stopped by Ctrl-C")
    kept = "./aurora-serverless new shop --purpose development --region us-east-1\n"
    assert f"\nwhat was answered so far: {kept}" in conversation.text
    assert files(project) == before


def test_each_purpose_is_explained_where_it_is_asked_for(converse: Converse) -> None:
    conversation = converse("shop")
    conversation.await_question("Purpose")
    for purpose, explained in QUESTIONS[0].choices.items():
        shown = re.sub(r"\s+", " ", conversation.text)
        assert f" {purpose} {explained} " in shown
        assert explained.endswith(" ACU unless you say otherwise")


def test_who_says_no_at_the_end_leaves_nothing(converse: Converse, project: Path) -> None:
    before = files(project)
    given = [f"--{name}={value}" for name, value in {"purpose": "development", "region": "us-east-1"}.items()]
    conversation = converse("shop", *given)
    for question in ("names start with", "Engine version", "Smallest", "Largest", "VPC", "bucket"):
        conversation.answer(question, "\n")
    conversation.answer("write environments/shop.toml?", "n\n")
    assert conversation.end() == 0
    assert "\ncost a month  $" in conversation.text
    assert conversation.text.rstrip().endswith("nothing is written")
    [line] = re.findall(r"^what was answered so far: (.*)$", conversation.text, re.MULTILINE)
    assert line.startswith("./aurora-serverless new shop --purpose development --region us-east-1 --name-prefix shop ")
    assert line.endswith(" --maximum-acu 1 --vpc-id '' --state-bucket ''")
    assert files(project) == before


@pytest.mark.parametrize(
    ("option", "error"),
    [
        (["--minimum-acu", "few"], '--minimum-acu "few" is not a number'),
        (["--region", "us-east-9"], '--region: region = "us-east-9": is not a Region of AWS'),
        (["--purpose", "prod"], '--purpose "prod" is none of development, production, high-scale'),
    ],
    ids=str,
)
def test_a_wrong_option_is_told_before_anything_is_asked(converse: Converse, option: list[str], error: str) -> None:
    conversation = converse("shop", *option)
    assert conversation.end() == 2
    assert conversation.text.startswith(f"error: {error}")
