"""Named parameters are found where the Data API finds them, and nowhere else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_aws.data_api.errors import DataApiError
from local_aws.data_api.parameters import rewrite


@pytest.mark.parametrize(
    ("sql", "expected", "names"),
    [
        pytest.param("SELECT :a", "SELECT $1", ("a",), id="one"),
        pytest.param("SELECT :b, :a, :b", "SELECT $1, $2, $3", ("b", "a", "b"), id="repeated"),
        pytest.param("SELECT :a::uuid, x::text", "SELECT $1::uuid, x::text", ("a",), id="casts"),
        pytest.param("SELECT ':a', 'it''s :b'", "SELECT ':a', 'it''s :b'", (), id="strings"),
        pytest.param(r"SELECT E'\':a', :b", r"SELECT E'\':a', $1", ("b",), id="escaped-string"),
        pytest.param(r"SELECT '\', :b", r"SELECT '\', $1", ("b",), id="backslash-is-no-escape"),
        pytest.param('SELECT ":a", "x"":b"', 'SELECT ":a", "x"":b"', (), id="quoted-identifiers"),
        pytest.param("SELECT 1 -- :a\n, :b", "SELECT 1 -- :a\n, $1", ("b",), id="line-comment"),
        pytest.param("/* :a /* :b */ :c */ :d", "/* :a /* :b */ :c */ $1", ("d",), id="nested-comment"),
        pytest.param("/* :a", "/* :a", (), id="unfinished-comment"),
        pytest.param("$$ x::int := 1; $$ :a", "$$ x::int := 1; $$ $1", ("a",), id="dollar-quotes"),
        pytest.param("$f$ $$ ':a' $$ $f$ :b", "$f$ $$ ':a' $$ $f$ $1", ("b",), id="tagged-dollar-quotes"),
        pytest.param("SELECT a$b$, :a, c$b$", "SELECT a$b$, $1, c$b$", ("a",), id="dollars-in-names"),
        pytest.param("x := :a", "x := $1", ("a",), id="assignment"),
        pytest.param("SELECT a[1 : 2], :a", "SELECT a[1 : 2], $1", ("a",), id="spaced-slice"),
        pytest.param("SELECT :größe", "SELECT $1", ("größe",), id="unicode"),
        pytest.param("", "", (), id="empty"),
    ],
)
def test_parameters_are_found(sql: str, expected: str, names: tuple[str, ...]) -> None:
    rewritten = rewrite(sql, {"a", "b", "c", "d", "größe"})

    assert (rewritten.text, rewritten.names) == (expected, names)


def test_a_slice_without_spaces_is_read_as_a_parameter_as_aurora_does() -> None:
    assert rewrite("SELECT x[1:2], :a", {"a"}).text == "SELECT x[1$2], $1"


def test_a_parameter_that_was_not_given_is_numbered_last() -> None:
    rewritten = rewrite("SELECT :missing, :a", {"a"})

    assert (rewritten.text, rewritten.names) == ("SELECT $2, $1", ("a",))
    assert rewrite("SELECT :a, :missing, :a", {"a"}).text == "SELECT $1, $3, $2"


@pytest.mark.parametrize("sql", ["SELECT $$ :a $$", "DO $f$ BEGIN PERFORM :later; END $f$", "$$ '{}' $a$ :b $a$ $$"])
def test_a_parameter_between_dollar_quotes_is_refused(sql: str) -> None:
    with pytest.raises(DataApiError, match=r"BadRequestException.*would replace it there"):
        rewrite(sql, set())


@given(st.text(alphabet=":ab'\"$-/*\\E \n[]12", max_size=40))
@settings(deadline=None)
def test_any_text_can_be_rewritten_and_what_is_no_parameter_stays(sql: str) -> None:
    try:
        rewritten = rewrite(sql, {"a"})
    except DataApiError:
        return

    assert ":" in sql or rewritten.text == sql
