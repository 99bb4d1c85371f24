"""The questions whose answers make an environment file. Each is an option of `aurora-serverless new` too."""

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from aurora_serverless.rules.engine import DEFAULT_VERSION, EngineVersion
from aurora_serverless.rules.regions import is_missing
from aurora_serverless.rules.violation import RuleViolation
from cli.new_environment.purposes import PURPOSES, Purpose
from operations.errors import OperationsError, wrong_input
from stacks.problem import Problem

Answers = Mapping[str, str]
"""Answers by the name of their question; an empty one leaves its key out."""


@dataclass(frozen=True)
class Question:
    """`name` is its option's, `keys` the keys of the file that it answers, `text` what a person is asked.

    `default` makes an answer of the environment's name and the answers before; None where there is no sensible one.
    `choices` explains each word that is an answer, where there are only a few.
    `check` raises OperationsError (2) for what is not an answer; whether it is a good one the model of the file says.
    """

    name: str
    keys: tuple[str, ...]
    text: str
    default: Callable[[str, Answers], str | None]
    applies: Callable[[Answers], bool] = lambda _: True
    check: Callable[[str], object] = lambda _: None
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def flag(self) -> str:
        """The option on the command line."""
        return "--" + self.name.replace("_", "-")


def check_purpose(purpose: str | None) -> None:
    """Raise OperationsError (2) unless it is one."""
    if purpose is None:
        raise wrong_input(f"give --purpose {', '.join(PURPOSES)}: it has no default, and nobody is asked here")
    if purpose not in PURPOSES:
        raise wrong_input(f'--purpose "{purpose}" is none of {", ".join(PURPOSES)}')


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise wrong_input(f'--{name.replace("_", "-")} "{text}" is not a number') from None
    return int(number) if number.is_integer() else number


def _minimum(_: str, answers: Answers) -> str:
    """Return the purpose's minimum; where it is 0 and the engine cannot pause, the smallest other."""
    minimum = PURPOSES[answers["purpose"]].document["capacity"]["minimum_acu"]
    with contextlib.suppress(RuleViolation):
        minimum = max(minimum, EngineVersion.parse(answers["engine_version"]).smallest_capacity_acu)
    return f"{minimum:g}"


def _maximum(_: str, answers: Answers) -> str:
    """Return the purpose's maximum, or the minimum where that is above it."""
    maximum = PURPOSES[answers["purpose"]].document["capacity"]["maximum_acu"]
    return f"{max(maximum, _number('minimum_acu', answers['minimum_acu'])):g}"


def _told(purpose: Purpose) -> str:
    capacity = purpose.document["capacity"]
    return f"{purpose.explained}; {capacity['minimum_acu']} to {capacity['maximum_acu']} ACU unless you say otherwise"


QUESTIONS: Final = (
    Question(
        "purpose",
        ("preset",),
        f"Purpose ({', '.join(PURPOSES)})",
        lambda _, __: None,
        check=check_purpose,
        choices={name: _told(purpose) for name, purpose in PURPOSES.items()},
    ),
    Question("region", ("region",), "Region", lambda _, __: "us-east-1"),
    Question(
        "name_prefix",
        ("name_prefix", "names.cluster", "database.name", "database.master_username"),
        "What all names start with",
        lambda name, _: name.replace("_", "-"),
    ),
    Question("engine_version", ("engine.version",), "Engine version", lambda _, __: str(DEFAULT_VERSION)),
    Question(
        "minimum_acu",
        ("capacity.minimum_acu", "capacity.auto_pause_seconds"),
        "Smallest capacity in ACU (0: pauses when idle)",
        _minimum,
        check=partial(_number, "minimum_acu"),
    ),
    Question(
        "maximum_acu",
        ("capacity.maximum_acu",),
        "Largest capacity in ACU",
        _maximum,
        check=partial(_number, "maximum_acu"),
    ),
    Question("vpc_id", ("network.vpc_id",), "Id of the VPC (empty: the Region's default VPC)", lambda _, __: ""),
    Question(
        "alarm_email",
        ("monitoring.alarm_email_addresses",),
        "Address for mail from the alarms (empty: none)",
        lambda _, __: "",
        applies=lambda answers: PURPOSES[answers["purpose"]].has_alarms or bool(answers.get("alarm_email")),
    ),
    Question(
        "state_bucket",
        ("backend.bucket",),
        "S3 bucket for the state (empty: a file in the project)",
        lambda _, __: "",
    ),
)


def completed(name: str, given: Answers) -> dict[str, str]:
    """Return the answers given and the defaults of the others. Raises OperationsError (2) where one has no default."""
    answers = dict(given)
    check_purpose(answers.get("purpose"))
    for question in QUESTIONS:
        if question.name not in answers and question.applies(answers):
            answers[question.name] = question.default(name, answers) or ""
    return answers


def document_of(answers: Answers) -> dict[str, Any]:
    """Return what the file says, sections in the order of the model. Raises OperationsError (2) for a wrong number."""
    own = PURPOSES[answers["purpose"]].document
    email, bucket, vpc = (answers.get(name) for name in ("alarm_email", "state_bucket", "vpc_id"))
    sections: dict[str, Any] = {
        "backend": {"type": "s3", "bucket": bucket} if bucket else {},
        "engine": {"version": answers["engine_version"]},
        "capacity": {key: _number(key, answers[key]) for key in ("minimum_acu", "maximum_acu")},
        "instances": own.get("instances", {}),
        "storage": own.get("storage", {}),
        "network": {"vpc_id": vpc} if vpc else {},
        "access": {"data_api": False} if is_missing("data_api", answers["region"]) else {},
        "monitoring": {"alarms": True, "alarm_email_addresses": [email]} if email else {},
    }
    top = {"preset": own.get("preset"), "name_prefix": answers["name_prefix"], "region": answers["region"]}
    return {name: value for name, value in {**top, **sections}.items() if value}


def question_of(problem: Problem) -> Question | None:
    """Return the question whose answer would fix a problem of the file; None where it is about no answer."""
    key = re.split(r"[\[ ]", problem.where, maxsplit=1)[0]
    return next((question for question in QUESTIONS if key in question.keys), None)


def refused(problem: Problem) -> OperationsError:
    """Return the error for what the model refuses, with the option that would change it."""
    question = question_of(problem)
    return wrong_input(f"{question.flag}: {without_file(problem)}" if question else str(problem))


def without_file(problem: Problem) -> str:
    """Return a problem's line without the file, which is not there yet."""
    return str(problem).partition(": ")[2]
