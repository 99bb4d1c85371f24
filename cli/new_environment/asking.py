"""Asks a person the questions, each again until its answer is right."""

import contextlib
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import typer
from rich.text import Text

from cli.new_environment.draft import Draft, Folder
from cli.new_environment.purposes import PURPOSES
from cli.new_environment.questions import QUESTIONS, Question, completed, question_of, refused, without_file
from cli.output import terminal
from operations.errors import OperationsError


def asked(name: str, path: Path, given: Mapping[str, str], folder: Folder) -> dict[str, str]:
    """Return the answers that are given and those to the questions about the rest.

    Raises OperationsError (2) where one that is given is wrong: nobody is asked for that.
    """
    _check_given(name, path, given, folder)
    answers = dict(given)
    with kept(name, answers):
        for question in QUESTIONS:
            if question.name not in given and question.applies(answers):
                answers[question.name] = _answer(question, name, path, answers, folder)
    return answers


@contextlib.contextmanager
def kept(name: str, answers: Mapping[str, str]) -> Iterator[None]:
    """Print the command that has the answers, where a person stops or what was answered is refused as a whole."""
    try:
        yield
    except (typer.Abort, KeyboardInterrupt, OperationsError):
        say_answers(name, answers)
        raise


def say_answers(name: str, answers: Mapping[str, str]) -> None:
    """Print the command that asks only what is not answered yet; an empty answer is one too."""
    flags = {question.name: question.flag for question in QUESTIONS}
    given = [word for answer in answers for word in (flags[answer], answers[answer])]
    terminal.note("")
    terminal.note(f"what was answered so far: {shlex.join(['./aurora-serverless', 'new', name, *given])}", folded=False)


def _check_given(name: str, path: Path, given: Mapping[str, str], folder: Folder) -> None:
    for question in QUESTIONS:
        if question.name in given:
            question.check(given[question.name])
    draft = Draft.of_answers(path, completed(name, {"purpose": next(iter(PURPOSES)), **given}))
    for problem in draft.problems(folder.others):
        asked_by = question_of(problem)
        if asked_by is not None and asked_by.name in given:
            raise refused(problem)


def _answer(question: Question, name: str, path: Path, answers: Mapping[str, str], folder: Folder) -> str:
    default = question.default(name, answers)
    width = max(map(len, question.choices), default=0)
    for word, explained in question.choices.items():
        terminal.say_beside(Text(f"  {word:<{width}}  ", style="bold"), explained, terminal.messages())
    while True:
        answer = str(typer.prompt(question.text, default=default, show_default=bool(default), err=True)).strip()
        try:
            question.check(answer)
        except OperationsError as error:
            terminal.say_error(str(error))
            continue
        draft = Draft.of_answers(path, completed(name, {**answers, question.name: answer}))
        wrong = [problem for problem in draft.problems(folder.others) if question_of(problem) is question]
        if not wrong:
            return answer
        terminal.say_error(without_file(wrong[0]))
