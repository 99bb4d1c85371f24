"""A statement with its values, as one request takes them: checked before anything is sent."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .errors import InvalidParameter
from .sql_tokens import parameters_in
from .values import Value, encode

Parameters = Mapping[str, Any]

# Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.limitations.html
# and the service's model, https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html
GREATEST_REQUEST_BYTES = 4 * 1024 * 1024
GREATEST_SQL_LENGTH = 65_536

# Headers count too. AWS's own, with a signature and a session token, are far below this.
_HEADER_BYTES = 32 * 1024
_PARAMETER_BYTES = 50  # of JSON around a name and a value
_SET_BYTES = 4
# There is no limit to the number of sets, but there is one of 45 seconds for all of them together.
_GREATEST_SETS = 1000


class BoundSet(NamedTuple):
    """The values of one run of a statement, by name, and about their bytes as JSON."""

    values: dict[str, Value]
    size: int

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """The values as the wire has them."""
        return [{"name": name, "value": value.field} for name, value in self.values.items()]


def bind(sql: str, parameters: Parameters | None) -> dict[str, Any]:
    """Return the arguments of ExecuteStatement. Raises InvalidParameter."""
    _check_sql(sql)
    bound = _bind_set(sql, {} if parameters is None else parameters)
    casts = {name: value.cast for name, value in bound.values.items() if value.cast is not None}
    return {"sql": _with_casts(sql, casts), "parameters": bound.parameters}


def bind_sets(sql: str, sets: Iterable[Parameters]) -> Iterator[dict[str, Any]]:
    """Yield the arguments of one BatchExecuteStatement after another, each as large as one may be.

    Raises InvalidParameter with the number of the set; what was yielded before is good.
    """
    _check_sql(sql)
    batch: list[BoundSet] = []
    casts: dict[str, str] = {}
    size, greatest_size = 0, _greatest_size(sql)
    for number, parameters in enumerate(sets, start=1):
        bound = _bind_set(sql, parameters, f"set {number}: ")
        if batch and (len(batch) == _GREATEST_SETS or size + bound.size > greatest_size):
            yield _batch_request(sql, batch, casts)
            batch, casts, size = [], {}, 0
        _add_casts(casts, bound, number)
        batch.append(bound)
        size += bound.size
    if batch:
        yield _batch_request(sql, batch, casts)


def _batch_request(sql: str, batch: list[BoundSet], casts: dict[str, str]) -> dict[str, Any]:
    used = {name: cast for name, cast in casts.items() if cast}
    return {"sql": _with_casts(sql, used), "parameterSets": [bound.parameters for bound in batch]}


def _bind_set(sql: str, parameters: Parameters, where: str = "") -> BoundSet:
    if not isinstance(parameters, Mapping):
        kind = type(parameters).__name__
        raise InvalidParameter(f'{where}parameters are a mapping such as {{"id": 1}}, not a {kind}')
    values: dict[str, Value] = {}
    size = _SET_BYTES
    for name in _names_in(sql):
        if name not in parameters:
            raise InvalidParameter(f"{where}the statement has :{name}, for which there is no value{_hint(name)}")
        try:
            value = encode(parameters[name])
        except InvalidParameter as error:
            raise InvalidParameter(f"{where}parameter {name} {error.what}") from None
        values[name] = value
        size += value.size + len(name) + _PARAMETER_BYTES
    if size > _greatest_size(sql):
        raise InvalidParameter(
            f"{where}the parameters have {size} bytes, a request at most {GREATEST_REQUEST_BYTES}: write them in parts"
        )
    return BoundSet(values, size)


@functools.lru_cache(maxsize=256)
def _names_in(sql: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token.text for token in parameters_in(sql)))


def _hint(name: str) -> str:
    return " (the Data API takes a[1:2] for one: write a[1 : 2])" if name.isdigit() else ""


def _check_sql(sql: str) -> None:
    if not sql.strip():
        raise InvalidParameter("the statement is empty")
    if "\0" in sql:
        raise InvalidParameter("the statement has a NUL character")
    if len(sql) > GREATEST_SQL_LENGTH:
        raise InvalidParameter(
            f"the statement has {len(sql)} characters, at most {GREATEST_SQL_LENGTH} are taken: pass parameters"
        )


def _greatest_size(sql: str) -> int:
    # Written as ASCII, one character of SQL can become twelve; its casts come on top.
    return GREATEST_REQUEST_BYTES - _HEADER_BYTES - 12 * len(sql) - _PARAMETER_BYTES * len(parameters_in(sql))


def _add_casts(casts: dict[str, str], bound: BoundSet, number: int) -> None:
    """Add the casts of one more set: a batch has one statement for all of its sets."""
    for name, value in bound.values.items():
        if "isNull" in value.field:
            continue
        cast, before = value.cast or "", casts.get(name)
        if before is not None and before != cast:
            raise InvalidParameter(f"set {number}: parameter {name} has another type than in the sets before")
        casts[name] = cast


def _with_casts(sql: str, casts: Mapping[str, str]) -> str:
    if not casts:
        return sql
    pieces, done = [], 0
    for token in parameters_in(sql):
        if token.text in casts:
            pieces += [sql[done : token.start], f"CAST(:{token.text} AS {casts[token.text]})"]
            done = token.end
    cast_sql = "".join([*pieces, sql[done:]])
    _check_sql(cast_sql)
    return cast_sql
