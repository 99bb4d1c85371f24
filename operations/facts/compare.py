"""Compares the files of facts with what AWS answers, part by part: one that fails keeps no other from its end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from aurora_serverless.facts.engine_versions import MajorFact, engine_majors
from aurora_serverless.facts.files import FactFile
from aurora_serverless.facts.table import FactError, as_csv, parse_facts
from operations.aws.errors import explained
from operations.aws.session import AwsSession
from operations.errors import ErrorKind, OperationsError, failed, known_error
from operations.facts import engine, parameters, prices
from operations.facts.difference import Compared, Difference
from operations.facts.rows import rows_of
from operations.files import check_writable, write_file

OnStep = Callable[[str], None]

NEEDS_MAJORS: Final = "DescribeDBMajorEngineVersions is not known to the installed botocore: it needs 1.44 or newer"


@dataclass(frozen=True)
class Failure:
    """A part that could not be compared, or not whole, and why."""

    facts: str
    error: OperationsError


@dataclass(frozen=True)
class Comparison:
    """What was compared, what failed, and of which files AWS tells nothing."""

    compared: tuple[Compared, ...]
    failures: tuple[Failure, ...]
    silent: tuple[tuple[str, str], ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What AWS has otherwise."""
        return tuple(difference for one in self.compared for difference in one.differences)


class _Aws:
    """What AWS answers, each question asked once."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    @cached_property
    def rds(self) -> Any:
        """A client of Amazon RDS."""
        return self._session.client("rds")

    @cached_property
    def versions(self) -> dict[engine.Version, engine.Answer]:
        """What AWS tells of each version. Raises what boto3 does."""
        return engine.ask_versions(self.rds)


def compare(
    files: Iterable[FactFile], session: AwsSession, *, region: str | None, today: date, on_step: OnStep
) -> Comparison:
    """Compare each file; prices in all Regions unless `region` names one. Raises OperationsError for a file."""
    aws = _Aws(session)
    compared: list[Compared] = []
    failures: list[Failure] = []
    silent: list[tuple[str, str]] = []
    for file in files:
        on_step(file.name)
        try:
            one, errors = _compare(file, aws, region, today, on_step)
        except Exception as error:
            known = known_error(error) or explained(error)
            if known is None or known.kind is ErrorKind.WRONG_INPUT:
                raise
            failures.append(Failure(file.name, known))
            continue
        failures += [Failure(file.name, error) for error in errors]
        if one is None:
            silent.append((file.name, "no API of AWS tells it"))
        else:
            compared.append(one)
            silent += [(file.name, text) for text in one.silent]
    return Comparison(tuple(compared), tuple(failures), tuple(silent))


def _compare(
    file: FactFile, aws: _Aws, region: str | None, today: date, on_step: OnStep
) -> tuple[Compared | None, Sequence[OperationsError]]:
    rows: Any = rows_of(file)
    if file.name == "prices":
        return prices.compare_prices(rows, region, today, on_step)
    way = _WAYS.get(file.name)
    return None if way is None else way(rows, aws, today), ()


def _majors(rows: Sequence[MajorFact], rds: Any, today: date) -> Compared:
    if not hasattr(rds, "describe_db_major_engine_versions"):
        return Compared("majors", tuple(rows), silent=(NEEDS_MAJORS,))
    return engine.compare_majors(rows, engine.ask_majors(rds), today)


_WAYS: Final[Mapping[str, Callable[[Any, _Aws, date], Compared]]] = {
    "versions": lambda rows, aws, today: engine.compare_versions(rows, aws.versions, today),
    "majors": lambda rows, aws, today: _majors(rows, aws.rds, today),
    "capabilities": lambda rows, aws, today: engine.compare_capabilities(rows, aws.versions, today),
    "parameters": lambda rows, aws, today: parameters.compare_parameters(
        rows, parameters.ask_parameters(aws.rds, engine_majors()), today
    ),
    "regions": lambda rows, _aws, _today: prices.compare_regions(rows),
}
"""How each file is compared, but for that of prices, of which a part may fail."""


def write(files: Iterable[FactFile], comparison: Comparison) -> list[str]:
    """Write what AWS answered into the files, each whole or not at all, and return their names.

    Rows of which AWS told nothing stay. Raises OperationsError before the first of them is written where a file cannot
    be, or would not be read again.
    """
    texts = {}
    by_name = {one.name: one for one in comparison.compared}
    for file in files:
        if file.name not in by_name:
            continue
        text = as_csv(file.row, by_name[file.name].rows)
        if text == as_csv(file.row, file.read()):
            continue
        try:
            parse_facts(text, str(file.path), file.row)
        except FactError as error:
            raise failed(f"nothing is written: what AWS answered is not a fact: {error}") from None
        check_writable(file.path)
        texts[file.path] = text
    for path, text in texts.items():
        write_file(path, text)
    return [path.name for path in texts]
